"""Rows of the database -> values and masks of free time. Always the same few queries, whatever the number of rows.

`calendar()` reads all that opens and closes time in one query; `busy_masks()` reads the claims of a window in one more,
as integers of 5-minute units, never as model objects.
"""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from clinic.directory.closed_days import public_holidays
from clinic.platform.db.compiled import Compiled, StandIns
from clinic.platform.db.sql import EpochUnits, Unindexed
from scheduling.availability import models as rows
from scheduling.availability.bits import datetime_of, masks_by_resource, ones, unit_of, units_from_minutes
from scheduling.availability.pattern_rows import pattern_rows
from scheduling.availability.sessions import (
    Buffers,
    Closure,
    DayWindow,
    OpenTime,
    SessionException,
    WeeklySession,
    closed_mask,
    day_windows,
    open_time,
    routine_open,
    sessions_meet,
)
from scheduling.visits.models import Claim

LONGEST_CLAIM = timedelta(hours=24)  # held by the database (migration 0002): lets an index find what reaches in
UNITS_PER_HOUR = 12
MANY = 24  # so many clinicians and rooms are found sooner by time than each by its own index
Resource = Hashable  # ("clinician" | "room" | "patient", key)
NO_BUFFERS = Buffers()


def clinic_zone() -> ZoneInfo:
    """The zone in which sessions are written."""
    return ZoneInfo(settings.TIME_ZONE)


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that opens and closes time in a span of local days, as values."""

    days: tuple[DayWindow, ...]
    zone: ZoneInfo
    sessions: tuple[WeeklySession, ...]
    exceptions: tuple[SessionException, ...]
    closures: tuple[Closure, ...]
    buffers: Buffers = NO_BUFFERS

    @property
    def base(self) -> int:
        """The unit of the first local midnight."""
        return self.days[0].start

    @property
    def length(self) -> int:
        """Units from the first midnight to the last."""
        return self.days[-1].end - self.base

    def part(self, days: tuple[DayWindow, ...]) -> "Calendar":
        """The same for some of its days."""
        return replace(self, days=days)

    def people_by_site(self) -> dict[int | None, set[int]]:
        """Who has a session or added time at each site."""
        found: dict[int | None, set[int]] = {}
        for session in self.sessions:
            found.setdefault(session.site_id, set()).add(session.clinician_id)
        for exception in self.exceptions:
            if exception.adds:
                found.setdefault(exception.site_id, set()).add(exception.clinician_id)
        return found

    def open_time(
        self, clinician_ids: Iterable[int], *, site_id: int | None = None, visit_type_id: int | None = None
    ) -> dict[int, OpenTime]:
        """Open time of each clinician, claims not yet taken away; at one site or for one kind of visit if named."""
        return open_time(
            self.sessions,
            self.exceptions,
            self.closures,
            days=self.days,
            zone=self.zone,
            clinician_ids=clinician_ids,
            site_id=site_id,
            visit_type_id=visit_type_id,
        )

    def bookable(
        self,
        clinician_ids: Iterable[int],
        *,
        routine: bool,
        now: int,
        site_id: int | None = None,
        visit_type_id: int | None = None,
    ) -> dict[int, int]:
        """Masks of open time; for routine booking without the reserve that is not released yet."""
        release = settings.RESERVE_RELEASE_HOURS * UNITS_PER_HOUR
        opened = self.open_time(clinician_ids, site_id=site_id, visit_type_id=visit_type_id)
        return {
            key: routine_open(time, now=now, base=self.base, release_units=release) if routine else time.open
            for key, time in opened.items()
        }

    def open_rooms(self, site_of_room: dict[int, int]) -> dict[int, int]:
        """Masks of the time in which each room is not closed."""
        closed_rooms = {closure.room_id for closure in self.closures if closure.room_id is not None}
        shut: dict[tuple, int] = {}
        found = {}
        for room_id, site_id in site_of_room.items():
            key = (room_id if room_id in closed_rooms else None, site_id)
            if key not in shut:
                shut[key] = closed_mask(
                    self.closures, base=self.base, length=self.length, room_id=key[0], site_id=site_id
                )
            found[room_id] = ones(self.length) & ~shut[key]
        return found


def calendar(clinician_ids: Collection[int], first: date, last: date, *, zone: ZoneInfo | None = None) -> Calendar:
    """All that opens and closes time of these clinicians from `first` to `last`, and their buffers: 1 query."""
    zone = zone or clinic_zone()
    days = day_windows(first, last, zone)
    found: dict[str, list] = {kind: [] for kind in "sxvhcbt"}
    for kind, *row in pattern_rows(clinician_ids, days):
        found[kind].append(row)
    kinds: dict[int, set[int]] = {}
    for key, _who, visit_type_id, *_rest in found["v"]:
        kinds.setdefault(key, set()).add(visit_type_id)
    sessions = tuple(
        WeeklySession(
            who, day, starts, ends, since, until, every, reserve, site, frozenset(kinds.get(key, ())), key
        )
        for key, who, site, day, starts, ends, since, until, every, reserve, _adds in found["s"]
    )  # fmt: skip
    exceptions = tuple(
        SessionException(who, on, adds, starts, ends, site_id=site, key=key)
        for key, who, site, _day, starts, ends, on, _until, _every, _reserve, adds in found["x"]
    )
    closures = [
        Closure(start, end, who, room, site, key)
        for key, who, site, room, _starts, _ends, _on, _until, start, end, _adds in found["c"]
    ]
    closed = {*(row[6] for row in found["h"]), *public_holidays(first, last)}
    closures += [Closure(day.start, day.end) for day in days if day.on in closed]
    buffers = Buffers(
        {row[1]: _buffer(row) for row in found["b"]},
        {row[0]: _buffer(row) for row in found["t"]},
    )
    return Calendar(days, zone, sessions, exceptions, tuple(closures), buffers)


def _buffer(row: list) -> tuple[int, int]:
    """Before and after stand in the columns of rhythm and reserve."""
    return units_from_minutes(row[8]), units_from_minutes(row[9])


def busy_masks(
    first: int,
    last: int,
    *,
    now: datetime,
    clinician_ids: Collection[int] = (),
    room_ids: Collection[int] = (),
    patient_id=None,
    patient_ids: Collection = (),
    except_visits: Collection = (),
    buffers: Buffers = NO_BUFFERS,
    visit_type_id: int | None = None,
) -> dict[Resource, int]:
    """Taken units from `first` to `last` (absolute) of each ("clinician" | "room" | "patient", key): one query.

    Holds that have lapsed by `now` take no time, nor do the visits of `except_visits`. With `buffers` the time of
    clinicians is widened by what must lie between it and an appointment of a visit of `visit_type_id`.
    """
    if patient_id is not None:
        patient_ids = [*patient_ids, patient_id]
    patients = [_key(one) for one in patient_ids]
    if not (clinician_ids or room_ids or patients):
        return {}
    widest = buffers.widest
    start = datetime_of(first - widest)
    statement = _claims(
        connection.vendor,
        _Shape(
            len(clinician_ids), len(room_ids), len(patients), len(except_visits), bool(buffers.visit_types)
        ),
    )  # fmt: skip
    values = [datetime_of(last + widest), start - LONGEST_CLAIM, start, now, *clinician_ids, *room_ids]
    values += [*patients, *map(_key, except_visits)]
    found: Iterable[tuple] = statement.rows(values, prepared=False)
    if buffers or len(patients) > 1:
        found = _widened(found, buffers, visit_type_id, patients)
    only = patients[0] if patients else None
    return {_resource(key, only): mask for key, mask in masks_by_resource(found, first, last - first).items()}


def never_overbooked(clinician_id: int, first: int, last: int, *, now: datetime) -> int:
    """Taken units of a clinician, relative to `first`, over which nothing may be put: held, busy elsewhere, or
    overbooked already. One query."""
    start = datetime_of(first)
    found = (
        Claim.objects.filter(clinician=clinician_id, starts_at__lt=datetime_of(last), ends_at__gt=start)
        .filter(Q(expires_at=None, visit=None) | Q(expires_at=None, is_overbooked=True) | Q(expires_at__gt=now))
        .filter(starts_at__gte=start - LONGEST_CLAIM)
        .annotate(start=EpochUnits("starts_at"), end=EpochUnits("ends_at", up=True))
        .values_list("clinician_id", "start", "end")
    )
    return masks_by_resource(found, first, last - first).get(clinician_id, 0)


class _Shape(NamedTuple):
    """How many of each are named in a read of claims, and whether the kinds of visit matter."""

    people: int
    rooms: int
    patients: int
    visits: int
    is_typed: bool


@lru_cache(maxsize=256)
def _claims(vendor: str, shape: _Shape) -> Compiled:
    """Claims of people, rooms and patients in a span, as (key, start, end, kind of visit if typed, patient if several).

    The key is a clinician's, less than 0 a room's, 0 a patient's.
    """
    stand_ins = StandIns()
    before, not_before, after, now = (stand_ins.moment() for _n in range(4))
    people, rooms = stand_ins.numbers(shape.people), stand_ins.numbers(shape.rooms)
    patients, visits = stand_ins.keys(shape.patients), stand_ins.keys(shape.visits)
    if shape.people + shape.rooms < MANY:
        names, wanted = {}, Q(clinician__in=people) | Q(room__in=rooms)
    else:
        names = {"any_clinician": Unindexed("clinician_id"), "any_room": Unindexed("room_id")}
        wanted = Q(any_clinician__in=people) | Q(any_room__in=rooms)
    more = ["visit__visit_type_id"] if shape.is_typed else []  # a join that is only made when it matters
    found = (
        Claim.objects.alias(**names)
        .filter(starts_at__lt=before, starts_at__gte=not_before, ends_at__gt=after)
        .filter(wanted | Q(patient__in=patients))
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .annotate(
            what=Coalesce("clinician_id", -F("room_id"), 0, output_field=BigIntegerField()),
            start=EpochUnits("starts_at"),
            end=EpochUnits("ends_at", up=True),
        )
        .values_list("what", "start", "end", *more, *(["patient_id"] if shape.patients > 1 else []))
    )
    return Compiled(found.exclude(visit__in=visits) if visits else found, stand_ins)


def _key(row) -> UUID:
    """The key of a patient or a visit, given as itself or as its key."""
    key = getattr(row, "pk", row)
    return key if isinstance(key, UUID) else UUID(key)


def _resource(key: Hashable, patient: UUID | None) -> Resource:
    """What a row's key means: a clinician, less than 0 a room, 0 the only patient; one of several is named already."""
    if not isinstance(key, int):
        return key
    return ("clinician", key) if key > 0 else ("room", -key) if key else ("patient", patient)


