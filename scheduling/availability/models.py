"""When clinicians work, and when they, a room or a site do not. Free time is computed from these, never stored."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Weekday(models.IntegerChoices):
    """Python's numbering, used everywhere."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WeeklySession(models.Model):
    """A clinician's regular working time on one weekday, in the clinic's own time zone."""

    clinician = models.ForeignKey("clinic.Clinician", on_delete=models.CASCADE, related_name="sessions")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    every_n_weeks = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(8)])
    reserve_minutes = models.PositiveSmallIntegerField(
        default=30, help_text=_("The last minutes of the session, kept for urgent requests until the day before")
    )
    site = models.ForeignKey(
        "clinic.Site",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the clinician's own site"),
    )
    visit_types = models.ManyToManyField(
        "scheduling.VisitType", blank=True, related_name="+", help_text=_("None chosen: every kind of visit")
    )

    class Meta:
        ordering = ["clinician_id", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="weekly_session_ends_after_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="weekly_session_valid_range",
            ),
            models.CheckConstraint(condition=Q(weekday__gte=0, weekday__lte=6), name="weekly_session_weekday"),
            models.CheckConstraint(condition=Q(every_n_weeks__gte=1), name="weekly_session_every_n_weeks"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"


class SessionException(models.Model):
    """One day on which a clinician works at other times: `adds` adds time, otherwise it takes time away."""

    clinician = models.ForeignKey("clinic.Clinician", on_delete=models.CASCADE, related_name="exceptions")
    on = models.DateField()
    adds = models.BooleanField(default=False)
    starts = models.TimeField()
    ends = models.TimeField()
    reason = models.CharField(max_length=120, blank=True, default="")
    site = models.ForeignKey(
        "clinic.Site",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: time is added at the clinician's own site, and taken away at every site"),
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="exception_ends_after_start")]
        indexes = [models.Index(fields=["on"], name="exception_on")]


class Closure(models.Model):
    """Closed time of a clinician, a room, a site, or (all empty) of the whole clinic."""

    clinician = models.ForeignKey("clinic.Clinician", null=True, blank=True, on_delete=models.CASCADE)
    room = models.ForeignKey("clinic.Room", null=True, blank=True, on_delete=models.CASCADE)
    site = models.ForeignKey("clinic.Site", null=True, blank=True, on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="closure_ends_after_start")]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="closure_time")]


class Buffer(models.Model):
    """Time that a clinician keeps free around each appointment, whatever the kind of visit."""

    clinician = models.OneToOneField("clinic.Clinician", on_delete=models.CASCADE, related_name="buffer")
    before_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(120)])
    after_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(120)])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(before_minutes__lte=120, after_minutes__lte=120), name="buffer_sensible")
        ]
