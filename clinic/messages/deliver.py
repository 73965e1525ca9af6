"""Sending one queued message: by Django's e-mail backend, or as a text message by ours."""

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clinic.messages.models import Message
from clinic.messages.texts.backends import Undeliverable, backend, texts_are_on
from clinic.messages.texts.stop import is_stopped
from clinic.messages.unreached import tell_unreached

# After this long nobody needs it any more: the code that it brings has ended
TOO_LATE = {"sign_in": timedelta(minutes=10)}
log = logging.getLogger(__name__)


def rendered(message: Message) -> tuple[str, str]:
    """Subject (one line, none for a text message) and text of a message in its language."""
    context = {
        **message.context,
        "nurse_line": settings.NURSE_LINE_PHONE,
        "nurse_hours": settings.NURSE_LINE_HOURS,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "name": settings.MESSAGE_NAME,
    }
    with translation.override(message.language):
        if message.channel == Message.Channel.SMS:
            return "", " ".join(render_to_string(f"messages/{message.template}.sms.txt", context).split())
        subject = render_to_string(f"messages/{message.template}.subject.txt", context)
        body = render_to_string(f"messages/{message.template}.txt", context)
    return " ".join(subject.split()), body.strip() + "\n"


def deliver(message_id: str) -> None:
    """Sends one message unless it is sent already, or marks it when it can never be.

    An e-mail's Message-ID comes from its key, so that a copy after a crash between sending and noting it is recognized
    as the same mail; a text's key goes to the gateway for the same reason. Raises what the backend raises when another
    try may help; the worker tries again.
    """
    message = Message.objects.get(pk=message_id)
    if message.state == Message.State.SENT:
        return
    limit = TOO_LATE.get(message.template)
    if limit is not None and timezone.now() - message.created_at > limit:
        give_up(message_id)
        return
    Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
    try:
        _send(message)
    except Undeliverable:
        give_up(message_id)
        return
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, sent_at=timezone.now())


def _send(message: Message) -> None:
    subject, body = rendered(message)
    if message.channel == Message.Channel.SMS:
        if not texts_are_on() or is_stopped(message.to):  # turned off, or stopped by its reader, since it was queued
            raise Undeliverable
        backend().send(message.to, body, key=str(message.pk))
        return
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {"Message-ID": f"<{message.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [message.to], headers=headers).send()


def give_up(message_id: str) -> None:
    """Marks the message as not sent and lets those who know the person see to it, in one transaction."""
    with transaction.atomic():
        unsent = Message.objects.filter(pk=message_id).exclude(state=Message.State.SENT)
        if unsent.update(state=Message.State.FAILED):
            tell_unreached(Message.objects.get(pk=message_id))
    log.error("a message could not be sent", extra={"job_kind": "deliver_message"})
