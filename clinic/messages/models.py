"""The outbox: what was to be told to whom, and whether it went out."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.platform.crypto.fields import EncryptedJSONField, EncryptedTextField


class MessageQuerySet(models.QuerySet):
    """The outbox, in the words of the staff."""

    def undelivered(self) -> "MessageQuerySet":
        """Messages nobody got: given up, or without an address."""
        return self.filter(state__in=[Message.State.FAILED, Message.State.NO_ADDRESS])


class Message(models.Model):
    """One message. `context` holds links and references only (sealed, since a link opens something)."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        PAGE = "page", _("Page on call")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")
        NO_ADDRESS = "no_address", _("No address to send to")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(_("message"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.EMAIL)
    to = EncryptedTextField(blank=True, default="")
    to_index = models.CharField(max_length=64, blank=True, default="", db_index=True)  # blind: what went to an address
    context = EncryptedJSONField(default=dict)
    language = models.CharField(max_length=10, default="en-us")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    job = models.ForeignKey("clinic.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "created_at"], name="message_by_state")]

    def __str__(self) -> str:
        return f"{self.template} ({self.state})"


class StoppedNumber(models.Model):
    """A telephone whose owner answered STOP: nothing is texted there any more, whoever asks for it."""

    index = models.CharField(max_length=64, primary_key=True)  # blind: the number itself is not kept
    stopped_at = models.DateTimeField(auto_now_add=True)
