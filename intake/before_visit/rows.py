"""Lists of the section "Your records": what each kind of row is called, asked and summed up, and where it is kept.

A list is two answers: `key` holds the rows, `status_key` says "listed", "none" or "unknown". A row is a dict of its
form's fields and an `id` (32 hex digits) that stays the same as long as the row lives.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from intake.before_visit import record_forms as f
from intake.flow.flow import Answers

MOST_ROWS = 30
LISTED, NONE, UNKNOWN = "listed", "none", "unknown"
STATUSES = (LISTED, NONE, UNKNOWN)
ROW_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
Row = dict[str, Any]


@dataclass(frozen=True)
class RowKind:
    """A kind of row. `counted` gives "You have added 2 scans"; `ask` is the question before the first row.

    `title_keys` and `detail_keys` name the fields that sum up a row; `computed` adds what is derived from it.
    """

    slug: str
    key: str
    form_class: type[f.RowForm]
    counted: Callable[[int], str]
    ask: Any
    ask_caregiver: Any
    none: Any
    ask_another: Any
    add: Any
    change: Any
    remove: Any
    title_keys: tuple[str, ...]
    detail_keys: tuple[str, ...]
    missing: Any
    noun: Any = ""  # names a row that nothing else names
    computed: Callable[[Row], Row] = lambda row: {}
    computed_keys: tuple[str, ...] = ()

    @property
    def status_key(self) -> str:
        """The answer that says whether there is anything to list."""
        return f"{self.key}_status"

    @property
    def keys(self) -> tuple[str, str]:
        """Both answers of the list."""
        return (self.key, self.status_key)

    @property
    def field_names(self) -> tuple[str, ...]:
        """What a person enters of a row."""
        own = self.form_class.own_names
        return tuple(name for name in self.form_class.base_fields if name not in own)

    def rows(self, answers: Answers) -> list[Row]:
        """The rows in the order they were added."""
        return list(answers.get(self.key) or [])

    def row(self, answers: Answers, row_id: str) -> Row | None:
        """The row of this id."""
        return next((row for row in self.rows(answers) if row.get("id") == row_id), None)

    def is_answered(self, answers: Answers) -> bool:
        """Rows, or the person's word that there are none, or that they do not know."""
        status = answers.get(self.status_key)
        return status in (NONE, UNKNOWN) or (status == LISTED and bool(answers.get(self.key)))


KINDS: tuple[RowKind, ...] = (
    RowKind(
        slug="imaging",
        key="imaging",
        form_class=f.ImagingForm,
        counted=lambda n: ngettext("You have added %(count)s scan", "You have added %(count)s scans", n) % {"count": n},
        ask=_("Have you had any scans or X-rays for this problem or for cancer?"),
        ask_caregiver=_("Has the patient had any scans or X-rays for this problem or for cancer?"),
        none=_("No, no scans"),
        ask_another=_("Do you want to add another scan?"),
        add=_("Add a scan"),
        change=_("Change a scan"),
        remove=_("Do you want to remove this scan?"),
        title_keys=("kind", "body_part"),
        detail_keys=("date", "place", "have"),
        missing=_("Select if there are scans or X-rays"),
    ),
    RowKind(
        slug="biopsy",
        key="biopsy",
        form_class=f.BiopsyForm,
        counted=lambda n: (
            ngettext("You have added %(count)s biopsy", "You have added %(count)s biopsies", n) % {"count": n}
        ),
        ask=_("Have you had a biopsy?"),
        ask_caregiver=_("Has the patient had a biopsy?"),
        none=_("No"),
        ask_another=_("Do you want to add another biopsy?"),
        add=_("Add a biopsy"),
        change=_("Change a biopsy"),
        remove=_("Do you want to remove this biopsy?"),
        title_keys=("site",),
        detail_keys=("date", "place"),
        missing=_("Select if there was a biopsy"),
        noun=_("Biopsy"),
    ),
    RowKind(
        slug="labs",
        key="labs",
        form_class=f.LabForm,
        counted=lambda n: (
            ngettext("You have added %(count)s result", "You have added %(count)s results", n) % {"count": n}
        ),
        ask=_("Do you have results of blood tests that you can copy?"),
        ask_caregiver=_("Are there results of the patient's blood tests at hand?"),
        none=_("No"),
        ask_another=_("Do you want to add another result?"),
        add=_("Add a blood test"),
        change=_("Change a blood test"),
        remove=_("Do you want to remove this result?"),
        title_keys=("test", "test_name"),
        detail_keys=("value", "unit", "unit_text", "date"),
        missing=_("Select if there are results"),
        computed=f.lab_computed,
        computed_keys=("loinc", "out_of_range"),
    ),
    RowKind(
        slug="treatments",
        key="prior_treatments",
        form_class=f.TreatmentForm,
        counted=lambda n: (
            ngettext("You have added %(count)s treatment", "You have added %(count)s treatments", n) % {"count": n}
        ),
        ask=_("Have you had any treatment for cancer?"),
        ask_caregiver=_("Has the patient had any treatment for cancer?"),
        none=_("No, none so far"),
        ask_another=_("Do you want to add another treatment?"),
        add=_("Add a treatment"),
        change=_("Change a treatment"),
        remove=_("Do you want to remove this treatment?"),
        title_keys=("kind", "detail"),
        detail_keys=("site", "same_place_as_pain", "date", "place", "ongoing"),
        missing=_("Select if there was a treatment"),
    ),
    RowKind(
        slug="medicines",
        key="medications",
        form_class=f.MedicineForm,
        counted=lambda n: (
            ngettext("You have added %(count)s medicine", "You have added %(count)s medicines", n) % {"count": n}
        ),
        ask=_("Do you take any medicine?"),
        ask_caregiver=_("Does the patient take any medicine?"),
        none=_("No, no medicine"),
        ask_another=_("Do you want to add another medicine?"),
        add=_("Add a medicine"),
        change=_("Change a medicine"),
        remove=_("Do you want to remove this medicine?"),
        title_keys=("name",),
        detail_keys=("dose", "how_often", "ticked"),
        missing=_("Select if there is any medicine"),
        computed=f.medicine_computed,
        computed_keys=("flags",),
    ),
    RowKind(
        slug="allergies",
        key="allergies",
        form_class=f.AllergyForm,
        counted=lambda n: (
            ngettext("You have added %(count)s allergy", "You have added %(count)s allergies", n) % {"count": n}
        ),
        ask=_("Do you have any allergies?"),
        ask_caregiver=_("Does the patient have any allergies?"),
        none=_("No known allergies"),
        ask_another=_("Do you want to add another allergy?"),
        add=_("Add an allergy"),
        change=_("Change an allergy"),
        remove=_("Do you want to remove this allergy?"),
        title_keys=("kind", "name"),
        detail_keys=("reaction",),
        missing=_("Select if there are allergies"),
    ),
    RowKind(
        slug="implants",
        key="implants",
        form_class=f.ImplantForm,
        counted=lambda n: (
            ngettext("You have added %(count)s implant", "You have added %(count)s implants", n) % {"count": n}
        ),
        ask=_("Do you have an implant or device in your body?"),
        ask_caregiver=_("Does the patient have an implant or device in the body?"),
        none=_("No, none"),
        ask_another=_("Do you want to add another implant or device?"),
        add=_("Add an implant or device"),
        change=_("Change an implant or device"),
        remove=_("Do you want to remove this implant or device?"),
        title_keys=("kind", "detail"),
        detail_keys=("body_part", "date", "has_card"),
        missing=_("Select if there is an implant or device"),
    ),
)
KIND_OF = {kind.slug: kind for kind in KINDS}
KIND_OF_KEY = {kind.key: kind for kind in KINDS}


