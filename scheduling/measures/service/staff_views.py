"""Staff: the measures of service by month. Sums of the whole clinic; nothing on these pages leads to a patient."""

from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from scheduling.availability.read import clinic_zone
from scheduling.measures.csv_file import csv_file
from scheduling.measures.service import tables
from scheduling.measures.service.compute import COMPUTED, equity_figures
from scheduling.measures.service.figures import HIDDEN_BELOW, Period
from scheduling.measures.service.forms import RangeForm
from scheduling.measures.service.texts import EQUITY_COLUMNS, LEADS, MEASURES, PAGES
from scheduling.measures.tabs import tabs

EQUITY = "equity"
FIRST_PAGE = "waiting"


def _form(request: HttpRequest, now: datetime) -> RangeForm:
    return RangeForm(request.GET or None, today=timezone.localdate(now))


@requires(Permission.VIEW_MEASURES)
@require_safe
def service(request: HttpRequest, page: str = FIRST_PAGE) -> HttpResponse:
    """One page of measures for the months chosen; 422 with the form alone when they make no sense."""
    if page not in PAGES:
        raise Http404
    now = timezone.now()
    form = _form(request, now)
    period = form.period(clinic_zone())
    chosen = tables.months_in_address(period) if period and form.is_bound else {}
    context = {
        "page": page,
        "title": PAGES[page],
        "lead": LEADS[page],
        "form": form,
        "here": reverse("staff-measures:service-page", args=[page]),
        "tabs": tabs(page, chosen),
        "below": HIDDEN_BELOW,
        "now": now,
    }
    if period is None:
        return render(request, "measures/service.html", context, status=422)
    context |= {
        "months": tables.period_words(period),
        "is_open": tables.is_this_month(period, timezone.localdate(now)),
        "query": urlencode(tables.months_in_address(period)),
    }
    if page == EQUITY:
        figures = equity_figures(period, now, EQUITY_COLUMNS)
        context |= {"figures": figures, "tables": tables.equity_tables(figures.lines, _equity_texts())}
        return render(request, "measures/equity.html", context)
    lines = COMPUTED[page](period, now)
    context["sections"] = [tables.section(MEASURES[slug], found, period) for slug, found in lines.items()]
    return render(request, "measures/service.html", context)


@requires(Permission.VIEW_MEASURES)
@require_safe
def service_csv(request: HttpRequest, measure: str) -> HttpResponse:
    """One measure, or the equity view, as a file; back to its page when the months make no sense."""
    if measure != EQUITY and measure not in MEASURES:
        raise Http404
    now = timezone.now()
    form = _form(request, now)
    period = form.period(clinic_zone())
    if period is None:
        return service(request, EQUITY if measure == EQUITY else MEASURES[measure].page)
    head, rows = _file(measure, period, now)
    with transaction.atomic():  # a file leaves the house: the audit knows who took it
        record_view(("measure", measure), by=staff_actor(request.user), purpose="csv")
    return csv_file(measure, timezone.localdate(now), head, rows)


def _file(measure: str, period: Period, now: datetime) -> tuple:
    if measure == EQUITY:
        lines = equity_figures(period, now, EQUITY_COLUMNS).lines
        return tables.EQUITY_HEAD, list(tables.equity_csv(lines, _equity_texts()))
    text = MEASURES[measure]
    return tables.CSV_HEAD, list(tables.csv_rows(text, COMPUTED[text.page](period, now)[measure], period))


def _equity_texts() -> dict:
    return {column: MEASURES[slug].lines[key] for column, (slug, key) in EQUITY_COLUMNS.items()}
