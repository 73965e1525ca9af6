"""Who waits for time that others give back, and what was offered to whom."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from intake.patients.sight import patients_open_to


class WaitlistQuerySet(models.QuerySet):
    def visible_to(self, user) -> "WaitlistQuerySet":
        """Entries of patients whose record this staff member may open."""
        return patients_open_to(user, self, "request__patient")


class WaitlistEntry(models.Model):
    """One request that waits for freed time: for a first day, or for an earlier one than the visit it has."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered")
        FULFILLED = "fulfilled", _("Has a day")
        LEFT = "left", _("Left the list")
        ENDED = "ended", _("Ended")

    LIVE = (State.WAITING, State.OFFERED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(
        "scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="waitlist_entries"
    )
    visit = models.ForeignKey(  # the booked visit that an earlier day would replace
        "scheduling.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="waitlist_entries"
    )
    specialty = models.ForeignKey(  # only this leg is wanted earlier; empty: the whole day
        "clinic.Specialty", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    earliest_on = models.DateField(null=True, blank=True)
    latest_on = models.DateField(null=True, blank=True)
    weekdays = models.JSONField(default=list, blank=True)  # 0 Monday; empty: any
    notice_hours = models.PositiveSmallIntegerField(default=24)  # the patient needs this long to come
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state__in=["waiting", "offered"]), name="one_place_on_the_waitlist"
            ),
            models.CheckConstraint(
                condition=Q(earliest_on__isnull=True) | Q(latest_on__isnull=True) | Q(latest_on__gte=F("earliest_on")),
                name="waitlist_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["state", "joined_at"], name="waitlist_in_turn")]


class WaitlistMatch(models.Model):
    """Freed time put before one person: as a held offer, or as a task for staff. The same time never twice."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        GONE = "gone", _("The time was gone")

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="matches")
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField(
        "scheduling.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="waitlist_match"
    )
    time_key = models.CharField(max_length=64)  # names the time: its legs with clinician, start and end
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "time_key"], name="same_time_offered_once"),
        ]
        indexes = [models.Index(fields=["entry", "made_at"], name="waitlist_match_of")]
