"""Undoing a change of a visit, a cancellation or a no-show, for some minutes: everything as it was, or nothing.

Staff may undo each of them; a patient may take back their own cancellation. The patient is told of the undoing only if
they were told of the change: messages that wait in the outbox are withdrawn together with it; where one has gone out
(or is just being sent), another one follows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.models import Message
from clinic.platform.audit.actors import Actor
from clinic.platform.jobs.models import Job
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.access.models import AccessLink
from scheduling.availability import read
from scheduling.availability.bits import ones, unit_of
from scheduling.follow_up.calls import drop_calls
from scheduling.offers.models import Offer
from scheduling.requests.may import PERSONS, not_allowed, require_own_or_staff
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.visits.change_rows import is_as_left, snapshot
from scheduling.visits.change_write import (
    exchange_claims,
    finish,
    fit_to_legs,
    leg_change,
    lock_visit,
    stale,
    tell,
    undo_until,
    write_legs,
    write_visit,
)
from scheduling.visits.drawing import draw_claims
from scheduling.visits.lanes import settle_lanes
from scheduling.visits.models import Appointment, Claim, StateChange, Visit, VisitChange
from scheduling.visits.moves import state_change
from scheduling.visits.replan import live_legs, read_visit
from scheduling.visits.states import APPOINTMENT_CLAIMS_TIME, CHECKED_IN, COMPLETED, IN_VISIT

BOOKED = Visit.State.BOOKED
ON = (BOOKED, CHECKED_IN, IN_VISIT)


def _replayed(stored: str) -> VisitChange:
    return VisitChange.objects.get(pk=stored)


@submit_once("undo_change", store=lambda change: str(change.pk), replay=_replayed)
def undo_change(change: VisitChange, *, by: Actor, key: str, now: datetime) -> VisitChange:
    """Put a visit back to where it was before its last change: legs, times, rooms, clinicians, states.

    Raises Refused: "not_allowed", "too_late" (after UNDO_MINUTES), "stale" (undone already, or something has changed
    since), "taken" (the time is not free any more), "busy".
    """
    visit, legs = read_visit(change.visit_id)
    require_may_undo(change, visit, by=by)
    read_before = snapshot(visit, legs)
    _put_back(visit, legs, change.before)
    fit_to_legs(visit, legs)
    wanted = draw_claims(visit, live_legs(legs), with_patient=True)
    row, now_legs = lock_visit(visit, wanted)
    as_it_is = snapshot(row, now_legs)
    kept = VisitChange.objects.select_for_update().get(pk=change.pk)
    if now >= undo_until(kept):
        raise Refused(_("It is too late to undo this change."), code="too_late")
    if kept.undone_at is not None or as_it_is != read_before or not is_as_left(kept, as_it_is):
        raise stale()
    if row.state not in ON:
        _require_open(visit)
    _require_free(visit, live_legs(legs), now=now)
    touched, freed = exchange_claims(visit, wanted, now=now)
    history = _history(row, now_legs, visit, legs, by=by, at=now)
    if row.state not in ON:
        _open_links_again(visit)
    write_legs(visit, legs)
    write_visit(visit, "state", "cancelled_at", "is_late_cancellation")
    freed += [(leg.clinician_id, leg.starts_at, leg.ends_at) for leg in live_legs(legs) if leg.is_overbooked]
    settle_lanes(freed)
    StateChange.objects.bulk_create(history)
    if row.state == COMPLETED != visit.state:
        drop_calls(visit, by=by)
    kept.undone_at, kept.undone_by_id = now, by.id
    kept.save(update_fields=["undone_at", "undone_by_id"])
    RequestNote.objects.create(
        request_id=visit.request_id, kind="visit_change_undone", by_label=by.label or by.kind, at=now
    )
    if _has_gone_out(kept) and visit.state == BOOKED:
        tell(visit, by=by)
    finish(visit, {visit.request_id, *touched}, "change_undone", kept, by=by, at=now)
    return kept


def require_may_undo(change: VisitChange, visit: Visit, *, by: Actor) -> None:
    """Staff who move visits; the person whose visit it is, but only what they, or who cares for them, canceled."""
    require_own_or_staff(visit.request_id, by, Permission.MOVE_VISIT)
    is_their_own = change.kind == VisitChange.Kind.CANCEL and change.by_kind in PERSONS
    if by.kind in PERSONS and not is_their_own:
        raise not_allowed()


def undo_of_own(visit: Visit, *, now: datetime) -> VisitChange | None:
    """The cancellation that the patient can still take back, if there is one: one query, none for other visits."""
    if visit.state != Visit.State.CANCELLED_BY_PATIENT:
        return None
    last = visit.changes.order_by("-at", "-pk").first()
    if last is None or last.kind != VisitChange.Kind.CANCEL or last.by_kind not in PERSONS:
        return None
    return last if last.undone_at is None and now < undo_until(last) else None


def _put_back(visit: Visit, legs: Sequence[Appointment], before: dict[str, Any]) -> None:
    """The rows as they were, unsaved; a leg that was not there then is called off."""
    was = {leg["id"]: leg for leg in before["legs"]}
    for leg in legs:
        old = was.get(str(leg.pk))
        if old is None:
            if leg.state in APPOINTMENT_CLAIMS_TIME:
                leg.state = Appointment.State.CANCELLED_BY_CLINIC
            continue
        leg.clinician_id, leg.room_id, leg.mode, leg.state = (
            old["clinician"], old["room"], old["mode"], old["state"],
        )  # fmt: skip
        leg.starts_at, leg.ends_at = datetime.fromisoformat(old["starts_at"]), datetime.fromisoformat(old["ends_at"])
        leg.position, leg.is_overbooked = old["position"], old["is_overbooked"] and leg.overbooking_reason is not None
    facts = before["visit"]
    visit.state, visit.room_id, visit.interpreter_id = facts["state"], facts["room"], facts["interpreter"]
    visit.cancelled_at, visit.is_late_cancellation = None, False


def _require_open(visit: Visit) -> None:
    """A canceled visit comes back only if nothing else was planned for its request, and the request is still open.

    An offer of an earlier day instead of this very visit was there before, and may stay.
    """
    others = Visit.objects.filter(request=visit.request_id, state__in=ON).exclude(pk=visit.pk)
    offers = Offer.objects.filter(request=visit.request_id, state=Offer.State.OPEN).exclude(replaces=visit.pk)
    ended = Q(withdrawn_at__isnull=False) | Q(declined_at__isnull=False) | Q(redirected_at__isnull=False)
    closed = AppointmentRequest.objects.filter(ended, pk=visit.request_id)
    if others.exists() or offers.exists() or closed.exists():
        raise Refused(_("Something else was planned for this request since. It cannot be undone."), code="stale")


def _require_free(visit: Visit, live: Sequence[Appointment], *, now: datetime) -> None:
    """The guard decides on overlap; buffers, which it does not know, are asked here, under the locks."""
    first, last = unit_of(visit.starts_at), unit_of(visit.ends_at, up=True)
    day = read.booking_days(visit.starts_at)[0]
    buffers = read.calendar({leg.clinician_id for leg in live}, day, day).buffers
    kind = visit.visit_type_id
    asked = [leg for leg in live if buffers.of(leg.clinician_id, kind) and not leg.is_overbooked]
    if not asked:
        return
    taken = read.busy_masks(
        first,
        last,
        now=now,
        clinician_ids={leg.clinician_id for leg in asked},
        except_visits=[visit.pk],
        buffers=buffers,
        visit_type_id=kind,
    )
    had = {(claim.clinician_id, claim.starts_at) for claim in Claim.objects.filter(visit=visit.pk)}
    for leg in asked:
        start, end = unit_of(leg.starts_at), unit_of(leg.ends_at, up=True)
        is_taken = taken.get(("clinician", leg.clinician_id), 0) >> (start - first) & ones(end - start)
        if is_taken and (leg.clinician_id, leg.starts_at) not in had:
            raise Refused(_("That time was just taken."), code="taken")


def _history(
    row: Visit, rows: Sequence[Appointment], visit: Visit, legs: Sequence[Appointment], *, by: Actor, at: datetime
) -> list[StateChange]:
    """A line for each state that goes back, unsaved."""
    reason = "undone"
    history = []
    if row.state != visit.state:
        history.append(state_change("visit", visit.pk, row.state, visit.state, by=by, at=at, reason=reason))
    was = {leg.pk: leg.state for leg in rows}
    gone_back = [leg for leg in legs if was[leg.pk] != leg.state]
    return history + [leg_change(leg, was[leg.pk], by=by, at=at, reason=reason) for leg in gone_back]


def _open_links_again(visit: Visit) -> None:
    """Links that ended with the cancellation open the visit again; saving the visit says until when."""
    AccessLink.objects.filter(purpose="visit", subject_id=str(visit.pk)).update(revoked_at=None)


def _has_gone_out(change: VisitChange) -> bool:
    """Withdraw what told of the change and still waits; whether any of it has gone out, or may be going out now."""
    messages = list(Message.objects.filter(pk__in=change.after.get("told", [])).order_by("pk"))
    gone = [one for one in messages if one.state == Message.State.SENT]
    for message in messages:
        if message.state == Message.State.SENT:
            continue
        if message.job_id is not None:
            job = Job.objects.select_for_update().filter(pk=message.job_id).first()
            if job is not None and (job.attempt or job.done_at):  # tried already: it may have arrived
                gone.append(message)
                continue
            if job is not None:
                job.delete()
        message.delete()
    return bool(gone)
