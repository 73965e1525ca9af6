"""Writes of the day itself: one more appointment for a patient who is coming today, or a visit for who walks in.

The notice of a booking does not apply. Working time does, and nobody's time is taken twice but by overbooking: with the
right, a reason, and only a clinician's (decision 0008). Rules of comfort are told and can be gone over. Locks come in
the one order: advisory locks, visit, appointments, claims, request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.send import visit_confirmed
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.access.links import make_link
from scheduling.offers.accepting import LINK_AFTER_VISIT
from scheduling.requests.may import addresses_for, locked_request, require_staff
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.refresh import refreshed
from scheduling.visits.change_rows import record_change, snapshot, with_messages
from scheduling.visits.change_words import changed_lines
from scheduling.visits.change_write import (
    OUT_OF_THE_WAY,
    fit_to_legs,
    lock_visit,
    swap_claims,
    tell,
    write_legs,
    write_visit,
)
from scheduling.visits.day_actions import here
from scheduling.visits.drawing import draw_claims
from scheduling.visits.guard import claim_time, lock_keys_of
from scheduling.visits.lanes import settle_lanes
from scheduling.visits.models import Appointment, Claim, StateChange, Visit, VisitChange
from scheduling.visits.moves import stale, state_change
from scheduling.visits.replan import CHANGEABLE, live_legs, read_visit
from scheduling.visits.walk_in_look import Findings, look_at_day, look_at_leg, require_free_stay, require_possible

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class NewLeg:
    """One appointment to be added today: with whom, from when, for how long; its own room if it has one; its mode."""

    specialty_id: int
    clinician_id: int
    starts_at: datetime
    minutes: int
    room_id: int | None = None
    mode: str = Appointment.Mode.IN_PERSON

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


def _stored(row) -> str:
    return str(row.pk)


def _replayed_leg(stored: str) -> Appointment:
    return Appointment.objects.select_related("visit").get(pk=stored)


def _replayed_visit(stored: str) -> Visit:
    return Visit.objects.get(pk=stored)


@submit_once("add_walk_in_leg", store=_stored, replay=_replayed_leg)
def add_walk_in_leg(
    visit: Visit,
    *,
    specialty_id: int,
    clinician_id: int,
    starts_at: datetime,
    minutes: int,
    overbook_reason: str = "",
    despite_rules: bool = False,
    by: Actor,
    key: str,
    now: datetime,
    version: int | None = None,
) -> Appointment:
    """Add an appointment to a visit of today that is booked or under way; the stay is made longer where it must be.

    It is overbooked when the time is taken and a reason is given, otherwise it is an appointment like every other.
    Raises Refused: "not_allowed", "stale", "not_today", "past", "times", "not_bookable", "not_working", "own_time"
    (another leg of this visit), "rules" (unless `despite_rules`), "room_taken", "patient_busy", "taken", "held",
    "overbooked", "overbooking_off", "busy".
    """
    require_staff(by, Permission.RUN_DAY)
    row, legs = read_visit(visit.pk)
    if row.state not in CHANGEABLE or (version is not None and version != row.calendar_sequence):
        raise stale()
    before = snapshot(row, legs)
    new = NewLeg(specialty_id, clinician_id, starts_at, minutes)
    leg = _drawn(row, new, len(legs) + 1)
    leg.mode = leg.mode if row.room_id is not None else legs[-1].mode
    require_possible(leg, row.site_id, row.visit_type_id, today_of=row.starts_at, now=now)
    live = live_legs(legs)
    all_legs = [*legs, leg]
    fit_to_legs(row, all_legs)
    locked, locked_legs = lock_visit(row, draw_claims(row, [*live, leg], with_patient=True))
    if snapshot(locked, locked_legs) != before or locked.calendar_sequence != row.calendar_sequence:
        raise stale()
    found = look_at_leg(leg, live, row, now=now)
    _judge(found, leg, overbook_reason, despite_rules, by=by)
    require_free_stay(row, now=now)
    place, leg.position = leg.position, OUT_OF_THE_WAY  # no two legs of a visit ever stand in one place
    leg.save(force_insert=True)
    leg.position = place
    touched = swap_claims(row, draw_claims(row, [*live, leg], with_patient=True), now=now)
    write_legs(row, all_legs)
    write_visit(row)
    reason = "despite_rules" if found.rules else ""
    after = snapshot(row, all_legs)
    change = record_change(row, VisitChange.Kind.ADD_LEG, before, after, by=by, at=now, reason=reason)
    history = [state_change("appointment", leg.pk, "", leg.state, by=by, at=now, reason="walk_in")]
    history += refreshed({row.request_id, *touched}, by=by, at=now, reason="leg_added")
    StateChange.objects.bulk_create(history)
    if row.state == Visit.State.BOOKED:  # who is in the house is told by those who see them
        with_messages(change, tell(row, by=by))
    keep_added("appointment_added", row, [leg], found.rules, changed_lines(change), by=by, now=now)
    return leg


@submit_once("add_walk_in_visit", store=_stored, replay=_replayed_visit)
def add_walk_in_visit(
    wanted: AppointmentRequest,
    *,
    legs: Sequence[NewLeg],
    site_id: int,
    room_id: int | None,
    interpreter_id: int | None = None,
    overbook_reason: str = "",
    despite_rules: bool = False,
    is_here: bool = False,
    by: Actor,
    key: str,
    now: datetime,
) -> Visit:
    """Book a visit of today for a request that is ready: one or several legs, a stay room, the patient's own time.

    A visit by video or phone has no room. `is_here`: the patient stands at the desk and is checked in with it. Raises
    Refused as `add_walk_in_leg` does, and "not_ready" (not reviewed, or an offer or a visit exists).
    """
    require_staff(by, Permission.RUN_DAY)
    row = AppointmentRequest.objects.select_related("patient", "visit_type").get(pk=wanted.pk)
    if not legs or row.visit_type is None:
        raise not_ready()
    ordered = sorted(legs, key=lambda one: one.starts_at)
    visit = Visit(
        request=row,
        patient=row.patient,
        visit_type=row.visit_type,
        site_id=site_id,
        room_id=room_id,
        interpreter_id=interpreter_id,
        state=Visit.State.BOOKED,
        starts_at=ordered[0].starts_at,
        ends_at=max(one.ends_at for one in ordered),
        booked_at=now,
        is_walk_in=True,
    )
    drawn = [_drawn(visit, one, position) for position, one in enumerate(ordered, start=1)]
    for leg in drawn:
        require_possible(leg, site_id, row.visit_type_id, today_of=now, now=now)
    lock_keys(("request", str(row.pk)), *lock_keys_of(draw_claims(visit, drawn, with_patient=True)))
    if locked_request(row).status != AppointmentRequest.Status.READY:
        raise not_ready()
    found = look_at_day(drawn, visit, now=now)
    for leg, against in zip(drawn, found, strict=True):
        _judge(against, leg, overbook_reason, despite_rules, by=by)
    require_free_stay(visit, now=now)
    visit.save(force_insert=True)
    Appointment.objects.bulk_create(drawn)
    touched = claim_time(draw_claims(visit, drawn, with_patient=True), now=now, has_locks=True)
    history = [state_change("visit", visit.pk, "", visit.state, by=by, at=now, reason="walk_in")]
    history += [state_change("appointment", leg.pk, "", leg.state, by=by, at=now, reason="walk_in") for leg in drawn]
    history += refreshed({row.pk, *touched}, by=by, at=now, reason="walk_in")
    StateChange.objects.bulk_create(history)
    keep_added("walk_in_booked", visit, drawn, found[-1].rules, [], by=by, now=now)
    if is_here:
        return here(visit, by=by, now=now)
    confirm_by_link(visit, by=by)
    return visit


def _drawn(visit: Visit, new: NewLeg, position: int) -> Appointment:
    return Appointment(
        visit=visit,
        position=position,
        specialty_id=new.specialty_id,
        clinician_id=new.clinician_id,
        room_id=new.room_id,
        mode=new.mode,
        state=Appointment.State.BOOKED,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
    )


def _judge(found: Findings, leg: Appointment, reason: str, despite_rules: bool, *, by: Actor) -> None:
    """Refuse what nobody may do; mark the leg when it lies over another one and this person may do that."""
    if found.is_own_time:
        raise Refused(_("The patient has another appointment of this visit then."), code="own_time")
    if found.over:
        require_overbooking(found.over, reason, by=by)
        leg.is_overbooked, leg.overbooking_reason = True, reason.strip()[:LONGEST_REASON]
    if found.rules and not despite_rules:
        raise Refused(_("This is not how a day is planned. Look at what is written below."), code="rules")


def require_overbooking(over: Sequence[Claim], reason: str, *, by: Actor) -> None:
    """Raise Refused unless this person may put an appointment over these claims, and says why.

    Codes: "taken" (no reason), "overbooking_off", "not_allowed", "overbooked", "held".
    """
    if not reason.strip():
        raise Refused(_("The clinician has another appointment then."), code="taken")
    if not settings.OVERBOOKING_ALLOWED:
        raise Refused(_("Overbooking is switched off in this clinic."), code="overbooking_off")
    require_staff(by, Permission.OVERBOOK)
    if any(claim.is_overbooked for claim in over):
        raise Refused(_("That time is overbooked already."), code="overbooked")
    if any(claim.visit_id is None or claim.expires_at is not None for claim in over):
        raise Refused(_("That time is held for a patient, or the clinician is busy elsewhere."), code="held")


def keep_added(
    action: str,
    visit: Visit,
    legs: Sequence[Appointment],
    rules: Sequence[str],
    lines: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Audit and history: what was added, over what rules and whose time somebody went, and why."""
    marked = [leg for leg in legs if leg.is_overbooked]
    data = {"appointments": [leg.pk for leg in legs], "rules": sorted(set(rules))}
    record(action, by=by, subject=visit, data=data | {"overbooked": [leg.pk for leg in marked]})
    why = [_("Overbooked: %(reason)s") % {"reason": leg.overbooking_reason} for leg in marked[:1]]
    if why or lines:
        RequestNote.objects.create(
            request_id=visit.request_id,
            kind="visit_changed" if lines else "overbooked",
            text="\n".join([*lines, *why]),
            by_label=by.label or by.kind,
            at=now,
        )
    # a colleague may have freed the time below while this was written: then nothing is overbooked any more
    if settle_lanes((leg.clinician_id, leg.starts_at, leg.ends_at) for leg in marked):
        for leg in marked:
            leg.refresh_from_db(fields=["is_overbooked"])


def confirm_by_link(visit: Visit, *, by: Actor) -> None:
    """Send who may be written to the link to the booked visit."""
    token = make_link(
        purpose="visit",
        subject_id=visit.pk,
        birth_date=date.fromisoformat(visit.patient.date_of_birth),
        expires_at=visit.ends_at + LINK_AFTER_VISIT,
    )
    link = settings.PUBLIC_URL + reverse("visits:open", args=[token])
    visit_confirmed(addresses_for(visit.request, by=by), link=link)


def not_ready() -> Refused:
    """What is said of a request that cannot have a visit."""
    return Refused(
        _("This request is not ready: it needs a review, or it has an offer or a visit already."), code="not_ready"
    )
