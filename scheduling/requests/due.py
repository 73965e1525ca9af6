"""Deadlines of a request: the clocks of the triage with the clinic's settings, hours and closed days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from clinic.directory.closed_days import closed_days
from intake.triage.clinic_clock import LOOK_AHEAD, targets
from intake.triage.clocks import NurseHours, contact_due, is_open, visit_due_on
from intake.triage.engine import Result
from intake.triage.models import Level
from scheduling.availability.read import clinic_zone


@dataclass(frozen=True, slots=True)
class Due:
    """By when somebody calls, by when the visit is, and whether the on-call person must be paged now."""

    contact_at: datetime
    visit_on: date
    pages: bool


def due(level: str, sent_at: datetime, result: Result, *, detected_at: datetime | None = None) -> Due:
    """Deadlines of a level, counted from sending (EMERGENCY: from its detection).

    `result` is the engine's: it names rules that ask for a call within the hour or for an early visit.
    """
    zone, aims = clinic_zone(), targets()
    sent_on = sent_at.astimezone(zone).date()
    hours = NurseHours.parse(settings.NURSE_LINE_HOURS)
    closed = closed_days(sent_on, sent_on + LOOK_AHEAD)
    one_hour = level == Level.URGENT and result.one_hour
    since = detected_at if level == Level.EMERGENCY and detected_at else sent_at
    visit_on = visit_due_on(level, sent_on, targets=aims)
    if result.visit_within_days is not None:
        visit_on = min(visit_on, sent_on + timedelta(days=result.visit_within_days))
    return Due(
        contact_at=contact_due(level, since, hours, zone, closed, one_hour=one_hour, targets=aims),
        visit_on=visit_on,
        pages=one_hour and not is_open(sent_at, hours, zone, closed),
    )
