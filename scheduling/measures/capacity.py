"""Supply against demand per specialty and week. Pure: minutes in, minutes and the bottleneck out.

What is assumed:

1. Weeks are seven days each, counted from today in the clinic's zone, so that the first one is not a rest of days.
   Of today only what is still to come counts.
2. Supply is working time without closures and holidays, the reserve included: urgent requests use it too.
3. Taken time is what booked, held and other busy time covers of that supply. Up to three held days of one offer all
   count until the patient answers: nobody else can have them. Overbooked time counts once: it makes no supply.
4. Open requests without an offer or a visit want the usual minutes of each specialty chosen at the review, or before
   a review those that the answers suggest for a coordinated visit, and the appointments that the kind of visit brings.
5. What a request wants falls in the week in which its visit is due; what is overdue falls in the first week. It may be
   met in that week or any week before.
6. Minutes are divisible: time that is left in pieces too short for an appointment counts as free, and nothing is said
   of rooms or of appointments that must lie on one day. A shortage shown here is therefore real; its absence does not
   prove that a day can be found.
7. Requests that have not been sent yet are not guessed: late weeks hold only what is booked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduling.availability.bits import UNIT_SECONDS, ones
from scheduling.availability.sessions import MIDNIGHT, unit_at

WEEKS = 8
UNIT_MINUTES = UNIT_SECONDS // 60


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days by the first of them, with the units that count."""

    first: date
    start: int
    end: int

    @property
    def last(self) -> date:
        """The seventh day."""
        return self.first + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Cell:
    """One specialty in one week, in minutes; `short` is what requests due so far want beyond all free time so far."""

    open: int
    taken: int
    wanted: int
    short: int = 0

    @property
    def free(self) -> int:
        """Open and not taken."""
        return self.open - self.taken

    @property
    def load(self) -> int | None:
        """Taken and wanted in percent of open, rounded up; None when nothing is open."""
        return -(-100 * (self.taken + self.wanted) // self.open) if self.open else None


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The specialty and week where time runs out first or, if it does nowhere (`short` 0), where it is fullest."""

    specialty: str
    week: int
    short: int
    load: int | None


def weeks_from(today: date, now: int, zone: ZoneInfo, count: int = WEEKS) -> tuple[Week, ...]:
    """The seven days from `today`, less what lies before the unit `now`, and the weeks after them."""
    firsts = [today + timedelta(days=7 * number) for number in range(count + 1)]
    marks = [unit_at(on, MIDNIGHT, zone) for on in firsts]
    marks[0] = max(marks[0], now)
    return tuple(Week(firsts[n], marks[n], marks[n + 1]) for n in range(count))


def week_of(due: date, weeks: Sequence[Week]) -> int | None:
    """The number of the week in which something is due; the first one when overdue, None past the last."""
    number = max(0, (due - weeks[0].first).days // 7)
    return number if number < len(weeks) else None


def supply(people: Iterable[tuple[int, int]], base: int, weeks: Sequence[Week]) -> list[tuple[int, int]]:
    """Open and taken minutes a week from (open, busy) masks of each clinician, relative to `base`."""
    people = list(people)
    found = []
    for week in weeks:
        window = ones(week.end - week.start) << (week.start - base)
        opened = sum((free & window).bit_count() for free, _busy in people)
        taken = sum((free & busy & window).bit_count() for free, busy in people)
        found.append((opened * UNIT_MINUTES, taken * UNIT_MINUTES))
    return found


def plan(
    supplies: Mapping[str, Sequence[tuple[int, int]]], wanted: Mapping[str, Sequence[int]]
) -> dict[str, tuple[Cell, ...]]:
    """The cells of each specialty, with what is short: requests are met in the order of their due weeks."""
    planned = {}
    for code, weeks in supplies.items():
        asked = wanted.get(code) or [0] * len(weeks)
        cells, free_so_far, wanted_so_far = [], 0, 0
        for (opened, taken), minutes in zip(weeks, asked, strict=True):
            free_so_far += opened - taken
            wanted_so_far += minutes
            cells.append(Cell(opened, taken, minutes, max(0, wanted_so_far - free_so_far)))
        planned[code] = tuple(cells)
    return planned


def bottleneck(planned: Mapping[str, Sequence[Cell]]) -> Bottleneck | None:
    """Where time runs out first, most minutes first in that week; else the fullest week; None when all is closed."""
    spots = [
        Bottleneck(code, number, cell.short, cell.load)
        for code, cells in planned.items()
        for number, cell in enumerate(cells)
    ]
    short = [spot for spot in spots if spot.short]
    if short:
        return min(short, key=lambda spot: (spot.week, -spot.short))
    loaded = [spot for spot in spots if spot.load is not None]
    return min(loaded, key=lambda spot: (-(spot.load or 0), spot.week), default=None)
