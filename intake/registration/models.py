"""What a person has typed before sending it."""

import uuid

from django.db import models

from clinic.platform.crypto.fields import EncryptedJSONField


class Draft(models.Model):
    """A registration being filled in: answers by step, saved at each Continue.

    Without a birth date it lives in its own browser session only, 20 minutes idle; with one, 30 days.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SENT = "sent"
        EXPIRED = "expired"

    class Purpose(models.TextChoices):
        REGISTRATION = "registration"
        SYMPTOMS = "symptoms"  # new symptoms of somebody who has sent a request
        NURSE_LINE = "nurse_line"  # the urgent check before a question about symptoms

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.REGISTRATION)
    # new symptoms only: the report of the request they add to
    report = models.ForeignKey(
        "intake.SymptomReport", null=True, blank=True, on_delete=models.CASCADE, related_name="drafts"
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    filled_by = models.CharField(max_length=20, default="patient")
    answers = EncryptedJSONField(default=dict)  # flat: key -> value as in domain 2.2 and 4.2
    steps_done = models.JSONField(default=list)  # slugs in the order they were saved
    step_versions = models.JSONField(default=dict)  # slug -> number of saves, so that a second tab is told
    emergency_rules = models.JSONField(default=list)  # every EMERGENCY rule ever shown while filling in
    failed_rules = models.JSONField(default=list)  # ids of EMERGENCY rules that failed in the program: told once
    resume_code_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    birth_date_index = models.CharField(max_length=64, blank=True, default="")
    request_reference = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "expires_at"], name="draft_expiry")]
