"""Queueing work in the transaction that causes it."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.platform.jobs.models import Job


def new_job(kind: str, args: dict[str, Any], *, run_after: datetime | None = None) -> Job:
    """A job not yet stored, for an action that writes it with other rows of its own."""
    return Job(kind=kind, args=args, run_after=run_after or timezone.now())


def enqueue(kind: str, args: dict[str, Any], *, dedupe: str | None = None, run_after: datetime | None = None) -> Job:
    """Queues one job; it exists exactly if the transaction commits. `args` are keys, never patient data.

    With `dedupe`, a job of that name is queued once and the known one is returned the next time.
    """
    job = new_job(kind, args, run_after=run_after)
    if dedupe is None:
        job.save(force_insert=True)
        return job
    job.dedupe = dedupe
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            return job
    except IntegrityError:
        return Job.objects.get(dedupe=dedupe)
