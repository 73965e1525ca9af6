"""One append-only table of what happened, chained per subject, and the seals over it."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Seal(models.Model):
    """A hash over all rows not sealed before, chained to the seal before: proves later that none was changed."""

    at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.pk}: {self.hash[:12]}"


class AuditEntry(models.Model):
    """Who did what to which subject. No foreign keys to anything it tells of; no patient text in `data`.

    Rows of one subject form a chain: `hash` covers the row and `previous_hash`, `sequence` counts from 1.
    Database triggers refuse DELETE and every UPDATE but setting `seal` once (migration 0002).
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    seal = models.ForeignKey(Seal, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "sequence"], name="audit_chain_never_forks")
        ]
        indexes = [models.Index(fields=["actor_kind", "actor_id", "at"], name="audit_by_actor")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id} #{self.sequence}"
