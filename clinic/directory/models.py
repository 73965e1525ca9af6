"""Reference data of the clinic, kept in the admin: where, what, who, and days off."""

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Site(models.Model):
    """A place where patients are seen."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    address = models.CharField(_("address"), max_length=200, blank=True, default="")
    directions = models.TextField(_("how to get there"), blank=True, default="")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a site: a patient stays in one `stay` room for the whole visit; CT is a leg's own extra room."""

    class Kind(models.TextChoices):
        STAY = "stay", _("Patient room")
        CT = "ct", _("CT room")
        OTHER = "other", _("Other room")

    site = models.ForeignKey(Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STAY)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["site", "name"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_room_per_name")]

    def __str__(self) -> str:
        return self.name


class Specialty(models.Model):
    """A discipline of domain 1.2. Only one with `is_leg` can be part of a day; the others prepare, note or refer."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[RegexValidator(r"^[A-Z][A-Z0-9_]+\Z")])
    name = models.CharField(_("name"), max_length=80)
    default_minutes = models.PositiveSmallIntegerField(
        _("usual length in minutes"), validators=[MaxValueValidator(330)], help_text=_("0 when there is no visit.")
    )
    is_physician = models.BooleanField(_("physician consult"), default=False)
    is_leg = models.BooleanField(_("can be part of a visit"), default=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Meta:
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_leg=False) | Q(default_minutes__gte=5, default_minutes__lte=330),
                name="leg_specialty_has_minutes",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class Clinician(models.Model):
    """Somebody patients have appointments with; the account is optional."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="clinician",
    )
    name = models.CharField(_("name"), max_length=120)
    specialty = models.ForeignKey(
        Specialty, verbose_name=_("specialty"), on_delete=models.PROTECT, related_name="clinicians"
    )
    site = models.ForeignKey(Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="clinicians")
    languages = models.JSONField(
        _("languages"), default=list, blank=True, help_text=_("Of an interpreter: codes such as es, vi, asl")
    )
    video_link = models.CharField(
        _("link for visits by video"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        validators=[URLValidator(schemes=["https"])],
        help_text=_("https only, and one with a waiting room. Patients see it on their own page, never in a message."),
    )
    video_note = models.CharField(
        _("how to join by video"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown beside the link, such as a passcode or a number to dial."),
    )
    is_active = models.BooleanField(_("sees patients"), default=True)

    class Meta:
        verbose_name = _("clinician")
        verbose_name_plural = _("clinicians")
        ordering = ["specialty", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which no business hours pass and no sessions run."""

    on = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.name}"
