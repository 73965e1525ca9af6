"""What the pages of availability list: clinicians with their weeks, and what lies ahead. A fixed number of queries."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import CharField, F, Prefetch, Q, QuerySet, Value

from clinic.directory.models import Clinician, Room, Site, Specialty
from scheduling.availability.models import Closure, SessionException, WeeklySession
from scheduling.itineraries.interpreters import INTERPRETER
from scheduling.itineraries.models import VisitType


@dataclass(frozen=True, slots=True)
class Choices:
    """What forms offer, as (key, name) pairs in the order of the directory."""

    sites: list[tuple[int, str]] = field(default_factory=list)
    visit_types: list[tuple[int, str]] = field(default_factory=list)
    clinicians: list[tuple[int, str]] = field(default_factory=list)
    rooms: list[tuple[int, str]] = field(default_factory=list)


def choices() -> Choices:
    """One query."""

    def arm(rows: QuerySet, kind: str, name: str = "name") -> QuerySet:
        named = rows.order_by().annotate(row_kind=Value(kind, CharField()), called=F(name))
        return named.values_list("row_kind", "pk", "called")

    found = (
        arm(Site.objects.filter(is_active=True), "sites")
        .union(
            arm(VisitType.objects.filter(is_active=True), "visit_types"),
            arm(Clinician.objects.filter(is_active=True), "clinicians"),
            arm(Room.objects.filter(is_active=True, site__is_active=True), "rooms"),
            all=True,
        )
        .order_by()
    )
    made = Choices()
    for kind, key, name in sorted(found, key=lambda row: row[2]):
        getattr(made, kind).append((key, name))
    return made


def sessions_from(today: date) -> QuerySet:
    """Sessions that still take place, today or later."""
    alive = WeeklySession.objects.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    return alive.select_related("site").order_by("weekday", "starts", "valid_from")


def exceptions_from(today: date) -> QuerySet:
    """Exceptions of today and later, soonest first."""
    return SessionException.objects.filter(on__gte=today).select_related("site").order_by("on", "starts")


def closures_from(now: datetime) -> QuerySet:
    """Closures that are not over, soonest first."""
    return Closure.objects.filter(ends_at__gt=now).select_related("clinician", "room", "site").order_by("starts_at")


def clinicians_with_weeks(today: date) -> list[Clinician]:
    """Clinicians who see patients, and interpreters, with sessions (`weeks`) and exceptions (`ahead`): 3 queries."""
    seen = Specialty.objects.filter(Q(is_leg=True) | Q(code=INTERPRETER))
    return list(
        Clinician.objects.filter(is_active=True, specialty__in=seen)
        .select_related("specialty", "site")
        .order_by("specialty__position", "name", "pk")
        .prefetch_related(
            Prefetch("sessions", sessions_from(today), to_attr="weeks"),
            Prefetch("exceptions", exceptions_from(today), to_attr="ahead"),
        )
    )
