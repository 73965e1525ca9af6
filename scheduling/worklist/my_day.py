"""The day of one clinician: their appointments today and on the next days they have any, and the next conference.

Reads only, in a fixed number of queries. Who handles trials sees here what waits for them instead.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Clinician
from clinic.platform.words import clock
from intake.nurse_line.models import NurseQuestion, Topic
from intake.tasks.models import StaffTask
from scheduling.conference.models import Conference, ConferenceCase
from scheduling.visits.day_list import day_bounds
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.states import BOOKED, CHECKED_IN, DONE, IN_VISIT, NO_SHOW, WITH_CLINICIAN

DAYS_AHEAD = 60
DAYS_SHOWN = 5  # besides today
MOST_TASKS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment as its clinician reads it."""

    leg: Appointment
    place: str
    state: str
    is_late: bool = False

    @property
    def visit(self) -> Visit:
        """The day of the patient that it is part of."""
        return self.leg.visit


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its appointments, in order."""

    on: date
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class MyDay:
    """What a clinician's home shows."""

    clinician: Clinician | None
    today: Day
    next_days: list[Day]
    conference: Conference | None


def my_day(user, *, now: datetime) -> MyDay:
    """Three queries, whatever the number of appointments."""
    today = timezone.localdate(now)
    clinician = Clinician.objects.filter(user=user).select_related("specialty", "site").first()
    by_day: dict[date, list[Line]] = {}
    for leg in _legs(clinician, user, today) if clinician else []:
        by_day.setdefault(timezone.localdate(leg.starts_at), []).append(_line(leg, now=now))
    days = [Day(on, lines) for on, lines in sorted(by_day.items()) if on != today]
    return MyDay(clinician, Day(today, by_day.get(today, [])), days[:DAYS_SHOWN], next_conference(user, today))


def _legs(clinician: Clinician, user, today: date):
    start, _end = day_bounds(today)
    rows = Appointment.objects.filter(
        clinician=clinician,
        starts_at__gte=start,
        starts_at__lt=day_bounds(today + timedelta(days=DAYS_AHEAD))[1],
        state__in=[BOOKED, WITH_CLINICIAN, DONE, NO_SHOW],
        visit__in=Visit.objects.visible_to(user).values("pk"),
    )
    rows = rows.select_related("room", "visit__patient", "visit__room", "visit__request", "visit__visit_type")
    return rows.order_by("starts_at", "pk")


def _line(leg: Appointment, *, now: datetime) -> Line:
    place = str(leg.get_mode_display())
    if leg.mode == Appointment.Mode.IN_PERSON:
        room = leg.room or leg.visit.room
        place = room.name if room else ""
    state, is_late = _state(leg, now)
    return Line(leg, place, state, is_late)


def _state(leg: Appointment, now: datetime) -> tuple[str, bool]:
    """Where the patient is, for this clinician, and whether somebody should look into it."""
    if leg.state == WITH_CLINICIAN:
        return _("With you"), False
    if leg.state != BOOKED:
        return str(leg.get_state_display()), False
    if leg.visit.state in (CHECKED_IN, IN_VISIT):
        return _("Here"), leg.starts_at < now
    if leg.visit.late_minutes:
        expected = leg.visit.starts_at + timedelta(minutes=leg.visit.late_minutes)
        return _("Late: comes at about %(time)s") % {"time": clock(expected)}, False
    return (_("Not here yet"), True) if leg.starts_at < now else (_("To come"), False)


def next_conference(user, today: date) -> Conference | None:
    """The next case conference this person may see, with `cases_listed`; one query."""
    listed = Count("cases", filter=~Q(cases__state=ConferenceCase.State.REMOVED))
    rows = Conference.objects.visible_to(user).filter(on__gte=today, closed_at=None)
    return rows.annotate(cases_listed=listed).order_by("on").first()


@dataclass(frozen=True, slots=True)
class TrialWork:
    """What waits for who handles trials: tasks with the request they are about, and questions."""

    tasks: list[StaffTask]
    more: int
    questions: int


def trial_work(user) -> TrialWork:
    """Open tasks about interest in a trial, the first due on top, and how many questions wait: three queries."""
    rows = StaffTask.objects.visible_to(user).filter(kind=StaffTask.Kind.TRIAL_INTEREST).still_open()
    tasks = list(rows.select_related("patient", "report__request")[: MOST_TASKS + 1])
    more = rows.count() - MOST_TASKS if len(tasks) > MOST_TASKS else 0
    questions = NurseQuestion.objects.visible_to(user).filter(topic=Topic.TRIALS, closed_at=None).count()
    return TrialWork(tasks[:MOST_TASKS], more, questions)
