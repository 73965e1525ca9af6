"""One appointment to be added today, looked at: is it possible at all, over what would it lie, which rules would bend.

Reads only. What decides in the end is the overlap guard; ask these again under the locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Clinician
from clinic.platform.refusals import Refused
from clinic.platform.words import clock_range
from scheduling.availability import read
from scheduling.availability.bits import UNIT_SECONDS, ones, unit_of
from scheduling.itineraries.legs import DayRules, rules_for
from scheduling.itineraries.visit_kinds import kind_of_visit
from scheduling.visits.lanes import A_DAY
from scheduling.visits.models import Appointment, Claim, Visit
from scheduling.visits.walk_in_rules import BUFFER, DayLeg, bent_rules, newly_bent

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands against an appointment: another leg of the visit, claims of the clinician, codes of bent rules."""

    is_own_time: bool
    over: tuple[Claim, ...]
    rules: list[str]


def require_possible(leg: Appointment, site_id: int, visit_type_id, *, today_of: datetime, now: datetime) -> None:
    """Raise Refused unless the leg lies ahead, today, on the grid, with somebody who does it and works there then.

    Codes: "times", "not_today", "past", "not_bookable", "not_working". Two queries.
    """
    length = leg.ends_at - leg.starts_at
    if any(moment.timestamp() % UNIT_SECONDS for moment in (leg.starts_at, leg.ends_at)):
        raise Refused(_("Times are in steps of 5 minutes."), code="times")
    if not SHORTEST <= length <= LONGEST:
        raise Refused(_("An appointment lasts from 5 minutes to 4 hours."), code="times")
    today = timezone.localdate(now)
    if any(timezone.localdate(moment) != today for moment in (today_of, leg.starts_at)):
        raise Refused(_("Appointments can be added like this on the day of the visit only."), code="not_today")
    if unit_of(leg.starts_at) < unit_of(now):
        raise Refused(_("That time is over."), code="past")
    able = Clinician.objects.filter(
        pk=leg.clinician_id, is_active=True, specialty=leg.specialty_id, specialty__is_leg=True
    )
    if not able.exists():
        raise Refused(_("This clinician does not do such appointments."), code="not_bookable")
    calendar = read.calendar([leg.clinician_id], today, today)
    site = {"site_id": site_id} if leg.mode == Appointment.Mode.IN_PERSON else {}
    opened = calendar.open_time([leg.clinician_id], visit_type_id=visit_type_id, **site)[leg.clinician_id].open
    needed = ones(unit_of(leg.ends_at) - unit_of(leg.starts_at)) << (unit_of(leg.starts_at) - calendar.base)
    if opened & needed != needed:
        raise Refused(_("The clinician does not work here then."), code="not_working")


def look_at_leg(leg: Appointment, others: Sequence[Appointment], visit: Visit, *, now: datetime) -> Findings:
    """What stands against one more leg beside the `others` of its visit: five queries at most."""
    own, over, is_too_near = look_at_time(leg, others, visit, now=now)
    rules = newly_bent(_day_legs(others), _day_leg(leg), rules_of(visit), also=[BUFFER] if is_too_near else [])
    return Findings(own, over, rules)


def look_at_day(legs: Sequence[Appointment], visit: Visit, *, now: datetime) -> list[Findings]:
    """The same for all legs of a new visit together, one answer a leg; the rules of the day are told with the last."""
    seen = [look_at_time(leg, legs[:number], visit, now=now) for number, leg in enumerate(legs)]
    near = [BUFFER] if any(is_too_near for _own, _over, is_too_near in seen) else []
    rules = [*bent_rules(_day_legs(legs), rules_of(visit)), *near]
    found = [Findings(own, over, []) for own, over, _near in seen]
    return [*found[:-1], replace(found[-1], rules=rules)]


def look_at_time(
    leg: Appointment, others: Sequence[Appointment], visit: Visit, *, now: datetime
) -> tuple[bool, tuple[Claim, ...], bool]:
    """Whether it is time of the `others`, the claims of the clinician below it, whether it lies in a buffer."""
    own = any(one.starts_at < leg.ends_at and one.ends_at > leg.starts_at for one in others)
    over = tuple(claims_over(leg, visit, now=now))
    return own, over, not over and _is_in_a_buffer(leg, visit, now=now)


def rules_of(visit: Visit) -> DayRules:
    """The rules of this patient's day: one query."""
    return rules_for(visit.request.is_frail, kind_of_visit(visit.visit_type_id).limits)


def claims_over(leg: Appointment, visit: Visit, *, now: datetime) -> list[Claim]:
    """Living claims of the clinician in the leg's time, those of the leg's own visit aside, in order of time."""
    found = _living(leg.starts_at, leg.ends_at, now).filter(clinician=leg.clinician_id).exclude(visit=visit.pk)
    return list(found.select_related("visit__patient", "visit__request").order_by("starts_at"))


def _living(start: datetime, end: datetime, now: datetime):
    times = Claim.objects.filter(starts_at__lt=end, ends_at__gt=start, starts_at__gte=start - A_DAY)
    return times.filter(Q(expires_at=None) | Q(expires_at__gt=now))


def _is_in_a_buffer(leg: Appointment, visit: Visit, *, now: datetime) -> bool:
    """Whether the clinician has an appointment too near, by the buffers that bookings keep."""
    today = timezone.localdate(leg.starts_at)
    buffers = read.calendar([leg.clinician_id], today, today).buffers
    if not buffers.of(leg.clinician_id, visit.visit_type_id):
        return False
    start, end = unit_of(leg.starts_at), unit_of(leg.ends_at)
    busy = read.busy_masks(
        start,
        end,
        now=now,
        clinician_ids=[leg.clinician_id],
        except_visits=[visit.pk],
        buffers=buffers,
        visit_type_id=visit.visit_type_id,
    )
    return bool(busy.get(("clinician", leg.clinician_id), 0))


def _day_legs(legs: Sequence[Appointment]) -> list[DayLeg]:
    return [_day_leg(leg) for leg in legs]


def _day_leg(leg: Appointment) -> DayLeg:
    return DayLeg(leg.specialty.code, unit_of(leg.starts_at), unit_of(leg.ends_at, up=True), leg.specialty.is_physician)


def require_free_stay(visit: Visit, *, now: datetime) -> None:
    """Raise Refused unless room, interpreter and patient are free from the visit's first start to its last end.

    Codes: "room_taken", "interpreter_busy", "patient_busy". One query.
    """
    whose = Q(patient=visit.patient_id)
    if visit.room_id is not None:
        whose |= Q(room=visit.room_id)
    if visit.interpreter_id is not None:
        whose |= Q(clinician=visit.interpreter_id)
    for claim in _living(visit.starts_at, visit.ends_at, now).filter(whose).exclude(visit=visit.pk):
        words = {"hours": clock_range(claim.starts_at, claim.ends_at), "room": visit.room}
        if claim.room_id is not None:
            raise Refused(_("%(room)s is taken from %(hours)s.") % words, code="room_taken")
        if claim.clinician_id is not None:
            raise Refused(_("The interpreter is needed elsewhere from %(hours)s.") % words, code="interpreter_busy")
        raise Refused(_("The patient has another visit from %(hours)s.") % words, code="patient_busy")
