"""After the visit: what was planned, the letter to the referrer, and the calls that ask how it went."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class OfPatients(models.QuerySet):
    """Rows that belong to a patient's request."""

    def visible_to(self, user) -> "OfPatients":
        """Those of patients whose record this staff member may open."""
        return patients_open_to(user, self, "request__patient")


class PlanItem(models.Model):
    """One thing that shall be done for the patient: what, who, by when."""

    class Kind(models.TextChoices):
        RADIATION = "radiation", _("Radiation")
        SURGERY = "surgery", _("Surgery")
        PROCEDURE = "procedure", _("Procedure")
        DRUG = "drug", _("Medicine")
        BONE_AGENT = "bone_agent", _("Bone medicine")
        IMAGING = "imaging", _("Imaging")
        LABS = "labs", _("Blood tests")
        REHAB = "rehab", _("Rehabilitation or brace")
        SUPPORT = "support", _("Palliative care and support")
        REFERRAL = "referral", _("Referral")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Not needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="plan_items")
    kind = models.CharField(max_length=12, choices=Kind)
    text = EncryptedTextField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="plan_items"
    )
    owner_outside = EncryptedTextField(blank=True, default="")  # somebody who is not of this clinic
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    done_on = models.DateField(null=True, blank=True)  # the day it was done or, for radiation, begun or simulated
    closed_reason = EncryptedTextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = OfPatients.as_manager()

    class Meta:
        ordering = ["due_on", "created_at"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="plan_items_open"),
            models.Index(fields=["owner", "state", "due_on"], name="plan_items_of"),
        ]


class Letter(models.Model):
    """A letter about a request to the referrer or the patient. A draft can change or be thrown away; a sent one not."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report to the referrer")
        DISPOSITION = "disposition", _("Letter about a decision")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        DISCARDED = "discarded", _("Thrown away")  # a draft that nobody sends; it can be taken up again

    class How(models.TextChoices):
        FAX = "fax", _("Fax")
        MAIL = "mail", _("Mail")
        HAND = "hand", _("Handed over")
        RECORD_EXCHANGE = "record_exchange", _("Exchange of records")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="letters")
    visit = models.ForeignKey(
        "scheduling.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    template = models.CharField(max_length=30, blank=True, default="")
    addressee = EncryptedTextField()
    body = EncryptedTextField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    how = models.CharField(max_length=20, choices=How, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OfPatients.as_manager()

    class Meta:
        ordering = ["written_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], sent_at__isnull=True)
                | Q(state="sent", sent_at__isnull=False),
                name="letter_sent_at_some_time",
            )
        ]


class FollowUpCall(models.Model):
    """The call of day 7 or week 4 after a completed visit (domain 8)."""

    class Kind(models.TextChoices):
        DAY_7 = "day_7", _("Day 7 call")
        WEEK_4 = "week_4", _("Week 4 call")

    class State(models.TextChoices):
        DUE = "due", _("Due")
        REACHED = "reached", _("Reached")
        CLOSED = "closed", _("Closed without an answer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(
        "scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="follow_up_calls"
    )
    visit = models.ForeignKey("scheduling.Visit", on_delete=models.PROTECT, related_name="follow_up_calls")
    kind = models.CharField(max_length=10, choices=Kind)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    reached_at = models.DateTimeField(null=True, blank=True)
    pain_worst = models.PositiveSmallIntegerField(null=True, blank=True)  # 0-10, past 24 hours
    ecog_self = models.PositiveSmallIntegerField(null=True, blank=True)  # 0-4, daily life as the patient says it
    problems = EncryptedTextField(blank=True, default="")
    closed_reason = EncryptedTextField(blank=True, default="")

    objects = OfPatients.as_manager()

    class Meta:
        ordering = ["due_on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind"], name="one_follow_up_call_of_a_kind"),
            models.CheckConstraint(
                condition=Q(pain_worst__isnull=True) | Q(pain_worst__lte=10), name="follow_up_pain_within_10"
            ),
            models.CheckConstraint(
                condition=Q(ecog_self__isnull=True) | Q(ecog_self__lte=4), name="follow_up_ecog_within_4"
            ),
            models.CheckConstraint(
                condition=~Q(state="reached") | Q(reached_at__isnull=False), name="reached_call_has_its_time"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="follow_up_calls_due")]


class FollowUpAttempt(models.Model):
    """One try of a follow-up call."""

    call = models.ForeignKey(FollowUpCall, on_delete=models.PROTECT, related_name="attempts")
    reached = models.BooleanField()
    note = EncryptedTextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]


class HospitalEvent(models.Model):
    """A visit to an emergency department, or an admission, that staff learn of: what under-triage is measured by."""

    class Kind(models.TextChoices):
        ED_VISIT = "ed_visit", _("Emergency department")
        ADMISSION = "admission", _("Admission")

    class Cause(models.TextChoices):
        CORD_COMPRESSION = "cord_compression", _("Spinal cord compression")
        FRACTURE = "fracture", _("Fracture")
        HYPERCALCEMIA = "hypercalcemia", _("High calcium")
        OTHER = "other", _("Other")

    request = models.ForeignKey(
        "scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="hospital_events"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    cause = models.CharField(max_length=20, choices=Cause)
    on = models.DateField()
    note = EncryptedTextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfPatients.as_manager()

    class Meta:
        ordering = ["on", "pk"]
