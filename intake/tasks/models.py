"""Work for the staff that no other list shows: possible duplicates, MRI safety, interest in a trial."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.roles import Permission
from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class StaffTaskQuerySet(models.QuerySet):
    """Tasks, in the words of the staff."""

    def visible_to(self, user) -> "StaffTaskQuerySet":
        """Those about patients whose record this staff member may open; for who handles trials only interest in one.

        Somebody who only asked about a trial may be nobody we know: that task has no patient.
        """
        is_for_trials = user.has_perm(Permission.HANDLE_TRIALS) and not user.has_perm(Permission.HANDLE_TASKS)
        if is_for_trials:
            return self.filter(kind=StaffTask.Kind.TRIAL_INTEREST)
        return patients_open_to(user, self, "patient")

    def still_open(self) -> "StaffTaskQuerySet":
        """Those that wait for somebody, oldest first."""
        return self.filter(state=StaffTask.State.OPEN).order_by("due_at", "created_at", "pk")


class StaffTask(models.Model):
    """One thing to do. `data` holds codes and keys only; what people wrote stands in `note`."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("Possible duplicate")
        MRI_SAFETY = "mri_safety", _("MRI safety")
        VERIFY_PROXY = "verify_proxy", _("Verify who may speak for the patient")
        NEW_SYMPTOMS = "new_symptoms", _("New symptoms reported")
        INSURANCE_HELP = "insurance_help", _("Help with insurance")
        WAITLIST = "waitlist", _("Freed time for somebody who waits")
        CALL = "call", _("Call with news")
        OTHER_DAY = "other_day", _("Asks for another day")
        TRIAL_INTEREST = "trial_interest", _("Interest in a clinical trial")
        DENTAL = "dental", _("Dental check")
        EMERGENCY_UNREACHED = "emergency_unreached", _("Emergency: nobody reached")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DISMISSED = "dismissed", _("Not needed")

    kind = models.CharField(max_length=20, choices=Kind)
    patient = models.ForeignKey(  # none: somebody who only asked about a trial
        "intake.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    report = models.ForeignKey(
        "intake.SymptomReport", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    data = models.JSONField(default=dict)
    dedupe = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = EncryptedTextField(blank=True, default="")

    objects = StaffTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "dedupe"], name="one_task_per_cause", condition=~models.Q(dedupe="")
            )
        ]
        indexes = [models.Index(fields=["state", "due_at", "created_at"], name="tasks_open")]
