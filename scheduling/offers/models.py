"""Up to three held days put before the patient."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedTextField
from intake.patients.sight import patients_open_to


class OfferQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OfferQuerySet":
        """Offers of patients whose record this staff member may open."""
        return patients_open_to(user, self, "request__patient")


class Offer(models.Model):
    """Its alternatives are Visits in state `held` until `expires_at`. One open offer a request."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        RELEASED = "released", _("Taken back")

    class Origin(models.TextChoices):
        STAFF = "staff", _("Planned by staff")
        WAITLIST = "waitlist", _("From the waitlist")
        SELF = "self", _("Chosen by the patient")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("scheduling.AppointmentRequest", on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.STAFF)
    replaces = models.ForeignKey(  # the booked visit that gives way when a day of this offer is accepted
        "scheduling.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="replacements"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decline_reason = EncryptedTextField(blank=True, default="")
    wants_call = models.BooleanField(default=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(state="open"), name="one_open_offer_a_request")
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="offer_expiry")]
