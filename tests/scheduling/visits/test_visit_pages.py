"""The patient's booked visit: confirmation, calendar file, paper, cancellation."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from icalendar import Calendar

from clinic.platform.audit.models import AuditEntry
from scheduling.visits.models import Appointment, Claim, Visit
from tests.scheduling.patient_steps import (
    BIRTH_DATE,
    NAMES,
    NOW,
    an_offer,
    book_first_day,
    key_on,
    link_to,
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


@pytest.fixture
def offer():
    return an_offer()


@pytest.fixture
def visit(client, offer) -> Visit:
    """A visit that the person in `client` has just booked."""
    open_with(client, offer)
    return book_first_day(client, offer)


def my(visit, page="visit/") -> str:
    return f"/my/{visit.request.reference}/{page}"


# The link of the message


def test_visit_link_with_birth_date_leads_to_the_visit(client, visit, offer):
    client.cookies.clear()
    answer = post_birth_date(client, f"/my/visit/{link_to(offer, purpose='visit')}/", BIRTH_DATE)
    assert answer["Location"] == my(visit)
    assert client.get(my(visit)).status_code == 200


def test_visit_link_with_wrong_birth_date_opens_nothing(client, visit, offer):
    client.cookies.clear()
    address = f"/my/visit/{link_to(offer, purpose='visit')}/"
    assert post_birth_date(client, address, BIRTH_DATE + timedelta(days=1)).status_code == 422
    assert client.get(my(visit)).status_code == 403


def test_expired_visit_link_says_so(client, offer):
    token = link_to(offer, purpose="visit", ends=NOW - timedelta(minutes=1))
    assert client.get(f"/my/visit/{token}/").status_code == 410


# What it shows


def test_confirmation_lists_the_day_in_order(client, visit):
    page = client.get(my(visit)).content.decode()
    assert "Tuesday, December 1, 2026" in page
    assert visit.request.reference in page
    names = [leg.clinician.name for leg in visit.appointments.select_related("clinician")]
    places = [page.index(name) for name in dict.fromkeys(names)]
    assert places == sorted(places)
    assert settings.NURSE_LINE_PHONE in page


def test_looking_at_the_confirmation_changes_nothing_and_is_written_down(client, visit):
    before = list(Visit.objects.values()), list(Appointment.objects.values()), list(Claim.objects.values())
    seen = AuditEntry.objects.filter(subject_id=str(visit.request_id)).count()
    client.get(my(visit))
    assert (list(Visit.objects.values()), list(Appointment.objects.values()), list(Claim.objects.values())) == before
    assert AuditEntry.objects.filter(subject_id=str(visit.request_id)).count() == seen + 1


def test_page_to_print_has_the_day_and_the_phones(client, visit):
    page = client.get(my(visit, "visit/print/")).content.decode()
    assert "Tuesday, December 1, 2026" in page
    assert visit.request.reference in page
    assert settings.NURSE_LINE_PHONE in page
    assert 'class="site-head"' not in page


def test_calendar_file_is_a_download_without_anything_of_the_patient(client, visit):
    answer = client.get(my(visit, "visit.ics"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="clinic-visit.ics"'
    assert answer["Cache-Control"] == "no-store"
    text = answer.content.decode()
    private = [*NAMES.values(), BIRTH_DATE.isoformat(), "metasta", "cancer", "oncolog", "tumor", "surgery"]
    assert [word for word in private if word.lower() in re.sub(r"\r\n ", "", text).lower()] == []


def test_calendar_file_keeps_its_uid_and_times(client, visit):
    first, second = (Calendar.from_ical(client.get(my(visit, "visit.ics")).content) for _time in range(2))
    events = [calendar.walk("VEVENT")[0] for calendar in (first, second)]
    assert events[0]["UID"] == events[1]["UID"]
    assert events[0].decoded("DTSTART") == visit.starts_at
    assert events[0].decoded("DTEND") == visit.ends_at


def test_a_request_without_a_visit_shows_its_status_instead(client, offer):
    open_with(client, offer)
    for page in ("visit/", "visit.ics", "visit/print/", "cancel/"):
        answer = client.get(f"/my/{offer.request.reference}/{page}", follow=True)
        assert answer.redirect_chain[-1][0] == f"/my/{offer.request.reference}/"
        assert answer.status_code == 200


# Canceling


def cancel(browser, visit, key=None, **answers):
    address = my(visit, "cancel/")
    key = key or key_on(browser.get(address))
    return browser.post(address, {"key": key, "visit": str(visit.pk), "version": "0", "reason": "", **answers})


def test_cancel_page_asks_first_and_cancels_nothing(client, visit):
    page = client.get(my(visit, "cancel/")).content.decode()
    assert "Cancel your visit?" in page
    assert "Keep my visit" in page
    visit.refresh_from_db()
    assert visit.state == Visit.State.BOOKED


@pytest.mark.parametrize("reason", ["", "x" * 1000, "🦴 " * 300, "שלום مرحبا"])
def test_canceling_frees_every_leg_and_says_so(client, visit, reason):
    answer = cancel(client, visit, reason=reason)
    assert answer["Location"] == my(visit)
    visit.refresh_from_db()
    assert visit.state == Visit.State.CANCELLED_BY_PATIENT
    assert not Claim.objects.filter(visit=visit).exists()
    page = client.get(my(visit)).content.decode()
    assert "Your visit is canceled" in page


@pytest.mark.parametrize("reason", ["y" * 1001, "ill\x00ness"])
def test_reason_that_cannot_be_kept_is_shown_again(client, visit, reason):
    answer = cancel(client, visit, reason=reason)
    assert answer.status_code == 422
    assert reason[:3] in answer.content.decode()
    visit.refresh_from_db()
    assert visit.state == Visit.State.BOOKED


def test_canceling_twice_with_one_page_cancels_once(client, visit):
    key = key_on(client.get(my(visit, "cancel/")))
    first, second = cancel(client, visit, key=key), cancel(client, visit, key=key)
    assert first["Location"] == second["Location"] == my(visit)


def test_canceling_again_from_a_page_gone_back_to_says_it_is_canceled(client, visit):
    cancel(client, visit)
    answer = cancel(client, visit, key="e" * 32)
    assert answer["Location"] == my(visit)
    assert client.get(my(visit, "cancel/"))["Location"] == my(visit)


@pytest.mark.parametrize("other", ["", "x", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_crafted_visit_cancels_nothing(client, visit, other):
    answer = client.post(my(visit, "cancel/"), {"key": "d" * 32, "visit": other, "version": "0", "reason": ""})
    assert answer.status_code in (302, 422)
    visit.refresh_from_db()
    assert visit.state == Visit.State.BOOKED


def test_visit_of_somebody_else_cannot_be_canceled(client, visit):
    other_offer = an_offer()
    theirs = other_offer.alternatives.first()
    client.post(my(visit, "cancel/"), {"key": "d" * 32, "visit": str(theirs.pk), "version": "0", "reason": ""})
    theirs.refresh_from_db()
    assert theirs.state == Visit.State.HELD


def test_canceled_visit_has_no_paper_and_a_file_that_takes_it_out_of_a_calendar(client, visit):
    booked = Calendar.from_ical(client.get(my(visit, "visit.ics")).content).walk("VEVENT")[0]
    cancel(client, visit)
    assert client.get(my(visit, "visit/print/"))["Location"] == my(visit)
    assert f'href="{my(visit, "visit.ics")}"' in client.get(my(visit)).content.decode()
    answer = client.get(my(visit, "visit.ics"))
    assert answer["Content-Disposition"] == 'attachment; filename="clinic-visit-canceled.ics"'
    calendar = Calendar.from_ical(answer.content)
    event = calendar.walk("VEVENT")[0]
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", booked["UID"])
    assert event["SEQUENCE"] > booked["SEQUENCE"]


@pytest.mark.parametrize("state", ["completed", "no_show"])
def test_visit_that_took_place_or_was_missed_has_no_calendar_file(client, visit, state):
    Visit.objects.filter(pk=visit.pk).update(state=state)
    assert client.get(my(visit, "visit.ics"))["Location"] == my(visit)


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("completed", "Your visit is done"),
        ("no_show", "You missed your visit"),
        ("cancelled_by_clinic", "We had to cancel"),
    ],
)
def test_ended_visit_says_how_it_ended(client, visit, state, heading):
    Visit.objects.filter(pk=visit.pk).update(state=state)
    assert heading in client.get(my(visit)).content.decode()


def test_posting_to_a_page_that_only_shows_is_refused(client, visit):
    for page in ("visit/", "visit.ics", "visit/print/"):
        assert client.post(my(visit, page)).status_code == 405


@pytest.mark.parametrize("page", ["visit/", "visit/print/", "cancel/", ""])
@pytest.mark.parametrize("others", [0, 30])
def test_pages_need_at_most_eight_queries(client, visit, page, others):
    Visit.objects.bulk_create(
        Visit(
            request=visit.request,
            patient=visit.patient,
            visit_type=visit.visit_type,
            site=visit.site,
            room=visit.room,
            state="released",
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
        )
        for _number in range(others)
    )
    assert len(queries_of(client, my(visit, page))) <= 8
