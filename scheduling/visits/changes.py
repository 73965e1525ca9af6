"""Changes of a booked visit, and their undoing."""

from scheduling.visits.change_rows import record_change, snapshot

__all__ = ["record_change", "snapshot"]
