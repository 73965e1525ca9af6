"""From a request to ranked days, and back: may this day be booked? A fixed number of queries, whatever the rows.

One query for the visit type and its legs, one for people and rooms, two for the calendar, one or two for claims: the
first four weeks are read first, the rest of the horizon only when they do not hold enough days.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, CharField, F, IntegerField, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.models import Room, Specialty
from clinic.platform.refusals import Refused
from intake.triage.disciplines import suggest
from intake.triage.models import Level
from scheduling.availability import read
from scheduling.availability.bits import datetime_of, ones, runs, unit_of, units_from_minutes
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find, why_not
from scheduling.itineraries.legs import CONSULT, Itinerary, Leg, Query, WhyNot, Wishes, rules_for
from scheduling.itineraries.models import VisitType
from scheduling.requests.models import AppointmentRequest

FIRST_LOOK_DAYS = 28
SEES_RESERVE = frozenset({Level.EMERGENCY, Level.URGENT})
LONGEST_LEG_UNITS = 66

ChosenLeg = tuple[str, int | None]  # specialty code, minutes (None: the usual length)


@dataclass(frozen=True, slots=True)
class Found:
    """Ranked days, and why there is none, or none before the deadline."""

    itineraries: list[Itinerary]
    why_not: WhyNot | None = None


@dataclass(frozen=True, slots=True)
class _LegWish:
    """A leg before anybody is named for it. `minutes` None: the specialty's usual length."""

    key: str
    code: str
    minutes: int | None
    stage: str = CONSULT
    room_kind: str = ""
    is_fixed: bool = True


@dataclass(frozen=True, slots=True)
class _Resources:
    """Specialties, active clinicians by (specialty, site), and rooms by (kind, site)."""

    minutes: dict[str, int] = field(default_factory=dict)
    physicians: set[str] = field(default_factory=set)
    people: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)
    rooms: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)
    site_of_room: dict[int, int] = field(default_factory=dict)

    @property
    def sites(self) -> Sequence[int | None]:
        """Sites that have a patient room, in a fixed order."""
        return sorted({site for kind, site in self.rooms if kind == Room.Kind.STAY and site is not None})

    @property
    def all_people(self) -> list[int]:
        return sorted({one for people in self.people.values() for one in people})


def suggested_legs(wanted: AppointmentRequest) -> list[tuple[str, int]]:
    """The consults to choose from, as (specialty code, minutes): those of the review, else those the answers suggest.

    The legs that the visit type brings itself are not among them.
    """
    codes = list(wanted.specialties)
    if not codes:
        answers = {**wanted.report.answers, "reason_for_contact": wanted.reason_for_contact}
        codes = list(suggest(answers).leg_codes)
    fixed = _fixed_legs(wanted.visit_type_id) if wanted.visit_type_id else ([], True)
    own_minutes = next((leg.minutes for leg in fixed[0] if not leg.code), None)
    taken = {leg.code for leg in fixed[0]}
    usual = dict(Specialty.objects.filter(code__in=codes, is_leg=True).values_list("code", "default_minutes"))
    legs = [(code, own_minutes or usual[code]) for code in codes if code in usual and code not in taken]
    return legs if fixed[1] else legs[: sum(1 for leg in fixed[0] if not leg.code)]


