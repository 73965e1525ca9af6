"""The calendar file: what programs need, and nothing of the patient."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from scheduling.offers.accepting import accept_offer
from scheduling.visits.actions import cancel_visit
from scheduling.visits.calendar_file import visit_calendar
from tests.factories import a_request, an_offer, days_of, person_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


@pytest.fixture
def visit(now, fresh_key):
    wanted = a_request()
    offer = an_offer(wanted, now=now)
    return accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=fresh_key(), now=now)


def event_of(visit):
    calendar = Calendar.from_ical(visit_calendar(visit))
    return calendar, calendar.walk("VEVENT")[0]


def test_booked_visit_gives_one_event_in_utc(visit):
    calendar, event = event_of(visit)
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert event.decoded("DTSTART") == visit.starts_at
    assert event.decoded("DTEND") == visit.ends_at
    assert b"DTSTART:20270104T" in visit_calendar(visit)
    assert str(event["SUMMARY"]) == "Clinic visit"
    assert str(event["LOCATION"]) == "100 Example Avenue"


def test_canceled_visit_cancels_the_same_event(visit, now, fresh_key):
    uid = event_of(visit)[1]["UID"]
    canceled = cancel_visit(visit, by=person_of(visit.request), key=fresh_key(), reason="", now=now)
    calendar, event = event_of(canceled)
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert event["UID"] == uid


def test_file_is_the_same_each_time_and_its_lines_are_short(visit):
    visit.site.address = "Überlange Straße " * 20
    text = visit_calendar(visit)
    assert text == visit_calendar(visit)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert text.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith(b"END:VCALENDAR\r\n")


def test_file_names_neither_patient_nor_specialty_nor_clinician(visit):
    text = visit_calendar(visit).decode().lower()
    people = [leg.clinician.name for leg in visit.appointments.all()]
    codes = [leg.specialty.code for leg in visit.appointments.all()]
    words = ["quackenbush", "maribelle", "1951", "oncolog", "cancer", "bone", *people, *codes]
    assert [word for word in words if word.lower() in text] == []


def test_file_says_what_to_call_and_the_reference_to_give(visit):
    said = str(event_of(visit)[1]["DESCRIPTION"])
    assert said == f"Questions? Call 202-555-0100. Reference: {visit.request.reference}"


def test_times_are_right_over_the_clock_change(visit):
    visit.starts_at += timedelta(days=70)
    visit.ends_at += timedelta(days=70)
    _calendar, event = event_of(visit)
    assert event.decoded("DTSTART") == visit.starts_at
