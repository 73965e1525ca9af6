"""Spinal instability neoplastic score of one level, 0 to 18 points (domain 5.2). Pure: tables and the sum.

One public page lists other points for pain (3, 2, 1) and a range that begins at 1: it is wrong.
"""

from collections.abc import Mapping
from typing import Any

from scheduling.scores.items import Item, ItemError, Scored, add_up, band

SOURCES = ("Fisher 2010, Spinal Instability Neoplastic Score",)
_NUMBERS = {"C": 7, "T": 12, "L": 5, "S": 5}
LEVELS = tuple(f"{part}{number}" for part, last in _NUMBERS.items() for number in range(1, last + 1))  # C1 .. S5


def _span(first: str, last: str) -> tuple[str, ...]:
    return LEVELS[LEVELS.index(first) : LEVELS.index(last) + 1]


LOCATIONS: Mapping[str, tuple[str, ...]] = {
    "junctional": (*_span("C1", "C2"), *_span("C7", "T2"), *_span("T11", "L1"), *_span("L5", "S1")),
    "mobile": (*_span("C3", "C6"), *_span("L2", "L4")),
    "semirigid": _span("T3", "T10"),
    "rigid": _span("S2", "S5"),
}
_LOCATION_OF = {level: location for location, levels in LOCATIONS.items() for level in levels}
LOCATION = Item("location", {"junctional": 3, "mobile": 2, "semirigid": 1, "rigid": 0})
ASKED = (
    Item("pain", {"mechanical": 3, "occasional_not_mechanical": 1, "painless": 0}),
    Item("lesion", {"lytic": 2, "mixed": 1, "blastic": 0}),
    Item("alignment", {"subluxation_translation": 4, "de_novo_deformity": 2, "normal": 0}),
    # exactly 50 %: lt_50
    Item("collapse", {"gt_50": 3, "lt_50": 2, "none_gt_50_body_involved": 1, "none_of_above": 0}),
    Item("posterolateral", {"bilateral": 3, "unilateral": 1, "none": 0}),
)
ITEMS = (LOCATION, *ASKED)
BANDS = (band("stable", 0, 6), band("potentially_unstable", 7, 12), band("unstable", 13, 18))
SURGEON_FROM = 7  # a surgeon is asked before radiation


def location_of(level: str) -> str:
    """The location of a vertebral level, C1 to S5. Raises ItemError(code="unknown_level") for anything else."""
    if level not in _LOCATION_OF:
        raise ItemError("target", "unknown_level")
    return _LOCATION_OF[level]


def collapse_code(percent: float) -> str:
    """The code of a collapsed vertebra by how much of its height is lost: exactly half counts as less."""
    return "gt_50" if percent > 50 else "lt_50"


def score(level: str, codes: Mapping[str, Any]) -> Scored:
    """The score of a level; its location comes from the table, whatever `codes` say. Raises ItemError."""
    return add_up(ITEMS, BANDS, {**codes, "location": location_of(level)})
