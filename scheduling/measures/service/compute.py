"""The lines of each page of the measures of service: reads, then pure functions. Constant queries a page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from scheduling.measures.service import after, equity, reads, safety, use, visit_reads, visiting, waiting
from scheduling.measures.service.figures import Item, Line, Period, line_of

Lines = dict[str, list[Line]]  # by the slug of the measure
ZIP = re.compile(r"\b(\d{5})(?:-\d{4})?\s*\Z")


def _waiting_items(period: Period, now: datetime) -> dict[str, dict[str, list[Item]]]:
    """The items of the first five measures, by measure and line: four queries."""
    house = reads.the_house(period, now)
    requests, alerts = reads.request_facts(period), reads.alert_facts(period)
    return {
        "acknowledgement": {"all": waiting.acknowledgements(requests, house)},
        "consult": {
            "all": waiting.consults(requests, house),
            "self": waiting.consults(requests, house, self_referral=True),
        },
        "seen": {key: waiting.seen(requests, house, target) for key, target in waiting.SEEN_WITHIN.items()},
        "nurse-contact": waiting.nurse_contacts(requests, alerts, house),
        "alert-time": {"all": waiting.alert_times(alerts, requests, house)},
    }


def _waiting(period: Period, now: datetime) -> Lines:
    found = _waiting_items(period, now)
    grouped = ("seen",)
    return {
        slug: [line_of(key, items, period, grouped=None if slug in grouped else ()) for key, items in lines.items()]
        for slug, lines in found.items()
    }


def _safety(period: Period, now: datetime) -> Lines:
    """Three queries."""
    house, requests = reads.the_house(period, now), reads.request_facts(period)
    changed, by_rule = safety.overrides(requests, house)
    later = safety.later_hospital(requests, reads.hospital_days(period), house)
    return {
        "under-triage": [
            line_of("raised", safety.raised(requests, house), period),
            line_of("hospital", later, period),
        ],
        "over-triage": [line_of("all", safety.lowered(requests, house), period)],
        "overrides": [line_of("all", changed, period, grouped=by_rule)],
    }


def _visits(period: Period, now: datetime) -> Lines:
    """Four queries."""
    house, visits = reads.the_house(period, now), visit_reads.visit_facts(period)
    return {
        "no-show": [
            line_of("no_show", visiting.no_shows(visits, house), period),
            line_of("slots", visiting.no_shows_of_slots(visits, house), period),
            line_of("late", visiting.late_cancellations(visits, house), period),
        ],
        "clinic-cancellation": [line_of("all", visiting.clinic_cancellations(visits, house), period)],
        "coordinated": [line_of("all", visiting.coordinated(visits, house), period)],
        "idle": [line_of("all", visiting.idle_minutes(visits, house), period)],
        "radiation": [line_of("all", visiting.same_day_radiation(visits, house), period)],
        "interpreter": [line_of("all", visiting.interpreters(visits, house), period)],
    }


def _time(period: Period, now: datetime) -> Lines:
    """Four queries."""
    working, booked = visit_reads.time_facts(period, now)
    return {"utilization": list(use.utilization(working, booked, period, reads.the_house(period, now)))}


def _after(period: Period, now: datetime) -> Lines:
    """Five queries."""
    house, calls = reads.the_house(period, now), visit_reads.call_facts(period)
    cases, _questions = visit_reads.case_and_question_facts(period)
    kinds = tuple(after.CALL_TOLERANCE)
    return {
        "report": [line_of("all", after.reports(visit_reads.report_facts(period), house), period)],
        "calls": [line_of(kind, after.calls(calls, house, kind), period) for kind in kinds],
        "pain": [line_of(kind, after.pain_changes(calls, kind), period) for kind in kinds],
        "conference": [line_of("all", after.complete_records(cases), period)],
    }


def _forms(period: Period, now: datetime) -> Lines:
    """Three queries."""
    house = reads.the_house(period, now)
    _cases, questions = visit_reads.case_and_question_facts(period)
    return {
        "nurse-line": [
            line_of("other", after.answers(questions, house, about_symptoms=False), period),
            line_of("symptoms", after.answers(questions, house, about_symptoms=True), period),
        ],
        "drop-off": [after.drop_off(visit_reads.draft_facts(period), period, house)],
    }


COMPUTED: dict[str, Callable[[Period, datetime], Lines]] = {
    "waiting": _waiting,
    "safety": _safety,
    "visits": _visits,
    "time": _time,
    "after": _after,
    "forms": _forms,
}


@dataclass(frozen=True, slots=True)
class EquityFigures:
    """The equity view: lines by attribute and column, and the ZIP code that areas were compared with."""

    lines: dict[str, dict[str, Line]]
    compared_with: str  # the clinic's ZIP code, or three digits of the usual area
    is_of_clinic: bool


def equity_figures(period: Period, now: datetime, columns: dict[str, tuple[str, str]]) -> EquityFigures:
    """The first five measures by group: six queries. `columns` name the measure and the line of each."""
    found, people = _waiting_items(period, now), reads.people(period)
    items = {column: found[slug][key] for column, (slug, key) in columns.items()}
    own = ZIP.search(settings.CLINIC_ADDRESS.strip())
    compared = own[1] if own else equity.usual_area(people.values())
    return EquityFigures(equity.equity_lines(items, people, period, compared), compared, own is not None)
