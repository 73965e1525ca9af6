"""A mark that changes with whatever public pages read from the database."""

from django.db import models


class ContentStamp(models.Model):
    """One row. The database's own triggers (migration 0011) draw a new mark at each change of a table in READ_BY_PAGES.

    So no write can forget it, and a page that was kept under an older mark is never shown again (public_pages.py).
    """

    mark = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.mark
