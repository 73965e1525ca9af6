"""Jobs about saved forms."""

from django.utils import timezone

from clinic.platform.jobs.registry import job
from intake.registration.actions import expire_due_drafts, plan_sweep
from intake.registration.models import Draft


@job("expire_drafts")
def expire_drafts() -> None:
    """Empty forms whose time is over, and come back tomorrow while any is open."""
    expire_due_drafts(timezone.now())
    if Draft.objects.filter(state=Draft.State.OPEN).exists():
        plan_sweep(timezone.now())
