"""When the first contact and the visit are due. Pure: instants, time zone, nurse hours and closed days are arguments.

All instants are aware datetimes. Durations are counted in real time, so that a day with a changed clock is neither an
hour too long nor too short; closing times are local wall time. Target times come from `Targets`; their defaults need
the sign-off of docs/clinical-safety.md.
"""

import re
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from intake.triage.rules import EMERGENCY, LEVELS, ROUTINE, SOON, URGENT

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"([A-Za-z]{3})(?:\s*-\s*([A-Za-z]{3}))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_SEARCH_DAYS = 400  # a clinic closed for longer than this has no next opening


@dataclass(frozen=True, slots=True)
class NurseHours:
    """Weekday (Monday is 0) -> open spans of that day in minutes after local midnight, in order, not touching."""

    spans: dict[int, tuple[tuple[int, int], ...]]

    @classmethod
    def parse(cls, text: str) -> "NurseHours":
        """Read "Mon-Fri 08:00-17:00"; several parts are split by comma or semicolon, "24:00" is the end of a day.

        Raises ValueError, with the part that is wrong, for anything else, for spans that overlap and for no hours.
        """
        spans: dict[int, list[tuple[int, int]]] = {}
        for part in re.split(r"[,;]", text):
            found = _PART.fullmatch(part.strip())
            if found is None:
                raise ValueError(f"not nurse hours such as 'Mon-Fri 08:00-17:00': {part.strip()!r}")
            span = _minutes(*found.group(3, 4)), _minutes(*found.group(5, 6))
            if span[0] >= span[1]:
                raise ValueError(f"closes before it opens: {part.strip()!r}")
            for weekday in _weekdays(found[1], found[2] or found[1]):
                spans.setdefault(weekday, []).append(span)
        for of_day in spans.values():
            of_day.sort()
            if any(before[1] >= after[0] for before, after in pairwise(of_day)):
                raise ValueError(f"hours overlap: {text!r}")
        return cls({weekday: tuple(of_day) for weekday, of_day in sorted(spans.items())})

    def open_on(self, day: date, holidays: Container[date] = ()) -> tuple[tuple[int, int], ...]:
        """The open spans of a date; none on a closed day."""
        return () if day in holidays else self.spans.get(day.weekday(), ())


def _weekdays(first: str, last: str) -> list[int]:
    try:
        start, end = _DAYS.index(first.lower()), _DAYS.index(last.lower())
    except ValueError:
        raise ValueError(f"not a weekday: {first!r} or {last!r}") from None
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def _minutes(hours: str, minutes: str) -> int:
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > 24 * 60:
        raise ValueError(f"not a time of day: {hours}:{minutes}")
    return total


@dataclass(frozen=True, slots=True)
class Targets:
    """Target times. `visit_days` are calendar days after the local date of sending."""

    emergency: timedelta = timedelta(minutes=15)
    urgent_open: timedelta = timedelta(hours=4)
    urgent_clock: timedelta = timedelta(hours=24)
    one_hour: timedelta = timedelta(hours=1)
    business_days: int = 2
    visit_days: dict[str, int] = field(default_factory=lambda: {URGENT: 3, SOON: 7, ROUTINE: 14})
    solitary_visit_days: int = 3


DEFAULT_TARGETS = Targets()


def _instant(day: date, minute: int, tz: tzinfo) -> datetime:
    """Local wall time of a date as an instant; minute 1440 is the next midnight."""
    day += timedelta(days=minute // 1440)
    return datetime.combine(day, time(*divmod(minute % 1440, 60)), tzinfo=tz).astimezone(UTC)


def is_open(at: datetime, hours: NurseHours, tz: tzinfo, holidays: Container[date] = ()) -> bool:
    """Whether the nurse line is open at this instant."""
    day = at.astimezone(tz).date()
    return any(_instant(day, start, tz) <= at < _instant(day, end, tz) for start, end in hours.open_on(day, holidays))


def next_opening(at: datetime, hours: NurseHours, tz: tzinfo, holidays: Container[date] = ()) -> datetime | None:
    """The first instant from `at` on at which the nurse line is open; None when it stays closed for over a year."""
    day = at.astimezone(tz).date()
    for _ in range(_SEARCH_DAYS):
        for start, end in hours.open_on(day, holidays):
            if at < _instant(day, end, tz):
                return max(at, _instant(day, start, tz))
        day += timedelta(days=1)
    return None


def after_open_time(
    at: datetime, wanted: timedelta, until: datetime, hours: NurseHours, tz: tzinfo, holidays: Container[date] = ()
) -> datetime:
    """The instant by which the nurse line has been open for `wanted` since `at`, or `until` if that comes first."""
    day, left = at.astimezone(tz).date(), wanted
    while _instant(day, 0, tz) < until:
        for start, end in hours.open_on(day, holidays):
            opens, closes = max(at, _instant(day, start, tz)), _instant(day, end, tz)
            if closes <= opens:
                continue
            if closes - opens >= left:
                return min(until, opens + left)
            left -= closes - opens
        day += timedelta(days=1)
    return until


def close_of_business_day(
    sent_on: date, number: int, hours: NurseHours, tz: tzinfo, holidays: Container[date] = ()
) -> datetime:
    """Close of the `number`-th business day after a local date. Raises ValueError when the clinic never opens."""
    day, left = sent_on, number
    for _ in range(_SEARCH_DAYS):
        day += timedelta(days=1)
        spans = hours.open_on(day, holidays)
        left -= bool(spans)
        if not left:
            return _instant(day, spans[-1][1], tz)
    raise ValueError("the nurse line has no open days")


def contact_due(
    level: str,
    sent_at: datetime,
    hours: NurseHours,
    tz: tzinfo,
    holidays: Container[date] = (),
    *,
    one_hour: bool = False,
    targets: Targets = DEFAULT_TARGETS,
) -> datetime:
    """By when somebody must have reached the person, in UTC.

    EMERGENCY counts from detection: pass that instant as `sent_at`. URGENT: 4 open nurse hours or 24 clock hours,
    whichever ends first; with `one_hour` (rule U01) one hour, also out of hours. SOON and ROUTINE: close of the 2nd
    business day after the local date of sending. Raises ValueError for a naive `sent_at` or an unknown level.
    """
    if sent_at.tzinfo is None:
        raise ValueError("sent_at must be an aware datetime")
    if level not in LEVELS:
        raise ValueError("unknown level")
    sent = sent_at.astimezone(UTC)
    if level == EMERGENCY:
        return sent + targets.emergency
    if level == URGENT:
        if one_hour:
            return sent + targets.one_hour
        return after_open_time(sent, targets.urgent_open, sent + targets.urgent_clock, hours, tz, holidays)
    return close_of_business_day(sent.astimezone(tz).date(), targets.business_days, hours, tz, holidays)


def visit_due_on(
    level: str, sent_on: date, *, solitary_unknown: bool = False, targets: Targets = DEFAULT_TARGETS
) -> date:
    """The last local date for the visit, counted from the local date of sending.

    EMERGENCY: the date itself (the visit is the one at the emergency room). A solitary lesion of unknown primary is
    never later than 3 days. Raises KeyError for an unknown level.
    """
    days = 0 if level == EMERGENCY else targets.visit_days[level]
    return sent_on + timedelta(days=min(days, targets.solitary_visit_days) if solitary_unknown else days)
