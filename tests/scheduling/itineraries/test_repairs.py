"""Every proposal keeps the rules of a day; the whole visit is proposed where nothing less will do."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability.bits import ones
from scheduling.availability.sessions import day_windows
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find
from scheduling.itineraries.legs import Leg, Query
from scheduling.itineraries.repairs import (
    OTHER_PERSON,
    OTHER_ROOM,
    SAME_PERSON_SAME_DAY,
    WHOLE,
    WHOLE_SAME_PERSON,
    repairs_of,
)

ZONE = ZoneInfo("America/Detroit")
MONDAY = date(2026, 6, 1)
DAYS = day_windows(MONDAY, MONDAY + timedelta(days=4), ZONE)
BASE, LENGTH = DAYS[0].start, DAYS[-1].end - DAYS[0].start
OPEN = sum(ones(96) << (day.start - BASE + 96) for day in DAYS)  # 8 to 4 each day


def the_query(*, people=None, rooms=None, legs=("NURSE_NAV", "RAD_ONC")):
    made = tuple(
        Leg(code, code, 6, (10 * number + 1, 10 * number + 2), stage="first" if number == 0 else "consult")
        for number, code in enumerate(legs)
    )
    masks = dict.fromkeys((one for leg in made for one in leg.clinician_ids), OPEN)
    return Query(
        legs=made, days=DAYS, base=BASE, zone=ZONE, now=BASE, notice_units=0,
        clinicians=masks | (people or {}), rooms={1: OPEN, 2: OPEN} if rooms is None else rooms,
    )  # fmt: skip


def codes(found):
    return [one.code for one in found]


def without(start, end):
    return OPEN & ~(ones(end - start) << (start - BASE))


def test_clinician_away_for_an_hour_can_do_it_later_that_day():
    planned = find(the_query(), 1)[0]
    leg = planned.legs[1]
    query = the_query(people={leg.clinician_id: without(leg.start, leg.start + 3)})
    found = repairs_of(query, planned, [leg.key], room_is_closed=False)
    assert codes(found) == [SAME_PERSON_SAME_DAY, OTHER_PERSON, WHOLE_SAME_PERSON]
    assert found[0].start > leg.start


def test_clinician_away_for_all_days_leaves_colleagues_and_the_whole_visit():
    planned = find(the_query(), 1)[0]
    leg = planned.legs[1]
    query = the_query(people={leg.clinician_id: 0})
    found = repairs_of(query, planned, [leg.key], room_is_closed=False)
    assert codes(found) == [OTHER_PERSON, WHOLE]
    assert found[0].clinician_id != leg.clinician_id


def test_closed_room_is_changed_for_a_free_one():
    planned = find(the_query(), 1)[0]
    other = 3 - planned.room_id
    query = the_query(rooms={planned.room_id: 0, other: OPEN})
    found = repairs_of(query, planned, [], room_is_closed=True)
    assert (found[0].code, found[0].room_id) == (OTHER_ROOM, other)


def test_nothing_open_gives_no_proposal():
    planned = find(the_query(), 1)[0]
    query = the_query(people=dict.fromkeys((1, 2, 11, 12), 0))
    assert repairs_of(query, planned, [leg.key for leg in planned.legs], room_is_closed=False) == []


def _cut(cuts):
    mask = OPEN
    for at, units in cuts:
        mask &= ~(ones(units) << at)
    return mask


masks = st.lists(st.tuples(st.integers(0, LENGTH), st.integers(1, 60)), max_size=8).map(_cut)


@settings(max_examples=150, deadline=None)
@given(st.tuples(masks, masks, masks, masks), st.integers(0, 1))
def test_every_proposal_keeps_every_rule(free, which):
    planned = find(the_query(), 1)[0]
    leg = planned.legs[which]
    people = dict(zip((1, 2, 11, 12), free, strict=True))
    query = the_query(people=people)
    for repair in repairs_of(query, planned, [leg.key], room_is_closed=False):
        if repair.code == SAME_PERSON_SAME_DAY:
            end = repair.start + leg.end - leg.start
            changed = replace(leg, start=repair.start, end=end)
            legs = tuple(sorted((changed if one is leg else one for one in planned.legs), key=lambda one: one.start))
            waiting = sum(later.start - earlier.end for earlier, later in pairwise(legs))
            assert check_itinerary(query, replace(planned, legs=legs, waiting_units=waiting)) == []
        elif repair.code == OTHER_PERSON:
            assert repair.clinician_id != leg.clinician_id
            assert all(people[repair.clinician_id] >> (unit - BASE) & 1 for unit in range(leg.start, leg.end))
        else:
            assert repair.code in (WHOLE, WHOLE_SAME_PERSON)
            assert any(one.start == repair.start for one in _days(query, repair, leg.clinician_id))


def _days(query, repair, clinician_id):
    """The best itinerary of each day, with the fixed clinician where the proposal says so."""
    if repair.code == WHOLE_SAME_PERSON:
        legs = tuple(
            replace(leg, clinician_ids=(clinician_id,)) if clinician_id in leg.clinician_ids else leg
            for leg in query.legs
        )
        query = replace(query, legs=legs)
    return find(query, len(DAYS))
