"""The day of a visit: who came, who is with whom, who is late, who did not come, and wrong clicks taken back."""

from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.models import Job
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.visits import day_actions as day
from scheduling.visits.changes import undo_change
from scheduling.visits.models import Claim, StateChange, VisitChange
from tests.factories import a_coordinator, a_physician, a_request, claims_held, claims_wanted
from tests.scheduling.day_rows import a_visit_today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture
def desk(db):
    return staff_actor(a_coordinator())


@pytest.fixture
def visit(small_clinic, now):
    """A visit of two legs that begins now."""
    return a_visit_today(a_request(), small_clinic, [("SPINE_SURG", now), ("RAD_ONC", now + timedelta(minutes=50))])


def fresh(row):
    row.refresh_from_db()
    return row.state


def legs_of(visit):
    return list(visit.appointments.order_by("position"))


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as told:
        call(*args, key=new_key(), **kwargs)
    return told.value.code


def history_of(row):
    return list(StateChange.objects.filter(thing_id=row.pk).values_list("from_state", "to_state", "reason"))


def test_day_goes_from_check_in_to_completed(visit, desk, now):
    first, second = legs_of(visit)
    step = {"by": desk, "now": now}
    seen = []
    for call, row in (
        (day.check_in, visit), (day.start_leg, first), (day.finish_leg, first),
        (day.start_leg, second), (day.finish_leg, second),
    ):  # fmt: skip
        call(row, key=new_key(), **step)
        seen.append(fresh(visit))
    visit.request.refresh_from_db()
    assert seen == ["checked_in", "in_visit", "in_visit", "in_visit", "completed"]
    assert [leg.state for leg in legs_of(visit)] == ["done", "done"]
    assert visit.request.status == "completed"
    assert [to for _from, to, _reason in history_of(visit)] == ["checked_in", "in_visit", "completed"]
    assert claims_held(visit) == claims_wanted(visit)  # what was done did take its time


def test_click_that_is_sent_twice_counts_once(visit, desk, now):
    key = new_key()
    for _time in range(2):
        assert day.check_in(visit, by=desk, key=key, now=now).state == "checked_in"
    assert len(history_of(visit)) == 1
    assert AuditEntry.objects.filter(action="visit_checked_in").count() == 1


@pytest.mark.parametrize("call", [day.check_in, day.mark_no_show])
def test_stale_page_is_told(visit, desk, now, call):
    visit.calendar_sequence = 3
    visit.save()
    assert code_of(call, visit, by=desk, now=now, version=2) == "stale"
    day.check_in(visit, by=desk, key=new_key(), now=now, version=3)
    assert code_of(call, visit, by=desk, now=now) == "stale"


def test_patient_who_is_not_checked_in_cannot_be_with_a_clinician(visit, desk, now):
    assert code_of(day.start_leg, legs_of(visit)[0], by=desk, now=now) == "not_here"


def test_patient_is_with_one_clinician_at_a_time(visit, desk, now):
    first, second = legs_of(visit)
    day.check_in(visit, by=desk, key=new_key(), now=now)
    day.start_leg(first, by=desk, key=new_key(), now=now)
    assert code_of(day.start_leg, second, by=desk, now=now) == "running"
    assert code_of(day.start_leg, first, by=desk, now=now) == "stale"
    assert code_of(day.finish_leg, second, by=desk, now=now) == "stale"


def test_nobody_is_checked_in_before_the_day(visit, desk, now):
    before = now - timedelta(days=1)
    assert code_of(day.check_in, visit, by=desk, now=before) == "not_today"
    assert code_of(day.report_late, visit, minutes=5, by=desk, now=before) == "not_today"
    assert fresh(visit) == "booked"


@pytest.mark.parametrize("call", ["check_in", "mark_no_show", "undo_check_in"])
def test_who_does_not_run_the_day_is_refused(visit, now, call):
    by = staff_actor(a_physician())
    assert code_of(getattr(day, call), visit, by=by, now=now) == "not_allowed"
    assert fresh(visit) == "booked"


# did not come


def test_no_show_frees_all_time_and_makes_the_request_ready(visit, desk, now):
    day.mark_no_show(visit, by=desk, key=new_key(), now=now)
    visit.refresh_from_db()
    visit.request.refresh_from_db()
    change = VisitChange.objects.get(visit=visit)
    assert (visit.state, visit.request.status, visit.calendar_sequence) == ("no_show", "ready", 1)
    assert {leg.state for leg in legs_of(visit)} == {"no_show"}
    assert not Claim.objects.filter(visit=visit).exists()
    assert (change.kind, change.before["visit"]["state"], change.after["visit"]["state"]) == (
        "no_show", "booked", "no_show",
    )  # fmt: skip
    assert [leg["state"] for leg in change.before["legs"]] == ["booked", "booked"]
    assert Job.objects.filter(kind="match_waitlist").exists()


def test_no_show_is_not_known_before_the_start(visit, desk, now):
    assert code_of(day.mark_no_show, visit, by=desk, now=now - timedelta(seconds=1)) == "too_early"


def test_patient_who_is_here_did_come(visit, desk, now):
    day.check_in(visit, by=desk, key=new_key(), now=now)
    assert code_of(day.mark_no_show, visit, by=desk, now=now) == "stale"


# has left


