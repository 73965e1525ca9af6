"""Utilization: booked and used minutes of the working time that could be booked (domain 8). Pure."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scheduling.measures.service.facts import BookedTime, House, WorkingTime
from scheduling.measures.service.figures import Cell, Line, Period, line_of_cells


@dataclass(slots=True)
class _Sum:
    open: int = 0
    taken: int = 0
    appointments: int = 0

    def cell(self) -> Cell:
        return Cell(hits=self.taken, of=self.open, cases=self.appointments)


@dataclass(slots=True)
class _Sums:
    """What a line adds up: the whole period, its months, and its specialties."""

    months: dict[date, _Sum]
    total: _Sum = field(default_factory=_Sum)
    specialties: dict[str, _Sum] = field(default_factory=dict)

    def of(self, work: WorkingTime, month: date) -> tuple[_Sum, ...]:
        return self.total, self.months[month], self.specialties.setdefault(work.specialty, _Sum())

    def line(self, key: str) -> Line:
        groups = {name: found.cell() for name, found in self.specialties.items()}
        return line_of_cells(key, self.total.cell(), [found.cell() for found in self.months.values()], groups)


def utilization(
    working: Iterable[WorkingTime], booked: Iterable[BookedTime], period: Period, house: House
) -> tuple[Line, Line]:
    """Booked minutes, as of the start of each stretch of working time, and kept minutes; both of bookable minutes.

    Only stretches that have begun count, in the month in which they begin. Of an appointment counts the part that lies
    within the stretch. Booked: before the stretch began, and not canceled before it. What was booked later, such as a
    walk-in, is used but not booked.
    """
    lines = {key: _Sums({month: _Sum() for month in period.months}) for key in ("booked", "used")}
    stretches: dict[Hashable, list[WorkingTime]] = {}
    for work in working:
        on = period.local(work.starts_at)
        if work.starts_at <= house.now and period.first <= on < period.end:
            stretches.setdefault(work.clinician, []).append(work)
            for sums in lines.values():
                for one in sums.of(work, on.replace(day=1)):
                    one.open += _minutes(work.starts_at, work.ends_at)
    starts: dict[Hashable, list[datetime]] = {}
    for who, found in stretches.items():
        found.sort(key=lambda work: work.starts_at)
        starts[who] = [work.starts_at for work in found]
    for one in booked:
        if one.clinician in stretches:
            _add(one, stretches[one.clinician], starts[one.clinician], lines, period)
    return lines["booked"].line("booked"), lines["used"].line("used")


def _add(
    one: BookedTime, stretches: list[WorkingTime], starts: list[datetime], lines: dict[str, _Sums], period: Period
) -> None:
    place = max(bisect_right(starts, one.starts_at) - 1, 0)
    for work in stretches[place : place + 2]:  # the stretch it begins in or before, and the next if it reaches there
        minutes = _minutes(max(one.starts_at, work.starts_at), min(one.ends_at, work.ends_at))
        if minutes <= 0:
            continue
        month = period.local(work.starts_at).replace(day=1)
        was_booked = one.booked_at is not None and one.booked_at <= work.starts_at
        stood = one.cancelled_at is None or one.cancelled_at > work.starts_at
        for key, counts in (("booked", was_booked and stood), ("used", one.is_kept)):
            if counts:
                for found in lines[key].of(work, month):
                    found.taken += minutes
                    found.appointments += 1


def _minutes(start: datetime, end: datetime) -> int:
    return int((end - start) / timedelta(minutes=1))
