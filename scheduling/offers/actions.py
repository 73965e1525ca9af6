"""Writes about offers: holding up to three days, more time, the answer, taking it back, the end.

Locks always come in one order (advisory locks, offer, visits, appointments, claims, request), so that no two actions
wait for each other in a circle.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import combinations

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.send import earlier_day, offer_ready
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.batch import Batch
from clinic.platform.db.compiled import Compiled, StandIns
from clinic.platform.db.sql import lock_keys
from clinic.platform.jobs.queue import enqueue
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.access.links import make_link, revoke_links
from intake.access.models import AccessLink
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary
from scheduling.itineraries.search import check_all_bookable
from scheduling.offers.holds import hold_ends, release_days
from scheduling.offers.models import Offer
from scheduling.requests.may import (
    PERSONS,
    addresses_for,
    not_allowed,
    require_own_or_staff,
    require_staff,
)
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.refresh import refresh_statuses, refreshed
from scheduling.visits.drawing import draw_visits
from scheduling.visits.freed import time_freed
from scheduling.visits.guard import claim_time, expire_holds, lock_keys_of
from scheduling.visits.models import Appointment, Claim, StateChange, Visit
from scheduling.visits.moves import state_change

MOST_DAYS = 3


def _stored(row) -> str:
    return str(row.pk)


def _replayed_offer(stored: str) -> Offer:
    return Offer.objects.get(pk=stored)


@submit_once("make_offer", store=_stored, replay=_replayed_offer)
def make_offer(
    wanted: AppointmentRequest,
    itineraries: Sequence[Itinerary],
    *,
    by: Actor,
    key: str,
    now: datetime,
    origin: str = Offer.Origin.STAFF,
    replaces: Visit | None = None,
) -> Offer:
    """Hold up to three days for a request and send the patient the link to choose one.

    Every day is checked anew against sessions, closures, rules and the time; all are held or none. With `replaces`, the
    booked visit of this request, a day accepted takes that visit's place, which until then stays as it is. Raises
    Refused: "not_allowed", "not_ready" (not reviewed, or an offer or another visit exists), "no_days", "not_bookable",
    "past", "horizon", "patient_busy", "shared_time", "taken", "busy".
    """
    return hold_days(wanted, itineraries, by=by, now=now, origin=origin, replaces=replaces)


def hold_days(
    wanted: AppointmentRequest,
    itineraries: Sequence[Itinerary],
    *,
    by: Actor,
    now: datetime,
    origin: str = Offer.Origin.STAFF,
    replaces: Visit | None = None,
    until: datetime | None = None,
) -> Offer:
    """`make_offer` inside the caller's transaction; the days are held no longer than `until`."""
    row = AppointmentRequest.objects.select_related("patient", "visit_type").get(pk=wanted.pk)
    if by.kind in PERSONS:
        if row.visit_type is None or not row.visit_type.is_self_bookable or origin != Offer.Origin.SELF:
            raise not_allowed()
        require_own_or_staff(row.pk, by, Permission.MAKE_OFFER)
    else:
        require_staff(by, Permission.MAKE_OFFER)
    if not 1 <= len(itineraries) <= MOST_DAYS:
        raise Refused(_("Select one to three days."), code="no_days")
    _check_apart(itineraries)
    site_id = check_all_bookable(row, itineraries, now)
    if any(hold_ends(datetime_of(one.start)) < now for one in itineraries):
        raise Refused(_("One of these days is too near to be held: nobody could choose it in time."), code="past")
    ends = [now + _hold_time(row), max(hold_ends(datetime_of(one.start)) for one in itineraries)]
    expires_at = min([*ends, until] if until is not None else ends)
    offer = Offer(request=row, made_at=now, expires_at=expires_at, origin=origin, replaces=replaces)
    visits, legs, claims = draw_visits(row, itineraries, site_id=site_id, offer=offer)
    lock_keys(("request", str(row.pk)), *lock_keys_of(claims))
    _end_lapsed_offers(row, now=now)
    _require_ready(row, replaces)
    batch = Batch()
    for rows in ([offer], visits, legs):
        batch.insert(rows)
    batch.send()
    touched = claim_time(claims, now=now, has_locks=True)
    history = [state_change("offer", offer.pk, "", offer.state, by=by, at=now)]
    history += [state_change("visit", visit.pk, "", visit.state, by=by, at=now) for visit in visits]
    history += [state_change("appointment", leg.pk, "", leg.state, by=by, at=now) for leg in legs]
    history += refreshed({row.pk, *touched}, by=by, at=now, reason="offer_made")
    batch.insert(history)
    batch.send()
    if origin != Offer.Origin.SELF:  # who chooses the time is here already
        _send_link(offer, row, by=by)
    enqueue("expire_offers", {}, run_after=offer.expires_at)
    record("offer_made", by=by, subject=offer, data={"days": len(visits), "request": row.pk, "origin": str(origin)})
    return offer


