"""Facts of a day -> the columns of the grid and the lines of the list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import time

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.directory.models import Clinician, Room
from clinic.platform.words import clock, short_day
from scheduling.availability.bits import datetime_of, mask_from_intervals, ones, runs, unit_of
from scheduling.availability.models import Closure
from scheduling.availability.sessions import unit_at
from scheduling.calendar.blocks import (
    FREE,
    KEPT,
    Block,
    May,
    apart_block,
    busy_block,
    closed_block,
    free_block,
    leg_block,
    over_block,
    stay_block,
)
from scheduling.calendar.filters import Filters
from scheduling.calendar.grid import HOUR, ROW, USUAL_HOURS, Placed, Span, Window, apart, by_the_hour, place, window
from scheduling.calendar.read import Facts
from scheduling.itineraries.interpreters import INTERPRETER
from scheduling.visits.models import Appointment, Claim

NOON = time(12)
MORE_THAN_A_BLINK = ROW  # units: shorter free time is not offered


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nobody can be booked from one unit to another, in words."""

    start: int
    end: int
    words: str


@dataclass(slots=True)
class Column:
    """One clinician, room or date: what takes time (`solids`), the ground behind it, and the grid's places."""

    key: str
    name: str
    note: str
    url: str = ""
    warning: str = ""
    base: int = 0
    end: int = 0
    person: int | None = None
    day: str = ""  # the date, where columns are dates
    solids: list[Block] = field(default_factory=list)
    ground: list[Block] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    drawn_from: int = 0
    rows: int = 0
    is_empty: bool = False
    only_visits: bool = False  # of the list: the filters look for some visits

    @property
    def lines(self) -> list[Block]:
        """For the list: everything in order of time; time without work only where there is nothing else."""
        shown = [one for one in (*self.solids, *self.ground) if one.is_listed]
        return sorted(shown or self.ground, key=lambda one: (one.start, one.end))

    @property
    def listed(self) -> list[Block]:
        """The lines, or only the visits looked for."""
        return [one for one in self.lines if one.is_visit and not one.is_pale] if self.only_visits else self.lines

    @property
    def is_on_paper(self) -> bool:
        """Whether the printed list has anything of it."""
        return any(one.is_on_paper for one in self.listed)

    @property
    def why_away(self) -> str:
        """Why somebody does not work on the day, if there is a reason of that day."""
        return next((one.text for one in self.ground if one.is_listed), "")

    @property
    def spans(self) -> list[tuple[int, int]]:
        """What the window must show: everything, of closed time what has a reason and lies in the usual hours."""
        inside = [(one.start, one.end) for one in (*self.solids, *self.ground) if one.kind != "closed"]
        first, last = (self.base + hour * HOUR for hour in USUAL_HOURS)
        shut = [(max(one.start, first), min(one.end, last)) for one in self.ground if one.style == "told"]
        return inside + [span for span in shut if span[0] < span[1]]


def draw(columns: list[Column], shown: Window | None = None) -> list[str]:
    """Put everything in its place; the words of the hours beside the grid. Columns are of one day unless `shown`."""
    if not columns:
        return []
    base, end = columns[0].base, columns[0].end
    shown = shown or window((span for one in columns for span in one.spans), base, end)
    for one in columns:
        _place(one, replace(shown, first=shown.first - base + one.base, last=shown.last - base + one.base))
    return [clock(datetime_of(unit)) for unit in range(shown.first, shown.last, HOUR)]


def _place(column: Column, shown: Window) -> None:
    ground = []
    for one in column.ground:
        pieces = by_the_hour(one.start, one.end, column.base) if one.kind in (FREE, KEPT) else [(one.start, one.end)]
        ground += [Span(start, end, _piece(one, start, end)) for start, end in pieces]
    solids = [Span(one.start, one.end, one) for one in column.solids]
    column.placed = place(solids, ground, shown)
    column.drawn_from, column.rows = shown.first, shown.rows


def _piece(one: Block, start: int, end: int) -> Block:
    if (one.start, one.end) == (start, end) or one.again is None:
        return replace(one, start=start, end=end)
    return one.again(start, end)


# By clinician


def people_columns(facts: Facts, may: May, filters: Filters) -> tuple[list[Column], list[Column]]:
    """The clinicians of one day whom the filters take: those who work or have something, and the others."""
    (shown,) = facts.calendar.days
    legs = _by(facts.legs, lambda leg: leg.clinician_id)
    columns, others = [], []
    for person in facts.people:
        if filters.specialty not in ("", person.specialty.code) or filters.clinician not in (None, person.pk):
            continue
        if filters.site is not None and not facts.works_at(person.pk, filters.site):
            continue
        own = legs.get(person.pk, [])
        if filters.by_leg and not any(leg.is_open and filters.takes(leg) for leg in own):
            continue
        column = person_column(facts, person, own, shown, may, filters)
        column.url = reverse("staff-calendar:week", args=[person.pk, shown.on.isoformat()])
        column.only_visits = filters.by_leg
        if column.solids or not column.is_empty or filters.clinician == person.pk:
            columns.append(column)
        elif column.person is not None:
            others.append(column)
    return columns, others


