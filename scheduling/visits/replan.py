"""A booked visit looked at in order to change it: as it is, what it would be, and whether that keeps the rules.

Reads only, five queries whatever the rows. The rules are those of a new booking; the visit's own time does not stand in
its way. A rule that the visit breaks already (somebody fell ill, a room was closed) does not forbid to change the rest
of it: a change may not break anything that it touches, nor anything more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.platform.refusals import Refused
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, ones, unit_of
from scheduling.availability.changes import PlannedLeg, PlannedVisit
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find
from scheduling.itineraries.interpreters import language_needed
from scheduling.itineraries.legs import Itinerary, Leg, PlacedLeg, Query, Wishes
from scheduling.itineraries.planned import question_of
from scheduling.itineraries.resources import Resources, resources
from scheduling.itineraries.visit_kinds import KindOfVisit, kind_of_visit
from scheduling.visits.change_rows import snapshot
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.states import APPOINTMENT_CLAIMS_TIME

CHANGEABLE = frozenset({Visit.State.BOOKED, Visit.State.CHECKED_IN, Visit.State.IN_VISIT})


@dataclass(slots=True)
class Replan:
    """A visit with its legs, and the question that tells what could become of it."""

    visit: Visit
    legs: list[Appointment]
    query: Query
    planned: Itinerary
    things: Resources
    calendar: read.Calendar
    kind: KindOfVisit
    now: datetime
    before: dict  # its snapshot
    known: frozenset[str]  # rules that it breaks as planned

    @property
    def live(self) -> list[Appointment]:
        """The legs that take time, in order of time: those of the question."""
        return live_legs(self.legs)

    @property
    def keys(self) -> dict:
        """The key of each live leg in the question."""
        return {leg.pk: placed.key for leg, placed in zip(self.live, self.planned.legs, strict=True)}

    def placed(self, leg: Appointment) -> PlacedLeg:
        """The leg as it stands in the question."""
        return next(one for one in self.planned.legs if one.key == self.keys[leg.pk])

    def with_leg(self, leg: Appointment, *, start: int | None = None, clinician_id: int | None = None) -> Itinerary:
        """The day with this leg at another time, with somebody else, or both; its own room if it has one is found."""
        old = self.placed(leg)
        start = old.start if start is None else start
        end = start + old.end - old.start
        moved = replace(old, start=start, end=end, clinician_id=clinician_id or old.clinician_id)
        wanted = next(one for one in self.query.legs if one.key == old.key)
        if old.room_id is not None and not self._is_open(self.query.extra_rooms.get(old.room_id, 0), start, end):
            others = (
                one for one in wanted.extra_room_ids or () if self._is_open(self.query.extra_rooms[one], start, end)
            )
            moved = replace(moved, room_id=next(others, old.room_id))
        return ordered(self.planned, [moved if one is old else one for one in self.planned.legs])

    def without(self, leg: Appointment) -> Itinerary | None:
        """The day without this leg: the others stay, or move together around its place; None when neither will do.

        The first start stays; if the leg was the first, the next one may begin anywhere from its start to its own.
        Of a visit that is under way nothing else is moved.
        """
        key = self.keys[leg.pk]
        rest = ordered(self.planned, [one for one in self.planned.legs if one.key != key])
        asked = tuple(one for one in self.query.legs if one.key != key)
        if not self.broken(rest, asked=asked):
            return rest
        if self.visit.state != Visit.State.BOOKED:
            return None
        people = {one.key: one.clinician_id for one in rest.legs}
        fixed = tuple(replace(one, clinician_ids=(people[one.key],)) for one in asked)
        rooms = None if self.query.rooms is None else {rest.room_id: self.query.rooms.get(rest.room_id, 0)}
        first, last = self._minute(self.planned.start), self._minute(rest.start)
        wishes = Wishes(start_windows=((first, last + 1),), required=True)
        near = replace(self.query, legs=fixed, rooms=rooms, wishes=wishes, notice_units=0)
        return next(iter(find(near, 1)), None)

    def _minute(self, unit: int) -> int:
        local = timezone.localtime(datetime_of(unit), self.calendar.zone)
        return local.hour * 60 + local.minute

    def _is_open(self, mask: int, start: int, end: int) -> bool:
        at = start - self.query.base
        return at >= 0 and mask >> at & ones(end - start) == ones(end - start)

    def broken(
        self, one: Itinerary, *, touched: Collection[str] = (), asked: tuple | None = None, strict: bool = False
    ) -> list[str]:
        """The rules that the day `one` breaks and the visit as planned does not, or that a touched leg breaks.

        `strict`: all of them, the notice too. `asked`: other legs than those of the question.
        """
        query = self.query if asked is None else replace(self.query, legs=asked)
        if strict:
            return check_itinerary(query, one)
        rules = check_itinerary(replace(query, notice_units=0), one)
        return [rule for rule in rules if rule not in self.known or _is_about(rule, touched)]

    def without_notice(self) -> "Replan":
        """The same question for a change that nobody needs to be told of hours before."""
        return replace(self, query=replace(self.query, notice_units=0))

    def is_only_taken(self, one: Itinerary, **how) -> bool:
        """Whether the day would do but for time that others have."""
        query = replace(self._nobody_booked(), notice_units=self.query.notice_units)
        return not replace(self, query=query).broken(one, **how)

    def open_for(self, leg: Leg) -> Mapping[int, int]:
        """Working time of the clinicians as this leg of the question may use it, whatever is booked."""
        return self._nobody_booked().free_for(leg)

    def _nobody_booked(self) -> Query:
        return _question(self.visit, self.live, self.kind, self.things, self.calendar, {}, self.now)[0]


def _is_about(rule: str, keys: Collection[str]) -> bool:
    return any(key in rule.split() for key in keys)


def ordered(planned: Itinerary, legs: Sequence[PlacedLeg]) -> Itinerary:
    """The day with these legs, in order of time, and the waiting between them."""
    legs = tuple(sorted(legs, key=lambda one: one.start))
    waiting = sum(later.start - earlier.end for earlier, later in pairwise(legs))
    return replace(planned, legs=legs, waiting_units=waiting)


def live_legs(legs: Collection[Appointment]) -> list[Appointment]:
    """Those that take time, in order of time."""
    return sorted(
        (leg for leg in legs if leg.state in APPOINTMENT_CLAIMS_TIME), key=lambda leg: (leg.starts_at, leg.position)
    )


def read_visit(visit_id, visits=None) -> tuple[Visit, list[Appointment]]:
    """The visit with all its legs and their names, in order: one query. `visits` are those that may be seen.

    Raises Visit.DoesNotExist.
    """
    rows = Appointment.objects.filter(visit=visit_id)
    if visits is not None:
        rows = rows.filter(visit__in=visits.order_by().values("pk"))
    names = ("specialty", "clinician", "room")
    facts = ("patient", "request", "visit_type", "site", "room", "interpreter")
    legs = list(rows.select_related(*names, *(f"visit__{name}" for name in facts)).order_by("position"))
    if not legs:
        raise Visit.DoesNotExist
    visit = legs[0].visit
    visit.request.patient = visit.patient
    for leg in legs:
        leg.visit = visit
    return visit, legs


def look_at(
    visit: Visit, legs: list[Appointment], *, now: datetime, first: date | None = None, last: date | None = None
) -> Replan:
    """The visit as a question about its own day, or about the days from `first` to `last`: four queries.

    Raises Refused: "not_bookable" when nothing of it can be changed any more.
    """
    live = live_legs(legs)
    if visit.state not in CHANGEABLE or not live:
        raise not_changeable(visit)
    zone = read.clinic_zone()
    own = timezone.localdate(visit.starts_at, timezone=zone)
    kind = kind_of_visit(visit.visit_type_id)
    things = resources({leg.specialty.code for leg in live})
    people = {*things.all_people, *(leg.clinician_id for leg in live)}
    if visit.interpreter_id is not None:
        people |= {visit.interpreter_id, *things.interpreters}
    calendar = read.calendar(people, first or own, last or first or own)
    taken = read.busy_masks(
        calendar.base,
        calendar.base + calendar.length,
        now=now,
        clinician_ids=people,
        room_ids=list(things.site_of_room),
        patient_id=visit.patient_id,
        except_visits=[visit.pk],
        buffers=calendar.buffers,
        visit_type_id=visit.visit_type_id,
    )
    query, planned = _question(visit, live, kind, things, calendar, taken, now)
    known = frozenset(check_itinerary(replace(query, notice_units=0), planned))
    return Replan(visit, legs, query, planned, things, calendar, kind, now, snapshot(visit, legs), known)


def not_changeable(visit: Visit) -> Refused:
    """The refusal of a visit that is over, canceled or only held."""
    words = {"state": visit.get_state_display()}
    return Refused(_("This visit cannot be changed. It is: %(state)s") % words, code="not_bookable")


def _question(visit, live, kind, things, calendar, taken, now) -> tuple[Query, Itinerary]:
    planned = PlannedVisit(
        key=str(visit.pk),
        visit_type_id=visit.visit_type_id,
        site_id=visit.site_id,
        room_id=visit.room_id,
        start=unit_of(live[0].starts_at),
        end=unit_of(max(leg.ends_at for leg in live), up=True),
        legs=tuple(
            PlannedLeg(
                str(leg.pk), leg.clinician_id, leg.specialty.code, leg.room_id, unit_of(leg.starts_at),
                unit_of(leg.ends_at, up=True), mode=leg.mode,
            )
            for leg in live
        ),
        level=visit.request.level,
        is_frail=visit.request.is_frail,
        patient_key=visit.patient_id,
        interpreter_id=visit.interpreter_id,
    )  # fmt: skip
    language = language_needed(visit.patient) if visit.interpreter_id is not None else ""
    return question_of(planned, kind, things=things, calendar=calendar, taken=taken, now=now, language=language)
