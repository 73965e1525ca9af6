"""Patients change how and when they are reached, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.texts.stop import take_answer
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.models import Patient
from scheduling.requests.contact_actions import change_contact
from tests.clinic.look.markup import Page, faults
from tests.scheduling.own_steps import filled_in_by_a_caregiver, in_session_of
from tests.scheduling.staff_rows import a_row, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(client):
    row = a_row()
    Patient.objects.update(email="maria@example.org")
    in_session_of(client, row)
    return row


def address_of(wanted):
    return f"/my/{wanted.reference}/contact/"


def typed(form, **changed) -> dict:
    """What the browser sends for the form as it was opened, with some changes."""
    found = {name: value for name, value in {**form.initial, **changed}.items() if name in form.fields}
    return {
        name: "on" if value is True else value for name, value in found.items() if value not in (None, "", [], False)
    }


def send(client, wanted, **changed):
    return client.post(address_of(wanted), typed(client.get(address_of(wanted)).context["form"], **changed))


def test_choices_are_saved_with_the_moment_of_the_agreement(client, wanted):
    ways = {"contact_preference": ["phone", "email"], "consent_email": True, "contact_times": ["morning"]}
    answer = send(client, wanted, **ways, ok_voicemail="no")

    assert answer.headers["Location"] == f"/my/{wanted.reference}/"
    row = Patient.objects.get()
    assert (row.contact_preference, row.contact_times, row.ok_voicemail) == (["phone", "email"], ["morning"], "no")
    assert timezone.now() - row.consent_email_at < timedelta(minutes=1)
    entry = AuditEntry.objects.get(action="patient_changed")
    assert (entry.actor_kind, entry.actor_id) == ("patient", f"request:{wanted.pk}")


def test_way_that_is_taken_away_ends_its_agreement(client, wanted):
    Patient.objects.update(consent_email_at=timezone.now(), contact_preference=["phone", "email"])
    send(client, wanted, contact_preference=["phone"])

    assert Patient.objects.get().consent_email_at is None


def test_way_without_agreement_is_asked_for(client, wanted):
    answer = send(client, wanted, contact_preference=["email"])

    assert answer.status_code == 422
    assert "Tick the box to agree to emails" in answer.content.decode()
    assert Patient.objects.get().version == 1


def test_number_that_answered_stop_gets_no_texts(client, wanted, settings):
    settings.SMS_BACKEND = "clinic.messages.texts.backends.ConsoleBackend"
    take_answer(wanted.patient.phone_primary, "STOP")
    answer = send(client, wanted, contact_preference=["text"], consent_sms=True)

    assert answer.status_code == 422
    assert "STOP" in answer.content.decode()


def test_change_from_elsewhere_is_told_and_the_choices_stay_on_the_page(client, wanted):
    form = client.get(address_of(wanted)).context["form"]
    Patient.objects.update(version=2, contact_times=["any"])
    answer = client.post(address_of(wanted), typed(form, contact_times=["midday"]))

    assert answer.status_code == 409
    assert Patient.objects.get().contact_times == ["any"]
    again = answer.context["form"].data
    assert client.post(address_of(wanted), again).status_code == 302
    assert Patient.objects.get().contact_times == ["midday"]


@pytest.mark.parametrize("name", ["phone_primary", "email", "legal_last_name"])
def test_number_address_and_name_are_not_changed_here(client, wanted, name):
    assert send(client, wanted).status_code == 302
    form = client.get(address_of(wanted)).context["form"]
    assert client.post(address_of(wanted), typed(form) | {name: "x"}).status_code == 422

    by = Actor("patient", f"request:{wanted.pk}")
    with pytest.raises(Refused):
        change_contact(wanted, {name: "x"}, version=1, by=by, key=new_key())


def test_somebody_else_may_not(wanted):
    with pytest.raises(Refused) as refused:
        change_contact(wanted, {"ok_voicemail": "no"}, version=1, by=Actor("patient", "request:other"), key=new_key())

    assert refused.value.code == "not_allowed"


def test_caregiver_who_was_not_verified_is_led_back(client, wanted):
    filled_in_by_a_caregiver(wanted)

    assert client.get(address_of(wanted)).headers["Location"] == f"/my/{wanted.reference}/"
    assert address_of(wanted) not in client.get(f"/my/{wanted.reference}/").content.decode()


def test_caregiver_who_was_verified_reads_about_the_patient(client, wanted):
    filled_in_by_a_caregiver(wanted, verified=True)
    page = client.get(address_of(wanted)).content.decode()

    assert "How can we reach the patient?" in page
    assert "reach you" not in page


def test_page_is_sound_and_the_request_leads_to_it(client, wanted):
    assert address_of(wanted) in client.get(f"/my/{wanted.reference}/").content.decode()
    assert faults(Page(client.get(address_of(wanted)).content.decode())) == []
    assert queries_of(lambda: client.get(address_of(wanted))) <= 10


def test_stranger_is_told_how_to_come_back(client, wanted):
    client.cookies.clear()

    assert client.get(address_of(wanted)).status_code == 403
