"""What follows from a message that the worker could not deliver: somebody calls."""

from datetime import timedelta

from clinic.messages.models import Message
from clinic.messages.unreached import when_unreached
from clinic.platform.audit.actors import SYSTEM
from intake.patients.models import Patient
from intake.tasks.actions import open_call_task

# who waits before the page for a code or a link sees that none comes; a request's arrival was shown on the page, too
NOBODY_WAITS = frozenset({"sign_in", "resume_link", "request_received"})
SAME_NEWS = timedelta(minutes=1)  # e-mail and text of one news are queued in one transaction
INDEX_OF = {Message.Channel.EMAIL: "email_index", Message.Channel.SMS: "phone_index"}
OTHER = {"email_index": "phone_index", "phone_index": "email_index"}


@when_unreached
def call_whom_no_message_reached(message: Message) -> None:
    """A task to call each patient with this address or number, unless the same news went out the other way."""
    name = INDEX_OF.get(message.channel)
    if name is None or message.template in NOBODY_WAITS:
        return
    for patient in Patient.objects.filter(**{name: message.to_index}, merged_into=None).order_by("pk"):
        if not _went_otherwise(message, getattr(patient, OTHER[name])):
            open_call_task(patient, by=SYSTEM)


def _went_otherwise(message: Message, index: str) -> bool:
    """Whether the same news went, or is still to go, to this other address of theirs."""
    near = (message.created_at - SAME_NEWS, message.created_at + SAME_NEWS)
    same = Message.objects.filter(template=message.template, to_index=index, created_at__range=near)
    return bool(index) and same.exclude(state__in=[Message.State.FAILED, Message.State.NO_ADDRESS]).exists()