# A row in words


def title_of(kind: RowKind, row: Mapping[str, Any]) -> str:
    """What a row is, in a few words: "MRI, lower back"."""
    texts = [shown(kind, name, row.get(name)) for name in kind.title_keys]
    return ", ".join(text for text in texts if text) or str(kind.noun)


def details_of(kind: RowKind, row: Mapping[str, Any]) -> list[str]:
    """The rest of a row, a line each."""
    if kind.slug == "labs":
        unit = row.get("unit_text") or shown(kind, "unit", row.get("unit"))
        lines = [f"{row.get('value', '')} {unit}", shown(kind, "date", row.get("date"))]
    elif kind.slug == "medicines":
        lines = [shown(kind, name, row.get(name)) for name in ("dose", "how_often")]
        lines.append(
            "" if set(row.get("ticked") or ()) <= {"none", "unknown"} else shown(kind, "ticked", row["ticked"])
        )
    else:
        lines = [_line(kind, name, row.get(name)) for name in kind.detail_keys]
    return [line for line in lines if line]


def line_of(kind: RowKind, row: Mapping[str, Any]) -> str:
    """A row as one line, for summaries."""
    details = "; ".join(details_of(kind, row))
    return f"{title_of(kind, row)}: {details}" if details else title_of(kind, row)


PREFIXES = {
    "same_place_as_pain": _("Same place as the pain now: %(answer)s"),
    "ongoing": _("Still given: %(answer)s"),
    "has_card": _("Card for it: %(answer)s"),
    "have": _("There is: %(answer)s"),
}


def _line(kind: RowKind, name: str, value: Any) -> str:
    """One answer as a line of its own; what the person does not know is left out."""
    if name not in PREFIXES:
        return shown(kind, name, value)
    text = "" if value in (UNKNOWN, [UNKNOWN]) else shown(kind, name, value)
    return PREFIXES[name] % {"answer": text[:1].lower() + text[1:]} if text else ""


def shown(kind: RowKind, name: str, value: Any) -> str:
    """A stored answer of a row in words; "" for none."""
    if value in (None, "", []):
        return ""
    if name == "date":
        return date_words(value)
    choices = {code: str(label) for code, label in getattr(kind.form_class.base_fields[name], "choices", ())}
    if isinstance(value, list):
        first, *others = (choices.get(one, one) for one in value)
        return ", ".join([first, *(other[:1].lower() + other[1:] for other in others)])
    return choices.get(value, str(value))


def date_words(text: str) -> str:
    """A date as exact as it was given: "2023", "May 2023", "May 4, 2023"."""
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    if not month:
        return str(year)
    return date_format(date(year, month, day or 1), "F j, Y" if day else "F Y")
