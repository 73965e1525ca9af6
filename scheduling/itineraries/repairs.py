"""What could be done about an appointment that lies outside working time: proposals, nothing is booked here.

In order: the same clinician at another time of that day, other clinicians of the specialty at the same time, another
room, the whole visit on another day, with the same clinician if that can be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scheduling.availability.bits import grid, iter_bits, ones, starts
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find
from scheduling.itineraries.legs import Itinerary, Query

SAME_PERSON_SAME_DAY = "same_person_same_day"
OTHER_PERSON = "other_person"
OTHER_ROOM = "other_room"
WHOLE_SAME_PERSON = "whole_same_person"
WHOLE = "whole"
SEARCH_DAYS = 28


@dataclass(frozen=True, slots=True)
class Repair:
    """One proposal: what is done (a code), with whom or in which room, and when it begins, in absolute units.

    `leg_key` names the one leg that it changes, `itinerary` the whole day where that is another.
    """

    code: str
    start: int
    clinician_id: int | None = None
    room_id: int | None = None
    leg_key: str | None = None
    itinerary: Itinerary | None = None


def repairs_of(query: Query, planned: Itinerary, away: Sequence[str], *, room_is_closed: bool) -> list[Repair]:
    """Proposals for a visit of which the legs `away` have no clinician, or whose room is closed.

    In `query` the visit's own claims take no time. A leg alone is moved only when it is the only one that must.
    """
    found: list[Repair] = []
    if len(away) == 1 and not room_is_closed:
        found += list(_same_day(query, planned, away[0]))[:1]
    legs = {leg.key: leg for leg in planned.legs}
    for key in away:
        leg = legs[key]
        found += [
            Repair(OTHER_PERSON, leg.start, clinician_id=one, leg_key=key) for one in _colleagues(query, planned, key)
        ]
    if room_is_closed and not away:
        stay = ones(planned.end - planned.start)
        for room_id, mask in (query.rooms or {}).items():
            if mask >> (planned.start - query.base) & stay == stay:
                day = replace(planned, room_id=room_id)
                found.append(Repair(OTHER_ROOM, planned.start, room_id=room_id, itinerary=day))
                break
    return found + _whole(query, planned, [legs[key].clinician_id for key in away])


def _same_day(query: Query, planned: Itinerary, key: str) -> Iterator[Repair]:
    """Other times of the leg on its day that keep every rule, nearest first."""
    leg = next(one for one in planned.legs if one.key == key)
    units = leg.end - leg.start
    day = next((day for day in query.days if day.on == planned.day), None)
    if day is None:
        return
    begin, length = day.start - query.base, day.end - day.start
    people = query.free_for(next(one for one in query.legs if one.key == key))
    free = people.get(leg.clinician_id, 0) >> begin & ones(length)
    step = query.rules.step
    possible = starts(free, units) & grid(length, step, -day.start % step)
    for at in sorted(iter_bits(possible), key=lambda at: abs(at + day.start - leg.start)):
        start = at + day.start
        changed = replace(leg, start=start, end=start + units)
        legs = tuple(sorted((changed if one is leg else one for one in planned.legs), key=lambda one: one.start))
        gaps = sum(later.start - earlier.end for earlier, later in pairwise(legs))
        if not check_itinerary(query, replace(planned, legs=legs, waiting_units=gaps)):
            yield Repair(SAME_PERSON_SAME_DAY, start, clinician_id=leg.clinician_id, leg_key=key)


def _colleagues(query: Query, planned: Itinerary, key: str) -> list[int]:
    """Who else of the specialty is free at the very time of the leg, and does no other leg of the visit then."""
    leg = next(one for one in planned.legs if one.key == key)
    wanted = next(one for one in query.legs if one.key == key)
    units = ones(leg.end - leg.start)
    return [
        one
        for one in wanted.clinician_ids
        if one != leg.clinician_id
        and query.free_for(wanted).get(one, 0) >> (leg.start - query.base) & units == units
    ]  # fmt: skip


def _whole(query: Query, planned: Itinerary, away: Sequence[int]) -> list[Repair]:
    """The next complete day from the day of the visit on: with the clinician who is away if possible, else with any."""
    days = [day for day in query.days if day.on >= planned.day][:SEARCH_DAYS]
    if not days:
        return []
    near = _cut(query, days)
    if len(set(away)) == 1:
        fixed = away[0]
        legs = tuple(
            replace(leg, clinician_ids=(fixed,)) if fixed in leg.clinician_ids else leg for leg in query.legs
        )  # fmt: skip
        for one in find(replace(near, legs=legs), 1):
            return [Repair(WHOLE_SAME_PERSON, one.start, clinician_id=fixed, itinerary=one)]
    return [Repair(WHOLE, one.start, itinerary=one) for one in find(near, 1)]


def _cut(query: Query, days: Sequence) -> Query:
    """The same question about some of the days."""
    shift, keep = days[0].start - query.base, ones(days[-1].end - days[0].start)

    def cut(masks: Mapping[int, int]) -> dict[int, int]:
        return {key: mask >> shift & keep for key, mask in masks.items()}

    return replace(
        query,
        days=days,
        base=days[0].start,
        clinicians=cut(query.clinicians),
        rooms=None if query.rooms is None else cut(query.rooms),
        extra_rooms=cut(query.extra_rooms),
        interpreters=None if query.interpreters is None else cut(query.interpreters),
        anywhere=cut(query.anywhere),
        whole_stay=None if query.whole_stay is None else query.whole_stay >> shift & keep,
    )
