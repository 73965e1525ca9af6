"""Rows of the database -> values and masks of free time. Always the same few queries, whatever the number of rows.

`calendar()` reads sessions, exceptions and holidays in one query and closures in a second; `busy_masks()` reads the
claims of a window in one more, as integers of 5-minute units, never as model objects.
"""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, CharField, DateField, IntegerField, Q, TimeField, Value
from django.utils import timezone

from clinic.directory.closed_days import public_holidays
from clinic.directory.models import Holiday
from clinic.platform.db.sql import EpochUnits
from scheduling.availability import models as rows
from scheduling.availability.bits import datetime_of, masks_by_resource, ones, unit_of
from scheduling.availability.sessions import (
    Closure,
    DayWindow,
    OpenTime,
    SessionException,
    WeeklySession,
    closed_mask,
    day_windows,
    open_time,
    routine_open,
)
from scheduling.visits.models import Claim

LONGEST_CLAIM = timedelta(hours=24)  # held by the database (migration 0002): lets an index find what reaches in
UNITS_PER_HOUR = 12
Resource = Hashable  # ("clinician" | "room" | "patient", key)


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
        return Calendar(days, self.zone, self.sessions, self.exceptions, self.closures)

    def open_time(self, clinician_ids: Iterable[int]) -> dict[int, OpenTime]:
        """Open time of each clinician, claims not yet taken away."""
        return open_time(
            self.sessions, self.exceptions, self.closures, days=self.days, zone=self.zone, clinician_ids=clinician_ids
        )

    def bookable(self, clinician_ids: Iterable[int], *, routine: bool, now: int) -> dict[int, int]:
        """Masks of open time; for routine booking without the reserve that is not released yet."""
        release = settings.RESERVE_RELEASE_HOURS * UNITS_PER_HOUR
        return {
            key: routine_open(time, now=now, base=self.base, release_units=release) if routine else time.open
            for key, time in self.open_time(clinician_ids).items()
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
    """Sessions, exceptions, holidays and closures that matter to these clinicians from `first` to `last`: 2 queries."""
    zone = zone or clinic_zone()
    days = day_windows(first, last, zone)
    sessions, exceptions, holidays = [], [], []
    for row in _patterns(clinician_ids, first, last):
        kind, clinician_id, site_id, weekday, starts, ends, since, until, every, reserve, adds = row
        if kind == "s":
            sessions.append(WeeklySession(clinician_id, weekday, starts, ends, since, until, every, reserve, site_id))
        elif kind == "x":
            exceptions.append(
                SessionException(clinician_id, since, adds, starts, ends, site_id=site_id if adds else None)
            )
        else:
            holidays.append(since)
    closed = {*holidays, *public_holidays(first, last)}
    whole_days = [Closure(day.start, day.end) for day in days if day.on in closed]
    return Calendar(days, zone, tuple(sessions), tuple(exceptions), (*_closures(days), *whole_days))


def _patterns(clinician_ids: Collection[int], first: date, last: date):
    """Sessions, exceptions and the directory's holidays in one query."""
    whole, words = IntegerField(), CharField()
    none = {
        "site": Value(None, whole), "day": Value(None, whole), "every": Value(1, whole), "reserve": Value(0, whole),
        "until": Value(None, DateField()), "plus": Value(False, BooleanField()),
    }  # fmt: skip
    sessions = (
        rows.WeeklySession.objects.filter(clinician__in=clinician_ids, valid_from__lte=last)
        .filter(Q(valid_until=None) | Q(valid_until__gte=first))
        .order_by()
        .annotate(kind=Value("s", words), plus=none["plus"])
        .values_list(
            "kind", "clinician_id", "clinician__site_id", "weekday", "starts", "ends", "valid_from", "valid_until",
            "every_n_weeks", "reserve_minutes", "plus",
        )
    )  # fmt: skip
    exceptions = (
        rows.SessionException.objects.filter(clinician__in=clinician_ids, on__gte=first, on__lte=last)
        .order_by()
        .annotate(kind=Value("x", words), **{name: none[name] for name in ("day", "every", "reserve", "until")})
        .values_list(
            "kind", "clinician_id", "clinician__site_id", "day", "starts", "ends", "on", "until", "every", "reserve",
            "adds",
        )
    )  # fmt: skip
    return sessions.union(exceptions, _holiday_rows(first, last, none), all=True)


def _holiday_rows(first: date, last: date, none: dict[str, Value]):
    return (
        Holiday.objects.filter(on__gte=first, on__lte=last)
        .order_by()
        .annotate(
            kind=Value("h", CharField()), who=Value(None, IntegerField()), at=Value(None, TimeField()),
            ended=Value(None, TimeField()), **none,
        )
        .values_list("kind", "who", "site", "day", "at", "ended", "on", "until", "every", "reserve", "plus")
    )  # fmt: skip


def _closures(days: tuple[DayWindow, ...]) -> list[Closure]:
    found = (
        rows.Closure.objects.filter(starts_at__lt=datetime_of(days[-1].end), ends_at__gt=datetime_of(days[0].start))
        .order_by()
        .annotate(start=EpochUnits("starts_at"), end=EpochUnits("ends_at", up=True))
        .values_list("start", "end", "clinician_id", "room_id", "site_id")
    )
    return [Closure(*row) for row in found]


def busy_masks(
    first: int,
    last: int,
    *,
    now: datetime,
    clinician_ids: Collection[int] = (),
    room_ids: Collection[int] = (),
    patient_id=None,
    except_visits: Collection = (),
) -> dict[Resource, int]:
    """Taken units from `first` to `last` (absolute) of each ("clinician" | "room" | "patient", key): one query.

    Holds that have lapsed by `now` take no time, nor do the visits of `except_visits`.
    """
    wanted = Q(clinician__in=clinician_ids) | Q(room__in=room_ids)
    if patient_id is not None:
        wanted |= Q(patient=patient_id)
    start = datetime_of(first)
    claims = (
        Claim.objects.filter(starts_at__lt=datetime_of(last), starts_at__gte=start - LONGEST_CLAIM, ends_at__gt=start)
        .filter(wanted)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .annotate(start=EpochUnits("starts_at"), end=EpochUnits("ends_at", up=True))
        .values_list("clinician_id", "room_id", "start", "end")
    )
    if except_visits:
        claims = claims.exclude(visit__in=except_visits)
    named = (
        (
            ("clinician", clinician_id) if clinician_id is not None
            else ("room", room_id) if room_id is not None
            else ("patient", patient_id),
            begin,
            end,
        )
        for clinician_id, room_id, begin, end in claims.iterator(chunk_size=5000)
    )  # fmt: skip
    return masks_by_resource(named, first, last - first)


def notice_units() -> int:
    """The least time between now and a start."""
    return settings.BOOKING_NOTICE_MINUTES // 5


def booking_days(now: datetime) -> tuple[date, date]:
    """Today and the last local day that can be booked."""
    today = timezone.localdate(now, timezone=clinic_zone())
    return today, today + timedelta(days=settings.BOOKING_HORIZON_DAYS)


def earliest_start(now: datetime) -> int:
    """The first unit at which a visit may begin."""
    return unit_of(now, up=True) + notice_units()
