"""Third next available on masks: by hand, and against a slow model that walks the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability.bits import datetime_of, mask_from_intervals, ones, unit_of
from scheduling.availability.sessions import day_windows
from scheduling.measures.access import (
    Measure,
    Span,
    last_measuring,
    measure,
    measure_days,
    next_measuring,
    nth_slot,
    slot_starts,
    wait_of,
)

DETROIT = ZoneInfo("America/Detroit")
MONDAY = date(2027, 1, 4)


def a_span(first=MONDAY, days=7, *, earliest=0) -> Span:
    """Days of Detroit; `earliest` in units after the first midnight."""
    windows = day_windows(first, first + timedelta(days=days - 1), DETROIT)
    return Span(windows, windows[0].start + earliest)


def free(span: Span, *intervals: tuple[int, int]) -> int:
    """A mask of (start, end) in units after the first midnight."""
    return mask_from_intervals([(span.base + a, span.base + b) for a, b in intervals], span.base, span.length)


def test_third_slot_is_counted_without_overlap():
    span = a_span()
    # 8:00 to 10:00 holds 40-minute slots at 8:00 and 8:45 only; the third is on Wednesday
    mask = free(span, (96, 120), (2 * 288 + 96, 2 * 288 + 108))

    found = slot_starts(mask, 8, span)

    assert nth_slot(found, 8, 1) == 96
    assert nth_slot(found, 8, 2) == 105
    assert nth_slot(found, 8, 3) == 2 * 288 + 96
    assert wait_of(found, 8, span) == 2


def test_slot_of_the_same_day_is_zero_days_away():
    span = a_span()

    assert wait_of(slot_starts(free(span, (96, 120)), 6, span), 6, span) == 0


def test_weekend_days_count():
    span = a_span(date(2027, 1, 8))  # Friday
    mask = free(span, (96, 108), (3 * 288 + 96, 3 * 288 + 102))

    assert wait_of(slot_starts(mask, 6, span), 6, span) == 3


def test_starts_before_the_notice_are_no_slots():
    span = a_span(earliest=100)

    assert nth_slot(slot_starts(free(span, (96, 120)), 6, span), 6, 1) == 102  # the next quarter of an hour


def test_slot_needs_one_of_each_group_for_all_of_its_length():
    span = a_span()
    two_halves = [free(span, (96, 99)), free(span, (99, 102))]
    whole = [free(span, (96, 102)), 0]

    assert slot_starts(free(span, (96, 102)), 6, span, together=[whole]) == 1 << 96
    assert slot_starts(free(span, (96, 102)), 6, span, together=[two_halves]) == 0
    assert slot_starts(free(span, (96, 102)), 6, span, together=[whole, []]) == 0


def test_average_counts_who_has_no_third_slot_with_the_horizon():
    found = measure([2, 5, None], 182)

    assert found == Measure(counted=3, total_days=189, beyond=1, least=2, most=182)
    assert found.average == 63
    assert found.is_at_least


def test_average_of_nobody_is_unknown():
    assert measure([], 182).average is None


def test_complete_days_count_by_date_once():
    span = a_span()
    tuesday, friday = date(2027, 1, 5), date(2027, 1, 8)

    assert measure_days([friday, tuesday, tuesday, MONDAY], span) == Measure(1, 4, 0, 4, 4)
    assert measure_days([friday, tuesday, tuesday], span) == Measure(1, 6, 1, 6, 6)


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        (datetime(2027, 1, 4, 13, 59, tzinfo=UTC), datetime(2026, 12, 28, 14, tzinfo=UTC)),
        (datetime(2027, 1, 4, 14, 0, tzinfo=UTC), datetime(2027, 1, 4, 14, tzinfo=UTC)),
        (datetime(2027, 1, 10, 4, 0, tzinfo=UTC), datetime(2027, 1, 4, 14, tzinfo=UTC)),
        (
            datetime(2027, 3, 15, 12, 59, tzinfo=UTC),
            datetime(2027, 3, 8, 14, tzinfo=UTC),
        ),  # clocks went forward between
        (datetime(2027, 3, 15, 13, 0, tzinfo=UTC), datetime(2027, 3, 15, 13, tzinfo=UTC)),
    ],
)
def test_measuring_is_on_mondays_at_nine_of_the_clinic(moment, last):
    assert last_measuring(moment, DETROIT) == last
    assert next_measuring(moment, DETROIT).astimezone(DETROIT).date() == last.astimezone(DETROIT).date() + timedelta(7)
    assert next_measuring(moment, DETROIT).astimezone(DETROIT).hour == 9


INTERVALS = st.lists(st.tuples(st.integers(0, 8 * 288), st.integers(1, 60)), max_size=8)


@settings(max_examples=200, deadline=None)
@given(
    first=st.sampled_from([MONDAY, date(2027, 3, 12), date(2026, 10, 30)]),  # both clock changes too
    open_time=INTERVALS,
    busy=INTERVALS,
    rooms=st.lists(INTERVALS, max_size=2),
    units=st.integers(1, 14),
    earliest=st.integers(0, 500),
)
def test_wait_equals_that_of_a_walk_along_the_clock(first, open_time, busy, rooms, units, earliest):
    span = a_span(first, 8, earliest=earliest)

    def mask_of(pairs):
        return free(span, *((start, start + length) for start, length in pairs))

    working = mask_of(open_time) & ~mask_of(busy)
    together = [[ones(span.length) & ~mask_of(taken) for taken in rooms]]

    got = wait_of(slot_starts(working, units, span, together=together), units, span)

    assert got == slow_wait(first, span, open_time, busy, rooms, units, earliest)


def slow_wait(first, span, open_time, busy, rooms, units, earliest):
    """Moment by moment, with sets of moments and local dates, in the words of the definition."""
    begin = unit_of(datetime.combine(first, datetime.min.time(), tzinfo=DETROIT))
    end = unit_of(datetime.combine(first + timedelta(days=8), datetime.min.time(), tzinfo=DETROIT))

    def moments(pairs):
        return {begin + start + n for start, length in pairs for n in range(length)}

    free_moments = (moments(open_time) - moments(busy)) & set(range(begin, end))
    free_rooms = [set(range(begin, end)) - moments(taken) for taken in rooms]
    at, slots = begin + earliest, 0
    while at + units <= end:
        needed = set(range(at, at + units))
        on_grid = datetime_of(at).minute % 15 == 0
        if on_grid and needed <= free_moments and any(needed <= room for room in free_rooms):
            slots += 1
            if slots == 3:
                return (datetime_of(at).astimezone(DETROIT).date() - first).days
            at += units
        else:
            at += 1
    return None
