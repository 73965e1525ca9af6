"""Writes of the day of a visit: who came, who is with whom, who is late, who did not come, and wrong clicks taken back.

Each is one transaction with its history and its audit record. Locks come in the one order: the request, then the visit.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import clock
from scheduling.follow_up.calls import drop_calls, plan_calls
from scheduling.requests.may import require_staff
from scheduling.requests.refresh import refresh_statuses
from scheduling.visits.change_rows import record_change, snapshot
from scheduling.visits.change_write import fit_to_legs, lock_visit, swap_claims, write_legs, write_visit
from scheduling.visits.drawing import draw_claims
from scheduling.visits.freed import time_freed
from scheduling.visits.guard import keys_of_shared_time
from scheduling.visits.models import Appointment, StateChange, Visit, VisitChange
from scheduling.visits.moves import stale, swap_one, swap_visits
from scheduling.visits.replan import live_legs, read_visit
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
    can_move,
    visit_state_back,
    visit_state_from,
)

MOST_MINUTES_LATE = 240
UNDONE = "undone"  # reason of a history row that takes a click back
AFTERWARDS = "told_afterwards"  # and of one that was made for all clicks of a day that is over


def _stored(row) -> str:
    return str(row.pk)


def _replayed_visit(stored: str) -> Visit:
    return Visit.objects.get(pk=stored)


def _replayed_leg(stored: str) -> Appointment:
    return Appointment.objects.select_related("visit").get(pk=stored)


def locked_visit(visit_id, request_id, *, by: Actor, version: int | None = None) -> Visit:
    """The visit as it is now, held to the end of the transaction, for somebody who runs the day.

    `version` is the calendar sequence that the page showed. Raises Refused(code="not_allowed", "stale").
    """
    require_staff(by, Permission.RUN_DAY)
    lock_keys(("request", str(request_id)), *keys_of_shared_time(visit_id))
    row = Visit.objects.select_for_update(of=("self",)).select_related("patient", "request").get(pk=visit_id)
    if version is not None and version != row.calendar_sequence:
        raise stale()
    return row


def require_its_day(visit: Visit, now: datetime) -> None:
    """Raise Refused(code="not_today") before the local day of the visit."""
    if timezone.localdate(visit.starts_at) > timezone.localdate(now):
        raise Refused(_("This can be done on the day of the visit."), code="not_today")


@submit_once("check_in", store=_stored, replay=_replayed_visit)
def check_in(visit: Visit, *, by: Actor, key: str, now: datetime, version: int | None = None) -> Visit:
    """The patient is here. Raises Refused: "not_allowed", "stale", "not_today"."""
    row = locked_visit(visit.pk, visit.request_id, by=by, version=version)
    require_its_day(row, now)
    return here(row, by=by, now=now)


def here(row: Visit, *, by: Actor, now: datetime) -> Visit:
    """The same inside the caller's transaction, for a visit that it has locked."""
    if row.state != BOOKED:
        raise stale()
    swap_one(row, CHECKED_IN, moves=VISIT_MOVES, by=by, at=now).save()
    record("visit_checked_in", by=by, subject=row)
    return row


@submit_once("start_leg", store=_stored, replay=_replayed_leg)
def start_leg(leg: Appointment, *, by: Actor, key: str, now: datetime, version: int | None = None) -> Appointment:
    """The patient is with this clinician now; with the first of them the visit is under way.

    Raises Refused: "not_allowed", "stale", "not_here" (not checked in), "running" (still with another clinician).
    """
    visit = locked_visit(leg.visit_id, leg.visit.request_id, by=by, version=version)
    legs = _legs_of(visit)
    row = next(one for one in legs if one.pk == leg.pk)
    if row.state != BOOKED:
        raise stale()
    if visit.state not in (CHECKED_IN, IN_VISIT):
        raise Refused(_("Check the patient in first."), code="not_here")
    _require_nobody_with_them(legs)
    _step(visit, row, legs, WITH_CLINICIAN, by=by, now=now)
    record("appointment_started", by=by, subject=visit, data={"appointment": row.pk})
    return row


@submit_once("finish_leg", store=_stored, replay=_replayed_leg)
def finish_leg(leg: Appointment, *, by: Actor, key: str, now: datetime, version: int | None = None) -> Appointment:
    """The appointment is done; with the last one the visit is completed. Raises Refused: "not_allowed", "stale"."""
    visit = locked_visit(leg.visit_id, leg.visit.request_id, by=by, version=version)
    legs = _legs_of(visit)
    row = next(one for one in legs if one.pk == leg.pk)
    if not can_move(APPOINTMENT_MOVES, row.state, DONE):
        raise stale()
    _step(visit, row, legs, DONE, by=by, now=now)
    record("appointment_finished", by=by, subject=visit, data={"appointment": row.pk, "visit_state": visit.state})
    return row


