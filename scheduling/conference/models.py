"""The case conference of a day, its cases, who was there, what each specialty recommended, and the outcome."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.roles import Permission
from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class ConferenceQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ConferenceQuerySet":
        """Conferences are seen by those who attend or prepare them; their cases are narrowed by patient."""
        return self if user.has_perm(Permission.VIEW_CONFERENCE) else self.none()


class Conference(models.Model):
    """One meeting. One a day."""

    on = models.DateField(unique=True)
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)  # afterwards outcomes stand as they are

    objects = ConferenceQuerySet.as_manager()

    class Meta:
        ordering = ["on"]


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CaseQuerySet":
        """Cases of patients whose record this staff member may open, for those who attend conferences."""
        rows = self if user.has_perm(Permission.VIEW_CONFERENCE) else self.none()
        return patients_open_to(user, rows, "request__patient")


class ConferenceCase(models.Model):
    """One patient's request on the list of a conference. What is written replaces by version, never silently."""

    class State(models.TextChoices):
        LISTED = "listed", _("Listed")
        DISCUSSED = "discussed", _("Discussed")
        DEFERRED = "deferred", _("Put off")
        REMOVED = "removed", _("Taken off the list")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="cases")
    request = models.ForeignKey(
        "scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="conference_cases"
    )
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.LISTED)
    question = EncryptedTextField(blank=True, default="")
    outcome = EncryptedTextField(blank=True, default="")
    specialties = models.JSONField(default=list)  # codes of domain 1.2 that the patient should see
    records_complete = models.BooleanField(default=False)  # one business day before, as found when discussed (domain 8)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    discussed_at = models.DateTimeField(null=True, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["conference", "position", "added_at"]
        constraints = [models.UniqueConstraint(fields=["conference", "request"], name="one_case_per_conference")]


class Attendance(models.Model):
    """Whether somebody was at the conference."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="attendances")
    clinician = models.ForeignKey("clinic.Clinician", on_delete=models.PROTECT, related_name="+")
    is_present = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conference", "clinician"], name="one_attendance_per_person")]


class Recommendation(models.Model):
    """What one specialty recommends for a case. A new row each time; the latest of a specialty counts."""

    case = models.ForeignKey(ConferenceCase, on_delete=models.PROTECT, related_name="recommendations")
    specialty = models.ForeignKey("clinic.Specialty", on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
