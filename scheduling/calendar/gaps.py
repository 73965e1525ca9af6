"""A free gap that somebody wants to book: what it is, who could have it, and whether one fits. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Clinician
from clinic.platform.words import clock, minutes_words, short_day
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, ones, runs, unit_of
from scheduling.calendar.grid import ROW
from scheduling.itineraries.finder import find, why_not
from scheduling.itineraries.interpreters import language_needed
from scheduling.itineraries.legs import REMOTE, Itinerary, Query
from scheduling.itineraries.look import Look
from scheduling.itineraries.resources import resources
from scheduling.itineraries.search import free_time, not_before, suggested_legs, wishes_of
from scheduling.itineraries.visit_kinds import LegWish, all_legs
from scheduling.offers.day_words import why_not_words
from scheduling.offers.planning import Planning
from scheduling.requests.models import AppointmentRequest

MOST_READ, MOST_SHOWN = 200, 30


@dataclass(frozen=True, slots=True)
class Gap:
    """Free time of a clinician around a moment; `starts` are the quarter hours of it, the one asked for among them."""

    clinician: Clinician
    at: datetime
    starts: tuple[datetime, ...] = ()
    until: datetime | None = None

    @property
    def on(self) -> date:
        """Its local date."""
        return timezone.localdate(self.at)

    @property
    def is_free(self) -> bool:
        """Whether something can begin at the moment asked for."""
        return self.at in self.starts


def gap_at(clinician: Clinician, at: datetime, *, now: datetime) -> Gap:
    """The free time of somebody around a moment, time kept for urgent requests included: two queries."""
    on = timezone.localdate(at)
    spans = free_time([clinician.pk], on, on, now=now, routine=False).get(clinician.pk, [])
    return _around(clinician, at, [(unit_of(start), unit_of(end)) for start, end in spans])


def _around(clinician: Clinician, at: datetime, spans: Iterable[tuple[int, int]]) -> Gap:
    """The one of these free spans, in units, in which the moment lies."""
    for first, last in spans:
        if first <= unit_of(at) < last:
            marks = range(first + -first % ROW, last - ROW + 1, ROW)
            return Gap(clinician, at, tuple(datetime_of(unit) for unit in marks), datetime_of(last))
    return Gap(clinician, at)


def ready_requests(user, specialty_code: str) -> tuple[list[AppointmentRequest], list[AppointmentRequest], bool]:
    """Requests ready to be planned: those that name the specialty, the others, and whether there are more: one query.

    The most urgent first, then those who wait longest.
    """
    rows = (
        AppointmentRequest.objects.visible_to(user)
        .filter(status=AppointmentRequest.Status.READY)
        .select_related("patient", "visit_type")
        .order_by("urgency_rank", "submitted_at", "pk")
    )
    found = list(rows[: MOST_READ + 1])
    fit = [one for one in found[:MOST_READ] if specialty_code in one.specialties]
    rest = [one for one in found[:MOST_READ] if specialty_code not in one.specialties]
    shown = rest[: max(0, MOST_SHOWN - len(fit))]
    return fit[:MOST_SHOWN], shown, len(found) > len(fit[:MOST_SHOWN]) + len(shown)


@dataclass(frozen=True, slots=True)
class Fit:
    """What can become of a request in a gap: `itinerary` is the one appointment there, or `lines` say why not.

    `place` names the room. `is_whole_day`: the visit has more than this appointment, or another one; it is planned as
    a day.
    """

    gap: Gap
    itinerary: Itinerary | None = None
    legs: Sequence[LegWish] = ()
    lines: tuple[str, ...] = ()
    is_whole_day: bool = False
    place: str = ""


def legs_for(wanted: AppointmentRequest, planning: Planning, clinician: Clinician) -> list[LegWish]:
    """The appointments of the visit, this clinician's specialty done by them.

    Where the review named no specialty and the kind of visit brings none itself, the visit is this one appointment.
    """
    own = (clinician.specialty.code, planning.usual_minutes.get(clinician.specialty.code, 0))
    is_open = not wanted.specialties and not planning.fixed and planning.places != 0
    chosen = (
        [own]
        if is_open
        else suggested_legs(
            wanted, kind=planning.kind, usual=planning.usual_minutes, suggested=planning.suggested.leg_codes
        )
    )
    legs = all_legs(planning.kind, chosen)
    code = clinician.specialty.code
    return [replace(one, clinician_id=clinician.pk) if one.code == code else one for one in legs]


def fit_at(wanted: AppointmentRequest, planning: Planning, clinician: Clinician, at: datetime, *, now: datetime) -> Fit:
    """Whether the visit of the request is one appointment with this clinician, and whether it fits there.

    With the free time around it. Three queries when it is one appointment, two otherwise.
    """
    legs, on = legs_for(wanted, planning, clinician), timezone.localdate(at)
    if len(legs) != 1 or legs[0].code != clinician.specialty.code:
        return Fit(gap_at(clinician, at, now=now), legs=legs, is_whole_day=True)
    if on > read.booking_days(now, planning.kind.horizon_days)[1]:
        lines = (_("That day is too far ahead to be booked."),)
        return Fit(gap_at(clinician, at, now=now), legs=legs, lines=lines)
    things = resources({legs[0].code})
    language = language_needed(wanted.patient) if planning.can_interpret else ""
    speakers = things.speakers(language, None, {}) if language else []
    calendar = read.calendar([*things.all_people, *speakers], on, on)
    roster = calendar.people_by_site()
    look = Look(
        wanted, planning.kind, legs, things, roster, now, wishes_of(wanted), language, is_for_hold=True
    )  # fmt: skip
    busy = look.busy(calendar)
    gap = _around(clinician, at, _free_spans(clinician.pk, calendar, busy, now))
    for site in [None] if legs[0].mode in REMOTE else things.sites or [None]:
        query = _only_then(look.query(calendar, busy, site), clinician.pk, unit_of(at))
        found = find(query, 1)
        if found and found[0].start == unit_of(at):
            return Fit(gap, found[0], legs, place=_place_of(found[0], planning))
    return Fit(gap, legs=legs, lines=_why_not(query, planning, clinician, at))


def _place_of(one: Itinerary, planning: Planning) -> str:
    """The room and its site."""
    room = planning.rooms.get(one.room_id or 0)
    return f"{room.name}, {room.site.name}" if room else _("at home, by video or phone")


def _free_spans(clinician_id: int, calendar: read.Calendar, busy: dict, now: datetime) -> list[tuple[int, int]]:
    """Free time of somebody from now on, with what must lie between two appointments taken off."""
    opened = calendar.open_time([clinician_id])[clinician_id].open
    gone = ones(max(0, unit_of(now, up=True) - calendar.base))
    free = opened & ~busy.get(("clinician", clinician_id), 0) & ~gone
    return [(start + calendar.base, end + calendar.base) for start, end in runs(free)]


def _only_then(query: Query, clinician_id: int, start: int) -> Query:
    """The question with the clinician's time cut to the one appointment that begins there."""
    (leg,) = query.legs
    mask = query.free_for(leg).get(clinician_id, 0) & ones(leg.units) << (start - query.base)
    own = {clinician_id: mask}
    return replace(query, clinicians={**query.clinicians, **own}, anywhere={**query.anywhere, **own}, deadline=None)


def _why_not(query: Query, planning: Planning, clinician: Clinician, at: datetime) -> tuple[str, ...]:
    """Why this request cannot have the gap, in sentences."""
    told = why_not(query)
    if told is not None and told.code not in ("no_time", "no_fit", "no_days"):
        return tuple(why_not_words(replace(told, days_searched=0, next_day=None), planning.names))
    words = {"minutes": minutes_words(query.legs[0].units * 5), "time": clock(at), "name": clinician.name}
    lines = [_("%(name)s does not have %(minutes)s for this request at %(time)s.") % words]
    if unit_of(at) < query.now + query.notice_units:
        lines.append(_("The time is too near to be offered: the patient needs time to answer."))
    elif not planning.sees_reserve:
        lines.append(
            _("It is too short, kept for urgent patients, too near another appointment, or not for this visit.")
        )
    return tuple(lines)


def patient_says_later(wanted: AppointmentRequest, gap: Gap) -> str:
    """That the patient cannot come so early, if they told; empty otherwise."""
    told = not_before(wanted)
    if told is None or gap.on >= told:
        return ""
    return _("The patient cannot come before %(day)s.") % {"day": short_day(told)}
