"""A visit that is planned already, as a question to the finder: what it asks for, and the day as it stands.

One place for everything that thinks about changing a visit: proposals for what lies outside working time, and the
changes that staff make themselves.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from intake.triage.models import Level
from scheduling.availability.bits import datetime_of, ones, unit_of
from scheduling.availability.changes import PlannedVisit
from scheduling.availability.read import Calendar, notice_units
from scheduling.itineraries.legs import CONSULT, REMOTE, Itinerary, Leg, PlacedLeg, Query, rules_for
from scheduling.itineraries.resources import Resources, Roster
from scheduling.itineraries.visit_kinds import KindOfVisit

SEES_RESERVE = frozenset({Level.EMERGENCY, Level.URGENT})


def question_of(
    visit: PlannedVisit,
    kind: KindOfVisit,
    *,
    things: Resources,
    calendar: Calendar,
    taken: Mapping[tuple[str, object], int],
    now: datetime,
    roster: Roster | None = None,
    language: str = "",
) -> tuple[Query, Itinerary]:
    """The visit as a question to the finder, and as it is planned, with the same keys.

    `taken` is the time of everybody in the days of `calendar`, the visit's own aside; empty for who works when. Its
    site, its legs and their lengths stay. Its interpreter does, or is one of those who speak `language`.
    """
    site = visit.site_id
    roster = roster if roster is not None else calendar.people_by_site()
    legs = named_legs(visit, kind, things, roster)
    people = {one for leg in legs for one in leg.clinician_ids}
    rules = {"routine": visit.level not in SEES_RESERVE, "now": unit_of(now), "visit_type_id": visit.visit_type_id}

    def free(opened: Mapping[int, int], kind_of_thing: str = "clinician") -> dict[int, int]:
        return {key: mask & ~taken.get((kind_of_thing, key), 0) for key, mask in opened.items()}

    rooms = free(calendar.open_rooms({room: own for room, own in things.site_of_room.items() if own == site}), "room")
    stays = things.rooms.get(("stay", site), [])
    helpers_at = site if visit.room_id is not None else None
    helpers = {visit.interpreter_id, *things.speakers(language, helpers_at, roster)} if visit.interpreter_id else ()
    query = Query(
        legs=legs,
        days=calendar.days,
        base=calendar.base,
        zone=calendar.zone,
        now=unit_of(now, up=True),
        clinicians=free(calendar.bookable(people, site_id=site, **rules)),
        anywhere=free(calendar.bookable(people, **rules)) if any(leg.mode in REMOTE for leg in legs) else {},
        rooms=None if visit.room_id is None else {room: rooms[room] for room in stays},
        extra_rooms={room: mask for room, mask in rooms.items() if room not in stays},
        interpreters=free(calendar.bookable(sorted(helpers), site_id=helpers_at, **rules)) if helpers else None,
        whole_stay=ones(calendar.length) & ~taken.get(("patient", visit.patient_key), 0),
        rules=rules_for(visit.is_frail, kind.limits),
        notice_units=notice_units(kind.notice_minutes),
    )
    return query, _as_planned(visit, legs, calendar)


def _as_planned(visit: PlannedVisit, legs: tuple[Leg, ...], calendar: Calendar) -> Itinerary:
    placed = tuple(
        PlacedLeg(wanted.key, leg.clinician_id, leg.room_id, leg.start, leg.end, leg.mode)
        for wanted, leg in zip(legs, visit.legs, strict=True)
    )
    day = timezone.localdate(datetime_of(visit.start), timezone=calendar.zone)
    waiting = visit.end - visit.start - sum(leg.end - leg.start for leg in placed)
    return Itinerary(day, visit.room_id, placed, waiting, interpreter_id=visit.interpreter_id)


def named_legs(visit: PlannedVisit, kind: KindOfVisit, things: Resources, roster: Roster) -> tuple[Leg, ...]:
    """The appointments as legs: those the kind of visit brings keep their place in the order."""
    left, legs, keys = list(kind.legs), [], set()
    for number, planned in enumerate(visit.legs):
        fixed = next((one for one in left if one.code == planned.specialty), None)
        if fixed is not None:
            left.remove(fixed)
        key = fixed.key if fixed else planned.specialty
        key = key if key not in keys else f"{key}.{number}"
        keys.add(key)
        extra = None
        if planned.room_id is not None:
            extra = tuple(next((group for group in things.rooms.values() if planned.room_id in group), ()))
        if planned.mode in REMOTE:
            people = sorted(things.homes.get(planned.specialty, {}))
        else:
            people = things.people(planned.specialty, visit.site_id, roster)
        legs.append(
            Leg(
                key=key,
                specialty=planned.specialty,
                units=planned.end - planned.start,
                clinician_ids=tuple(people),
                stage=fixed.stage if fixed else CONSULT,
                extra_room_ids=extra,
                is_physician=planned.specialty in things.physicians and (fixed is not None or extra is None),
                mode=planned.mode,
            )
        )
    return tuple(legs)
