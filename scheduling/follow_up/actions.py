"""Writes of the plan of a request: what shall be done, by whom, until when; and what staff learn of the hospital."""

from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import day
from scheduling.follow_up.models import HospitalEvent, PlanItem
from scheduling.requests.may import require_user
from scheduling.requests.models import AppointmentRequest, RequestNote

Kind, State = PlanItem.Kind, PlanItem.State
CLOSED = (State.DONE, State.DROPPED)


def _stored(row) -> str:
    return str(row.pk)


def _replayed(stored: str) -> PlanItem:
    return PlanItem.objects.get(pk=stored)


@submit_once("add_plan_item", store=_stored, replay=_replayed)
def add_item(
    wanted: AppointmentRequest,
    *,
    kind: str,
    text: str,
    owner_id: int | None,
    owner_outside: str,
    due_on: date,
    user,
    by: Actor,
    key: str,
    now: datetime,
) -> PlanItem:
    """Plan something for the patient. Its owner is a member of the staff (`owner_id`) or somebody outside, in words.

    Raises Refused: "not_allowed", "empty" (no text), "owner" (none, both, or not of the staff that sees this patient).
    """
    require_user(user, Permission.FOLLOW_UP)
    item = PlanItem(request=wanted, created_by=user, created_at=now)
    _fill(item, kind=kind, text=text, owner_id=owner_id, owner_outside=owner_outside, due_on=due_on)
    item.save(force_insert=True)
    _note(item, "plan_added", by=by, at=now)
    record("plan_item_added", by=by, subject=item, data={"kind": item.kind, "due_on": due_on.isoformat()})
    return item


@submit_once("change_plan_item", store=_stored, replay=_replayed)
def change_item(
    item: PlanItem,
    *,
    kind: str,
    text: str,
    owner_id: int | None,
    owner_outside: str,
    due_on: date,
    version: int,
    user,
    by: Actor,
    key: str,
) -> PlanItem:
    """Another text, owner or date of an open item, made from the version that the page showed.

    Raises Refused: "not_allowed", "stale" (a colleague changed it meanwhile), "closed" (done or not needed), "empty",
    "owner".
    """
    row = _locked(item, version=version, user=user)
    if row.state in CLOSED:
        raise _closed()
    before = row.due_on
    _fill(row, kind=kind, text=text, owner_id=owner_id, owner_outside=owner_outside, due_on=due_on)
    _save(row)
    data = {"version": row.version, "due_on": due_on.isoformat(), "was_due_on": before.isoformat()}
    record("plan_item_changed", by=by, subject=row, data=data)
    return row


@submit_once("close_plan_item", store=_stored, replay=_replayed)
def close_item(
    item: PlanItem,
    *,
    state: str,
    done_on: date | None,
    reason: str,
    version: int,
    user,
    by: Actor,
    key: str,
    now: datetime,
) -> PlanItem:
    """Done on a day (of radiation: the day it began or was simulated, domain 8), or not needed for a reason.

    Raises Refused: "not_allowed", "stale", "closed", "unknown_state", "done_on" (no day, or in the future), "reason".
    """
    row = _locked(item, version=version, user=user)
    if row.state in CLOSED:
        raise _closed()
    if state not in CLOSED:
        raise Refused(_("Say whether it is done or not needed."), code="unknown_state")
    if state == State.DONE and (done_on is None or done_on > timezone.localdate(now)):
        raise Refused(_("Enter the day it was done, today or earlier."), code="done_on")
    if state == State.DROPPED and not reason.strip():
        raise Refused(_("Enter why it is not needed."), code="reason")
    row.state, row.done_on = state, done_on if state == State.DONE else None
    row.closed_reason = reason.strip()
    _save(row)
    _note(row, f"plan_{state}", by=by, at=now)
    record(f"plan_item_{state}", by=by, subject=row, data={"done_on": row.done_on.isoformat() if row.done_on else ""})
    return row


