"""Keeping what was measured."""

from datetime import date, datetime, timedelta

from django.db import transaction

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.queue import enqueue
from scheduling.availability.read import clinic_zone
from scheduling.measures.access import next_measuring
from scheduling.measures.models import TnaSnapshot
from scheduling.measures.third_next import third_next_available

WEEK = timedelta(days=7)


def plan_measuring(now: datetime) -> None:
    """Queue the measuring of the next Monday 09:00 once, however often and by however many workers this is called."""
    at = next_measuring(now, clinic_zone())
    week_of = at.date().isoformat()
    dedupe = f"measure_access {week_of}"
    if not Job.objects.filter(dedupe=dedupe).exists():
        enqueue("measure_access", {"week_of": week_of}, dedupe=dedupe, run_after=at)


@transaction.atomic
def take_snapshot(week_of: date, *, by: Actor, now: datetime) -> int:
    """Store the figures of the week that begins on a Monday, as they are `now`; how many were stored.

    Nothing is stored twice, nor for a week that is over: what it was then cannot be known any more, and a gap is
    honest. Within the week a late measuring keeps its own time.
    """
    today = now.astimezone(clinic_zone()).date()
    if not week_of <= today < week_of + WEEK or TnaSnapshot.objects.filter(week_of=week_of).exists():
        return 0
    rows = [
        TnaSnapshot(
            week_of=week_of,
            measured_at=now,
            kind=figure.kind,
            visit_type=figure.visit_type,
            what=figure.what,
            minutes=figure.minutes,
            counted=figure.measure.counted,
            total_days=figure.measure.total_days,
            beyond=figure.measure.beyond,
        )
        for figure in third_next_available(now)
        if figure.measure.counted
    ]
    TnaSnapshot.objects.bulk_create(rows)
    record("measure_access", by=by, subject=("measure", "access"), data={"week_of": week_of.isoformat()})
    return len(rows)
