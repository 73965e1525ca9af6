"""The independent check must notice every kind of broken rule; each case breaks one."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.availability.bits import ones
from scheduling.availability.sessions import day_windows
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find
from scheduling.itineraries.legs import DayRules, Leg, Query, Wishes

DETROIT = ZoneInfo("America/Detroit")
DAYS = day_windows(date(2026, 6, 1), date(2026, 6, 2), DETROIT)
OPEN = (ones(108) << 96) | (ones(108) << 384)
QUERY = Query(
    legs=(
        Leg("nav", "NURSE_NAV", 6, (1,), "first"),
        Leg("ct", "RAD_ONC", 9, (2,), "imaging", (91,)),
        Leg("spine", "SPINE_SURG", 8, (3,)),
        Leg("wrap", "NURSE_NAV", 3, (1,), "wrap_up"),
    ),
    days=DAYS,
    base=DAYS[0].start,
    zone=DETROIT,
    now=DAYS[0].start,
    clinicians={1: OPEN, 2: OPEN, 3: OPEN},
    rooms={11: OPEN, 12: 0},
    extra_rooms={91: OPEN},
)
GOOD = find(QUERY)[0]


def without(mask, unit):
    return mask & ~(1 << (unit - QUERY.base))


def moved(number, by):
    legs = list(GOOD.legs)
    legs[number] = replace(legs[number], start=legs[number].start + by, end=legs[number].end + by)
    return replace(GOOD, legs=tuple(legs))


def with_leg(number, **changed):
    legs = list(GOOD.legs)
    legs[number] = replace(legs[number], **changed)
    return replace(GOOD, legs=tuple(legs))


def test_check_of_what_the_finder_found_is_empty():
    assert check_itinerary(QUERY, GOOD) == []


BROKEN_ITINERARIES = [
    (replace(GOOD, legs=GOOD.legs[:-1]), "not those asked for"),
    (with_leg(1, end=GOOD.legs[1].end - 1), "wrong length"),
    (moved(3, 1), "grid"),
    (with_leg(2, clinician_id=2), "may not do it"),
    (with_leg(1, room_id=None), "lacks its own room"),
    (with_leg(2, room_id=91), "does not need"),
    (moved(3, 6), "gap"),
    (replace(GOOD, waiting_units=0), "waiting told"),
    (replace(GOOD, day=date(2026, 6, 2)), "within its day"),
    (replace(GOOD, room_id=12), "stay room"),
    (replace(GOOD, room_id=None), "stay room"),
    (replace(GOOD, legs=(GOOD.legs[0], GOOD.legs[2], GOOD.legs[1], GOOD.legs[3])), "gap"),
]


@pytest.mark.parametrize(("itinerary", "words"), BROKEN_ITINERARIES, ids=[words for _, words in BROKEN_ITINERARIES])
def test_check_of_a_changed_itinerary_names_the_rule(itinerary, words):
    assert any(words in line for line in check_itinerary(QUERY, itinerary))


ALL_CONSULTS = tuple(replace(leg, stage="consult") for leg in QUERY.legs)
BROKEN_QUERIES = [
    ({"rules": DayRules(total_max=20)}, "too long"),
    ({"rules": DayRules(rest_after=10, rest_min=9)}, "no rest"),
    ({"rules": DayRules(max_physicians=0)}, "too many physician"),
    ({"now": GOOD.start - 23}, "notice"),
    ({"last_day": GOOD.day - timedelta(days=1)}, "past the last"),
    ({"wishes": Wishes(frozenset({6}), required=True)}, "required wish"),
    (
        {"before": (("wrap", "spine"),), "legs": ALL_CONSULTS},
        "before spine",
    ),
    ({"clinicians": {**QUERY.clinicians, 3: without(OPEN, GOOD.legs[2].end - 1)}}, "clinician of spine"),
    ({"extra_rooms": {91: without(OPEN, GOOD.legs[1].start)}}, "room of ct"),
    ({"rooms": {11: without(OPEN, GOOD.legs[0].end)}}, "stay room"),
    ({"rooms": None}, "room that it does not need"),
    ({"whole_stay": without(OPEN, GOOD.legs[1].end)}, "stay throughout"),
]


@pytest.mark.parametrize(("changed", "words"), BROKEN_QUERIES, ids=[words for _, words in BROKEN_QUERIES])
def test_check_against_stricter_facts_names_the_rule(changed, words):
    assert any(words in line for line in check_itinerary(replace(QUERY, **changed), GOOD))
