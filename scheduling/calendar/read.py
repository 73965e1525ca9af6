"""What the calendar is drawn from: people, rooms, working time, appointments and other time taken. Three queries.

Appointments of patients whom the person may not see come with `is_open` False: they take their time and say no name.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from clinic.directory.closed_days import holiday_names
from clinic.directory.models import Clinician, Holiday, Room
from clinic.platform.db.together import read_together
from scheduling.availability import read
from scheduling.availability.bits import unit_of
from scheduling.availability.models import Closure, SessionException
from scheduling.availability.sessions import OpenTime, routine_open
from scheduling.itineraries.interpreters import INTERPRETER
from scheduling.itineraries.models import VisitType
from scheduling.visits.day_list import day_bounds
from scheduling.visits.models import Appointment, Claim, Visit
from scheduling.visits.states import APPOINTMENT_CLAIMS_TIME, HELD

SHOWN = (
    "position", "state", "mode", "starts_at", "ends_at", "is_overbooked", "clinician", "room", "specialty__name",
    "visit__state", "visit__starts_at", "visit__ends_at", "visit__is_walk_in", "visit__room", "visit__site",
    "visit__interpreter", "visit__visit_type__name", "visit__request__reference",
    "visit__patient__legal_first_name", "visit__patient__legal_last_name",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """Everything of some local days. `people` are in order of specialty and name, `rooms` of site and name."""

    first: date
    last: date
    now: datetime
    people: list[Clinician]
    rooms: list[Room]
    kinds: list[VisitType]
    closures: list[Closure]
    holidays: dict[date, str]
    days_off: list[SessionException]
    calendar: read.Calendar
    legs: list[Appointment]
    busy: list[Claim]

    @cached_property
    def person_by_key(self) -> dict[int, Clinician]:
        """Clinicians by key."""
        return {one.pk: one for one in self.people}

    @cached_property
    def room_by_key(self) -> dict[int, Room]:
        """Rooms by key."""
        return {one.pk: one for one in self.rooms}

    @cached_property
    def opened(self) -> dict[int, OpenTime]:
        """Working time of everybody who sees patients, claims not taken away."""
        return self.calendar.open_time([one.pk for one in self.people if one.is_active])

    def open_masks(self, clinician_id: int) -> tuple[int, int]:
        """Working time of somebody, and the part that a routine request may have; relative to the first midnight."""
        time = self.opened.get(clinician_id)
        if time is None:
            return 0, 0
        release = settings.RESERVE_RELEASE_HOURS * read.UNITS_PER_HOUR
        return time.open, routine_open(time, now=unit_of(self.now), base=self.calendar.base, release_units=release)

    def works_at(self, clinician_id: int, site_id: int) -> bool:
        """Whether somebody belongs to a site or has working time there in these days."""
        person = self.person_by_key[clinician_id]
        return person.site_id == site_id or clinician_id in self.calendar.people_by_site().get(site_id, ())

    def why_closed(self, on: date) -> str:
        """Why the whole clinic is closed all day: a holiday's name or a closure's reason; empty when it is not."""
        start, end = day_bounds(on)
        whole = (
            one.reason
            for one in self.closures
            if (one.clinician_id, one.room_id, one.site_id) == (None, None, None)
            and one.starts_at <= start
            and one.ends_at >= end
        )
        return self.holidays.get(on) or next(whole, "")


def facts(user, first: date, last: date, *, now: datetime, only: Collection[int] = ()) -> Facts:
    """All of these days; with `only`, working time and appointments of these clinicians alone. Three queries."""
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    people, rooms, kinds, closures, own_holidays, days_off, busy = read_together(
        _people(start, end),
        Room.objects.select_related("site"),
        VisitType.objects.filter(is_active=True),
        Closure.objects.filter(starts_at__lt=end, ends_at__gt=start),
        Holiday.objects.filter(on__gte=first, on__lte=last),
        SessionException.objects.filter(adds=False, on__gte=first, on__lte=last).exclude(reason=""),
        _other_time(start, end, now),
    )
    named = [one.pk for one in people if not only or one.pk in only]
    calendar = read.calendar(named, first, last)
    return Facts(
        first=first,
        last=last,
        now=now,
        people=sorted(people, key=lambda one: (one.specialty.position, one.name, one.pk)),
        rooms=sorted(rooms, key=lambda one: (one.site.name, one.kind != Room.Kind.STAY, _natural(one.name))),
        kinds=sorted(kinds, key=lambda one: one.name),
        closures=sorted(closures, key=lambda one: one.starts_at),
        holidays=holiday_names(first, last) | {one.on: one.name for one in own_holidays},
        days_off=list(days_off),
        calendar=calendar,
        legs=_legs(user, start, end, now, only),
        busy=sorted(busy, key=lambda one: one.starts_at),
    )


def _natural(name: str) -> tuple:
    """Room 2 before Room 10."""
    return tuple((len(part), part) if part.isdigit() else (0, part) for part in name.split())


def _people(start: datetime, end: datetime):
    """Who sees patients, and who has left with appointments in these days."""
    has_time = Appointment.objects.filter(
        clinician=OuterRef("pk"), starts_at__lt=end, ends_at__gt=start, state__in=APPOINTMENT_CLAIMS_TIME
    )
    sees = Q(is_active=True) & (Q(specialty__is_leg=True) | Q(specialty__code=INTERPRETER))
    return Clinician.objects.filter(sees | Exists(has_time)).select_related("specialty", "site")


def _other_time(start: datetime, end: datetime, now: datetime):
    """Time that is taken, but not by a visit."""
    alive = Q(expires_at=None) | Q(expires_at__gt=now)
    near = Q(starts_at__lt=end, ends_at__gt=start, starts_at__gte=start - read.LONGEST_CLAIM)
    return Claim.objects.filter(alive, near, visit=None, patient=None)


def _legs(user, start: datetime, end: datetime, now: datetime, only: Collection[int]) -> list[Appointment]:
    """Appointments that take time, those of a lapsed hold not among them."""
    alive = ~Q(state=HELD) | Q(visit__offer__expires_at__gt=now)
    rows = Appointment.objects.filter(
        alive, starts_at__lt=end, ends_at__gt=start, state__in=APPOINTMENT_CLAIMS_TIME
    )  # fmt: skip
    if only:
        rows = rows.filter(Q(clinician__in=only) | Q(visit__interpreter__in=only))
    is_open = Exists(Visit.objects.visible_to(user).filter(pk=OuterRef("visit_id")))
    joined = ("visit__patient", "visit__visit_type", "visit__request", "specialty")
    return list(
        rows.select_related(*joined).only(*SHOWN).annotate(is_open=is_open).order_by("starts_at", "position", "pk")
    )
