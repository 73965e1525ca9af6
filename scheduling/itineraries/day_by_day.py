"""Each day by itself: can it be complete, and if not, what stands in the way. Pure: masks in, codes out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from scheduling.availability.bits import ones
from scheduling.availability.sessions import DayWindow
from scheduling.itineraries.finder import find, refusal, why_not
from scheduling.itineraries.legs import Query, WhyNot

CLOSED = WhyNot("closed")


def day_by_day(
    queries: Sequence[Query], opened: int, *, first: date | None, most: int
) -> list[tuple[date, WhyNot | None]]:
    """The first `most` days on which anybody works, each with what stands in the way or None for a complete day.

    One query a site; they share their days. A day is complete when it is at one of them; otherwise the reason is that
    of the first site. `opened` is the time in which anybody works at all, relative to the base; a weekday without any
    is told as closed and not counted. Nothing when the legs could never be on one day.
    """
    if not queries or all(refusal(query) for query in queries):
        return []
    found: list[tuple[date, WhyNot | None]] = []
    left = most
    for day in queries[0].days:
        if first is not None and day.on < first:
            continue
        if not _cut(opened, queries[0].base, day):
            if day.on.weekday() < 5:
                found.append((day.on, CLOSED))
            continue
        if not left:
            break
        left -= 1
        found.append((day.on, _reason([one_day(query, day) for query in queries])))
    while found and found[-1][1] is CLOSED:
        found.pop()
    return found


def _reason(queries: Sequence[Query]) -> WhyNot | None:
    return None if any(find(query, 1) for query in queries) else why_not(queries[0])


def one_day(query: Query, day: DayWindow) -> Query:
    """The same question about one day alone, whatever the deadline."""

    def cut(masks: Mapping[int, int]) -> dict[int, int]:
        return {key: _cut(mask, query.base, day) for key, mask in masks.items()}

    return replace(
        query,
        days=(day,),
        base=day.start,
        clinicians=cut(query.clinicians),
        anywhere=cut(query.anywhere),
        rooms=None if query.rooms is None else cut(query.rooms),
        extra_rooms=cut(query.extra_rooms),
        interpreters=None if query.interpreters is None else cut(query.interpreters),
        whole_stay=None if query.whole_stay is None else _cut(query.whole_stay, query.base, day),
        deadline=None,
        first_day=None,
        last_day=None,
    )


def _cut(mask: int, base: int, day: DayWindow) -> int:
    return (mask >> (day.start - base)) & ones(day.end - day.start)
