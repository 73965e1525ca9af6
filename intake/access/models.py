"""Links that open something for a person without an account."""

from django.db import models


class AccessLink(models.Model):
    """A link of 128 random bits, stored hashed. Following it changes nothing; posting the birth date opens it.

    `purpose` says what it opens: `offer`, `visit`, `draft`, `other_device` (a draft, or what it became),
    `sign_in` and `sign_in_code` (the patient). `subject_id` is the row it opens.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=40)
    birth_date_index = models.CharField(max_length=64)
    single_use = models.BooleanField(default=False)
    used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject_id"], name="access_link_subject")]


class KnownNetwork(models.Model):
    """A network from which the rightful person has opened something: strangers elsewhere cannot use up its tries.

    `key` is the blind index of what was opened together with the network; neither can be read back.
    """

    key = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)
