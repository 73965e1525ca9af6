"""The large clinic: 200 clinicians of eight specialties, 40 patient rooms, 26 weeks filled to 70 %, and its past.

It is put beside whatever the database holds already, with rooms, people and a kind of visit of its own; the other site
is closed. Claims are written as bare SQL, since there are many, in the order of time, as they come in a clinic that has
its past behind it: the order in which rows lie decides how a database reads them. The guard against overlap stays on.
"""

# ruff: noqa: S608  (statements are put together from names of our own tables only)

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from operator import itemgetter

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.clinic import HALF_DAYS, ROOM_DAY, ROOM_FILL, WORKING_WEEKS, busy_parts, make_sessions
from clinic.directory.models import Clinician, Room, Site, Specialty
from scheduling.itineraries.models import VisitType, VisitTypeLeg

WEEKS = 26
FILL = 0.70
MINUTES = (30, 20, 25, 30, 20, 25, 30, 20)
CODES = tuple(f"LARGE_{number}" for number in range(1, 9))
CLINICIANS_EACH, ROOMS = 25, 40
LENGTHS, ROOM_LENGTHS = (15, 20, 30, 45), (60, 120, 180)
EARLY, LATE = CODES[2], CODES[5]  # the two specialties that can be kept apart
EARLY_UNTIL, LATE_FROM = dt.time(8, 30), dt.time(15, 30)
PAST_MINUTES, PAST_PER_DAY = 30, 16
Slot = tuple[int | None, int | None, dt.datetime, dt.datetime]  # clinician, room, from, to


def make_large_clinic() -> VisitType:
    """Fill it; the kind of visit with all eight legs, first and last in their places, bookable 26 weeks ahead."""
    with transaction.atomic():
        Site.objects.update(is_active=False)
        site = Site.objects.create(name="Large building")
        Room.objects.bulk_create(Room(site=site, name=f"Large room {number}", kind="stay") for number in range(ROOMS))
        specialties = [
            Specialty.objects.create(code=code, name=code, default_minutes=minutes, position=100 + number)
            for number, (code, minutes) in enumerate(zip(CODES, MINUTES, strict=True))
        ]
        people = Clinician.objects.bulk_create(
            Clinician(name=f"{one.code} {number}", specialty=one, site=site)
            for one in specialties
            for number in range(CLINICIANS_EACH)
        )
        kind = VisitType.objects.create(code="large", name="Large visit", horizon_days=WEEKS * 7 - 1)
        for position, (one, minutes) in enumerate(zip(specialties, MINUTES, strict=True), start=1):
            stage = {1: "first", len(MINUTES): "wrap_up"}.get(position, "consult")
            VisitTypeLeg.objects.create(visit_type=kind, position=position, specialty=one, minutes=minutes, stage=stage)
        for one, weekdays, parts in _weeks(people):
            make_sessions(one, weekdays, parts)
    return kind


