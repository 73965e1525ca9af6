"""What the scores have in common: items of codes with points, bands, and the sum. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


class ItemError(ValueError):
    """A value that the table does not know, or that cannot be right. `item` is its key, `code` a stable short word."""

    def __init__(self, item: str, code: str) -> None:
        super().__init__(f"{item}: {code}")
        self.item, self.code = item, code


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a score: its codes in the order of the page, each with its points."""

    key: str
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Band:
    """What a result means, both ends included."""

    key: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Scored:
    """A score as it is stored. `total` is None while items in `missing` are open, or when the result is no number."""

    codes: Mapping[str, Any]
    points: Mapping[str, Any]
    total: Decimal | None = None
    result: str = ""
    band: str = ""
    missing: tuple[str, ...] = field(default=())

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def band(key: str, low: str | int, high: str | int) -> Band:
    """A band from numbers as they are printed."""
    return Band(key, Decimal(low), Decimal(high))


def band_of(bands: tuple[Band, ...], value: Decimal) -> str:
    """The key of the band that holds the value. Raises ValueError for a value outside of all."""
    for one in bands:
        if one.low <= value <= one.high:
            return one.key
    raise ValueError(f"no band holds {value}")


def half_up(value: Decimal, places: str) -> Decimal:
    """Rounded half up (away from zero), as laboratories do: `places` is "0.1" or "0.01"."""
    return value.quantize(Decimal(places), rounding=ROUND_HALF_UP)


def add_up(items: tuple[Item, ...], bands: tuple[Band, ...], codes: Mapping[str, Any]) -> Scored:
    """The points of each item that is answered; total and band only when all are.

    Raises ItemError(code="unknown") for a code outside the table. Keys that are no item are not read.
    """
    chosen: dict[str, str] = {}
    points: dict[str, int] = {}
    for item in items:
        code = codes.get(item.key)
        if code in (None, ""):
            continue
        if code not in item.points:
            raise ItemError(item.key, "unknown")
        chosen[item.key], points[item.key] = code, item.points[code]
    missing = tuple(item.key for item in items if item.key not in chosen)
    if missing:
        return Scored(chosen, points, missing=missing)
    total = Decimal(sum(points.values()))
    return Scored(chosen, points, total=total, band=band_of(bands, total))
