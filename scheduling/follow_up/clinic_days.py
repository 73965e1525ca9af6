"""Days after a visit with the clinic's own nurse hours and closed days."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from clinic.directory.closed_days import closed_days
from intake.triage.clocks import NurseHours, close_of_business_day
from scheduling.visits.models import Visit

LOOK_AHEAD = timedelta(days=90)  # past the last call and any closure after it
REPORT_BUSINESS_DAYS = 2  # domain 1.4 and 8: plan to the referrer


def nurse_days(first: date) -> Callable[[date], bool]:
    """Whether nurses work on a day, for the days after `first`: one query, made now."""
    hours, closed = NurseHours.parse(settings.NURSE_LINE_HOURS), closed_days(first, first + LOOK_AHEAD)
    return lambda day: bool(hours.open_on(day, closed))


def report_due(visit: Visit) -> datetime:
    """By when the report of a visit goes to the referrer: the close of the 2nd business day after it. One query."""
    ended_on = timezone.localdate(visit.ends_at)
    hours, zone = NurseHours.parse(settings.NURSE_LINE_HOURS), ZoneInfo(settings.CLINIC_TIME_ZONE)
    closed = closed_days(ended_on, ended_on + LOOK_AHEAD)
    return close_of_business_day(ended_on, REPORT_BUSINESS_DAYS, hours, zone, closed)
