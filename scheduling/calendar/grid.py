"""Where things stand in a grid of quarter hours: rows, spans and lanes. Pure.

Moments are absolute units of 5 minutes (scheduling.availability.bits). What takes time (`Solid`) keeps its place; the
ground behind it (free and closed time) fills what is left, so that nothing lies over anything else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

ROW = 3  # units of a row: a quarter of an hour
HOUR = 12
MOST_ROWS = 100  # of a local day of 25 hours
MOST_LANES = 4
USUAL_HOURS = (8, 17)  # shown when a day has nothing at all


@dataclass(frozen=True, slots=True)
class Span:
    """Something from one unit to another, the end not included; `what` is anybody's."""

    start: int
    end: int
    what: Any


@dataclass(frozen=True, slots=True)
class Placed:
    """A span in the grid: its first row (0 is the top), how many rows, its lane and how many lanes share the width."""

    row: int
    rows: int
    what: Any
    lane: int = 0
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a day that is drawn, in whole hours from its midnight."""

    first: int
    last: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return (self.last - self.first) // ROW


def window(spans: Iterable[tuple[int, int]], base: int, end: int) -> Window:
    """From the hour of the earliest to the hour of the latest of (start, end), inside the day from `base` to `end`.

    A day with nothing shows the usual hours.
    """
    inside = [(max(start, base), min(last, end)) for start, last in spans if start < end and last > base]
    if not inside:
        return Window(base + USUAL_HOURS[0] * HOUR, min(base + USUAL_HOURS[1] * HOUR, end))
    first = base + (min(start for start, _last in inside) - base) // HOUR * HOUR
    last = base - (base - max(last for _start, last in inside)) // HOUR * HOUR
    return Window(first, min(last, base + MOST_ROWS * ROW))


def joined(windows: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The widest of several (first, last) in units after midnight, for days side by side."""
    pairs = list(windows)
    return min(first for first, _last in pairs), max(last for _first, last in pairs)


def rows_of(start: int, end: int, shown: Window) -> tuple[int, int]:
    """The rows (first, one past the last) that a span covers, to the nearest quarter hour and at least one."""
    first = _nearest(max(start, shown.first) - shown.first)
    last = _nearest(min(end, shown.last) - shown.first)
    first = min(first, shown.rows - 1)
    return first, max(last, first + 1)


def _nearest(units: int) -> int:
    return (units + ROW // 2) // ROW


def place(solids: Sequence[Span], ground: Sequence[Span], shown: Window) -> list[Placed]:
    """Everything in its place, in order of time; what overlaps stands side by side, the ground fills the rest."""
    placed = _in_lanes(solids, shown)
    taken = {row for one in placed for row in range(one.row, one.row + one.rows)}
    for one in ground:
        if one.end <= shown.first or one.start >= shown.last or one.end <= one.start:
            continue
        first = _nearest(max(one.start, shown.first) - shown.first)
        last = _nearest(min(one.end, shown.last) - shown.first)
        left = [row for row in range(first, last) if row not in taken]
        placed += [Placed(start, rows, one.what) for start, rows in _runs(left)]
        taken.update(left)
    return sorted(placed, key=lambda one: (one.row, one.lane))


def _in_lanes(solids: Sequence[Span], shown: Window) -> list[Placed]:
    """The solids with lanes: those of a group that hangs together by overlaps share the width equally."""
    inside = [one for one in solids if one.start < shown.last and one.end > shown.first]
    spots = sorted(((*rows_of(one.start, one.end, shown), one) for one in inside), key=lambda spot: (spot[0], -spot[1]))
    placed: list[Placed] = []
    group: list[tuple[int, int, int, Span]] = []
    ends: list[int] = []  # where each lane of the group is free again
    for first, last, one in spots:
        if ends and first >= max(ends):
            placed += _share(group, len(ends))
            group, ends = [], []
        lane = next((number for number, end in enumerate(ends) if end <= first), len(ends))
        if lane == len(ends):
            ends.append(last)
        else:
            ends[lane] = last
        group.append((first, last, lane, one))
    return placed + _share(group, len(ends))


def _share(group: list[tuple[int, int, int, Span]], lanes: int) -> list[Placed]:
    shared = min(lanes, MOST_LANES)
    return [
        Placed(first, last - first, one.what, lane=min(lane, shared - 1), lanes=shared)
        for first, last, lane, one in group
    ]


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rows in a row as (first, how many)."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and row == sum(found[-1]):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((row, 1))
    return found


def by_the_hour(start: int, end: int, base: int) -> list[tuple[int, int]]:
    """A free span cut at the full hours, so that each hour can be chosen by itself."""
    pieces = []
    while start < end:
        until = min(end, base + ((start - base) // HOUR + 1) * HOUR)
        pieces.append((start, until))
        start = until
    return pieces


def first_start(start: int, end: int) -> int | None:
    """The first quarter hour of a span from which a quarter of an hour is left; None when there is none."""
    at = start + -start % ROW
    return at if at + ROW <= end else None


def apart(spans: Iterable[Span]) -> list[list[Span]]:
    """The spans in as few rows of time as they need so that none overlaps another in its own: columns of a crowd."""
    columns: list[list[Span]] = []
    for one in sorted(spans, key=lambda span: (span.start, span.end)):
        fit = next((column for column in columns if column[-1].end <= one.start), None)
        if fit is None:
            columns.append([one])
        else:
            fit.append(one)
    return columns
