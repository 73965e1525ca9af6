"""A query prepared for the finder: where each leg can start, what must come first, where the patient can stay."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from scheduling.availability.bits import UNIT_SECONDS, grid, iter_bits, ones, starts
from scheduling.availability.sessions import DayWindow
from scheduling.itineraries.legs import DayRules, Query, hard_order

Stay = tuple[int | None, int | None]  # (room, interpreter)
Lanes = list[tuple[int, int]]  # (first start relative to base, longest stay)


class Plan:
    """A query prepared for the search: possible starts of each leg, order as bit sets, masks of the stay."""

    def __init__(self, query: Query):
        if query.base != query.days[0].start:
            raise ValueError("masks must begin with the first day")
        self.query, self.rules = query, query.rules
        self.units = [leg.units for leg in query.legs]
        self.count = len(self.units)
        self.full = ones(self.count)
        self.length = query.days[-1].end - query.base
        at = {leg.key: index for index, leg in enumerate(query.legs)}
        self.after = [0] * self.count  # legs that must be done before this one
        for a, b in hard_order(query.legs, query.before):
            self.after[at[b]] |= 1 << at[a]
        self.earliest = max(0, query.now + query.notice_units - query.base)
        self.days = [
            day
            for day in query.days
            if (query.last_day is None or day.on <= query.last_day)
            and (query.first_day is None or day.on >= query.first_day)
            and day.end - query.base > self.earliest
        ]
        self.shortest = shortest_stay(self.units, self.rules)

    @cached_property
    def fits(self) -> list[int]:
        """Per leg the starts at which somebody, and an extra room where it needs one, is free for all of it."""
        query = self.query
        allowed = grid(self.length, self.rules.step, -query.base % self.rules.step)
        allowed = (allowed >> self.earliest) << self.earliest
        if self.days and self.days[-1].end < query.days[-1].end:
            allowed &= ones(self.days[-1].end - query.base)
        folded = []
        for leg in query.legs:
            fits, free = 0, query.free_for(leg)
            for clinician_id in leg.clinician_ids:
                fits |= starts(free.get(clinician_id, 0), leg.units)
            if leg.extra_room_ids is not None:
                room_fits = 0
                for room_id in leg.extra_room_ids:
                    room_fits |= starts(query.extra_rooms.get(room_id, 0), leg.units)
                fits &= room_fits
            folded.append(fits & allowed)
        return folded

    @cached_property
    def stays(self) -> dict[Stay, int]:
        """Per stay room and interpreter the mask that must be free from first start to last end."""
        query = self.query
        throughout = ones(self.length) if query.whole_stay is None else query.whole_stay
        rooms = {None: throughout} if query.rooms is None else query.rooms
        helpers = {None: throughout} if query.interpreters is None else query.interpreters
        return {
            (room_id, interpreter_id): room_free & helper_free & throughout
            for interpreter_id, helper_free in helpers.items()
            for room_id, room_free in rooms.items()
        }

    def cut(self, mask: int, day: DayWindow) -> int:
        """One day's part of a mask."""
        return (mask >> (day.start - self.query.base)) & ones(day.end - day.start)

    def first_starts(self) -> int:
        """First starts from which all legs can follow under order and gaps, in a place free for the shortest stay."""
        rules, after, fits, units = self.rules, self.after, self.fits, self.units
        near = [0] * (self.full + 1)  # by set still to do: moments that lie a gap before one of its first starts
        begin = 0
        for todo in self.tails():
            begin = 0
            for leg in range(self.count):
                if todo >> leg & 1 and not after[leg] & todo:
                    rest = todo & ~(1 << leg)
                    if not rest:
                        begin |= fits[leg]
                    elif near[rest]:
                        begin |= fits[leg] & (near[rest] >> units[leg])
            if begin and todo != self.full:
                near[todo] = _smear_down(begin, rules.gap_min, rules.gap_max)
        free = 0
        for mask in self.stays.values() if begin else ():
            free |= starts(mask, self.shortest)
        return begin & free

    def tails(self) -> list[int]:
        """Sets of legs that can be what is still to do, small before large: with a leg, all that must follow it."""
        left_out = [(leg, self.after[leg]) for leg in range(self.count)]
        return [
            todo
            for todo in range(1, self.full + 1)
            if all(todo >> leg & 1 or not first & todo for leg, first in left_out)
        ]

    def candidate_days(self) -> Iterator[tuple[DayWindow, Lanes]]:
        """Days in order, each with its first starts that wishes allow and the longest stay from each."""
        query, rules = self.query, self.rules
        begin = self.first_starts()
        for day in self.days:
            found = self.cut(begin, day)
            if not found:
                continue
            origin, size = day.start - query.base, day.end - day.start
            rooms = [self.cut(mask, day) for mask in self.stays.values()]
            lanes = []
            for at in iter_bits(found):
                if query.wishes.required and self.judge(day, origin + at)[1]:
                    continue
                reach = min(rules.total_max, size - at)
                stay = max(_run_length(room >> at & ones(reach)) for room in rooms)
                if stay >= self.shortest:
                    lanes.append((origin + at, stay))
            if lanes:
                yield day, lanes

    def judge(self, day: DayWindow, start: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Wishes met and missed by a visit that starts there (relative to base)."""
        wishes = self.query.wishes
        if not wishes.weekdays and not wishes.start_windows:
            return (), ()
        local = datetime.fromtimestamp((self.query.base + start) * UNIT_SECONDS, self.query.zone)
        return wishes.judge(day.on.weekday(), local.hour * 60 + local.minute)


def shortest_stay(units: list[int], rules: DayRules) -> int:
    """The least units from first start to last end that order and free time could ever allow."""
    gaps = len(units) - 1
    stay = sum(units) + gaps * rules.gap_min
    if stay <= rules.rest_after:
        return stay
    if not gaps or rules.rest_min > rules.gap_max:  # nowhere to rest
        return rules.total_max + 1
    return stay + max(0, rules.rest_min - rules.gap_min)


def _smear_down(mask: int, low: int, high: int) -> int:
    """The union of ``mask`` moved down by every amount from ``low`` to ``high``."""
    width = high - low + 1
    mask >>= low
    got = 1
    while got < width:
        step = min(got, width - got)
        mask |= mask >> step
        got += step
    return mask


def _run_length(mask: int) -> int:
    """How many low bits in a row are set."""
    return (~mask & (mask + 1)).bit_length() - 1
