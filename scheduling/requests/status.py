"""The status of a request, computed from facts: a ladder read from the top, the first that holds counts.

The answer is cached in a column by the action that changed a fact; only this module knows the order.
"""

from collections.abc import Callable
from dataclasses import dataclass

NEVER_WAITS_FOR_RECORDS = frozenset({"emergency", "urgent"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one request.

    ``level`` is the level that counts (the review's once there is one); ``needs_info``: staff wait for an answer of the
    patient or referrer; ``is_taken``: a person took it for review; ``is_records_ready``: no checklist item is open.
    """

    level: str = "routine"
    is_withdrawn: bool = False
    is_declined: bool = False
    is_redirected_to_ed: bool = False
    is_visit_completed: bool = False
    has_booked_visit: bool = False
    has_live_offer: bool = False
    needs_info: bool = False
    is_taken: bool = False
    is_reviewed: bool = False
    is_records_ready: bool = False


def _waits_for_records(facts: Facts) -> bool:
    return facts.is_reviewed and not facts.is_records_ready and facts.level not in NEVER_WAITS_FOR_RECORDS


LADDER: tuple[tuple[str, Callable[[Facts], bool]], ...] = (
    ("withdrawn", lambda facts: facts.is_withdrawn),
    ("declined", lambda facts: facts.is_declined),
    ("redirected_to_ed", lambda facts: facts.is_redirected_to_ed),
    ("completed", lambda facts: facts.is_visit_completed),
    ("scheduled", lambda facts: facts.has_booked_visit),
    ("offered", lambda facts: facts.has_live_offer),
    ("needs_info", lambda facts: facts.needs_info),
    ("records_pending", _waits_for_records),
    ("ready", lambda facts: facts.is_reviewed),
    ("in_review", lambda facts: facts.is_taken),
    ("submitted", lambda facts: True),
)

STATUSES = tuple(code for code, _ in LADDER)

# Which words a patient reads; the words themselves are in the catalog of messages.
PATIENT_WORDS = {
    "submitted": "received",
    "in_review": "received",
    "needs_info": "need_something",
    "records_pending": "planning",
    "ready": "planning",
    "offered": "choose_day",
    "scheduled": "booked",
    "completed": "done",
    "withdrawn": "closed",
    "declined": "closed",
    "redirected_to_ed": "closed",
}


def request_status(facts: Facts) -> str:
    """The status code of a request; one of ``STATUSES``."""
    return next(code for code, holds in LADDER if holds(facts))
