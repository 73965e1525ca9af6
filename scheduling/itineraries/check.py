"""An independent reading of the rules of a coordinated day: does one itinerary keep every one of them?

It shares no step with the finder: plain loops over minutes and legs, slow and easy to believe.
"""

from datetime import datetime
from itertools import pairwise

from scheduling.availability.bits import UNIT_SECONDS
from scheduling.itineraries.legs import Itinerary, Query, hard_order


def check_itinerary(query: Query, itinerary: Itinerary) -> list[str]:
    """The broken rules in plain words; an empty list when all are kept."""
    if sorted(leg.key for leg in query.legs) != sorted(placed.key for placed in itinerary.legs):
        return ["the legs are not those asked for"]
    return [
        *_check_legs(query, itinerary),
        *_check_time(query, itinerary),
        *_check_order(query, itinerary),
        *_check_free(query, itinerary),
    ]


def _check_legs(query: Query, itinerary: Itinerary) -> list[str]:
    """Each leg of the right length, on the grid, with a person and a room that may do it."""
    broken = []
    wanted = {leg.key: leg for leg in query.legs}
    physicians = sum(1 for leg in query.legs if leg.is_physician and leg.stage == "consult")
    if query.rules.max_physicians is not None and physicians > query.rules.max_physicians:
        broken.append("too many physician consults")
    for placed in itinerary.legs:
        leg = wanted[placed.key]
        if placed.end - placed.start != leg.units:
            broken.append(f"{placed.key} has the wrong length")
        if placed.start % query.rules.step:
            broken.append(f"{placed.key} does not start on the grid")
        if placed.clinician_id not in leg.clinician_ids:
            broken.append(f"{placed.key} has a clinician who may not do it")
        if placed.mode != leg.mode:
            broken.append(f"{placed.key} is not held the way it was asked for")
        if leg.extra_room_ids is None and placed.room_id is not None:
            broken.append(f"{placed.key} has a room that it does not need")
        if leg.extra_room_ids is not None and placed.room_id not in leg.extra_room_ids:
            broken.append(f"{placed.key} lacks its own room")
    return broken


def _check_time(query: Query, itinerary: Itinerary) -> list[str]:
    """Gaps, total, rest, day, notice, last day, required wishes, and the waiting that is told."""
    broken, rules = [], query.rules
    gaps = [later.start - earlier.end for earlier, later in pairwise(itinerary.legs)]
    if any(not rules.gap_min <= gap <= rules.gap_max for gap in gaps):
        broken.append("a gap is too short or too long")
    total = itinerary.legs[-1].end - itinerary.legs[0].start
    if total > rules.total_max:
        broken.append("the visit is too long")
    if total > rules.rest_after and not any(gap >= rules.rest_min for gap in gaps):
        broken.append("a long visit has no rest")
    if itinerary.waiting_units != sum(gaps):
        broken.append("the waiting told is not the waiting planned")
    day = next((day for day in query.days if day.on == itinerary.day), None)
    if day is None or itinerary.legs[0].start < day.start or itinerary.legs[-1].end > day.end:
        broken.append("the visit is not within its day")
    if itinerary.legs[0].start < query.now + query.notice_units:
        broken.append("the notice is too short")
    if query.last_day is not None and itinerary.day > query.last_day:
        broken.append("the day is past the last one allowed")
    if query.wishes.required:
        local = datetime.fromtimestamp(itinerary.legs[0].start * UNIT_SECONDS, query.zone)
        if query.wishes.judge(local.weekday(), local.hour * 60 + local.minute)[1]:
            broken.append("a required wish is missed")
    return broken


def _check_order(query: Query, itinerary: Itinerary) -> list[str]:
    """Every hard pair in order, by the time it starts."""
    begins = {placed.key: placed.start for placed in itinerary.legs}
    return [f"{a} does not come before {b}" for a, b in hard_order(query.legs, query.before) if begins[a] >= begins[b]]


def _check_free(query: Query, itinerary: Itinerary) -> list[str]:
    """Every minute of every clinician and room is free, the stay room from first start to last end."""
    broken = []

    def is_free(mask: int, start: int, end: int) -> bool:
        return start >= query.base and all(mask >> (unit - query.base) & 1 for unit in range(start, end))

    wanted = {leg.key: leg for leg in query.legs}
    for placed in itinerary.legs:
        people = query.anywhere if wanted[placed.key].mode in ("video", "phone") else query.clinicians
        if not is_free(people.get(placed.clinician_id, 0), placed.start, placed.end):
            broken.append(f"the clinician of {placed.key} is not free")
        if placed.room_id is not None and not is_free(
            query.extra_rooms.get(placed.room_id, 0), placed.start, placed.end
        ):
            broken.append(f"the room of {placed.key} is not free")
    first, last = itinerary.legs[0].start, itinerary.legs[-1].end
    if query.rooms is None:
        if itinerary.room_id is not None:
            broken.append("the visit has a room that it does not need")
    elif itinerary.room_id is None or not is_free(query.rooms.get(itinerary.room_id, 0), first, last):
        broken.append("the stay room is not free throughout")
    if query.interpreters is None:
        if itinerary.interpreter_id is not None:
            broken.append("the visit has an interpreter that it does not need")
    elif itinerary.interpreter_id is None or not is_free(
        query.interpreters.get(itinerary.interpreter_id, 0), first, last
    ):
        broken.append("the interpreter is not free throughout")
    if query.whole_stay is not None and not is_free(query.whole_stay, first, last):
        broken.append("someone who must stay throughout is not free")
    return broken
