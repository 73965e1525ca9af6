"""Empties saved forms whose time is over."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from intake.registration.actions import expire_due_drafts


class Command(BaseCommand):
    help = "Empty saved forms whose time is over (the worker does the same once a day)."

    def handle(self, *args, **options) -> None:
        emptied, now = 0, timezone.now()
        while step := expire_due_drafts(now):
            emptied += step
        self.stdout.write(f"{emptied} saved forms emptied")
