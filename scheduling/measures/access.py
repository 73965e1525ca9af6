"""Third next available (domain 8): how many calendar days to the third open slot. Pure: masks and dates in, days out.

The definition, word by word:

*Slot*: a start on the booking grid from which a clinician is free for the whole length, together with a patient room
(and the extra room that the appointment needs) at the same site. Two slots of one clinician never overlap: the next
one begins at or after the end of the one before.
*Open and bookable*: inside working time, not taken or held, not closer than the notice, not past the horizon.
*Held-urgent excluded*: the reserve of a session never counts, released or not.
*Calendar days*: from the local date of measuring to the local date of the third slot; the same day is 0; weekends and
days off count.
*Average over clinicians*: of those who have working time before the horizon. Whoever has working time but no third
slot counts with the days to the horizon, and the figure then means "at least".
*Complete day*: one coordinated day counts as one slot, so the third day on which all appointments fit.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.availability.bits import grid, lowest, ones, starts
from scheduling.availability.sessions import DayWindow

NTH = 3
GRID_STEP = 3  # units: starts lie on the 15-minute grid
MEASURED_ON, MEASURED_AT = 0, time(9)  # Monday 09:00, clinic time


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which a slot may lie, in units: masks begin at `base`; `days` follow one another without a hole."""

    days: Sequence[DayWindow]
    earliest: int  # first unit at which a visit may begin, absolute

    @property
    def base(self) -> int:
        """The unit of the first local midnight."""
        return self.days[0].start

    @property
    def length(self) -> int:
        """Units from the first midnight to the last."""
        return self.days[-1].end - self.base

    @property
    def last_wait(self) -> int:
        """Calendar days from the first day to the last."""
        return (self.days[-1].on - self.days[0].on).days

    def wait_to(self, at: int) -> int:
        """Calendar days from the first day to the one that holds a unit, given relative to `base`."""
        place = bisect_right([day.start for day in self.days], self.base + at) - 1
        return (self.days[place].on - self.days[0].on).days


@dataclass(frozen=True, slots=True)
class Measure:
    """Waits of one group in whole numbers, so that nothing is lost by rounding before it is shown.

    `counted` clinicians (or one, for complete days) wait `total_days` together; `beyond` of them have no third slot
    before the horizon and count with the days to it; `least` and `most` are the shortest and the longest wait.
    """

    counted: int
    total_days: int
    beyond: int
    least: int | None = None
    most: int | None = None

    @property
    def average(self) -> float | None:
        """Mean number of calendar days; None when nobody has working time."""
        return self.total_days / self.counted if self.counted else None

    @property
    def is_at_least(self) -> bool:
        """Whether somebody's third slot lies past the horizon."""
        return self.beyond > 0


def slot_starts(free: int, units: int, span: Span, *, together: Sequence[Sequence[int]] = ()) -> int:
    """The starts of slots of `units`, relative to the span's base.

    `free` is one clinician's free time; of each group of `together` (patient rooms, extra rooms) one must be free for
    the whole length.
    """
    whole = ones(span.length)
    found = starts(free & whole, units) & grid(span.length, GRID_STEP, -span.base % GRID_STEP)
    past = max(0, span.earliest - span.base)
    found = (found >> past) << past
    for group in together:
        fits = 0
        for mask in group:
            fits |= starts(mask & whole, units)
        found &= fits
    return found


def nth_slot(found: int, units: int, nth: int = NTH) -> int | None:
    """The start of the nth slot when each begins at or after the end of the one before; None when there are fewer."""
    at = 0
    for _ in range(nth):
        rest = found >> at
        if not rest:
            return None
        at += lowest(rest) + units
    return at - units


def wait_of(found: int, units: int, span: Span) -> int | None:
    """Calendar days to the third slot among `found` starts, None when there is none before the horizon."""
    at = nth_slot(found, units)
    return None if at is None else span.wait_to(at)


def measure(waits: Iterable[int | None], last_wait: int) -> Measure:
    """The measure of clinicians who wait so many days each; None counts as `last_wait`, the days to the horizon."""
    waits = list(waits)
    filled = [last_wait if wait is None else wait for wait in waits]
    return Measure(
        counted=len(filled),
        total_days=sum(filled),
        beyond=sum(wait is None for wait in waits),
        least=min(filled, default=None),
        most=max(filled, default=None),
    )


def measure_days(days: Iterable[date], span: Span) -> Measure:
    """The measure of complete days: the wait to the third date on which all appointments of a day fit."""
    found = sorted(set(days))
    wait = (found[NTH - 1] - span.days[0].on).days if len(found) >= NTH else None
    return measure([wait], span.last_wait)


def last_measuring(moment: datetime, zone: ZoneInfo) -> datetime:
    """The latest Monday 09:00 of the clinic that is not after a moment."""
    local = moment.astimezone(zone)
    monday = local.date() - timedelta(days=(local.weekday() - MEASURED_ON) % 7)
    at = datetime.combine(monday, MEASURED_AT, tzinfo=zone)
    return at if at <= moment else datetime.combine(monday - timedelta(days=7), MEASURED_AT, tzinfo=zone)


def next_measuring(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first Monday 09:00 of the clinic after a moment."""
    last = last_measuring(moment, zone)
    return datetime.combine(last.date() + timedelta(days=7), MEASURED_AT, tzinfo=zone)
