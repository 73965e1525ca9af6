"""Writing a change of a visit: its legs and claims, the history, the message. In the caller's transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.messages.send import visit_changed
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from intake.access.links import make_link
from intake.access.models import AccessLink
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary
from scheduling.offers.accepting import LINK_AFTER_VISIT
from scheduling.requests.may import addresses_for
from scheduling.requests.models import RequestNote
from scheduling.requests.refresh import refresh_statuses
from scheduling.visits.change_rows import record_change, snapshot, with_messages
from scheduling.visits.change_words import changed_lines
from scheduling.visits.drawing import draw_claims
from scheduling.visits.freed import time_freed
from scheduling.visits.guard import claim_time, lock_keys_of, resource_of
from scheduling.visits.lanes import Time, settle_lanes
from scheduling.visits.models import Appointment, Claim, StateChange, Visit, VisitChange
from scheduling.visits.moves import state_change
from scheduling.visits.replan import Replan, live_legs, look_at, read_visit

LEG_COLUMNS = ("position", "clinician", "room", "mode", "state", "starts_at", "ends_at", "is_overbooked")
OUT_OF_THE_WAY = 1000  # more than a visit has legs: positions are unique at every moment


def write_change(
    look: Replan,
    one: Itinerary,
    kind: str,
    *,
    dropped: Appointment | None,
    judge: Callable[[Replan], None],
    by: Actor,
    now: datetime,
    reason: str,
) -> VisitChange:
    """Give the visit the day `one`. `judge` is asked again under the locks where the guard alone cannot decide.

    Raises Refused: "stale" (somebody changed it meanwhile), "taken", "busy", and what `judge` raises.
    """
    keys = look.keys
    visit, legs = look.visit, look.legs
    rearrange(visit, legs, one, keys, dropped=dropped)
    wanted = draw_claims(visit, live_legs(legs), with_patient=True)
    row, now_legs = lock_visit(visit, wanted)
    if snapshot(row, now_legs) != look.before or row.calendar_sequence != visit.calendar_sequence:
        raise stale()
    if look.calendar.buffers:  # the guard knows no buffers: judged again, now that nobody else can book there
        judge(look_at(*read_visit(visit.pk), now=now, first=one.day))
    history = [leg_change(dropped, Appointment.State.BOOKED, by=by, at=now, reason=kind)] if dropped else []
    touched, freed = exchange_claims(visit, wanted, now=now)
    write_legs(visit, legs)
    settle_lanes(freed)
    write_visit(visit)
    after = snapshot(visit, legs)
    change = record_change(visit, kind, look.before, after, by=by, at=now, reason=reason)
    RequestNote.objects.create(
        request_id=visit.request_id,
        kind="visit_changed",
        text="\n".join(changed_lines(change)),
        by_label=by.label or by.kind,
        at=now,
    )
    StateChange.objects.bulk_create(history)
    if visit.state == Visit.State.BOOKED:  # who is in the house is told by those who see them
        with_messages(change, tell(visit, by=by))
    finish(visit, {visit.request_id, *touched}, kind, change, by=by, at=now)
    return change


def finish(visit: Visit, requests: Iterable, kind: str, change: VisitChange, *, by: Actor, at: datetime) -> None:
    """Record, refresh and pass on what a change, or its undoing, has freed."""
    record(
        "visit_changed",
        by=by,
        subject=visit,
        data={"kind": str(kind), "change": change.pk, "sequence": visit.calendar_sequence},
    )
    refresh_statuses(requests, by=by, at=at, reason=f"visit_{kind}")
    time_freed(at=at, cause=f"visit_{kind}")


def rearrange(
    visit: Visit, legs: Sequence[Appointment], one: Itinerary, keys: dict, *, dropped: Appointment | None = None
) -> None:
    """Put the day `one` into the rows, unsaved: who, where, when, and the order of the legs."""
    placed = {leg.key: leg for leg in one.legs}
    for leg in legs:
        if dropped is not None and leg.pk == dropped.pk:
            leg.state = Appointment.State.CANCELLED_BY_CLINIC
            continue
        new = placed.get(keys.get(leg.pk, ""))
        if new is None:
            continue
        is_same = (leg.clinician_id, leg.starts_at) == (new.clinician_id, datetime_of(new.start))
        leg.clinician_id, leg.room_id, leg.mode = new.clinician_id, new.room_id, new.mode
        leg.starts_at, leg.ends_at = datetime_of(new.start), datetime_of(new.end)
        leg.is_overbooked = leg.is_overbooked and is_same
    visit.room_id, visit.interpreter_id = one.room_id, one.interpreter_id
    fit_to_legs(visit, legs)


def fit_to_legs(visit: Visit, legs: Sequence[Appointment]) -> None:
    """The visit lasts from its first start to its last end, and its legs stand in order; those taken out at the end."""
    live = live_legs(legs)
    visit.starts_at, visit.ends_at = live[0].starts_at, max(leg.ends_at for leg in live)
    first = min(leg.position for leg in legs)
    taken_out = sorted((leg for leg in legs if leg not in live), key=lambda leg: leg.position)
    for position, leg in enumerate([*live, *taken_out], start=min(first, 1)):
        leg.position = position


def lock_visit(visit: Visit, wanted: Sequence[Claim]) -> tuple[Visit, list[Appointment]]:
    """Lock the visit with all time that it has and wants: its row and its legs as they are now."""
    have = list(Claim.objects.filter(visit=visit.pk))
    lock_keys(("request", str(visit.request_id)), *lock_keys_of([*have, *wanted]))
    row = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    return row, list(Appointment.objects.select_for_update(of=("self",)).filter(visit=visit.pk).order_by("pk"))


def swap_claims(visit: Visit, wanted: Sequence[Claim], *, now: datetime) -> set:
    """As `exchange_claims` does it, for an action whose legs are written already; only the keys of requests."""
    touched, freed = exchange_claims(visit, wanted, now=now)
    settle_lanes(freed)
    return touched


def exchange_claims(visit: Visit, wanted: Sequence[Claim], *, now: datetime) -> tuple[set, list[Time]]:
    """Let go of claims that are not wanted any more and take those that are new; the others are not touched.

    Returns the keys of requests whose lapsed holds gave way, and the freed times of clinicians: what is overbooked
    there is settled once the legs are written. Raises Refused(code="taken").
    """
    have = list(Claim.objects.filter(visit=visit.pk))
    kept = {_what(claim) for claim in have}
    wished = {_what(claim) for claim in wanted}
    gone = [claim for claim in have if _what(claim) not in wished]
    Claim.objects.filter(pk__in=[claim.pk for claim in gone]).delete()
    touched = claim_time([claim for claim in wanted if _what(claim) not in kept], now=now, has_locks=True)
    freed = [(claim.clinician_id, claim.starts_at, claim.ends_at) for claim in gone if claim.clinician_id is not None]
    return touched, freed


def _what(claim: Claim) -> tuple:
    return *resource_of(claim), claim.starts_at, claim.ends_at


def write_legs(visit: Visit, legs: Sequence[Appointment]) -> None:
    """Save the legs; positions step aside first, since two legs never have the same."""
    Appointment.objects.filter(visit=visit.pk).update(position=F("position") + OUT_OF_THE_WAY)
    Appointment.objects.bulk_update(legs, LEG_COLUMNS)


def write_visit(visit: Visit, *more: str) -> None:
    """Save the visit under its next calendar sequence, and let links to it live as long as it does."""
    visit.calendar_sequence += 1
    visit.save(update_fields=["room", "interpreter", "starts_at", "ends_at", "calendar_sequence", *more])
    AccessLink.objects.filter(purpose="visit", subject_id=str(visit.pk), revoked_at=None).update(
        expires_at=visit.ends_at + LINK_AFTER_VISIT
    )


def tell(visit: Visit, *, by: Actor) -> list:
    """Write to the patient that something has changed; the keys of the messages."""
    token = make_link(
        purpose="visit",
        subject_id=visit.pk,
        birth_date=date.fromisoformat(visit.patient.date_of_birth),
        expires_at=visit.ends_at + LINK_AFTER_VISIT,
    )
    link = settings.PUBLIC_URL + reverse("visits:open", args=[token])
    return [message.pk for message in visit_changed(addresses_for(visit.request, by=by), link=link)]


def leg_change(leg: Appointment, before: str, *, by: Actor, at: datetime, reason: str) -> StateChange:
    """The history row of a leg that has another state now."""
    return state_change("appointment", leg.pk, before, leg.state, by=by, at=at, reason=reason)


def stale() -> Refused:
    """The refusal of what was decided on an older state."""
    return Refused(_("Somebody else has changed this visit just now. Look at it again."), code="stale")


def undo_until(change: VisitChange) -> datetime:
    """The moment from which a change cannot be undone any more."""
    return change.at + timedelta(minutes=settings.UNDO_MINUTES)