def person_column(
    facts: Facts, person: Clinician, legs: list[Appointment], shown, may: May, filters: Filters
) -> Column:
    """One day of one clinician."""
    column = Column(f"c{person.pk}", person.name, person.specialty.name, base=shown.start, end=shown.end)
    column.person = person.pk if person.specialty.is_leg else None
    if not person.is_active:
        column.warning = _("No longer sees patients")
    column.solids = [leg_block(leg, facts, may, filters) for leg in legs]
    if person.specialty.code == INTERPRETER:
        visits = _by((leg for leg in facts.legs if leg.visit.interpreter_id == person.pk), lambda leg: leg.visit_id)
        column.solids += [stay_block(found, facts, may, filters) for found in visits.values()]
    column.solids += _busy((one for one in facts.busy if one.clinician_id == person.pk), shown)
    column.solids = [one for one in column.solids if one.start < shown.end and one.end > shown.start]
    opened, routine = (_cut(facts, mask, shown) for mask in facts.open_masks(person.pk))
    column.is_empty = not opened
    left = opened & ~_mask(column.solids, shown)
    gone = ones(max(0, unit_of(facts.now, up=True) - shown.start))
    apart = _beside(facts, person, legs, shown) & left & ~gone
    column.ground = [over_block(*span) for span in _spans(left & gone, shown)]
    column.ground += [apart_block(*span) for span in _spans(apart, shown)]
    left &= ~gone & ~apart
    for mask, kept in ((left & routine, False), (left & ~routine, True)):
        column.ground += [
            free_block(start, end, person, may, kept=kept)
            for start, end in _spans(mask, shown)
            if end - start >= MORE_THAN_A_BLINK
        ]
    otherwise = _("Not working") if person.is_active else _("No longer sees patients")
    shut = ones(shown.end - shown.start) & ~opened
    column.ground += _closed(facts, shut, _reasons_of(facts, person, shown), shown, otherwise)
    return column


def _beside(facts: Facts, person: Clinician, legs: Iterable[Appointment], shown) -> int:
    """The time around what a clinician has that any new appointment must leave free."""
    buffers = facts.calendar.buffers
    if not buffers:
        return 0
    taken = [(unit_of(one.starts_at), unit_of(one.ends_at, up=True), one.visit.visit_type_id) for one in legs]
    taken += [(*span, None) for span in _intervals(one for one in facts.busy if one.clinician_id == person.pk)]
    wide = []
    for start, end, kind in taken:
        down, up = buffers.around(person.pk, kind, None)
        wide.append((start - down, end + up))
    return mask_from_intervals(wide, shown.start, shown.end - shown.start)


def _reasons_of(facts: Facts, person: Clinician, shown) -> list[Reason]:
    """Why a clinician is away: closures of their own, of where they work, of the clinic; time taken off by hand."""
    sites = {person.site_id, *(site for site, who in facts.calendar.people_by_site().items() if person.pk in who)}
    found = [
        Reason(*span, (_("Away: %(reason)s") if one.clinician_id else _("Closed: %(reason)s")) % {"reason": one.reason})
        for one in facts.closures
        if one.room_id is None and one.clinician_id in (None, person.pk) and one.site_id in (None, *sites)
        for span in _intervals([one])
    ]
    for one in facts.days_off:
        if (one.clinician_id, one.on) == (person.pk, shown.on):
            start, end = (unit_at(one.on, at, facts.calendar.zone) for at in (one.starts, one.ends))
            found.append(Reason(start, end, _("Away: %(reason)s") % {"reason": one.reason}))
    return found


# By room


def room_columns(facts: Facts, may: May, filters: Filters) -> list[Column]:
    """The rooms in use with the visits in them, then those by video or phone; whom the filters take."""
    (shown,) = facts.calendar.days
    stays = _by((leg for leg in facts.legs if leg.visit.room_id is not None), lambda leg: leg.visit_id)
    in_room = _by(stays.values(), lambda legs: legs[0].visit.room_id)
    own = _by((leg for leg in facts.legs if leg.room_id is not None), lambda leg: leg.room_id)
    columns = []
    for room in facts.rooms:
        solids = [stay_block(legs, facts, may, filters) for legs in in_room.get(room.pk, ())]
        solids += [leg_block(leg, facts, may, filters, in_room=True) for leg in own.get(room.pk, ())]
        solids += _busy((one for one in facts.busy if one.room_id == room.pk), shown)
        is_wanted = filters.site in (None, room.site_id) and filters.room in (None, room.pk)
        if not is_wanted or not (solids or (room.is_active and room.site.is_active)):
            continue
        if filters.kind is not None and all(one.is_pale for one in solids):
            continue
        columns.append(_room_column(facts, room, solids, shown))
        columns[-1].only_visits = filters.by_leg
    if filters.room is None:
        columns += _away_columns(facts, may, filters, shown)
    return columns


