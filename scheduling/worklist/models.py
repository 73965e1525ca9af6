"""What a member of the staff keeps of the worklist: named filters."""

from django.conf import settings
from django.db import models


class SavedFilter(models.Model):
    """A filter of the worklist under a name of one's own. `query` holds known keys and codes only, never a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_filter_per_name")]
