"""Records in words: for staff, and for the patient who waits."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.records.models import ReadinessItem
from intake.records.rules import SETTLED, progress

KIND_WORDS = {
    "imaging": gettext_lazy("Scans or X-rays"),
    "pathology": gettext_lazy("Biopsy result"),
    "labs": gettext_lazy("Blood tests"),
    "notes": gettext_lazy("Notes of earlier treatment"),
    "medicines": gettext_lazy("Medicine list"),
    "insurance": gettext_lazy("Insurance papers"),
    "other": gettext_lazy("Another record"),
}
# As a patient reads it after "We are waiting for:"
PLAIN_WORDS = {
    "imaging": gettext_lazy("your scans or X-rays"),
    "pathology": gettext_lazy("the result of your biopsy"),
    "labs": gettext_lazy("your blood tests"),
    "notes": gettext_lazy("the notes about your treatment"),
    "medicines": gettext_lazy("your list of medicines"),
    "insurance": gettext_lazy("your insurance papers"),
    "other": gettext_lazy("another record about your health"),
}
PLAIN_WORDS_FOR_CAREGIVER = {
    "imaging": gettext_lazy("the patient's scans or X-rays"),
    "pathology": gettext_lazy("the result of the patient's biopsy"),
    "labs": gettext_lazy("the patient's blood tests"),
    "notes": gettext_lazy("the notes about the patient's treatment"),
    "medicines": gettext_lazy("the patient's list of medicines"),
    "insurance": gettext_lazy("the patient's insurance papers"),
    "other": gettext_lazy("another record about the patient's health"),
}


def waiting_words(report_id, *, caregiver: bool = False) -> list[str]:
    """For the patient: what the visit still waits for, as ends of "We are waiting for: ...". One query.

    Required items only. Where a record comes from is what the person told us, so it may be named.
    """
    words = PLAIN_WORDS_FOR_CAREGIVER if caregiver else PLAIN_WORDS
    lines = []
    for item in ReadinessItem.objects.filter(report_id=report_id, is_required=True).order_by("created_at", "pk"):
        if item.state in SETTLED:
            continue
        line = str(words.get(item.kind, words["other"]))
        if item.source:
            line = _("%(record)s from %(place)s") % {"record": line, "place": item.source}
        if line not in lines:
            lines.append(line)
    return lines


def by_words(kind: str) -> str:
    """Who did something, by the kind of actor, where no name is known."""
    words = {
        "patient": _("the patient"),
        "caregiver": _("a caregiver"),
        "staff": _("staff"),
        "referrer": _("the referring clinician"),
    }
    return words.get(kind, "")


def summary_words(states: Iterable[str]) -> str:
    """ "3 of 5 records received"; nothing when no record was asked for."""
    return progress_words(*progress(states))


def progress_words(received: int, asked: int) -> str:
    """The same from its two numbers."""
    if not asked:
        return ""
    return _("%(received)s of %(asked)s records received") % {"received": received, "asked": asked}


def name_of(item: ReadinessItem) -> str:
    """What a record is called on a list of the staff: its detail, else its kind, and where it comes from."""
    name = item.detail or str(KIND_WORDS.get(item.kind, item.kind))
    return _("%(record)s (%(place)s)") % {"record": name, "place": item.source} if item.source else name
