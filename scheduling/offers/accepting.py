"""The write that most people press: booking one of the held days. In plain SQL, in few trips (platform/db/batch.py).

The order of locks is that of actions.py: advisory locks, offer, visits, appointments, claims, request.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.send import unsaved_confirmation
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import Chains, Entry
from clinic.platform.db.batch import Answer, Batch, row_lock, stored
from clinic.platform.db.sql import lock_statements
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.access.links import new_link, revoked, revoking
from intake.patients.models import Patient
from intake.patients.reach import COLUMNS, addresses_of
from scheduling.offers.holds import hold_ends, release_days
from scheduling.offers.models import Offer
from scheduling.offers.replacing import claims_of_replaced, give_up_replaced
from scheduling.requests.may import require_own_or_staff
from scheduling.requests.refresh import ask_facts, settle
from scheduling.visits.guard import give_way, in_order, lock_keys_of, look_for_lapsed, taken_is_refused
from scheduling.visits.itinerary import day_and_hours
from scheduling.visits.models import Appointment, Claim, Visit
from scheduling.visits.moves import state_change, swap_visits

TOLD = ("id", "date_of_birth", *COLUMNS)  # what a message needs
LINK_AFTER_VISIT = timedelta(days=1)  # the confirmation can be opened until the day after


def _stored(visit: Visit) -> str:
    return str(visit.pk)


def _replayed_visit(stored: str) -> Visit:
    return Visit.objects.get(pk=stored)


def _foreseen_visit(offer: Offer, visit: Visit, **_rest) -> str:
    return _stored(visit)


def _patient_and_claims(batch: Batch, offer: Offer, visit: Visit) -> tuple[Answer, Answer]:
    """What the locks and the message of a booking need, read before the locks: the claims are counted again later."""
    patients = batch.select(Patient, "WHERE t.id = %s", [stored(Patient._meta.pk, visit.patient_id)], only=TOLD)
    claims = batch.select(Claim, "WHERE t.visit_id = %s ORDER BY t.id", [stored(Visit._meta.pk, visit.pk)])
    return patients, claims


@submit_once("accept_offer", store=_stored, replay=_replayed_visit, foreseen=_foreseen_visit, reads=_patient_and_claims)
def accept_offer(
    offer: Offer, visit: Visit, *, by: Actor, key: str, now: datetime, read: tuple[Answer, Answer]
) -> Visit:
    """Book one held day: every leg or none. The other days are free again, the patient's own time is claimed.

    The booked visit that the offer replaces, if any, is canceled in the same transaction. Called without `read`, which
    comes from `_patient_and_claims`.

    Raises Refused: "not_allowed", "booked" (a day is booked already), "expired" (the offer or this hold has ended; with
    `next_times`, the days still held), "taken" (with `next_times`), "too_late" (2 hours before the start), "begun" (the
    visit to be replaced has), "busy".
    """
    require_own_or_staff(offer.request_id, by, Permission.MAKE_OFFER)
    patient, claims = read[0].objects()[0], read[1].objects()
    own = Claim(patient=patient, visit=visit, starts_at=visit.starts_at, ends_at=visit.ends_at)
    offer, days, legs, lapsed = _locked_days(offer, [*claims, own, *claims_of_replaced(offer)], own, now=now)
    chosen = _still_held(offer, days, visit, now)
    touched = give_way(lapsed, now=now)
    more = give_up_replaced(offer, chosen, by=by, now=now)
    first, last = Batch(), Batch()
    chains = Chains(first, [("offer", str(offer.pk)), ("visit", str(chosen.pk)), chosen])
    swap = partial(swap_visits, by=by, at=now, batch=first)
    own_legs = [leg for leg in legs if leg.visit_id == chosen.pk]
    history = swap([chosen], own_legs, Visit.State.BOOKED, changes={"booked_at": now, **more})
    history += release_days(days, legs, except_for=chosen, by=by, now=now, reason="other_day_chosen", batch=first)
    taken = partial(_gone, days, chosen, code="taken", now=now)
    _keep_claims(chosen, claims, first, otherwise=taken, now=now)
    first.insert(in_order([own]))
    answer = {"state": Offer.State.ACCEPTED, "answered_at": now}
    first.update(Offer, [offer.pk], answer, only_if={"state": Offer.State.OPEN}, otherwise=taken)
    history.append(state_change("offer", offer.pk, Offer.State.OPEN, Offer.State.ACCEPTED, by=by, at=now))
    told = _confirm(chosen, patient, first, last, now=now)
    facts = ask_facts({offer.request_id, *touched}, first)
    try:
        with taken_is_refused():
            first.send()
    except Refused as refused:
        if refused.code == "taken" and not refused.next_times:
            raise taken() from refused
        raise
    history += settle(facts.objects(), last, by=by, at=now, reason="booked")
    last.insert(history)
    booked = Entry("visit_booked", by, chosen, {"offer": offer.pk, "request": offer.request_id})
    chains.append(last, [*told(), booked])
    last.send()
    return chosen


def _locked_days(
    offer: Offer, claims: list[Claim], own: Claim, *, now: datetime
) -> tuple[Offer, list[Visit], list[Appointment], list[Claim]]:
    """The offer, its days and the held legs as they are under the locks, and lapsed holds in the patient's own time."""
    batch, key, lock = Batch(), [stored(Offer._meta.pk, offer.pk)], row_lock()
    for sql, values in lock_statements(("request", str(offer.request_id)), *lock_keys_of(claims)):
        batch.add(sql, values)
    offers = batch.select(Offer, f"WHERE t.id = %s {lock}", key)
    days = batch.select(Visit, f"WHERE t.offer_id = %s ORDER BY t.starts_at, t.id {lock}", key)
    of_days = "JOIN scheduling_visit v ON v.id = t.visit_id WHERE v.offer_id = %s"
    legs = batch.select(Appointment, f"{of_days} AND t.state = %s ORDER BY t.id", [*key, Appointment.State.HELD.value])
    lapsed = look_for_lapsed([own], batch, now=now)
    batch.send()
    return offers.objects()[0], days.objects(), legs.objects(), lapsed.objects()


