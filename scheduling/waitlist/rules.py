"""Whose turn it is, which days they may be offered, and for how long. Pure: facts and moments in, answers out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

SHORTEST_HOLD = timedelta(minutes=30)  # nobody can answer sooner than that
AFTER_DEADLINE_DAYS = 14  # once the deadline is past, the soonest day of the next two weeks helps
URGENT_RANKS = frozenset({0, 1})  # emergency and urgent: told at any hour

Turn = tuple[int, datetime, str]
Use = tuple[int, int, int]  # a clinician's key, start and end in absolute units


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody who waits can use: dates, weekdays (0 Monday; empty: any), and how long they need to come."""

    earliest_on: date | None = None
    latest_on: date | None = None
    weekdays: frozenset[int] = frozenset()
    notice: timedelta = timedelta(hours=24)


def turn_of(urgency_rank: int, joined_at: datetime, key: object) -> Turn:
    """The place in the list: urgency first, then who has waited longest; the key settles what is left."""
    return urgency_rank, joined_at, str(key)


def days_that_help(
    wish: Wish, *, today: date, visit_on: date | None, due_on: date, first_start: datetime, zone
) -> tuple[date, date] | None:
    """The first and last local date of a day that is worth offering; None when there is none.

    Somebody with a visit is helped by a day before it; somebody without by one until the deadline, and once that is
    past by one of the next two weeks. `first_start` is the earliest start that leaves them their notice.
    """
    first = max(first_start.astimezone(zone).date(), wish.earliest_on or today)
    if visit_on is not None:
        last = visit_on - timedelta(days=1)
    else:
        last = due_on if due_on >= today else today + timedelta(days=AFTER_DEADLINE_DAYS)
    if wish.latest_on is not None:
        last = min(last, wish.latest_on)
    return (first, last) if first <= last else None


def earliest_start(wish: Wish, now: datetime) -> datetime:
    """The earliest start that leaves time to answer and then the notice that the person needs."""
    return now + SHORTEST_HOLD + wish.notice


def may_use(wish: Wish, on: date, start: datetime, *, first: date, last: date, now: datetime) -> bool:
    """Whether a day that starts then may be offered to somebody with these wishes."""
    if not first <= on <= last or start < earliest_start(wish, now):
        return False
    return not wish.weekdays or on.weekday() in wish.weekdays


def held_until(wish: Wish, start: datetime, now: datetime, *, longest: timedelta) -> datetime:
    """Until when the day is held: not long, since others wait for it, and never into the notice the person needs."""
    return min(now + longest, start - wish.notice)


def hours_of(text: str) -> tuple[time, time]:
    """ "08:00-20:00" as two times. Raises ValueError for anything else."""
    first, _dash, last = text.partition("-")
    begins, ends = time.fromisoformat(first.strip()), time.fromisoformat(last.strip())
    if begins >= ends:
        raise ValueError("the hours must begin before they end")
    return begins, ends


def may_be_told(urgency_rank: int, local_now: datetime, hours: tuple[time, time]) -> bool:
    """Whether a message may reach this person at this hour: at any hour when it is urgent, otherwise by day."""
    return urgency_rank in URGENT_RANKS or hours[0] <= local_now.time() < hours[1]


def time_key(uses: Iterable[Use]) -> str:
    """The name of a time: who is needed from when until when, in any order."""
    return sha256(repr(sorted(uses)).encode()).hexdigest()


def share_time(one: Collection[Use], other: Collection[Use]) -> bool:
    """Whether two days need the same clinician at the same moment."""
    return any(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a in one for b in other)
