"""Seals the audit rows written since the last seal and prints the seal, to be kept outside this host."""

from django.core.management.base import BaseCommand

from clinic.platform.audit.seals import seal_new


class Command(BaseCommand):
    help = "Seals new audit rows; prints one line a seal: number, moment, rows, hash. Keep the lines on another host."

    def handle(self, *args, **options) -> None:
        while (seal := seal_new()) is not None:
            self.stdout.write(f"{seal.pk} {seal.at.isoformat()} {seal.entries} {seal.hash}")
