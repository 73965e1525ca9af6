"""The calls of a visit come with its completion, in its transaction, and go with its undoing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from scheduling.follow_up import calls
from scheduling.models import FollowUpAttempt, FollowUpCall, VisitChange
from scheduling.visits import day_actions as day
from scheduling.visits.changes import undo_change
from tests.factories import a_coordinator, a_request
from tests.scheduling.day_rows import a_visit_today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture
def user(db):
    return a_coordinator()


@pytest.fixture
def visit(small_clinic, now):
    return a_visit_today(a_request(), small_clinic, [("SPINE_SURG", now), ("RAD_ONC", now + timedelta(minutes=50))])


@pytest.fixture
def press(user, now):
    """Presses a button of the day board."""
    return lambda action, row: action(row, by=staff_actor(user), key=new_key(), now=now)


def completed(visit, press):
    first, second = visit.appointments.order_by("position")
    for action, row in (
        (day.check_in, visit),
        (day.start_leg, first),
        (day.finish_leg, first),
        (day.start_leg, second),
        (day.finish_leg, second),
    ):
        press(action, row)
    return second


def kinds_of(visit):
    return list(FollowUpCall.objects.filter(visit=visit).values_list("kind", flat=True))


def test_completed_visit_has_two_calls_due_after_a_week_and_four(visit, press):
    completed(visit, press)

    made = {call.kind: call for call in FollowUpCall.objects.all()}
    on = timezone.localdate(visit.starts_at)
    assert made.keys() == {"day_7", "week_4"}
    assert abs((made["day_7"].due_on - on).days - 7) <= 2
    assert abs((made["week_4"].due_on - on).days - 28) <= 5
    assert {call.request_id for call in made.values()} == {visit.request_id}
    assert AuditEntry.objects.filter(action="follow_up_planned", subject_id=str(visit.pk)).count() == 1


def test_visit_that_goes_on_has_no_calls(visit, press):
    first = visit.appointments.order_by("position").first()
    for action, row in ((day.check_in, visit), (day.start_leg, first), (day.finish_leg, first)):
        press(action, row)

    assert kinds_of(visit) == []


def test_undone_completion_takes_its_calls_along_and_a_new_one_makes_them_again(visit, press):
    last = completed(visit, press)

    press(day.undo_leg, last)
    assert kinds_of(visit) == []
    press(day.finish_leg, last)

    assert kinds_of(visit) == ["day_7", "week_4"]


def test_call_that_somebody_tried_survives_the_undoing(visit, press, user, now):
    last = completed(visit, press)
    tried = FollowUpCall.objects.get(kind="day_7")
    FollowUpAttempt.objects.create(call=tried, reached=False, by=user, at=now)

    press(day.undo_leg, last)
    press(day.finish_leg, last)

    assert FollowUpCall.objects.get(kind="day_7").pk == tried.pk
    assert kinds_of(visit) == ["day_7", "week_4"]


def test_patient_who_left_early_is_called_unless_that_is_undone(visit, press, now):
    first = visit.appointments.order_by("position").first()
    for action, row in ((day.check_in, visit), (day.start_leg, first), (day.finish_leg, first)):
        press(action, row)
    press(day.patient_left, visit)
    assert kinds_of(visit) == ["day_7", "week_4"]

    press(undo_change, VisitChange.objects.get())

    assert kinds_of(visit) == []


def test_patient_who_left_unseen_gets_no_call(visit, press):
    press(day.check_in, visit)
    press(day.patient_left, visit)

    assert kinds_of(visit) == []


def test_planning_twice_makes_the_calls_once(visit, user):
    for _time in range(2):
        calls.plan_calls(visit, by=staff_actor(user))

    assert FollowUpCall.objects.count() == 2
