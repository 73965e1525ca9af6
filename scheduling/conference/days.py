"""The days of conferences: which come, which are over, and why a day is closed. Reads only."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.closed_days import public_holidays
from clinic.directory.models import Holiday
from intake.triage.clocks import NurseHours
from scheduling.availability.models import Closure
from scheduling.conference.models import Conference, ConferenceCase

OF_THE_LIST = (ConferenceCase.State.LISTED, ConferenceCase.State.DISCUSSED)


def coming(user) -> QuerySet[Conference]:
    """Conferences of today and later that are not closed, the next first."""
    rows = Conference.objects.visible_to(user).filter(on__gte=timezone.localdate(), closed_at=None)
    return rows.order_by("on")


def next_day(user) -> date | None:
    """The day of today's conference or of the next one; None when none is planned."""
    rows = Conference.objects.visible_to(user).filter(on__gte=timezone.localdate())
    return rows.order_by("on").values_list("on", flat=True).first()


def with_counts(rows: QuerySet[Conference]) -> QuerySet[Conference]:
    """Conferences with `on_list` and `discussed`, the numbers of their cases."""
    return rows.annotate(
        on_list=Count("cases", filter=Q(cases__state__in=OF_THE_LIST)),
        discussed=Count("cases", filter=Q(cases__state=ConferenceCase.State.DISCUSSED)),
    )


def start_of(on: date, at: time) -> datetime:
    """The moment of a wall time of the clinic."""
    return datetime.combine(on, at, tzinfo=ZoneInfo(settings.CLINIC_TIME_ZONE))


def closed_reason(on: date) -> str:
    """Why the clinic is closed all day: a holiday, a closure, a weekend; empty when it is open. Two queries at most."""
    holiday = Holiday.objects.filter(on=on).first()
    if holiday is not None:
        return holiday.name
    if public_holidays(on, on):
        return _("public holiday")
    first, last = start_of(on, time()), start_of(on + timedelta(days=1), time())
    whole = Closure.objects.filter(clinician=None, room=None, site=None, starts_at__lte=first, ends_at__gte=last)
    closure = whole.first()
    if closure is not None:
        return closure.reason or _("closed")
    return "" if NurseHours.parse(settings.NURSE_LINE_HOURS).open_on(on) else _("the clinic has no hours that day")
