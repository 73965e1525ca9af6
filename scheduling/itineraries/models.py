"""Visit types and the legs they are made of."""

from django.db import models
from django.db.models import Q
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

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VisitTypeLeg(models.Model):
    """One fixed leg of a visit type. No specialty means: the one chosen for the visit."""

    class Stage(models.TextChoices):
        FIRST = "first", _("First")
        IMAGING = "imaging", _("Imaging")
        CONSULT = "consult", _("Consult")
        WRAP_UP = "wrap_up", _("Wrap-up")

    visit_type = models.ForeignKey(VisitType, on_delete=models.CASCADE, related_name="legs")
    position = models.PositiveSmallIntegerField()
    specialty = models.ForeignKey("clinic.Specialty", null=True, blank=True, on_delete=models.PROTECT)
    minutes = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.CONSULT)
    extra_room_kind = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["visit_type", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit_type", "position"], name="one_leg_per_position"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=330), name="leg_minutes_sensible"),
        ]
