"""Writes about a visit: moving it from state to state, and canceling it."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.send import visit_cancelled
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import phone
from intake.access.links import make_link, revoke_links
from scheduling.follow_up.calls import plan_calls
from scheduling.requests.may import PERSONS, addresses_for, require_own_or_staff
from scheduling.requests.models import RequestNote
from scheduling.requests.refresh import refresh_statuses
from scheduling.visits.change_rows import record_change, snapshot, with_messages
from scheduling.visits.freed import time_freed
from scheduling.visits.guard import keys_of_shared_time
from scheduling.visits.models import Appointment, StateChange, Visit, VisitChange
from scheduling.visits.moves import swap_visits
from scheduling.visits.states import COMPLETED, VISIT_MOVES, can_move

LINK_AFTER_CANCEL = timedelta(days=7)
REASON_CODE_LENGTH = 40
# Reasons of staff who write down what the patient told them: it was not the clinic that canceled
FROM_THE_PATIENT = frozenset({"patient_asked", "patient_in_hospital"})


def _replayed(stored: str) -> Visit:
    return Visit.objects.get(pk=stored)


@submit_once("cancel_visit", store=lambda visit: str(visit.pk), replay=_replayed)
def cancel_visit(visit: Visit, *, by: Actor, key: str, reason: str, now: datetime, version: int | None = None) -> Visit:
    """Cancel a booked visit with all its appointments: all its time is free, the request is ready again.

    `reason` of staff is a code, which says whether the patient or the clinic cancels; a patient's own words are kept,
    encrypted, with the request. Whoever canceled, and staff, can undo it for a while (undoing.py). `version` is the
    calendar sequence that the page showed. Raises Refused: "not_allowed", "ended" (it is not booked any more), "stale"
    (changed since), "begun" (a patient who cancels after its start is asked to call).
    """
    require_own_or_staff(visit.request_id, by, Permission.CANCEL_VISIT)
    is_code = reason.isidentifier() and len(reason) <= REASON_CODE_LENGTH and by.kind not in PERSONS
    row = _locked(visit)
    _require_as_seen(row, version, by=by, now=now)
    before = snapshot(*_with_legs(row))  # under the lock: undoing must not bring back what was changed before
    told = _ended(row, by=by, now=now, reason=reason if is_code else "")
    after = snapshot(*_with_legs(row))
    change = record_change(row, VisitChange.Kind.CANCEL, before, after, by=by, at=now, reason=reason if is_code else "")
    with_messages(change, told)
    RequestNote.objects.create(
        request=row.request,
        kind="visit_cancelled",
        text="" if is_code else reason.strip(),
        by_label=by.label or by.kind,
        at=now,
    )
    refresh_statuses([row.request_id], by=by, at=now, reason="visit_cancelled")
    return row


def _require_as_seen(row: Visit, version: int | None, *, by: Actor, now: datetime) -> None:
    """Nobody cancels a day that they have not seen, and no patient one that has begun."""
    if row.state != Visit.State.BOOKED:
        return  # `_ended` says so
    if version is not None and version != row.calendar_sequence:
        raise Refused(_("This visit was changed a moment ago. Look at it as it is now."), code="stale")
    if by.kind in PERSONS and row.starts_at <= now:
        words = {"phone": phone(settings.NURSE_LINE_PHONE)}
        raise Refused(_("Your visit has begun. To cancel it now, call %(phone)s.") % words, code="begun")


def _with_legs(visit: Visit) -> tuple[Visit, list[Appointment]]:
    return visit, list(Appointment.objects.filter(visit=visit.pk))


def is_late(visit: Visit, now: datetime) -> bool:
    """Whether canceling now is so near to the visit that its time can hardly be given to somebody else."""
    return visit.starts_at - now < timedelta(hours=settings.LATE_CANCELLATION_HOURS)


def end_visit(visit: Visit, *, by: Actor, now: datetime, reason: str) -> Visit:
    """Cancel a booked visit inside the caller's transaction; the caller refreshes the status of the request.

    Raises Refused(code="ended") when it is not booked any more.
    """
    row = _locked(visit)
    _ended(row, by=by, now=now, reason=reason)
    return row


def _ended(row: Visit, *, by: Actor, now: datetime, reason: str) -> list:
    """The same for a visit that is locked; the keys of the messages that tell of it."""
    is_theirs = by.kind in PERSONS or reason in FROM_THE_PATIENT
    to = Visit.State.CANCELLED_BY_PATIENT if is_theirs else Visit.State.CANCELLED_BY_CLINIC
    if row.state != Visit.State.BOOKED:
        raise Refused(_("This visit cannot be canceled any more."), code="ended")
    changes = {"cancelled_at": now, "calendar_sequence": row.calendar_sequence + 1}  # the row is locked
    changes["is_late_cancellation"] = is_late(row, now)
    legs = list(row.appointments.all())
    StateChange.objects.bulk_create(swap_visits([row], legs, to, by=by, at=now, reason=reason, changes=changes))
    revoke_links("visit", row.pk)
    token = make_link(
        purpose="visit",
        subject_id=row.pk,
        birth_date=date.fromisoformat(row.patient.date_of_birth),
        expires_at=now + LINK_AFTER_CANCEL,
    )
    link = settings.PUBLIC_URL + reverse("visits:open", args=[token])
    messages = visit_cancelled(addresses_for(row.request, by=by), link=link)
    time_freed(at=now, cause="visit_cancelled")
    late = row.is_late_cancellation
    record("visit_cancelled", by=by, subject=row, data={"state": to, "request": row.request_id, "is_late": late})
    return [message.pk for message in messages]


def _locked(visit: Visit) -> Visit:
    lock_keys(("request", str(visit.request_id)), *keys_of_shared_time(visit.pk))
    return Visit.objects.select_for_update(of=("self",)).select_related("patient", "request__patient").get(pk=visit.pk)


@transaction.atomic
def move_visit(visit: Visit, to: str, *, by: Actor, reason: str = "", at: datetime | None = None) -> Visit:
    """Move a visit with its legs to another state: compare-and-swap, one history row each, claims freed if it ends.

    For check-in, no-show and completion; booking and canceling have actions of their own. Raises Refused(code="stale")
    when the visit is not in a state that allows it.
    """
    at = at or timezone.now()
    row = _locked(visit)
    if not can_move(VISIT_MOVES, row.state, to):
        raise Refused(_("Somebody else has changed this visit just now. Look at it again."), code="stale")
    legs = list(row.appointments.all())
    StateChange.objects.bulk_create(swap_visits([row], legs, to, by=by, at=at, reason=reason))
    if to == COMPLETED:
        plan_calls(row, by=by)
    refresh_statuses([row.request_id], by=by, at=at, reason=f"visit_{to}")
    record("visit_moved", by=by, subject=row, data={"to": to})
    return row
