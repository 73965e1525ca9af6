"""Random changes of random small days: each leaves a day that keeps every rule, with just its claims, or no trace."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.accounts.actors import staff_actor
from clinic.platform.refusals import Refused
from scheduling.availability.bits import datetime_of, unit_of
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find
from scheduling.visits.calendar_file import visit_calendar
from scheduling.visits.change_options import colleagues, leg_starts
from scheduling.visits.changes import drop_leg, move_day, move_leg, swap_clinician, undo_change
from scheduling.visits.models import Claim, Visit
from scheduling.visits.replan import look_at, read_visit
from tests.factories import a_coordinator, claims_held, claims_wanted, overlapping_claims
from tests.scheduling.visits.booked import a_booked_visit, as_it_is

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
KINDS = (
    {},
    {"specialties": ("RAD_ONC", "MED_ONC")},
    {"visit_type": "single_new", "specialties": ("RAD_ONC",)},
    {"visit_type": "ct_simulation", "specialties": ()},
    {"specialties": ("PALLIATIVE",), "is_frail": True},
)
STEPS = 10
CODES = {"stale", "taken", "not_bookable", "past", "horizon", "too_late"}


def take_some_time(dice, visit, clinic):
    """Somebody else's busy time, if it is free."""
    person = dice.choice([one for people in clinic.people.values() for one in people])
    start = visit.starts_at + timedelta(minutes=5 * dice.randrange(-24, 48))
    try:
        with transaction.atomic():
            Claim.objects.create(clinician=person, starts_at=start, ends_at=start + timedelta(minutes=15))
    except IntegrityError:
        pass


def a_change(dice, visit, by, now, fresh_key):
    """One random change, often a sensible one."""
    row, legs = read_visit(visit.pk)
    leg = dice.choice(legs)
    how = {"by": by, "key": fresh_key(), "now": now}
    what = dice.choice(["move", "offered", "swap", "day", "drop", "undo"])
    if what == "undo" and (last := visit.changes.order_by("-at", "-pk").first()):
        return undo_change(last, **how)
    look = look_at(row, legs, now=now)
    if what == "drop":
        return drop_leg(leg, **how)
    if what == "day":
        look = look_at(row, legs, now=now, first=look.planned.day, last=look.planned.day + timedelta(days=4))
        return move_day(visit, dice.choice(find(look.query, 3)), **how)
    if leg.pk in look.keys and what == "offered":
        people = [person for person in leg_starts(look, leg) if person.starts]
        if people:
            person = dice.choice(people)
            return move_leg(leg, starts_at=dice.choice(person.starts).starts_at, clinician_id=person.key, **how)
    if leg.pk in look.keys and what == "swap":
        others = colleagues(look, leg)
        if others:
            return swap_clinician(leg, clinician_id=dice.choice(others).key, **how)
    return move_leg(leg, starts_at=leg.starts_at + timedelta(minutes=5 * dice.randrange(-12, 13)), **how)


def tried(call) -> str | None:
    """The code of the refusal; None when it was done."""
    try:
        call()
    except Refused as refused:
        return refused.code
    return None


def rules_broken(visit, now) -> list[str]:
    row, legs = read_visit(visit.pk)
    look = look_at(row, legs, now=now)
    return check_itinerary(replace(look.query, notice_units=0), look.planned)


@pytest.mark.parametrize("seed", range(5))
def test_every_change_leaves_a_sound_day_or_no_trace(seed, now, fresh_key, small_clinic):
    dice = random.Random(seed)
    visit = a_booked_visit(now, fresh_key, **KINDS[seed % len(KINDS)])
    by, made = staff_actor(a_coordinator()), 0
    for _step in range(STEPS):
        take_some_time(dice, visit, small_clinic)
        before = as_it_is(visit)
        code = tried(lambda visit=visit: a_change(dice, visit, by, now, fresh_key))
        if code is not None:
            assert code in CODES
            assert as_it_is(visit) == before
            continue
        made += 1
        visit = Visit.objects.get(pk=visit.pk)
        assert rules_broken(visit, now) == []
        assert claims_held(visit) == claims_wanted(visit)
        assert visit.calendar_sequence == before[0]["calendar_sequence"] + 1
        assert f"SEQUENCE:{visit.calendar_sequence}".encode() in visit_calendar(visit)
        assert overlapping_claims() == []
    assert made >= 1


def test_everything_offered_on_the_move_page_can_be_done(now, fresh_key, small_clinic):
    dice, by = random.Random(1), staff_actor(a_coordinator())
    visit = a_booked_visit(now, fresh_key)
    for _n in range(6):
        take_some_time(dice, visit, small_clinic)
    row, legs = read_visit(visit.pk)
    look = look_at(row, legs, now=now)
    offered = [(leg, person, start) for leg in legs for person in leg_starts(look, leg) for start in person.starts]
    assert len(offered) > 3
    for leg, person, start in offered:
        change = move_leg(leg, starts_at=start.starts_at, clinician_id=person.key, by=by, key=fresh_key(), now=now)
        undo_change(change, by=by, key=fresh_key(), now=now)


def test_every_time_that_would_keep_the_rules_is_offered(now, fresh_key):
    visit = a_booked_visit(now, fresh_key)
    row, legs = read_visit(visit.pk)
    look = look_at(row, legs, now=now)
    for leg in legs:
        offered = {(person.key, start.unit) for person in leg_starts(look, leg) for start in person.starts}
        key, length = look.keys[leg.pk], look.placed(leg).end - look.placed(leg).start
        wanted = next(one for one in look.query.legs if one.key == key)
        possible = {
            (person, at)
            for person in wanted.clinician_ids
            for at in range(look.query.base, look.query.base + look.calendar.length - length)
            if at != unit_of(leg.starts_at)
            and datetime_of(at) >= now
            and not look.broken(look.with_leg(leg, start=at, clinician_id=person), touched={key})
        }
        assert offered == possible
