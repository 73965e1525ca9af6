"""Work to be done outside the request, queued in the transaction that causes it."""

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """One piece of work. A worker leases it; `attempt` fences a worker that lost its lease from finishing it."""

    kind = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    dedupe = models.CharField(max_length=120, unique=True, null=True, blank=True)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)  # given up after max_attempts
    last_error = models.CharField(max_length=200, blank=True, default="")  # the kind of error, never its text
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run_after", "id"], name="job_due", condition=Q(done_at__isnull=True, failed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
