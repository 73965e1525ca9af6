"""Token buckets: how often something may be tried."""

from django.db import models


class TokenBucket(models.Model):
    """One bucket of one keyed-hashed key; `refilled_at` in seconds since the epoch."""

    name = models.CharField(max_length=80, primary_key=True)
    tokens = models.FloatField()
    refilled_at = models.FloatField(db_index=True)
