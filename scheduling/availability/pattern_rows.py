"""One query for all rows that open and close time, whatever their number: seven tables as arms of a union.

Each arm fills the columns of `COLUMNS` that it has and leaves the others empty; what stands where is said at the arm.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    F,
    IntegerField,
    Q,
    QuerySet,
    TimeField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from clinic.directory.models import Holiday
from clinic.platform.db.compiled import Compiled, StandIns
from clinic.platform.db.sql import EpochUnits
from scheduling.availability import models as rows
from scheduling.availability.bits import datetime_of
from scheduling.availability.sessions import DayWindow
from scheduling.itineraries.models import VisitType

COLUMNS = (
    "row_kind", "row_key", "who", "place", "day", "from_time", "to_time", "since", "until_day", "every", "kept", "plus",
)  # fmt: skip
_WHOLE = IntegerField()
_EMPTY = {
    "row_key": Value(None, _WHOLE), "who": Value(None, _WHOLE), "place": Value(None, _WHOLE),
    "day": Value(None, _WHOLE), "from_time": Value(None, TimeField()), "to_time": Value(None, TimeField()),
    "since": Value(None, DateField()),
    "until_day": Value(None, DateField()), "every": Value(1, _WHOLE), "kept": Value(0, _WHOLE),
    "plus": Value(False, BooleanField()),
}  # fmt: skip


def pattern_rows(clinician_ids: Collection[int], days: Sequence[DayWindow]) -> Iterator[tuple]:
    """Rows of `COLUMNS`: "s" sessions, "v" their kinds of visit, "x" exceptions, "h" holidays, "c" closures, "b" and
    "t" buffers of clinicians and of kinds of visit."""
    span = (days[0].on, days[-1].on, datetime_of(days[0].start), datetime_of(days[-1].end))
    return _statement(connection.vendor, len(clinician_ids)).rows([*span, *clinician_ids])


@lru_cache(maxsize=256)
def _statement(vendor: str, people: int) -> Compiled:
    """The union for so many clinicians. It takes the ORM longer to build than the database to answer."""
    stand_ins = StandIns()
    first, last, start, end = stand_ins.day(), stand_ins.day(), stand_ins.moment(), stand_ins.moment()
    clinician_ids = stand_ins.numbers(people)
    alive = Q(valid_from__lte=last) & (Q(valid_until=None) | Q(valid_until__gte=first))
    sessions = rows.WeeklySession.objects.filter(alive, clinician__in=clinician_ids)
    others = (
        _kinds_of_sessions(clinician_ids, first, last),
        _exceptions(clinician_ids, first, last),
        _arm(Holiday.objects.filter(on__gte=first, on__lte=last), "h", since=F("on")),
        _closures(start, end),
        _buffers_of_clinicians(clinician_ids),
        _buffers_of_kinds(),
    )
    return Compiled(_sessions(sessions).union(*others, all=True).order_by(), stand_ins)


def _arm(found: QuerySet, kind: str, **filled) -> QuerySet:
    columns = {"row_kind": Value(kind, CharField())} | _EMPTY | filled
    return found.order_by().annotate(**columns).values_list(*COLUMNS)


def _sessions(found: QuerySet) -> QuerySet:
    return _arm(
        found,
        "s",
        row_key=F("pk"),
        who=F("clinician_id"),
        place=Coalesce("site_id", "clinician__site_id"),
        day=F("weekday"),
        from_time=F("starts"),
        to_time=F("ends"),
        since=F("valid_from"),
        until_day=F("valid_until"),
        every=F("every_n_weeks"),
        kept=F("reserve_minutes"),
    )


def _kinds_of_sessions(clinician_ids: Collection[int], first: date, last: date) -> QuerySet:
    """Key of the session, kind of visit in the column of the site."""
    own = Q(weeklysession__clinician__in=clinician_ids, weeklysession__valid_from__lte=last)
    alive = Q(weeklysession__valid_until=None) | Q(weeklysession__valid_until__gte=first)
    links = rows.WeeklySession.visit_types.through.objects.filter(own & alive)
    return _arm(links, "v", row_key=F("weeklysession_id"), place=F("visittype_id"))


def _exceptions(clinician_ids: Collection[int], first: date, last: date) -> QuerySet:
    """Time is added at the clinician's own site unless one is named, and taken at every site unless one is named."""
    return _arm(
        rows.SessionException.objects.filter(clinician__in=clinician_ids, on__gte=first, on__lte=last),
        "x",
        row_key=F("pk"),
        who=F("clinician_id"),
        place=Case(When(adds=True, then=Coalesce("site_id", "clinician__site_id")), default=F("site_id")),
        from_time=F("starts"),
        to_time=F("ends"),
        since=F("on"),
        plus=F("adds"),
    )


def _closures(start: datetime, end: datetime) -> QuerySet:
    """The room in the column of the weekday; start and end in units, in those of rhythm and reserve."""
    touching = Q(starts_at__lt=end, ends_at__gt=start)
    return _arm(
        rows.Closure.objects.filter(touching),
        "c",
        row_key=F("pk"),
        who=F("clinician_id"),
        place=F("site_id"),
        day=F("room_id"),
        every=EpochUnits("starts_at"),
        kept=EpochUnits("ends_at", up=True),
    )


def _buffers_of_clinicians(clinician_ids: Collection[int]) -> QuerySet:
    """Minutes before and after in the columns of rhythm and reserve."""
    some = Q(before_minutes__gt=0) | Q(after_minutes__gt=0)
    found = rows.Buffer.objects.filter(some, clinician__in=clinician_ids)
    return _arm(found, "b", who=F("clinician_id"), every=F("before_minutes"), kept=F("after_minutes"))


def _buffers_of_kinds() -> QuerySet:
    """The same of kinds of visit, whose key is the row's."""
    some = Q(buffer_before_minutes__gt=0) | Q(buffer_after_minutes__gt=0)
    found = VisitType.objects.filter(some)
    return _arm(found, "t", row_key=F("pk"), every=F("buffer_before_minutes"), kept=F("buffer_after_minutes"))
