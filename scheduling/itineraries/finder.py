"""The exact search for a coordinated day.

Why it is small. A patient is in one place at a time, so the legs of one visit never compete for a clinician or an
extra room: all the calendars of a leg fold into one mask of possible starts. Three steps follow.

1. *Whole horizon.* A dynamic programme over sets of legs still to do, backwards in time, gives the first starts from
   which all legs can follow under order and gaps. It leaves out the total, the rest and the room, so it may only give
   too many.
2. *One day.* Each first start that is left gets a lane of its own in one integer, cut at the longest stay it allows:
   the total, the end of the day, the longest free run of any room (with any interpreter, where one is needed). One
   programme over (legs done, rest taken or not) runs in all lanes at once. For a given first start only the end
   matters to the room, and a room that is free to a late end is free to an early one, so asking for the longest run
   gives the same answer as one search per room.
3. *One itinerary.* The best (first start, end) of the day is turned back into legs, the order of consults breaking
   ties.

Rank: earliest day (which puts days before the deadline first), wishes met, least waiting, earliest end; one itinerary
a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from scheduling.availability.bits import iter_bits, lowest, ones, smear
from scheduling.availability.sessions import DayWindow
from scheduling.itineraries.legs import Answer, Itinerary, PlacedLeg, Query, WhyNot
from scheduling.itineraries.plan import Lanes, Plan, shortest_stay

Way = tuple[int, tuple[tuple[int, int], ...]]  # (breaches of the soft order, ((leg, start), ...))


def find(query: Query, k: int = 3, *, found_before: int = 0) -> list[Itinerary]:
    """The best ``k`` itineraries, one a day, so that no two share a minute of a clinician or a room.

    ``found_before`` is the number already found in earlier windows of the same search; it only words the reason.
    Raises ValueError when the order asked for contradicts itself.
    """
    if refusal(query) is not None:
        return []
    plan = Plan(query)
    stays = islice(_complete_days(plan), k)
    return [_itinerary(plan, *stay, rank=rank) for rank, stay in enumerate(stays, found_before)]


def search(query: Query, k: int = 3) -> Answer:
    """Itineraries, and why there is none (or none before the deadline)."""
    found = find(query, k)
    late = not found or (query.deadline is not None and found[0].day > query.deadline)
    return Answer(found, why_not(query) if late else None)


@dataclass(frozen=True)
class FreeDay:
    """A complete day with every first start that it allows and the shortest stay from each."""

    plan: Plan
    window: DayWindow
    stays: tuple[tuple[int, int], ...]  # (first start, end), relative to base

    @property
    def starts(self) -> frozenset[int]:
        """The first starts, in absolute units."""
        return frozenset(self.plan.query.base + start for start, _end in self.stays)

    def itineraries(self) -> list[Itinerary]:
        """One for each first start, in order of time."""
        return [_itinerary(self.plan, self.window, start, end, rank=0) for start, end in self.stays]


def free_days(query: Query) -> Iterator[FreeDay]:
    """Complete days in order, for somebody who chooses the time: as exact as `find`, of which each holds the answer."""
    if refusal(query) is not None:
        return
    plan = Plan(query)
    for window, lanes in plan.candidate_days():
        lengths = zip(lanes, _shortest_stays(plan, lanes), strict=True)
        stays = tuple((start, start + stay) for (start, _longest), stay in lengths if stay)
        if stays:
            yield FreeDay(plan, window, stays)


def refusal(query: Query) -> WhyNot | None:
    """Reasons that need no search: nothing to do, too many physicians for a frail patient, longer than a day may be."""
    if not query.legs:
        return WhyNot("no_legs")
    rules = query.rules
    physicians = [leg.key for leg in query.legs if leg.is_physician and leg.stage == "consult"]
    if rules.max_physicians is not None and len(physicians) > rules.max_physicians:
        return WhyNot("too_many_physicians", leg_keys=tuple(physicians))
    if shortest_stay([leg.units for leg in query.legs], rules) > rules.total_max:
        return WhyNot("too_long", leg_keys=tuple(leg.key for leg in query.legs))
    return None


def why_not(query: Query) -> WhyNot | None:
    """Why no day up to the deadline (or ``last_day``) is complete, and the next day that is; None when one is."""
    refused = refusal(query)
    if refused is not None:
        return refused
    limits = [day for day in (query.deadline, query.last_day) if day is not None]
    window = replace(query, last_day=min(limits) if limits else None)
    if find(window, 1):
        return None
    later = find(replace(query, last_day=None), 1) if limits else []
    return replace(_obstacle(window), next_day=later[0].day if later else None)


def _obstacle(window: Query) -> WhyNot:
    """What stands in the way where no day is complete: a leg's time, wishes, the room, or one leg among the others."""
    plan = Plan(window)
    count = len(plan.days)
    if not count:
        low, high = window.first_day, window.last_day
        return WhyNot("not_before" if low is not None and high is not None and low > high else "no_days")
    keys = [leg.key for leg in window.legs]
    days_with = [sum(1 for day in plan.days if plan.cut(fits, day)) for fits in plan.fits]
    absent = [key for key, days in zip(keys, days_with, strict=True) if not days]
    if absent:
        return WhyNot("no_time", absent[0], tuple(absent), count)
    if window.wishes.required and find(replace(window, wishes=replace(window.wishes, required=False)), 1):
        return WhyNot("wishes", days_searched=count)
    if window.interpreters is not None and find(replace(window, interpreters=None), 1):
        return WhyNot("no_interpreter", days_searched=count)
    if window.whole_stay is not None and find(replace(window, whole_stay=None), 1):
        return WhyNot("patient_busy", days_searched=count)
    if find(replace(window, rooms=None, interpreters=None, whole_stay=None), 1):
        return WhyNot("no_room", days_searched=count)
    ways = []
    for index in range(len(keys)) if len(keys) > 1 else ():
        rest = replace(window, legs=window.legs[:index] + window.legs[index + 1 :])
        first = next(_complete_days(Plan(rest)), None)
        if first is not None:
            ways.append((first[0].on, days_with[index], index, rest))
    if not ways:
        scarce = min(range(len(keys)), key=days_with.__getitem__)
        return WhyNot("no_fit", keys[scarce], (), count, days_with[scarce])
    ways.sort(key=lambda way: way[:3])
    _, _, index, rest = ways[0]
    others = tuple(keys[way[2]] for way in ways)
    days_without = sum(1 for _ in _complete_days(Plan(rest)))
    return WhyNot("no_fit", keys[index], others, count, days_with[index], days_without)