def _require_nobody_with_them(legs: list[Appointment]) -> None:
    """Raise Refused(code="running") while the patient is with a clinician."""
    other = next((one for one in legs if one.state == WITH_CLINICIAN), None)
    if other is not None:
        words = {"clinician": other.clinician.name}
        raise Refused(_("The patient is still with %(clinician)s. Finish that first.") % words, code="running")


def _legs_of(visit: Visit) -> list[Appointment]:
    return list(visit.appointments.select_related("clinician").order_by("position", "pk"))


def _step(visit: Visit, leg: Appointment, legs: list[Appointment], to: str, *, by: Actor, now: datetime) -> None:
    """Moves the leg forward and its visit after it."""
    history = [swap_one(leg, to, moves=APPOINTMENT_MOVES, by=by, at=now)]
    steps = _between(visit.state, visit_state_from(visit.state, [one.state for one in legs]))
    history += [swap_one(visit, step, moves=VISIT_MOVES, by=by, at=now) for step in steps]
    StateChange.objects.bulk_create(history)
    if COMPLETED in steps:
        plan_calls(visit, by=by)
    refresh_statuses([visit.request_id], by=by, at=now, reason=f"visit_{visit.state}")


def _between(state: str, to: str) -> list[str]:
    """The steps of a visit from one state to a later one: it never leaps over being under way."""
    way = [CHECKED_IN, IN_VISIT, Visit.State.COMPLETED]
    return way[way.index(state) + 1 : way.index(to) + 1] if state in way else []


@submit_once("mark_no_show", store=_stored, replay=_replayed_visit)
def mark_no_show(visit: Visit, *, by: Actor, key: str, now: datetime, version: int | None = None) -> Visit:
    """The patient did not come: all time of the visit is free, the request is ready again.

    It can be undone for a while (`changes.undo_change`). Raises Refused: "not_allowed", "stale", "too_early" (the visit
    has not begun).
    """
    row = locked_visit(visit.pk, visit.request_id, by=by, version=version)
    if row.state != BOOKED:
        raise stale()
    if now < row.starts_at:
        words = {"time": clock(row.starts_at)}
        raise Refused(_("The visit begins at %(time)s. Mark it after that.") % words, code="too_early")
    legs = _legs_of(row)
    _not_seen(row, legs, snapshot(row, legs), [], by=by, now=now, reason="no_show")
    return row


def _not_seen(
    row: Visit,
    legs: list[Appointment],
    before: dict,
    history: list[StateChange],
    *,
    by: Actor,
    now: datetime,
    reason: str,
) -> None:
    """A booked visit ends without anybody having seen the patient; `history` has the steps that led to it."""
    changes = {"calendar_sequence": row.calendar_sequence + 1}
    history += swap_visits([row], legs, Visit.State.NO_SHOW, by=by, at=now, reason=reason, changes=changes)
    StateChange.objects.bulk_create(history)
    after = snapshot(row, legs)
    change = record_change(row, VisitChange.Kind.NO_SHOW, before, after, by=by, at=now, reason=reason)
    refresh_statuses([row.request_id], by=by, at=now, reason=reason)
    time_freed(at=now, cause=reason)
    record(f"visit_{reason}", by=by, subject=row, data={"change": change.pk})


@submit_once("patient_left", store=_stored, replay=_replayed_visit)
def patient_left(visit: Visit, *, by: Actor, key: str, now: datetime, version: int | None = None) -> Visit:
    """The patient has left before the last appointment: what was still to come is free.

    Whoever was seen by somebody has a completed visit; for whoever was seen by nobody the request is ready again. Both
    can be undone for a while (`changes.undo_change`). Raises Refused: "not_allowed", "stale", "running" (still with a
    clinician).
    """
    require_staff(by, Permission.RUN_DAY)
    row, legs = read_visit(visit.pk)
    if row.state not in (CHECKED_IN, IN_VISIT) or (version is not None and version != row.calendar_sequence):
        raise stale()
    _require_nobody_with_them(legs)
    before, sequence = snapshot(row, legs), row.calendar_sequence
    missed = [leg for leg in legs if leg.state == BOOKED]
    staying = [leg for leg in live_legs(legs) if leg not in missed]
    locked, locked_legs = lock_visit(row, draw_claims(row, staying, with_patient=True))
    if snapshot(locked, locked_legs) != before or locked.calendar_sequence != sequence:
        raise stale()
    if row.state == CHECKED_IN:
        back = [swap_one(row, BOOKED, moves=VISIT_BACK, by=by, at=now, reason="left_unseen")]
        _not_seen(row, legs, before, back, by=by, now=now, reason="left_unseen")
        return row
    gone, over = Appointment.State.NO_SHOW, Visit.State.COMPLETED
    history = [swap_one(leg, gone, moves=APPOINTMENT_MOVES, by=by, at=now, reason="left") for leg in missed]
    history.append(swap_one(row, over, moves=VISIT_MOVES, by=by, at=now, reason="left"))
    StateChange.objects.bulk_create(history)
    fit_to_legs(row, legs)
    swap_claims(row, draw_claims(row, live_legs(legs), with_patient=True), now=now)
    write_legs(row, legs)
    write_visit(row)
    after = snapshot(row, legs)
    change = record_change(row, VisitChange.Kind.DROP_LEG, before, after, by=by, at=now, reason="left")
    plan_calls(row, by=by)
    refresh_statuses([row.request_id], by=by, at=now, reason="left")
    time_freed(at=now, cause="left")
    record("visit_left", by=by, subject=row, data={"change": change.pk, "missed": [leg.pk for leg in missed]})
    return row


