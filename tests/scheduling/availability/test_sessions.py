import time as clock
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability.bits import UNITS_PER_DAY, ones, unit_of
from scheduling.availability.sessions import (
    Closure,
    OpenTime,
    SessionException,
    WeeklySession,
    closed_mask,
    day_windows,
    is_open,
    open_intervals,
    open_time,
    reserve_intervals,
    routine_open,
    unit_at,
)

DETROIT = ZoneInfo("America/Detroit")
MONDAY = date(2026, 6, 1)
SPRING = date(2026, 3, 8)  # clocks go from 02:00 to 03:00
AUTUMN = date(2026, 11, 1)  # clocks go from 02:00 back to 01:00


def utc(*parts):
    return unit_of(datetime(*parts, tzinfo=UTC))


def session(**changed):
    given_ = {
        "clinician_id": 1,
        "weekday": 0,
        "starts": time(8),
        "ends": time(12),
        "valid_from": date(2020, 1, 6),
        "reserve_minutes": 30,
    }
    return WeeklySession(**{**given_, **changed})


def opened(sessions, exceptions=(), closures=(), *, first=MONDAY, last=None):
    days = day_windows(first, last or first + timedelta(days=6), DETROIT)
    return open_intervals(sessions, exceptions, closures, days=days, zone=DETROIT)


def local(on, hour, minute=0):
    return unit_at(on, time(hour, minute), DETROIT)


@pytest.mark.parametrize(("on", "units"), [(SPRING, 276), (AUTUMN, 300), (MONDAY, 288)])
def test_day_window_has_the_length_of_its_local_day(on, units):
    (day,) = day_windows(on, on, DETROIT)
    assert day.end - day.start == units
    assert day.start == local(on, 0)


def test_session_over_the_spring_change_lasts_an_hour_less():
    night = session(weekday=6, starts=time(1), ends=time(4))
    assert opened([night], first=SPRING, last=SPRING) == {1: [(utc(2026, 3, 8, 6), utc(2026, 3, 8, 8))]}


def test_session_over_the_autumn_change_lasts_an_hour_more():
    night = session(weekday=6, starts=time(1), ends=time(4))
    assert opened([night], first=AUTUMN, last=AUTUMN) == {1: [(utc(2026, 11, 1, 5), utc(2026, 11, 1, 9))]}


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
def test_ordinary_session_keeps_its_wall_clock_over_both_changes(sunday):
    week = [session(weekday=n) for n in range(7)]
    found = opened(week, first=sunday - timedelta(days=3), last=sunday + timedelta(days=3))[1]
    dates = [sunday + timedelta(days=n) for n in range(-3, 4)]
    assert found == [(local(on, 8), local(on, 12)) for on in dates]
    assert [datetime.fromtimestamp(start * 300, DETROIT).time() for start, _ in found] == [time(8)] * 7
    assert {end - start for start, end in found} == {48}


def test_session_inside_the_skipped_hour_is_not_open():
    assert opened([session(weekday=6, starts=time(2), ends=time(3))], first=SPRING, last=SPRING) == {1: []}


def test_session_to_midnight_ends_with_the_day():
    late = session(starts=time(22), ends=time(0))
    assert opened([late]) == {1: [(local(MONDAY, 22), local(MONDAY + timedelta(days=1), 0))]}


def test_session_outside_its_dates_is_not_open():
    short = session(weekday=2, valid_from=date(2026, 6, 4), valid_until=date(2026, 6, 17))
    found = opened([short], last=MONDAY + timedelta(days=27))[1]
    assert found == [(local(on, 8), local(on, 12)) for on in (date(2026, 6, 10), date(2026, 6, 17))]


def test_session_every_two_weeks_counts_from_its_first_week():
    other = session(weekday=0, valid_from=date(2026, 6, 3), every_n_weeks=2)  # a Wednesday: its week is that of June 1
    found = opened([other], last=MONDAY + timedelta(days=34))[1]
    assert [start for start, _ in found] == [local(date(2026, 6, 15), 8), local(date(2026, 6, 29), 8)]


def test_two_sessions_a_day_stay_apart():
    found = opened([session(), session(starts=time(13), ends=time(16))])
    assert found == {1: [(local(MONDAY, 8), local(MONDAY, 12)), (local(MONDAY, 13), local(MONDAY, 16))]}


def test_exception_takes_part_of_a_session():
    away = SessionException(1, MONDAY, adds=False, starts=time(9), ends=time(10))
    assert opened([session()], [away]) == {
        1: [(local(MONDAY, 8), local(MONDAY, 9)), (local(MONDAY, 10), local(MONDAY, 12))]
    }


def test_exception_without_times_takes_the_whole_day():
    assert opened([session()], [SessionException(1, MONDAY, adds=False)]) == {1: []}


def test_exception_adds_time_also_on_a_day_taken():
    away = SessionException(1, MONDAY, adds=False)
    extra = SessionException(1, MONDAY, adds=True, starts=time(14), ends=time(15))
    alone = SessionException(2, MONDAY, adds=True, starts=time(9), ends=time(10))
    assert opened([session()], [extra, away, alone]) == {
        1: [(local(MONDAY, 14), local(MONDAY, 15))],
        2: [(local(MONDAY, 9), local(MONDAY, 10))],
    }


def test_exception_of_another_date_changes_nothing():
    away = SessionException(1, MONDAY - timedelta(days=7), adds=False)
    assert opened([session()], [away]) == opened([session()])


