"""Whatever order people join, leave, decline, accept, cancel and let time pass in: the next in turn is asked, once."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import decline_offer, expire_due_offers
from scheduling.offers.models import Offer
from scheduling.visits.actions import cancel_visit
from scheduling.visits.models import Visit
from scheduling.waitlist.actions import join_waitlist, leave_waitlist, match_waitlist
from tests import factories
from tests.conftest import NOW
from tests.factories import RANK, a_request, days_of, person_of

DAY = date(2027, 1, 8)
HOLD = timedelta(hours=1)


class Turn(RuleBasedStateMachine):
    """One day for one patient, wanted by all. The plain model: who waits in order, who was asked, who has the day."""

    @initialize()
    def open_the_clinic(self):
        factories.a_clinic(people_each=1, rooms=1)
        for start, end in ((NOW, factories.local(DAY, 0)), (factories.local(DAY, 12), NOW + timedelta(days=300))):
            Closure.objects.create(reason="Works", starts_at=start, ends_at=end)
        self.by = staff_actor(factories.a_coordinator())
        self.now = NOW
        self.clock = time_machine.travel(NOW, tick=False)
        self.traveler = self.clock.start()
        self.waiting, self.asked, self.holder, self.booked = {}, set(), None, None

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()

    def let_pass(self, span):
        self.now += span
        self.traveler.move_to(self.now, tick=False)

    def offer(self):
        return Offer.objects.get(state="open")

    @rule(level=st.sampled_from(["urgent", "soon", "routine"]))
    def join(self, level):
        self.let_pass(timedelta(seconds=1))
        wanted = a_request(level=level, at=self.now)
        entry = join_waitlist(wanted, by=self.by, key=new_key(), notice_hours=2)
        self.waiting[wanted.pk] = (RANK[level], self.now, entry)

    @rule(number=st.integers(0, 5))
    def leave(self, number):
        free = [key for key in self.waiting if key != self.holder]
        if free:
            key = free[number % len(free)]
            leave_waitlist(self.waiting.pop(key)[2], by=self.by, key=new_key())

    @rule()
    def match(self):
        made = match_waitlist(self.now)
        expected = None
        if self.holder is None and self.booked is None:
            turns = [(*facts[:2], key) for key, facts in self.waiting.items() if key not in self.asked]
            expected = min(turns)[2] if turns else None
        assert made == (expected is not None)
        if expected is not None:
            assert self.offer().request_id == expected
            self.asked.add(expected)
            self.holder = expected

    @rule()
    def decline(self):
        if self.holder is not None:
            offer = self.offer()
            decline_offer(offer, reason="", wants_call=False, by=person_of(offer.request), key=new_key())
            self.holder = None

    @rule()
    def let_it_end(self):
        if self.holder is not None:
            self.let_pass(HOLD)
            assert expire_due_offers(self.now) == 1
            self.holder = None

    @rule()
    def accept(self):
        if self.holder is not None:
            offer = self.offer()
            by = person_of(offer.request)
            self.booked = accept_offer(offer, days_of(offer)[0], by=by, key=new_key(), now=self.now)
            self.waiting.pop(self.holder)
            self.holder = None

    @rule()
    def cancel(self):
        if self.booked is not None:
            cancel_visit(self.booked, by=person_of(self.booked.request), key=new_key(), reason="other", now=self.now)
            self.booked = None

    @invariant()
    def one_person_has_the_day_at_most(self):
        if not hasattr(self, "waiting"):
            return
        is_taken = self.holder is not None or self.booked is not None
        assert Visit.objects.filter(state__in=["held", "booked"]).count() == is_taken
        assert Offer.objects.filter(state="open").count() == (self.holder is not None)
        assert factories.overlapping_claims() == []


@pytest.mark.django_db
def test_next_in_turn_is_asked_once(settings):
    settings.WAITLIST_MODE, settings.WAITLIST_HOLD_HOURS = "offer", 1
    settings.WAITLIST_OFFER_HOURS = "00:00-23:59"

    class InOneTransaction(Turn):
        def __init__(self):
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()

        def teardown(self):
            super().teardown()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    run_state_machine_as_test(
        InOneTransaction,
        settings=hypothesis_settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
