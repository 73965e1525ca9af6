"""Changes of a booked visit: one leg at another time, another clinician, another day, a leg less. Each can be undone.

A visit stays one row with one calendar entry, whose sequence counts its changes. Every change is judged like a new
booking (replan.py), takes its time through the guard and tells the patient, all in one transaction. Locks come in the
order of every other action: advisory locks, visit, appointments, claims, request.
"""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, unit_of
from scheduling.itineraries.legs import Itinerary
from scheduling.requests.may import require_staff
from scheduling.visits.change_rows import record_change, snapshot
from scheduling.visits.change_words import broken_words
from scheduling.visits.change_write import write_change
from scheduling.visits.models import Appointment, Visit, VisitChange
from scheduling.visits.replan import Replan, look_at, read_visit
from scheduling.visits.undoing import undo_change

__all__ = [
    "drop_leg",
    "move_day",
    "move_leg",
    "record_change",
    "require_possible",
    "rest_without",
    "snapshot",
    "swap_clinician",
    "undo_change",
]

Kind = VisitChange.Kind


def _stored(change: VisitChange) -> str:
    return str(change.pk)


def _replayed(stored: str) -> VisitChange:
    return VisitChange.objects.get(pk=stored)


@submit_once("move_leg", store=_stored, replay=_replayed)
def move_leg(
    leg: Appointment,
    *,
    starts_at: datetime,
    clinician_id: int | None = None,
    by: Actor,
    key: str,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> VisitChange:
    """Move one leg to another time of the same day, with somebody else of its specialty if one is named.

    Order, gaps, total, buffers, working time and reserve are kept; the room is claimed from the new first start to the
    new last end. `version` is the calendar sequence of the visit that the person saw. Raises Refused: "not_allowed",
    "stale", "past", "not_bookable" (a rule is broken), "taken", "busy".
    """
    look, own = _leg_to_change(leg, by=by, now=now, version=version)
    start = unit_of(starts_at)
    if datetime_of(start) != starts_at:
        raise Refused(_("Choose a time from the list."), code="not_bookable")
    _require_ahead(starts_at, now)
    one = look.with_leg(own, start=start, clinician_id=clinician_id)
    return _keep(look, one, Kind.MOVE_LEG, own, by=by, now=now, reason=reason)


@submit_once("swap_clinician", store=_stored, replay=_replayed)
def swap_clinician(
    leg: Appointment,
    *,
    clinician_id: int,
    by: Actor,
    key: str,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> VisitChange:
    """Give one leg to somebody else of its specialty who works and is free then. Refuses as `move_leg` does."""
    look, own = _leg_to_change(leg, by=by, now=now, version=version)
    _require_ahead(own.starts_at, now)
    one = look.with_leg(own, clinician_id=clinician_id)
    return _keep(look, one, Kind.SWAP_CLINICIAN, own, by=by, now=now, reason=reason)


@submit_once("move_day", store=_stored, replay=_replayed)
def move_day(
    visit: Visit,
    itinerary: Itinerary,
    *,
    by: Actor,
    key: str,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> VisitChange:
    """Move the whole visit, with the same legs, to a day (or time, or room) of the finder's list for its request.

    It stays the same visit with the same calendar entry. The day must keep every rule of a new booking, notice and
    horizon with it; no notice is needed where the first start stays, such as for another room. Raises Refused as
    `move_leg` does, and "horizon".
    """
    require_staff(by, Permission.MOVE_VISIT)
    row, legs = read_visit(visit.pk)
    require_version(row, version)
    if row.state != Visit.State.BOOKED:
        raise Refused(_("Only a visit that has not begun can be moved to another day."), code="not_bookable")
    look = look_at(row, legs, now=now, first=itinerary.day)
    if sorted(one.key for one in itinerary.legs) != sorted(look.keys.values()):
        raise Refused(_("The visit has other appointments by now. Look for days again."), code="stale")
    if itinerary.start != look.planned.start and itinerary.start < read.earliest_start(now, look.kind.notice_minutes):
        raise Refused(_("That time is over, or too soon to be booked."), code="past")
    if itinerary.day > read.booking_days(now, look.kind.horizon_days)[1]:
        raise Refused(_("That day is too far ahead to be booked."), code="horizon")
    return _keep(look, itinerary, Kind.MOVE_DAY, None, by=by, now=now, reason=reason)


@submit_once("drop_leg", store=_stored, replay=_replayed)
def drop_leg(
    leg: Appointment,
    *,
    by: Actor,
    key: str,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> VisitChange:
    """Take one leg out of the visit. The others stay, or move together on the same day with the same clinicians where
    a pause would become too long (`Replan.without` says how). Refuses as `move_leg` does.

    A leg that the kind of visit demands, or the only one, cannot be taken out: code "not_bookable".
    """
    look, own = _leg_to_change(leg, by=by, now=now, version=version)
    one = rest_without(look, own)
    return _keep(look, one, Kind.DROP_LEG, None, dropped=own, by=by, now=now, reason=reason)


def rest_without(look: Replan, own: Appointment) -> Itinerary:
    """The day when this leg is taken out of it. Raises Refused(code="not_bookable") when it cannot be."""
    demanded = {one.key for one in look.kind.legs if one.code}
    if len(look.live) == 1:
        raise Refused(_("It is the only appointment of the visit. Cancel the visit instead."), code="not_bookable")
    if look.keys[own.pk] in demanded:
        raise Refused(_("Every visit of this kind has this appointment."), code="not_bookable")
    one = look.without(own)
    if one is None:
        raise Refused(
            _("Without it the pauses of the day would be too long, and the others cannot move closer."),
            code="not_bookable",
        )
    return one


def require_version(row: Visit, version: int | None) -> None:
    """Refuse what was decided on an older state of the visit."""
    if version is not None and version != row.calendar_sequence:
        raise Refused(_("Somebody else has changed this visit just now. Look at it again."), code="stale")


def _require_ahead(moment: datetime, now: datetime) -> None:
    if moment < now:
        raise Refused(_("That time is over."), code="past")


def _leg_to_change(leg: Appointment, *, by: Actor, now: datetime, version: int | None) -> tuple[Replan, Appointment]:
    """The visit as it is, and its leg, which must not have begun."""
    require_staff(by, Permission.MOVE_VISIT)
    row, legs = read_visit(leg.visit_id)
    require_version(row, version)
    look = look_at(row, legs, now=now)
    own = next((one for one in look.live if one.pk == leg.pk), None)
    if own is None or own.state != Appointment.State.BOOKED:
        raise Refused(_("This appointment cannot be changed any more."), code="stale")
    return look, own


def _keep(
    look: Replan,
    one: Itinerary,
    kind: str,
    own: Appointment | None,
    *,
    dropped: Appointment | None = None,
    by: Actor,
    now: datetime,
    reason: str,
) -> VisitChange:
    """Judge the new day, then write it; what was free when judged is judged again once it is locked."""
    if dropped is None and (one.legs, one.room_id, one.interpreter_id) == _as_it_is(look):
        raise Refused(_("Nothing would change."), code="not_bookable")
    judge = _judge(one, kind, look.keys[own.pk] if own else "", look.keys[dropped.pk] if dropped else "")
    judge(look)
    return write_change(look, one, kind, dropped=dropped, judge=judge, by=by, now=now, reason=reason)


def require_possible(look: Replan, one: Itinerary, kind: str, own: Appointment) -> None:
    """Refuse a leg at another time or with somebody else as the change itself would, before anybody is asked."""
    if (one.legs, one.room_id, one.interpreter_id) == _as_it_is(look):
        raise Refused(_("Nothing would change."), code="not_bookable")
    key = look.keys[own.pk]
    _require_ahead(datetime_of(next(leg.start for leg in one.legs if leg.key == key)), look.now)
    _judge(one, kind, key, "")(look)


def _as_it_is(look: Replan) -> tuple:
    return look.planned.legs, look.planned.room_id, look.planned.interpreter_id


def _judge(one: Itinerary, kind: str, touched: str, dropped: str) -> Callable[[Replan], None]:
    def judge(look: Replan) -> None:
        asked = tuple(leg for leg in look.query.legs if leg.key != dropped) if dropped else None
        how = {"touched": {touched} - {""}, "asked": asked, "strict": kind == Kind.MOVE_DAY}
        if one.start == look.planned.start:
            look = look.without_notice()
        if rules := look.broken(one, **how):
            if look.is_only_taken(one, **how):
                raise Refused(_("That time is taken, or too close to another appointment."), code="taken")
            raise Refused(broken_words(rules), code="not_bookable")

    return judge
