"""Whatever order people hold, accept, decline, cancel and let time pass in: no time is ever taken twice."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from clinic.accounts.actors import staff_actor
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import decline_offer, expire_due_offers, make_offer
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import computed_status, with_facts
from scheduling.visits.actions import cancel_visit
from scheduling.visits.models import Visit
from tests import factories
from tests.conftest import NOW
from tests.factories import a_request, claims_held, claims_wanted, days_of, person_of


class Booking(RuleBasedStateMachine):
    """A clinic with one person a specialty and one room, so that everybody wants the same time."""

    offers, visits = Bundle("offers"), Bundle("visits")

    def open_the_clinic(self):
        factories.a_clinic(people_each=1, rooms=1)
        patient = factories.a_patient()
        self.requests = [a_request(patient=patient), a_request(patient=patient), a_request()]
        self.by = staff_actor(factories.a_coordinator())
        self.now = NOW
        self.found = find_days(self.requests[0], now=NOW).itineraries

    def attempt(self, call):
        try:
            with transaction.atomic():
                return call()
        except Refused:
            return None

    def held(self, who, days):
        wanted = self.requests[who]
        return self.attempt(lambda: make_offer(wanted, days, by=self.by, key=new_key(), now=self.now))

    @initialize(target=offers, first=st.integers(0, 2), others=st.lists(st.integers(0, 2), max_size=2, unique=True))
    def begin_with_an_offer(self, first, others):
        self.open_the_clinic()
        return self.held(first, [self.found[number] for number in others or [0]])

    @rule(target=offers, who=st.integers(0, 2), day=st.integers(0, 2))
    def hold_a_day_found_long_ago(self, who, day):
        return self.held(who, [self.found[day]])

    @rule(target=offers, who=st.integers(0, 2), limit=st.integers(1, 3))
    def search_and_hold(self, who, limit):
        return self.held(who, find_days(self.requests[who], now=self.now, limit=limit).itineraries)

    @rule(target=visits, offer=offers, day=st.integers(0, 2))
    def accept(self, offer, day):
        if offer is None:
            return None
        days = days_of(offer)
        by = person_of(offer.request)
        return self.attempt(lambda: accept_offer(offer, days[day % len(days)], by=by, key=new_key(), now=self.now))

    @rule(offer=offers)
    def decline(self, offer):
        if offer is not None:
            by = person_of(offer.request)
            self.attempt(lambda: decline_offer(offer, reason="", wants_call=False, by=by, key=new_key()))

    @rule(visit=consumes(visits))
    def cancel(self, visit):
        if visit is not None:
            self.attempt(lambda: cancel_visit(visit, by=self.by, key=new_key(), reason="other", now=self.now))

    @rule(hours=st.integers(1, 20))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule()
    def sweep(self):
        expire_due_offers(self.now)

    @invariant()
    def no_time_is_taken_twice(self):
        assert factories.overlapping_claims() == []

    @invariant()
    def every_visit_has_exactly_its_claims(self):
        for visit in Visit.objects.prefetch_related("appointments", "claims"):
            assert claims_held(visit) == claims_wanted(visit), visit.state
            ended = visit.state not in ("held", "booked")
            assert all(leg.state == visit.state for leg in visit.appointments.all()) or not ended

    @invariant()
    def cached_status_is_the_computed_one(self):
        for wanted in with_facts(AppointmentRequest.objects.all()):
            assert wanted.status == computed_status(wanted)
            assert wanted.visits.filter(state="booked").count() <= 1


@pytest.mark.django_db
def test_no_order_of_steps_takes_time_twice():
    class InOneTransaction(Booking):
        def __init__(self):
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    run_state_machine_as_test(
        InOneTransaction,
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