def _widened(
    claims: Iterable[tuple], buffers: Buffers, visit_type_id: int | None, patients: list[UUID]
) -> Iterable[tuple[Resource, int, int]]:
    """The same rows, those of clinicians with their buffers, those of several patients with their names."""
    is_typed, are_several = bool(buffers.visit_types), len(patients) > 1
    for what, start, end, *more in claims:
        if what > 0:
            down, up = buffers.around(what, more[0] if is_typed else None, visit_type_id)
            yield what, start - down, end + up
        elif what < 0 or not are_several:
            yield what, start, end
        else:
            yield ("patient", _key(more[-1])), start, end


def meets_another(new: WeeklySession, *, except_key: int | None = None) -> bool:
    """Whether a session would ever overlap another one of its clinician: one query."""
    names = ("clinician_id", "weekday", "starts", "ends", "valid_from", "valid_until", "every_n_weeks")
    others = rows.WeeklySession.objects.filter(clinician=new.clinician_id, weekday=new.weekday)
    if except_key is not None:
        others = others.exclude(pk=except_key)
    return any(sessions_meet(new, WeeklySession(*row)) for row in others.values_list(*names))


def notice_units(minutes: int | None = None) -> int:
    """The least time between now and a start: of the kind of visit, else as the clinic has set it."""
    return units_from_minutes(settings.BOOKING_NOTICE_MINUTES if minutes is None else minutes)


def booking_days(now: datetime, horizon_days: int | None = None) -> tuple[date, date]:
    """Today and the last local day that can be booked, `horizon_days` ahead or as many as the clinic has set."""
    today = timezone.localdate(now, timezone=clinic_zone())
    return today, today + timedelta(days=settings.BOOKING_HORIZON_DAYS if horizon_days is None else horizon_days)


def earliest_start(now: datetime, minutes: int | None = None) -> int:
    """The first unit at which a visit may begin."""
    return unit_of(now, up=True) + notice_units(minutes)
