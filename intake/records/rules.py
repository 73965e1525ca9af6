"""Which records a visit needs, and when all are here. Pure: answers, specialties and states in, codes out.

Two kinds of items. What a person told us lies elsewhere (a scan, a biopsy) is *asked for*: it is required,
and the visit waits for it (domain 1.4, records chase). What a specialty looks at as a rule stands on the list so that
staff think of it, but is not required: a review alone never holds up a request, since nobody has said yet that such
records exist. Staff make an item required, or take it off, by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("imaging", "pathology", "labs", "notes", "medicines", "insurance", "other")
NEEDED, REQUESTED, RECEIVED, NOT_NEEDED = "needed", "requested", "received", "not_needed"
SETTLED = frozenset({RECEIVED, NOT_NEEDED})
# Domain 1.2 and 1.4: scores of bones and spine are read from outside images, medical oncology looks at pathology,
# blood and earlier treatment, interventional radiology at images and blood; domain 1.7 names the same as "records to
# follow"; pain medicine and pharmacy go through the medicine list (2.2, first-visit lists).
STANDARD: dict[str, tuple[str, ...]] = {
    "RAD_ONC": ("imaging", "notes"),
    "ORTHO_ONC": ("imaging",),
    "SPINE_SURG": ("imaging",),
    "INT_RAD": ("imaging", "labs"),
    "MED_ONC": ("pathology", "labs", "notes"),
    "PALLIATIVE": ("medicines",),
    "PHARMACY": ("medicines",),
}
# Short name -> answer with repeatable rows, and what staff chase for a row. Blood tests that a person lists are copied
# from a report in hand and need no chasing. "rt": plan of earlier radiation (domain 1.7, re-irradiation in 1.2).
ROWS = {"imaging": ("imaging", "imaging"), "biopsy": ("biopsy", "pathology"), "rt": ("prior_treatments", "notes")}


# Kind of an added file -> kind of record that staff may wait for. Of an insurance card the front counts
RECORD_OF_FILE = {
    "imaging_report": "imaging",
    "pathology": "pathology",
    "labs": "labs",
    "clinic_notes": "notes",
    "medication_list": "medicines",
    "insurance_front": "insurance",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to ask for: `from_answer` tells the same one again, `key` and `row` are the answer
    it comes from."""

    from_answer: str
    kind: str
    key: str
    row: Mapping[str, Any]
    source: str
    is_required: bool


def wanted_items(answers: Mapping[str, Any]) -> list[Wanted]:
    """What the answers before the visit say lies elsewhere, in the order told.

    A scan whose pictures the person has makes no item; with only its report in hand, or for the plan of earlier
    radiation, the item does not hold up the visit. A row without a place makes none: nobody could be asked for it.
    """
    found = []
    for short, (key, kind) in ROWS.items():
        for row in _rows(answers, key):
            source = str(row.get("place") or "").strip()
            have = row.get("have") or ()
            if not source or "disk" in have or (short == "rt" and row.get("kind") != "radiation"):
                continue
            is_required = short != "rt" and "report" not in have
            found.append(Wanted(f"{short}:{row['id']}", kind, key, row, source, is_required))
    return found


def _rows(answers: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = answers.get(key)
    return [row for row in rows if row.get("id")] if isinstance(rows, list) else []


def is_answered(answers: Mapping[str, Any], short: str) -> bool:
    """Whether the answers say anything about these rows, be it that there are none."""
    return ROWS[short][0] in answers


def standard_kinds(specialties: Iterable[str]) -> list[str]:
    """The kinds of records that these specialties look at as a rule, each once, in the order of the list."""
    asked = {kind for code in specialties for kind in STANDARD.get(code, ())}
    return [kind for kind in KINDS if kind in asked]


def is_complete(items: Iterable[tuple[bool, str]]) -> bool:
    """Whether no required item is open; items are (is_required, state)."""
    return all(state in SETTLED for is_required, state in items if is_required)


def progress(states: Iterable[str]) -> tuple[int, int]:
    """Records received, and records asked for at all: what is not needed counts in neither."""
    counted = [state for state in states if state != NOT_NEEDED]
    return sum(state == RECEIVED for state in counted), len(counted)
