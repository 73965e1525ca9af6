"""What both measures read first: names, kinds of visit, people and rooms, working time and claims. Six queries at most.

The number of queries never depends on the number of specialties, kinds of visit, clinicians or claims. The sums are of
the whole clinic and hold nothing of a patient, so rows are not narrowed to those that somebody may open.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, CharField, Q, Value

from clinic.directory.models import Specialty
from clinic.platform.db.sql import EpochUnits
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, masks_by_resource
from scheduling.availability.sessions import Buffers
from scheduling.itineraries.models import VisitType
from scheduling.itineraries.resources import Resources, resources
from scheduling.itineraries.visit_kinds import KindOfVisit, kinds_of_visit
from scheduling.visits.models import Claim


@dataclass(frozen=True, slots=True)
class NamedKind:
    """A kind of visit in use."""

    pk: int
    code: str
    name: str
    brings: KindOfVisit


@dataclass(frozen=True, slots=True)
class Clinic:
    """Who and what there is: specialties that can be part of a visit by code, in the order of lists."""

    specialties: dict[str, str]
    kinds: tuple[NamedKind, ...]
    things: Resources


@dataclass(frozen=True, slots=True)
class TakenTime:
    """Claims of a window as plain rows: (clinician, room, start, end, kind of visit)."""

    rows: list[tuple[int | None, int | None, int, int, int | None]]
    base: int
    length: int

    def clinicians(self, buffers: Buffers, visit_type_id: int | None) -> dict[Hashable, int]:
        """Masks of what is taken of each clinician, with what must lie around it for a visit of this kind."""
        return masks_by_resource(self._widened(buffers, visit_type_id), self.base, self.length)

    def _widened(self, buffers: Buffers, visit_type_id: int | None) -> Iterable[tuple[int, int, int]]:
        for clinician_id, _room, start, end, taken_type_id in self.rows:
            if clinician_id is not None:
                down, up = buffers.around(clinician_id, taken_type_id, visit_type_id) if buffers else (0, 0)
                yield clinician_id, start - down, end + up

    def rooms(self) -> dict[Hashable, int]:
        """Masks of what is taken of each room."""
        named = ((room_id, start, end) for _who, room_id, start, end, _type in self.rows if room_id is not None)
        return masks_by_resource(named, self.base, self.length)


def the_clinic() -> Clinic:
    """Specialties, kinds of visit in use, people and rooms: three queries."""
    place, words = BigIntegerField(), CharField()
    specialties = (
        Specialty.objects.filter(is_leg=True)
        .order_by()
        .annotate(row_kind=Value("s", words), key=Value(0, place))
        .values_list("row_kind", "position", "code", "name", "key")
    )
    kinds = (
        VisitType.objects.filter(is_active=True)
        .order_by()
        .annotate(row_kind=Value("v", words), place=Value(0, place))
        .values_list("row_kind", "place", "code", "name", "pk")
    )
    rows = sorted(specialties.union(kinds, all=True).order_by())
    names = {code: name for kind, _place, code, name, _key in rows if kind == "s"}
    brings = kinds_of_visit([key for kind, *_rest, key in rows if kind == "v"])
    return Clinic(
        specialties=names,
        kinds=tuple(NamedKind(key, code, name, brings[key]) for kind, _p, code, name, key in rows if kind == "v"),
        things=resources(set(names)),
    )


def open_time(clinic: Clinic, first: date, last: date) -> read.Calendar:
    """Working time of everybody: one query."""
    return read.calendar(clinic.things.all_people, first, last)


def taken_time(clinic: Clinic, calendar: read.Calendar, *, now: datetime) -> TakenTime:
    """Every claim of the calendar's days that has not lapsed by `now`: one query."""
    widest = calendar.buffers.widest
    first, last = calendar.base - widest, calendar.base + calendar.length + widest
    start = datetime_of(first)
    found = (
        Claim.objects.filter(starts_at__lt=datetime_of(last), starts_at__gte=start - read.LONGEST_CLAIM)
        .filter(ends_at__gt=start)
        .filter(Q(clinician__in=clinic.things.all_people) | Q(room__in=list(clinic.things.site_of_room)))
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .annotate(start=EpochUnits("starts_at"), end=EpochUnits("ends_at", up=True))
    )
    columns = ["clinician_id", "room_id", "start", "end"]
    if calendar.buffers.visit_types:  # a join that is only made when it matters
        rows = found.values_list(*columns, "visit__visit_type_id")
    else:
        rows = found.annotate(kind=Value(None, BigIntegerField())).values_list(*columns, "kind")
    return TakenTime(list(rows.iterator(chunk_size=5000)), calendar.base, calendar.length)
