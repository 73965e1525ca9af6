"""What a change of availability would do to appointments, and which lie outside working time now. Reads only.

A fixed number of queries: appointments, people and rooms, the calendar; kinds of visit and claims for the proposals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.platform.db.sql import EpochUnits
from intake.triage.models import Level
from scheduling.availability.bits import datetime_of, ones
from scheduling.availability.changes import (
    NOT_AT_WORK,
    ROOM_CLOSED,
    AddClosure,
    AddException,
    AddSession,
    Change,
    ChangeSession,
    EndSession,
    PlannedLeg,
    PlannedVisit,
    RemoveClosure,
    RemoveException,
    applied,
    newly,
    outside,
    seen_print,
)
from scheduling.availability.read import Calendar, busy_masks, calendar, clinic_zone
from scheduling.availability.sessions import Buffers
from scheduling.itineraries.planned import question_of
from scheduling.itineraries.repairs import SEARCH_DAYS, Repair, repairs_of
from scheduling.itineraries.resources import Resources, resources
from scheduling.itineraries.visit_kinds import KindOfVisit, kinds_of_visit
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.states import APPOINTMENT_CLAIMS_TIME

MOST_SHOWN = 20
SEES_RESERVE = frozenset({Level.EMERGENCY, Level.URGENT})


@dataclass(frozen=True, slots=True)
class OutsideVisit:
    """A visit with appointments outside working time: their codes by key, and what could be done.

    `leg_of` tells which appointment a proposal means by its leg.
    """

    visit: PlannedVisit
    codes: Mapping[str, tuple[str, ...]]
    repairs: Sequence[Repair] = ()
    names: Mapping[tuple[str, int], str] = field(default_factory=dict)
    leg_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would leave outside: how many appointments and visits, a print of which, the first of them."""

    appointments: int
    visits: int
    seen: str
    shown: Sequence[OutsideVisit]

    @property
    def more(self) -> int:
        """Visits that are not shown."""
        return self.visits - len(self.shown)


def effect_of(change: Change, *, user, now: datetime) -> Effect:
    """Which held and booked appointments ahead this change would leave outside working time, with proposals."""
    judged = _Judged.of(planned_visits(_touched(change), user=user, now=now), now=now)
    if judged is None:
        return Effect(0, 0, seen_print(()), ())
    after = judged.changed(change)
    orphans = newly(judged.outside(), after.outside())
    return after.effect(orphans, now=now)


def outside_now(*, user, now: datetime, start: int = 0, count: int = MOST_SHOWN) -> Effect:
    """Which held and booked appointments ahead lie outside working time; proposals for `count` visits from `start`."""
    judged = _Judged.of(planned_visits(Q(), user=user, now=now), now=now)
    if judged is None:
        return Effect(0, 0, seen_print(()), ())
    return judged.effect(judged.outside(), now=now, start=start, count=count)


def orphans_of(change: Change, *, user, now: datetime) -> dict[str, tuple[str, ...]]:
    """The codes of the appointments that the change would leave outside; no proposals are looked for."""
    judged = _Judged.of(planned_visits(_touched(change), user=user, now=now), now=now)
    return {} if judged is None else newly(judged.outside(), judged.changed(change).outside())


def left_outside(write: Callable[[], object], *, now: datetime) -> int:
    """How many appointments, of whomever, `write` would leave outside working time; what it writes is taken back."""
    before = _outside_of_all(now)
    with transaction.atomic():
        write()
        after = _outside_of_all(now)
        transaction.set_rollback(True)
    return len(newly(before, after))


def _outside_of_all(now: datetime) -> dict[str, tuple[str, ...]]:
    judged = _Judged.of(planned_visits(Q(), user=None, now=now), now=now)
    return {} if judged is None else judged.outside()


def _touched(change: Change) -> Q:
    """Visits that the change could touch."""
    match change:
        case AddSession(session) | EndSession(session) | ChangeSession(session):
            return _of_person(session.clinician_id)
        case AddException(exception) | RemoveException(exception):
            start = datetime.combine(exception.on, datetime.min.time(), clinic_zone())
            on_day = Q(starts_at__lt=start + timedelta(days=2), ends_at__gt=start - timedelta(days=1))
            return _of_person(exception.clinician_id) & on_day
        case AddClosure(closure) | RemoveClosure(closure):
            then = Q(starts_at__lt=datetime_of(closure.ends_at), ends_at__gt=datetime_of(closure.starts_at))
            if closure.clinician_id is not None:
                return then & _of_person(closure.clinician_id)
            if closure.room_id is not None:
                return then & (Q(room=closure.room_id) | Q(appointments__room=closure.room_id))
            return then & Q(site=closure.site_id) if closure.site_id is not None else then


