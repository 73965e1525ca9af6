"""Open time against a second, slow reading of the same rules: one 5-minute step after another, looking at a clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability.sessions import (
    Buffers,
    Closure,
    SessionException,
    WeeklySession,
    day_windows,
    interval_on,
    open_time,
    sessions_meet,
)

ZONES = [ZoneInfo("America/Detroit"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Phoenix")]
# the days before both changes of the clock in Detroit (March 8, November 1) and on Lord Howe (April 5, October 4)
WEEKENDS = [date(2026, 3, 6), date(2026, 10, 30), date(2026, 4, 3), date(2026, 10, 2), date(2026, 6, 5)]
SITES = [1, 2]
STEP = timedelta(minutes=5)

times = st.builds(time, st.integers(0, 23), st.sampled_from(range(0, 60, 5)))
hours = st.tuples(times, times).filter(lambda pair: pair[0] < pair[1])


@st.composite
def sessions(draw, start):
    starts, ends = draw(hours)
    since = start + timedelta(days=draw(st.integers(-20, 6)))
    return WeeklySession(
        clinician_id=draw(st.integers(1, 2)),
        weekday=draw(st.integers(0, 6)),
        starts=starts,
        ends=ends,
        valid_from=since,
        valid_until=draw(st.none() | st.integers(0, 20).map(lambda days: since + timedelta(days=days))),
        every_n_weeks=draw(st.integers(1, 3)),
        reserve_minutes=0,
        site_id=draw(st.sampled_from(SITES)),
        visit_type_ids=draw(st.sampled_from([frozenset(), frozenset({7}), frozenset({7, 8})])),
    )


@st.composite
def exceptions(draw, start):
    starts, ends = draw(hours)
    adds = draw(st.booleans())
    site = draw(st.sampled_from(SITES if adds else [None, *SITES]))
    day = start + timedelta(days=draw(st.integers(0, 4)))
    return SessionException(draw(st.integers(1, 2)), day, adds, starts, ends, site_id=site)


@st.composite
def worlds(draw):
    start = draw(st.sampled_from(WEEKENDS))
    first = int(datetime.combine(start, time(), UTC).timestamp()) // 300
    closures = st.builds(
        lambda at, long, who, site: Closure(at, at + long, clinician_id=who, site_id=site),
        st.integers(first - 100, first + 1500), st.integers(1, 300), st.sampled_from([None, 1]), st.none(),
    ) | st.builds(
        lambda at, long, site: Closure(at, at + long, site_id=site),
        st.integers(first - 100, first + 1500), st.integers(1, 300), st.sampled_from(SITES),
    )  # fmt: skip
    return (
        draw(st.sampled_from(ZONES)),
        start,
        draw(st.lists(sessions(start), max_size=5)),
        draw(st.lists(exceptions(start), max_size=3)),
        draw(st.lists(closures, max_size=2)),
        draw(st.sampled_from([None, *SITES])),
        draw(st.sampled_from([None, 7, 8, 9])),
    )


def moment_of(on, at, zone):
    """The first moment of the day at which the clock reads `at`; a reading that is skipped is counted on from before.

    The clock is walked from midnight in steps; nothing is asked of the zone but what the clock reads.
    """
    moment = datetime.combine(on, time(), zone).astimezone(UTC)
    while moment.astimezone(zone).date() < on:  # a midnight that does not exist
        moment += STEP
    before = moment
    for _step in range(310):
        reading = moment.astimezone(zone).replace(tzinfo=None)
        if reading == datetime.combine(on, at):
            return moment
        if reading > datetime.combine(on, at):
            return before + (datetime.combine(on, at) - before.astimezone(zone).replace(tzinfo=None))
        before, moment = moment, moment + STEP
    raise AssertionError("a day without that time")


def is_at_work(moment, clinician_id, world):
    """Whether this moment is open, by the words of the rules."""
    zone, _start, weekly, changes, closures, site_id, visit_type_id = world
    on = moment.astimezone(zone).date()

    def within(one):
        return moment_of(on, one.starts, zone) <= moment < moment_of(on, one.ends, zone)

    places = set()
    for one in weekly:
        runs_today = one.weekday == on.weekday() and one.valid_from <= on
        runs_today = runs_today and (one.valid_until is None or on <= one.valid_until)
        monday = one.valid_from - timedelta(days=one.valid_from.weekday())
        weeks = (on - timedelta(days=on.weekday()) - monday).days // 7
        fits = visit_type_id is None or not one.visit_type_ids or visit_type_id in one.visit_type_ids
        if one.clinician_id == clinician_id and runs_today and weeks % one.every_n_weeks == 0 and fits and within(one):
            places.add(one.site_id)
    mine = [one for one in changes if one.clinician_id == clinician_id and one.on == on and within(one)]
    for one in mine:
        if not one.adds:
            places = places - {one.site_id} if one.site_id else set()
    places |= {one.site_id for one in mine if one.adds}
    unit = int(moment.timestamp()) // 300
    for one in closures:
        if one.starts_at <= unit < one.ends_at and one.clinician_id in (None, clinician_id):
            places = places - {one.site_id} if one.site_id else set()
    return bool(places) if site_id is None else site_id in places


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_open_time_agrees_with_walking_the_clock(world):
    zone, start, weekly, changes, closures, site_id, visit_type_id = world
    days = day_windows(start, start + timedelta(days=4), zone)
    found = open_time(
        weekly, changes, closures, days=days, zone=zone, clinician_ids=[1, 2], site_id=site_id,
        visit_type_id=visit_type_id,
    )  # fmt: skip
    for clinician_id in (1, 2):
        for unit in range(days[0].start, days[-1].end):
            moment = datetime.fromtimestamp(unit * 300, UTC)
            is_open = bool(found[clinician_id].open >> (unit - days[0].start) & 1)
            assert is_open == is_at_work(moment, clinician_id, world), moment


@settings(max_examples=100, deadline=None)
@given(sessions(date(2026, 6, 1)), sessions(date(2026, 6, 1)))
def test_two_sessions_meet_when_some_day_has_both(one, other):
    def dates(session):
        first = date(2026, 1, 1)
        days = day_windows(first, first + timedelta(days=240), ZONES[2])
        mask = open_time([session], days=days, zone=ZONES[2])[session.clinician_id].open
        return mask if session.clinician_id == one.clinician_id else 0

    assert sessions_meet(one, other) == bool(dates(one) & dates(other))


@pytest.mark.parametrize(("starts", "ends", "units"), [
    (time(8, 2), time(9, 0), 11), (time(8, 0), time(8, 58), 11), (time(8, 1), time(8, 4), None)
])  # fmt: skip
def test_time_off_the_grid_is_rounded_inward(starts, ends, units):
    (day,) = day_windows(date(2026, 6, 1), date(2026, 6, 1), ZONES[0])
    pair = interval_on(day, starts, ends, ZONES[0])
    assert (pair and pair[1] - pair[0]) == units


pairs = st.tuples(st.integers(0, 6), st.integers(0, 6))


@given(pairs, pairs, pairs, st.integers(0, 40), st.integers(1, 8), st.integers(1, 8))
def test_buffer_around_a_taken_time_is_the_gap_that_both_want(own, theirs, new, at, taken_units, new_units):
    buffers = Buffers({1: own}, {5: theirs, 6: new})
    down, up = buffers.around(1, 5, 6)
    start, end = 20, 20 + taken_units
    is_free = at + new_units <= start - down or at >= end + up
    if at >= end:
        wanted = at - end >= max(own[0], own[1], theirs[1], new[0])
    else:
        wanted = at + new_units <= start and start - at - new_units >= max(own[0], own[1], new[1], theirs[0])
    assert is_free == wanted
