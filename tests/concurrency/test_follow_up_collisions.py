"""Several members of staff press at the same moment: calls are made once, logged once, and a plan is changed once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from scheduling.follow_up.actions import change_item
from scheduling.follow_up.calls import drop_calls, log_follow_up, plan_calls
from scheduling.follow_up.letters import change_letter, send_letter
from scheduling.models import FollowUpAttempt, FollowUpCall, Letter, PlanItem
from scheduling.visits.day_actions import check_in, finish_leg, start_leg
from tests.concurrency.test_booking_collisions import all_at_once, several_connections, wins
from tests.scheduling.follow_up.rows import a_call, a_letter, a_seen_patient, an_item
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_member, a_row

__all__ = ["several_connections"]
CROWD = 8
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


def who(user):
    return {"user": user, "by": staff_actor(user), "key": new_key()}


def told(results):
    """The codes of those who were refused."""
    return {result for result in results if isinstance(result, str)}


def test_visit_completed_by_many_at_once_has_its_calls_once():
    now = timezone.now()
    visit = a_booked_visit(a_row(status="scheduled"), [a_clinician_row()], starts_at=now)
    leg = visit.appointments.get()
    by = staff_actor(a_member("coordinator"))
    check_in(visit, by=by, key=new_key(), now=now)
    start_leg(leg, by=by, key=new_key(), now=now)
    people = [staff_actor(a_member("nurse")) for _number in range(CROWD)]

    def finish(one):
        return finish_leg(leg, by=one, key=new_key(), now=now + timedelta(minutes=20))

    results = all_at_once([lambda one=one: finish(one) for one in people])

    assert len(wins(results)) == 1
    assert told(results) == {"stale"}
    assert sorted(FollowUpCall.objects.values_list("kind", flat=True)) == ["day_7", "week_4"]


def test_calls_planned_by_many_at_once_are_there_once():
    visit = a_seen_patient().visit
    by = staff_actor(a_member("nurse"))

    all_at_once([lambda: plan_calls_of(visit, by) for _number in range(CROWD)])

    assert FollowUpCall.objects.count() == 2


def plan_calls_of(visit, by):
    """As the completion of a visit does it: in a transaction."""
    with transaction.atomic():
        plan_calls(visit, by=by)


def test_one_of_many_reaches_the_patient():
    call = a_call(a_seen_patient())
    people = [a_member("nurse") for _number in range(CROWD)]

    def log(user, pain):
        return log_follow_up(call, reached=True, pain_worst=pain, **who(user), now=timezone.now())

    results = all_at_once([lambda n=n, user=user: log(user, n) for n, user in enumerate(people)])

    assert len(wins(results)) == 1
    assert told(results) == {"closed"}
    assert FollowUpAttempt.objects.count() == 1


def test_call_is_tried_or_taken_back_never_both():
    call, by = a_call(a_seen_patient()), staff_actor(a_member("coordinator"))
    caller = a_member("nurse")

    def take_back():
        with transaction.atomic():
            drop_calls(call.visit, by=by)

    def log():
        try:
            return log_follow_up(call, reached=False, **who(caller), now=timezone.now())
        except FollowUpCall.DoesNotExist:
            return None

    all_at_once([take_back, log])

    assert FollowUpCall.objects.count() == FollowUpAttempt.objects.count()


def test_one_of_many_changes_an_item():
    item = an_item(a_seen_patient())
    people = [a_member("nurse") for _number in range(CROWD)]

    def change(user):
        facts = {"kind": "labs", "text": f"By {user.pk}", "owner_id": user.pk, "owner_outside": ""}
        return change_item(item, **facts, due_on=timezone.localdate(), version=1, **who(user))

    results = all_at_once([lambda user=user: change(user) for user in people])

    row = PlanItem.objects.get()
    assert len(wins(results)) == 1
    assert told(results) == {"stale"}
    assert (row.version, row.text) == (2, f"By {row.owner_id}")


def test_letter_is_changed_or_sent_never_both():
    people = [a_member("nurse") for _number in range(CROWD)]
    letter = a_letter(a_seen_patient(), people[0])

    def press(n, user):
        if n % 2:
            return send_letter(letter, how="fax", sent_at=None, version=1, **who(user), now=timezone.now())
        return change_letter(letter, addressee="Dr. Lee", body="Changed", version=1, **who(user))

    results = all_at_once([lambda n=n, user=user: press(n, user) for n, user in enumerate(people)])

    row = Letter.objects.get()
    assert len(wins(results)) == 1
    assert told(results) <= {"stale", "sent"}
    assert (row.state == "sent") is (row.body != "Changed")
