"""Scores of a lesion, a vertebral level or the whole patient; every edit is a new version, the old ones stay."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class ScoreQuerySet(models.QuerySet):
    """Scores, in the words of the clinic."""

    def visible_to(self, user) -> "ScoreQuerySet":
        """Scores of patients whose record this staff member may open."""
        return patients_open_to(user, self, "patient")

    def current(self) -> "ScoreQuerySet":
        """The latest version of each series."""
        return self.filter(is_current=True)


class Score(models.Model):
    """One version of one score (domain section 5). `points` and `total` are computed by the server, never typed.

    A `series` is one lesion (Mirels), one level (SINS, ESCC) or the patient (ECOG, calcium) over time. `codes` are the
    items as stored codes; a result without a number (the ESCC grade) stands in `result`.
    """

    class Kind(models.TextChoices):
        MIRELS = "mirels", _("Mirels score")
        SINS = "sins", _("SINS")
        ESCC = "escc", _("Epidural compression (ESCC)")
        ECOG = "ecog", _("ECOG performance status")
        CALCIUM = "calcium", _("Corrected calcium")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.UUIDField(default=uuid.uuid4)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="scores")
    request = models.ForeignKey(
        "scheduling.AppointmentRequest", null=True, blank=True, on_delete=models.PROTECT, related_name="scores"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    target = models.CharField(max_length=30, blank=True, default="")  # a site key of the body map, or a level C1..S5
    place = EncryptedTextField(blank=True, default="")  # which lesion of that bone, in words
    codes = models.JSONField(default=dict)
    points = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # none: incomplete, or a grade
    result = models.CharField(max_length=10, blank=True, default="")
    band = models.CharField(max_length=30, blank=True, default="")
    assessed_on = models.DateField()
    study = EncryptedTextField(blank=True, default="")  # the imaging study or the laboratory it rests on
    study_on = models.DateField(null=True, blank=True)
    note = EncryptedTextField(blank=True, default="")
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["series", "version"], name="one_score_per_version"),
            models.UniqueConstraint(
                fields=["series"], condition=models.Q(is_current=True), name="one_current_score_per_series"
            ),
        ]
        indexes = [models.Index(fields=["patient", "kind", "-recorded_at"], name="score_of_patient")]
