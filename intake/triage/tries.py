"""How often somebody was called in vain, and when that is enough (domain 4.1). Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

TRIES = 3
WITHIN = timedelta(hours=1)


def in_vain(tries: Iterable[tuple[datetime, bool]]) -> list[datetime]:
    """The moments of the calls since the person was last reached, oldest first; `tries` are (moment, reached)."""
    found: list[datetime] = []
    for moment, reached in sorted(tries):
        found = [] if reached else [*found, moment]
    return found


def within_the_hour(tries: Iterable[tuple[datetime, bool]], now: datetime) -> int:
    """How many calls of the last hour did not reach the person."""
    return sum(now - WITHIN <= moment <= now for moment in in_vain(tries))


def is_unreached(tries: Iterable[tuple[datetime, bool]]) -> bool:
    """Whether three calls within one hour were in vain and nobody was reached since."""
    moments = in_vain(tries)
    return any(late - early <= WITHIN for early, late in zip(moments, moments[TRIES - 1 :], strict=False))
