"""What lies ahead for a clinician who is switched off. Visits are kept floors above: whoever keeps them tells.

Nothing is canceled when somebody stops seeing patients: the appointments stay, marked, until they are moved.
"""

from collections.abc import Callable

_counts: list[Callable[[int], int]] = []


def count_ahead_by(count: Callable[[int], int]) -> None:
    """Add a source: `count(clinician_id)` tells how many appointments are held or booked from now on."""
    if count not in _counts:
        _counts.append(count)


def appointments_ahead(clinician_id: int) -> int:
    """How many appointments somebody has from now on."""
    return sum(count(clinician_id) for count in _counts)
