"""How full the days of a month are: working time, what of it is taken, what is free. Three queries, no patient.

One query more where somebody keeps time free beside appointments.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from clinic.directory.closed_days import holiday_names
from clinic.directory.models import Clinician, Holiday
from clinic.platform.db.together import read_together
from scheduling.availability import read
from scheduling.availability.bits import ones, unit_of
from scheduling.availability.models import Closure
from scheduling.measures.bars import Bar, bar
from scheduling.visits.day_list import day_bounds

UNITS_PER_HOUR = 12


@dataclass(frozen=True, slots=True)
class DayLoad:
    """A date: units of working time, how many are taken and how many can still be booked; why the clinic is closed."""

    on: date
    open: int
    taken: int
    free: int
    why_closed: str = ""

    @property
    def percent(self) -> int | None:
        """Booked of the working time; None on a day without any."""
        return round(100 * self.taken / self.open) if self.open else None

    @property
    def free_hours(self) -> float:
        """Hours that can still be booked, to the half hour."""
        return round(2 * self.free / UNITS_PER_HOUR) / 2

    @property
    def bar(self) -> Bar:
        """The share as a picture."""
        return bar(self.taken, of=self.open)


@dataclass(frozen=True, slots=True)
class MonthLoad:
    """The days in weeks of seven from Monday, None outside the month; specialties to choose from, sums."""

    weeks: list[list[DayLoad | None]] = field(default_factory=list)
    specialties: list[tuple[str, str]] = field(default_factory=list)

    @property
    def days(self) -> list[DayLoad]:
        """All days of the month."""
        return [one for row in self.weeks for one in row if one is not None]

    @property
    def free_hours(self) -> float:
        """Hours that can still be booked in all."""
        return sum(one.free_hours for one in self.days)

    @property
    def percent(self) -> int | None:
        """Booked of all working time."""
        opened = sum(one.open for one in self.days)
        return round(100 * sum(one.taken for one in self.days) / opened) if opened else None


def month_load(first: date, last: date, *, now: datetime, specialty: str = "") -> MonthLoad:
    """Each day from `first` to `last` for all clinicians who see patients, or for those of one specialty."""
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    whole = Q(clinician=None, room=None, site=None)
    people, closures, own = read_together(
        Clinician.objects.filter(is_active=True, specialty__is_leg=True).select_related("specialty"),
        Closure.objects.filter(whole, starts_at__lt=end, ends_at__gt=start),
        Holiday.objects.filter(on__gte=first, on__lte=last),
    )
    names = {one.specialty.code: (one.specialty.position, one.specialty.name) for one in people}
    keys = [one.pk for one in people if specialty in ("", one.specialty.code)]
    calendar = read.calendar(keys, first, last)
    until, buffers = calendar.base + calendar.length, calendar.buffers
    busy = read.busy_masks(calendar.base, until, now=now, clinician_ids=keys)
    near = read.busy_masks(calendar.base, until, now=now, clinician_ids=keys, buffers=buffers) if buffers else busy
    gone = ones(max(0, unit_of(now, up=True) - calendar.base))
    opened = {("clinician", key): time.open for key, time in calendar.open_time(keys).items()}
    reasons = holiday_names(first, last) | {one.on: one.name for one in own}
    days: list[DayLoad] = []
    for window in calendar.days:
        part = ones(window.end - window.start) << (window.start - calendar.base)
        masks = [(mask & part, busy.get(who, 0), near.get(who, 0) | gone) for who, mask in opened.items()]
        days.append(
            DayLoad(
                window.on,
                sum(time.bit_count() for time, _taken, _shut in masks),
                sum((time & taken).bit_count() for time, taken, _shut in masks),
                sum((time & ~shut).bit_count() for time, _taken, shut in masks),
                reasons.get(window.on, "") or _closure_of(closures, window.on),
            )
        )
    specialties = [(code, name) for code, (_place, name) in sorted(names.items(), key=lambda one: one[1])]
    return MonthLoad(_in_weeks(days), specialties)


def _closure_of(closures: list[Closure], on: date) -> str:
    """The note of a closure of the whole clinic for the whole day."""
    start, end = day_bounds(on)
    return next((one.reason for one in closures if one.starts_at <= start and one.ends_at >= end), "")


def _in_weeks(days: list[DayLoad]) -> list[list[DayLoad | None]]:
    monday = days[0].on - timedelta(days=days[0].on.weekday())
    by_date = {one.on: one for one in days}
    count = -(-((days[-1].on - monday).days + 1) // 7)
    return [[by_date.get(monday + timedelta(days=7 * row + n)) for n in range(7)] for row in range(count)]
