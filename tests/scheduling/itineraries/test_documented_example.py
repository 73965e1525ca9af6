"""The example of docs/scheduling.md."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.availability.bits import datetime_of, ones
from scheduling.availability.sessions import day_windows, unit_at
from scheduling.itineraries.finder import find, search
from scheduling.itineraries.legs import Leg, Query
from scheduling.itineraries.plan import Plan

ZONE = ZoneInfo("America/Detroit")
DAY = date(2027, 1, 5)
DAYS = day_windows(DAY, DAY, ZONE)
BASE = DAYS[0].start
NAVIGATOR, A, B = 1, 2, 3


def clock(text: str) -> int:
    return unit_at(DAY, time.fromisoformat(text.zfill(5)), ZONE) - BASE


def free(*spans: str) -> int:
    mask = 0
    for span in spans:
        start, end = map(clock, span.split("-"))
        mask |= ones(end - start) << start
    return mask


def at(unit: int) -> str:
    return f"{datetime_of(unit).astimezone(ZONE):%-H:%M}"


@pytest.fixture
def query():
    return Query(
        legs=(
            Leg("talk", "NURSE_NAV", 6, (NAVIGATOR,), "first"),
            Leg("radiation", "RAD_ONC", 9, (A, B)),
            Leg("wrap-up", "NURSE_NAV", 3, (NAVIGATOR,), "wrap_up"),
        ),
        days=DAYS,
        base=BASE,
        zone=ZONE,
        now=BASE - 288,
        clinicians={NAVIGATOR: free("8:00-9:00", "10:30-12:00"), A: free("8:30-9:30"), B: free("9:30-11:00")},
        rooms={1: free("8:00-11:00"), 2: free("8:00-9:00", "9:30-12:00")},
    )


def test_folded_starts_of_radiation_oncology(query):
    starts = [at(BASE + unit) for unit in range(288) if Plan(query).fits[1] >> unit & 1]
    assert starts == ["8:30", "8:45", "9:30", "9:45", "10:00", "10:15"]


def test_only_one_first_start_leads_anywhere(query):
    begin = Plan(query).first_starts()
    assert [at(BASE + unit) for unit in range(288) if begin >> unit & 1] == ["8:30"]
    ((_day, lanes),) = Plan(query).candidate_days()
    assert [(at(BASE + start), stay * 5) for start, stay in lanes] == [("8:30", 150)]


def test_day_that_is_found(query):
    (found,) = find(query)
    assert [(leg.key, leg.clinician_id, at(leg.start), at(leg.end)) for leg in found.legs] == [
        ("talk", NAVIGATOR, "8:30", "9:00"),
        ("radiation", B, "9:30", "10:15"),
        ("wrap-up", NAVIGATOR, "10:30", "10:45"),
    ]
    assert (found.room_id, found.waiting_units * 5, found.day) == (1, 45, DAY)


def test_room_that_closes_too_early_is_the_reason(query):
    answer = search(replace(query, rooms={1: free("8:00-10:40"), 2: query.rooms[2]}, deadline=DAY + timedelta(days=9)))
    assert answer.itineraries == []
    assert answer.why_not.code == "no_room"