@pytest.mark.parametrize(
    ("named", "closes_one", "closes_two"),
    [
        ({}, True, True),
        ({"clinician_id": 1}, True, False),
        ({"site_id": 7}, False, True),
        ({"room_id": 3}, False, False),
    ],
)
def test_closure_shuts_only_what_it_names(named, closes_one, closes_two):
    sessions = [session(site_id=6), session(clinician_id=2, site_id=7)]
    closure = Closure(local(MONDAY, 10), local(MONDAY, 11), **named)
    whole = [(local(MONDAY, 8), local(MONDAY, 12))]
    cut = [(local(MONDAY, 8), local(MONDAY, 10)), (local(MONDAY, 11), local(MONDAY, 12))]
    found = opened(sessions, closures=[closure])
    assert found == {1: cut if closes_one else whole, 2: cut if closes_two else whole}


def test_closed_mask_of_a_room_holds_its_site_and_the_clinic():
    closures = [
        Closure(10, 12),
        Closure(12, 13, room_id=1),
        Closure(14, 15, room_id=2),
        Closure(16, 17, site_id=5),
        Closure(18, 19, clinician_id=1),
    ]
    assert closed_mask(closures, base=10, length=10, room_id=1, site_id=5) == 0b1000111


def test_reserve_is_the_end_of_each_session():
    days = day_windows(MONDAY, MONDAY, DETROIT)
    sessions = [session(), session(starts=time(13), ends=time(13, 15)), session(clinician_id=2, reserve_minutes=0)]
    assert reserve_intervals(sessions, days=days, zone=DETROIT) == {
        1: [(local(MONDAY, 11, 30), local(MONDAY, 12)), (local(MONDAY, 13), local(MONDAY, 13, 15))],
        2: [],
    }


def routine_at(now, sessions):
    days = day_windows(MONDAY, MONDAY + timedelta(days=6), DETROIT)
    base = days[0].start
    time_ = open_time(sessions, days=days, zone=DETROIT)[1]
    return time_, base, routine_open(time_, now=now, base=base)


@pytest.mark.parametrize(
    ("hours_before", "is_seen"), [(25, False), (24 + 1 / 12, False), (24, True), (2, True), (-1, True)]
)
def test_reserve_is_seen_by_routine_from_a_day_before_its_start(hours_before, is_seen):
    now = local(MONDAY, 11, 30) - round(hours_before * 12)
    time_, base, routine = routine_at(now, [session()])
    reserve = ones(6) << (local(MONDAY, 11, 30) - base)
    assert routine == (time_.open if is_seen else time_.open & ~reserve)


def test_reserve_parts_that_touch_are_released_one_by_one():
    touching = [session(reserve_minutes=30), session(starts=time(12), ends=time(12, 30), reserve_minutes=30)]
    now = local(MONDAY, 11, 45) - UNITS_PER_DAY
    time_, base, routine = routine_at(now, touching)
    assert routine == time_.open & ~(ones(6) << (local(MONDAY, 12) - base))


@given(st.integers(-400, 3000), st.lists(st.tuples(st.integers(0, 1900), st.integers(1, 20)), max_size=8))
def test_routine_open_agrees_with_looking_at_each_part(now_offset, drawn):
    base, parts, at = 1000, [], 0
    for gap, width in drawn:  # parts in order, some of them touching
        at += gap % 200
        parts.append((at, at + width))
        at += width
    everything = ones(2200)
    reserve = sum(ones(end - start) << start for start, end in parts)
    begins = sum(1 << start for start, _ in parts)
    seen = routine_open(OpenTime(everything, reserve, begins), now=base + now_offset, base=base)
    hidden = sum(ones(end - start) << start for start, end in parts if start > now_offset + UNITS_PER_DAY)
    assert seen == everything & ~hidden


def test_is_open_refuses_outside_closed_and_reserved_time():
    days = day_windows(MONDAY, MONDAY, DETROIT)
    base, now = days[0].start, local(MONDAY, 0) - 2 * UNITS_PER_DAY
    time_ = open_time([session()], days=days, zone=DETROIT)[1]

    def fits(start, end, routine=True):
        return is_open(time_, start, end, base=base, routine=routine, now=now)

    assert fits(local(MONDAY, 8), local(MONDAY, 9))
    assert not fits(local(MONDAY, 7, 55), local(MONDAY, 9))
    assert not fits(local(MONDAY, 11), local(MONDAY, 12))
    assert fits(local(MONDAY, 11), local(MONDAY, 12), routine=False)
    assert not fits(local(MONDAY, 11), local(MONDAY, 12, 5), routine=False)
    assert not fits(local(MONDAY, 9), local(MONDAY, 9))
    assert not fits(base - 10, base + 200)


def test_open_time_of_named_clinicians_leaves_others_out():
    days = day_windows(MONDAY, MONDAY, DETROIT)
    found = open_time([session(), session(clinician_id=2)], days=days, zone=DETROIT, clinician_ids=[2, 3])
    assert sorted(found) == [2, 3]
    assert found[3].open == 0


def test_open_time_of_forty_clinicians_for_twelve_weeks_is_quick():
    sessions = [
        session(clinician_id=n, weekday=d, starts=time(8 + n % 3), ends=time(12), reserve_minutes=30)
        for n in range(40)
        for d in range(5)
    ]
    sessions += [replace(one, starts=time(13), ends=time(16 + one.clinician_id % 2)) for one in sessions]
    days = day_windows(MONDAY, MONDAY + timedelta(days=83), DETROIT)
    closures = [Closure(days[9].start, days[9].end)]

    def seconds():
        begun = clock.perf_counter()
        open_time(sessions, (), closures, days=days, zone=DETROIT)
        return clock.perf_counter() - begun

    assert min(seconds() for _ in range(5)) < 0.025  # about 2 ms here; the margin is for a busy machine