def _hold_time(row: AppointmentRequest) -> timedelta:
    return timedelta(hours=settings.HOLD_HOURS[row.level])


def _check_apart(itineraries: Sequence[Itinerary]) -> None:
    """No two of the days use one minute of the same clinician or room, so that each can be booked by itself."""
    for one, other in combinations(itineraries, 2):
        for kind, key, start, end in one.uses:
            if any((kind, key) == use[:2] and start < use[3] and end > use[2] for use in other.uses):
                raise Refused(_("Two of these days use the same time. Select others."), code="shared_time")


def _require_ready(row: AppointmentRequest, replaces: Visit | None) -> None:
    """Judged under the lock, by rows and not by the cached status."""
    is_ready = True
    if replaces is not None:
        old = Visit.objects.select_for_update(of=("self",)).filter(pk=replaces.pk, request=row.pk).first()
        is_ready = old is not None and old.state == Visit.State.BOOKED
        is_ready = is_ready and not row.offers.filter(state=Offer.State.OPEN).exists()
    ((fresh,),) = _locked_status(connection.vendor).rows([row.pk])
    status = AppointmentRequest.Status.READY if replaces is None else AppointmentRequest.Status.SCHEDULED
    if not is_ready or fresh != status:
        raise Refused(_("This request is not ready for an offer."), code="not_ready")


@lru_cache(maxsize=2)
def _locked_status(vendor: str) -> Compiled:
    """The status of a request, its row held until the end of the transaction."""
    stand_ins = StandIns()
    found = AppointmentRequest.objects.select_for_update().filter(pk=stand_ins.key()).order_by()
    return Compiled(found.values_list("status"), stand_ins)


def _end_lapsed_offers(row: AppointmentRequest, *, now: datetime) -> None:
    """An offer of this request whose time is over does not stand in the way of a new one."""
    lapsed = _days_of_lapsed_offers(connection.vendor).rows([row.pk, now])
    if visit_ids := [key for (key,) in lapsed]:
        expire_holds(visit_ids, now=now)
        refresh_statuses([row.pk], at=now, reason="hold_lapsed")


@lru_cache(maxsize=2)
def _days_of_lapsed_offers(vendor: str) -> Compiled:
    stand_ins = StandIns()
    lapsed = Q(offer__request=stand_ins.key(), offer__state=Offer.State.OPEN, offer__expires_at__lte=stand_ins.moment())
    return Compiled(Visit.objects.filter(lapsed, state=Visit.State.HELD).values_list("pk"), stand_ins)


def _send_link(offer: Offer, row: AppointmentRequest, *, by: Actor) -> None:
    token = make_link(
        purpose="offer",
        subject_id=offer.pk,
        birth_date=date.fromisoformat(row.patient.date_of_birth),
        expires_at=offer.expires_at,
    )
    tell = offer_ready if offer.replaces_id is None else earlier_day
    tell(addresses_for(row, by=by), link=settings.PUBLIC_URL + reverse("offers:open", args=[token]))


@submit_once("decline_offer", store=_stored, replay=_replayed_offer)
def decline_offer(offer: Offer, *, reason: str, wants_call: bool, by: Actor, key: str) -> Offer:
    """None of the days suits: they are free again, and the request is ready again or keeps the visit that it has.

    The reason is kept for the staff; a call that is wanted becomes a task, which has a clock. Raises Refused:
    "not_allowed", "ended".
    """
    require_own_or_staff(offer.request_id, by, Permission.MAKE_OFFER)
    now = timezone.now()
    changes = {"decline_reason": reason.strip(), "wants_call": wants_call}
    row = end_offer(offer, Offer.State.DECLINED, by=by, now=now, reason="declined", changes=changes)
    RequestNote.objects.create(
        request=row.request, kind="offer_declined", text=reason.strip(), by_label=by.label or by.kind, at=now
    )
    if wants_call:  # a task has a clock and a list of its own, so that nobody waits for a call in vain
        open_task(
            StaffTask.Kind.CALL,
            patient=row.request.patient,
            report=row.request.report,
            data={"why": "other_days"},
            dedupe=f"offer:{row.pk}",
            by=by,
        )
    refresh_statuses([row.request_id], by=by, at=now, reason="offer_declined")
    return row


