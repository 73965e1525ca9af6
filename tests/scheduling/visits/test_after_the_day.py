"""Visits of days that are over and that nobody has closed: told on today's list, closed with one press, undone."""

import re
from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.follow_up.models import FollowUpCall
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.after_the_day import open_days, took_place, undo_took_place
from scheduling.visits.day_actions import check_in, finish_leg, start_leg, undo_leg
from scheduling.visits.models import StateChange, Visit
from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinician_user, a_coordinator, a_request
from tests.scheduling.day_rows import a_visit_today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
MONDAY, TUESDAY = "/staff/schedule/day/2027-01-04/", "/staff/schedule/day/2027-01-05/"


@pytest.fixture
def coordinator():
    return a_coordinator()


@pytest.fixture
def desk(coordinator):
    return staff_actor(coordinator)


@pytest.fixture
def visit(small_clinic, now):
    """Two legs on Monday, from 9 a.m., which is now, to 10:30."""
    return a_visit_today(a_request(), small_clinic, [("SPINE_SURG", now), ("RAD_ONC", now + 50 * MINUTE)])


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def states_of(visit):
    row = Visit.objects.get(pk=visit.pk)
    return row.state, [leg.state for leg in row.appointments.order_by("position")]


def refusal(call, *args, **how):
    with pytest.raises(Refused) as told:
        call(*args, key=new_key(), **how)
    return told.value.code


def test_one_press_completes_the_visit_and_plans_its_calls(visit, desk, now):
    row = took_place(visit, by=desk, key=new_key(), now=now + A_DAY, version=0)
    assert row.state == "completed"
    assert states_of(visit) == ("completed", ["done", "done"])
    assert AppointmentRequest.objects.get().status == "completed"
    assert sorted(FollowUpCall.objects.values_list("kind", flat=True)) == ["day_7", "week_4"]
    steps = StateChange.objects.filter(thing="visit", thing_id=visit.pk)
    assert list(steps.values_list("to_state", "reason")) == [
        (state, "told_afterwards") for state in ("checked_in", "in_visit", "completed")
    ]


def test_what_was_pressed_on_the_day_keeps_its_time(visit, desk, now):
    first = visit.appointments.order_by("position").first()
    check_in(visit, by=desk, key=new_key(), now=now)
    start_leg(first, by=desk, key=new_key(), now=now)
    finish_leg(first, by=desk, key=new_key(), now=now + 40 * MINUTE)
    took_place(visit, by=desk, key=new_key(), now=now + A_DAY)
    done = StateChange.objects.get(thing_id=first.pk, to_state="done")
    assert (done.at, done.reason) == (now + 40 * MINUTE, "")
    assert states_of(visit) == ("completed", ["done", "done"])
    undo_took_place(visit, by=desk, key=new_key(), now=now + A_DAY)
    assert states_of(visit) == ("in_visit", ["done", "booked"])


@pytest.mark.parametrize(
    ("at", "version", "code"),
    [(timedelta(0), 0, "too_early"), (89 * MINUTE, 0, "too_early"), (A_DAY, 3, "stale")],
)
def test_visit_that_is_not_over_or_was_changed_is_not_closed(visit, desk, now, at, version, code):
    assert refusal(took_place, visit, by=desk, now=now + at, version=version) == code
    assert states_of(visit) == ("booked", ["booked", "booked"])


@pytest.mark.parametrize("state", ["held", "completed", "no_show", "cancelled_by_patient"])
def test_only_a_visit_that_takes_place_is_closed(visit, desk, now, state):
    Visit.objects.update(state=state)
    assert refusal(took_place, visit, by=desk, now=now + A_DAY) == "stale"


def test_who_does_not_run_the_day_closes_and_undoes_nothing(visit, now):
    by = staff_actor(a_clinician_user())
    assert refusal(took_place, visit, by=by, now=now + A_DAY) == "not_allowed"
    assert refusal(undo_took_place, visit, by=by, now=now + A_DAY) == "not_allowed"


