"""What was measured: figures that cannot be computed again once claims have changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.measures.access import Measure


class TnaSnapshot(models.Model):
    """Third next available of one specialty, kind of visit or complete day, as it was on a Monday at 09:00.

    Codes, not keys: a figure outlives the rows it was about. `visit_type` is empty for a specialty as a whole; `what`
    is a specialty's code or the name of a pattern of complete days.
    """

    class Kind(models.TextChoices):
        COMPLETE_DAY = "complete_day", _("Complete day")
        SPECIALTY = "specialty", _("Specialty")
        VISIT_TYPE = "visit_type", _("Kind of visit")

    week_of = models.DateField()  # the Monday
    measured_at = models.DateTimeField()  # later than Monday 09:00 when the worker was away
    kind = models.CharField(max_length=12, choices=Kind)
    visit_type = models.CharField(max_length=30, blank=True, default="")
    what = models.CharField(max_length=20)
    minutes = models.PositiveSmallIntegerField()
    counted = models.PositiveSmallIntegerField()
    total_days = models.PositiveIntegerField()
    beyond = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-week_of", "kind", "visit_type", "what"]
        constraints = [
            models.UniqueConstraint(
                fields=["week_of", "kind", "visit_type", "what"], name="one_tna_snapshot_a_week_and_thing"
            ),
            models.CheckConstraint(
                condition=models.Q(beyond__lte=models.F("counted")), name="tna_snapshot_beyond_is_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week_of} {self.kind} {self.visit_type} {self.what}"

    @property
    def measure(self) -> Measure:
        """The figure as a value."""
        return Measure(self.counted, self.total_days, self.beyond)
