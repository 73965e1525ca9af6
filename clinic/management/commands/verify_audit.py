"""Proves that no audit row was changed, removed or moved."""

import sys

from django.core.management.base import BaseCommand

from clinic.platform.audit.models import AuditEntry, Seal
from clinic.platform.audit.seals import first_fault


class Command(BaseCommand):
    help = "Checks every chain and every seal; names the first broken row and ends with 1. --seal checks a kept line."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--seal", metavar="HASH", help="a seal's hash kept elsewhere: it must still be known")

    def handle(self, *args, **options) -> None:
        fault = first_fault()
        if fault is None and options["seal"] and not Seal.objects.filter(hash=options["seal"]).exists():
            fault = "the kept seal is not in this audit: rows were rewritten"
        if fault is not None:
            self.stderr.write(fault)
            sys.exit(1)
        self.stdout.write(f"{AuditEntry.objects.count()} rows, {Seal.objects.count()} seals: unbroken")
