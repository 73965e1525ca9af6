"""The request: the spine from a report to a visit."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedJSONField, EncryptedTextField
from intake.patients.sight import patients_open_to
from intake.triage.models import Level


class RequestQuerySet(models.QuerySet):
    """Requests, in the words of the worklist."""

    def visible_to(self, user) -> "RequestQuerySet":
        """Requests of patients whose record this staff member may open."""
        return patients_open_to(user, self, "patient")

    def still_open(self) -> "RequestQuerySet":
        """Requests that still need somebody's work."""
        return self.filter(closed_at__isnull=True)


class AppointmentRequest(models.Model):
    """What a patient asks for. `status` caches the pure computation of status.py; only actions write it."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("New")
        IN_REVIEW = "in_review", _("In review")
        NEEDS_INFO = "needs_info", _("Waiting for information")
        RECORDS_PENDING = "records_pending", _("Waiting for records")
        READY = "ready", _("To schedule")
        OFFERED = "offered", _("Offered")
        SCHEDULED = "scheduled", _("Scheduled")
        COMPLETED = "completed", _("Completed")
        REDIRECTED_TO_ED = "redirected_to_ed", _("Sent to the emergency department")
        DECLINED = "declined", _("Not for this clinic")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="requests")
    report = models.OneToOneField("intake.SymptomReport", on_delete=models.PROTECT, related_name="request")
    triage = models.OneToOneField("intake.Triage", on_delete=models.PROTECT, related_name="request")
    filled_by = models.CharField(max_length=20)
    reason_for_contact = EncryptedJSONField(default=list)
    preferences = EncryptedJSONField(default=dict)
    level = models.CharField(max_length=10, choices=Level)  # the highest until a review sets it
    urgency_rank = models.PositiveSmallIntegerField()  # 0 emergency .. 3 routine: the worklist's order
    status = models.CharField(max_length=20, choices=Status, default=Status.SUBMITTED)
    submitted_at = models.DateTimeField()
    contact_due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    visit_due_on = models.DateField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="taken_requests"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    needs_info_since = models.DateTimeField(null=True, blank=True)
    records_complete = models.BooleanField(default=True)
    visit_type = models.ForeignKey("scheduling.VisitType", null=True, blank=True, on_delete=models.PROTECT)
    specialties = models.JSONField(default=list)  # codes of domain 1.2 chosen at the review
    is_frail = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    redirected_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["closed_at", "urgency_rank", "submitted_at"], name="request_worklist"),
            models.Index(fields=["status", "urgency_rank", "submitted_at"], name="request_by_status"),
            models.Index(fields=["taken_by", "closed_at"], name="request_mine"),
            models.Index(  # all that the counts of the worklist ask for, so that they read no answers
                fields=[
                    "status",
                    "taken_by",
                    "contacted_at",
                    "contact_due_at",
                    "visit_due_on",
                    "filled_by",
                    "submitted_at",
                ],
                name="request_open_counts",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class RequestNote(models.Model):
    """What staff did or said about a request, oldest first: the history on the request page."""

    request = models.ForeignKey(AppointmentRequest, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20)
    text = EncryptedTextField(blank=True, default="")
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
