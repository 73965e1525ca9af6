"""Loads the starter texts that are not there yet; what is there is never touched."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.education.actions import load_starters


class Command(BaseCommand):
    """New articles wait for a clinician's review in the admin; only the demonstration may publish them at once."""

    help = "Load the starter articles and words. Nothing that is there is changed."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--publish", action="store_true", help="publish at once: only in the demonstration")

    def handle(self, *args, **options) -> None:
        if options["publish"] and not settings.DEMONSTRATION:
            raise CommandError("A clinician must review each article first: publish them in the admin.")
        articles, words = load_starters(now=timezone.now(), publish=options["publish"])
        self.stdout.write(f"{articles} articles and {words} words loaded.")
