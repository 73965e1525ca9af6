"""What lies ahead for a clinician, a room or a site that is switched off, or on a day that becomes a holiday.

Visits are kept floors above: whoever keeps them tells. Nothing is canceled: the appointments stay, marked, until they
are moved.
"""

from collections.abc import Callable

Write = Callable[[], object]
_counts: list[Callable[[int], int]] = []
_trials: list[Callable[[Write], int]] = []


def count_ahead_by(count: Callable[[int], int]) -> None:
    """Add a source: `count(clinician_id)` tells how many appointments are held or booked from now on."""
    if count not in _counts:
        _counts.append(count)


def appointments_ahead(clinician_id: int) -> int:
    """How many appointments somebody has from now on."""
    return sum(count(clinician_id) for count in _counts)


def try_out_by(trial: Callable[[Write], int]) -> None:
    """Add a source: `trial(write)` tells how many appointments `write` would leave outside working time; it takes back
    what was written."""
    if trial not in _trials:
        _trials.append(trial)


def left_outside(write: Write) -> int:
    """How many appointments ahead this change would leave outside working time."""
    return sum(trial(write) for trial in _trials)
