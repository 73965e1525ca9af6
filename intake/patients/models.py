"""The patient as a person, and those who may act for them."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class PatientQuerySet(models.QuerySet):
    """Rows of patients, in the words of the clinic."""

    def visible_to(self, user) -> "PatientQuerySet":
        """The patients whose record this staff member may open; nobody else's."""
        return patients_open_to(user, self, "pk")


class Patient(models.Model):
    """A person registered with the clinic. Everything that names them is encrypted; look-ups use blind indexes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    legal_first_name = EncryptedTextField(blank=True, default="")
    legal_last_name = EncryptedTextField(blank=True, default="")
    date_of_birth = EncryptedTextField()  # YYYY-MM-DD
    phone_primary = EncryptedTextField()  # E.164
    phone_type = models.CharField(max_length=10)
    ok_voicemail = models.CharField(max_length=20)
    email = EncryptedTextField(blank=True, default="")
    zip = EncryptedTextField()
    preferred_language = models.CharField(max_length=20, default="en")
    interpreter_needed = models.CharField(max_length=20, blank=True, default="")
    contact_preference = models.JSONField(default=list)
    contact_times = models.JSONField(default=list)
    npp_ack = models.CharField(max_length=20)
    npp_version = models.CharField(max_length=20)
    npp_at = models.DateTimeField()
    consent_sms_at = models.DateTimeField(null=True, blank=True)
    consent_email_at = models.DateTimeField(null=True, blank=True)
    consent_wording = models.CharField(max_length=20, blank=True, default="")
    # keyed blind indexes: equality look-ups without keeping the value in clear
    birth_date_index = models.CharField(max_length=64, db_index=True)
    phone_index = models.CharField(max_length=64, db_index=True)
    name_index = models.CharField(max_length=64, db_index=True)
    email_index = models.CharField(max_length=64, blank=True, default="", db_index=True)  # empty without an address
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, db_default=1)  # the second of two editors is told
    is_test = models.BooleanField(default=False, db_default=False)  # made to try the system out: counted in no measure
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed")

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")

    def __str__(self) -> str:
        return str(self.pk)  # never a name: this ends up in logs and admin histories

    @property
    def full_name(self) -> str:
        """First and last name as given, for pages only."""
        return f"{self.legal_first_name} {self.legal_last_name}".strip()


class NamePrefix(models.Model):
    """Blind index of a trimmed prefix of a name, so that staff can search by the first letters."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="name_prefixes")
    prefix_index = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "prefix_index"], name="one_row_per_prefix")]


class Proxy(models.Model):
    """Someone who fills in or speaks for a patient. Nothing flows back to them before staff verify the authority."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="proxies")
    name = EncryptedTextField()
    relation = models.CharField(max_length=40)
    phone = EncryptedTextField(blank=True, default="")
    authority = models.CharField(max_length=30)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)


class Coverage(models.Model):
    """Insurance as the patient told it. It never holds up a request; `auth_*` are filled in by staff."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="coverages")
    position = models.PositiveSmallIntegerField(default=1)  # 1 primary, 2 secondary
    payer_type = models.CharField(max_length=30)
    payer_name = EncryptedTextField(blank=True, default="")
    member_id = EncryptedTextField(blank=True, default="")
    group_number = EncryptedTextField(blank=True, default="")
    subscriber_name = EncryptedTextField(blank=True, default="")
    subscriber_dob = EncryptedTextField(blank=True, default="")  # YYYY-MM-DD
    subscriber_relation = models.CharField(max_length=20, blank=True, default="")
    auth_required = models.BooleanField(null=True, blank=True)
    auth_number = EncryptedTextField(blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "position"], name="one_coverage_per_position")]


class PatientMerge(models.Model):
    """Two records that staff found to be one person. Nothing is deleted: `moved` tells which rows to move back."""

    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_kept")
    absorbed = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_absorbed")
    moved = models.JSONField(default=dict)  # model label -> keys of the rows that were moved
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True, default="")
