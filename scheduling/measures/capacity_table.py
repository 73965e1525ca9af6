"""The capacity plan as a page and a file show it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.platform.words import minutes_words
from scheduling.measures.bars import Bar, bar
from scheduling.measures.capacity import Cell, Week
from scheduling.measures.demand import CapacityPlan

CSV_HEAD = (
    "week_from", "week_to", "code", "specialty", "open_minutes", "taken_minutes", "free_minutes", "wanted_minutes",
    "short_minutes", "load_percent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """One specialty in one week."""

    week: Week
    cell: Cell
    bar: Bar


@dataclass(frozen=True, slots=True)
class Line:
    """One specialty over all weeks."""

    code: str
    name: str
    spots: tuple[Spot, ...]


def lines(plan: CapacityPlan) -> list[Line]:
    """The lines of the table in the order of the clinic's lists."""
    return [
        Line(
            code,
            plan.names[code],
            tuple(
                Spot(week, cell, bar(cell.taken, cell.wanted, of=cell.open))
                for week, cell in zip(plan.weeks, cells, strict=True)
            ),
        )
        for code, cells in plan.cells.items()
    ]


def sentence(plan: CapacityPlan) -> str:
    """The bottleneck in a sentence."""
    spot = plan.bottleneck
    if spot is None:
        return _("Nobody has working time in these weeks.")
    words = {"specialty": plan.names[spot.specialty], "day": date_format(plan.weeks[spot.week].first, "F j")}
    if spot.short:
        words["time"] = minutes_words(spot.short)
        told = _(
            "The bottleneck is %(specialty)s: by the end of the week from %(day)s, "
            "open requests lack %(time)s of free time."
        )
    else:
        words["load"] = str(spot.load)
        told = _(
            "No specialty lacks time. The fullest is %(specialty)s: "
            "%(load)s%% of the week from %(day)s is taken or asked for."
        )
    return told % words


def csv_rows(plan: CapacityPlan) -> Iterator[tuple]:
    """Lines of the file under `CSV_HEAD`, in minutes."""
    for line in lines(plan):
        for spot in line.spots:
            cell, load = spot.cell, "" if spot.cell.load is None else spot.cell.load
            week = (spot.week.first.isoformat(), spot.week.last.isoformat())
            yield *week, line.code, line.name, cell.open, cell.taken, cell.free, cell.wanted, cell.short, load
