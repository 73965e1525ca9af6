"""Queueing work in the transaction that causes it."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.platform.jobs.models import Job


def enqueue(kind: str, args: dict[str, Any], *, dedupe: str | None = None, run_after: datetime | None = None) -> Job:
    """Queues one job; it exists exactly if the transaction commits. `args` are keys, never patient data.

    With `dedupe`, a job of that name is queued once and the known one is returned the next time.
    """
    values = {"kind": kind, "args": args, "run_after": run_after or timezone.now()}
    if dedupe is None:
        return Job.objects.create(**values)
    try:
        with transaction.atomic():
            return Job.objects.create(dedupe=dedupe, **values)
    except IntegrityError:
        return Job.objects.get(dedupe=dedupe)
