"""Proves that the cached status of every request is the one its facts give."""

from django.core.management.base import BaseCommand, CommandError

from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import computed_status, refresh_statuses, with_facts


class Command(BaseCommand):
    help = "Compare the stored status of all requests with the computed one; exit status 1 when any differs."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--repair", action="store_true", help="write the computed status")

    def handle(self, *args, **options) -> None:
        wrong, count = [], 0
        for wanted in with_facts(AppointmentRequest.objects.order_by("pk")).iterator(chunk_size=500):
            count += 1
            if wanted.status != (computed := computed_status(wanted)):
                wrong.append(wanted.pk)
                self.stdout.write(f"{wanted.reference}: stored {wanted.status}, computed {computed}")
        if wrong and options["repair"]:
            refresh_statuses(wrong, reason="repaired")
            self.stdout.write(f"{len(wrong)} of {count} repaired")
        elif wrong:
            raise CommandError(f"{len(wrong)} of {count} requests have a wrong status")
        else:
            self.stdout.write(f"{count} requests, every status is right")
