"""What stands in a patient's record, in words for staff."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.platform.words import phone
from intake.patients.languages import language_words
from intake.patients.models import Patient
from intake.registration.forms import CONTACT_TIMES, CONTACT_WAYS, INTERPRETER, PHONE_TYPES, VOICEMAIL

NAMES: Mapping[str, Any] = {
    "legal_first_name": _lazy("First or given name"),
    "legal_last_name": _lazy("Last or family name"),
    "date_of_birth": _lazy("Date of birth"),
    "zip": _lazy("ZIP code"),
    "preferred_language": _lazy("Language"),
    "interpreter_needed": _lazy("Interpreter"),
    "phone_primary": _lazy("Phone number"),
    "phone_type": _lazy("Kind of phone"),
    "ok_voicemail": _lazy("Voicemail"),
    "email": _lazy("Email address"),
    "contact_preference": _lazy("Wants to be reached by"),
    "contact_times": _lazy("Good time to call"),
    "consent_sms": _lazy("Agrees to texts"),
    "consent_email": _lazy("Agrees to emails"),
}
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "interpreter_needed": dict(INTERPRETER),
    "phone_type": dict(PHONE_TYPES),
    "ok_voicemail": dict(VOICEMAIL),
    "contact_preference": dict(CONTACT_WAYS),
    "contact_times": dict(CONTACT_TIMES),
}


def value_words(name: str, value: Any) -> str:
    """One value of the record as staff read it; nothing known says so."""
    if value in (None, "", []):
        return _("Not provided")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(CHOICES[name].get(one, one)) for one in value)
    if name == "date_of_birth":
        return born_words(value)
    if name == "phone_primary":
        return phone(value)
    if name == "preferred_language":
        return language_words(value)
    return str(CHOICES.get(name, {}).get(value, value))


def born_words(born: str) -> str:
    """ "March 27, 1951"; a date that cannot be read as it stands."""
    try:
        return date_format(date.fromisoformat(born), "F j, Y")
    except ValueError:
        return born


def field_words(fields: list[str]) -> str:
    """The names of changed fields for the timeline: "Phone number, Voicemail"."""
    return ", ".join(str(NAMES.get(name, name)) for name in fields)


def differences(now: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Where what was typed differs from the record: name of the field, the record, what was typed."""
    return [
        (str(NAMES[name]), value_words(name, now[name]), value_words(name, value))
        for name, value in typed.items()
        if now[name] != value
    ]


def named(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Values with the names of their fields, in words."""
    return [(str(NAMES[name]), value_words(name, value)) for name, value in values.items()]


def consents_of(patient: Patient) -> list[dict[str, Any]]:
    """What the patient has seen or agreed to: title, whether it stands, version and time."""
    seen = {"acknowledged": _("Seen"), "yes": _("Seen"), "declined": _("Did not want to say")}
    notice = {
        "title": _("Notice of privacy practices"),
        "state": seen.get(patient.npp_ack, patient.npp_ack),
        "is_given": patient.npp_ack != "declined",
        "version": patient.npp_version,
        "at": patient.npp_at,
    }
    rows = [notice]
    for title, at in ((_("Texts"), patient.consent_sms_at), (_("Emails"), patient.consent_email_at)):
        state, version = (_("Agreed"), patient.consent_wording) if at else (_("Not agreed"), "")
        rows.append({"title": title, "state": state, "is_given": at is not None, "version": version, "at": at})
    return rows
