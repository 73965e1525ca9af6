"""Whom we may write to and how: only with consent, only where texts are sent; whoever no text reaches is called."""

import smtplib

import pytest
from django.utils import timezone

from clinic.messages.models import Message
from clinic.messages.send import offer_ready, sign_in
from clinic.messages.texts.stop import take_answer
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from intake.patients.identity import email_index, phone_index
from intake.patients.models import Patient
from intake.patients.reach import COLUMNS, addresses_of, texts_promised
from intake.registration.forms import ContactForm
from intake.tasks.models import StaffTask
from tests import factories

pytestmark = pytest.mark.django_db
EMAIL = "maribelle@example.org"


def a_patient(*, text: bool, email: bool):
    patient = factories.a_patient(consents=email)
    patient.consent_sms_at = timezone.now() if text else None
    patient.phone_index = phone_index(patient.phone_primary)
    patient.save()
    return patient


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("email", [True, False])
def test_news_goes_every_way_that_was_agreed_to_and_no_other(settings, on, text, email):
    settings.SMS_BACKEND = settings.SMS_BACKEND if on else ""
    patient = a_patient(text=text, email=email)
    expected = ([EMAIL] if email else []) + ([patient.phone_primary] if text and on else [])
    assert list(addresses_of(patient)) == expected
    assert texts_promised(patient) is (text and not on and not email)


def test_the_columns_are_all_that_is_read():
    patient = a_patient(text=True, email=True)
    part = type(patient).objects.only("pk", *COLUMNS).get(pk=patient.pk)
    addresses_of(part)
    assert part.get_deferred_fields().isdisjoint(COLUMNS)
    assert "zip" in part.get_deferred_fields()


def undelivered(settings, patient, message=offer_ready, **more):
    message(patient.phone_primary, link="https://clinic.example/x/", **more)
    settings.SMS_BACKEND = ""
    run_due()
    assert Message.objects.get().state == "failed"
    return StaffTask.objects.filter(kind=StaffTask.Kind.CALL)


def test_staff_call_whom_no_text_reached(settings):
    patient = a_patient(text=True, email=False)
    task = undelivered(settings, patient).get()
    assert (task.patient, task.state, task.data) == (patient, "open", {})
    assert task.due_at > timezone.now()


def test_nobody_is_called_about_a_code_they_asked_for(settings):
    assert not undelivered(settings, a_patient(text=True, email=False), sign_in, code="7K4Q-92MX")


def fail_mail(monkeypatch):
    def refuse(self, fail_silently=False):
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)


def the_last_try():
    Job.objects.update(attempt=7, run_after=timezone.now())
    run_due()


@pytest.mark.parametrize(("mail_fails", "texts_fail"), [(False, True), (True, False), (True, True)])
def test_staff_call_only_when_neither_way_reached_the_person(settings, monkeypatch, mail_fails, texts_fail):
    patient = a_patient(text=True, email=True)
    Patient.objects.filter(pk=patient.pk).update(email_index=email_index(EMAIL))
    if mail_fails:
        fail_mail(monkeypatch)
    offer_ready(addresses_of(patient), link="https://clinic.example/x/")
    if texts_fail:
        settings.SMS_BACKEND = ""
    the_last_try()
    assert StaffTask.objects.filter(kind=StaffTask.Kind.CALL).exists() is (mail_fails and texts_fail)


def test_stop_ends_the_consent_and_staff_call_about_what_was_on_its_way():
    patient = a_patient(text=True, email=False)
    offer_ready(addresses_of(patient), link="https://clinic.example/x/")
    take_answer(patient.phone_primary, " Stop. ")
    patient.refresh_from_db()
    assert (patient.consent_sms_at, addresses_of(patient)) == (None, ())
    assert AuditEntry.objects.filter(action="text_consent_ended", subject_id=str(patient.pk)).count() == 1
    run_due()
    assert Message.objects.get().state == "failed"
    assert StaffTask.objects.get().kind == StaffTask.Kind.CALL
    take_answer(patient.phone_primary, "START")
    patient.refresh_from_db()
    assert patient.consent_sms_at is None


@pytest.mark.parametrize("caregiver", [False, True])
def test_text_can_be_chosen_only_where_texts_are_sent(settings, caregiver):
    typed = {"contact_preference": ["text"], "consent_sms": "on", "version": "0"}
    with_texts = ContactForm(typed, answers={}, caregiver=caregiver)
    assert with_texts.is_valid()
    assert with_texts.answers()["consent_sms"] is True
    settings.SMS_BACKEND = ""
    without = ContactForm(typed, answers={}, caregiver=caregiver)
    assert not without.is_valid()
    assert "consent_sms" not in without.fields
    assert "text" not in dict(without.fields["contact_preference"].choices)
