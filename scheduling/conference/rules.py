"""When records must be here for a conference, and whether they were; the order of its list. Pure.

Domain 1.4 and 8: a case has complete records when every required item was received at least one business day before
the conference begins. A business day is a day on which the nurse line opens.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from intake.triage.clocks import NurseHours

_SEARCH_DAYS = 400  # a clinic closed for longer than this has no earlier business day
NOT_NEEDED = "not_needed"


def records_due(starts_at: datetime, hours: NurseHours, tz: tzinfo, holidays: Container[date] = ()) -> datetime:
    """The latest moment for records, in UTC: the wall time of the start, on the business day before it.

    Raises ValueError for a naive start, and when the clinic never opens.
    """
    if starts_at.tzinfo is None:
        raise ValueError("starts_at must be an aware datetime")
    local = starts_at.astimezone(tz)
    day = local.date()
    for _ in range(_SEARCH_DAYS):
        day -= timedelta(days=1)
        if hours.open_on(day, holidays):
            return datetime.combine(day, local.time(), tzinfo=tz).astimezone(UTC)
    raise ValueError("the nurse line has no open days")


def were_complete(items: Iterable[tuple[bool, str, datetime | None]], due: datetime) -> bool:
    """Whether every item (is required, state, received at) that was required was here by `due`.

    What is not needed any more counts as settled; without required items nothing was missing.
    """
    return all(
        not is_required or state == NOT_NEEDED or (received_at is not None and received_at <= due)
        for is_required, state, received_at in items
    )


def moved(order: Sequence[Any], one: Any, *, up: bool) -> list[Any]:
    """The list with `one` a place further up or down; at the end of the list nothing changes.

    Raises ValueError when `one` is not in it.
    """
    new, place = list(order), list(order).index(one)
    other = place + (-1 if up else 1)
    if 0 <= other < len(new):
        new[place], new[other] = new[other], new[place]
    return new
