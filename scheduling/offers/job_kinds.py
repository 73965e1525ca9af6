"""Jobs about offers."""

from django.utils import timezone

from clinic.platform.jobs.registry import job
from scheduling.offers.actions import expire_due_offers


@job("expire_offers")
def expire_offers() -> None:
    """Free the days whose hold is over. Correctness never waits for this."""
    expire_due_offers(timezone.now())
