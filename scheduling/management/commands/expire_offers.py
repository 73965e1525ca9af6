"""Frees held days whose time is over."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from scheduling.offers.actions import expire_due_offers


class Command(BaseCommand):
    help = "Free held days whose time is over (the worker does the same by itself)."

    def handle(self, *args, **options) -> None:
        freed, now = 0, timezone.now()
        while step := expire_due_offers(now):
            freed += step
        self.stdout.write(f"{freed} held days freed")
