"""What a person tells us between sending the request and the visit."""

import uuid

from django.db import models

from clinic.platform.crypto.fields import EncryptedJSONField
from intake.patients.sight import patients_open_to


class BeforeVisitQuerySet(models.QuerySet):
    """Answers before the visit, in the words of the clinic."""

    def visible_to(self, user) -> "BeforeVisitQuerySet":
        """Those that this staff member may read."""
        return patients_open_to(user, self, "report__patient")


class BeforeVisit(models.Model):
    """The answers of the task list (stage B of domain 2.2) for one report: made with the first page that is saved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField("intake.SymptomReport", on_delete=models.PROTECT, related_name="before_visit")
    answers = EncryptedJSONField(default=dict)  # key -> value as in domain 2.2; repeatable rows: lists of dicts
    steps_done = models.JSONField(default=list)  # slugs in the order they were saved
    step_versions = models.JSONField(default=dict)  # slug -> number of saves, so that a second tab is told
    step_authors = models.JSONField(default=dict)  # slug -> "caregiver" only if nobody else ever saved it
    sections_done = models.JSONField(default=list)  # slugs of sections the person called completed
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)

    objects = BeforeVisitQuerySet.as_manager()
