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
from benchmarks.reliability.history import committed_since, marks
from benchmarks.reliability.judge import Committed, result_of
from benchmarks.reliability.words import Attempt, Day
from clinic.platform.audit.seals import first_fault
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))
USUAL_EXAMPLES = 14
LAST_DAY = timedelta(days=35)
STEPS = 25
REQUESTS = 5
SEEDS = st.integers(0, 2**32 - 1)
BY = st.sampled_from(["staff", "person", "staff", "person", "staff", "person", "stranger"])
STAFF = st.sampled_from(["staff", "staff", "staff", "staff", "person"])
WHICH = st.integers(0, 7)
ON = ("booked", "checked_in", "in_visit")
QUARTER = timedelta(minutes=15)


class Clinic(RuleBasedStateMachine):
    """Two clinicians of each specialty and two rooms for five requests: everybody wants the same time."""

    clock: StandingClock

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        world.make_world(requests=REQUESTS, people_each=2, rooms=2)
        self.model = world.model_of_world(django_settings.HOLD_HOURS, django_settings.UNDO_MINUTES)
        self.now = world.OPENS
        self.requests = world.request_keys()
        self.marks = marks()
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
        self.follow(attempt)
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

    def follow(self, attempt):
        """The model takes the step, too: every move of a state was written once, and no other."""
        written = committed_since(*self.marks)
        self.marks = marks()
        assert written.keys() <= {attempt.now}
        its = written.get(attempt.now, Committed(0))
        assert len(its.moves) == len(set(its.moves))
        assert set(its.moves) == self.model.apply(attempt, result_of(attempt, its))

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
        booked = [
            key for key, visit in self.model.visits.items() if (visit.request, visit.state) == (request, "booked")
        ]
        more = {"replaces": booked[0]} if booked and seed % 4 else {}
        self.attempt("make_offer", "staff" if by == "person" else by, request=request, days=chosen, **more)

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

    # What staff change

    def pick_visit(self, which, *states):
        """A visit in one of these states if there is one; now and then whichever."""
        fitting = [key for key, visit in self.model.visits.items() if visit.state in states]
        return self.pick(fitting if which and fitting else self.model.visits, which)

    def pick_leg(self, visit, leg):
        return self.pick(self.model.visits[visit].legs, leg)

    @precondition(lambda self: self.model.has_booked())
    @rule(which=WHICH, leg=WHICH, quarters=st.sampled_from([-6, -1, 0, 1, 2, 8]), who=WHICH, by=STAFF)
    def move_a_leg(self, which, leg, quarters, who, by):
        visit = self.pick_visit(which, *ON)
        leg = self.pick_leg(visit, leg)
        its = self.model.visits[visit].legs[leg]
        people = [None, *self.model.clinic.who(its.key.split(".")[0]), 1]
        start = its.start + quarters * QUARTER
        self.attempt("move_leg", by, visit=visit, leg=leg, starts_at=start, clinician=self.pick(people, who))

    @precondition(lambda self: self.model.has_booked())
    @rule(which=WHICH, leg=WHICH, who=WHICH, by=STAFF)
    def swap_a_clinician(self, which, leg, who, by):
        visit = self.pick_visit(which, *ON)
        leg = self.pick_leg(visit, leg)
        people = self.model.clinic.who(self.model.visits[visit].legs[leg].key.split(".")[0])
        self.attempt("swap_clinician", by, visit=visit, leg=leg, clinician=self.pick([*people, *people, 1], who))

    @precondition(lambda self: self.model.has_booked())
    @rule(which=WHICH, seed=SEEDS, by=STAFF)
    def move_a_day(self, which, seed, by):
        visit, dice = self.pick_visit(which, *ON), random.Random(seed)
        its = self.model.visits[visit]
        live = tuple(leg.key.split(".")[0] for leg in its.live().values())
        [on] = some_dates(self.now, 1, self.model.clinic, dice)
        day = some_day(self.model.clinic, self.model.requests[its.request].kind, on, dice, live)
        self.attempt("move_day", by, visit=visit, day=day)

    @precondition(lambda self: self.model.has_booked())
    @rule(which=WHICH, leg=WHICH, by=STAFF)
    def drop_a_leg(self, which, leg, by):
        visit = self.pick_visit(which, *ON)
        self.attempt("drop_leg", by, visit=visit, leg=self.pick_leg(visit, leg))

    @precondition(lambda self: self.model.changes)
    @rule(which=st.integers(0, 2), by=STAFF)
    def undo_a_change(self, which, by):
        self.attempt("undo_change", by, change=self.pick([*reversed(self.model.changes)], which))

    # The day itself

    @precondition(lambda self: self.model.has_booked())
    @rule(which=WHICH)
    def the_day_of_a_visit_comes(self, which):
        start = self.model.visits[self.pick_visit(which or 1, *ON)].start
        self.now = max(self.now, start + timedelta(minutes=10 * which - 30))

    @precondition(lambda self: self.model.has_booked())
    @rule(what=st.sampled_from(["check_in", "check_in", "no_show", "undo_check_in"]), which=WHICH, by=STAFF)
    def someone_comes_or_not(self, what, which, by):
        self.attempt(what, by, visit=self.pick_visit(which, "checked_in" if what == "undo_check_in" else "booked"))

    @precondition(lambda self: any(one.state in ("checked_in", "in_visit") for one in self.model.visits.values()))
    @rule(which=WHICH, leg=WHICH, by=STAFF)
    def go_on_with_a_visit(self, which, leg, by):
        visit = self.pick_visit(which, "checked_in", "in_visit")
        legs = self.model.visits[visit].legs
        running = [name for name, one in legs.items() if one.state == "with_clinician"]
        if running and leg:
            self.attempt("finish_leg", by, visit=visit, leg=running[0])
        else:
            waiting = [name for name, one in legs.items() if one.state == "booked"]
            self.attempt("start_leg", by, visit=visit, leg=self.pick(waiting or legs, leg))

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
