"""Jobs of the waitlist: looking who can use free time, when some became free and every few minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from clinic.platform.jobs.models import Job
from clinic.platform.jobs.queue import enqueue
from clinic.platform.jobs.registry import job, planner
from scheduling.visits.freed import MATCH_JOB
from scheduling.waitlist.actions import match_waitlist
from scheduling.waitlist.models import WaitlistEntry

EVERY = timedelta(minutes=5)


@job(MATCH_JOB, outside=True)  # the search takes no lock; every match has a transaction of its own
def match_freed_time(cause: str = "", after: Sequence | None = None) -> None:
    """Put free time before those who wait. Leaves the work to another such job that is due, if there is one."""
    if not after and others_are_due():
        return
    behind = (after[0], datetime.fromisoformat(after[1]), after[2]) if after else None
    match_waitlist(timezone.now(), after=behind, stops=others_are_due)


def others_are_due() -> bool:
    """Whether a job of this kind that begins at the top of the list waits to be run now."""
    now = timezone.now()
    rows = Job.objects.filter(kind=MATCH_JOB, done_at=None, failed_at=None, run_after__lte=now)
    waiting = [args for lease, args in rows.values_list("lease_until", "args") if lease is None or lease < now]
    return any("after" not in args for args in waiting)


@planner
def plan_match() -> None:
    """Every five minutes: time is free without a word when a hold lapses, a session opens or the morning comes."""
    if settings.WAITLIST_MODE == "off" or not WaitlistEntry.objects.filter(state__in=WaitlistEntry.LIVE).exists():
        return
    number = int(timezone.now().timestamp() // EVERY.total_seconds())
    name = f"{MATCH_JOB} {number}"
    if not Job.objects.filter(dedupe=name).exists():
        enqueue(MATCH_JOB, {"cause": "planned"}, dedupe=name)
