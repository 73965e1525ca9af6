"""Sets of 5-minute units as Python integers.

A *unit* is one 5-minute step of UTC since the Unix epoch, as an absolute number. A *mask* is an integer in which bit
``i`` stands for unit ``base + i``; the caller keeps ``base``. Counting in UTC means that a local day of 23 or 25
hours needs no special case here: local rules are turned into units once, in ``sessions.py``.
"""

from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from functools import lru_cache

UNIT_SECONDS = 300
UNITS_PER_HOUR = 12
UNITS_PER_DAY = 288

_EPOCH = datetime.fromtimestamp(0, UTC)
_FREE = b"0"


def unit_of(moment: datetime, *, up: bool = False) -> int:
    """The unit that holds an aware moment; with ``up`` the first unit that does not begin before it.

    Raises ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    since = moment - _EPOCH
    seconds, rest = since.days * 86_400 + since.seconds, since.microseconds
    if up:
        return -((-seconds - (rest > 0)) // UNIT_SECONDS)
    return seconds // UNIT_SECONDS


def datetime_of(unit: int) -> datetime:
    """The moment at which a unit begins, in UTC."""
    return datetime.fromtimestamp(unit * UNIT_SECONDS, UTC)


def units_from_minutes(minutes: int) -> int:
    """How many units cover that many minutes."""
    return -(-minutes * 60 // UNIT_SECONDS)


def ones(length: int) -> int:
    """A mask of ``length`` set bits; empty for a length of 0 or less."""
    return (1 << length) - 1 if length > 0 else 0


def starts(free: int, units: int) -> int:
    """The bits from which ``units`` bits in a row are set, by doubling."""
    got = 1
    while got < units:
        step = min(got, units - got)
        free &= free >> step
        got += step
    return free


def smear(mask: int, low: int, high: int) -> int:
    """The union of ``mask`` moved up by every amount from ``low`` to ``high``; empty when ``high < low``."""
    width = high - low + 1
    if width < 1:
        return 0
    mask <<= low
    got = 1
    while got < width:
        step = min(got, width - got)
        mask |= mask << step
        got += step
    return mask


@lru_cache(maxsize=64)
def grid(length: int, step: int = 3, phase: int = 0) -> int:
    """Every ``step``-th bit below ``length``, the first at ``phase``."""
    steps = max(0, -(-(length - phase) // step))
    return (ones(step * steps) // ones(step)) << phase if steps else 0


def lowest(mask: int) -> int:
    """Number of the lowest set bit, -1 for an empty mask."""
    return (mask & -mask).bit_length() - 1


def highest(mask: int) -> int:
    """Number of the highest set bit, -1 for an empty mask."""
    return mask.bit_length() - 1


def iter_bits(mask: int) -> list[int]:
    """The numbers of all set bits, in order."""
    text, found, at = bin(mask)[:1:-1], [], -1
    while (at := text.find("1", at + 1)) >= 0:
        found.append(at)
    return found


def runs(mask: int) -> list[tuple[int, int]]:
    """Runs of set bits as (start, end), end exclusive, in order."""
    text, found, at = bin(mask)[:1:-1], [], 0
    while (start := text.find("1", at)) >= 0:
        at = text.find("0", start)
        if at < 0:
            found.append((start, len(text)))
            break
        found.append((start, at))
    return found


def mask_from_intervals(intervals: Iterable[tuple[int, int]], base: int, length: int) -> int:
    """The mask of (start, end) pairs in absolute units, cut to the window; pairs may overlap."""
    return masks_by_resource(((None, start, end) for start, end in intervals), base, length).get(None, 0)


def masks_by_resource(
    rows: Iterable[tuple[Hashable, int, int]],
    base: int,
    length: int,
) -> dict[Hashable, int]:
    """One mask per resource from rows of (resource, start, end) in absolute units, cut to the window.

    One pass, in any order; rows may overlap. A byte per unit is written and then folded into an integer: quicker than
    one big-integer OR a row, since such an OR costs the length of the window.
    """
    drawn: dict[Hashable, bytearray] = {}
    line = [b"1" * width for width in range(UNITS_PER_DAY)]
    longest = len(line)
    for resource, start, end in rows:
        start -= base
        end -= base
        if start < 0 or end > length:
            start, end = max(start, 0), min(end, length)
        if end <= start:
            continue
        canvas = drawn.get(resource)
        if canvas is None:
            canvas = drawn[resource] = bytearray(_FREE) * length
        width = end - start
        canvas[start:end] = line[width] if width < longest else b"1" * width
    return {resource: int(canvas[::-1], 2) for resource, canvas in drawn.items()}
