"""Signing in, "My requests", and what a caregiver who was not verified may see."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.worker import run_due
from intake.before_visit.models import BeforeVisit
from intake.patients.models import Patient, Proxy
from intake.registration.other_device import address_for_device
from scheduling.requests.models import AppointmentRequest
from tests.scheduling.own_steps import BORN, filled_in_by_a_caregiver, own, sign_in
from tests.scheduling.patient_steps import (
    BIRTH_DATE,
    NAMES,
    NOW,
    a_complete_draft,
    a_wanted_request,
    an_offer,
    book_first_day,
    key_on,
    open_with,
    post_birth_date,
    queries_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


# Signing in


def test_a_code_opens_every_request_of_the_patient(client):
    first = own(a_wanted_request())
    second = own(a_wanted_request(status="completed", closed_at=NOW), first.patient)
    stranger = a_wanted_request()
    assert sign_in(client) == "/my/"
    html = client.get("/my/").content.decode()
    assert first.reference in html
    assert second.reference in html
    assert stranger.reference not in html
    assert client.get(f"/my/{second.reference}/").status_code == 200
    assert client.get(f"/my/{stranger.reference}/").status_code == 404


def test_same_name_and_birth_date_without_an_address_are_not_the_same_person(client):
    mine, other = own(a_wanted_request()), a_wanted_request()
    assert mine.patient.name_index == other.patient.name_index
    sign_in(client)
    Patient.objects.update(email_index="")
    assert client.get(f"/my/{mine.reference}/").status_code == 200
    assert client.get(f"/my/{other.reference}/").status_code == 404


def test_known_and_unknown_people_get_the_same_page(client):
    own(a_wanted_request())
    pages = []
    for contact in (NAMES["email"], "nobody@example.org", "202-555-0142", "202-555-0199"):
        page = Client().post("/sign-in/", {"contact": contact, **BORN}, follow=True)
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()))
    assert len(set(pages)) == 1
    assert "If we know you, a message is on its way" in pages[0]


@pytest.mark.parametrize(
    ("contact", "sentence"),
    [("", "Enter your email address or phone number"), ("maria@", "email"), ("12", "phone"), ("\x00", "phone")],
)
def test_what_is_no_address_and_no_number_is_said_on_the_page(client, contact, sentence):
    page = client.post("/sign-in/", {"contact": contact, **BORN})
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_link_shows_nothing_until_the_birth_date_is_posted_and_leaves_no_token(client):
    wanted = own(a_wanted_request())
    client.post("/sign-in/", {"contact": NAMES["email"], **BORN})
    run_due()
    path = "/" + Message.objects.get(template="sign_in").context["link"].split("/", 3)[3]
    for _look in range(2):
        page = client.get(path)
        assert page.status_code == 200
        assert wanted.reference not in page.content.decode()
    assert post_birth_date(client, path, BIRTH_DATE - timedelta(days=1)).status_code == 422
    assert post_birth_date(client, path, BIRTH_DATE)["Location"] == "/my/"
    assert client.get(path).status_code == 410


def test_a_wrong_code_is_told_with_the_phone_and_opens_nothing(client):
    own(a_wanted_request())
    for code in ("2345-6789", "nonsense", "😀", "2" * 40):
        page = client.post("/sign-in/code/", {"code": code, **BORN})
        assert page.status_code == 422
        assert "202-555-0110" in page.content.decode()
    assert client.get("/my/")["Location"] == "/sign-in/"


def test_nobody_in_is_led_to_signing_in(client):
    assert client.get("/my/")["Location"] == "/sign-in/"
    page = client.get("/my/BMC-2345-67/")
    assert page.status_code == 403
    assert 'href="/sign-in/"' in page.content.decode()


def test_signing_in_ends_after_twenty_idle_minutes(client, friday_morning):
    own(a_wanted_request())
    sign_in(client)
    friday_morning.shift(timedelta(minutes=21))
    assert client.get("/my/")["Location"] == "/sign-in/"


def test_the_session_holds_a_pointer_and_no_patient_data(client):
    wanted = own(a_wanted_request())
    sign_in(client)
    assert set(client.session.keys()) <= {"patient_id", "patient_seen"}
    assert client.session["patient_id"] == str(wanted.patient_id)


# My requests


def test_a_link_shows_its_own_request_only(client):
    offer = an_offer()
    own(offer.request)
    other = own(a_wanted_request(), offer.request.patient)
    open_with(client, offer)
    html = client.get("/my/").content.decode()
    assert offer.request.reference in html
    assert other.reference not in html
    assert client.get(f"/my/{other.reference}/").status_code == 404


def test_records_of_one_person_that_nobody_merged_stand_together(client):
    first, second = own(a_wanted_request()), own(a_wanted_request())
    other_name = own(a_wanted_request())
    Patient.objects.filter(pk=other_name.patient_id).update(name_index="1" * 32, consent_email_at=None)
    sign_in(client)
    html = client.get("/my/").content.decode()
    assert first.reference in html
    assert second.reference in html
    assert other_name.reference not in html


def test_cards_have_the_word_the_next_step_and_what_is_done(client):
    offer = an_offer()
    wanted = own(offer.request)
    BeforeVisit.objects.create(report=wanted.report, sections_done=["about", "visit", "optional"])
    sign_in(client)
    html = client.get("/my/").content.decode()
    assert "Choose your day" in html
    assert f'href="/my/{wanted.reference}/times/"' in html
    book_first_day(client, offer)
    html = client.get("/my/").content.decode()
    assert "Your visits" in html
    assert "Tuesday, December 1, 2026" in html
    assert f'href="/my/{wanted.reference}/visit/"' in html


def test_without_a_request_the_page_says_so_and_how_to_begin(client):
    patient = own(a_wanted_request()).patient
    sign_in(client)
    AppointmentRequest.objects.filter(patient=patient).update(patient=a_wanted_request().patient)
    html = client.get("/my/").content.decode()
    assert "You have no requests yet" in html
    assert 'href="/request-an-appointment/"' in html


def test_a_look_is_written_down(client):
    wanted = own(a_wanted_request())
    sign_in(client)
    client.get("/my/")
    entry = AuditEntry.objects.get(action="viewed", subject_id=str(wanted.patient_id))
    assert (entry.actor_kind, entry.data) == ("patient", {"purpose": "mine"})


@pytest.mark.parametrize("requests", [1, 30])
def test_pages_stay_within_their_queries(client, requests):
    first = own(a_wanted_request())
    for _number in range(requests - 1):
        own(an_offer().request, first.patient)
    sign_in(client)
    assert len(queries_of(client, "/my/")) <= 10
    assert len(queries_of(client, f"/my/{first.reference}/")) <= 10


def test_after_signing_in_a_patient_books(client):
    offer = an_offer()
    own(offer.request)
    sign_in(client)
    book_first_day(client, offer)
    assert offer.request.visits.filter(state="booked").count() == 1


# A caregiver who was not verified


def test_a_caregiver_sees_how_far_it_is_and_no_plans_until_verified(client):
    offer = an_offer()
    wanted = filled_in_by_a_caregiver(own(offer.request))
    sign_in(client)
    status = client.get(f"/my/{wanted.reference}/").content.decode()
    assert "Choose your day" in status
    assert "202-555-0110" in status
    assert "Until we have checked who may speak for the patient" in status
    for path in ("times/", "visit/", "visit.ics", "visit/print/", "cancel/"):
        page = client.get(f"/my/{wanted.reference}/{path}")
        assert page.status_code == 403, path
        assert "Spine" not in page.content.decode()
    html = client.get("/my/").content.decode()
    assert "times/" not in html
    Proxy.objects.update(verified_at=timezone.now(), verified_by="Nurse")
    assert client.get(f"/my/{wanted.reference}/times/").status_code == 200


def test_a_caregiver_reads_that_we_call_the_patient_not_them(client):
    wanted = filled_in_by_a_caregiver(own(a_wanted_request(status="submitted")))
    sign_in(client)
    html = client.get(f"/my/{wanted.reference}/").content.decode()
    assert "We call the patient at 202-555-0142" in html
    assert "We call you at" not in html
    assert "the patient's pain gets worse" in html
    assert "calls you" not in html


def test_one_caregiver_who_was_not_verified_closes_plans_for_all(client):
    wanted = filled_in_by_a_caregiver(own(an_offer().request), verified=True)
    filled_in_by_a_caregiver(wanted)
    sign_in(client)
    assert client.get(f"/my/{wanted.reference}/times/").status_code == 403


@pytest.mark.parametrize("filled_by", ["staff_phone", "referring_clinician"])
def test_what_others_filled_in_shows_no_plans_while_a_caregiver_waits_for_the_check(client, filled_by):
    wanted = filled_in_by_a_caregiver(own(an_offer().request))
    AppointmentRequest.objects.filter(pk=wanted.pk).update(filled_by=filled_by)
    sign_in(client)
    assert client.get(f"/my/{wanted.reference}/times/").status_code == 403
    Proxy.objects.update(verified_at=NOW)
    assert client.get(f"/my/{wanted.reference}/times/").status_code == 200


def test_every_look_at_a_request_is_written_down_with_its_page(client):
    wanted = own(an_offer().request)
    sign_in(client)
    client.get(f"/my/{wanted.reference}/")
    client.get(f"/my/{wanted.reference}/times/")
    looks = AuditEntry.objects.filter(action="viewed", subject_id=str(wanted.pk)).order_by("pk")
    assert [(one.actor_kind, one.data["purpose"]) for one in looks] == [("patient", "status"), ("patient", "choose")]


def test_the_link_that_we_sent_about_days_still_opens_them(client):
    offer = an_offer()
    filled_in_by_a_caregiver(own(offer.request))
    open_with(client, offer)
    assert client.get(f"/my/{offer.request.reference}/times/").status_code == 200


# After sending


def sent_from(browser):
    """Send a complete form from this browser; its draft."""
    draft = a_complete_draft(consent_email=True)
    session = browser.session
    session["draft_id"], session["patient_seen"] = str(draft.pk), int(time.time())
    session.save()
    browser.post("/register/send/", {"key": key_on(browser.get("/register/check/"))})
    draft.refresh_from_db()
    return draft


def test_after_sending_the_pages_of_the_request_open_from_the_same_browser(client):
    draft = sent_from(client)
    html = client.get("/register/sent/").content.decode()
    for path in ("before-visit/", "summary/", "summary.pdf"):
        assert f'href="/my/{draft.request_reference}/{path}"' in html
        assert client.get(f"/my/{draft.request_reference}/{path}").status_code == 200
    assert client.get("/my/").status_code == 200
    assert client.get(f"/my/{a_wanted_request().reference}/").status_code == 403


def test_a_code_takes_the_sent_request_to_the_phone(client):
    draft = sent_from(client)
    page = client.post("/register/qr/").content.decode()
    assert 'class="qr"' in page
    phone = Client()
    path = "/" + address_for_device(draft).split("/", 3)[3]
    answer = phone.post(path, {name.replace("birth_date", "date_of_birth"): value for name, value in BORN.items()})
    assert answer["Location"] == "/register/sent/"
    assert draft.request_reference in phone.get("/register/sent/").content.decode()


def test_leaving_asks_the_browser_to_forget_us(client):
    own(a_wanted_request())
    sign_in(client)
    assert '"cookies"' in client.post("/my/leave/")["Clear-Site-Data"]
    assert client.get("/my/")["Location"] == "/sign-in/"
