"""Weekly sessions, exceptions and closures -> open time of each clinician, in units of UTC.

Rules are written in the clinic's local time and expanded here, one local date at a time, so that a session keeps its
wall-clock times over both daylight-saving weekends and a local day may last 23 or 25 hours. A wall-clock time that a
clock change skips means the moment that many minutes after the last clock reading before it; one that comes twice
means the first of the two. No clock and no stored rows are read: everything arrives as values.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduling.availability.bits import UNIT_SECONDS, lowest, mask_from_intervals, ones, runs, units_from_minutes

MIDNIGHT = time(0)
RELEASE_UNITS = 288  # the reserve is shown to routine booking from 24 hours before it begins


@dataclass(frozen=True, slots=True)
class WeeklySession:
    """A clinician's session that comes back every week, or every n weeks counted from the week of ``valid_from``.

    ``weekday`` 0 is Monday; times are local; ``ends`` at ``time(0)`` is the midnight that closes the day;
    ``valid_until`` is the last date (inclusive), None for ever; the last ``reserve_minutes`` are kept for urgent
    requests.
    """

    clinician_id: int
    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date | None = None
    every_n_weeks: int = 1
    reserve_minutes: int = 30
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class SessionException:
    """Time added to, or taken from, one clinician on one local date; taking without times takes the whole day."""

    clinician_id: int
    on: date
    adds: bool
    starts: time | None = None
    ends: time | None = None
    reserve_minutes: int = 0
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A closed interval in units; of one clinician, room or site, or of the whole clinic when none is named."""

    starts_at: int
    ends_at: int
    clinician_id: int | None = None
    room_id: int | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class DayWindow:
    """One local day as units: 276, 288 or 300 of them where clocks change by an hour."""

    on: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OpenTime:
    """Masks of one clinician: open time, the reserved part of it, and where each reserved part begins."""

    open: int
    reserve: int
    reserve_starts: int


@lru_cache(maxsize=4096)
def unit_at(on: date, at: time, zone: ZoneInfo) -> int:
    """The unit of a local wall-clock time; see the module text for times that are skipped or come twice."""
    return int(datetime.combine(on, at, zone).timestamp()) // UNIT_SECONDS


@lru_cache(maxsize=64)
def day_windows(first: date, last: date, zone: ZoneInfo) -> tuple[DayWindow, ...]:
    """The local days from ``first`` to ``last``, both included."""
    count = (last - first).days + 1
    marks = [unit_at(first + timedelta(days=n), MIDNIGHT, zone) for n in range(count + 1)]
    return tuple(DayWindow(first + timedelta(days=n), marks[n], marks[n + 1]) for n in range(count))


def interval_on(day: DayWindow, starts: time, ends: time, zone: ZoneInfo) -> tuple[int, int] | None:
    """A local interval of one day in units, or None when a clock change leaves nothing of it."""
    start = unit_at(day.on, starts, zone)
    end = day.end if ends == MIDNIGHT else unit_at(day.on, ends, zone)
    return (start, end) if start < end else None


