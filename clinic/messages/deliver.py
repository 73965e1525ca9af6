"""Sending one queued message by Django's e-mail backend."""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clinic.messages.models import Message

log = logging.getLogger(__name__)


def rendered(message: Message) -> tuple[str, str]:
    """Subject (one line) and text of a message in its language."""
    context = {
        **message.context,
        "clinic_name": settings.CLINIC_NAME,
        "nurse_line": settings.NURSE_LINE_PHONE,
        "nurse_hours": settings.NURSE_LINE_HOURS,
        "emergency_number": settings.EMERGENCY_NUMBER,
    }
    with translation.override(message.language):
        subject = render_to_string(f"messages/{message.template}.subject.txt", context)
        body = render_to_string(f"messages/{message.template}.txt", context)
    return " ".join(subject.split()), body.strip() + "\n"


def deliver(message_id: str) -> None:
    """Sends one message unless it is sent already.

    Its Message-ID comes from its key, so that a copy after a crash between sending and noting it is recognized as the
    same mail. Raises what the e-mail backend raises; the worker tries again.
    """
    message = Message.objects.get(pk=message_id)
    if message.state == Message.State.SENT:
        return
    Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
    subject, body = rendered(message)
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {"Message-ID": f"<{message.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [message.to], headers=headers).send()
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, sent_at=timezone.now())


def give_up(message_id: str) -> None:
    """Marks the message as not sent, for staff to see."""
    Message.objects.filter(pk=message_id).exclude(state=Message.State.SENT).update(state=Message.State.FAILED)
    log.error("a message could not be sent", extra={"job_kind": "deliver_message"})
