"""From a request to ranked days, and back: may this day be booked? A fixed number of queries, whatever the rows.

One query for the visit type and its legs, one for people and rooms, one for the calendar, one or two for claims: the
first four weeks are read first, the rest of the horizon only when they do not hold enough days.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Room, Specialty
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from intake.triage.models import Level
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, ones, runs, unit_of, units_from_minutes
from scheduling.availability.sessions import Buffers
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find, why_not
from scheduling.itineraries.legs import Itinerary, Leg, Query, WhyNot, Wishes, rules_for
from scheduling.itineraries.resources import Resources, Roster, resources
from scheduling.itineraries.visit_kinds import ChosenLeg, KindOfVisit, LegWish, all_legs, kind_of_visit, legs_of
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.suggestions import suggestions_for
from scheduling.visits.guard import lock_keys_of
from scheduling.visits.models import Claim

FIRST_LOOK_DAYS = 28
SEES_RESERVE = frozenset({Level.EMERGENCY, Level.URGENT})
LONGEST_LEG_UNITS = 66


@dataclass(frozen=True, slots=True)
class Found:
    """Ranked days, and why there is none, or none before the deadline."""

    itineraries: list[Itinerary]
    why_not: WhyNot | None = None


def suggested_legs(wanted: AppointmentRequest) -> list[tuple[str, int]]:
    """The consults to choose from, as (specialty code, minutes): those of the review, else those the answers suggest.

    The legs that the visit type brings itself are not among them.
    """
    codes = list(wanted.specialties)
    if not codes:
        codes = list(suggestions_for(wanted).leg_codes)
    kind = kind_of_visit(wanted.visit_type_id) if wanted.visit_type_id else KindOfVisit(takes_chosen=True)
    own_minutes = next((leg.minutes for leg in kind.legs if not leg.code), None)
    taken = {leg.code for leg in kind.legs}
    usual = dict(Specialty.objects.filter(code__in=codes, is_leg=True).values_list("code", "default_minutes"))
    legs = [(code, own_minutes or usual[code]) for code in codes if code in usual and code not in taken]
    return legs if kind.takes_chosen else legs[: sum(1 for leg in kind.legs if not leg.code)]


def find_days(
    wanted: AppointmentRequest,
    *,
    legs: Iterable[ChosenLeg] | None = None,
    wishes: Wishes | None = None,
    now: datetime,
    limit: int = 3,
) -> Found:
    """The best days for a request, one itinerary a day, ranked; at most 5 queries.

    `legs` are the consults chosen (specialty code, minutes), by default those of the review. A frail patient's days are
    short; urgent requests see the reserve. The deadline is the date by which the visit is due.
    """
    kind = kind_of_visit(wanted.visit_type_id)
    chosen = [(code, None) for code in wanted.specialties] if legs is None else list(legs)
    asked = all_legs(kind, chosen)
    things = resources({leg.code for leg in asked})
    first, last = read.booking_days(now, kind.horizon_days)
    calendar = read.calendar(things.all_people, first, last)
    wishes = wishes if wishes is not None else _wishes_of(wanted)
    look = _Look(wanted, asked, things, calendar.people_by_site(), now, wishes, kind.notice_minutes)
    early = calendar.part(calendar.days[:FIRST_LOOK_DAYS])
    early_busy = look.busy(early)
    found = look.find(early, early_busy, limit)
    explained, explained_busy = early, early_busy
    if len(found) < limit and len(calendar.days) > FIRST_LOOK_DAYS:
        late = calendar.part(calendar.days[FIRST_LOOK_DAYS:])
        late_busy = look.busy(late)
        if not found:
            explained, explained_busy = calendar, _joined(early_busy, late_busy, early.length)
        found += look.find(late, late_busy, limit - len(found), before=len(found))
    is_late = not found or found[0].day > wanted.visit_due_on
    return Found(found, look.why_not(explained, explained_busy, is_hopeless=not found) if is_late else None)


def check_bookable(wanted: AppointmentRequest, itinerary: Itinerary, now: datetime) -> None:
    """Raise Refused unless this day keeps every rule, whoever asks for it: the last word before holding.

    Sessions, closures, holidays, reserve, notice, horizon, specialties, rooms, order and gaps are checked against the
    rows as they are now (codes "past", "horizon", "not_bookable", "patient_busy"). Whether others have taken the time
    is not asked here: the overlap guard decides that when the claims are written.
    """
    check_all_bookable(wanted, [itinerary], now)


def check_all_bookable(wanted: AppointmentRequest, itineraries: Sequence[Itinerary], now: datetime) -> int:
    """The same for several days with one set of queries. Returns the key of the site of the first day's room."""
    if wanted.visit_type_id is None:
        raise Refused(_("Choose the kind of visit in a review first."), code="not_reviewed")
    kind = kind_of_visit(wanted.visit_type_id)
    _check_span(itineraries, kind, now)
    asked = [legs_of(one, kind) for one in itineraries]
    things = resources({leg.code for legs in asked for leg in legs})
    first, last = min(one.day for one in itineraries), max(one.day for one in itineraries)
    named = {leg.clinician_id for one in itineraries for leg in one.legs}  # nobody else's time is judged
    calendar = read.calendar(named.intersection(things.all_people), first, last)
    roster = calendar.people_by_site()
    for one, legs in zip(itineraries, asked, strict=True):
        look = _Look(wanted, legs, things, roster, now, Wishes(), kind.notice_minutes)
        site = things.site_of_room.get(one.room_id or 0)
        broken = check_itinerary(look.query(calendar, {}, site), one) if site is not None else ["no such room"]
        if broken:
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
    _check_taken(wanted, itineraries, calendar.buffers, now)
    return things.site_of_room[itineraries[0].room_id or 0]


