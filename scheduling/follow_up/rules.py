"""When follow-up calls are due, what pain on the phone asks for, what is overdue. Pure: dates and answers in and out.

Source: domain 1.4 (day 7 and week 4 after the visit), domain 8 (a call counts when it was reached within 2 days of day
7 or within 5 days of week 4; pain change = baseline worst pain minus the value of the call). That a closed day moves
the call to the next business day within that tolerance, else to the last one before, is a proposal for sign-off.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

DAY_7, WEEK_4 = "day_7", "week_4"
DAYS_AFTER = {DAY_7: 7, WEEK_4: 28}  # calendar days after the local date of the visit
TOLERANCE = {DAY_7: 2, WEEK_4: 5}  # days: a call reached within them counts as made (domain 8)
SEVERE_PAIN = 8  # worst pain from which a nurse hears of it today; a proposal, as domain 9, point 4
FEWEST_TRIES = 3  # without an answer before a call may be closed for that; a proposal
LONGEST_CLOSURE = 60  # days: no clinic is closed for longer


def call_due_on(kind: str, visit_on: date, is_open: Callable[[date], bool]) -> date:
    """The day of a follow-up call: 7 or 28 days after the visit, never on a day the nurses are away.

    On a closed day the next open one within the tolerance counts, else the last open one before within it, else the
    next open one at all. `is_open` tells whether nurses work on a day. Raises KeyError for an unknown kind.
    """
    wished, most = visit_on + timedelta(days=DAYS_AFTER[kind]), TOLERANCE[kind]
    nearby = [*range(most + 1), *range(-1, -most - 1, -1), *range(most + 1, LONGEST_CLOSURE)]
    return next((day for day in (wished + timedelta(days=by) for by in nearby) if is_open(day)), wished)


def baseline_pain(answers: Mapping[str, Any]) -> int | None:
    """The worst pain (0 to 10) told at first contact; 0 for whoever had none, None when it was not told."""
    worst = answers.get("pain_worst")
    if isinstance(worst, int) and not isinstance(worst, bool):
        return worst
    return 0 if answers.get("pain_present") == "no" else None


def pain_change(baseline: int | None, worst: int | None) -> int | None:
    """How much less the worst pain is (domain 8): positive is better, negative worse; None when one is not known."""
    return None if baseline is None or worst is None else baseline - worst


def needs_a_nurse(baseline: int | None, worst: int | None) -> bool:
    """Whether the pain told on the phone is to be looked at today: severe, or worse than at first contact."""
    if worst is None:
        return False
    return worst >= SEVERE_PAIN or (baseline is not None and worst > baseline)


def is_overdue(due_on: date, today: date) -> bool:
    """Whether a day has passed by which something should have been done; the day itself still counts."""
    return due_on < today
