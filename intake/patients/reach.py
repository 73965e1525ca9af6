"""Where a patient may be written to: only ways they chose and agreed to, and only those this clinic has."""

from typing import Literal

from clinic.messages.texts.backends import texts_are_on
from intake.patients.models import Patient

Way = Literal["email", "text"]
# what the functions here read of a patient, for those who load only a part of the row
COLUMNS = ("email", "consent_email_at", "phone_primary", "consent_sms_at")


def ways_to(patient: Patient) -> dict[Way, str]:
    """The ways to write to a patient and the address of each. A text goes to the number, only with their consent."""
    ways: dict[Way, str] = {}
    if patient.email and patient.consent_email_at is not None:
        ways["email"] = patient.email
    if patient.phone_primary and patient.consent_sms_at is not None and texts_are_on():
        ways["text"] = patient.phone_primary
    return ways


def addresses_of(patient: Patient) -> tuple[str, ...]:
    """Every address that news go to: who agreed to both gets both. Empty: the message is kept for staff to see."""
    return tuple(ways_to(patient).values())


def texts_promised(patient: Patient) -> bool:
    """Whether they agreed to texts that this clinic does not send, and to nothing else: somebody has to call them."""
    return patient.consent_sms_at is not None and not ways_to(patient)
