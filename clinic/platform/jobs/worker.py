"""Doing the queued work: lease, run, complete. Survives a killed worker: the lease runs out, another takes over."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clinic.platform.jobs.models import Job
from clinic.platform.jobs.registry import Kind, kind_named

LEASE = timedelta(minutes=2)
FIRST_WAIT_SECONDS = 10
LONGEST_WAIT_SECONDS = 3600
log = logging.getLogger(__name__)


class LeaseLost(Exception):  # noqa: N818  (said as it is)
    """Another worker has taken the job over; this one's effect is rolled back."""


@dataclass(frozen=True)
class Lease:
    """What a worker holds: the job as claimed, `attempt` fences it."""

    job_id: int
    kind: str
    args: dict[str, Any]
    attempt: int
    max_attempts: int


def run_due(limit: int = 100) -> int:
    """Runs at most `limit` due jobs, the oldest first; how many were taken up, failed ones included."""
    for taken in range(limit):
        lease = claim()
        if lease is None:
            return taken
        _run(lease)
    return limit


def claim() -> Lease | None:
    """Leases the next due job in one statement, None when there is none."""
    now = timezone.now()
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    moment = Job._meta.get_field("run_after").get_db_prep_value
    at, until = moment(now, connection), moment(now + LEASE, connection)
    statement = (  # only words of our own are joined
        "UPDATE clinic_job SET lease_until = %s, attempt = attempt + 1 WHERE id = ("  # noqa: S608
        " SELECT id FROM clinic_job WHERE done_at IS NULL AND failed_at IS NULL AND run_after <= %s"
        f" AND (lease_until IS NULL OR lease_until < %s) ORDER BY run_after, id LIMIT 1{skip})"
        " RETURNING id, attempt"
    )
    if not Job.objects.filter(done_at=None, failed_at=None, run_after__lte=now).exists():
        return None  # an idle worker must not queue up as a writer every second
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [until, at, at])
        row = cursor.fetchone()
    if row is None:
        return None
    job = Job.objects.get(pk=row[0])
    return Lease(job.pk, job.kind, job.args, row[1], job.max_attempts)


def _run(lease: Lease) -> None:
    kind = kind_named(lease.kind)
    try:
        _refuse_hopeless(lease, kind)
        if kind.outside:
            kind.run(**lease.args)
            _complete(lease)
        else:
            with transaction.atomic():
                kind.run(**lease.args)
                _complete(lease)
    except LeaseLost:
        log.warning("lease lost", extra={"job_kind": lease.kind, "job_id": lease.job_id})
    except Exception as error:  # a job may fail in any way; the worker must outlive it and try again later
        log.exception("job failed", extra={"job_kind": lease.kind, "job_id": lease.job_id})
        _put_back(lease, kind, error)


def _refuse_hopeless(lease: Lease, kind: Kind | None) -> None:
    if kind is None:
        raise LookupError(f"no function for jobs of the kind {lease.kind}")
    if lease.attempt > lease.max_attempts:
        raise TimeoutError("every worker that took this job stopped before its end")


def _complete(lease: Lease) -> None:
    open_job = Job.objects.filter(pk=lease.job_id, attempt=lease.attempt, done_at=None, failed_at=None)
    if not open_job.update(done_at=timezone.now(), lease_until=None, last_error=""):
        raise LeaseLost


def _put_back(lease: Lease, kind: Kind | None, error: Exception) -> None:
    """Plans the next attempt, or gives up after the last; keeps the kind of error only, its text may name somebody."""
    now = timezone.now()
    mine = Job.objects.filter(pk=lease.job_id, attempt=lease.attempt, done_at=None, failed_at=None)
    told = type(error).__qualname__[:200]
    if lease.attempt < lease.max_attempts:
        wait = min(FIRST_WAIT_SECONDS * 2 ** (lease.attempt - 1), LONGEST_WAIT_SECONDS)
        mine.update(lease_until=None, run_after=now + timedelta(seconds=wait), last_error=told)
        return
    with transaction.atomic():
        if mine.update(lease_until=None, failed_at=now, last_error=told) and kind and kind.on_give_up:
            kind.on_give_up(**lease.args)
