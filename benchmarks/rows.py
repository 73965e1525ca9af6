"""One row of the result: a value against its limit, or its ratio to a floor measured in the same run."""

from typing import TypedDict


class Row(TypedDict):
    """What `last.json` holds a list of."""

    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    limit: float
    holds: bool


def row(name: str, value: float, unit: str, *, limit: float, floor: float | None = None) -> Row:
    """A row whose limit is on `value` itself, or on how much worse than `floor` it is.

    A unit that ends in "/s" is a rate: there the larger number is the better one, and the ratio says how many times
    slower the product is. Raises ValueError for a value or a floor that cannot have been measured.
    """
    if value < 0 or (floor is not None and (floor <= 0 or value == 0)):
        raise ValueError(f"{name}: {value} against {floor} was not measured")
    ratio = None
    if floor is not None:
        ratio = floor / value if unit.endswith("/s") else value / floor
    held = (value if ratio is None else ratio) <= limit
    return Row(
        name=name,
        value=round(value, 3),
        unit=unit,
        floor=None if floor is None else round(floor, 3),
        ratio=None if ratio is None else round(ratio, 4),
        limit=limit,
        holds=held,
    )


def missed(name: str, limit: float, unit: str) -> Row:
    """A row for a measurement that could not be taken: its limit counts as missed."""
    return Row(name=name, value=-1.0, unit=unit, floor=None, ratio=None, limit=limit, holds=False)


def exit_status(rows: list[Row]) -> int:
    """0 when there are rows and every limit holds, otherwise 1."""
    return 0 if rows and all(one["holds"] for one in rows) else 1


def table(rows: list[Row]) -> str:
    """The rows as lines of text, the missed ones marked."""
    wide = max((len(one["name"]) for one in rows), default=4)
    lines = [f"{'':{wide}}  {'value':>10}  {'unit':10}  {'floor':>10}  {'ratio':>6}  {'limit':>6}"]
    for one in rows:
        floor, ratio = _shown(one["floor"]), _shown(one["ratio"])
        held = "holds" if one["holds"] else "MISSED"
        lines.append(
            f"{one['name']:{wide}}  {_shown(one['value']):>10}  {one['unit']:10}  {floor:>10}  {ratio:>6}  "
            f"{one['limit']:>6g}  {held}"
        )
    return "\n".join(lines)


def _shown(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"
