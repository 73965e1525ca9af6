"""One short function per message. Each queues in the caller's transaction; the worker sends.

No message names a patient, a level, a symptom or a specialty: it says that there is something, where, and whom to call.
"""

from typing import Any

from django.conf import settings

from clinic.messages.models import Message
from clinic.platform.crypto.index import address_index
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.queue import new_job

PAGE_WORDS = frozenset({"emergency", "urgent"})


def offer_ready(to_email: str, *, link: str) -> Message:
    """Days for a visit are held; the link opens them (with the birth date)."""
    return queue("offer_ready", to=to_email, context={"link": link})


def visit_confirmed(to_email: str, *, link: str) -> Message:
    """The visit is booked."""
    return queue("visit_confirmed", to=to_email, context={"link": link})


def unsaved_confirmation(to_email: str, *, link: str) -> tuple[Message, Job | None]:
    """`visit_confirmed` and its job, not yet written."""
    return _unsaved("visit_confirmed", to=to_email, context={"link": link})


def visit_cancelled(to_email: str, *, link: str) -> Message:
    """The visit is canceled, by whomever."""
    return queue("visit_cancelled", to=to_email, context={"link": link})


def request_received(to_email: str, *, reference: str) -> Message:
    """The request arrived; the reference opens nothing by itself."""
    return queue("request_received", to=to_email, context={"reference": reference})


def resume_link(to_email: str, *, link: str) -> Message:
    """Where to go on with a saved form."""
    return queue("resume_link", to=to_email, context={"link": link})


def sign_in(to_email: str, *, link: str, code: str) -> Message:
    """A one-time code and a link to sign in, both good for ten minutes (with the birth date)."""
    return queue("sign_in", to=to_email, context={"link": link, "code": code})


def page_on_call(level: str, *, link: str) -> Message:
    """Pages the person on call: `level` chooses who answers ("emergency" or "urgent") and is not in the text."""
    if level not in PAGE_WORDS:
        raise ValueError("only an emergency or an urgent case pages")
    return queue("page_on_call", to=settings.ON_CALL_PAGE_ADDRESS, context={"link": link}, channel=Message.Channel.PAGE)


def queue(template: str, *, to: str, context: dict[str, Any], channel: str = Message.Channel.EMAIL) -> Message:
    """Stores the message and its job; without an address it is stored as `no_address`, for staff to see."""
    message, job = _unsaved(template, to=to, context=context, channel=channel)
    if job is not None:
        job.save(force_insert=True)
        message.job = job
    message.save(force_insert=True)
    return message


def _unsaved(
    template: str, *, to: str, context: dict[str, Any], channel: str = Message.Channel.EMAIL
) -> tuple[Message, Job | None]:
    """The same, for an action that writes message and job with other rows of its own: the job first."""
    message = Message(
        template=template, channel=channel, to=(to or "").strip(), context=context, language=settings.LANGUAGE_CODE
    )
    if not message.to:
        message.state = Message.State.NO_ADDRESS
    else:
        message.to_index = address_index(message.to)
        return message, new_job("deliver_message", {"message": str(message.pk)})
    return message, None
