"""Claiming time. The database refuses overlap (migrations 0002, 0006); here are the locks, lapsed holds, the words."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import Entry, record_many
from clinic.platform.db.batch import Answer, Batch, stored
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from scheduling.offers.models import Offer
from scheduling.visits.lanes import open_lanes
from scheduling.visits.models import Appointment, Claim, StateChange, Visit
from scheduling.visits.moves import state_change, swap_visits

LONGEST_CLAIM = timedelta(hours=24)
LONGEST_BUFFER = timedelta(hours=2)  # held by the database: of clinicians and of kinds of visit alike


def resource_of(claim: Claim) -> tuple[str, str]:
    """The kind and the key of what is claimed."""
    if claim.clinician_id is not None:
        return "clinician", str(claim.clinician_id)
    if claim.room_id is not None:
        return "room", str(claim.room_id)
    return "patient", str(claim.patient_id)


def lock_keys_of(claims: Iterable[Claim]) -> set[tuple[str, str, str]]:
    """One key for each resource and UTC date that the claims touch, with the time that buffers may keep around them.

    Whoever could come too close to one of them locks a date that it locks too; all writers lock alike, so none adds to
    its locks later.
    """
    keys = set()
    for claim in claims:
        apart = LONGEST_BUFFER if claim.clinician_id is not None else timedelta(0)
        day, last = ((claim.starts_at - apart).astimezone(UTC).date(), (claim.ends_at + apart).astimezone(UTC).date())
        while day <= last:
            keys.add((*resource_of(claim), day.isoformat()))
            day += timedelta(days=1)
    return keys


def keys_of_shared_time(visit_id) -> set[tuple[str, str, str]]:
    """The keys of a visit's claims over or under another one, to be locked by whoever frees them: none as a rule.

    What lies over them is changed with them (`lanes.settle_lanes`), and must not be while others book that time.
    """
    return lock_keys_of(Claim.objects.filter(Q(is_shared=True) | Q(is_overbooked=True), visit=visit_id))


def claim_time(claims: Sequence[Claim], *, now: datetime, has_locks: bool = False) -> set:
    """Take the time of all claims or of none; holds of others that have lapsed by `now` give way first.

    Returns the keys of the requests whose lapsed holds gave way: refresh their status in the same transaction. Call it
    inside a transaction, with `has_locks` when that transaction has the locks of all these claims already. A claim with
    `is_overbooked` lies over booked ones; whether somebody may overbook is for the caller to know. Raises
    Refused(code="taken") when any of the time is taken (that transaction, or its savepoint, must end then),
    Refused(code="busy") after waiting 3 seconds for others, ValueError for a claim that is too long.
    """
    if not claims:
        return set()
    ordered = in_order(claims)
    if not has_locks:
        lock_keys(*lock_keys_of(ordered))
    batch = Batch()
    lapsed = look_for_lapsed(ordered, batch, now=now)
    batch.send()
    touched = give_way(lapsed.objects(), now=now)
    open_lanes(ordered, batch)
    batch.insert(ordered)
    with taken_is_refused():
        batch.send()
    return touched


def in_order(claims: Iterable[Claim]) -> list[Claim]:
    """The order in which claims are written, whoever writes them: two writers never wait for each other in a circle.

    Raises ValueError for a claim that is too long.
    """
    ordered = sorted(claims, key=lambda claim: (resource_of(claim), claim.starts_at))
    if any(claim.ends_at - claim.starts_at > LONGEST_CLAIM for claim in ordered):
        raise ValueError("a claim lasts at most 24 hours")
    return ordered


@contextmanager
def taken_is_refused() -> Iterator[None]:
    """Turns the database's refusal of an overlap into Refused(code="taken")."""
    try:
        yield
    except IntegrityError as error:
        if "claim_no_overlap" not in str(error):
            raise
        raise Refused(_("That time was just taken."), code="taken") from error


def look_for_lapsed(claims: Iterable[Claim], batch: Batch, *, now: datetime) -> Answer:
    """Asks with `batch` for claims of ended holds that overlap these; `give_way` takes what it finds."""
    moment = partial(stored, Claim._meta.get_field("starts_at"))
    wanted, values = [], [moment(now)]
    for claim in claims:
        kind, _key = resource_of(claim)
        wanted.append(f"(t.{kind}_id = %s AND t.starts_at < %s AND t.ends_at > %s AND t.starts_at >= %s)")
        resource = stored(Claim._meta.get_field(kind), getattr(claim, f"{kind}_id"))
        values += [resource, moment(claim.ends_at), moment(claim.starts_at), moment(claim.starts_at - LONGEST_CLAIM)]
    overlaps = " OR ".join(wanted)
    return batch.select(Claim, f"WHERE t.expires_at <= %s AND ({overlaps})", values, only=("id", "visit"))


def give_way(lapsed: Sequence[Claim], *, now: datetime) -> set:
    """Ends the holds that `look_for_lapsed` found; the keys of their requests."""
    alone = [claim.pk for claim in lapsed if claim.visit_id is None]
    if alone:
        Claim.objects.filter(pk__in=alone).delete()
    return expire_holds(sorted({claim.visit_id for claim in lapsed if claim.visit_id is not None}), now=now)


def expire_holds(visit_ids: Sequence, *, now: datetime) -> set:
    """End held visits whose time is over, free their claims, and close offers without a held day left.

    Returns the keys of their requests. Order of locks: offers, visits, appointments, claims.
    """
    if not visit_ids:
        return set()
    held = Visit.objects.filter(pk__in=visit_ids, state=Visit.State.HELD)
    list(Offer.objects.select_for_update().filter(alternatives__in=held).order_by("pk").values_list("pk"))
    visits = list(held.select_for_update(of=("self",)).order_by("pk"))
    # more time may have been given between the look of the caller and the lock
    extended = Claim.objects.filter(visit__in=[visit.pk for visit in visits], expires_at__gt=now)
    still_held = set(extended.values_list("visit_id", flat=True))
    visits = [visit for visit in visits if visit.pk not in still_held]
    legs = Appointment.objects.filter(visit__in=[visit.pk for visit in visits]).order_by("pk")
    history = swap_visits(visits, legs, Visit.State.EXPIRED, by=SYSTEM, at=now, reason="hold_lapsed")
    offers = {visit.offer_id for visit in visits if visit.offer_id}
    history += close_empty_offers(offers, now=now)
    StateChange.objects.bulk_create(history)
    record_many(Entry("hold_lapsed", SYSTEM, visit) for visit in visits)
    return {visit.request_id for visit in visits}


def close_empty_offers(offer_ids: Iterable, *, now: datetime) -> list[StateChange]:
    """Open offers of these that hold no day any more become expired; the unsaved history rows."""
    empty = list(
        Offer.objects.filter(pk__in=list(offer_ids), state=Offer.State.OPEN)
        .exclude(alternatives__state=Visit.State.HELD)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if empty:
        Offer.objects.filter(pk__in=empty).update(state=Offer.State.EXPIRED)
    return [
        state_change("offer", pk, Offer.State.OPEN, Offer.State.EXPIRED, by=SYSTEM, at=now, reason="hold_lapsed")
        for pk in empty
    ]
