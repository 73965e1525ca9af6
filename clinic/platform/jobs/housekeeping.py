"""What every worker sees to once a minute; several workers may do it at once."""

from django.utils import timezone

from clinic.platform.audit.seals import seal_new
from clinic.platform.jobs.queue import enqueue
from clinic.platform.jobs.registry import planners


def every_minute() -> None:
    """Seals the new audit rows, plans the day's tidying once and lets every planner plan its own work."""
    seal_new()
    enqueue("tidy", {}, dedupe=f"tidy {timezone.now():%Y-%m-%d}")
    for plan in planners():
        plan()
