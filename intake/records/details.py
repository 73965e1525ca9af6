"""One line about a record as the patient told it: "MRI, lower back, May 2026"."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from intake.before_visit.rows import KIND_OF_KEY, date_words, title_of


def detail_of(key: str, row: Mapping[str, Any]) -> str:
    """The line of one row of the answer `key`; what was left open is left out."""
    words = [title_of(KIND_OF_KEY[key], row)]
    if key == "biopsy":
        words.insert(0, _("Biopsy"))
    if row.get("date"):
        words.append(date_words(row["date"]))
    return ", ".join(word for word in words if word)
