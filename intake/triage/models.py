"""What the rules found, what a nurse decided, and alerts with their clock."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class Level(models.TextChoices):
    """Levels of domain 4.1; the stored codes are permanent."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


class OfReports(models.QuerySet):
    """What the rules found in a report, and alerts. An alert whose form was never sent hangs on no patient yet."""

    def visible_to(self, user) -> "OfReports":
        """Those of patients whose record this staff member may open."""
        return patients_open_to(user, self, "report__patient")


class OfTriages(models.QuerySet):
    """Decisions about a triage."""

    def visible_to(self, user) -> "OfTriages":
        """Those of patients whose record this staff member may open."""
        return patients_open_to(user, self, "triage__report__patient")


class Triage(models.Model):
    """The computed result, stored with the answers and never changed afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField("intake.SymptomReport", on_delete=models.PROTECT, related_name="triage")
    level = models.CharField(max_length=10, choices=Level)
    rules = models.JSONField()
    message = models.CharField(max_length=12)
    rule_set = models.CharField(max_length=20)
    is_final = models.BooleanField(default=True)  # False when a rule failed in the program
    failed_rules = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfReports.as_manager()


class TriageReview(models.Model):
    """A nurse's or physician's decision: a new row each time, the first one stays."""

    class Disposition(models.TextChoices):
        EMERGENCY = "emergency"  # emergency department now
        URGENT = "urgent"
        SOON = "soon"
        ROUTINE = "routine"
        NEEDS_INFORMATION = "needs_information"
        NOT_FOR_THIS_CLINIC = "not_for_this_clinic"

    triage = models.ForeignKey(Triage, on_delete=models.PROTECT, related_name="reviews")
    disposition = models.CharField(max_length=20, choices=Disposition)
    computed_level = models.CharField(max_length=10, choices=Level)
    reason = EncryptedTextField(blank=True, default="")
    visit_type = models.CharField(max_length=30, blank=True, default="")
    specialties = models.JSONField(default=list)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    objects = OfTriages.as_manager()

    class Meta:
        ordering = ["reviewed_at", "pk"]


class Alert(models.Model):
    """An emergency that was shown. Written in the transaction that saved the answer; ends only by acknowledgement."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft_id = models.UUIDField(null=True, blank=True)  # no foreign key: the alert outlives the draft
    report = models.ForeignKey(
        "intake.SymptomReport", null=True, blank=True, on_delete=models.PROTECT, related_name="alerts"
    )
    rules = models.JSONField()
    message = models.CharField(max_length=12)
    filled_by = models.CharField(max_length=20)
    call_back_phone = EncryptedTextField(blank=True, default="")
    find_code = models.CharField(max_length=12, db_index=True)  # lets staff find the alert; opens nothing
    detected_at = models.DateTimeField()
    contact_due_at = models.DateTimeField()
    person_said = models.CharField(max_length=20, blank=True, default="")  # going | cannot | mistake
    paged_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)  # nobody had taken it on in time
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=30, blank=True, default="")

    objects = OfReports.as_manager()

    class Meta:
        indexes = [models.Index(fields=["acknowledged_at", "detected_at"], name="alert_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_somebody",
            )
        ]


class ContactAttempt(models.Model):
    """A call to the person. Only one that reached them stops the clock."""

    alert = models.ForeignKey(Alert, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts")
    report = models.ForeignKey(
        "intake.SymptomReport", null=True, blank=True, on_delete=models.PROTECT, related_name="contacts"
    )
    reached = models.BooleanField()
    note = EncryptedTextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class AlertStep(models.Model):
    """One step of an alert with its time, oldest first: what happened, who did it. Never changed."""

    class Kind(models.TextChoices):
        DETECTED = "detected", _("Shown to the person")
        PAGED = "paged", _("On call paged")
        PERSON_SAID = "person_said", _("The person answered")
        ESCALATED = "escalated", _("Escalated: nobody had taken it on")
        ACKNOWLEDGED = "acknowledged", _("Taken on")
        NOT_REACHED = "not_reached", _("Called, not reached")
        REACHED = "reached", _("Reached")
        EMERGENCY_CONTACT = "emergency_contact", _("Emergency contact called")
        WELFARE_CHECK = "welfare_check", _("Welfare check asked for")
        CLOSED = "closed", _("Closed")

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    detail = models.CharField(max_length=30, blank=True, default="")  # a code, such as what the person said
    note = EncryptedTextField(blank=True, default="")
    by_label = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
