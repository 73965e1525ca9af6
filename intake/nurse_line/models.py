"""Questions to the nurses and wishes to be called back, from anybody: patients, families, people who only read."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.accounts.roles import Permission
from clinic.platform.crypto.fields import EncryptedJSONField, EncryptedTextField
from intake.triage.models import Level


class Topic(models.TextChoices):
    """What it is about (domain 1.8). Symptoms are asked about safety first."""

    SYMPTOMS = "symptoms", _("Pain or another symptom")
    TESTS = "tests", _("Tests and scans")
    TREATMENT = "treatment", _("Treatment or medicine")
    APPOINTMENT = "appointment", _("An appointment")
    COST = "cost", _("Costs or insurance")
    SUPPORT = "support", _("Help and support")
    TRIALS = "trials", _("Clinical trials")
    OTHER = "other", _("Something else")


class NurseQuestionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "NurseQuestionQuerySet":
        """For those who call people back; the trials coordinator sees questions about trials."""
        if user.has_perm(Permission.LOG_CONTACT):
            return self
        return self.filter(topic=Topic.TRIALS) if user.has_perm(Permission.HANDLE_TRIALS) else self.none()

    def still_open(self) -> "NurseQuestionQuerySet":
        """Those that wait for an answer, the most urgent and then the one due first on top."""
        return self.filter(closed_at__isnull=True).order_by("urgency_rank", "due_at", "pk")


class NurseQuestion(models.Model):
    """One question or wish to be called. Whoever asks may be nobody we know: it hangs on no patient."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        CALL_BACK = "call_back", _("Call back")

    class State(models.TextChoices):
        NEW = "new", _("New")
        ASSIGNED = "assigned", _("Taken")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        CONVERTED = "converted_to_request", _("Became a request")

    class BestTime(models.TextChoices):
        ANY = "any", _("Any time")
        MORNING = "morning", _("In the morning")
        AFTERNOON = "afternoon", _("In the afternoon")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    topic = models.CharField(max_length=12, choices=Topic)
    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    level = models.CharField(max_length=10, choices=Level, default=Level.ROUTINE)
    urgency_rank = models.PositiveSmallIntegerField()  # 0 emergency .. 3 routine
    rules = models.JSONField(default=list)  # ids that fired, when safety was asked about
    safety = EncryptedJSONField(default=list)  # what was asked and answered, as it was shown
    draft_id = models.UUIDField(null=True, blank=True)  # alerts of the same person hang on it
    filled_by = models.CharField(max_length=20)
    name = EncryptedTextField()
    phone = EncryptedTextField()
    best_time = models.CharField(max_length=10, choices=BestTime, default=BestTime.ANY)
    is_our_patient = models.CharField(max_length=10, blank=True, default="")
    language = models.CharField(max_length=8, default="en")
    ok_voicemail = models.BooleanField(default=False)
    text = EncryptedTextField(blank=True, default="")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)  # the person was reached: the clock stops
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = NurseQuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["urgency_rank", "due_at"], name="question_waiting", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["asked_at"], name="question_asked"),
        ]


class QuestionNote(models.Model):
    """What the staff did about a question: a try to call, the answer given, why it was closed."""

    class Kind(models.TextChoices):
        TAKEN = "taken", _("Taken")
        NOT_REACHED = "not_reached", _("Called, not reached")
        ANSWERED = "answered", _("Answered by phone")
        CLOSED = "closed", _("Closed")
        CONVERTED = "converted", _("Became a request")

    question = models.ForeignKey(NurseQuestion, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    text = EncryptedTextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
