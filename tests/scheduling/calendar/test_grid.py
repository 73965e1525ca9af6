"""Places in the grid: nothing lies over anything else, nothing is lost, quarter hours are rounded alike."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.calendar.grid import (
    HOUR,
    MOST_LANES,
    ROW,
    Span,
    Window,
    apart,
    by_the_hour,
    first_start,
    place,
    rows_of,
    window,
)

DAY = 288
EIGHT, NOON, FIVE = 8 * HOUR, 12 * HOUR, 17 * HOUR
SHOWN = Window(EIGHT, FIVE)


def spans(most=14):
    """Spans of a day, of any length up to three hours."""
    one = st.builds(
        lambda start, units: (start, min(start + units, DAY)), st.integers(0, DAY - 1), st.integers(1, 3 * HOUR)
    )
    return st.lists(one, max_size=most)


def test_window_is_whole_hours_around_what_there_is():
    assert window([(EIGHT + 5, EIGHT + 9), (FIVE - 7, FIVE + 1)], 0, DAY) == Window(EIGHT, FIVE + HOUR)
    assert window([], 0, DAY) == Window(EIGHT, FIVE)
    assert window([(-20, 5), (DAY - 1, DAY + 30)], 0, DAY) == Window(0, DAY)
    assert window([(1000 + EIGHT, 1000 + NOON)], 1000, 1000 + DAY) == Window(1000 + EIGHT, 1000 + NOON)


def test_neighbors_off_the_quarter_hour_do_not_overlap():
    # 9:00 to 9:40, then 9:40 to 10:00
    first, second = rows_of(9 * HOUR, 9 * HOUR + 8, SHOWN), rows_of(9 * HOUR + 8, 10 * HOUR, SHOWN)
    assert first == (4, 7)
    assert second == (7, 8)


def test_five_minutes_have_a_row_of_their_own():
    assert rows_of(EIGHT + 1, EIGHT + 2, SHOWN) == (0, 1)
    assert rows_of(FIVE - 1, FIVE, SHOWN) == (35, 36)


def test_overlapping_stand_side_by_side_and_others_have_the_whole_width():
    placed = place(
        [Span(EIGHT, EIGHT + HOUR, "a"), Span(EIGHT + ROW, EIGHT + 2 * HOUR, "b"), Span(NOON, NOON + HOUR, "c")],
        [],
        SHOWN,
    )
    found = {one.what: (one.row, one.rows, one.lane, one.lanes) for one in placed}
    assert found == {"a": (0, 4, 0, 2), "b": (1, 7, 1, 2), "c": (16, 4, 0, 1)}


def test_ground_fills_what_is_left():
    placed = place([Span(NOON, NOON + HOUR, "leg")], [Span(EIGHT, FIVE, "free"), Span(0, EIGHT, "closed")], SHOWN)
    assert [(one.what, one.row, one.rows) for one in placed] == [("free", 0, 16), ("leg", 16, 4), ("free", 20, 16)]


@given(spans(), spans())
@settings(max_examples=150, deadline=None)
def test_nothing_lies_over_anything_else(solids, ground):
    things = [[Span(*one, (kind, one)) for one in found] for kind, found in (("solid", solids), ("ground", ground))]
    placed = place(*things, SHOWN)
    cells = [
        (row, lane)
        for one in placed
        for row in range(one.row, one.row + one.rows)
        for lane in ((one.lane,) if one.lanes > 1 else range(MOST_LANES))
    ]
    crowded = any(one.lanes == MOST_LANES for one in placed)
    assert crowded or len(cells) == len(set(cells))
    assert all(one.row >= 0 and one.row + one.rows <= SHOWN.rows for one in placed)
    seen = [one.what for one in placed if one.what[0] == "solid"]
    inside = [one for one in solids if one[0] < SHOWN.last and one[1] > SHOWN.first]
    assert sorted(what[1] for what in seen) == sorted(inside)


@given(spans())
@settings(max_examples=100, deadline=None)
def test_columns_of_a_crowd_hold_everything_without_overlap(found):
    columns = apart(Span(*one, one) for one in found)
    assert sorted(one.what for column in columns for one in column) == sorted(found)
    for column in columns:
        assert all(one.end <= later.start for one, later in pairwise(column))


def test_free_time_is_cut_at_the_full_hours():
    assert by_the_hour(9 * HOUR + 6, 11 * HOUR + 3, 0) == [
        (9 * HOUR + 6, 10 * HOUR),
        (10 * HOUR, 11 * HOUR),
        (11 * HOUR, 11 * HOUR + 3),
    ]
    assert by_the_hour(EIGHT, EIGHT, 0) == []


def test_first_start_is_on_the_quarter_hour_with_a_quarter_left():
    assert first_start(EIGHT, EIGHT + ROW) == EIGHT
    assert first_start(EIGHT + 1, EIGHT + 6) == EIGHT + ROW
    assert first_start(EIGHT + 1, EIGHT + 5) is None
