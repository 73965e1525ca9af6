"""What somebody typed on a page whose session had ended."""

from django.db import models

from clinic.platform.crypto.fields import EncryptedJSONField


class KeptForm(models.Model):
    """The fields of one page for half an hour, sealed. Both keys are keyed hashes: nothing tells who or which page.

    It needs the random cookie of the browser that sent it and, opened again, the same draft, request or staff account.
    """

    key = models.CharField(max_length=64, primary_key=True)
    owner = models.CharField(max_length=64, db_index=True)
    content = EncryptedJSONField(default=dict)  # `path` and `fields`: name -> values
    expires_at = models.DateTimeField(db_index=True)
