"""Which rules of comfort and order a day breaks once a leg is added on the day itself. Pure: units in, codes out.

Who is in the house has the last word over a pause: staff are told and may go on. Nothing here is about time that is
taken; that is never bent but by overbooking.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduling.itineraries.legs import HARD_PAIRS, DayRules

GAP_SHORT, GAP_LONG, TOO_LONG, NO_REST, PHYSICIANS, ORDER, BUFFER = (
    "gap_short", "gap_long", "too_long", "no_rest", "physicians", "order", "buffer",
)  # fmt: skip
CODES = (GAP_SHORT, GAP_LONG, TOO_LONG, NO_REST, PHYSICIANS, ORDER, BUFFER)


@dataclass(frozen=True, slots=True)
class DayLeg:
    """One leg of the day: the code of its specialty, absolute units from and until, whether a physician does it."""

    code: str
    start: int
    end: int
    is_physician: bool = False


def bent_rules(legs: Sequence[DayLeg], rules: DayRules) -> list[str]:
    """The codes of the rules that these legs, in any order, do not keep; each once, in a fixed order."""
    legs = sorted(legs, key=lambda leg: (leg.start, leg.end))
    gaps = [later.start - earlier.end for earlier, later in pairwise(legs)]
    total = max(leg.end for leg in legs) - legs[0].start
    begins: dict[str, int] = {}
    for leg in legs:
        begins.setdefault(leg.code, leg.start)
    physicians = sum(leg.is_physician for leg in legs)
    found = {
        GAP_SHORT: any(gap < rules.gap_min for gap in gaps),
        GAP_LONG: any(gap > rules.gap_max for gap in gaps),
        TOO_LONG: total > rules.total_max,
        NO_REST: total > rules.rest_after and not any(gap >= rules.rest_min for gap in gaps),
        PHYSICIANS: rules.max_physicians is not None and physicians > rules.max_physicians,
        ORDER: any(a in begins and b in begins and begins[a] >= begins[b] for a, b in HARD_PAIRS),
    }
    return [code for code in CODES if found.get(code)]


def newly_bent(before: Sequence[DayLeg], added: DayLeg, rules: DayRules, *, also: Collection[str] = ()) -> list[str]:
    """What `bent_rules` says of the day with the added leg and did not say of it before, and the codes of `also`."""
    known = set(bent_rules(before, rules)) if before else set()
    bent = {*bent_rules([*before, added], rules), *also} - known
    return [code for code in CODES if code in bent]
