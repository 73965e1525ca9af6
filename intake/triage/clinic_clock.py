"""The clocks of the triage with the clinic's own settings, hours and closed days."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from clinic.directory.closed_days import closed_days
from intake.triage.clocks import NurseHours, Targets, close_of_business_day, contact_due, is_open, next_opening
from intake.triage.models import Level

LOOK_AHEAD = timedelta(days=60)  # closed days beyond this touch no first contact


def targets() -> Targets:
    """The clinic's target times."""
    return Targets(
        emergency=timedelta(minutes=settings.EMERGENCY_CONTACT_MINUTES),
        urgent_open=timedelta(hours=settings.URGENT_CONTACT_OPEN_HOURS),
        urgent_clock=timedelta(hours=settings.URGENT_CONTACT_CLOCK_HOURS),
        business_days=settings.PLANNED_CONTACT_BUSINESS_DAYS,
        visit_days=dict(settings.VISIT_DUE_DAYS),
    )


def answer_due(level: str, asked_at: datetime, *, one_hour: bool = False) -> datetime:
    """By when a nurse answers: a symptom by its level's clock, anything else by the close of the next business day."""
    zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
    hours = NurseHours.parse(settings.NURSE_LINE_HOURS)
    asked_on = asked_at.astimezone(zone).date()
    closed = closed_days(asked_on, asked_on + LOOK_AHEAD)
    if level == Level.ROUTINE:
        return close_of_business_day(asked_on, 1, hours, zone, closed)
    return contact_due(level, asked_at, hours, zone, closed, one_hour=one_hour, targets=targets())


def nurses_are_there(at: datetime) -> bool:
    """Whether the nurse line is open."""
    zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
    day = at.astimezone(zone).date()
    return is_open(at, NurseHours.parse(settings.NURSE_LINE_HOURS), zone, closed_days(day, day))


def nurses_are_back(at: datetime) -> datetime | None:
    """When the nurse line opens again; None while it is open, and when no day within LOOK_AHEAD is open."""
    if nurses_are_there(at):
        return None
    zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
    day = at.astimezone(zone).date()
    hours = NurseHours.parse(settings.NURSE_LINE_HOURS)
    opens = next_opening(at, hours, zone, closed_days(day, day + LOOK_AHEAD))
    return opens if opens is not None and opens <= at + LOOK_AHEAD else None
