"""The outbox: queued with its cause, sent once, and never a word about a patient."""

import inspect
import smtplib

import pytest
from django.core import mail
from django.db import transaction

from clinic.messages import send
from clinic.messages.deliver import deliver, rendered
from clinic.messages.models import Message
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due

pytestmark = pytest.mark.django_db
NUMBER = "+12025550142"
LINK = "https://clinic.example/my/offer/x/"
FUNCTIONS = [
    function
    for name, function in inspect.getmembers(send, inspect.isfunction)
    if function.__module__ == send.__name__ and name not in {"queue", "_unsaved", "_one", "unsaved_confirmation"}
]
CLINICAL = (
    "emergency department", "urgent", "routine", "triage", "tumor", "cancer", "metasta", "oncolog", "bone", "pain",
    "symptom", "patient", "diagnos", "treat", "radiation", "spine", "level",
)  # fmt: skip


def every_message(to="to@example.org", link=LINK):
    """Each message once, to an address or a number."""
    for function in FUNCTIONS:
        if function is send.page_on_call:
            if "@" in to:
                yield from (function(level, link=link) for level in ("emergency", "urgent"))
        elif function is send.request_received:
            yield from function(to, reference="BM-2345-6789", link=link)
        elif function is send.sign_in:
            yield from function(to, link=link, code="7K4Q-92MX")
        else:
            yield from function(to, link=link)


def test_every_message_renders_without_patient_data_or_level(settings):
    settings.CLINIC_NAME = "Bone Metastasis Clinic"  # it may say what is treated; who writes is MESSAGE_NAME
    messages = [*every_message(), *every_message(NUMBER)]
    assert len(messages) >= 13
    for message in messages:
        subject, body = rendered(message)
        assert subject or message.channel == Message.Channel.SMS
        assert "\n" not in subject
        assert "{{" not in body + subject
        for word in CLINICAL:
            assert word not in (subject + body).lower(), (message.template, word)
        assert LINK in body


def test_messages_print_only_the_link_or_the_reference_of_their_context():
    for message in [*every_message(), *every_message(NUMBER)]:
        message.context = {**message.context, "name": "CANARYNAME", "level": "CANARYLEVEL", "birth_date": "CANARYDATE"}
        subject, body = rendered(message)
        assert "CANARY" not in subject + body


def test_message_is_sent_by_the_worker_and_once():
    (message,) = send.offer_ready("to@example.org", link=LINK)
    assert not mail.outbox
    assert run_due() == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.SENT, 1)
    deliver(str(message.pk))
    (sent,) = mail.outbox
    assert sent.to == ["to@example.org"]
    assert sent.extra_headers["Message-ID"] == f"<{message.pk}@localhost>"


def test_message_is_not_queued_when_its_cause_is_undone():
    with transaction.atomic():
        send.offer_ready("to@example.org", link=LINK)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert run_due() == 0


def test_failing_mail_server_is_tried_again_and_shown_to_staff(monkeypatch):
    def refuse(self, fail_silently=False):
        raise smtplib.SMTPServerDisconnected("to@example.org")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    (message,) = send.offer_ready("to@example.org", link=LINK)
    run_due()
    message.refresh_from_db()
    assert message.state == Message.State.QUEUED
    Job.objects.update(max_attempts=1, run_after="2026-01-01T00:00Z", attempt=0)
    run_due()
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert "example.org" not in Job.objects.get().last_error


def test_page_without_an_address_is_kept_for_staff(settings):
    settings.ON_CALL_PAGE_ADDRESS = ""
    message = send.page_on_call("emergency", link=LINK)
    assert message.state == Message.State.NO_ADDRESS
    assert run_due() == 0


def test_page_goes_to_the_address_on_call(settings):
    settings.ON_CALL_PAGE_ADDRESS = "pager@example.org"
    send.page_on_call("urgent", link=LINK)
    run_due()
    assert mail.outbox[0].to == ["pager@example.org"]
    with pytest.raises(ValueError, match="pages"):
        send.page_on_call("routine", link=LINK)


def test_address_and_link_are_not_in_the_job():
    send.offer_ready("canary@example.org", link=LINK)
    job = Job.objects.get()
    assert "canary" not in str(job.args)
    assert LINK not in str(job.args)
