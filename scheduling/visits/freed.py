"""Telling the waitlist that time became free."""

from datetime import datetime

from clinic.platform.jobs.queue import enqueue

MATCH_JOB = "match_waitlist"


def time_freed(*, at: datetime, cause: str) -> None:
    """Time became free at `at`: in the caller's transaction, one job for the worker, which looks who waits for it.

    `cause` is a code for whoever reads the queue, such as "visit_cancelled". One plain insert without a dedupe name: a
    name shared by all would make every two transactions that free time wait for each other. Many jobs of one moment
    cost little: each but the last leaves the work to a later one (waitlist/job_kinds.py).
    """
    enqueue(MATCH_JOB, {"cause": cause}, run_after=at)
