from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability import bits

MASKS = st.integers(0, 2**90 - 1)
SMALL = st.integers(0, 12)


def numbers(mask):
    return {i for i in range(mask.bit_length()) if mask >> i & 1}


@given(MASKS, st.integers(1, 12))
def test_starts_of_a_mask_are_those_with_all_units_free(mask, units):
    free = numbers(mask)
    assert numbers(bits.starts(mask, units)) == {i for i in free if all(i + n in free for n in range(units))}


@given(MASKS, SMALL, SMALL)
def test_smear_of_a_mask_is_the_union_of_its_shifts(mask, low, high):
    assert numbers(bits.smear(mask, low, high)) == {i + k for i in numbers(mask) for k in range(low, high + 1)}


@given(MASKS)
def test_bits_and_runs_of_a_mask_describe_it_whole(mask):
    assert set(bits.iter_bits(mask)) == numbers(mask)
    assert sorted(bits.iter_bits(mask)) == bits.iter_bits(mask)
    runs = bits.runs(mask)
    assert sum(bits.ones(end - start) << start for start, end in runs) == mask
    assert all(first_end < second for (_, first_end), (second, _) in pairwise(runs))


@given(MASKS)
def test_lowest_and_highest_of_a_mask_are_its_ends(mask):
    found = numbers(mask)
    assert bits.lowest(mask) == min(found, default=-1)
    assert bits.highest(mask) == max(found, default=-1)


@given(st.integers(0, 200), st.integers(1, 5), st.integers(0, 5))
def test_grid_of_a_length_has_every_step_below_it(length, step, phase):
    assert numbers(bits.grid(length, step, phase)) == set(range(phase, length, step))


@given(st.lists(st.tuples(st.integers(900, 1300), st.integers(0, 60)), max_size=20))
def test_mask_of_intervals_is_their_union_cut_to_the_window(drawn):
    base, length = 1000, 200
    pairs = [(start, start + width) for start, width in drawn]
    wanted = {unit - base for start, end in pairs for unit in range(start, end) if 0 <= unit - base < length}
    assert numbers(bits.mask_from_intervals(pairs, base, length)) == wanted


def test_mask_of_an_interval_longer_than_a_day_is_whole():
    assert bits.mask_from_intervals([(10, 1010)], 10, 2000) == bits.ones(1000)


def test_masks_by_resource_keep_resources_apart():
    rows = [("a", 5, 7), ("b", 6, 8), ("a", 9, 10), ("c", 0, 1)]
    assert bits.masks_by_resource(rows, 5, 10) == {"a": 0b10011, "b": 0b110}


def test_ones_of_nothing_is_empty():
    assert (bits.ones(0), bits.ones(-3), bits.ones(4)) == (0, 0, 15)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_unit_of_a_moment_holds_it(moment):
    unit = bits.unit_of(moment)
    assert bits.datetime_of(unit) <= moment < bits.datetime_of(unit + 1)
    up = bits.unit_of(moment, up=True)
    assert bits.datetime_of(up - 1) < moment <= bits.datetime_of(up)


def test_unit_of_local_moment_counts_in_utc():
    local = datetime(2026, 7, 1, 8, 0, tzinfo=ZoneInfo("America/Detroit"))
    assert bits.unit_of(local) == bits.unit_of(datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    assert bits.unit_of(local) == bits.unit_of(local.astimezone(timezone(timedelta(hours=5))))


def test_unit_of_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        bits.unit_of(datetime(2026, 7, 1))


@pytest.mark.parametrize(("minutes", "units"), [(0, 0), (5, 1), (6, 2), (45, 9)])
def test_units_from_minutes_cover_them(minutes, units):
    assert bits.units_from_minutes(minutes) == units