@submit_once("report_late", store=_stored, replay=_replayed_visit)
def report_late(visit: Visit, *, minutes: int, by: Actor, key: str, now: datetime, version: int | None = None) -> Visit:
    """The patient called: they come so many minutes after the start of the visit; 0 takes that back.

    Which legs that touches is for `day_words.late_legs` to say; nothing is moved. Raises Refused: "not_allowed",
    "stale" (not booked any more), "not_today", "minutes" (not from 0 to 240).
    """
    row = locked_visit(visit.pk, visit.request_id, by=by, version=version)
    require_its_day(row, now)
    if row.state != BOOKED:
        raise stale()
    if not 0 <= minutes <= MOST_MINUTES_LATE:
        raise Refused(_("Enter minutes from 0 to 240."), code="minutes")
    row.late_minutes = minutes or None
    row.save(update_fields=["late_minutes"])
    record("visit_late", by=by, subject=row, data={"minutes": minutes})
    return row


@submit_once("undo_check_in", store=_stored, replay=_replayed_visit)
def undo_check_in(visit: Visit, *, by: Actor, key: str, now: datetime) -> Visit:
    """The check-in was a wrong click: the visit is booked as before.

    Raises Refused: "not_allowed", "stale" (something has followed it), "too_late" (10 minutes are over).
    """
    row = locked_visit(visit.pk, visit.request_id, by=by)
    if row.state != CHECKED_IN:
        raise stale()
    _require_recent("visit", row, now=now)
    swap_one(row, BOOKED, moves=VISIT_BACK, by=by, at=now, reason=UNDONE).save()
    record("check_in_undone", by=by, subject=row)
    return row


@submit_once("undo_leg", store=_stored, replay=_replayed_leg)
def undo_leg(leg: Appointment, *, by: Actor, key: str, now: datetime) -> Appointment:
    """Start or finish of this leg was a wrong click: the leg, and the visit if it followed, go one step back.

    Raises Refused: "not_allowed", "stale" (something has followed it), "too_late" (10 minutes are over), "running".
    """
    visit = locked_visit(leg.visit_id, leg.visit.request_id, by=by)
    legs = _legs_of(visit)
    row = next(one for one in legs if one.pk == leg.pk)
    to = {WITH_CLINICIAN: BOOKED, DONE: WITH_CLINICIAN}.get(row.state)
    if to is None:
        raise stale()
    _require_recent("appointment", row, now=now)
    if to == WITH_CLINICIAN and any(one.state == WITH_CLINICIAN for one in legs):
        raise Refused(_("The patient is with another clinician by now."), code="running")
    history = [swap_one(row, to, moves=APPOINTMENT_BACK, by=by, at=now, reason=UNDONE)]
    back = visit_state_back(visit.state, [one.state for one in legs])
    if back != visit.state:
        if visit.state == COMPLETED:
            drop_calls(visit, by=by)
        history.append(swap_one(visit, back, moves=VISIT_BACK, by=by, at=now, reason=UNDONE))
    StateChange.objects.bulk_create(history)
    refresh_statuses([visit.request_id], by=by, at=now, reason=UNDONE)
    record("appointment_step_undone", by=by, subject=visit, data={"appointment": row.pk, "to": to})
    return row


def _require_recent(thing: str, row: Visit | Appointment, *, now: datetime) -> None:
    """The click that led to the state is at most 10 minutes old; one that came back by undoing has its own age."""
    clicks = StateChange.objects.filter(thing=thing, thing_id=row.pk, to_state=row.state).exclude(reason=UNDONE)
    last = clicks.order_by(F("at").desc(), "-pk").first()
    if last is None or last.at < now - timedelta(minutes=settings.UNDO_MINUTES):
        raise Refused(_("It is too late to undo this here."), code="too_late")
