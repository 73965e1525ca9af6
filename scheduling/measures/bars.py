"""Bars beside figures: widths of rectangles in a picture of 100 by 10, drawn by the server. Pure.

The figure itself always stands in the cell, so a bar says nothing that the text does not.
"""

from dataclasses import dataclass

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """Two parts, one after the other; `is_over` when they do not fit together."""

    first: float
    second: float = 0
    is_over: bool = False

    @property
    def second_from(self) -> float:
        """Where the second part begins."""
        return self.first


def bar(first: float, second: float = 0, *, of: float) -> Bar:
    """Parts of a bar of which `of` is the whole width; what is longer is cut."""
    one = min(first / of, 1) * WIDTH if of else 0
    both = min((first + second) / of, 1) * WIDTH if of else 0
    return Bar(round(one, 1), round(both - one, 1), bool(first + second > of))
