"""A table as a file for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date

from django.http import HttpResponse

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it some spreadsheets misread letters with accents
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, on: date, head: Sequence[str], rows: Iterable[Sequence]) -> HttpResponse:
    """A download `name`-2026-11-23.csv. Text that a spreadsheet would take for a formula gets a quote in front."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{on.isoformat()}.csv"'
    answer.write(BYTE_ORDER_MARK)
    writer = csv.writer(answer)
    writer.writerow(head)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return answer


def harmless(value: object) -> object:
    """The value, with a quote in front when it is text that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
