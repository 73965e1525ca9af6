"""Any sequence of bookings, overbookings and cancellations of one clinician, beside a list that knows the rules."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.platform.refusals import Refused
from scheduling.visits.guard import claim_time
from scheduling.visits.lanes import settle_lanes
from scheduling.visits.models import Claim, Visit
from tests.factories import a_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
START = datetime(2027, 1, 5, 15, 0, tzinfo=UTC)
UNIT = timedelta(minutes=5)
SPANS = st.tuples(st.integers(0, 11), st.integers(1, 6)).map(lambda span: (span[0], span[0] + span[1]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), SPANS),
        st.tuples(st.just("overbook"), SPANS),
        st.tuples(st.just("free"), st.integers(0, 20)),
    ),
    min_size=3,
    max_size=14,
)


def meets(one, other):
    return one[0] < other[1] and other[0] < one[1]


class Day:
    """What the rules say: spans that are booked, and spans that are overbooked over them."""

    def __init__(self):
        self.booked, self.over = [], []

    def book(self, span):
        if any(meets(span, one) for one in [*self.booked, *self.over]):
            return False
        self.booked.append(span)
        return True

    def overbook(self, span):
        if any(meets(span, one) for one in self.over):
            return False
        self.over.append(span)
        self.settle()
        return True

    def settle(self):
        """What lies over nothing is a booking like every other."""
        alone = [one for one in self.over if not any(meets(one, below) for below in self.booked)]
        self.over = [one for one in self.over if one not in alone]
        self.booked += alone

    def free(self, number):
        spans = sorted([*self.booked, *self.over])
        if not spans:
            return None
        span = spans[number % len(spans)]
        (self.booked if span in self.booked else self.over).remove(span)
        self.settle()
        return span


@pytest.fixture
def visit(small_clinic):
    """A booked visit that owns the claims, without legs."""
    wanted, room = a_request(), small_clinic.rooms[0]
    return Visit.objects.create(
        request=wanted, patient=wanted.patient, visit_type=wanted.visit_type, site=small_clinic.site, room=room,
        state="booked", starts_at=START, ends_at=START + UNIT,
    )  # fmt: skip


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_leaves_what_the_rules_say(small_clinic, visit, steps):
    who, day = small_clinic.people["RAD_ONC"][0], Day()
    Claim.objects.filter(clinician=who).delete()

    def at(span):
        return {"clinician": who, "starts_at": START + span[0] * UNIT, "ends_at": START + span[1] * UNIT}

    def settle(span):
        settle_lanes([(who.pk, START + span[0] * UNIT, START + span[1] * UNIT)])

    for what, value in steps:
        if what == "free":
            if (span := day.free(value)) is not None:
                Claim.objects.filter(**at(span)).order_by("pk").last().delete()
                settle(span)
            continue
        try:
            with transaction.atomic():
                claim_time([Claim(**at(value), visit=visit, is_overbooked=what == "overbook")], now=START)
                settle(value)
            is_done = True
        except Refused:
            is_done = False
        assert is_done == getattr(day, what)(value)

    rows = Claim.objects.filter(clinician=who)
    found = [((row.starts_at - START) // UNIT, (row.ends_at - START) // UNIT, row) for row in rows]
    assert sorted(one[:2] for one in found if not one[2].is_overbooked) == sorted(day.booked)
    assert sorted(one[:2] for one in found if one[2].is_overbooked) == sorted(day.over)
    for start, end, row in found:
        assert row.is_shared == (not row.is_overbooked and any(meets((start, end), over) for over in day.over))
