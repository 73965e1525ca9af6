"""One short function per message. Each queues in the caller's transaction; the worker sends.

No message names a patient, a level, a symptom or a specialty: it says that there is something, where, and whom to call.
`to` is an e-mail address or a telephone number in E.164, which gets a text message, or several of them: the message
then goes to each. Without any it is kept as one that nobody got, for staff to see.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from clinic.messages.models import Message
from clinic.platform.crypto.index import address_index, number_index
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.queue import new_job

To = str | Sequence[str]
PAGE_WORDS = frozenset({"emergency", "urgent"})


def offer_ready(to: To, *, link: str) -> list[Message]:
    """Days for a visit are held; the link opens them (with the birth date)."""
    return queue("offer_ready", to=to, context={"link": link})


def earlier_day(to: To, *, link: str) -> list[Message]:
    """An earlier day than the booked one is held; the link shows both (with the birth date)."""
    return queue("earlier_day", to=to, context={"link": link})


def visit_confirmed(to: To, *, link: str) -> list[Message]:
    """The visit is booked."""
    return queue("visit_confirmed", to=to, context={"link": link})


def unsaved_confirmation(to: To, *, link: str) -> list[tuple[Message, Job | None]]:
    """`visit_confirmed`, each with its job if it can be sent, not yet written."""
    return _unsaved("visit_confirmed", to=to, context={"link": link})


def visit_cancelled(to: To, *, link: str) -> list[Message]:
    """The visit is canceled, by whomever."""
    return queue("visit_cancelled", to=to, context={"link": link})


def visit_changed(to: To, *, link: str) -> list[Message]:
    """Something about the booked visit is another than before; the link shows what."""
    return queue("visit_changed", to=to, context={"link": link})


def request_received(to: To, *, reference: str, link: str) -> list[Message]:
    """The request arrived; the reference opens nothing. `link` is the page on which they sign in to see it."""
    return queue("request_received", to=to, context={"reference": reference, "link": link})


def resume_link(to: To, *, link: str) -> list[Message]:
    """Where to go on with a saved form."""
    return queue("resume_link", to=to, context={"link": link})


def sign_in(to: To, *, link: str, code: str) -> list[Message]:
    """A one-time code and a link to sign in, both good for ten minutes (with the birth date)."""
    return queue("sign_in", to=to, context={"link": link, "code": code})


def page_on_call(level: str, *, link: str, more: bool = False) -> Message:
    """Pages the person on call: `level` chooses who answers ("emergency" or "urgent") and is not in the text.

    With `more`, those who are paged when nobody answers get it as well; the first message is given.
    """
    if level not in PAGE_WORDS:
        raise ValueError("only an emergency or an urgent case pages")
    to = [settings.ON_CALL_PAGE_ADDRESS, *(settings.ESCALATION_PAGE_ADDRESSES if more else ())]
    return queue("page_on_call", to=to, context={"link": link}, channel=Message.Channel.PAGE)[0]


def queue(template: str, *, to: To, context: dict[str, Any], channel: str = "") -> list[Message]:
    """Stores a message for each address, and its job; without an address one as `no_address`, for staff to see."""
    messages = []
    for message, job in _unsaved(template, to=to, context=context, channel=channel):
        if job is not None:
            job.save(force_insert=True)
            message.job = job
        message.save(force_insert=True)
        messages.append(message)
    return messages


def _unsaved(template: str, *, to: To, context: dict[str, Any], channel: str = "") -> list[tuple[Message, Job | None]]:
    """The same, for an action that writes messages and jobs with other rows of its own: the jobs first."""
    given = [to] if isinstance(to, str) else to
    addresses = [address for one in given if (address := (one or "").strip())]
    return [_one(template, address, context, channel) for address in addresses or [""]]


def _one(template: str, address: str, context: dict[str, Any], channel: str) -> tuple[Message, Job | None]:
    is_number = address.startswith("+") and not channel
    message = Message(
        template=template,
        channel=channel or (Message.Channel.SMS if is_number else Message.Channel.EMAIL),
        to=address,
        to_index=number_index(address) if is_number else address_index(address),
        context=context,
        language=settings.LANGUAGE_CODE,
    )
    if not address:
        message.state = Message.State.NO_ADDRESS
        return message, None
    return message, new_job("deliver_message", {"message": str(message.pk)})
