"""The finder against an exhaustive search that shares none of its ideas: every order, every start, every person."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise, permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability.bits import ones
from scheduling.availability.sessions import day_windows
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find, search, why_not
from scheduling.itineraries.legs import DayRules, Leg, Query, Wishes

DETROIT = ZoneInfo("America/Detroit")
STAGE = {"first": 0, "imaging": 1, "consult": 2, "wrap_up": 3}


def may_precede(a, b, query):
    """Whether leg ``a`` may come before leg ``b``, read from the rules as they are written."""
    if STAGE[a.stage] > STAGE[b.stage] or (b.key, a.key) in query.before:
        return False
    consults = a.stage == b.stage == "consult"
    in_own_room = a.extra_room_ids is not None and b.extra_room_ids is None and a.specialty == b.specialty
    return not (consults and (in_own_room or (a.specialty == "RAD_ONC" and b.specialty == "SPINE_SURG")))


def is_free(query, mask, start, units):
    return all(mask >> (unit - query.base) & 1 for unit in range(start, start + units))


def possible_starts(query, day, leg):
    """Every unit of the day at which somebody, and a room where one is needed, is free for the whole leg."""
    earliest = max(day.start, query.now + query.notice_units)
    found = set()
    for unit in range(earliest, day.end - leg.units + 1):
        people = query.clinicians if leg.mode == "in_person" else query.anywhere
        somebody = any(is_free(query, people[one], unit, leg.units) for one in leg.clinician_ids)
        rooms = leg.extra_room_ids
        somewhere = rooms is None or any(is_free(query, query.extra_rooms[one], unit, leg.units) for one in rooms)
        if unit % query.rules.step == 0 and somebody and somewhere:
            found.add(unit)
    return found


def chains(rules, order, possible, starts=()):
    """Every choice of starts for the legs in this order that keeps the gaps."""
    if len(starts) == len(order):
        yield starts
        return
    todo = possible[order[len(starts)].key]
    if starts:
        last = starts[-1] + order[len(starts) - 1].units
        todo = todo & set(range(last + rules.gap_min, last + rules.gap_max + 1))
    for unit in sorted(todo):
        yield from chains(rules, order, possible, (*starts, unit))


def judge(query, order, starts):
    """(missed wishes, waiting, end, breaches of the soft order), or None when a rule of the day is broken."""
    rules = query.rules
    begin, end = starts[0], starts[-1] + order[-1].units
    gaps = [after - before - leg.units for (before, after), leg in zip(pairwise(starts), order, strict=False)]
    throughout = [query.rooms, query.interpreters]  # of each, if any is needed, one must be free the whole time
    if query.whole_stay is not None:
        throughout.append({0: query.whole_stay})
    moment = datetime.fromtimestamp(begin * 300, query.zone)
    _, missed = query.wishes.judge(moment.weekday(), moment.hour * 60 + moment.minute)
    keeps = [
        end - begin <= rules.total_max,
        end - begin <= rules.rest_after or max(gaps, default=0) >= rules.rest_min,
        all(
            group is None or any(is_free(query, mask, begin, end - begin) for mask in group.values())
            for group in throughout
        ),
        not (query.wishes.required and missed),
    ]
    breaches = sum(1 for i, a in enumerate(order) for b in order[i + 1 :] if a.rank_group > b.rank_group)
    return (len(missed), sum(gaps), end, breaches) if all(keeps) else None


def ways_of_day(query, day):
    """The rank of every legal way to spend that day."""
    possible = {leg.key: possible_starts(query, day, leg) for leg in query.legs}
    for order in permutations(query.legs):
        if all(may_precede(a, b, query) for i, a in enumerate(order) for b in order[i + 1 :]):
            for starts in chains(query.rules, order, possible):
                rank = judge(query, order, starts)
                if rank is not None:
                    yield rank


def exhaustive(query):
    """The best key of every day that has one, in order of days."""
    if query.rules.max_physicians is not None:
        consults = [leg for leg in query.legs if leg.is_physician and leg.stage == "consult"]
        if len(consults) > query.rules.max_physicians:
            return []
    best = []
    for day in query.days:
        if (query.last_day or day.on) >= day.on >= (query.first_day or day.on):
            key = min(ways_of_day(query, day), default=None)
            if key is not None:
                best.append((day.on, key))
    return best


def key_of(query, itinerary):
    legs = {leg.key: leg for leg in query.legs}
    order = [legs[placed.key] for placed in itinerary.legs]
    breaches = sum(1 for i, a in enumerate(order) for b in order[i + 1 :] if a.rank_group > b.rank_group)
    return itinerary.day, (len(itinerary.wishes_missed), itinerary.waiting_units, itinerary.end, breaches)


def small_clinic(seed):
    """A few legs on a few days with ragged free time; about half of them can be done."""
    r = random.Random(seed)
    first = r.choice([date(2026, 6, 1), date(2026, 3, 7), date(2026, 10, 31)])
    days = day_windows(first, first + timedelta(days=r.choice([1, 2])), DETROIT)
    base = days[0].start

    opens_at = r.choice([96, 120])

    def calendar(hole_chance):
        mask = 0
        for day in days:
            at = day.start - base + opens_at
            last = at + r.choice([30, 40, 48])
            while at < last:
                width = r.choice([3, 4, 6, 8, 12])
                if r.random() > hole_chance:
                    mask |= ones(min(width, last - at)) << at
                at += width
        return mask

    fill = r.choice([0.15, 0.3, 0.45])
    clinicians = {one: calendar(fill) for one in range(1, 7)}
    extra_rooms = {one: calendar(0.2) for one in (91, 92)}
    specialties = ["SPINE_SURG", "RAD_ONC", "MED_ONC", "PALLIATIVE", "ORTHO_ONC", "SOCIAL_WORK"]
    r.shuffle(specialties)
    legs = []
    count = r.choice([1, 2, 3, 3, 4])
    for n in range(count):
        stage = r.choice(["consult"] * 4 + ["imaging"])
        if n in {0, 3} and r.random() < 0.6:
            stage = "first" if n == 0 else "wrap_up"
        people = tuple(r.sample(sorted(clinicians), r.choice([1, 2, 3])))
        rooms = (91, 92)[: r.choice([1, 2])] if r.random() < 0.2 else None
        mode = r.choice(["in_person", "in_person", "video", "phone"]) if rooms is None else "in_person"
        legs.append(Leg(f"leg{n}", specialties[n], r.choice([2, 3, 4, 5, 6]), people, stage, rooms, mode=mode))
    consults = [leg.key for leg in legs if leg.stage == "consult" and leg.specialty not in {"RAD_ONC", "SPINE_SURG"}]
    wishes = Wishes(
        frozenset(r.sample(range(7), r.choice([0, 2]))),
        ((600, 720),) if r.random() < 0.4 else (),
        required=r.random() < 0.3,
    )
    return Query(
        legs=tuple(legs),
        days=days,
        base=base,
        zone=DETROIT,
        now=base + r.choice([-500, 80, 110]),
        clinicians=clinicians,
        rooms=r.choice([None, {1: calendar(0.05), 2: calendar(0.15)}, {1: calendar(0.1)}]),
        extra_rooms=extra_rooms,
        interpreters=r.choice([None, None, {51: calendar(0.05)}, {51: calendar(0.15), 52: calendar(0.1)}]),
        anywhere={one: mask | calendar(0.6) for one, mask in clinicians.items()},
        whole_stay=calendar(0.03) if r.random() < 0.15 else None,
        rules=DayRules(
            gap_min=r.choice([0, 1, 1, 2]),
            gap_max=r.choice([4, 6, 7]),
            total_max=r.choice([14, 18, 24, 66]),
            rest_after=r.choice([8, 11, 15, 30]),
            rest_min=r.choice([3, 4, 5, 9]),
            max_physicians=r.choice([None, None, 3, 2]),
        ),
        before=(tuple(consults[:2]),) if len(consults) > 1 and r.random() < 0.3 else (),
        wishes=wishes,
        deadline=r.choice([None, days[0].on]),
        first_day=r.choice([None, None, None, days[1].on]),
        last_day=r.choice([None, None, days[-1].on - timedelta(days=1)]),
    )


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_find_on_a_small_clinic_equals_the_exhaustive_search(seed):
    assert_exact(small_clinic(seed))


@pytest.mark.parametrize("block", range(5))
def test_find_on_fixed_small_clinics_equals_the_exhaustive_search(block):
    for seed in range(block * 100, block * 100 + 100):
        assert_exact(small_clinic(seed))


def assert_exact(query):
    found = find(query, k=len(query.days))
    best = exhaustive(query)
    assert [key_of(query, one) for one in found] == best
    assert find(query, k=1) == found[:1]
    for itinerary in found:
        assert check_itinerary(query, itinerary) == []


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_why_not_on_a_small_clinic_names_the_next_complete_day(seed):
    query = small_clinic(seed)
    answer = search(query)
    complete = [day for day, _ in exhaustive(query)]
    in_time = [day for day in complete if query.deadline is None or day <= query.deadline]
    assert (answer.why_not is None) == bool(in_time)
    if answer.why_not is None:
        assert why_not(query) is None
        return
    if answer.why_not.code in {"too_many_physicians", "too_long"}:
        assert complete == []
        return
    ever = exhaustive(replace(query, last_day=None))
    assert answer.why_not.next_day == (ever[0][0] if ever else None)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_leg_named_as_obstacle_is_one_without_which_the_day_works(seed):
    query = replace(small_clinic(seed), deadline=None, first_day=None, last_day=None)
    reason = why_not(query)
    if reason is None or reason.code not in {"no_time", "no_fit"}:
        return
    rest = {key: tuple(leg for leg in query.legs if leg.key != key) for key in (leg.key for leg in query.legs)}
    if reason.code == "no_time":
        for key in reason.leg_keys:
            alone = replace(query, legs=tuple(leg for leg in query.legs if leg.key == key), rooms=None, whole_stay=None)
            alone = replace(alone, interpreters=None, wishes=Wishes(), rules=DayRules(total_max=99, rest_after=99))
            assert exhaustive(alone) == []
    else:
        assert exhaustive(query) == []
        works = {key for key, legs in rest.items() if legs and exhaustive(replace(query, legs=legs))}
        assert set(reason.leg_keys) == works
        if works:
            assert reason.leg_key in works
            days = [day for day, _ in exhaustive(replace(query, legs=rest[reason.leg_key]))]
            assert reason.days_without_leg == len(days)
            assert min(days) == min(exhaustive(replace(query, legs=rest[key]))[0][0] for key in works)