def find_days(
    wanted: AppointmentRequest,
    *,
    legs: Iterable[ChosenLeg] | None = None,
    wishes: Wishes | None = None,
    now: datetime,
    limit: int = 3,
) -> Found:
    """The best days for a request, one itinerary a day, ranked; at most 6 queries.

    `legs` are the consults chosen (specialty code, minutes), by default those of the review. A frail patient's days are
    short; urgent requests see the reserve. The deadline is the date by which the visit is due.
    """
    fixed, takes_chosen = _fixed_legs(wanted.visit_type_id)
    chosen = [(code, None) for code in wanted.specialties] if legs is None else list(legs)
    asked = _all_legs(fixed, takes_chosen, chosen)
    things = _resources({leg.code for leg in asked})
    first, last = read.booking_days(now)
    calendar = read.calendar(things.all_people, first, last)
    look = _Look(wanted, asked, things, now, wishes if wishes is not None else _wishes_of(wanted))
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
    _check_span(itineraries, now)
    fixed, takes_chosen = _fixed_legs(wanted.visit_type_id)
    asked = [_legs_of(one, fixed, takes_chosen) for one in itineraries]
    things = _resources({leg.code for legs in asked for leg in legs})
    first, last = min(one.day for one in itineraries), max(one.day for one in itineraries)
    named = {leg.clinician_id for one in itineraries for leg in one.legs}  # nobody else's time is judged
    calendar = read.calendar(named.intersection(things.all_people), first, last)
    for one, legs in zip(itineraries, asked, strict=True):
        look = _Look(wanted, legs, things, now, Wishes())
        site = things.site_of_room.get(one.room_id or 0)
        broken = check_itinerary(look.query(calendar, {}, site), one) if site is not None else ["no such room"]
        if broken:
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
    start, end = min(one.start for one in itineraries), max(one.end for one in itineraries)
    busy = read.busy_masks(start, end, now=now, patient_id=wanted.patient_id).get(("patient", wanted.patient_id), 0)
    if any(busy >> (one.start - start) & ones(one.end - one.start) for one in itineraries):
        raise Refused(_("The patient has another visit at that time."), code="patient_busy")
    return things.site_of_room[itineraries[0].room_id or 0]