def _room_column(facts: Facts, room: Room, solids: list[Block], shown) -> Column:
    column = Column(f"r{room.pk}", room.name, room.site.name, base=shown.start, end=shown.end, solids=solids)
    if not room.is_active:
        column.warning = _("No longer in use")
    reasons = [
        Reason(*span, _("Closed: %(reason)s") % {"reason": one.reason})
        for one in facts.closures
        if one.clinician_id is None and (one.room_id == room.pk or (one.room_id is None and _is_of(one, room)))
        for span in _intervals([one])
    ]
    closed = _reason_mask(reasons, shown)
    if facts.holidays.get(shown.on):
        closed = ones(shown.end - shown.start)
    column.ground = _closed(facts, closed, reasons, shown, _("Closed"))
    return column


def _is_of(closure: Closure, room: Room) -> bool:
    return closure.site_id in (None, room.site_id)


def _away_columns(facts: Facts, may: May, filters: Filters, shown) -> list[Column]:
    """Appointments by video or phone, in as many columns as they overlap."""
    away = [leg for leg in facts.legs if leg.mode != Appointment.Mode.IN_PERSON]
    if filters.kind is not None:
        away = [leg for leg in away if filters.takes(leg)]
    blocks = [
        leg_block(leg, facts, may, filters, in_room=True) for leg in away if filters.site in (None, leg.visit.site_id)
    ]
    columns = []
    for number, spans in enumerate(apart(Span(one.start, one.end, one) for one in blocks), start=1):
        name = _("Video or phone") if number == 1 else _("Video or phone %(n)s") % {"n": number}
        solids = [span.what for span in spans]
        columns.append(
            Column(f"v{number}", name, _("Not at the clinic"), base=shown.start, end=shown.end, solids=solids)
        )
    return columns


# By date


def week_columns(facts: Facts, person: Clinician, may: May) -> tuple[list[Column], Window]:
    """Monday to Friday of one clinician, and the days of the weekend on which there is something."""
    columns = []
    for shown in facts.calendar.days:
        legs = [leg for leg in facts.legs if leg.clinician_id == person.pk and _is_on(leg, shown)]
        column = person_column(facts, person, legs, shown, may, Filters())
        column.key, column.name, column.note = f"d{shown.on:%m%d}", short_day(shown.on), facts.why_closed(shown.on)
        column.base = unit_at(shown.on, NOON, facts.calendar.zone) - 12 * HOUR  # the hours stand in line after a change
        column.end = column.base + 24 * HOUR
        column.day = shown.on.isoformat()
        column.url = reverse("staff-calendar:day", args=[column.day])
        if column.solids or not column.is_empty or shown.on.weekday() < 5:
            columns.append(column)
    inside = [(start - one.base, end - one.base) for one in columns for start, end in one.spans]
    found = window(inside, 0, 24 * HOUR)
    base = columns[0].base
    return columns, Window(found.first + base, found.last + base)


def _is_on(leg: Appointment, shown) -> bool:
    return unit_of(leg.starts_at) < shown.end and unit_of(leg.ends_at, up=True) > shown.start


# Time


def _cut(facts: Facts, mask: int, shown) -> int:
    return (mask >> (shown.start - facts.calendar.base)) & ones(shown.end - shown.start)


def _mask(blocks: Iterable[Block], shown) -> int:
    return mask_from_intervals([(one.start, one.end) for one in blocks], shown.start, shown.end - shown.start)


def _spans(mask: int, shown) -> list[tuple[int, int]]:
    return [(start + shown.start, end + shown.start) for start, end in runs(mask)]


def _busy(claims: Iterable[Claim], shown) -> list[Block]:
    """Time taken elsewhere; pieces that follow one another are one."""
    mask = mask_from_intervals(_intervals(claims), shown.start, shown.end - shown.start)
    return [busy_block(*span) for span in _spans(mask, shown)]


def _intervals(closures: Iterable[Closure | Claim]) -> list[tuple[int, int]]:
    return [(unit_of(one.starts_at), unit_of(one.ends_at, up=True)) for one in closures]


def _reason_mask(reasons: Iterable[Reason], shown) -> int:
    return mask_from_intervals([(one.start, one.end) for one in reasons], shown.start, shown.end - shown.start)


def _closed(facts: Facts, mask: int, reasons: Iterable[Reason], shown, otherwise: str) -> list[Block]:
    """Closed time with why: the holiday, one of the reasons, or `otherwise`."""
    name = facts.holidays.get(shown.on)
    if name:
        reason = _("Closed: %(reason)s") % {"reason": name}
        return [closed_block(start, end, reason, is_told=True) for start, end in _spans(mask, shown)]
    found = []
    for one in reasons:
        part = mask & _reason_mask([one], shown)
        found += [closed_block(start, end, one.words, is_told=True) for start, end in _spans(part, shown)]
        mask &= ~part
    return found + [closed_block(start, end, otherwise) for start, end in _spans(mask, shown)]


def _by(things: Iterable, key: Callable) -> dict:
    found: dict = {}
    for one in things:
        found.setdefault(key(one), []).append(one)
    return found
