"""Third next available as a page and a file show it: rows in words, bars, and the weeks before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from scheduling.measures.bars import Bar, bar
from scheduling.measures.models import TnaSnapshot
from scheduling.measures.third_next import Figure

WEEKS_SHOWN = 8
WEEKS_IN_FILE = 52
Kind = TnaSnapshot.Kind
Past = dict[date, dict[tuple[str, str, str], TnaSnapshot]]

CSV_HEAD = (
    "measured_at", "week_of", "kind", "visit_type", "code", "name", "minutes", "clinicians", "average_days",
    "is_at_least", "without_third_slot",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the figure now, its bar, and what was kept in the weeks shown, latest first (None: nothing)."""

    figure: Figure
    bar: Bar | None
    third_day: date | None
    weeks: tuple[TnaSnapshot | None, ...]

    @property
    def last_kept(self) -> TnaSnapshot | None:
        """What was kept last."""
        return self.weeks[0] if self.weeks else None


@dataclass(frozen=True, slots=True)
class AccessTable:
    """All lines by kind, and the Mondays of the history, latest first."""

    days: list[Row]
    specialties: list[Row]
    visit_types: list[Row]
    mondays: list[date]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to measure: nobody has working time."""
        return not any(row.figure.measure.counted for row in self.specialties)


def kept_figures(now: datetime, weeks: int) -> Past:
    """What was kept in the last `weeks` weeks, by Monday, latest first: one query."""
    since = timezone.localdate(now) - timedelta(days=7 * weeks)
    found: Past = {}
    for one in TnaSnapshot.objects.filter(week_of__gt=since):
        found.setdefault(one.week_of, {})[one.kind, one.visit_type, one.what] = one
    return found


def access_table(figures: Sequence[Figure], past: Past, now: datetime) -> AccessTable:
    """Lines for a page from what was measured now and what was kept."""
    today, mondays = timezone.localdate(now), list(past)
    widest: dict[str, float] = {}
    for figure in figures:
        if not figure.measure.is_at_least:
            widest[figure.kind] = max(widest.get(figure.kind, 1), figure.measure.average or 0)
    rows: dict[str, list[Row]] = {kind: [] for kind in Kind.values}
    for figure in figures:
        found = figure.measure
        is_date = figure.kind == Kind.COMPLETE_DAY and not found.beyond
        rows[figure.kind].append(
            Row(
                figure=figure,
                bar=bar(found.average, of=widest.get(figure.kind, 1)) if found.average is not None else None,
                third_day=today + timedelta(days=found.total_days) if is_date else None,
                weeks=tuple(past[monday].get(figure.key) for monday in mondays),
            )
        )
    return AccessTable(rows[Kind.COMPLETE_DAY], rows[Kind.SPECIALTY], rows[Kind.VISIT_TYPE], mondays)


def csv_rows(figures: Sequence[Figure], past: Past, now: datetime) -> Iterator[tuple]:
    """Lines of the file under `CSV_HEAD`: what is measured now, without a week, then what was kept, latest first."""
    names = {figure.key: figure.name for figure in figures}
    for figure in figures:
        yield _csv_row(now, "", figure.key, figure.name, figure.minutes, figure.measure)
    for monday, kept in past.items():
        for key, one in kept.items():
            name = names.get(key, one.what)
            yield _csv_row(one.measured_at, monday.isoformat(), key, name, one.minutes, one.measure)


def _csv_row(at: datetime, week: str, key: tuple[str, str, str], name: str, minutes: int, found) -> tuple:
    average = "" if found.average is None else f"{found.average:.2f}"
    is_at_least = "yes" if found.is_at_least else "no"
    local = timezone.localtime(at).isoformat(timespec="minutes")
    return local, week, *key, name, minutes, found.counted, average, is_at_least, found.beyond