def _complete_days(plan: Plan) -> Iterator[tuple[DayWindow, int, int]]:
    """Days on which all legs fit, in order, each with the (first start, end) of its best itinerary."""
    for day, lanes in plan.candidate_days():
        best = _best_of_day(plan, day, lanes)
        if best is not None:
            yield day, *best


def _best_of_day(plan: Plan, day: DayWindow, lanes: Lanes) -> tuple[int, int] | None:
    """(first start, end) of the day's best itinerary, relative to base: most wishes, least waiting, earliest end."""
    best = None
    total = sum(plan.units)
    for (start, _), stay in zip(lanes, _shortest_stays(plan, lanes), strict=True):
        if stay:
            key = (len(plan.judge(day, start)[1]), stay - total, start + stay)
            if best is None or key < best[0]:
                best = (key, start, start + stay)
    return best[1:] if best else None


def _shortest_stays(plan: Plan, lanes: Lanes) -> list[int]:
    """Per lane the least number of units from its first start to the last end, 0 when it cannot be done.

    A lane holds the moments 0..stay after its first start. Gaps smear upward by at most ``gap_max`` bits, which the
    lane's margin takes; what does not fit into the stay is masked away, so no lane ever sees its neighbor.
    """
    rules, units, after, full = plan.rules, plan.units, plan.after, plan.full
    octets = (rules.total_max + rules.gap_max + 1) // 8 + 1
    fits = [_in_lanes(mask, size, lanes, octets) for mask, size in zip(plan.fits, units, strict=True)]
    one = int.from_bytes((b"\1" + bytes(octets - 1)) * len(lanes), "little")
    split = min(max(rules.rest_min, rules.gap_min), rules.gap_max + 1)
    tired, rested = [0] * (full + 1), [0] * (full + 1)  # ends by set of legs done, without and with a rest taken
    for leg in range(plan.count):
        if not after[leg]:
            tired[1 << leg] = (fits[leg] & one) << units[leg]
    for done in range(1, full):
        if not tired[done] and not rested[done]:
            continue
        short = smear(tired[done], rules.gap_min, split - 1)
        long = smear(tired[done], split, rules.gap_max) | smear(rested[done], rules.gap_min, rules.gap_max)
        for leg in range(plan.count):
            if not done >> leg & 1 and after[leg] & done == after[leg]:
                more = done | 1 << leg
                tired[more] |= (short & fits[leg]) << units[leg]
                rested[more] |= (long & fits[leg]) << units[leg]
    brief = one * ones(min(rules.rest_after, rules.total_max) + 1)
    raw = ((tired[full] & brief) | rested[full]).to_bytes(octets * len(lanes), "little")
    return [max(0, lowest(int.from_bytes(raw[at : at + octets], "little"))) for at in range(0, len(raw), octets)]