def write_time(past_each: int) -> None:
    """All claims anew: so many past appointments of each clinician, then what lies ahead of people and rooms."""
    rooms = list(Room.objects.filter(site__is_active=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{'TRUNCATE' if connection.vendor == 'postgresql' else 'DELETE FROM'} scheduling_claim")
        _write_past(past_each)
        write_claims(sorted(_future(large_people(), rooms), key=itemgetter(2)))
    look_at_rows()


def large_people(code: str = "") -> list[Clinician]:
    """Its clinicians in a fixed order, of one specialty if named."""
    found = Clinician.objects.filter(specialty__code__in=[code] if code else CODES)
    return list(found.select_related("specialty").order_by("pk"))


def _weeks(people: list[Clinician]) -> Iterator[tuple[Clinician, tuple, tuple]]:
    for number, one in enumerate(people):
        yield one, WORKING_WEEKS[number % len(WORKING_WEEKS)], HALF_DAYS[number % len(HALF_DAYS)]


def moments(weekdays, parts) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Starts and ends of these parts of these weekdays in the coming 26 weeks."""
    zone, today = timezone.get_default_timezone(), timezone.localdate()
    for day in (today + dt.timedelta(days=n) for n in range(WEEKS * 7)):
        if day.weekday() in weekdays:
            for starts, ends in parts:
                yield dt.datetime.combine(day, starts, tzinfo=zone), dt.datetime.combine(day, ends, tzinfo=zone)


def _future(people: list[Clinician], rooms: list[Room]) -> Iterator[Slot]:
    dice = random.Random(26)
    for one, weekdays, parts in _weeks(people):
        for starts, ends in moments(weekdays, parts):
            for part in busy_parts(starts, ends, FILL, LENGTHS, dice):
                yield one.pk, None, part["starts_at"], part["ends_at"]
    for room in rooms:
        for starts, ends in moments(range(5), ROOM_DAY):
            for part in busy_parts(starts, ends, ROOM_FILL, ROOM_LENGTHS, dice):
                yield None, room.pk, part["starts_at"], part["ends_at"]


def keep_apart() -> None:
    """From now on no day is complete: one specialty is free at the begin of days only, another at their end only.

    Every working day of both still has free time; it is what is booked that keeps them too far apart for one stay.
    """
    with transaction.atomic():
        chosen = [(*week, week[0].specialty.code) for week in _weeks(large_people())]
        chosen = [one for one in chosen if one[3] in (EARLY, LATE)]
        marks = ", ".join(str(one[0].pk) for one in chosen)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM scheduling_claim WHERE clinician_id IN ({marks})")
        write_claims(
            (one.pk, None, at, until)
            for one, weekdays, parts, code in chosen
            for starts, ends in moments(weekdays, parts)
            for at, until in _blocks(starts, ends)
            if (at.time() >= EARLY_UNTIL if code == EARLY else until.time() <= LATE_FROM)
        )


def _blocks(starts: dt.datetime, ends: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    step = dt.timedelta(minutes=30)
    while starts < ends:
        yield starts, min(starts + step, ends)
        starts += step


def write_claims(slots: Iterable[Slot]) -> None:
    """Claims as bare rows: COPY on PostgreSQL, one prepared INSERT on SQLite."""
    connection.ensure_connection()
    bare = connection.connection.cursor()
    columns = "(clinician_id, room_id, starts_at, ends_at, note)"
    if connection.vendor == "postgresql":
        with bare.copy(f"COPY scheduling_claim {columns} FROM STDIN") as copy:
            for slot in slots:
                copy.write_row((*slot, ""))
        return
    texts: dict[dt.datetime, str] = {}

    def text(moment: dt.datetime) -> str:
        if moment not in texts:
            texts[moment] = connection.ops.adapt_datetimefield_value(moment)
        return texts[moment]

    rows = ((clinician, room, text(at), text(until), "") for clinician, room, at, until in slots)
    bare.executemany(f"INSERT INTO scheduling_claim {columns} VALUES (?, ?, ?, ?, ?)", rows)


def _write_past(count: int) -> None:
    """Appointments of each clinician, counted back from last night, the oldest first."""
    ids = ", ".join(f"({one.pk})" for one in large_people())
    midnight = dt.datetime.combine(timezone.localdate(), dt.time(0), tzinfo=timezone.get_default_timezone())
    seconds, base = PAST_MINUTES * 60, int(midnight.timestamp())
    at = f"{base} - 86400 * (1 + n / {PAST_PER_DAY}) + 32400 + {seconds} * (n % {PAST_PER_DAY})"
    if connection.vendor == "postgresql":
        numbers = f"SELECT n FROM generate_series(0, {count - 1}) AS series(n)"
        moment = "to_timestamp({})"
    else:
        numbers = f"SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {count}"
        moment = "datetime({}, 'unixepoch')"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE numbers(n) AS ({numbers}), people(id) AS (VALUES {ids})"
            " INSERT INTO scheduling_claim (clinician_id, starts_at, ends_at, note)"
            f" SELECT id, {moment.format(at)}, {moment.format(f'{at} + {seconds}')}, ''"
            f" FROM numbers CROSS JOIN people ORDER BY n / {PAST_PER_DAY} DESC, n"
        )


def look_at_rows() -> None:
    """Let the database look at its tables anew, as it does by itself after so many new rows."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