def test_patient_who_leaves_after_the_first_leg_completes_the_visit_and_frees_the_rest(visit, desk, now):
    first, second = legs_of(visit)
    day.check_in(visit, by=desk, key=new_key(), now=now)
    day.start_leg(first, by=desk, key=new_key(), now=now)
    assert code_of(day.patient_left, visit, by=desk, now=now) == "running"
    day.finish_leg(first, by=desk, key=new_key(), now=now)
    day.patient_left(visit, by=desk, key=new_key(), now=now)
    visit.refresh_from_db()
    visit.request.refresh_from_db()
    assert (visit.state, visit.request.status, visit.ends_at) == ("completed", "completed", first.ends_at)
    assert [leg.state for leg in legs_of(visit)] == ["done", "no_show"]
    assert not Claim.objects.filter(clinician=second.clinician).exists()
    assert Claim.objects.get(room=visit.room).ends_at == first.ends_at
    undo_change(VisitChange.objects.get(), by=desk, key=new_key(), now=now + timedelta(minutes=5))
    visit.refresh_from_db()
    visit.request.refresh_from_db()
    assert (visit.state, visit.request.status) == ("in_visit", "scheduled")
    assert [leg.state for leg in legs_of(visit)] == ["done", "booked"]
    assert claims_held(visit) == claims_wanted(visit)


def test_patient_who_leaves_unseen_makes_the_request_ready(visit, desk, now):
    assert code_of(day.patient_left, visit, by=desk, now=now) == "stale"
    day.check_in(visit, by=desk, key=new_key(), now=now)
    day.patient_left(visit, by=desk, key=new_key(), now=now)
    visit.request.refresh_from_db()
    assert (fresh(visit), visit.request.status) == ("no_show", "ready")
    assert not Claim.objects.filter(visit=visit).exists()
    undo_change(VisitChange.objects.get(), by=desk, key=new_key(), now=now)
    assert fresh(visit) == "checked_in"


# late


def test_late_is_kept_and_taken_back(visit, desk, now):
    day.report_late(visit, minutes=25, by=desk, key=new_key(), now=now)
    visit.refresh_from_db()
    assert visit.late_minutes == 25
    day.report_late(visit, minutes=0, by=desk, key=new_key(), now=now)
    visit.refresh_from_db()
    assert visit.late_minutes is None


@pytest.mark.parametrize("minutes", [-5, 241])
def test_late_by_a_strange_time_is_refused(visit, desk, now, minutes):
    assert code_of(day.report_late, visit, minutes=minutes, by=desk, now=now) == "minutes"


# wrong clicks


def test_each_click_of_the_day_can_be_undone(visit, desk, now):
    first, second = legs_of(visit)
    for call, row in ((day.check_in, visit), (day.start_leg, first), (day.finish_leg, first)):
        call(row, by=desk, key=new_key(), now=now)
    later = now + timedelta(minutes=10)
    seen = []
    for call, row in ((day.undo_leg, first), (day.undo_leg, first), (day.undo_check_in, visit)):
        call(row, by=desk, key=new_key(), now=later)
        seen.append((fresh(first), fresh(visit)))
    assert seen == [("with_clinician", "in_visit"), ("booked", "checked_in"), ("booked", "booked")]
    assert history_of(visit)[-1] == ("checked_in", "booked", "undone")
    assert fresh(second) == "booked"


def test_undoing_the_last_leg_opens_the_visit_and_its_request_again(visit, desk, now):
    first, second = legs_of(visit)
    day.check_in(visit, by=desk, key=new_key(), now=now)
    for leg in (first, second):
        day.start_leg(leg, by=desk, key=new_key(), now=now)
        day.finish_leg(leg, by=desk, key=new_key(), now=now)
    day.undo_leg(second, by=desk, key=new_key(), now=now)
    visit.request.refresh_from_db()
    assert (fresh(visit), fresh(second), visit.request.status) == ("in_visit", "with_clinician", "scheduled")


def test_click_is_not_undone_after_ten_minutes_nor_when_something_followed(visit, desk, now):
    first = legs_of(visit)[0]
    day.check_in(visit, by=desk, key=new_key(), now=now)
    late = now + timedelta(minutes=10, seconds=1)
    assert code_of(day.undo_check_in, visit, by=desk, now=late) == "too_late"
    day.start_leg(first, by=desk, key=new_key(), now=now)
    assert code_of(day.undo_check_in, visit, by=desk, now=now) == "stale"
    assert code_of(day.undo_leg, legs_of(visit)[1], by=desk, now=now) == "stale"


def test_undoing_does_not_make_an_older_click_young(visit, desk, now):
    first = legs_of(visit)[0]
    day.check_in(visit, by=desk, key=new_key(), now=now)
    day.start_leg(first, by=desk, key=new_key(), now=now)
    later = now + timedelta(minutes=9)
    day.finish_leg(first, by=desk, key=new_key(), now=later)
    day.undo_leg(first, by=desk, key=new_key(), now=later + timedelta(minutes=5))
    assert code_of(day.undo_leg, first, by=desk, now=later + timedelta(minutes=5)) == "too_late"


def test_finish_is_not_undone_while_the_patient_is_with_the_next(visit, desk, now):
    first, second = legs_of(visit)
    day.check_in(visit, by=desk, key=new_key(), now=now)
    for call, leg in ((day.start_leg, first), (day.finish_leg, first), (day.start_leg, second)):
        call(leg, by=desk, key=new_key(), now=now)
    assert code_of(day.undo_leg, first, by=desk, now=now) == "running"
