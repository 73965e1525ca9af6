"""Neighboring times of one clinician at once: the buffer between them holds, though the overlap guard knows of none."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Buffer, Closure
from scheduling.itineraries.models import VisitType
from scheduling.itineraries.search import find_days
from scheduling.offers.actions import make_offer
from scheduling.visits.models import Appointment
from tests import factories
from tests.concurrency.test_booking_collisions import (  # noqa: F401  (a fixture)
    NOW,
    all_at_once,
    check_all,
    several_connections,
    wins,
)
from tests.factories import a_coordinator, a_request

CROWD = 6
HALF_AN_HOUR = 6
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.mark.parametrize("whose", ["clinician", "kind of visit"])
def test_offers_of_neighboring_times_at_once_keep_the_buffer(whose):
    # given one clinician, a room for each of six patients, and times that follow one another without a gap
    clinic = factories.a_clinic(people_each=1, rooms=CROWD)
    Closure.objects.create(starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1), reason="Move")
    wanted = [a_request(visit_type="follow_up", specialties=("MED_ONC",)) for _n in range(CROWD)]
    first = find_days(wanted[0], now=NOW, limit=1).itineraries[0]
    days = [
        replace(
            first,
            room_id=clinic.rooms[number].pk,
            legs=tuple(
                replace(leg, start=leg.start + number * HALF_AN_HOUR, end=leg.end + number * HALF_AN_HOUR)
                for leg in first.legs
            ),
        )
        for number in range(CROWD)
    ]
    if whose == "clinician":
        Buffer.objects.create(clinician=clinic.people["MED_ONC"][0], after_minutes=30)
    else:
        VisitType.objects.filter(code="follow_up").update(buffer_before_minutes=30)
    by = staff_actor(a_coordinator())

    # when all are offered at once
    results = all_at_once(
        [
            lambda one=one, day=day: make_offer(one, [day], by=by, key=new_key(), now=NOW)
            for one, day in zip(wanted, days, strict=True)
        ]
    )

    # then those made lie half an hour apart, and the others are told
    made = list(Appointment.objects.order_by("starts_at"))
    assert len(made) == len(wins(results)) >= 2
    assert {result for result in results if isinstance(result, str)} <= {"taken", "busy"}
    assert all(later.starts_at - earlier.ends_at >= timedelta(minutes=30) for earlier, later in pairwise(made))
    check_all()
