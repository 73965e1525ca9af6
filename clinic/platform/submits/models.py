"""Idempotency keys and their stored answers."""

from django.db import models


class Submit(models.Model):
    """One press of a button. The same key again gets the stored answer, whatever happened in between."""

    class State(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"

    key = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # keyed hash of the arguments
    state = models.CharField(max_length=10, choices=State, default=State.DONE)
    stored = models.CharField(max_length=200, blank=True, default="")
    refusal = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.state}"
