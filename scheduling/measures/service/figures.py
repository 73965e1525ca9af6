"""Months, items and cells: how every measure of service is counted, and which cells are hidden. Pure.

An `Item` is one case: the local day of its start event, a value that is summed up by median and 90th percentile
(None: the case has none yet), and whether it met what is counted (None: not counted in the share, such as a case that
is still open and younger than its target). A `Cell` is what is left of many items.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

HIDDEN_BELOW = 11  # cells of fewer cases are not shown (domain 8, settled 27)
MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Period:
    """Whole calendar months of the clinic: the first days of the first and of the last month, both included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def months(self) -> list[date]:
        """The first day of each month, in order."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return [month_after(self.first, number) for number in range(count)]

    @property
    def end(self) -> date:
        """The day after the last month."""
        return month_after(self.last, 1)

    @property
    def starts_at(self) -> datetime:
        """Local midnight of the first day, in UTC."""
        return self._midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """Local midnight after the last day, in UTC."""
        return self._midnight(self.end)

    def _midnight(self, on: date) -> datetime:
        return datetime.combine(on, time(0), tzinfo=self.zone).astimezone(UTC)

    def local(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()


def month_after(month: date, number: int) -> date:
    """The first day of the month that lies `number` months after (or before) the month of a day."""
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Item:
    """One case of a measure; `group` is what it is told apart by, `who` the key of its patient where there is one."""

    on: date
    value: float | None = None
    ok: bool | None = None
    group: str = ""
    who: Hashable = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What many cases come to.

    `count` values with their median and 90th percentile; `hits` of `of` in the share, which stand for `cases` cases
    (minutes are counted where time is used: then `of` is minutes and `cases` appointments).
    """

    count: int = 0
    median: float | None = None
    percentile: float | None = None
    hits: float = 0
    of: float = 0
    cases: int = 0
    hides_values: bool = False
    hides_share: bool = False

    @property
    def share(self) -> float | None:
        """Percent; None without a case."""
        return 100 * self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a measure: the whole period, each month, and the groups that it falls into, small cells hidden."""

    key: str
    total: Cell
    months: tuple[Cell, ...]
    groups: tuple[tuple[str, Cell], ...] = ()


def cell_of(items: Iterable[Item]) -> Cell:
    """Median (mean of the middle two), 90th percentile by nearest rank, and the share of all that are counted in it."""
    values, hits, of = [], 0, 0
    for item in items:
        if item.value is not None:
            values.append(item.value)
        if item.ok is not None:
            of += 1
            hits += item.ok
    values.sort()
    middle = median(values) if values else None
    percentile = values[ceil(len(values) * 9 / 10) - 1] if values else None
    return Cell(len(values), middle, percentile, hits, of, of)


def line_of(key: str, items: Iterable[Item], period: Period, *, grouped: Iterable[Item] | None = None) -> Line:
    """The line of items whose start lies in the period. `grouped` are the items of the groups, if not those with one.

    Groups come in the order of their first case; a page sorts them.
    """
    inside = [item for item in items if period.first <= item.on < period.end]
    by_month: dict[date, list[Item]] = {month: [] for month in period.months}
    for item in inside:
        by_month[item.on.replace(day=1)].append(item)
    by_group: dict[str, list[Item]] = {}
    for item in inside if grouped is None else grouped:
        if item.group and period.first <= item.on < period.end:
            by_group.setdefault(item.group, []).append(item)
    return line_of_cells(
        key,
        cell_of(inside),
        [cell_of(found) for found in by_month.values()],
        {group: cell_of(found) for group, found in by_group.items()},
    )


def line_of_cells(key: str, total: Cell, months: Sequence[Cell], groups: dict[str, Cell]) -> Line:
    """A line of cells that are counted already: what is too small to be shown is hidden here."""
    hidden = suppressed(list(groups.values()))
    return Line(key, hide(total), tuple(suppressed(months)), tuple(zip(groups, hidden, strict=True)))


def hide(cell: Cell) -> Cell:
    """The cell with its too small parts hidden; an empty one hides nothing."""
    return replace(
        cell, hides_values=0 < cell.count < HIDDEN_BELOW, hides_share=0 < cell.cases < HIDDEN_BELOW
    )  # fmt: skip


def suppressed(cells: Sequence[Cell]) -> list[Cell]:
    """Cells that add up to a total which is shown: small ones are hidden, and more where those could be computed."""
    values = hidden_places([cell.count for cell in cells])
    shares = hidden_places([cell.cases for cell in cells])
    return [
        replace(cell, hides_values=place in values, hides_share=place in shares) for place, cell in enumerate(cells)
    ]


def hidden_places(counts: Sequence[int]) -> set[int]:
    """Which of these counts are hidden: those from 1 to 10, and the next smallest until they do not give one away.

    One hidden count alone, or several that sum up to less than 11, would follow from the total and the others.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < HIDDEN_BELOW}
    others = sorted((count, place) for place, count in enumerate(counts) if count >= HIDDEN_BELOW)
    while hidden and others and (len(hidden) == 1 or sum(counts[place] for place in hidden) < HIDDEN_BELOW):
        hidden.add(others.pop(0)[1])
    return hidden


def hours_between(start: datetime, end: datetime) -> float:
    """Clock hours of real time, 0 when the end lies before the start."""
    return max((end - start) / timedelta(hours=1), 0.0)
