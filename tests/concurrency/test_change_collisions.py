"""Changes of visits at once: for one time, for one patient, for one visit, against offers and bookings."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from scheduling.availability.bits import datetime_of
from scheduling.availability.models import Closure
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.visits.actions import cancel_visit
from scheduling.visits.changes import move_day, move_leg, swap_clinician, undo_change
from scheduling.visits.models import Visit, VisitChange
from tests import factories
from tests.concurrency.test_booking_collisions import (  # noqa: F401  (a fixture)
    NOW,
    all_at_once,
    check_all,
    several_connections,
    wins,
)
from tests.factories import a_coordinator, a_patient, a_request, an_offer, days_of, local, person_of
from tests.scheduling.visits.booked import QUARTER, a_booked_visit, legs_of

CROWD = 8
WEDNESDAY, FRIDAY = date(2027, 1, 6), date(2027, 1, 8)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.fixture
def by():
    return staff_actor(a_coordinator())


def a_short_visit(**facts) -> Visit:
    return a_booked_visit(NOW, new_key, visit_type="follow_up", specialties=("MED_ONC",), **facts)


def codes(results) -> set[str]:
    return {result for result in results if isinstance(result, str)}


def test_one_of_many_visits_moved_into_one_time_gets_it(by):
    factories.a_clinic(people_each=1, rooms=CROWD)
    visits = [a_short_visit() for _n in range(CROWD)]
    legs = [legs_of(visit)[0] for visit in visits]
    at = max(leg.ends_at for leg in legs) + QUARTER
    results = all_at_once([lambda leg=leg: move_leg(leg, starts_at=at, by=by, key=new_key(), now=NOW) for leg in legs])
    assert len(wins(results)) == 1
    assert codes(results) <= {"taken", "busy"}
    assert VisitChange.objects.count() == 1
    check_all()


def test_visits_that_follow_one_another_all_move_a_step_or_are_told(by):
    factories.a_clinic(people_each=1, rooms=CROWD)
    legs = [legs_of(a_short_visit())[0] for _n in range(CROWD - 2)]  # all before noon
    step = 2 * QUARTER
    results = all_at_once(
        [lambda leg=leg: move_leg(leg, starts_at=leg.starts_at + step, by=by, key=new_key(), now=NOW) for leg in legs]
    )
    assert len(wins(results)) >= 1  # the last one finds free time, the others as those after them have gone
    assert codes(results) <= {"taken", "busy"}
    check_all()


def test_move_and_acceptance_of_one_patients_time_do_not_both_win(by):
    factories.a_clinic(people_each=CROWD, rooms=CROWD)
    patient = a_patient()
    moved = a_short_visit(patient=patient)
    closure = Closure.objects.create(starts_at=NOW - timedelta(days=1), ends_at=local(WEDNESDAY, 0), reason="Not yet")
    offer = an_offer(a_request(patient=patient, specialties=("RAD_ONC",)), now=NOW, days=1)
    closure.delete()
    day = days_of(offer)[0]
    there = next(one for one in find_days(moved.request, now=NOW, limit=3).itineraries if one.day == WEDNESDAY)
    assert timezone.localdate(day.starts_at) == WEDNESDAY
    results = all_at_once(
        [
            lambda: accept_offer(offer, day, by=person_of(offer.request), key=new_key(), now=NOW),
            lambda: move_day(moved, there, by=by, key=new_key(), now=NOW),
        ]
    )
    assert len(wins(results)) == 1
    assert codes(results) <= {"taken", "busy", "not_bookable"}
    check_all()


def test_move_into_a_hold_that_lapses_against_its_acceptance(by):
    # given a day held until its offer ends, and a visit that somebody wants to move to just that time
    clinic = factories.a_clinic(people_each=1, rooms=2)
    moved = a_short_visit()
    closure = Closure.objects.create(starts_at=NOW - timedelta(days=1), ends_at=local(FRIDAY, 0), reason="Not yet")
    there = find_days(moved.request, now=NOW, limit=1).itineraries[0]
    offer = an_offer(a_request(visit_type="follow_up", specialties=("MED_ONC",)), now=NOW, days=1)
    closure.delete()
    day = days_of(offer)[0]
    assert (there.day, there.room_id) == (FRIDAY, clinic.rooms[0].pk)
    assert datetime_of(there.start) == day.starts_at
    # when one clock says that the hold still stands and the other that it has ended
    results = all_at_once(
        [
            lambda: accept_offer(offer, day, by=person_of(offer.request), key=new_key(), now=NOW),
            lambda: move_day(moved, there, by=by, key=new_key(), now=offer.expires_at),
        ]
    )
    # then one of them has the time
    assert len(wins(results)) == 1
    assert codes(results) <= {"taken", "busy", "expired"}
    check_all()


def test_undo_against_an_offer_of_the_freed_time(by):
    factories.a_clinic(people_each=1, rooms=1)
    visit = a_short_visit()
    others = [a_request(visit_type="follow_up", specialties=("MED_ONC",)) for _n in range(3)]
    first = legs_of(visit)[0]
    change = move_leg(first, starts_at=first.starts_at + 4 * QUARTER, by=by, key=new_key(), now=NOW)
    closure = Closure.objects.create(starts_at=NOW - timedelta(days=1), ends_at=first.starts_at, reason="Not yet")
    freed = find_days(others[0], now=NOW, limit=1).itineraries[0]
    closure.delete()
    calls = [lambda one=one: make_offer(one, [freed], by=by, key=new_key(), now=NOW) for one in others]
    results = all_at_once([*calls, lambda: undo_change(change, by=by, key=new_key(), now=NOW)])
    assert len(wins(results)) == 1
    assert codes(results) <= {"taken", "busy"}
    check_all()


def test_undo_of_a_cancellation_against_a_new_offer_for_its_request(by):
    factories.a_clinic(people_each=2, rooms=2)
    visit = a_short_visit()
    cancel_visit(visit, by=by, key=new_key(), reason="patient_asked", now=NOW)
    change = visit.changes.get()
    days = find_days(visit.request, now=NOW, limit=2).itineraries
    results = all_at_once(
        [
            lambda: make_offer(visit.request, days[1:], by=by, key=new_key(), now=NOW),
            lambda: undo_change(change, by=by, key=new_key(), now=NOW),
        ]
    )
    assert len(wins(results)) == 1
    assert codes(results) <= {"stale", "not_ready", "patient_busy", "busy"}
    check_all()


def test_one_of_many_changes_of_one_visit_wins_and_the_others_are_stale(by):
    clinic = factories.a_clinic()
    visit = a_booked_visit(NOW, new_key)
    first, rad = legs_of(visit)[0], legs_of(visit)[2]
    other = next(one for one in clinic.people["RAD_ONC"] if one.pk != rad.clinician_id)
    calls = [
        lambda: move_leg(first, starts_at=first.starts_at - QUARTER, by=by, key=new_key(), now=NOW, version=0),
        lambda: swap_clinician(rad, clinician_id=other.pk, by=by, key=new_key(), now=NOW, version=0),
        lambda: cancel_visit(visit, by=by, key=new_key(), reason="clinician_away", now=NOW),
    ]
    results = all_at_once(calls * 2)
    assert 1 <= len(wins(results)) <= 2  # a change, and the cancellation, which asks for no version
    assert codes(results) <= {"stale", "not_bookable", "ended", "busy"}
    assert VisitChange.objects.count() == len(wins(results))
    check_all()


def test_one_undo_button_pressed_many_times_undoes_once(by):
    factories.a_clinic()
    visit = a_booked_visit(NOW, new_key)
    first = legs_of(visit)[0]
    change = move_leg(first, starts_at=first.starts_at - QUARTER, by=by, key=new_key(), now=NOW)
    key = new_key()
    results = all_at_once([lambda: undo_change(change, by=by, key=key, now=NOW) for _n in range(CROWD)])
    assert {one.pk for one in wins(results)} == {change.pk}
    assert Visit.objects.get(pk=visit.pk).calendar_sequence == 2
    check_all()