def open_time(
    sessions: Iterable[WeeklySession],
    exceptions: Iterable[SessionException] = (),
    closures: Iterable[Closure] = (),
    *,
    days: Sequence[DayWindow],
    zone: ZoneInfo,
    clinician_ids: Iterable[int] | None = None,
) -> dict[int, OpenTime]:
    """Open time of every clinician who has a session or exception (or of those named), relative to ``days[0].start``.

    Order: sessions, then time taken away, then time added, then closures, which win over all. Sessions with the same
    pattern are drawn once and shared, which makes 40 clinicians over 12 weeks a matter of a millisecond.
    """
    wanted = None if clinician_ids is None else set(clinician_ids)
    base, length = days[0].start, days[-1].end - days[0].start
    closures = [c for c in closures if c.starts_at < days[-1].end and c.ends_at > base]
    pattern = _Patterns(days, zone)
    layers: dict[int, _Layers] = {}
    for session in sessions:
        if wanted is None or session.clinician_id in wanted:
            layer = layers.setdefault(session.clinician_id, _Layers())
            layer.add(pattern.of(session), session.site_id)
    for exception in sorted(exceptions, key=lambda e: e.adds):
        if (wanted is None or exception.clinician_id in wanted) and days[0].on <= exception.on <= days[-1].on:
            layer = layers.setdefault(exception.clinician_id, _Layers())
            layer.change(exception, pattern.days_by_date[exception.on], base, zone)
    for clinician_id in wanted or ():
        layers.setdefault(clinician_id, _Layers())
    shut: dict[tuple[int | None, int | None], int] = {}
    own = {c.clinician_id for c in closures}
    opened = {}
    for clinician_id, layer in layers.items():
        site_masks = []
        for site_id, masks in layer.by_site.items():
            key = (clinician_id if clinician_id in own else None, site_id)
            if key not in shut:
                shut[key] = closed_mask(closures, base=base, length=length, clinician_id=key[0], site_id=site_id)
            site_masks.append([mask & ~shut[key] for mask in masks])
        opened[clinician_id] = _merge(site_masks)
    return opened


def open_intervals(
    sessions: Iterable[WeeklySession],
    exceptions: Iterable[SessionException] = (),
    closures: Iterable[Closure] = (),
    *,
    days: Sequence[DayWindow],
    zone: ZoneInfo,
    clinician_ids: Iterable[int] | None = None,
) -> dict[int, list[tuple[int, int]]]:
    """The same as ``open_time``, as (start, end) pairs in absolute units; sessions that touch become one pair."""
    found = open_time(sessions, exceptions, closures, days=days, zone=zone, clinician_ids=clinician_ids)
    return {key: _absolute(value.open, days[0].start) for key, value in found.items()}


def reserve_intervals(
    sessions: Iterable[WeeklySession],
    exceptions: Iterable[SessionException] = (),
    closures: Iterable[Closure] = (),
    *,
    days: Sequence[DayWindow],
    zone: ZoneInfo,
    clinician_ids: Iterable[int] | None = None,
) -> dict[int, list[tuple[int, int]]]:
    """The reserved parts of the open time, as (start, end) pairs in absolute units."""
    found = open_time(sessions, exceptions, closures, days=days, zone=zone, clinician_ids=clinician_ids)
    return {key: _absolute(value.reserve, days[0].start) for key, value in found.items()}


def routine_open(time: OpenTime, *, now: int, base: int, release_units: int = RELEASE_UNITS) -> int:
    """What routine booking may see: open time without the reserved parts that begin more than 24 hours after ``now``.

    A part that has begun to be visible is visible whole: the moment of its start decides for all of it.
    """
    limit = now + release_units - base
    if limit < 0:
        return time.open & ~time.reserve
    begins = (time.reserve_starts | (time.reserve & ~(time.reserve << 1))) & time.reserve
    hidden = (time.reserve >> (limit + 1)) << (limit + 1)
    if hidden >> (limit + 1) & 1 and not begins >> (limit + 1) & 1:  # a part released already runs over the limit
        stop = lowest((~time.reserve | begins) >> (limit + 1)) + limit + 1
        hidden = (hidden >> stop) << stop
    return time.open & ~hidden


def closed_mask(
    closures: Iterable[Closure],
    *,
    base: int,
    length: int,
    clinician_id: int | None = None,
    room_id: int | None = None,
    site_id: int | None = None,
) -> int:
    """The closed time of one clinician or room at one site: its own closures, the site's and the whole clinic's."""
    touching = []
    for closure in closures:
        named = (closure.clinician_id, closure.room_id, closure.site_id)
        for name, mine in zip(named, (clinician_id, room_id, site_id), strict=True):
            if name is not None and name != mine:
                break
        else:
            touching.append((closure.starts_at, closure.ends_at))
    return mask_from_intervals(touching, base, length) if touching else 0