@submit_once("reopen_plan_item", store=_stored, replay=_replayed)
def reopen_item(item: PlanItem, *, version: int, user, by: Actor, key: str, now: datetime) -> PlanItem:
    """Done or not needed was wrong: the item is open again. Raises Refused: "not_allowed", "stale", "open"."""
    row = _locked(item, version=version, user=user)
    if row.state not in CLOSED:
        raise Refused(_("This is open already."), code="open")
    row.state, row.done_on, row.closed_reason = State.OPEN, None, ""
    _save(row)
    _note(row, "plan_reopened", by=by, at=now)
    record("plan_item_reopened", by=by, subject=row)
    return row


@submit_once("add_hospital_event", store=_stored, replay=lambda stored: HospitalEvent.objects.get(pk=stored))
def add_hospital_event(
    wanted: AppointmentRequest,
    *,
    kind: str,
    cause: str,
    on: date,
    note: str,
    user,
    by: Actor,
    key: str,
    now: datetime,
) -> HospitalEvent:
    """An emergency department visit or an admission that staff learned of; under-triage is measured by it (domain 8).

    Raises Refused: "not_allowed", "unknown" (kind or cause), "on" (in the future).
    """
    require_user(user, Permission.FOLLOW_UP)
    if kind not in HospitalEvent.Kind.values or cause not in HospitalEvent.Cause.values:
        raise Refused(_("Select what happened and why."), code="unknown")
    if on > timezone.localdate(now):
        raise Refused(_("Enter a day that has come."), code="on")
    event = HospitalEvent.objects.create(
        request=wanted, kind=kind, cause=cause, on=on, note=note.strip(), by=user, at=now
    )
    RequestNote.objects.create(
        request=wanted,
        kind="hospital_event",
        text=f"{event.get_kind_display()}, {event.get_cause_display()}, {day(on)}",
        by_label=by.label or by.kind,
        at=now,
    )
    record("hospital_event", by=by, subject=wanted, data={"kind": kind, "cause": cause, "on": on.isoformat()})
    return event


def owners() -> list:
    """Those of the staff who can own something of a plan: everybody who may open records, by name."""
    users = get_user_model().objects.filter(is_active=True).order_by("name", "email")
    return [user for user in users if user.has_perm(Permission.VIEW_PATIENT)]


def _fill(item: PlanItem, *, kind: str, text: str, owner_id: int | None, owner_outside: str, due_on: date) -> None:
    text, outside = text.strip(), owner_outside.strip()
    if kind not in Kind.values:
        raise ValueError("unknown kind of plan item")
    if not text:
        raise Refused(_("Enter what shall be done."), code="empty")
    if (owner_id is None) == (not outside):
        raise Refused(_("Say who does it: somebody of the clinic, or somebody outside."), code="owner")
    if owner_id is not None and owner_id != item.owner_id:
        owner = get_user_model().objects.filter(pk=owner_id, is_active=True).first()
        if owner is None or not owner.has_perm(Permission.VIEW_PATIENT):
            raise Refused(_("This person cannot open records of patients. Choose somebody else."), code="owner")
    item.kind, item.text, item.due_on = kind, text, due_on
    item.owner_id, item.owner_outside = owner_id, outside


def _locked(item: PlanItem, *, version: int, user) -> PlanItem:
    """The item as it is now, held to the end of the transaction."""
    require_user(user, Permission.FOLLOW_UP)
    row = PlanItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if row.version != version:
        raise Refused(_("A colleague changed this while you had it open."), code="stale")
    return row


def _closed() -> Refused:
    return Refused(_("This is done or not needed. Open it again to change it."), code="closed")


def _save(row: PlanItem) -> None:
    row.version += 1
    row.save()


def _note(row: PlanItem, kind: str, *, by: Actor, at: datetime) -> None:
    """One line of the request's history: the kind of the item and its day, not its words."""
    when = day(row.done_on or row.due_on)
    text = f"{row.get_kind_display()}, {when}"
    RequestNote.objects.create(request_id=row.request_id, kind=kind, text=text, by_label=by.label or by.kind, at=at)