def free_time(
    clinician_ids: Collection[int], from_date: date, to_date: date, *, now: datetime, routine: bool = True
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Free intervals (UTC) of each clinician from one local date to another, both included, from now on: 3 queries."""
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
    asked: list[_LegWish]
    things: _Resources
    now: datetime
    wishes: Wishes

    def busy(self, calendar: read.Calendar) -> dict[read.Resource, int]:
        """Taken time in these days."""
        return read.busy_masks(
            calendar.base,
            calendar.base + calendar.length,
            now=self.now,
            clinician_ids=self.things.all_people,
            room_ids=list(self.things.site_of_room),
            patient_id=self.wanted.patient_id,
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
        able = {site: sum(1 for code in codes if self.things.people.get((code, site))) for site in self.things.sites}
        complete = [site for site, count in able.items() if count == len(codes)]
        return complete or [max(able, key=lambda site: able[site], default=None)]

    def query(self, calendar: read.Calendar, busy: dict[read.Resource, int], site: int | None) -> Query:
        """What the finder and the checker need, for one site."""
        things, routine = self.things, self.wanted.level not in SEES_RESERVE
        legs = tuple(self._leg(leg, site) for leg in self.asked)
        people = {one for leg in legs for one in leg.clinician_ids}
        opened = calendar.bookable(people, routine=routine, now=unit_of(self.now))
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
            notice_units=read.notice_units(),
        )

    def _leg(self, leg: _LegWish, site: int | None) -> Leg:
        things = self.things
        minutes = leg.minutes if leg.minutes is not None else things.minutes.get(leg.code, 0)
        return Leg(
            key=leg.key,
            specialty=leg.code,
            units=max(1, units_from_minutes(minutes)),
            clinician_ids=tuple(things.people.get((leg.code, site), ())),
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


def _fixed_legs(visit_type_id: Any) -> tuple[list[_LegWish], bool]:
    """The legs that a visit type brings, in order, and whether chosen specialties are added: one query."""
    fixed: list[_LegWish] = []
    takes_chosen = False
    rows = (
        VisitType.objects.filter(pk=visit_type_id)
        .order_by("legs__position")
        .values_list(
            "takes_suggested_legs", "legs__specialty__code", "legs__minutes", "legs__stage", "legs__extra_room_kind"
        )
    )
    keys: set[str] = set()
    for takes, code, minutes, stage, room_kind in rows:
        takes_chosen = takes
        if minutes is not None:
            code = code or ""
            key = next(k for k in (code, f"{code}.{stage}", *(f"{code}.{n}" for n in range(99))) if k not in keys)
            keys.add(key)
            fixed.append(_LegWish(key, code, minutes, stage, room_kind))
    return fixed, takes_chosen


def _all_legs(fixed: list[_LegWish], takes_chosen: bool, chosen: Sequence[ChosenLeg]) -> list[_LegWish]:
    """The legs of one visit: fixed ones, open places filled with the first specialties chosen, the others if taken."""
    named = {leg.code for leg in fixed if leg.code}
    left = [(code, minutes) for code, minutes in dict(chosen).items() if code not in named]
    legs = []
    for leg in fixed:
        if leg.code:
            legs.append(leg)
        elif left:
            code, _minutes = left.pop(0)
            legs.append(replace(leg, key=code, code=code))
    if takes_chosen:
        legs += [_LegWish(code, code, minutes, is_fixed=False) for code, minutes in left]
    return legs


def _legs_of(one: Itinerary, fixed: list[_LegWish], takes_chosen: bool) -> list[_LegWish]:
    """The legs that a given day claims to have; those the visit type demands must be among them, at their length."""
    demanded = {leg.key for leg in fixed if leg.code}
    chosen = [(leg.key, (leg.end - leg.start) * 5) for leg in one.legs if leg.key not in demanded]
    legs = _all_legs(fixed, takes_chosen, chosen)
    if sorted(leg.key for leg in legs) != sorted(leg.key for leg in one.legs):
        raise Refused(_("These appointments are not those of this kind of visit."), code="not_bookable")
    return legs


def _check_span(itineraries: Sequence[Itinerary], now: datetime) -> None:
    """Bounds that need no rows: not empty, not in the past, not too soon, not past the horizon, no absurd length."""
    last_day = read.booking_days(now)[1]
    for one in itineraries:
        if not one.legs or one.end - one.start > 288 or any(leg.end <= leg.start for leg in one.legs):
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")
        if one.start < read.earliest_start(now):
            raise Refused(_("That time is over, or too soon to be booked."), code="past")
        starts_on = timezone.localdate(datetime_of(one.start), timezone=read.clinic_zone())
        if starts_on > last_day:
            raise Refused(_("That day is too far ahead to be booked."), code="horizon")
        if starts_on != one.day:
            raise Refused(_("This day cannot be booked. Search again for days that can."), code="not_bookable")


def _resources(codes: set[str]) -> _Resources:
    """People of these specialties and the rooms in use: one query."""
    word, whole = CharField(), IntegerField()
    people = (
        Specialty.objects.filter(code__in=codes, is_leg=True)
        .order_by()
        .annotate(
            what=Value("person", word),
            place=F("clinicians__site_id"),
            active=F("clinicians__is_active"),
        )
        .values_list("what", "code", "default_minutes", "is_physician", "clinicians__id", "place", "active")
    )
    rooms = (
        Room.objects.filter(is_active=True, site__is_active=True)
        .order_by()
        .annotate(what=Value("room", word), nothing=Value(0, whole), no=Value(False, BooleanField()))
        .values_list("what", "kind", "nothing", "no", "id", "site_id", "is_active")
    )
    found = _Resources()
    for what, code, minutes, is_physician, key, site, active in people.union(rooms, all=True).order_by():
        if what == "room":
            found.rooms.setdefault((code, site), []).append(key)
            found.site_of_room[key] = site
            continue
        found.minutes[code] = minutes
        if is_physician:
            found.physicians.add(code)
        if key is not None and active:
            found.people.setdefault((code, site), []).append(key)
    for group in (*found.people.values(), *found.rooms.values()):
        group.sort()
    return found
