"""A visit (a day), its appointments (legs), and the claims on time that make double booking impossible."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user) -> "VisitQuerySet":
        """Visits of patients whose record this staff member may open."""
        return patients_open_to(user, self, "patient")


class Visit(models.Model):
    """One day of a patient at the clinic; all its legs are booked or none."""

    class State(models.TextChoices):
        HELD = "held", _("Held")
        BOOKED = "booked", _("Booked")
        CHECKED_IN = "checked_in", _("Checked in")
        IN_VISIT = "in_visit", _("In the visit")
        COMPLETED = "completed", _("Completed")
        EXPIRED = "expired", _("Expired")
        RELEASED = "released", _("Released")
        CANCELLED_BY_PATIENT = "cancelled_by_patient", _("Canceled by the patient")
        CANCELLED_BY_CLINIC = "cancelled_by_clinic", _("Canceled by the clinic")
        NO_SHOW = "no_show", _("Did not come")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # also the calendar file's UID
    request = models.ForeignKey("scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="visits")
    offer = models.ForeignKey(
        "scheduling.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="alternatives"
    )
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="visits")
    visit_type = models.ForeignKey("scheduling.VisitType", on_delete=models.PROTECT)
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT)
    room = models.ForeignKey("clinic.Room", null=True, blank=True, on_delete=models.PROTECT)  # none: all legs remote
    interpreter = models.ForeignKey(
        "clinic.Clinician", null=True, blank=True, on_delete=models.PROTECT, related_name="interpreted_visits"
    )  # claimed from the first start to the last end
    state = models.CharField(max_length=25, choices=State, default=State.HELD)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    calendar_sequence = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    is_late_cancellation = models.BooleanField(default=False)
    is_walk_in = models.BooleanField(default=False)
    late_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # the patient called: this much later
    only_until: datetime | None = None  # no column: of a held day whose own hold ends before the offer does

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="visit_ends_after_start")]
        indexes = [models.Index(fields=["state", "starts_at"], name="visit_by_day")]

    @property
    def is_at_home(self) -> bool:
        """Whether the patient need not come: a visit has a room unless all its appointments are by video or phone."""
        return self.room_id is None


class Appointment(models.Model):
    """One leg: one clinician for some minutes, in the stay room unless it has a room of its own."""

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        VIDEO = "video", _("By video")
        PHONE = "phone", _("By phone")

    class State(models.TextChoices):
        HELD = "held", _("Held")
        BOOKED = "booked", _("Booked")
        WITH_CLINICIAN = "with_clinician", _("With the clinician")
        DONE = "done", _("Done")
        EXPIRED = "expired", _("Expired")
        RELEASED = "released", _("Released")
        CANCELLED_BY_PATIENT = "cancelled_by_patient", _("Canceled by the patient")
        CANCELLED_BY_CLINIC = "cancelled_by_clinic", _("Canceled by the clinic")
        NO_SHOW = "no_show", _("Did not come")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="appointments")
    position = models.PositiveSmallIntegerField()
    specialty = models.ForeignKey("clinic.Specialty", on_delete=models.PROTECT)
    clinician = models.ForeignKey("clinic.Clinician", on_delete=models.PROTECT, related_name="appointments")
    room = models.ForeignKey("clinic.Room", null=True, blank=True, on_delete=models.PROTECT)  # its own, such as CT
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.IN_PERSON)
    state = models.CharField(max_length=25, choices=State, default=State.HELD)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_overbooked = models.BooleanField(default=False)
    overbooking_reason = EncryptedTextField(null=True, blank=True)

    class Meta:
        ordering = ["visit", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"),
            models.UniqueConstraint(fields=["visit", "position"], name="one_appointment_per_position"),
            models.CheckConstraint(
                condition=Q(is_overbooked=False) | Q(overbooking_reason__isnull=False), name="overbooking_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["clinician", "starts_at"], name="appointment_of_clinician")]


class Claim(models.Model):
    """Time taken of one clinician, one room or one patient. A row exists exactly as long as the time is taken.

    The database refuses two overlapping claims of one resource (migrations 0002, 0006): exclusion constraints on
    PostgreSQL, triggers on SQLite. A claim with `expires_at` is a hold; whoever wants its time after that deletes it
    first. A claim without a visit is a busy time from elsewhere.

    A clinician's time has two lanes (decision 0008). A claim takes both; one that `is_shared` has left the second, and
    one that `is_overbooked` takes only the second. So nothing but an overbooked claim ever lies over another one, and
    nothing at all over an overbooked one.
    """

    clinician = models.ForeignKey("clinic.Clinician", null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    room = models.ForeignKey("clinic.Room", null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    patient = models.ForeignKey("intake.Patient", null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.CASCADE, related_name="claims")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=80, blank=True, default="")
    is_overbooked = models.BooleanField(default=False, db_default=False)
    is_shared = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="claim_ends_after_start"),
            models.CheckConstraint(
                condition=Q(is_overbooked=False, is_shared=False)
                | (
                    Q(clinician__isnull=False, visit__isnull=False, expires_at__isnull=True)
                    & (Q(is_overbooked=False) | Q(is_shared=False))
                ),
                name="claim_lanes_of_a_booked_clinician",
            ),
            models.CheckConstraint(
                condition=Q(clinician__isnull=False, room__isnull=True, patient__isnull=True)
                | Q(clinician__isnull=True, room__isnull=False, patient__isnull=True)
                | Q(clinician__isnull=True, room__isnull=True, patient__isnull=False),
                name="claim_of_exactly_one_resource",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinician", "starts_at"], name="claim_clinician", condition=Q(clinician__isnull=False)
            ),
            models.Index(fields=["room", "starts_at"], name="claim_room", condition=Q(room__isnull=False)),
            models.Index(fields=["patient", "starts_at"], name="claim_patient", condition=Q(patient__isnull=False)),
            models.Index(fields=["starts_at"], name="claim_time"),
        ]


class StateChange(models.Model):
    """One move of a visit, an appointment, a request or an offer: who, when, why. Never changed."""

    thing = models.CharField(max_length=20)
    thing_id = models.UUIDField()
    from_state = models.CharField(max_length=25, blank=True, default="")
    to_state = models.CharField(max_length=25)
    by_kind = models.CharField(max_length=12)
    by_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["thing", "thing_id", "at"], name="state_change_of")]


class VisitChange(models.Model):
    """One change of a booked visit that can be undone for a while: how its legs were before and after.

    `before` and `after` are lists of legs as {"id", "position", "specialty", "clinician", "room", "mode", "state",
    "starts_at", "ends_at", "is_overbooked"} with the visit's own facts under "visit". Never changed but by its undoing.
    """

    class Kind(models.TextChoices):
        MOVE_LEG = "move_leg", _("An appointment moved")
        SWAP_CLINICIAN = "swap_clinician", _("Another clinician")
        MOVE_DAY = "move_day", _("The whole visit moved")
        ADD_LEG = "add_leg", _("An appointment added")
        DROP_LEG = "drop_leg", _("An appointment taken out")
        CANCEL = "cancel", _("Canceled")
        NO_SHOW = "no_show", _("Did not come")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=Kind)
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=40, blank=True, default="")
    by_kind = models.CharField(max_length=12)
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["visit", "at"], name="visit_change_of")]