def _of_person(clinician_id: int) -> Q:
    """Visits in which somebody has an appointment, or interprets."""
    return Q(appointments__clinician=clinician_id) | Q(interpreter=clinician_id)


def planned_visits(where: Q, *, user, now: datetime) -> list[PlannedVisit]:
    """Visits ahead that are booked, or held by an offer that is still open, with all their appointments: one query.

    Those that `user` may see; without one, all: for counting only.
    """
    alive = Q(state=Visit.State.BOOKED) | Q(state=Visit.State.HELD, offer__expires_at__gt=now)
    seen = Visit.objects.all() if user is None else Visit.objects.visible_to(user)
    visits = seen.filter(alive, where, starts_at__gt=now).values("pk")
    rows = (
        Appointment.objects.filter(visit__in=visits, state__in=APPOINTMENT_CLAIMS_TIME)  # none that was taken out
        .order_by("visit__starts_at", "visit_id", "starts_at", "position")
        .annotate(
            start=EpochUnits("starts_at"), end=EpochUnits("ends_at", up=True),
            visit_start=EpochUnits("visit__starts_at"), visit_end=EpochUnits("visit__ends_at", up=True),
        )
        .values(
            "pk", "visit_id", "clinician_id", "specialty__code", "room_id", "mode", "start", "end", "clinician__name",
            "specialty__name", "visit__visit_type_id", "visit__site_id", "visit__room_id", "visit_start", "visit_end",
            "visit__request__reference", "visit__visit_type__name", "visit__state", "visit__request__level",
            "visit__request__is_frail", "visit__patient_id", "visit__interpreter_id",
        )
    )  # fmt: skip
    grouped: dict[str, list[dict]] = {}
    for row in rows:
        grouped.setdefault(str(row["visit_id"]), []).append(row)
    return [_visit(key, legs) for key, legs in grouped.items()]


