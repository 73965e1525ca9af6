"""Jobs about measures."""

from datetime import date

from django.utils import timezone

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.jobs.registry import job, planner
from scheduling.measures.actions import plan_measuring, take_snapshot


@job("measure_access")
def measure_access(week_of: str) -> None:
    """Keep third next available of the week that begins on this Monday."""
    take_snapshot(date.fromisoformat(week_of), by=SYSTEM, now=timezone.now())


@planner
def plan_next_measuring() -> None:
    """The worker sees to it that the next Monday is planned."""
    plan_measuring(timezone.now())
