"""Weekly sessions, exceptions and closures -> open time of each clinician, in units of UTC.

Rules are written in the clinic's local time and expanded here, one local date at a time, so that a session keeps its
wall-clock times over both daylight-saving weekends and a local day may last 23 or 25 hours. A wall-clock time that a
clock change skips means the moment that many minutes after the last clock reading before it; one that comes twice
means the first of the two. No clock and no stored rows are read: everything arrives as values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import lcm
from zoneinfo import ZoneInfo

from scheduling.availability.bits import UNIT_SECONDS, lowest, mask_from_intervals, ones, runs, units_from_minutes

MIDNIGHT = time(0)
RELEASE_UNITS = 288  # the reserve is shown to routine booking from 24 hours before it begins


@dataclass(frozen=True, slots=True)
class WeeklySession:
    """A clinician's session that comes back every week, or every n weeks counted from the week of ``valid_from``.

    ``weekday`` 0 is Monday; times are local; ``ends`` at ``time(0)`` is the midnight that closes the day;
    ``valid_until`` is the last date (inclusive), None for ever; the last ``reserve_minutes`` are kept for urgent
    requests. ``visit_type_ids`` are the kinds of visit it is open to, every kind when empty. ``key`` names the row.
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
    visit_type_ids: frozenset[int] = frozenset()
    key: int | None = None


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
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A closed interval in units; of one clinician, room or site, or of the whole clinic when none is named."""

    starts_at: int
    ends_at: int
    clinician_id: int | None = None
    room_id: int | None = None
    site_id: int | None = None
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Buffers:
    """Units kept free (before, after) appointments: of clinicians, and of kinds of visit for whoever has them.

    Between two appointments of one clinician lies at least the greater of what the earlier one wants after it and the
    later one before it. The appointments of one visit keep no buffer among themselves; a buffer may lie outside the
    working time.
    """

    clinicians: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    visit_types: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.clinicians or self.visit_types)

    def around(self, clinician_id: int, taken_type_id: int | None, wanted_type_id: int | None) -> tuple[int, int]:
        """How far a taken time reaches (down, up) for a new appointment of a visit of ``wanted_type_id``."""
        before, after = self.clinicians.get(clinician_id, (0, 0))
        taken_before, taken_after = self.visit_types.get(taken_type_id or 0, (0, 0))
        new_before, new_after = self.visit_types.get(wanted_type_id or 0, (0, 0))
        return max(before, after, taken_before, new_after), max(before, after, taken_after, new_before)

    def of(self, clinician_id: int, visit_type_id: int | None) -> bool:
        """Whether any buffer counts for this clinician in a visit of this kind."""
        return clinician_id in self.clinicians or bool(self.visit_types)

    @property
    def widest(self) -> int:
        """The longest buffer of all."""
        return max(
            (units for pair in (*self.clinicians.values(), *self.visit_types.values()) for units in pair), default=0
        )


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
    """A local interval of one day in units, or None when a clock change leaves nothing of it.

    What is not on the 5-minute grid is rounded inward: nobody is booked before a session begins.
    """
    start = unit_at(day.on, starts, zone)
    if starts.minute % 5 or starts.second or starts.microsecond:
        start += 1
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
    site_id: int | None = None,
    visit_type_id: int | None = None,
) -> dict[int, OpenTime]:
    """Open time of every clinician who has a session or exception (or of those named), relative to ``days[0].start``.

    ``site_id`` leaves out time at other sites, ``visit_type_id`` sessions that are not open to this kind of visit.
    Order: sessions, then time taken away, then time added, then closures, which win over all. Sessions with the same
    pattern are drawn once and shared, which makes 40 clinicians over 12 weeks a matter of a millisecond.
    """
    wanted = None if clinician_ids is None else set(clinician_ids)
    base, length = days[0].start, days[-1].end - days[0].start
    closures = [c for c in closures if c.starts_at < days[-1].end and c.ends_at > base]
    pattern = _Patterns(days, zone)
    layers: dict[int, _Layers] = {}
    for session in sessions:
        if session.visit_type_ids and visit_type_id is not None and visit_type_id not in session.visit_type_ids:
            continue
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
        for place, masks in layer.by_site.items():
            if site_id is not None and place != site_id:
                continue
            key = (clinician_id if clinician_id in own else None, place)
            if key not in shut:
                shut[key] = closed_mask(closures, base=base, length=length, clinician_id=key[0], site_id=place)
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


def sessions_meet(one: WeeklySession, other: WeeklySession) -> bool:
    """Whether two sessions of one clinician ever overlap: on one weekday, at one hour, in the same weeks."""
    if one.clinician_id != other.clinician_id or one.weekday != other.weekday:
        return False
    if _not_before(one.starts, other.ends) or _not_before(other.starts, one.ends):
        return False
    first = max(one.valid_from, other.valid_from)
    last = min(one.valid_until or date.max, other.valid_until or date.max)
    at = first.toordinal() + (one.weekday - first.weekday()) % 7
    dates = range(at, at + 7 * lcm(one.every_n_weeks, other.every_n_weeks), 7)  # then both rhythms begin anew
    return any(day <= last.toordinal() and _has_week(one, day) and _has_week(other, day) for day in dates)


def in_rhythm(session: WeeklySession, on: date) -> date:
    """The date, or the first Monday after it, in a week in which the session takes place."""
    while not _has_week(session, on.toordinal()):
        on += timedelta(days=7 - on.weekday())
    return on


def _has_week(session: WeeklySession, day: int) -> bool:
    return ((day - 1) // 7 - _week(session.valid_from)) % session.every_n_weeks == 0


def _not_before(starts: time, ends: time) -> bool:
    return ends != MIDNIGHT and starts >= ends


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
