"""Free time behind the day and month views: four clinicians for one day and for 30 days, each in one call."""

import datetime as dt
import statistics

from django.utils import timezone

from benchmarks.measuring import count_queries, milliseconds
from benchmarks.rows import Row, row
from clinic.directory.models import Clinician
from scheduling.itineraries.search import free_time

DAYS, CLINICIANS = 30, 4
LIMIT_QUERIES = 5
LIMIT_MILLISECONDS = 100  # what a person takes for at once


def measure() -> list[Row]:
    """Queries of both views, and how long the month takes."""
    ids = list(Clinician.objects.order_by("pk").values_list("pk", flat=True)[:CLINICIANS])
    month, day = (lambda: _free(ids, DAYS)), (lambda: _free(ids, 1))
    found = month()
    if len(found) != CLINICIANS or not all(found.values()):
        raise RuntimeError("a clinician without free time in a month was not to be expected")
    spent = statistics.median(milliseconds(month) for _ in range(20))
    name = f"free time: {CLINICIANS} clinicians x {DAYS} days"
    return [
        row("free time: queries of a day", count_queries(day), "queries", limit=LIMIT_QUERIES),
        row(f"{name}, queries", count_queries(month), "queries", limit=LIMIT_QUERIES),
        row(name, spent, "ms", limit=LIMIT_MILLISECONDS),
    ]


def _free(ids: list[int], days: int):
    first = timezone.localdate() + dt.timedelta(days=7)
    return free_time(ids, first, first + dt.timedelta(days=days - 1), now=timezone.now())
