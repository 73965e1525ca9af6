"""Rows of the lists before the visit: what a careful person types, what is wrong, and what is kept of it."""

from uuid import uuid4

from django.http import QueryDict

from intake.before_visit.rows import KIND_OF, RowKind

ROW_ID = "0123456789abcdef0123456789abcdef"

# slug -> what is typed for one right row; every field of the form is here
RIGHT_ROWS = {
    "imaging": {"kind": "mri", "body_part": "Lower back", "date_month": "5", "date_day": "", "date_year": "2026",
                "place": "Elm Hospital, Dayton", "have": ["disk", "report"]},
    "biopsy": {"site": "Left hip", "date_month": "March", "date_day": "4", "date_year": "2025", "place": "Elm"},
    "labs": {"test": "calcium", "test_name": "", "value": "9,6", "unit": "mg/dL", "unit_text": "",
             "date_month": "", "date_day": "", "date_year": "2026"},
    "treatments": {"kind": "radiation", "detail": "", "site": "Left hip", "same_place_as_pain": "yes",
                   "date_month": "", "date_day": "", "date_year": "2024", "place": "Elm Hospital", "ongoing": "no"},
    "medicines": {"name": "Eliquis", "dose": "5 mg", "how_often": "twice a day", "ticked": ["anticoagulant"]},
    "allergies": {"kind": "drug", "name": "Penicillin", "reaction": "Rash"},
    "implants": {"kind": "pacemaker", "body_part": "Chest", "detail": "Made by Acme", "date_month": "", "date_day": "",
                 "date_year": "2019", "has_card": "yes"},
}  # fmt: skip
# slug -> typed data with one fault each, and the field that must say so
WRONG_ROWS = {
    "imaging": ({"kind": "mri", "date_year": "2999"}, "date"),
    "biopsy": ({"site": "Hip", "date_month": "13", "date_year": "2025"}, "date"),
    "labs": ({"test": "calcium", "value": "9.6", "unit": "g/L"}, "unit"),
    "treatments": ({"kind": "radiation"}, "same_place_as_pain"),
    "medicines": ({"name": ""}, "name"),
    "allergies": ({"kind": "drug"}, "name"),
    "implants": ({"kind": "toaster"}, "kind"),
}
# slug -> fields that a blank row page names
NEEDED_ROWS = {
    "imaging": {"kind"},
    "biopsy": set(),
    "labs": {"test", "value", "unit"},
    "treatments": {"kind"},
    "medicines": {"name"},
    "allergies": {"kind"},
    "implants": {"kind"},
}
# slug -> one right row as it is stored, without what is computed
ROWS = {
    "imaging": {"kind": "mri", "body_part": "Lower back", "date": "2026-05", "place": None, "have": ["report"]},
    "biopsy": {"site": "Left hip", "date": "2025-03-04", "place": None},
    "labs": {"test": "calcium", "test_name": None, "value": "9.6", "unit": "mg/dL", "unit_text": None, "date": "2026"},
    "treatments": {"kind": "radiation", "detail": None, "site": "Hip", "same_place_as_pain": "yes", "date": "2024",
                   "place": None, "ongoing": "no"},
    "medicines": {"name": "Warfarin", "dose": "5 mg", "how_often": None, "ticked": []},
    "allergies": {"kind": "latex", "name": None, "reaction": None},
    "implants": {"kind": "pacemaker", "body_part": None, "detail": None, "date": "2019", "has_card": "yes"},
}  # fmt: skip
KINDS = tuple(KIND_OF.values())


def typed_row(data: dict, *, version: int = 0, row: str = "", asked: str = "") -> QueryDict:
    """A row's page as a browser sends it."""
    sent = QueryDict(mutable=True)
    sent.update({"version": str(version), "asked": asked, "row": row})
    for name, value in data.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return sent


def row_form(kind: RowKind, data: dict, *, caregiver: bool = False, asked: str = "", **stored):
    """The form of a row with this typed data."""
    return kind.form_class(typed_row(data, row=ROW_ID, asked=asked), answers=stored, caregiver=caregiver)


def new_id() -> str:
    """A row's key, as a page mints it."""
    return uuid4().hex