def _check_taken(wanted: AppointmentRequest, itineraries: Sequence[Itinerary], buffers: Buffers, now: datetime) -> None:
    """Refuse a time of the patient's own, and one too close to what a clinician with a buffer has already.

    The overlap guard knows no buffers: the locks that it takes later are taken here, before the look.
    """
    start, end = min(one.start for one in itineraries), max(one.end for one in itineraries)
    kind, patient = wanted.visit_type_id, wanted.patient_id
    legs = [leg for one in itineraries for leg in one.legs if buffers.of(leg.clinician_id, kind)]
    if legs:
        lock_keys(("request", str(wanted.pk)), *_keys_of(itineraries))
    busy = read.busy_masks(
        start,
        end,
        now=now,
        patient_id=patient,
        clinician_ids={leg.clinician_id for leg in legs},
        buffers=buffers,
        visit_type_id=kind,
    )
    taken = busy.get(("patient", patient), 0)
    if any(taken >> (one.start - start) & ones(one.end - one.start) for one in itineraries):
        raise Refused(_("The patient has another visit at that time."), code="patient_busy")
    for leg in legs:
        if busy.get(("clinician", leg.clinician_id), 0) >> (leg.start - start) & ones(leg.end - leg.start):
            raise Refused(_("That time is taken, or too close to another appointment."), code="taken")


def _keys_of(itineraries: Iterable[Itinerary]) -> set[tuple[str, str, str]]:
    """The keys of all that these days would claim, as the guard names them."""
    claims = []
    for one in itineraries:
        claims.append(Claim(room_id=one.room_id, starts_at=datetime_of(one.start), ends_at=datetime_of(one.end)))
        for leg in one.legs:
            at = {"starts_at": datetime_of(leg.start), "ends_at": datetime_of(leg.end)}
            claims.append(Claim(clinician_id=leg.clinician_id, **at))
            if leg.room_id is not None:
                claims.append(Claim(room_id=leg.room_id, **at))
    return lock_keys_of(claims)


