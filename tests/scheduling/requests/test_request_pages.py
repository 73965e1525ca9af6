"""Sending a request, the page after it, and the patient's page about where it is."""

import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from intake.registration.models import Draft
from intake.triage.messages import TEXTS
from intake.triage.models import Alert
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.patient_words import nurse_line_is_open
from tests.scheduling.patient_steps import (
    NAMES,
    NOW,
    STRICT_CSP,
    a_complete_draft,
    a_wanted_request,
    an_offer,
    book_first_day,
    csp_of,
    key_on,
    open_with,
    queries_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


def in_session_of(browser, draft: Draft) -> None:
    """Make this browser the one that fills in the draft."""
    session = browser.session
    session["draft_id"] = str(draft.pk)
    session["patient_seen"] = int(time.time())
    session.save()


@pytest.fixture
def sent_draft(client):
    """A draft that was sent from this browser, as a routine request."""
    return sent_from(client)


def sent_from(browser, *, level="routine", message="M-ROUTINE", rules=(), **changes) -> Draft:
    wanted = a_wanted_request(level=level, status="submitted", **changes)
    type(wanted.triage).objects.filter(pk=wanted.triage_id).update(level=level, message=message, rules=list(rules))
    draft = Draft.objects.create(
        state=Draft.State.SENT,
        request_reference=wanted.reference,
        emergency_rules=list(rules),
        expires_at=timezone.now() + timedelta(days=30),
    )
    in_session_of(browser, draft)
    return draft


# After sending


def test_sent_page_has_reference_message_next_steps_and_phones(client, sent_draft):
    page = client.get("/register/sent/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "We have your request" in html
    assert sent_draft.request_reference in html
    assert "Our team will call you within 2 working days." in html
    assert "202-555-0142" in html
    assert settings.NURSE_LINE_PHONE in html
    assert 'href="/get-help-now/"' in html
    assert 'href="/"' in html


def test_sent_page_is_shown_again_on_reload(client, sent_draft):
    first, second = client.get("/register/sent/"), client.get("/register/sent/")
    assert sent_draft.request_reference in second.content.decode()
    assert first.status_code == second.status_code == 200


def test_sent_page_of_another_browser_shows_nothing(client, sent_draft):
    client.cookies.clear()
    page = client.get("/register/sent/")
    assert page.status_code == 403
    assert sent_draft.request_reference not in page.content.decode()


def test_sent_page_after_twenty_idle_minutes_shows_nothing(client, sent_draft, friday_morning):
    friday_morning.shift(timedelta(minutes=21))
    assert sent_draft.request_reference not in client.get("/register/sent/").content.decode()


def test_sent_page_before_sending_leads_to_the_check(client):
    draft = Draft.objects.create(expires_at=timezone.now() + timedelta(days=30))
    in_session_of(client, draft)
    assert client.get("/register/sent/")["Location"] == "/register/check/"


def test_urgent_message_has_phone_deadline_and_nurse_line(client):
    sent_from(client, level="urgent", message="M-URGENT", contact_due_at=NOW + timedelta(hours=4))
    html = client.get("/register/sent/").content.decode()
    assert "A nurse will call you at 202-555-0142." in html
    assert "If you do not hear from us by Friday, November 20, 2026 at 2:00 p.m., call 202-555-0110." in html
    assert settings.AFTER_HOURS_PHONE not in care_card(html)
    assert "{" not in care_card(html)


def care_card(html: str) -> str:
    return re.search(r'<section class="care-card urgent">.*?</section>', html, re.S).group(0)


def test_urgent_message_out_of_hours_adds_the_after_hours_number(client, friday_morning):
    friday_morning.shift(timedelta(hours=10))
    sent_from(client, level="urgent", message="M-URGENT")
    assert settings.AFTER_HOURS_PHONE in care_card(client.get("/register/sent/").content.decode())


def test_urgent_message_out_of_hours_without_such_a_number_names_the_emergency_room(client, friday_morning, settings):
    settings.AFTER_HOURS_PHONE = ""
    friday_morning.shift(timedelta(hours=10))
    sent_from(client, level="urgent", message="M-URGENT")
    card = care_card(client.get("/register/sent/").content.decode())
    assert "If you get worse, go to the emergency room." in card


def test_emergency_message_stands_before_the_reference(client):
    sent_from(client, level="emergency", message="M-SPINE", rules=("E07",))
    html = client.get("/register/sent/").content.decode()
    assert html.index("This needs care today.") < html.index("<h1>We have your request")
    assert 'href="tel:911"' in html


def test_emergency_shown_while_filling_in_is_told_again_after_a_changed_answer(client):
    draft = sent_from(client, level="routine", message="M-ROUTINE")
    wanted = AppointmentRequest.objects.get(reference=draft.request_reference)
    AppointmentRequest.objects.filter(pk=wanted.pk).update(level="emergency", urgency_rank=0)
    Alert.objects.create(
        report=wanted.report,
        rules=["E07"],
        message="M-SPINE",
        filled_by="patient",
        find_code="ABCDEF",
        detected_at=NOW,
        contact_due_at=NOW + timedelta(minutes=15),
    )
    html = client.get("/register/sent/").content.decode()
    assert "This needs care today." in html
    assert "Most people are seen within 2 weeks" not in html


def test_crisis_line_stays_with_any_message(client):
    sent_from(client, level="emergency", message="M-911", rules=("E01", "E02"))
    assert "call or text 988, day or night" in client.get("/register/sent/").content.decode()


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_message_is_shown_without_open_places(client, code):
    level = {"M-URGENT": "urgent", "M-SOON": "soon", "M-ROUTINE": "routine"}.get(code, "emergency")
    sent_from(client, level=level, message=code)
    main = re.search(r"<main.*</main>", client.get("/register/sent/").content.decode(), re.S).group(0)
    assert not re.search(r"\{\w+\}", main)


def test_sent_page_is_private_and_strict(client, sent_draft):
    page = client.get("/register/sent/")
    assert page["Cache-Control"] == "no-store"
    assert csp_of(page) == STRICT_CSP


def test_sent_page_needs_at_most_eight_queries(client, sent_draft):
    assert len(queries_of(client, "/register/sent/")) <= 8


def test_looking_at_the_sent_page_is_written_down(client, sent_draft):
    wanted = AppointmentRequest.objects.get()
    client.get("/register/sent/")
    entry = AuditEntry.objects.get(subject_id=str(wanted.pk))
    assert (entry.actor_kind, entry.actor_id) == ("patient", f"draft:{sent_draft.pk}")


# Sending again


def test_sending_a_sent_draft_again_shows_the_same_answer(client, sent_draft):
    for key in ("a" * 32, "a" * 32, "b" * 32, ""):
        assert client.post("/register/send/", {"key": key})["Location"] == "/register/sent/"
    assert AppointmentRequest.objects.count() == 1


def test_sending_without_a_session_sends_nothing(client):
    assert client.post("/register/send/", {"key": "a" * 32}).status_code == 403
    assert not AppointmentRequest.objects.exists()


def test_sending_an_incomplete_draft_leads_to_what_is_missing(client):
    draft = Draft.objects.create(expires_at=timezone.now() + timedelta(days=30))
    in_session_of(client, draft)
    answer = client.post("/register/send/", {"key": "a" * 32})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/register/")
    assert not AppointmentRequest.objects.exists()


@pytest.mark.parametrize("key", ["", "\x00", "x" * 5000, "🦴"])
def test_sending_with_a_crafted_key_sends_nothing(client, key):
    draft = Draft.objects.create(expires_at=timezone.now() + timedelta(days=30))
    in_session_of(client, draft)
    assert client.post("/register/send/", {"key": key}).status_code == 302
    assert not AppointmentRequest.objects.exists()


def test_sending_by_following_a_link_is_not_possible(client, sent_draft):
    assert client.get("/register/send/").status_code == 405


# Sending


@pytest.fixture
def draft(client):
    """A complete draft in this browser."""
    draft = a_complete_draft()
    in_session_of(client, draft)
    return draft


def test_sending_makes_one_request_and_leads_to_the_reference(client, draft):
    check = client.get("/register/check/")
    answer = client.post("/register/send/", {"key": key_on(check)})
    assert answer["Location"] == "/register/sent/"
    wanted = AppointmentRequest.objects.get()
    assert wanted.reference in client.get("/register/sent/").content.decode()


def test_sending_twice_with_one_page_sends_once(client, draft):
    key = key_on(client.get("/register/check/"))
    answers = [client.post("/register/send/", {"key": key}) for _time in range(3)]
    assert {answer["Location"] for answer in answers} == {"/register/sent/"}
    assert AppointmentRequest.objects.count() == 1


def test_back_after_sending_shows_the_reference_again(client, draft):
    client.post("/register/send/", {"key": key_on(client.get("/register/check/"))})
    page = client.get("/register/check/", follow=True)
    assert page.redirect_chain[-1][0] == "/register/sent/"
    assert AppointmentRequest.objects.get().reference in page.content.decode()


def test_sending_an_emergency_shows_the_emergency_page_first(client):
    draft = a_complete_draft(acute_general=["chest_pain"])
    in_session_of(client, draft)
    answer = client.post("/register/send/", {"key": key_on(client.get("/register/check/"))})
    assert answer["Location"] == "/register/emergency/"
    page = client.get("/register/emergency/").content.decode()
    assert "Call 911 now" in page
    assert 'href="/register/sent/"' in page
    assert Alert.objects.count() == 1


def test_sending_with_an_empty_key_shows_the_answers_with_the_reason(client, draft):
    answer = client.post("/register/send/", {"key": ""})
    assert answer.status_code == 422
    assert NAMES["last"] in answer.content.decode()
    assert not AppointmentRequest.objects.exists()


def test_answers_taken_away_before_sending_are_asked_again(client, draft):
    key = key_on(client.get("/register/check/"))
    Draft.objects.filter(pk=draft.pk).update(answers={**draft.answers, "phone_primary": None})
    answer = client.post("/register/send/", {"key": key})
    assert answer["Location"] == "/register/contact/phone/?change=1"
    assert not AppointmentRequest.objects.exists()


# Where the request is

WORDS = {
    "submitted": "Received",
    "in_review": "Received",
    "needs_info": "We need something from you",
    "records_pending": "Planning your visit",
    "ready": "Planning your visit",
    "offered": "Choose your day",
    "scheduled": "Booked",
    "completed": "Done",
    "redirected_to_ed": "Closed",
    "declined": "Closed",
    "withdrawn": "Closed",
}


@pytest.mark.parametrize("status", AppointmentRequest.Status.values)
def test_status_is_told_in_plain_words(client, status):
    offer = an_offer()
    open_with(client, offer)
    AppointmentRequest.objects.filter(pk=offer.request_id).update(status=status)
    page = client.get(f"/my/{offer.request.reference}/")
    assert page.status_code == 200
    tag = re.search(r'<span class="tag tag-\w+">([^<]+)</span>', page.content.decode())
    assert tag.group(1) == WORDS[status]


def test_status_leads_to_the_next_step(client):
    offer = an_offer()
    open_with(client, offer)
    address = f"/my/{offer.request.reference}/"
    assert f'href="{address}times/"' in client.get(address).content.decode()
    book_first_day(client, offer)
    assert f'href="{address}visit/"' in client.get(address).content.decode()


def test_status_of_an_offer_that_just_ran_out_says_so(client, friday_morning):
    offer = an_offer()
    open_with(client, offer)
    type(offer).objects.filter(pk=offer.pk).update(expires_at=NOW - timedelta(seconds=1))
    html = client.get(f"/my/{offer.request.reference}/").content.decode()
    assert "The time to choose a day has ended" in html
    assert "times/" not in html


def test_status_shows_no_contact_data_but_the_number_we_call(client):
    offer = an_offer()
    open_with(client, offer)
    AppointmentRequest.objects.filter(pk=offer.request_id).update(status="submitted")
    html = client.get(f"/my/{offer.request.reference}/").content.decode()
    assert "202-555-0142" in html
    assert [NAMES[part] for part in ("first", "last", "email") if NAMES[part] in html] == []


def test_nurse_line_is_closed_on_a_holiday():
    from clinic.directory.models import Holiday

    assert nurse_line_is_open(NOW)
    Holiday.objects.create(on=NOW.date(), name="Founders")
    assert not nurse_line_is_open(NOW)
    assert not nurse_line_is_open(NOW + timedelta(days=1))


# On a shared computer


def test_leaving_closes_everything_on_this_device(client):
    offer = an_offer()
    open_with(client, offer)
    address = f"/my/{offer.request.reference}/"
    assert client.get("/my/leave/").status_code == 405
    assert client.get(address).status_code == 200
    page = client.post("/my/leave/", follow=True)
    assert "closed on this device" in page.content.decode()
    assert client.get(address).status_code == 403


def test_leaving_after_sending_hides_the_reference(client, sent_draft):
    client.post("/my/leave/")
    assert sent_draft.request_reference not in client.get("/register/sent/").content.decode()
