"""What every worker sees to once a minute: nothing is kept longer than promised."""

from clinic.platform.jobs.registry import planner
from clinic.platform.kept.safe import forget_old


@planner
def forget_kept_forms() -> None:
    """Delete the forms whose half hour is over."""
    forget_old()