def free_time(
    clinician_ids: Collection[int], from_date: date, to_date: date, *, now: datetime, routine: bool = True
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Free intervals (UTC) of each clinician from one local date to another, both included, from now on: 2 queries."""
    calendar = read.calendar(clinician_ids, from_date, to_date)
    busy = read.busy_masks(calendar.base, calendar.base + calendar.length, now=now, clinician_ids=list(clinician_ids))
    gone = ones(max(0, unit_of(now, up=True) - calendar.base))
    opened = calendar.bookable(clinician_ids, routine=routine, now=unit_of(now))
    return {
        key: [
            (datetime_of(calendar.base + start), datetime_of(calendar.base + end))
            for start, end in runs(mask & ~busy.get(("clinician", key), 0) & ~gone)
        ]
        for key, mask in opened.items()
    }


@dataclass(frozen=True, slots=True)
class _Look:
    """One search: what is asked for, by whom, when."""

    wanted: AppointmentRequest
    asked: list[LegWish]
    things: Resources
    roster: Roster
    now: datetime
    wishes: Wishes
    notice_minutes: int | None = None

    def busy(self, calendar: read.Calendar) -> dict[read.Resource, int]:
        """Taken time in these days."""
        return read.busy_masks(
            calendar.base,
            calendar.base + calendar.length,
            now=self.now,
            clinician_ids=self.things.all_people,
            room_ids=list(self.things.site_of_room),
            patient_id=self.wanted.patient_id,
            buffers=calendar.buffers,
            visit_type_id=self.wanted.visit_type_id,
        )

    def find(
        self, calendar: read.Calendar, busy: dict[read.Resource, int], limit: int, *, before: int = 0
    ) -> list[Itinerary]:
        """Ranked days of all sites together, one itinerary a day."""
        sites = self._sites()
        if len(sites) == 1:
            return find(self.query(calendar, busy, sites[0]), limit, found_before=before)
        best: dict[date, Itinerary] = {}
        for site in sites:
            for one in find(self.query(calendar, busy, site), limit, found_before=before):
                if one.day not in best or _rank(one) < _rank(best[one.day]):
                    best[one.day] = one
        ranked = sorted(best.values(), key=_rank)[:limit]
        return [_worded(one, is_first=before + number == 0) for number, one in enumerate(ranked)]

    def why_not(self, calendar: read.Calendar, busy: dict[read.Resource, int], *, is_hopeless: bool) -> WhyNot | None:
        """What stands in the way before the deadline, told of the site that can do most.

        `is_hopeless`: no day at all was found. When the deadline has passed too, the whole time is explained: that no
        day before it is left would help nobody.
        """
        query = self.query(calendar, busy, self._sites()[0])
        if is_hopeless and self.wanted.visit_due_on < calendar.days[0].on:
            query = replace(query, deadline=None)
        return why_not(query)

    def _sites(self) -> Sequence[int | None]:
        """Sites where every leg has somebody; else the one where most legs have, so that the reason can be told."""
        codes = {leg.code for leg in self.asked}
        able = {
            site: sum(1 for code in codes if self.things.people(code, site, self.roster)) for site in self.things.sites
        }
        complete = [site for site, count in able.items() if count == len(codes)]
        return complete or [max(able, key=lambda site: able[site], default=None)]

    def query(self, calendar: read.Calendar, busy: dict[read.Resource, int], site: int | None) -> Query:
        """What the finder and the checker need, for one site."""
        things, routine = self.things, self.wanted.level not in SEES_RESERVE
        legs = tuple(self._leg(leg, site) for leg in self.asked)
        people = {one for leg in legs for one in leg.clinician_ids}
        kind = self.wanted.visit_type_id
        opened = calendar.bookable(people, routine=routine, now=unit_of(self.now), site_id=site, visit_type_id=kind)
        rooms = calendar.open_rooms({room: own for room, own in things.site_of_room.items() if own == site})
        free = {room: mask & ~busy.get(("room", room), 0) for room, mask in rooms.items()}
        stays = things.rooms.get((Room.Kind.STAY, site), [])
        return Query(
            legs=legs,
            days=calendar.days,
            base=calendar.base,
            zone=calendar.zone,
            now=unit_of(self.now, up=True),
            clinicians={key: mask & ~busy.get(("clinician", key), 0) for key, mask in opened.items()},
            rooms={room: free[room] for room in stays},
            extra_rooms={room: mask for room, mask in free.items() if room not in stays},
            whole_stay=ones(calendar.length) & ~busy.get(("patient", self.wanted.patient_id), 0),
            rules=rules_for(self.wanted.is_frail),
            wishes=self.wishes,
            deadline=self.wanted.visit_due_on,
            last_day=None,
            notice_units=read.notice_units(self.notice_minutes),
        )

    def _leg(self, leg: LegWish, site: int | None) -> Leg:
        things = self.things
        minutes = leg.minutes if leg.minutes is not None else things.minutes.get(leg.code, 0)
        return Leg(
            key=leg.key,
            specialty=leg.code,
            units=max(1, units_from_minutes(minutes)),
            clinician_ids=tuple(things.people(leg.code, site, self.roster)),
            stage=leg.stage,
            extra_room_ids=tuple(things.rooms.get((leg.room_kind, site), ())) if leg.room_kind else None,
            is_physician=leg.code in things.physicians,
        )


def _wishes_of(wanted: AppointmentRequest) -> Wishes:
    return Wishes(frozenset(int(day) for day in wanted.preferences.get("weekdays") or ()))


def _rank(one: Itinerary) -> tuple:
    return one.day, len(one.wishes_missed), one.waiting_units, one.end


def _worded(one: Itinerary, *, is_first: bool) -> Itinerary:
    """With the reason of its place among the days of all sites."""
    place = "earliest_day" if is_first else "next_complete_day"
    words = tuple(place if code in ("earliest_day", "next_complete_day") else code for code in one.reason)
    return replace(one, reason=words)


def _joined(early: dict, late: dict, length: int) -> dict:
    """Masks of two spans that follow one another, as one."""
    cut = ones(length)
    return {key: early.get(key, 0) & cut | late.get(key, 0) << length for key in {*early, *late}}


def _check_span(itineraries: Sequence[Itinerary], kind: KindOfVisit, now: datetime) -> None:
    """Bounds that need no rows of time: not empty, not past, not too soon, within the horizon, of no absurd length."""
    last_day = read.booking_days(now, kind.horizon_days)[1]
    for one in itineraries:
        if not one.legs or one.end - one.start > 288 or any(leg.end <= leg.start for leg in one.legs):
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
        if one.start < read.earliest_start(now, kind.notice_minutes):
            raise Refused(_("That time is over, or too soon to be booked."), code="past")
        starts_on = timezone.localdate(datetime_of(one.start), timezone=read.clinic_zone())
        if starts_on > last_day:
            raise Refused(_("That day is too far ahead to be booked."), code="horizon")
        if starts_on != one.day:
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
