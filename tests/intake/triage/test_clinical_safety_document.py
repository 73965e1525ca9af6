"""The document that is signed off holds the rules that run."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from intake.triage.rules import RULES
from intake.triage.table import rule_table

DOCUMENT = Path(__file__).parents[3] / "docs" / "clinical-safety.md"


def test_document_holds_the_current_rule_table():
    assert rule_table() in DOCUMENT.read_text(encoding="utf-8"), (
        "run: python manage.py print_triage_rules --into docs/clinical-safety.md"
    )


def test_table_has_a_row_for_every_rule_with_reason_and_source():
    rows = {row.split(" | ")[0].removeprefix("| "): row for row in rule_table().splitlines() if row.startswith("| ")}
    for rule in RULES:
        assert rule.reason in rows[rule.id]
        assert rule.source in rows[rule.id]


def test_command_prints_the_table():
    out = io.StringIO()
    call_command("print_triage_rules", stdout=out)
    assert out.getvalue().strip() == rule_table().strip()


def test_command_rewrites_between_the_marks_only(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- rules begin -->\nstale line\n<!-- rules end -->\nafter\n", encoding="utf-8")
    call_command("print_triage_rules", into=page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- rules begin -->\n")
    assert text.endswith("<!-- rules end -->\nafter\n")
    assert "stale line" not in text
    assert "E01" in text


def test_command_refuses_a_page_without_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(CommandError, match="no marks"):
        call_command("print_triage_rules", into=page)
