"""What follows from a message that the worker could not deliver: somebody calls."""

from clinic.messages.models import Message
from clinic.messages.unreached import when_unreached
from clinic.platform.audit.actors import SYSTEM
from intake.patients.models import Patient
from intake.tasks.actions import open_call_task

# who waits before the page for a code or a link sees that none comes; a request's arrival was shown on the page, too
NOBODY_WAITS = frozenset({"sign_in", "resume_link", "request_received"})


@when_unreached
def call_whom_no_text_reached(message: Message) -> None:
    """A task to call each patient with this number, unless the news went by e-mail as well."""
    if message.channel != Message.Channel.SMS or message.template in NOBODY_WAITS:
        return
    patients = Patient.objects.filter(phone_index=message.to_index, merged_into=None)
    for patient in patients.order_by("pk"):
        if not (patient.email and patient.consent_email_at):
            open_call_task(patient, by=SYSTEM)
