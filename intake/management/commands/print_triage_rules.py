"""`manage.py print_triage_rules`: the rule table as Markdown; `--into FILE` puts it between the marks of a document."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.triage.table import rule_table

BEGIN, END = "<!-- rules begin -->", "<!-- rules end -->"


class Command(BaseCommand):
    """Prints what is to be signed off; a test compares it with docs/clinical-safety.md."""

    help = "Print the triage rules as a Markdown table for sign-off."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--into", type=Path, help="a document with the marks, rewritten between them")

    def handle(self, *args: Any, into: Path | None = None, **options: Any) -> None:
        if into is None:
            self.stdout.write(rule_table())
            return
        text = into.read_text(encoding="utf-8")
        before, begin, rest = text.partition(BEGIN)
        _old, end, after = rest.partition(END)
        if not begin or not end:
            raise CommandError(f"{into} has no marks {BEGIN} and {END}")
        into.write_text(f"{before}{BEGIN}\n{rule_table()}\n{END}{after}", encoding="utf-8")