@submit_once("release_offer", store=_stored, replay=_replayed_offer)
def release_offer(offer: Offer, *, by: Actor, key: str) -> Offer:
    """Staff take an offer back; its days are free again. Raises Refused(code="not_allowed", "ended")."""
    require_staff(by, Permission.MAKE_OFFER)
    now = timezone.now()
    row = end_offer(offer, Offer.State.RELEASED, by=by, now=now, reason="released")
    refresh_statuses([row.request_id], by=by, at=now, reason="offer_released")
    return row


def end_offer(offer: Offer, to: str, *, by: Actor, now: datetime, reason: str, changes: dict | None = None) -> Offer:
    """End an open offer inside the caller's transaction: days freed, link dead, history and audit written.

    The caller refreshes the status of the request. Raises Refused(code="ended") when it is not open any more.
    """
    lock_keys(("request", str(offer.request_id)))
    row = Offer.objects.select_for_update(of=("self",)).select_related("request").get(pk=offer.pk)
    if row.state != Offer.State.OPEN:
        raise Refused(_("This offer has already ended."), code="ended")
    days = list(row.alternatives.select_for_update(of=("self",)).order_by("pk"))
    legs = list(Appointment.objects.filter(visit__in=[day.pk for day in days], state=Appointment.State.HELD))
    history = release_days(days, legs, by=by, now=now, reason=reason)
    row.state, row.answered_at = to, now
    for name, value in (changes or {}).items():
        setattr(row, name, value)
    row.save(update_fields=["state", "answered_at", *(changes or {})])
    history.append(state_change("offer", row.pk, Offer.State.OPEN, to, by=by, at=now, reason=reason))
    StateChange.objects.bulk_create(history)
    revoke_links("offer", row.pk)
    time_freed(at=now, cause=f"offer_{to}")
    record(f"offer_{to}", by=by, subject=row)
    return row


def can_extend(offer: Offer) -> bool:
    """Whether more time may be asked for: once, and only for days that staff have planned, not for time in demand."""
    return offer.extended_at is None and offer.origin == Offer.Origin.STAFF


@submit_once("extend_offer", store=_stored, replay=_replayed_offer)
def extend_offer(offer: Offer, *, by: Actor, key: str) -> Offer:
    """More time to choose, once: as long again, at latest until 2 hours before each day.

    Raises Refused: "not_allowed", "ended", "extended" (it was extended before, or others wait), "too_late" (no more
    time to give).
    """
    require_own_or_staff(offer.request_id, by, Permission.MAKE_OFFER)
    now = timezone.now()
    lock_keys(("request", str(offer.request_id)))
    row = Offer.objects.select_for_update(of=("self",)).select_related("request").get(pk=offer.pk)
    if row.state != Offer.State.OPEN or row.expires_at <= now:
        raise Refused(_("The time to choose a day has ended."), code="ended")
    if not can_extend(row):
        raise Refused(_("You have had more time already. Call us if you need help."), code="extended")
    days = list(row.alternatives.filter(state=Visit.State.HELD).order_by("starts_at"))
    limits = [hold_ends(day.starts_at) for day in days]
    until = min(row.expires_at + _hold_time(row.request), max(limits, default=row.expires_at))
    if until <= row.expires_at:
        raise Refused(_("There is no more time to give: the days are too near."), code="too_late")
    row.expires_at, row.extended_at = until, now
    row.save(update_fields=["expires_at", "extended_at"])
    for day in days:
        Claim.objects.filter(visit=day.pk).update(expires_at=min(until, hold_ends(day.starts_at)))
    AccessLink.objects.filter(purpose="offer", subject_id=str(row.pk), revoked_at=None).update(expires_at=until)
    enqueue("expire_offers", {}, run_after=until)
    record("offer_extended", by=by, subject=row)
    return row


@transaction.atomic
def expire_due_offers(now: datetime, *, limit: int = 200) -> int:
    """Free the days whose hold is over; how many. Only tidiness: whoever wants the time frees it first anyhow."""
    due = Claim.objects.filter(expires_at__lte=now, visit__state=Visit.State.HELD)
    visit_ids = list(due.order_by("visit").values_list("visit", flat=True).distinct()[:limit])
    if visit_ids:
        refresh_statuses(expire_holds(visit_ids, now=now), at=now, reason="hold_lapsed")
        time_freed(at=now, cause="hold_lapsed")
    return len(visit_ids)
