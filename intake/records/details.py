"""One line about a record as the patient told it: "CT of the spine, May 2026"."""

from collections.abc import Mapping
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SCANS = {
    "bone_scan": gettext_lazy("Bone scan"),
    "xray": gettext_lazy("X-ray"),
    "x_ray": gettext_lazy("X-ray"),
    "ct": gettext_lazy("CT"),
    "pet": gettext_lazy("PET"),
    "mri": gettext_lazy("MRI"),
    "ultrasound": gettext_lazy("Ultrasound"),
}
KINDS = {"pathology": gettext_lazy("Biopsy"), "labs": gettext_lazy("Blood test"), "imaging": gettext_lazy("Scan")}


def detail_of(kind: str, row: Mapping[str, Any]) -> str:
    """The line of one row; what was left open is left out."""
    name = str(SCANS.get(row.get("kind"), KINDS.get(kind, "")))
    part = str(row.get("body_part") or row.get("site") or row.get("test") or "").strip()
    if part:
        name = _("%(record)s of %(part)s") % {"record": name, "part": part} if name else part
    when = date_words(row.get("date"))
    return ", ".join(one for one in (name, when) if one)


def date_words(value: Any) -> str:
    """A date kept with its precision in words: "2026", "May 2026", "May 3, 2026"; nothing for anything else."""
    parts = str(value or "").split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return ""
    year, month, day = (*map(int, parts), None, None)[:3]
    if month is None:
        return str(year)
    name = MONTHS.get(month)
    if name is None:
        return ""
    return f"{name} {year}" if day is None else f"{name} {day}, {year}"
