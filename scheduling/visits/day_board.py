"""The visits of one day as the desk sees them: who is where, what comes next, what can be done. Reads only.

The rows come from the day list, so nothing is asked twice; `with_clicks` has that list read when everything came to
be as it is.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.platform.submits.once import new_key
from clinic.platform.words import clock, minutes_words
from scheduling.visits.day_actions import AFTERWARDS, UNDONE
from scheduling.visits.models import Appointment, StateChange, Visit
from scheduling.visits.states import BOOKED, CHECKED_IN, COMPLETED, DONE, HELD, IN_VISIT, NO_SHOW, WITH_CLINICIAN

A_MINUTE = timedelta(minutes=1)
UNDER_WAY = (BOOKED, CHECKED_IN, IN_VISIT)


@dataclass(frozen=True, slots=True)
class LateLeg:
    """A leg that a late patient misses in part or whole: minutes left of it, 0 when it is over before they come."""

    leg: Appointment
    minutes_left: int

    @property
    def is_impossible(self) -> bool:
        """Whether nothing of it is left."""
        return self.minutes_left <= 0


def late_legs(legs: Iterable[Appointment], arrives_at: datetime) -> list[LateLeg]:
    """The legs that begin before the patient is here, in their order."""
    return [LateLeg(leg, max(0, (leg.ends_at - arrives_at) // A_MINUTE)) for leg in legs if leg.starts_at < arrives_at]


@dataclass(slots=True)
class LegRow:
    """One appointment of a visit on the board."""

    leg: Appointment
    words: str
    late: str = ""
    step: str = ""  # what a press does: "start", "finish" or nothing
    can_undo: bool = False

    @property
    def key(self) -> str:
        """A fresh key for each form."""
        return new_key()


@dataclass(slots=True)
class VisitRow:
    """One visit on the board, and what can be done with it now."""

    visit: Visit
    legs: list[LegRow]
    words: str
    is_overdue: bool = False
    steps: set[str] = field(default_factory=set)
    next: str = ""  # who comes after the clinician who is with the patient
    is_open: bool = False  # its day is over, and nobody has written what became of it

    @property
    def key(self) -> str:
        """A fresh key for each form."""
        return new_key()

    @property
    def born(self) -> str:
        """The second thing, beside the name, that tells two patients apart."""
        return born_words(self.visit.patient.date_of_birth)


def born_words(stored: str) -> str:
    """ "March 27, 1951"; what cannot be read as it was given."""
    try:
        return date_format(date.fromisoformat(stored), "F j, Y")
    except ValueError:
        return stored


def visit_rows(appointments: Iterable[Appointment], *, now: datetime, may_run: bool) -> list[VisitRow]:
    """The visits of these appointments in order of their start; held days are not among them.

    `may_run`: whether the person may do something; without it the rows only tell.
    """
    visits: dict[object, Visit] = {}
    legs: dict[object, list[Appointment]] = {}
    for leg in sorted(appointments, key=lambda leg: (leg.visit.starts_at, leg.starts_at, leg.position)):
        if leg.visit.state != HELD:
            visits.setdefault(leg.visit_id, leg.visit)
            legs.setdefault(leg.visit_id, []).append(leg)
    return [_row(visit, legs[key], now=now, may_run=may_run) for key, visit in visits.items()]


def with_clicks(appointments: QuerySet) -> QuerySet:
    """The appointments with `came_at` and `visit_came_at`, when they, and their visits, came to their state, and
    `visit_came_by`, the reason of that step of the visit."""
    return appointments.annotate(
        came_at=_click("appointment", "pk", "state"),
        visit_came_at=_click("visit", "visit_id", "visit__state"),
        visit_came_by=_click("visit", "visit_id", "visit__state", "reason"),
    )


def _click(thing: str, key: str, state: str, what: str = "at") -> Subquery:
    """The last step forward; one that was taken back and came again by undoing keeps its own age."""
    rows = StateChange.objects.filter(thing=thing, thing_id=OuterRef(key), to_state=OuterRef(state))
    return Subquery(rows.exclude(reason=UNDONE).order_by("-at", "-pk").values(what)[:1])


def _row(visit: Visit, legs: list[Appointment], *, now: datetime, may_run: bool) -> VisitRow:
    recent = now - timedelta(minutes=settings.UNDO_MINUTES)
    is_its_day = timezone.localdate(visit.starts_at) <= timezone.localdate(now)
    is_told = visit.state == COMPLETED and legs[0].visit_came_by == AFTERWARDS
    running = next((leg for leg in legs if leg.state == WITH_CLINICIAN), None)
    late = {one.leg.pk: one for one in _late_legs(visit, legs, now)}
    rows = []
    for leg in legs:
        can_undo = leg.state in (WITH_CLINICIAN, DONE) and (leg.came_at or recent) > recent
        can_undo = can_undo and not is_told and (leg.state == WITH_CLINICIAN or running is None)
        row = LegRow(leg, _leg_words(leg), _late_words(late.get(leg.pk)), can_undo=may_run and can_undo)
        if may_run and leg is running:
            row.step = "finish"
        elif may_run and running is None and leg.state == BOOKED and visit.state in (CHECKED_IN, IN_VISIT):
            row.step = "start"
        rows.append(row)
    is_fresh = (legs[0].visit_came_at or recent) > recent
    steps = _steps(visit, is_fresh, running is not None, now=now) if may_run and is_its_day else set()
    if may_run and is_told and is_fresh:
        steps |= {"undo-took-place"}
    words, is_overdue = _visit_words(visit, legs, running, now)
    return VisitRow(visit, rows, words, is_overdue, steps, _next_words(legs, running), _is_open(visit, now))


def _is_open(visit: Visit, now: datetime) -> bool:
    return visit.state in UNDER_WAY and timezone.localdate(visit.starts_at) < timezone.localdate(now)


def _steps(visit: Visit, is_fresh: bool, is_with_somebody: bool, *, now: datetime) -> set[str]:
    """What can be done with the visit as a whole; `is_fresh`: its last step can still be undone."""
    is_today = timezone.localdate(visit.starts_at) == timezone.localdate(now)
    steps = set()
    if visit.state == BOOKED:
        steps = {"check-in"} | ({"late"} if is_today else set()) | ({"no-show"} if now >= visit.starts_at else set())
    if visit.state == CHECKED_IN and is_fresh:
        steps = {"undo-check-in"}
    if visit.state in (CHECKED_IN, IN_VISIT) and not is_with_somebody:
        steps |= {"left"}
    if visit.state == NO_SHOW and is_fresh:
        steps = {"undo-no-show"}
    if visit.state in UNDER_WAY:
        steps |= {"change"} | ({"add"} if is_today else set()) | ({"took-place"} if now >= visit.ends_at else set())
    return steps


def _late_legs(visit: Visit, legs: list[Appointment], now: datetime) -> list[LateLeg]:
    if visit.state != BOOKED or not visit.late_minutes:
        return []
    return late_legs(legs, max(now, visit.starts_at + visit.late_minutes * A_MINUTE))


def _late_words(late: LateLeg | None) -> str:
    if late is None:
        return ""
    if late.is_impossible:
        return _("Over before the patient comes")
    return _("%(minutes)s left of it") % {"minutes": minutes_words(late.minutes_left)}


def _leg_words(leg: Appointment) -> str:
    """A clear word for where the leg is."""
    since = leg.came_at
    if leg.state == WITH_CLINICIAN:
        return _("In progress since %(time)s") % {"time": clock(since)} if since else _("In progress")
    if leg.state == DONE:
        return _("Done at %(time)s") % {"time": clock(since)} if since else _("Done")
    if leg.state == BOOKED:
        return _("To come")
    return leg.get_state_display()


def _visit_words(visit: Visit, legs: list[Appointment], running: Appointment | None, now: datetime) -> tuple[str, bool]:
    """Where the patient is, and whether somebody should look into it."""
    if _is_open(visit, now):
        return (_("Not closed: did the patient come?") if visit.state == BOOKED else _("Not closed")), True
    if visit.state == BOOKED:
        expected = visit.starts_at + (visit.late_minutes or 0) * A_MINUTE
        words = {"time": clock(expected)}
        if now > expected:
            return _("Not here yet: expected at %(time)s") % words, True
        if visit.late_minutes:
            return _("Late: comes at about %(time)s") % words, False
        return _("Expected at %(time)s") % words, False
    if visit.state in (COMPLETED, NO_SHOW):
        return visit.get_state_display(), False
    if running is not None:
        words = {"clinician": running.clinician.name, "time": clock(running.ends_at)}
        return _("With %(clinician)s until %(time)s") % words, now > running.ends_at
    following = next((leg for leg in legs if leg.state == BOOKED), None)
    if following is None:
        return _("Here"), False
    words = {"clinician": following.clinician.name, "time": clock(following.starts_at)}
    return _("Waiting for %(clinician)s at %(time)s") % words, now > following.starts_at


def _next_words(legs: list[Appointment], running: Appointment | None) -> str:
    """Who comes after the one who is with the patient; a patient who waits has that in the words of the visit."""
    following = next((leg for leg in legs if leg.state == BOOKED), None) if running is not None else None
    if following is None:
        return ""
    words = {"clinician": following.clinician.name, "time": clock(following.starts_at)}
    return _("Next: %(clinician)s at %(time)s") % words


def counts_words(rows: Iterable[VisitRow]) -> list[str]:
    """How the day stands, in a few words each: who is expected, late, waiting, with somebody, done, or did not come."""
    found = Counter(_stands(row) for row in rows)
    words = {
        "open": ngettext("%(n)s not closed", "%(n)s not closed", found["open"]),
        "expected": ngettext("%(n)s expected", "%(n)s expected", found["expected"]),
        "late": ngettext("%(n)s late or not here yet", "%(n)s late or not here yet", found["late"]),
        "waiting": ngettext("%(n)s here and waiting", "%(n)s here and waiting", found["waiting"]),
        "with": ngettext("%(n)s with a clinician", "%(n)s with a clinician", found["with"]),
        "done": ngettext("%(n)s done", "%(n)s done", found["done"]),
        "missed": ngettext("%(n)s did not come", "%(n)s did not come", found["missed"]),
    }
    return [text % {"n": found[key]} for key, text in words.items() if found[key]]


def _stands(row: VisitRow) -> str:
    if row.is_open:
        return "open"
    if row.visit.state == BOOKED:
        return "late" if row.is_overdue or row.visit.late_minutes else "expected"
    if row.visit.state in (CHECKED_IN, IN_VISIT):
        return "with" if any(one.leg.state == WITH_CLINICIAN for one in row.legs) else "waiting"
    return "done" if row.visit.state == COMPLETED else "missed"
