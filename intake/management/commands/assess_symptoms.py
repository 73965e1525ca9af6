"""`manage.py assess_symptoms`: one JSON answer set a line on standard input, one JSON result a line on standard output.

Nothing is stored and nothing about the answers is logged. Exit status 1 when any line had errors.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from intake.triage.lines import assess_line


class Command(BaseCommand):
    """Reads lines of UTF-8 ending in a line feed and answers each of them, in order."""

    help = "Assess answer sets: JSON lines on standard input, JSON lines on standard output."
    # Only JSON may stand on standard output, and a program that asks wants its answer at once
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        faults = False
        write, flush = self.stdout.write, self.stdout.flush
        for line in sys.stdin.buffer:
            answer, valid, failed = assess_line(line)
            write(answer, ending="\n")
            flush()  # a program at the other end may wait for this answer before it asks again
            if failed:
                self.stderr.write(f"rules failed: {', '.join(failed)}")
            faults = faults or not valid or bool(failed)
        if faults:
            sys.exit(1)
