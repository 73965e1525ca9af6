"""A whole day booked at once because one of its appointments is put over another one (decision 0008).

Such a day cannot be held: the second lane of a clinician's time is open only to booked appointments. It is therefore
agreed with the patient before, by who has the right, with a reason. Locks come in the one order.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician, Room
from clinic.platform.audit.actors import Actor
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from scheduling.itineraries.legs import Itinerary
from scheduling.itineraries.search import check_all_bookable
from scheduling.requests.may import locked_request, require_staff
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import refreshed
from scheduling.visits.drawing import draw_claims, draw_visit, specialties_of
from scheduling.visits.guard import claim_time, lock_keys_of
from scheduling.visits.models import Appointment, Claim, StateChange, Visit
from scheduling.visits.moves import state_change
from scheduling.visits.walk_in import LONGEST_REASON, confirm_by_link, keep_added, not_ready, require_overbooking
from scheduling.visits.walk_in_look import claims_over, require_free_stay


@dataclass(frozen=True, slots=True)
class Over:
    """A leg of the day and what it would lie over."""

    leg: Appointment
    claims: tuple[Claim, ...]


def drawn_day(wanted: AppointmentRequest, one: Itinerary, *, now: datetime) -> tuple[Visit, list[Appointment]]:
    """The unsaved visit of the day and its legs, booked. Two queries."""
    if one.room_id is not None:
        site_id = Room.objects.values_list("site_id", flat=True).get(pk=one.room_id)
    else:
        site_id = Clinician.objects.values_list("site_id", flat=True).get(pk=one.legs[0].clinician_id)
    visit, legs = draw_visit(wanted, one, site_id=site_id, specialty_of=specialties_of([one]))
    visit.state, visit.booked_at = Visit.State.BOOKED, now
    for leg in legs:
        leg.state = Appointment.State.BOOKED
    return visit, legs


def lies_over(visit: Visit, legs: list[Appointment], *, now: datetime) -> list[Over]:
    """The legs that would lie over other claims of their clinician, with these: one query a leg."""
    found = [Over(leg, tuple(claims_over(leg, visit, now=now))) for leg in legs]
    return [one for one in found if one.claims]


def seen_print(over: list[Over]) -> str:
    """What the page told of the claims below: only that can be confirmed."""
    return ",".join(sorted(str(claim.pk) for one in over for claim in one.claims))


def _stored(visit: Visit) -> str:
    return str(visit.pk)


def _replayed(stored: str) -> Visit:
    return Visit.objects.get(pk=stored)


@submit_once("book_over", store=_stored, replay=_replayed)
def book_over(
    wanted: AppointmentRequest, one: Itinerary, *, reason: str, seen: str, by: Actor, key: str, now: datetime
) -> Visit:
    """Book the day for a request that is ready: legs over other appointments are marked, with the reason.

    All else is as with any booking: working time, rules, rooms, the patient's own time. `seen` is `seen_print` of what
    the page told. Raises Refused: "not_allowed", "overbooking_off", "taken" (no reason), "overbooked", "held",
    "changed" (something else lies below now), "not_over" (nothing does: hold the day), "not_ready", "not_bookable",
    "past", "horizon", "patient_busy", "room_taken", "interpreter_busy", "busy".
    """
    require_staff(by, Permission.MAKE_OFFER)
    row = AppointmentRequest.objects.select_related("patient", "visit_type").get(pk=wanted.pk)
    visit, legs = drawn_day(row, one, now=now)
    lock_keys(("request", str(row.pk)), *lock_keys_of(draw_claims(visit, legs, with_patient=True)))
    if locked_request(row).status != AppointmentRequest.Status.READY:
        raise not_ready()
    over = lies_over(visit, legs, now=now)
    if not over:
        raise Refused(_("Nothing lies at that time any more. Hold the day and send the offer."), code="not_over")
    for marked in over:
        require_overbooking(marked.claims, reason, by=by)
        marked.leg.is_overbooked, marked.leg.overbooking_reason = True, reason.strip()[:LONGEST_REASON]
    if seen_print(over) != seen:
        raise Refused(_("Something else lies at that time now. Look again."), code="changed")
    check_all_bookable(row, [one], now, over={marked.leg.clinician_id for marked in over})
    require_free_stay(visit, now=now)
    visit.save(force_insert=True)
    Appointment.objects.bulk_create(legs)
    touched = claim_time(draw_claims(visit, legs, with_patient=True), now=now, has_locks=True)
    history = [state_change("visit", visit.pk, "", visit.state, by=by, at=now, reason="overbooked")]
    history += [state_change("appointment", leg.pk, "", leg.state, by=by, at=now, reason="overbooked") for leg in legs]
    history += refreshed({row.pk, *touched}, by=by, at=now, reason="overbooked")
    StateChange.objects.bulk_create(history)
    keep_added("visit_overbooked", visit, legs, [], [], by=by, now=now)
    confirm_by_link(visit, by=by)
    return visit
