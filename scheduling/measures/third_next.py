"""Rows -> third next available of every specialty, kind of visit and complete day: six queries at most.

Eight weeks of claims are read first; the rest of the horizon only when somebody's third slot does not lie in them.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.directory.models import Room
from scheduling.availability import read
from scheduling.availability.bits import ones, unit_of, units_from_minutes
from scheduling.availability.sessions import OpenTime
from scheduling.itineraries.finder import find
from scheduling.itineraries.legs import REMOTE, Leg, Query, rules_for
from scheduling.itineraries.visit_kinds import LegWish, all_legs
from scheduling.measures.access import NTH, Measure, Span, measure, measure_days, slot_starts, wait_of
from scheduling.measures.models import TnaSnapshot
from scheduling.measures.people import Clinic, NamedKind, TakenTime, open_time, taken_time, the_clinic

Kind = TnaSnapshot.Kind

# Coordinated days that are measured: the consults of most patients (domain 1.6, D01 to D03)
COMPLETE_DAYS = {
    "spine": (gettext_lazy("Spine"), ("SPINE_SURG", "RAD_ONC")),
    "limb": (gettext_lazy("Limb or pelvis"), ("ORTHO_ONC", "RAD_ONC")),
    "both": (gettext_lazy("Spine and limb"), ("SPINE_SURG", "ORTHO_ONC", "RAD_ONC")),
}
FIRST_LOOK_DAYS = 56
WHOLE_TYPE = "all"  # a kind of visit whose appointments are all its own


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing; `name` and `kind_name` are words for a page, the codes go into the history."""

    kind: str
    visit_type: str
    what: str
    name: str
    minutes: int
    measure: Measure
    kind_name: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What the history knows it by."""
        return str(self.kind), self.visit_type, self.what


def third_next_available(now: datetime) -> list[Figure]:
    """Everything that is measured, as of `now`: complete days, then specialties, then kinds of visit.

    Only what can be booked from `now` on counts: a moment that is past gives no history, since claims have changed.
    """
    clinic = the_clinic()
    horizons = [kind.brings.horizon_days for kind in clinic.kinds]
    first, last = max((read.booking_days(now, days) for days in [None, *horizons]), key=lambda days: days[1])
    calendar = open_time(clinic, first, last)
    for days in (calendar.days[:FIRST_LOOK_DAYS], calendar.days):
        taken = taken_time(clinic, calendar.part(days), now=now)
        look = _Look(clinic, calendar, taken, len(days), now)
        figures = [*look.complete_days(), *look.specialties(), *look.kinds_of_visit()]
        if len(days) == len(calendar.days) or not any(figure.measure.beyond for figure in figures):
            break
    return figures


@dataclass
class _Look:
    """One measuring: what is there, and the free time worked out from it, each part once."""

    clinic: Clinic
    calendar: read.Calendar
    taken: TakenTime
    days_read: int  # from the first one on: what is taken after them is not known
    now: datetime
    opened: dict[tuple, dict[int, OpenTime]] = field(default_factory=dict)
    busy: dict[int | None, dict[Hashable, int]] = field(default_factory=dict)

    @cached_property
    def roster(self) -> dict[int | None, set[int]]:
        """Who has working time at each site."""
        return self.calendar.people_by_site()

    @cached_property
    def free_rooms(self) -> dict[int, int]:
        """Free time of each room."""
        taken = self.taken.rooms()
        rooms = self.calendar.open_rooms(self.clinic.things.site_of_room)
        return {room: mask & ~taken.get(room, 0) for room, mask in rooms.items()}

    @cached_property
    def some_are_choosy(self) -> bool:
        """Whether any session is open to some kinds of visit only."""
        return any(session.visit_type_ids for session in self.calendar.sessions)

    def span(self, kind: NamedKind | None, *, to_horizon: bool = False) -> Span:
        """The days read in which a kind of visit can be booked, or all up to its horizon or the clinic's."""
        brings = kind.brings if kind else None
        first, last = read.booking_days(self.now, brings.horizon_days if brings else None)
        count = (last - first).days + 1
        days = self.calendar.days[: count if to_horizon else min(count, self.days_read)]
        return Span(days, read.earliest_start(self.now, brings.notice_minutes if brings else None))

    def open_at(self, site: int | None, kind: NamedKind | None) -> dict[int, OpenTime]:
        """Working time of everybody at a site, claims not yet taken away."""
        key = (site, kind.pk if kind and self.some_are_choosy else None)
        if key not in self.opened:
            people = self.clinic.things.all_people
            self.opened[key] = self.calendar.open_time(people, site_id=site, visit_type_id=key[1])
        return self.opened[key]

    def busy_for(self, kind: NamedKind | None) -> dict[Hashable, int]:
        """What is taken of each clinician, seen by a visit of this kind."""
        buffers = self.calendar.buffers
        key = kind.pk if kind and buffers.visit_types else None
        if key not in self.busy:
            self.busy[key] = self.taken.clinicians(buffers, key)
        return self.busy[key]

    def specialties(self) -> Iterator[Figure]:
        """Each specialty at its usual length, whatever the kind of visit."""
        for code, name in self.clinic.specialties.items():
            minutes = self.clinic.things.minutes[code]
            yield Figure(Kind.SPECIALTY, "", code, name, minutes, self._average(code, minutes, None))

    def kinds_of_visit(self) -> Iterator[Figure]:
        """Each kind of visit that is one appointment, with each specialty that may have it."""
        for kind in self.clinic.kinds:
            for code, name in self.clinic.specialties.items():
                legs = all_legs(kind.brings, [(code, None)])
                if len(legs) != 1 or legs[0].code != code or self._is_day(kind):
                    continue
                minutes = legs[0].minutes if legs[0].minutes is not None else self.clinic.things.minutes[code]
                found = self._average(code, minutes, kind, leg=legs[0])
                if found.counted:
                    yield Figure(Kind.VISIT_TYPE, kind.code, code, name, minutes, found, kind.name)

    def complete_days(self) -> Iterator[Figure]:
        """Each kind of visit that is a coordinated day, with each pattern of consults that it takes."""
        for kind in self.clinic.kinds:
            if not self._is_day(kind):
                continue
            patterns = COMPLETE_DAYS if kind.brings.takes_chosen else {WHOLE_TYPE: (_("All appointments"), ())}
            for what, (name, codes) in patterns.items():
                if set(codes) <= set(self.clinic.specialties):
                    legs = all_legs(kind.brings, [(code, None) for code in codes])
                    minutes = sum(self._minutes(leg) for leg in legs)
                    found = self._third_day(kind, legs)
                    yield Figure(Kind.COMPLETE_DAY, kind.code, what, str(name), minutes, found, kind.name)

    @staticmethod
    def _is_day(kind: NamedKind) -> bool:
        """Whether it has appointments of its own beside those chosen, or several of its own."""
        named = [leg for leg in kind.brings.legs if leg.code]
        return len(kind.brings.legs) > 1 or (bool(named) and kind.brings.takes_chosen)

    def _minutes(self, leg: LegWish) -> int:
        return leg.minutes if leg.minutes is not None else self.clinic.things.minutes.get(leg.code, 0)

    def _average(self, code: str, minutes: int, kind: NamedKind | None, *, leg: LegWish | None = None) -> Measure:
        """Mean wait of the clinicians of a specialty who have working time; by video or phone no room is needed."""
        things, span, units = self.clinic.things, self.span(kind), units_from_minutes(minutes)
        busy = self.busy_for(kind)
        bookable = ones(self.span(kind, to_horizon=True).length)
        starts: dict[int, int] = {}  # of those who work
        is_remote = leg is not None and leg.mode in REMOTE
        kinds = [] if is_remote else [Room.Kind.STAY]
        if leg is not None and leg.room_kind:
            kinds.append(leg.room_kind)
        for site in [None] if is_remote else self.roster:
            rooms = [[self.free_rooms[room] for room in things.rooms.get((one, site), ())] for one in kinds]
            together = slot_starts(-1, units, span, together=rooms)
            opened = self.open_at(site, kind)
            for one in things.people(code, site, self.roster):
                time = opened[one]
                if time.open & bookable:
                    found = slot_starts(_free(time, busy.get(one, 0)), units, span) & together
                    starts[one] = starts.get(one, 0) | found
        return measure([wait_of(found, units, span) for found in starts.values()], span.last_wait)

    def _third_day(self, kind: NamedKind, legs: Sequence[LegWish]) -> Measure:
        """Wait to the third day on which all appointments fit, at whichever site."""
        span, days = self.span(kind), set[date]()
        is_remote = bool(legs) and all(leg.mode in REMOTE for leg in legs)
        for site in [None] if is_remote else self.clinic.things.sites:
            days |= {one.day for one in find(self._query(kind, legs, site, span), NTH)}
        return measure_days(days, span)

    def _query(self, kind: NamedKind, legs: Sequence[LegWish], site: int | None, span: Span) -> Query:
        things, busy, opened = self.clinic.things, self.busy_for(kind), self.open_at(site, kind)
        here = {room for room, own in things.site_of_room.items() if own == site}
        stays = things.rooms.get((Room.Kind.STAY, site), [])
        notice = read.notice_units(kind.brings.notice_minutes)
        remote = {leg.key for leg in legs if leg.mode in REMOTE}
        anywhere = self.open_at(None, kind) if remote else {}
        return Query(
            legs=tuple(
                Leg(
                    key=leg.key,
                    specialty=leg.code,
                    units=max(1, units_from_minutes(self._minutes(leg))),
                    clinician_ids=tuple(things.people(leg.code, None if leg.key in remote else site, self.roster)),
                    stage=leg.stage,
                    extra_room_ids=tuple(things.rooms.get((leg.room_kind, site), ())) if leg.room_kind else None,
                    is_physician=leg.code in things.physicians,
                    mode=leg.mode,
                )
                for leg in legs
            ),
            days=span.days,
            base=span.base,
            zone=self.calendar.zone,
            now=unit_of(self.now, up=True),
            clinicians={one: _free(time, busy.get(one, 0)) for one, time in opened.items()},
            anywhere={one: _free(time, busy.get(one, 0)) for one, time in anywhere.items()},
            rooms=None if len(remote) == len(legs) else {room: self.free_rooms[room] for room in stays},
            extra_rooms={room: self.free_rooms[room] for room in here.difference(stays)},
            rules=rules_for(False, kind.brings.limits),
            notice_units=notice,
        )


def _free(time: OpenTime, busy: int) -> int:
    """Neither taken nor kept for urgent requests."""
    return time.open & ~time.reserve & ~busy


def days_ahead(now: datetime) -> int:
    """The horizon that the clinic has set, in calendar days."""
    first, last = read.booking_days(now)
    return (last - first) // timedelta(days=1)
