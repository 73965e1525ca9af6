"""Records that the visit needs: what is waited for, and the files that were added."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class RecordQuerySet(models.QuerySet):
    """Rows of records, in the words of the clinic."""

    def visible_to(self, user):
        """Those of patients whose record this staff member may open."""
        return patients_open_to(user, self, "report__patient")


class ReadinessItem(models.Model):
    """One thing the visit needs and staff chase: who asked for it, who has it."""

    class State(models.TextChoices):
        NEEDED = "needed", _("Needed")
        REQUESTED = "requested", _("Requested")
        RECEIVED = "received", _("Received")
        NOT_NEEDED = "not_needed", _("Not needed")

    report = models.ForeignKey("intake.SymptomReport", on_delete=models.PROTECT, related_name="readiness")
    kind = models.CharField(max_length=30)  # imaging, pathology, labs, notes, medicines, insurance, other
    detail = EncryptedTextField(blank=True, default="")  # "CT of the spine, May 2026"
    source = EncryptedTextField(blank=True, default="")  # where it comes from
    is_required = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=State, default=State.NEEDED)
    from_answer = models.CharField(max_length=40, blank=True, default="")  # which answer made it, so that it comes once
    requested_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.CharField(max_length=120, blank=True, default="")
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.CharField(max_length=120, blank=True, default="")
    by_file = models.ForeignKey(  # the added file that counts as this record
        "intake.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "from_answer"], name="one_item_per_answer", condition=~models.Q(from_answer="")
            )
        ]


class Upload(models.Model):
    """A file that was added. It lies under a random name outside the static tree, only ever sent as attachment."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        KEPT = "kept", _("Added")
        REFUSED = "refused", _("Not added")
        REMOVED = "removed", _("Removed")

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", _("Not scanned for viruses")
        CLEAN = "clean", _("Scanned")
        INFECTED = "infected", _("Virus found")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey("intake.SymptomReport", on_delete=models.PROTECT, related_name="uploads")
    kind = models.CharField(max_length=30)  # a code of records/kinds.py
    original_name = EncryptedTextField()  # what the person called it; never a name on disk or in a header
    stored_name = models.CharField(max_length=64, blank=True, default="")  # random
    content_type = models.CharField(max_length=40, blank=True, default="")
    size_bytes = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    scan = models.CharField(max_length=12, choices=Scan, default=Scan.NOT_SCANNED)
    refusal = models.CharField(max_length=40, blank=True, default="")  # a code: too_large, wrong_type, locked ...
    by_kind = models.CharField(max_length=20)
    by_id = models.CharField(max_length=60)
    by_label = models.CharField(max_length=120, blank=True, default="")  # the name of a member of the staff
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["report", "state", "added_at"], name="uploads_of_report")]
