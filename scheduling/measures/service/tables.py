"""The measures of service as pages and files show them: cells in words, charts, tables by month and by group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.registration.steps import FLOW
from scheduling.measures.service.chart import Chart, chart, scale_top
from scheduling.measures.service.figures import Cell, Line, Period
from scheduling.measures.service.forms import code, month_words
from scheduling.measures.service.texts import BANDS, EQUITY_HEADS, EQUITY_NAMES, LEVELS, LineText, MeasureText

CSV_HEAD = (
    "month", "measure", "figure", "group", "unit", "values", "median", "percentile_90", "share_percent", "counted",
)  # fmt: skip
HIDDEN_IN_FILE = "hidden"
EQUITY_HEAD = ("attribute", "band", "measure", "unit", "values", "median", "share_percent", "counted")


@dataclass(frozen=True, slots=True)
class Head:
    """A line over its columns."""

    label: Any
    columns: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A month, the whole period or a group, with the words of all cells of all lines."""

    name: str
    cells: tuple[str, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """The chart of one line, what it shows, and what its dashed line is."""

    id: str
    label: Any
    shows: str
    chart: Chart
    target: str


@dataclass(frozen=True, slots=True)
class Section:
    """One measure on its page."""

    text: MeasureText
    pictures: tuple[Picture, ...]
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    groups: tuple[Row, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the period has no case at all."""
        return not self.rows


def number(value: float) -> str:
    """One place after the point where it is needed: 3, 3.5, 1,440."""
    rounded = round(value, 1)
    return number_format(rounded, 0 if rounded == int(rounded) else 1, force_grouping=True)


def words_of(cell: Cell, text: LineText) -> list[str]:
    """The cell under the columns of its line; what is hidden says so."""
    found = []
    if text.unit:
        figures = ("–", "–") if cell.median is None else (number(cell.median), number(cell.percentile or 0))
        found += [_("Hidden")] * 3 if cell.hides_values else [number(cell.count), *figures]
    if text.share:
        share = "–" if cell.share is None else percent(cell.share)
        found += [_("Hidden")] * 2 if cell.hides_share else [number(cell.cases), share]
    return found


def percent(share: float) -> str:
    """A share to the whole percent; what is neither none nor all is not rounded to it."""
    rounded = round(share)
    rounded = min(max(rounded, 1), 99) if 0 < share < 100 else rounded
    return _("%(share)s%%") % {"share": number_format(rounded, 0)}


def _head(text: LineText) -> Head:
    columns: list[Any] = []
    if text.unit:
        columns += [_("Number"), _("Median, %(unit)s") % {"unit": text.unit}, _("90th percentile")]
    if text.share:
        columns += [_("Counted"), text.share]
    return Head(text.label, tuple(columns))


def section(text: MeasureText, lines: list[Line], period: Period) -> Section:
    """One measure in words; empty when the whole period has nothing."""
    if not any(line.total.count or line.total.of for line in lines):
        return Section(text, (), (), (), ())
    texts = [text.lines[line.key] for line in lines]
    rows = [
        Row(
            date_format(month, "M Y"),
            tuple(w for line, one in zip(lines, texts, strict=True) for w in words_of(line.months[place], one)),
        )
        for place, month in enumerate(period.months)
    ]
    total = tuple(w for line, one in zip(lines, texts, strict=True) for w in words_of(line.total, one))
    rows.append(Row(_("Whole period"), total, is_total=True))
    return Section(
        text,
        tuple(_picture(text.slug, line, one, period) for line, one in zip(lines, texts, strict=True)),
        tuple(map(_head, texts)),
        tuple(rows),
        tuple(_groups(text, lines)),
    )


def _groups(text: MeasureText, lines: list[Line]) -> Iterator[Row]:
    names = list(dict.fromkeys(group for line in lines for group, _cell in line.groups))
    found = [dict(line.groups) for line in lines]
    texts = [text.lines[line.key] for line in lines]
    for name in sorted(names, key=lambda one: _place(text.slug, one)):
        cells = [words_of(cells.get(name, Cell()), one) for cells, one in zip(found, texts, strict=True)]
        yield Row(group_words(text.slug, name), tuple(w for words in cells for w in words))


def _place(slug: str, group: str) -> tuple:
    """Levels in their order, pages in that of the form, everything else by name."""
    if group in LEVELS:
        return list(LEVELS).index(group), ""
    if slug == "drop-off":
        slugs = [step.slug for step in FLOW.steps]
        return (slugs.index(group) if group in slugs else -1), group
    return 0, group


def group_words(slug: str, group: str) -> str:
    """What a group is called."""
    if slug == "drop-off":
        titles = {step.slug: step.title for step in FLOW.steps}
        return str(titles.get(group, _("No page was saved")))
    return str(LEVELS.get(group, group))


def _picture(slug: str, line: Line, text: LineText, period: Period) -> Picture:
    """The share by month where there is one, else the median with the 90th percentile."""
    is_share = bool(text.share)
    shown = [
        None if (cell.hides_share if is_share else cell.hides_values) else (cell.share if is_share else cell.median)
        for cell in line.months
    ]
    words = ["" if value is None else percent(value) if is_share else number(value) for value in shown]
    drawn = chart(
        shown,
        [date_format(month, "M") for month in period.months],
        words,
        uppers=() if is_share else [cell.percentile for cell in line.months],
        target=text.target,
        top=share_top([*shown, text.target]) if is_share else None,
    )
    if is_share:
        shows = _("Percent by month: %(share)s") % {"share": text.share}
    else:
        shows = _("Median by month in %(unit)s; the line over a column is the 90th percentile") % {"unit": text.unit}
    target = "" if text.target is None else _("Dashed line: benchmark %(value)s") % {"value": number(text.target)}
    return Picture(f"{slug}-{line.key.replace('_', '-')}", text.label, shows, drawn, target)


def share_top(shares: Sequence[float | None]) -> float:
    """The end of the scale of shares: 100, or less where all are small, so that their changes can be seen."""
    highest = max((share for share in shares if share is not None), default=0)
    return 100 if highest > 50 else max(scale_top(highest), 10)


def csv_rows(text: MeasureText, lines: list[Line], period: Period) -> Iterator[tuple]:
    """Lines of the file under `CSV_HEAD`: each figure by month, then the whole period, then its groups."""
    for line in lines:
        one = text.lines[line.key]
        for month, cell in zip(period.months, line.months, strict=True):
            yield _csv_row(code(month), text, one, "", cell)
        yield _csv_row(f"{code(period.first)} to {code(period.last)}", text, one, "", line.total)
        for group, cell in line.groups:
            name = group_words(text.slug, group)
            yield _csv_row(f"{code(period.first)} to {code(period.last)}", text, one, name, cell)


def _csv_row(month: str, text: MeasureText, one: LineText, group: str, cell: Cell) -> tuple:
    return month, str(text.name), str(one.label), group, str(one.unit), *_csv_values(one, cell), *_csv_share(one, cell)


def _csv_values(one: LineText, cell: Cell) -> tuple:
    """Number, median, 90th percentile."""
    if not one.unit:
        return "", "", ""
    if cell.hides_values:
        return (HIDDEN_IN_FILE,) * 3
    return (0, "", "") if cell.median is None else (cell.count, f"{cell.median:.2f}", f"{cell.percentile:.2f}")


def _csv_share(one: LineText, cell: Cell) -> tuple:
    """Percent, and of how many."""
    if not one.share:
        return "", ""
    if cell.hides_share:
        return (HIDDEN_IN_FILE,) * 2
    return "" if cell.share is None else f"{cell.share:.1f}", cell.cases


# The equity view


@dataclass(frozen=True, slots=True)
class EquityTable:
    """One attribute: its bands by the first five measures; a cell is a list of short lines."""

    slug: str
    name: Any
    heads: tuple[Any, ...]
    rows: tuple[tuple[str, tuple[list[str], ...]], ...]


def equity_tables(lines: Mapping[str, Mapping[str, Line]], texts: Mapping[str, LineText]) -> list[EquityTable]:
    """Tables of all attributes; bands with a case, in the order in which people could choose them."""
    found = []
    for attribute, by_column in lines.items():
        cells = {column: dict(line.groups) for column, line in by_column.items()}
        there = {band for of_column in cells.values() for band in of_column}
        order = [band for band in BANDS[attribute] if band in there] + sorted(there - set(BANDS[attribute]))
        rows = tuple(
            (band_words(attribute, band), tuple(_short(cells[c].get(band, Cell()), texts[c]) for c in cells))
            for band in order
        )
        found.append(EquityTable(attribute, EQUITY_NAMES[attribute], tuple(EQUITY_HEADS[c] for c in cells), rows))
    return found


def band_words(attribute: str, band: str) -> str:
    """What a band is called."""
    return str(BANDS[attribute].get(band, band))


def _short(cell: Cell, text: LineText) -> list[str]:
    if not cell.count and not cell.cases:
        return ["–"]
    found, count = [], 0
    if text.share and cell.cases:
        if cell.hides_share:
            return [_("Hidden")]
        found.append(percent(cell.share or 0))
        count = cell.cases
    if text.unit and cell.count and not cell.hides_values:
        found.append(_("median %(value)s %(unit)s") % {"value": number(cell.median or 0), "unit": text.unit})
        count = count or cell.count
    if not found:
        return [_("Hidden")]
    return [*found, ngettext("of %(count)s case", "of %(count)s cases", count) % {"count": number(count)}]


def equity_csv(lines: Mapping[str, Mapping[str, Line]], texts: Mapping[str, LineText]) -> Iterator[tuple]:
    """Lines of the file under `EQUITY_HEAD`."""
    for attribute, by_column in lines.items():
        for column, line in by_column.items():
            one = texts[column]
            for band, cell in line.groups:
                count, middle, _upper = _csv_values(one, cell)
                name, head = band_words(attribute, band), str(EQUITY_HEADS[column])
                yield str(EQUITY_NAMES[attribute]), name, head, str(one.unit), count, middle, *_csv_share(one, cell)


def period_words(period: Period) -> str:
    """The months shown, for headings: "June 2026 to November 2026"."""
    first, last = month_words(period.first), month_words(period.last)
    return first if period.first == period.last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def months_in_address(period: Period) -> dict[str, str]:
    """The months as the address of a page has them."""
    return {"first": code(period.first), "last": code(period.last)}


def is_this_month(period: Period, today: date) -> bool:
    """Whether the last month shown is not over."""
    return period.end > today
