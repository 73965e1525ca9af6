"""The symptoms as reported: frozen with the wording that was shown."""

import uuid

from django.db import models

from clinic.platform.crypto.fields import EncryptedJSONField
from intake.patients.sight import patients_open_to


class SymptomReportQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SymptomReportQuerySet":
        """The reports that this staff member may read."""
        return patients_open_to(user, self, "patient")


class SymptomReport(models.Model):
    """Answers at the moment of sending: `answers` are key -> value, `snapshot` lists key, wording, value and label."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="symptom_reports")
    filled_by = models.CharField(max_length=20)
    answers = EncryptedJSONField()
    snapshot = EncryptedJSONField()
    sent_at = models.DateTimeField()
    # the report of the request that this one adds to: new symptoms told later
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="updates")

    objects = SymptomReportQuerySet.as_manager()