def _visit(key: str, rows: list[dict]) -> PlannedVisit:
    first = rows[0]
    legs = tuple(
        PlannedLeg(
            str(row["pk"]), row["clinician_id"], row["specialty__code"], row["room_id"], row["start"], row["end"],
            row["clinician__name"], row["specialty__name"], row["mode"],
        )
        for row in rows
    )  # fmt: skip
    return PlannedVisit(
        key=key,
        visit_type_id=first["visit__visit_type_id"],
        site_id=first["visit__site_id"],
        room_id=first["visit__room_id"],
        start=first["visit_start"],
        end=first["visit_end"],
        legs=legs,
        reference=first["visit__request__reference"],
        kind_name=first["visit__visit_type__name"],
        state=first["visit__state"],
        level=first["visit__request__level"],
        is_frail=first["visit__request__is_frail"],
        patient_key=first["visit__patient_id"],
        interpreter_id=first["visit__interpreter_id"],
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """Visits with the calendar they are judged by."""

    visits: list[PlannedVisit]
    things: Resources
    calendar: Calendar
    opened: dict = field(default_factory=dict)

    @classmethod
    def of(cls, visits: list[PlannedVisit], *, now: datetime) -> "_Judged | None":
        """None when there is no visit. The calendar goes on for the weeks in which proposals are looked for."""
        if not visits:
            return None
        things = resources({leg.specialty for visit in visits for leg in visit.legs})
        people = {leg.clinician_id for visit in visits for leg in visit.legs} | set(things.all_people)
        people |= set(things.interpreters)
        zone = clinic_zone()
        first = timezone.localdate(now, timezone=zone)
        last = timezone.localdate(datetime_of(max(visit.end for visit in visits)), timezone=zone)
        return cls(visits, things, calendar(people, first, last + timedelta(days=SEARCH_DAYS)))

    def changed(self, change: Change) -> "_Judged":
        """The same visits after the change."""
        own = self.calendar
        sessions, exceptions, closures = applied(change, (own.sessions, own.exceptions, own.closures))
        after = replace(own, sessions=sessions, exceptions=exceptions, closures=closures)
        return _Judged(self.visits, self.things, after)

    def outside(self) -> dict[str, tuple[str, ...]]:
        """Codes by key of the appointments outside working time."""
        booked = {leg.clinician_id for visit in self.visits for leg in visit.legs}
        # who sees no patients any more is not at work
        people = booked.intersection(self.things.all_people).union(self.things.interpreters)

        def opened(visit_type_id: int, site_id: int | None) -> dict[int, int]:
            key = (visit_type_id, site_id)
            if key not in self.opened:
                found = self.calendar.open_time(people, site_id=site_id, visit_type_id=visit_type_id)
                self.opened[key] = {one: time.open for one, time in found.items()}
            return self.opened[key]

        rooms = self.calendar.open_rooms(self.things.site_of_room)
        return outside(self.visits, opened, rooms, self.calendar.base)

    def effect(
        self, found: Mapping[str, tuple[str, ...]], *, now: datetime, start: int = 0, count: int = MOST_SHOWN
    ) -> Effect:
        """The visits of these appointments, with proposals for those shown."""
        touched = [visit for visit in self.visits if any(leg.key in found for leg in visit.legs)]
        shown = touched[start : start + count]
        proposals = self._proposals(shown, found, now=now) if shown else []
        listed = [
            OutsideVisit(
                visit,
                {leg.key: found[leg.key] for leg in visit.legs if leg.key in found},
                repairs,
                self.things.names,
                leg_of,
            )
            for visit, (repairs, leg_of) in zip(shown, proposals, strict=True)
        ]
        return Effect(len(found), len(touched), seen_print(found), listed)

    def _proposals(
        self, shown: list[PlannedVisit], found: Mapping[str, tuple[str, ...]], *, now: datetime
    ) -> list[tuple[list[Repair], dict[str, str]]]:
        kinds = kinds_of_visit({visit.visit_type_id for visit in shown})
        busy = _Busy.of(self.calendar, self.things, shown, now=now)
        proposals = []
        for visit in shown:
            kind = kinds.get(visit.visit_type_id, KindOfVisit())
            query, planned = question_of(
                visit,
                kind,
                things=self.things,
                calendar=self.calendar,
                taken=busy.without(visit),
                now=now,
            )
            pairs = list(zip(visit.legs, planned.legs, strict=True))
            away = [placed.key for leg, placed in pairs if NOT_AT_WORK in found.get(leg.key, ())]
            shut = any(ROOM_CLOSED in found.get(leg.key, ()) for leg in visit.legs)
            leg_of = {placed.key: leg.key for leg, placed in pairs}
            proposals.append((repairs_of(query, planned, away, room_is_closed=shut), leg_of))
        return proposals


@dataclass(frozen=True, slots=True)
class _Busy:
    """Taken time without the visits shown; each of these is put back when another one is asked for."""

    base: int
    masks: Mapping
    shown: list[PlannedVisit]
    apart: int

    @classmethod
    def of(cls, calendar: Calendar, things: Resources, shown: list[PlannedVisit], *, now: datetime) -> "_Busy":
        """One query. Every buffer counts as the widest of all: a proposal may be too careful, never too bold."""
        apart = calendar.buffers.widest
        masks = busy_masks(
            calendar.base,
            calendar.base + calendar.length,
            now=now,
            clinician_ids=[*things.all_people, *things.interpreters],
            room_ids=list(things.site_of_room),
            patient_ids={visit.patient_key for visit in shown},
            except_visits=[visit.key for visit in shown],
            buffers=Buffers(dict.fromkeys([*things.all_people, *things.interpreters], (apart, apart)) if apart else {}),
        )
        return cls(calendar.base, masks, shown, apart)

    def without(self, visit: PlannedVisit) -> dict:
        """Everything that is taken, this visit aside."""
        taken = dict(self.masks)

        def take(key: tuple[str, object], start: int, end: int) -> None:
            low = max(start - self.base, 0)
            taken[key] = taken.get(key, 0) | ones(end - self.base - low) << low

        for other in self.shown:
            if other.key == visit.key:
                continue
            if other.room_id is not None:
                take(("room", other.room_id), other.start, other.end)
            if other.interpreter_id is not None:
                take(("clinician", other.interpreter_id), other.start - self.apart, other.end + self.apart)
            if other.state == Visit.State.BOOKED:  # a held visit takes no time of the patient
                take(("patient", other.patient_key), other.start, other.end)
            for leg in other.legs:
                take(("clinician", leg.clinician_id), leg.start - self.apart, leg.end + self.apart)
                if leg.room_id is not None:
                    take(("room", leg.room_id), leg.start, leg.end)
        return taken
