"""How to reach a patient, in a few words for whoever calls; what a call found."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.patients.languages import language_words
from intake.patients.models import Patient
from intake.symptoms.questions import find_question
from scheduling.worklist.dossier import CONTACT_WORDS, INTERPRETER_WORDS


def voicemail_words(patient: Patient) -> str:
    """Whether a message may be left."""
    if patient.ok_voicemail == "yes":
        return _("voicemail allowed")
    return _("no voicemail") if patient.ok_voicemail == "no" else _("voicemail: name and number only")


def tongue_words(patient: Patient) -> str:
    """The language, and the interpreter if one is needed."""
    interpreter = INTERPRETER_WORDS.get(patient.interpreter_needed, "")
    return ", ".join(str(part) for part in (language_words(patient.preferred_language), interpreter) if part)


def times_words(patient: Patient) -> str:
    """When the patient likes to be called; empty when that was not told."""
    return ", ".join(str(CONTACT_WORDS.get(time, time)) for time in patient.contact_times)


def change_words(change: int | None) -> str:
    """How the worst pain has changed since first contact: "3 points less", "same", "2 points more"."""
    if change is None:
        return _("not known")
    if change == 0:
        return _("the same as at first")
    points = ngettext("%(count)s point", "%(count)s points", abs(change)) % {"count": abs(change)}
    return (_("%(points)s less than at first") if change > 0 else _("%(points)s more than at first")) % {
        "points": points
    }


def daily_life_choices() -> list[tuple[str, Any]]:
    """The answers 0 to 4 of the question that patients answered at first contact, as one speaks about somebody else."""
    question = find_question("ecog_self")
    return [(option.value, option.label.caregiver) for option in question.options] if question else []


def daily_life_words(value: int | None) -> str:
    """Daily life as the patient told it: "1 of 4, Hard work is tough, but they walk ..."; not known says so."""
    if value is None:
        return _("not told")
    return _("%(value)s of 4: %(words)s") % {"value": value, "words": dict(daily_life_choices()).get(str(value), "")}
