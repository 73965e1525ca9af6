"""A session changed in place, time kept free around appointments, and what is kept for a kind of visit."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.availability import read
from scheduling.availability.actions import save_buffer
from scheduling.availability.models import Buffer, WeeklySession
from scheduling.availability.sessions import WeeklySession as Value
from scheduling.availability.sessions import in_rhythm
from scheduling.itineraries.models import VisitType
from tests import factories
from tests.scheduling.availability.time_pages import MONDAY, TUESDAY, a_held_visit, address, confirm, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


def page_of(session):
    return f"/staff/availability/sessions/{session.pk}/change/"


def as_it_is(session, since=TUESDAY, **changes):
    fields = {
        "key": new_key(), "weekday": str(session.weekday), "starts": f"{session.starts:%H:%M}",
        "ends": f"{session.ends:%H:%M}", "every_n_weeks": str(session.every_n_weeks),
        "reserve_minutes": str(session.reserve_minutes), "valid_from_month": since.month, "valid_from_day": since.day,
        "valid_from_year": since.year,
    }  # fmt: skip
    return fields | changes


@pytest.fixture
def session(small_clinic):
    return small_clinic.people["MED_ONC"][0].sessions.get(weekday=1, starts=time(8))


def open_hours(session, on):
    calendar = read.calendar([session.clinician_id], on, on)
    return calendar.bookable([session.clinician_id], routine=False, now=0)[session.clinician_id].bit_count() / 12


def test_form_shows_the_session_as_it_is(client, coordinator, session):
    page = client.get(page_of(session)).content.decode()
    for shown in ('value="08:00"', 'value="12:00"', 'value="2027"'):
        assert shown in page


def test_changed_hours_hold_from_the_date_on_and_not_before(client, coordinator, session):
    next_week = TUESDAY + timedelta(days=7)
    sent = as_it_is(session, since=next_week, ends="10:00")

    shown = client.post(page_of(session), sent)
    assert "becomes" in text_of(shown)
    assert WeeklySession.objects.filter(pk=session.pk, valid_until=None).exists()
    answer = confirm(client, page_of(session), sent, shown)

    assert answer.status_code == 302
    assert [open_hours(session, on) for on in (TUESDAY, next_week)] == [8, 6]
    session.refresh_from_db()
    assert session.valid_until == next_week - timedelta(days=1)
    assert AuditEntry.objects.filter(action="session_changed").count() == 1


def test_what_the_change_leaves_outside_is_shown_first(client, coordinator, session, small_clinic, now):
    small_clinic.people["MED_ONC"][1].sessions.all().delete()
    visit = a_held_visit(now)
    sent = as_it_is(session, starts="11:00")

    shown = client.post(page_of(session), sent)

    assert visit.request.reference in shown.content.decode()
    assert "not at work then" in text_of(shown)


def test_session_ahead_is_replaced_and_leaves_no_empty_row(client, coordinator, session):
    WeeklySession.objects.filter(pk=session.pk).update(valid_from=TUESDAY + timedelta(days=14))
    session.refresh_from_db()
    sent = as_it_is(session, since=TUESDAY + timedelta(days=7), ends="9:00")

    confirm(client, page_of(session), sent, client.post(page_of(session), sent))

    assert not WeeklySession.objects.filter(pk=session.pk).exists()
    assert session.clinician.sessions.get(weekday=1, starts=time(8)).ends == time(9)


def test_last_date_can_be_changed_alone(client, coordinator, session):
    until = {"valid_until_month": "2", "valid_until_day": "1", "valid_until_year": "2027"}
    sent = as_it_is(session, **until)
    confirm(client, page_of(session), sent, client.post(page_of(session), sent))
    assert session.clinician.sessions.filter(weekday=1, starts=time(8), valid_until=date(2027, 2, 1)).count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Nothing is different"),
        ({"ends": "14:00"}, "has another session at that time"),
        ({"ends": "7:00"}, "The end must be after the start"),
        ({"valid_from_year": "2029"}, "ends before that date already"),
    ],
)
def test_change_that_cannot_be_is_refused(client, coordinator, session, fields, said):
    WeeklySession.objects.filter(pk=session.pk).update(valid_until=date(2028, 1, 1))
    until = {"valid_until_month": "1", "valid_until_day": "1", "valid_until_year": "2028"}
    if "valid_from_year" in fields:
        until["valid_until_year"] = "2030"
    answer = client.post(page_of(session), as_it_is(session, **until) | fields)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_rhythm_goes_on_in_the_same_weeks(client, coordinator, session):
    WeeklySession.objects.filter(pk=session.pk).update(every_n_weeks=2, valid_from=MONDAY)
    session.refresh_from_db()
    weeks = [TUESDAY + timedelta(days=7 * n) for n in range(5)]
    before = [open_hours(session, on) for on in weeks]
    sent = as_it_is(session, since=weeks[1], reserve_minutes="60")

    confirm(client, page_of(session), sent, client.post(page_of(session), sent))

    assert [open_hours(session, on) for on in weeks] == before == [8, 4, 8, 4, 8]


@pytest.mark.parametrize(("every", "after", "expected"), [(1, 3, 3), (2, 7, 13), (3, 7, 20), (3, 21, 21)])
def test_in_rhythm_gives_the_first_day_of_a_week_with_the_session(every, after, expected):
    value = Value(1, 1, time(8), time(9), TUESDAY, every_n_weeks=every)
    assert in_rhythm(value, TUESDAY + timedelta(days=after)) == TUESDAY + timedelta(days=expected)


def test_buffer_is_saved_once_and_shown(client, coordinator, session):
    who = session.clinician
    where = address("buffer", {"clinician": who})
    data = {"key": new_key(), "before": "10", "after": "15"}

    assert [client.post(where, data).status_code for _n in range(2)] == [302, 302]

    buffer = Buffer.objects.get(clinician=who)
    assert (buffer.before_minutes, buffer.after_minutes) == (10, 15)
    assert AuditEntry.objects.filter(action="buffer_saved").count() == 1
    assert "15 minutes" in text_of(client.get(address("clinician", {"clinician": who})))
    assert client.post(where, {"key": new_key(), "before": "121", "after": ""}).status_code == 422


def test_buffer_needs_the_right(session):
    nurse = factories.a_nurse()
    for user in (nurse, AnonymousUser()):
        with pytest.raises(Refused):
            save_buffer(session.clinician, before=1, after=1, user=user, by=staff_actor(nurse), key=new_key())


def test_home_tells_what_is_kept_for_a_kind_of_visit_and_who_changes_it(client, coordinator, small_clinic):
    VisitType.objects.filter(code="follow_up").update(notice_minutes=60, gap_max_minutes=20, buffer_after_minutes=5)
    text = text_of(client.get(address("home")))
    assert "notice 1 hour, up to 182 days ahead, pauses of 5 to 20 minutes" in text
    assert "5 minutes kept free after" in text
    assert "An administrator of the site changes these" in text


def test_home_lists_interpreters_too(client, coordinator, small_clinic):
    helper = factories.an_interpreter(small_clinic.site, "es")
    assert helper.name in text_of(client.get(address("home")))