def _in_lanes(mask: int, size: int, lanes: Lanes, octets: int) -> int:
    """The starts of a leg seen from each first start, cut so that the leg ends within the stay."""
    origin = lanes[0][0]
    near = (mask >> origin) & ones(lanes[-1][0] - origin + lanes[-1][1] + octets * 8)
    parts = [(near >> (start - origin) & ones(stay - size + 1)).to_bytes(octets, "little") for start, stay in lanes]
    return int.from_bytes(b"".join(parts), "little")


def _itinerary(plan: Plan, day: DayWindow, start: int, end: int, *, rank: int) -> Itinerary:
    """The chosen stay with its legs, people and rooms, and the reason for its rank."""
    query = plan.query
    legs: list[PlacedLeg] = []
    seen: set[int] = set()
    for index, at in _Order(plan, start, end).best():
        leg = query.legs[index]
        free = query.free_for(leg)
        people = [one for one in leg.clinician_ids if _is_free(free.get(one, 0), at, leg.units)]
        clinician_id = min(people, key=lambda one: (one not in seen, one))
        seen.add(clinician_id)
        rooms = leg.extra_room_ids or ()
        room_id = next((r for r in rooms if _is_free(query.extra_rooms.get(r, 0), at, leg.units)), None)
        begin = query.base + at
        legs.append(PlacedLeg(leg.key, clinician_id, room_id, begin, begin + leg.units, leg.mode))
    stay = next(stay for stay, mask in plan.stays.items() if _is_free(mask, start, end - start))
    met, missed = plan.judge(day, start)
    waiting = end - start - sum(plan.units)
    return Itinerary(
        day=day.on,
        room_id=stay[0],
        interpreter_id=stay[1],
        legs=tuple(legs),
        waiting_units=waiting,
        wishes_met=met,
        wishes_missed=missed,
        reason=_reason(query, day, rank, met, missed, waiting),
    )


def _reason(
    query: Query, day: DayWindow, rank: int, met: tuple[str, ...], missed: tuple[str, ...], waiting: int
) -> tuple[str, ...]:
    """Codes that tell why an itinerary has its rank, in the order of the rank."""
    if query.deadline is None:
        codes = ["no_deadline"]
    else:
        codes = ["within_deadline" if day.on <= query.deadline else "after_deadline"]
    codes.append("next_complete_day" if rank else "earliest_day")
    if met or missed:
        codes.append("all_wishes_met" if not missed else "some_wishes_met" if met else "wishes_not_met")
    codes.append("least_waiting" if waiting else "no_waiting")
    return tuple(codes)


@dataclass
class _Order:
    """All ways to fill one stay exactly; the fewest breaches of the soft order win, then the legs as given."""

    plan: Plan
    start: int
    end: int

    def best(self) -> list[tuple[int, int]]:
        """(leg, start relative to base) in order of time."""
        plan = self.plan
        stay = self.end - self.start
        self.memo: dict[tuple[int, int, bool], Way | None] = {}
        self.lanes = [(mask >> self.start) & ones(stay + 1) for mask in plan.fits]
        self.groups = [leg.rank_group or 0 for leg in plan.query.legs]
        found = self.rest_of(0, 0, stay <= plan.rules.rest_after)
        if found is None:
            raise AssertionError("a stay that was found cannot be filled")
        return [(leg, self.start + at) for leg, at in found[1]]

    def rest_of(self, done: int, now: int, rested: bool) -> Way | None:
        """(breaches, legs) of the best way to go on from ``now`` to exactly the end, or None."""
        key = (done, now, rested)
        if key not in self.memo:
            self.memo[key] = self._rest_of(done, now, rested)
        return self.memo[key]

    def _rest_of(self, done: int, now: int, rested: bool) -> Way | None:
        plan, rules, stay = self.plan, self.plan.rules, self.end - self.start
        todo = [leg for leg in range(plan.count) if not done >> leg & 1]
        if not todo:
            return (0, ()) if rested and now == stay else None
        gaps = len(todo) if done else len(todo) - 1
        slack = stay - now - sum(plan.units[leg] for leg in todo)
        if not gaps * rules.gap_min <= slack <= gaps * rules.gap_max:
            return None
        best = None
        for leg in todo:
            if plan.after[leg] & ~done:
                continue
            breaches = sum(1 for other in todo if self.groups[other] < self.groups[leg])
            low, width = (now + rules.gap_min, rules.gap_max - rules.gap_min + 1) if done else (0, 1)
            for offset in iter_bits(self.lanes[leg] >> low & ones(width)):
                at = low + offset
                rest = rested or (done > 0 and at - now >= rules.rest_min)
                tail = self.rest_of(done | 1 << leg, at + plan.units[leg], rest)
                if tail is not None:
                    way = (tail[0] + breaches, ((leg, at), *tail[1]))
                    best = way if best is None else min(best, way)
        return best


def _is_free(mask: int, start: int, units: int) -> bool:
    return mask >> start & ones(units) == ones(units)
