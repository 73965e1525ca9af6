"""Staff: third next available and the capacity plan. No patient data on any of these pages."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from scheduling.availability.read import clinic_zone
from scheduling.measures import access_table, capacity_table
from scheduling.measures.access import next_measuring
from scheduling.measures.capacity import WEEKS
from scheduling.measures.csv_file import csv_file
from scheduling.measures.demand import capacity_plan
from scheduling.measures.tabs import tabs
from scheduling.measures.third_next import days_ahead, third_next_available


@requires(Permission.VIEW_MEASURES)
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """Third next available as of now, beside what was kept on the Mondays before."""
    now = timezone.now()
    past = access_table.kept_figures(now, access_table.WEEKS_SHOWN)
    context = {
        "table": access_table.access_table(third_next_available(now), past, now),
        "now": now,
        "next_measuring": next_measuring(now, clinic_zone()),
        "horizon": days_ahead(now),
        "tabs": tabs("access"),
    }
    return render(request, "measures/access.html", context)


@requires(Permission.VIEW_MEASURES)
@require_safe
def access_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file, with a year of Mondays."""
    now = timezone.now()
    past = access_table.kept_figures(now, access_table.WEEKS_IN_FILE)
    rows = access_table.csv_rows(third_next_available(now), past, now)
    _record(request, "access")
    return csv_file("third-next-available", timezone.localdate(now), access_table.CSV_HEAD, rows)


@requires(Permission.VIEW_MEASURES)
@require_safe
def capacity(request: HttpRequest) -> HttpResponse:
    """Supply against demand for the coming weeks, the bottleneck first."""
    now = timezone.now()
    plan = capacity_plan(now)
    context = {
        "plan": plan,
        "lines": capacity_table.lines(plan),
        "sentence": capacity_table.sentence(plan),
        "weeks": WEEKS,
        "now": now,
        "tabs": tabs("capacity"),
    }
    return render(request, "measures/capacity.html", context)


@requires(Permission.VIEW_MEASURES)
@require_safe
def capacity_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    now = timezone.now()
    rows = capacity_table.csv_rows(capacity_plan(now))
    _record(request, "capacity")
    return csv_file("capacity", timezone.localdate(now), capacity_table.CSV_HEAD, rows)


def _record(request: HttpRequest, measure: str) -> None:
    """A file leaves the house: the audit knows who took it."""
    with transaction.atomic():
        record_view(("measure", measure), by=staff_actor(request.user), purpose="csv")
