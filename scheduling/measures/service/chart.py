"""A small chart of columns by month as coordinates of a picture: drawn by the server, no script, no style. Pure.

A month that is hidden or empty has no column; the table beside the chart says which of both it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

WIDTH, HEIGHT = 360, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 6, 18, 26
TEXT_HEIGHT = 18
MOST_NAMES, MOST_VALUES = 8, 8  # more of them would lie over one another


@dataclass(frozen=True, slots=True)
class Column:
    """One month: where its column stands, and the text over and under it."""

    x: float
    middle: float
    y: float
    width: float
    height: float
    is_drawn: bool
    value: str = ""
    name: str = ""
    value_y: float = 0
    upper_y: float | None = None  # of the 90th percentile

    @property
    def right(self) -> float:
        """Where it ends."""
        return round(self.x + self.width, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the scale."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the picture holds."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    target_y: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM

    @property
    def is_empty(self) -> bool:
        """Whether no month has a column."""
        return not any(column.is_drawn for column in self.columns)


def scale_top(highest: float) -> float:
    """The end of the scale: 1, 2, 2.5, 4, 5 or 10 times a power of ten, not below the highest value."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** int(ceil(log10(highest)) - 1)
    return next(step * power for step in (1, 2, 2.5, 4, 5, 10) if step * power >= highest * 0.999999)


def chart(
    values: Sequence[float | None],
    names: Sequence[str],
    words: Sequence[str],
    *,
    uppers: Sequence[float | None] = (),
    target: float | None = None,
    top: float | None = None,
) -> Chart:
    """A chart of one value a month (None: no column).

    `words` stand over the columns, `uppers` are marked by a line over them, `target` by a line through all. Without
    `top` the scale ends at a round number. Values below 0 start at the base line: their words tell them.
    """
    marks = [value for value in (*values, *uppers, target) if value is not None]
    end = top or scale_top(max(marks, default=0))
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP

    def at(value: float) -> float:
        return round(base - min(max(value, 0), end) / end * room, 1)

    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    wide = round(min(step * 0.6, 36), 1)
    every = ceil(len(values) / MOST_NAMES)
    columns = []
    for place, value in enumerate(values):
        middle = round(LEFT + step * (place + 0.5), 1)
        y = base if value is None else at(value)
        upper = uppers[place] if uppers and value is not None else None
        named = (len(values) - 1 - place) % every == 0
        columns.append(
            Column(
                x=round(middle - wide / 2, 1),
                middle=middle,
                y=y,
                width=wide,
                height=round(base - y, 1),
                is_drawn=value is not None,
                value=words[place] if value is not None and len(values) <= MOST_VALUES else "",
                name=names[place] if named else "",
                value_y=_over(y, None if upper is None else at(upper)),
                upper_y=None if upper is None else at(upper),
            )
        )
    ticks = tuple(Tick(at(part * end), f"{part * end:g}") for part in (0, 0.5, 1))
    return Chart(tuple(columns), ticks, None if target is None else at(target))


def _over(column: float, upper: float | None) -> float:
    """The foot of the words: over the column, and over the line above it where there is no room between them."""
    has_room = upper is None or column - upper >= TEXT_HEIGHT
    return round((column if has_room else upper or column) - 4, 1)
