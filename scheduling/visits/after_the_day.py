"""Visits whose time is over and of which nobody has written what became: which days have them, and closing them.

Until that is written a missed visit looks booked, and who was here gets no call on day 7.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import clock
from scheduling.follow_up.calls import drop_calls, plan_calls
from scheduling.requests.refresh import refresh_statuses
from scheduling.visits.day_actions import AFTERWARDS, UNDONE, locked_visit
from scheduling.visits.models import Appointment, StateChange, Visit
from scheduling.visits.moves import stale, swap_one
from scheduling.visits.states import (
    APPOINTMENT_BACK,
    APPOINTMENT_MOVES,
    BOOKED,
    CHECKED_IN,
    COMPLETED,
    DONE,
    IN_VISIT,
    VISIT_BACK,
    VISIT_MOVES,
    WITH_CLINICIAN,
    Moves,
    can_move,
)

OPEN = (BOOKED, CHECKED_IN, IN_VISIT)
MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that is over and how many of its visits nobody has closed."""

    on: date
    visits: int


def open_days(user, before: datetime) -> list[OpenDay]:
    """Days before a moment with visits that nobody has closed, the latest first: one query."""
    rows = Visit.objects.visible_to(user).filter(state__in=OPEN, starts_at__lt=before).order_by()
    days = rows.annotate(on=TruncDate("starts_at")).values("on").annotate(n=Count("pk")).order_by("-on")
    return [OpenDay(row["on"], row["n"]) for row in days[:MOST_DAYS]]


def _stored(visit: Visit) -> str:
    return str(visit.pk)


def _replayed(stored: str) -> Visit:
    return Visit.objects.get(pk=stored)


@submit_once("visit_took_place", store=_stored, replay=_replayed)
def took_place(visit: Visit, *, by: Actor, key: str, now: datetime, version: int | None = None) -> Visit:
    """The visit took place as planned, though not every press was made then: all of it is done, the calls are planned.

    Raises Refused: "not_allowed", "stale", "too_early" (its time is not over).
    """
    row = locked_visit(visit.pk, visit.request_id, by=by, version=version)
    if row.state not in OPEN:
        raise stale()
    if now < row.ends_at:
        words = {"time": clock(row.ends_at)}
        raise Refused(_("The visit ends at %(time)s. Say after that that it took place.") % words, code="too_early")
    history: list[StateChange] = []
    for leg in row.appointments.order_by("position", "pk"):
        history += _forward(leg, (WITH_CLINICIAN, DONE), APPOINTMENT_MOVES, by=by, now=now)
    history += _forward(row, (CHECKED_IN, IN_VISIT, COMPLETED), VISIT_MOVES, by=by, now=now)
    StateChange.objects.bulk_create(history)
    plan_calls(row, by=by)
    refresh_statuses([row.request_id], by=by, at=now, reason=AFTERWARDS)
    record("visit_took_place", by=by, subject=row)
    return row


def _forward(
    row: Visit | Appointment, way: Iterable[str], moves: Moves, *, by: Actor, now: datetime
) -> Iterator[StateChange]:
    """Step by step along the way, as far as the row stands on it; what was called off stays so."""
    for to in way:
        if can_move(moves, row.state, to):
            yield swap_one(row, to, moves=moves, by=by, at=now, reason=AFTERWARDS)


@submit_once("undo_took_place", store=_stored, replay=_replayed)
def undo_took_place(visit: Visit, *, by: Actor, key: str, now: datetime) -> Visit:
    """That was a wrong press: the visit and its appointments are where they were before it.

    Raises Refused: "not_allowed", "stale" (it was completed otherwise, or something has followed), "too_late".
    """
    row = locked_visit(visit.pk, visit.request_id, by=by)
    legs = {leg.pk: leg for leg in row.appointments.all()}
    last = StateChange.objects.filter(thing="visit", thing_id=row.pk).order_by("-at", "-pk").first()
    if row.state != COMPLETED or last is None or last.reason != AFTERWARDS:
        raise stale()
    if now >= last.at + timedelta(minutes=settings.UNDO_MINUTES):
        raise Refused(_("It is too late to undo this here."), code="too_late")
    steps = StateChange.objects.filter(thing_id__in=[row.pk, *legs], at=last.at, reason=AFTERWARDS).order_by("-pk")
    history: list[StateChange] = []
    for step in steps:  # the last one first
        thing, moves = (row, VISIT_BACK) if step.thing == "visit" else (legs[step.thing_id], APPOINTMENT_BACK)
        history.append(swap_one(thing, step.from_state, moves=moves, by=by, at=now, reason=UNDONE))
    StateChange.objects.bulk_create(history)
    drop_calls(row, by=by)
    refresh_statuses([row.request_id], by=by, at=now, reason=UNDONE)
    record("took_place_undone", by=by, subject=row)
    return row
