"""What is asked about free time by an address, and the answer: gaps of clinicians by day, in a fixed number of queries.

No patient is named: a gap is what sessions, closures and claims leave open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from clinic.directory.models import Clinician
from clinic.platform.db.compiled import Compiled, StandIns
from clinic.platform.numbers import whole_number
from scheduling.availability.read import clinic_zone
from scheduling.itineraries.search import free_time

MOST_DAYS, MOST_DAYS_AHEAD, MOST_CLINICIANS, MOST_MINUTES = 31, 730, 60, 480
GRID = timedelta(minutes=15)  # visits begin on it
Gap = tuple[datetime, datetime]


class QuestionError(ValueError):
    """A parameter of the address that means nothing; the text names it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose free time from which local date on, for how many days; `minutes`: gaps that are at least so long.

    Everybody unless clinicians or a specialty are named. `urgent` adds the time kept for urgent requests.
    """

    on: date
    days: int = 1
    clinician_ids: tuple[int, ...] = ()
    specialty: str = ""
    minutes: int = 5
    urgent: bool = False

    @property
    def last_on(self) -> date:
        """The last date, included."""
        return self.on + timedelta(days=self.days - 1)


def question_of(asked: QueryDict, today: date) -> Question:
    """The parameters `on` (2027-01-04, by default today), `days` (1 to 31), `clinician` (keys), `specialty` (a code),
    `minutes` (5 to 480), `urgent` (yes). Raises QuestionError."""
    try:
        on = date.fromisoformat(asked.get("on") or today.isoformat())
    except ValueError:
        raise QuestionError("on") from None
    if not 0 <= (on - today).days <= MOST_DAYS_AHEAD:
        raise QuestionError("on")
    keys = asked.getlist("clinician")
    if len(keys) > MOST_CLINICIANS:
        raise QuestionError("clinician")
    return Question(
        on=on,
        days=_number(asked, "days", asked.get("days", "1"), 1, MOST_DAYS),
        clinician_ids=tuple(sorted({_number(asked, "clinician", key, 1, 10**9) for key in keys})),
        specialty=asked.get("specialty", "")[:30],
        minutes=_number(asked, "minutes", asked.get("minutes", "5"), 5, MOST_MINUTES),
        urgent=asked.get("urgent") == "yes",
    )


def _number(asked: QueryDict, name: str, text: str, least: int, most: int) -> int:
    number = whole_number(text, digits=10)
    if number is None or not least <= number <= most:
        raise QuestionError(name)
    return number


class Person(NamedTuple):
    """A clinician whose free time is told."""

    pk: int
    name: str
    code: str
    specialty: str


@lru_cache(maxsize=128)
def _people(vendor: str, named: int, is_special: bool) -> Compiled:
    """Active clinicians, so many named by key or all of one specialty, by specialty and name."""
    stand_ins = StandIns()
    found = Clinician.objects.filter(is_active=True, specialty__is_leg=True)
    if named:
        found = found.filter(pk__in=stand_ins.numbers(named))
    if is_special:
        found = found.filter(specialty__code=stand_ins.text())
    ordered = found.order_by("specialty__position", "name", "pk")
    return Compiled(ordered.values_list("pk", "name", "specialty__code", "specialty__name"), stand_ins)


def free_gaps(question: Question, *, now: datetime) -> list[tuple[Person, list[Gap]]]:
    """Active clinicians asked about, by specialty and name, with their gaps in the clinic's zone: 3 queries.

    A gap never spans two days: no session does.
    """
    keys, code = question.clinician_ids, question.specialty
    statement = _people(connection.vendor, len(keys), bool(code))
    people = [Person(*row) for row in statement.rows([*keys, code] if code else keys)]
    if not people:
        return []
    ids = [one.pk for one in people]
    found = free_time(ids, question.on, question.last_on, now=now, routine=not question.urgent)
    shortest, zone = timedelta(minutes=question.minutes), clinic_zone()
    return [
        (
            one,
            [
                (_at(start, zone), _at(end, zone))
                for start, end in found.get(one.pk, ())
                if end - start >= shortest
            ],
        )
        for one in people
    ]  # fmt: skip


@lru_cache(maxsize=8192)
def _at(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in the clinic's zone: many gaps begin and end at the same ones."""
    return timezone.localtime(moment, zone)


def starts_in(gap: Gap, minutes: int) -> Iterator[datetime]:
    """The moments of the grid at which so many minutes can begin."""
    start, end = gap
    at = start + timedelta(minutes=-start.minute % 15)
    while at + timedelta(minutes=minutes) <= end:
        yield at
        at += GRID
