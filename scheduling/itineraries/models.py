"""Visit types and the legs they are made of."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class VisitType(models.Model):
    """A kind of visit (`coordinated_new`, `single_new`, `follow_up`, `ct_simulation`)."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    takes_suggested_legs = models.BooleanField(
        default=False, help_text=_("The specialties chosen at review are added between the fixed legs")
    )
    is_self_bookable = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    buffer_before_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(120)],
        help_text=_("Kept free between an appointment of this kind and the one before, for each clinician"),
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(120)],
        help_text=_("Kept free between an appointment of this kind and the next, for each clinician"),
    )
    notice_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(60 * 24 * 60)],
        help_text=_("The least time between booking and start. Empty: as the clinic has set it"),
    )
    horizon_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(730)],
        help_text=_("How many days ahead it can be booked. Empty: as the clinic has set it"),
    )

    gap_min_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(120)],
        help_text=_("The shortest pause between two appointments. Empty: as the clinic has set it"),
    )
    gap_max_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(240)],
        help_text=_("The longest pause between two appointments. Empty: as the clinic has set it"),
    )
    total_max_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(720)],
        help_text=_("The longest stay, first start to last end. Empty: as the clinic has set it"),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=120, buffer_after_minutes__lte=120),
                name="visit_type_buffer_sensible",
            ),
            models.CheckConstraint(
                condition=Q(gap_min_minutes__isnull=True)
                | Q(gap_max_minutes__isnull=True)
                | Q(gap_max_minutes__gte=F("gap_min_minutes")),
                name="visit_type_gaps_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitTypeLeg(models.Model):
    """One fixed leg of a visit type. No specialty means: the one chosen for the visit."""

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        VIDEO = "video", _("By video")
        PHONE = "phone", _("By phone")

    class Stage(models.TextChoices):
        FIRST = "first", _("First")
        IMAGING = "imaging", _("Imaging")
        CONSULT = "consult", _("Consult")
        WRAP_UP = "wrap_up", _("Wrap-up")

    visit_type = models.ForeignKey(VisitType, on_delete=models.CASCADE, related_name="legs")
    position = models.PositiveSmallIntegerField()
    specialty = models.ForeignKey("clinic.Specialty", null=True, blank=True, on_delete=models.PROTECT)
    minutes = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.IN_PERSON)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.CONSULT)
    extra_room_kind = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["visit_type", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit_type", "position"], name="one_leg_per_position"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=330), name="leg_minutes_sensible"),
        ]