def _keep_claims(
    chosen: Visit, claims: list[Claim], batch: Batch, *, otherwise: Callable[[], Refused], now: datetime
) -> None:
    """The day's claims hold for good; each of them must still be there and must not have lapsed."""
    if not claims:
        raise otherwise()
    batch.add(
        "UPDATE scheduling_claim SET expires_at = NULL WHERE visit_id = %s AND expires_at > %s",
        [stored(Visit._meta.pk, chosen.pk), stored(Claim._meta.get_field("expires_at"), now)],
        must_change=len(claims),
        otherwise=otherwise,
    )


def _still_held(offer: Offer, days: list[Visit], visit: Visit, now: datetime) -> Visit:
    """The chosen day as it is now, if it can still be booked."""
    chosen = next((day for day in days if day.pk == visit.pk), None)
    if chosen is None:
        raise Refused(_("This day is not among those held for you."), code="unknown_day")
    if offer.state == Offer.State.ACCEPTED:
        raise Refused(_("A day is already booked for this request."), code="booked")
    if offer.state != Offer.State.OPEN or offer.expires_at <= now:
        raise Refused(_("The time to choose a day has ended. Our team will look for new days for you."), code="expired")
    if chosen.state != Visit.State.HELD:
        raise _gone(days, chosen, code="taken", now=now)
    if hold_ends(chosen.starts_at) <= now:
        raise _gone(days, chosen, code="too_late", now=now)
    return chosen


def _gone(days: Iterable[Visit], chosen: Visit, *, code: str, now: datetime) -> Refused:
    """A refusal with the days that can still be booked."""
    sentence = {
        "taken": _("That time was just taken."),
        "too_late": _("It is too late to book this day online."),
    }[code]
    left = [
        day
        for day in days
        if day.pk != chosen.pk
        and day.state in (Visit.State.HELD, Visit.State.RELEASED)
        and hold_ends(day.starts_at) > now
    ]
    return Refused(sentence, code=code, next_times=[day_and_hours(day) for day in left])


def _confirm(visit: Visit, patient: Patient, first: Batch, last: Batch, *, now: datetime) -> Callable[[], list[Entry]]:
    """Ends the offer's link, makes one to the visit and queues the message; once `first` is sent: what to record.

    To be called between the two batches, since the message names its job.
    """
    ended = revoking(first, "offer", visit.offer_id, at=now)
    token, link, made = new_link(
        purpose="visit",
        subject_id=visit.pk,
        birth_date=date.fromisoformat(patient.date_of_birth),
        expires_at=visit.ends_at + LINK_AFTER_VISIT,
    )
    first.insert([link])
    address = settings.PUBLIC_URL + reverse("visits:open", args=[token])
    messages = unsaved_confirmation(addresses_of(patient), link=address)
    queued = [(message, first.insert([job], tail="RETURNING id")) for message, job in messages if job is not None]

    def told() -> list[Entry]:
        for message, answer in queued:
            message.job_id = answer.rows[0][0]
        last.insert([message for message, _job in messages])
        return [*revoked("offer", visit.offer_id, ended.count), made]

    return told
