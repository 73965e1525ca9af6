"""Jobs of the engine room itself."""

from datetime import timedelta

from django.utils import timezone

from clinic.platform.jobs.models import Job
from clinic.platform.jobs.registry import job
from clinic.platform.limits.buckets import forget_full
from clinic.platform.submits.models import Submit

KEEP_SUBMITS = timedelta(days=7)
KEEP_DONE_JOBS = timedelta(days=30)


@job("tidy")
def tidy() -> None:
    """Deletes what is of no use any more: full buckets, old submit keys, jobs done long ago."""
    now = timezone.now()
    forget_full()
    Submit.objects.filter(created_at__lt=now - KEEP_SUBMITS).delete()
    Job.objects.filter(done_at__lt=now - KEEP_DONE_JOBS).delete()
