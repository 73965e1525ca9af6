"""What every worker sees to once a minute; several workers may do it at once."""

from django.utils import timezone

from clinic.platform.audit.seals import seal_new
from clinic.platform.jobs.queue import enqueue


def every_minute() -> None:
    """Seals the new audit rows and plans the day's tidying once."""
    seal_new()
    enqueue("tidy", {}, dedupe=f"tidy {timezone.now():%Y-%m-%d}")