def test_wrong_press_is_undone_and_no_call_stays(visit, desk, now):
    took_place(visit, by=desk, key=new_key(), now=now + A_DAY)
    undo_took_place(visit, by=desk, key=new_key(), now=now + A_DAY + 9 * MINUTE)
    assert states_of(visit) == ("booked", ["booked", "booked"])
    assert AppointmentRequest.objects.get().status == "scheduled"
    assert not FollowUpCall.objects.exists()
    took_place(visit, by=desk, key=new_key(), now=now + A_DAY + 9 * MINUTE)
    assert FollowUpCall.objects.count() == 2


def test_press_is_not_undone_after_ten_minutes_nor_when_something_followed(visit, desk, now):
    took_place(visit, by=desk, key=new_key(), now=now + A_DAY)
    assert refusal(undo_took_place, visit, by=desk, now=now + A_DAY + 10 * MINUTE) == "too_late"
    leg = visit.appointments.order_by("position").last()
    undo_leg(leg, by=desk, key=new_key(), now=now + A_DAY)
    assert refusal(undo_took_place, visit, by=desk, now=now + A_DAY) == "stale"


def test_visit_that_was_completed_on_the_day_is_not_undone_at_once(visit, desk, now):
    check_in(visit, by=desk, key=new_key(), now=now)
    for leg in visit.appointments.order_by("position"):
        start_leg(leg, by=desk, key=new_key(), now=now)
        finish_leg(leg, by=desk, key=new_key(), now=now)
    assert refusal(undo_took_place, visit, by=desk, now=now) == "stale"


def test_days_that_are_open_are_counted_the_latest_first(visit, coordinator, small_clinic, now):
    a_visit_today(a_request(), small_clinic, [("SPINE_SURG", now + A_DAY)], room=1)
    a_visit_today(a_request(), small_clinic, [("MED_ONC", now + A_DAY)], room=1, claims=False, state="completed")
    found = open_days(coordinator, now + 2 * A_DAY)
    assert [(one.on.isoformat(), one.visits) for one in found] == [("2027-01-05", 1), ("2027-01-04", 1)]
    assert open_days(coordinator, visit.starts_at) == []


def test_list_of_today_leads_to_days_that_nobody_closed(client, coordinator, visit, standing_clock, now):
    client.force_login(coordinator)
    assert "Earlier days are not closed" not in text_of(client.get(MONDAY))
    standing_clock.move_to(now + A_DAY, tick=False)
    client.force_login(coordinator)
    page = client.get(TUESDAY)
    assert "Earlier days are not closed" in text_of(page)
    assert f'href="{MONDAY}"' in page.content.decode()
    assert faults(Page(page.content.decode())) == []
    shown = text_of(client.get(MONDAY))
    assert "1 not closed" in shown
    assert "Not closed: did the patient come?" in shown
    assert "Not here yet" not in shown
    assert "Minutes late" not in shown
    address = f"/staff/visits/{visit.pk}/today/"
    told = client.post(f"{address}took-place/", {"key": new_key(), "version": 0}, follow=True)
    assert "The visit is completed, and the follow-up calls are planned." in text_of(told)
    assert "Undo: not completed" in text_of(told)
    assert f"/staff/appointments/{visit.appointments.first().pk}/today/undo/" not in told.content.decode()
    assert "Earlier days are not closed" not in text_of(client.get(TUESDAY))
    undone = client.post(f"{address}undo-took-place/", {"key": new_key()}, follow=True)
    assert "Undone: the visit is as it was before." in text_of(undone)
    assert "Not closed" in text_of(undone)


def test_visit_of_today_can_be_closed_once_its_time_is_over(client, coordinator, visit, standing_clock, now):
    client.force_login(coordinator)
    assert "Took place" not in text_of(client.get(MONDAY))
    standing_clock.move_to(visit.ends_at, tick=False)
    client.logout()  # idle since
    client.force_login(coordinator)
    assert "Took place" in text_of(client.get(MONDAY))
