"""What the answers of a request suggest (domain 1.6), in words for staff."""

from django.utils.translation import gettext_lazy

from intake.triage.disciplines import Suggestion, Suggestions

TASK_WORDS = {
    "RADIOLOGY": gettext_lazy("Radiology reads the outside images before the visit"),
    "DENTAL": gettext_lazy("Check with dental medicine: a task opens with the review"),
}
NOTE_WORDS = {
    "BIOPSY_AFTER_REVIEW": gettext_lazy("No biopsy before the sarcoma center has looked"),
    "NUCLEAR_MEDICINE": gettext_lazy("Ask nuclear medicine"),
    "HEMATOLOGY": gettext_lazy("Ask hematology"),
}


def leg_reasons(suggested: Suggestions) -> dict[str, str]:
    """Why each specialty is suggested, with the lines that ask for it: code -> "D01: Every patient"."""
    return {leg.code: f"{', '.join(leg.ids)}: {leg.reason}" for leg in suggested.legs}


def beside_the_legs(suggested: Suggestions) -> list[tuple[str, Suggestion]]:
    """What is no leg of a visit, in words: tasks first, then notes to read."""
    found = [(TASK_WORDS.get(one.code, one.code), one) for one in suggested.tasks]
    return found + [(NOTE_WORDS.get(one.code, one.code), one) for one in suggested.notes]
