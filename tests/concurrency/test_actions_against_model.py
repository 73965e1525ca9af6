"""The product's actions beside the sequential model, step by step: whatever is tried in whatever order, they agree.

A long run, whose failures are made short, too: `MODEL_EXAMPLES=2000 pytest` with the name of this file.
"""

import os
import random
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from benchmarks.reliability import world
from benchmarks.reliability.attempts import StandingClock, perform
from benchmarks.reliability.choosing import some_dates, some_day
from benchmarks.reliability.words import Attempt, Day
from clinic.platform.audit.seals import first_fault
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
USUAL_EXAMPLES = 20
LAST_DAY = timedelta(days=35)
STEPS = 25
REQUESTS = 5
SEEDS = st.integers(0, 2**32 - 1)
BY = st.sampled_from(["staff", "person", "staff", "person", "staff", "person", "stranger"])
WHICH = st.integers(0, 7)


class Clinic(RuleBasedStateMachine):
    """Two clinicians of a specialty and two rooms for five requests: everybody wants the same time."""

    clock: StandingClock

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        world.make_world(requests=REQUESTS, people_each=1, rooms=2)
        self.model = world.model_of_world(django_settings.HOLD_HOURS)
        self.now = world.OPENS
        self.requests = world.request_keys()
        self.last_move = world.moves_since(0)[0]
        self.keys: list[tuple[Attempt, str, dict]] = []
        self.found_before: list[tuple[str, list[Day]]] = []

    def teardown(self):
        self.clock.now = None
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # One attempt: the product and the model must say the same

    def tick(self):
        self.now += timedelta(milliseconds=1)
        return self.now

    def attempt(self, what, by, **given):
        attempt, key = Attempt(what, by, self.tick(), given), new_key()
        right = self.model.refusals(attempt)
        before, rows = world.state_of_database(), world.counts()
        code, made = self.pressed(attempt, key)
        if code is not None:
            assert code in right, f"{attempt}: refused as {code}, right is {right}"
            assert world.state_of_database() == before
            assert world.counts() == rows
            return
        assert not right, f"{attempt}: done, should have been refused as {right}"
        self.follow(attempt, made)
        if what != "expire":
            self.keys.append((attempt, key, made))

    def pressed(self, attempt, key):
        """The code of the refusal, or what was made."""
        try:
            return None, self.press(attempt, key)
        except Refused as refused:
            return refused.code, {}

    def press(self, attempt, key):
        self.clock.now = attempt.now
        with transaction.atomic():
            return perform(attempt, key)

    def follow(self, attempt, made):
        """The model takes the step, too: every move of a state was written once, and no other."""
        self.last_move, rows = world.moves_since(self.last_move)
        assert {moment for moment, _move in rows} <= {attempt.now}
        moved = [move for _moment, move in rows]
        assert len(moved) == len(set(moved))
        assert set(moved) == self.model.apply(attempt, result_of(attempt, made, moved))

    def pick(self, things, which):
        """One of these, always the same one in the same steps: keys are random, so only the order of making counts."""
        return list(things)[which % len(things)]

    # What people press

    @initialize(seed=SEEDS)
    def begin_in_the_middle(self, seed):
        """Everybody has an offer or no luck; some have a visit."""
        dice = random.Random(seed)
        for which in range(REQUESTS):
            self.hold_days(which, dice.getrandbits(32), dice.randint(1, 3), "staff")
        for offer in dice.sample(list(self.model.offers), len(self.model.offers) // 2):
            self.attempt("accept", "person", offer=offer, visit=dice.choice(self.model.offers[offer].days))

    @rule(which=WHICH, seed=SEEDS, days=st.sampled_from([1, 2, 3, 1, 2, 3, 0]), by=BY)
    def hold_days(self, which, seed, days, by):
        dice, request = random.Random(seed), self.pick(self.requests, which)
        kind = self.model.requests[request].kind
        dates = some_dates(self.now, days, self.model.clinic, dice) if days else []
        chosen = [some_day(self.model.clinic, kind, on, dice) for on in dates]
        if chosen:
            self.found_before.append((kind, chosen))
        self.attempt("make_offer", "staff" if by == "person" else by, request=request, days=chosen)

    @precondition(lambda self: self.found_before)
    @rule(which=WHICH, found=WHICH)
    def hold_days_that_another_was_shown(self, which, found):
        kind, days = self.found_before[-1 - found % len(self.found_before)]
        same = [key for key in self.requests if self.model.requests[key].kind == kind]
        self.attempt("make_offer", "staff", request=self.pick(same, which), days=days)

    @precondition(lambda self: self.model.offers)
    @rule(which=WHICH, day=WHICH, by=BY)
    def accept(self, which, day, by):
        offer = self.pick(
            [key for key in self.model.offers if key in self.model.open_offers] or self.model.offers, which
        )
        days = self.model.offers[offer].days
        self.attempt("accept", by, offer=offer, visit=days[day % len(days)])

    @precondition(lambda self: len(self.model.offers) > 1)
    @rule(which=WHICH, other=WHICH)
    def accept_in_any_state(self, which, other):
        offer, day = self.pick(self.model.offers, which), self.pick(self.model.visits, other)
        self.attempt("accept", "staff", offer=offer, visit=day)

    @precondition(lambda self: self.model.offers)
    @rule(what=st.sampled_from(["decline", "release", "extend", "extend"]), which=WHICH, by=BY)
    def answer(self, what, which, by):
        self.attempt(what, by, offer=self.pick(self.model.offers, which))

    @precondition(lambda self: self.model.visits)
    @rule(which=WHICH, by=BY)
    def cancel(self, which, by):
        booked = [key for key, visit in self.model.visits.items() if visit.state == "booked"]
        self.attempt("cancel", by, visit=self.pick(booked if which % 4 and booked else self.model.visits, which))

    @precondition(lambda self: self.keys)
    @rule(which=WHICH)
    def press_a_button_again(self, which):
        attempt, key, made = self.keys[-1 - which % len(self.keys)]
        rows = world.counts()
        assert self.press(Attempt(attempt.what, attempt.by, self.tick(), attempt.given), key) == made
        assert world.counts() == rows

    @precondition(lambda self: self.now < world.OPENS + LAST_DAY)
    @rule(hours=st.sampled_from([1, 4, 24, 48]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.model.due(self.now))
    @rule()
    def the_sweep_comes(self):
        self.attempt("expire", "staff")

    # What always holds

    @invariant()
    def database_and_model_say_the_same(self):
        assert world.differences(world.state_of_database(), world.state_of_model(self.model)) == []
        assert world.overlaps(claim for visit in self.model.visits.values() for claim in visit.claims()) == []
        assert world.wrong_statuses() == []

    @invariant()
    def the_audit_holds(self):
        assert first_fault() is None


def result_of(attempt, made, moved):
    """The keys of what was made, in the model's words."""
    if attempt.what == "make_offer":
        new = {thing: [key for kind, key, before, _to in moved if kind == thing and not before] for thing in THINGS}
        assert new["offer"] == [made["offer"]]
        keys = iter(new["appointment"])
        legs = [[next(keys) for _leg in day.legs] for day in attempt.given["days"]]
        return {"offer": made["offer"], "visits": new["visit"], "legs": legs}
    return {}


THINGS = ("offer", "visit", "appointment")


@pytest.mark.django_db
def test_the_actions_do_what_the_model_does():
    with StandingClock() as clock:

        class WithClock(Clinic):
            pass

        WithClock.clock = clock
        run_state_machine_as_test(
            WithClock,
            settings=settings(
                max_examples=EXAMPLES or USUAL_EXAMPLES,
                phases=tuple(Phase) if EXAMPLES else (Phase.explicit, Phase.reuse, Phase.generate),  # shrinking is long
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