def is_open(time: OpenTime, start: int, end: int, *, base: int, routine: bool, now: int) -> bool:
    """Whether all units from ``start`` to ``end`` (absolute) are open; a routine request sees no unreleased reserve."""
    if start < base or end <= start:
        return False
    visible = routine_open(time, now=now, base=base) if routine else time.open
    wanted = ones(end - start) << (start - base)
    return visible & wanted == wanted


class _Patterns:
    """Masks of weekly patterns over the window, each drawn once: a clinic has few distinct session times."""

    def __init__(self, days: Sequence[DayWindow], zone: ZoneInfo):
        self.days, self.zone, self.base = days, zone, days[0].start
        self.days_by_date = {day.on: day for day in days}
        self.drawn: dict[tuple[object, ...], tuple[int, int, int]] = {}

    def of(self, session: WeeklySession) -> tuple[int, int, int]:
        """Open, reserve and reserve-start masks of one session."""
        first = max(session.valid_from, self.days[0].on)
        last = min(session.valid_until or self.days[-1].on, self.days[-1].on)
        every = session.every_n_weeks
        phase = _week(session.valid_from) % every
        key = (session.weekday, session.starts, session.ends, session.reserve_minutes, first, last, every, phase)
        if key not in self.drawn:
            chosen = [
                day
                for day in self.days
                if first <= day.on <= last and day.on.weekday() == session.weekday and _week(day.on) % every == phase
            ]
            pairs = [interval_on(day, session.starts, session.ends, self.zone) for day in chosen]
            self.drawn[key] = _draw([p for p in pairs if p], session.reserve_minutes, self.base)
        return self.drawn[key]


class _Layers:
    """The masks of one clinician while they are put together: site -> [open, reserve, reserve starts]."""

    def __init__(self) -> None:
        self.by_site: dict[int | None, list[int]] = {}

    def add(self, masks: tuple[int, int, int], site_id: int | None) -> None:
        """Put one pattern on top."""
        held = self.by_site.setdefault(site_id, [0, 0, 0])
        for index in range(3):
            held[index] |= masks[index]

    def change(self, exception: SessionException, day: DayWindow, base: int, zone: ZoneInfo) -> None:
        """Add or take the time of one exception; time taken without a site is taken at every site."""
        starts, ends = exception.starts or MIDNIGHT, exception.ends or MIDNIGHT
        pair = interval_on(day, starts, ends, zone)
        if pair is None:
            return
        if exception.adds:
            self.add(_draw([pair], exception.reserve_minutes, base), exception.site_id)
            return
        keep = ~(ones(pair[1] - pair[0]) << (pair[0] - base))
        for site_id, held in self.by_site.items():
            if exception.site_id is None or exception.site_id == site_id:
                held[:] = [mask & keep for mask in held]


def _draw(pairs: list[tuple[int, int]], reserve_minutes: int, base: int) -> tuple[int, int, int]:
    """Open, reserve and reserve-start masks of (start, end) pairs, each at most a day long."""
    opened = reserved = begins = 0
    reserve_units = units_from_minutes(reserve_minutes)
    for start, end in pairs:
        opened |= ones(end - start) << (start - base)
        kept = min(reserve_units, end - start)
        if kept > 0:
            reserved |= ones(kept) << (end - kept - base)
            begins |= 1 << (end - kept - base)
    return opened, reserved, begins


def _merge(site_masks: list[list[int]]) -> OpenTime:
    opened = reserved = begins = 0
    for site_open, site_reserve, site_begins in site_masks:
        opened |= site_open
        reserved |= site_reserve
        begins |= site_begins
    return OpenTime(opened, reserved, begins)


def _absolute(mask: int, base: int) -> list[tuple[int, int]]:
    return [(start + base, end + base) for start, end in runs(mask)]


def _week(on: date) -> int:
    """A running number of the week, Monday first."""
    return (on.toordinal() - 1) // 7
