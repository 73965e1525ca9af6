"""Runs queued jobs until it is told to stop."""

import signal
import threading

from django.core.management.base import BaseCommand

from clinic.platform.jobs.embedded import work
from clinic.platform.jobs.housekeeping import every_minute
from clinic.platform.jobs.worker import run_due


class Command(BaseCommand):
    help = "Runs queued jobs (messages, seals, tidying) until stopped by SIGTERM or Ctrl-C."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now, then end")

    def handle(self, *args, **options) -> None:
        if options["once"]:
            every_minute()
            self.stdout.write(f"{run_due(10_000)} jobs run")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        work(stop)
