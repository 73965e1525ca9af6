"""Patients who pick times themselves, all at once: one gets each time, nobody waits in a circle, nothing overlaps."""

import pytest
from django.utils import timezone

from clinic.platform.submits.once import new_key
from scheduling.itineraries.models import VisitType
from scheduling.itineraries.times import find_times
from scheduling.offers.models import Offer
from scheduling.offers.self_booking import hold_time
from tests import factories
from tests.concurrency.test_booking_collisions import all_at_once, several_connections, wins

__all__ = ["several_connections"]
CROWD = 6
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.fixture
def crowd():
    """People who may pick, one clinician, one room; and the first two times of the first day."""
    factories.a_clinic(people_each=1, rooms=1)
    VisitType.objects.filter(code="follow_up").update(is_self_bookable=True)
    people = [factories.a_request(visit_type="follow_up", specialties=("RAD_ONC",)) for _one in range(CROWD)]
    times = find_times(people[0], now=timezone.now(), days=1)[0].itineraries()
    return people, [times[0], times[2]]


def held(wanted, one):
    by = factories.person_of(wanted)
    return hold_time(wanted, one, by=by, key=new_key(), now=timezone.now())


def test_one_of_many_holds_a_time(crowd):
    people, (time, _other) = crowd
    results = all_at_once([lambda wanted=wanted: held(wanted, time) for wanted in people])
    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"taken", "busy"}
    assert factories.overlapping_claims() == []


def test_those_who_change_places_do_not_wait_for_each_other(crowd):
    people, times = crowd
    held(people[0], times[0])
    held(people[1], times[1])
    for shift in range(4):
        acts = [lambda n=n, shift=shift: held(people[n], times[(n + shift) % 2]) for n in range(CROWD)]
        results = all_at_once(acts)
        assert {result for result in results if isinstance(result, str)} <= {"taken", "busy"}
        assert factories.overlapping_claims() == []
    assert Offer.objects.filter(state=Offer.State.OPEN).count() <= len(times)
