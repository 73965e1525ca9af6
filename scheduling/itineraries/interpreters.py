"""Whether a visit needs an interpreter, and of which language. An interpreter is a clinician of a specialty that is no
leg: has working time, closures and buffers as all others, and is claimed for the whole visit."""

from collections.abc import Iterable
from typing import Protocol

INTERPRETER = "INTERPRETER"  # the specialty's code
SIGN_LANGUAGE = "ase"
UNKNOWN = "other"


class Speaker(Protocol):
    """What is read of a patient."""

    preferred_language: str
    interpreter_needed: str


def language_needed(patient: Speaker) -> str:
    """The code of the language that a patient wants an interpreter of; empty when none is wanted.

    Help of another kind, such as live captions, is no interpreter. A spoken language that is not known, or English,
    gives "other": somebody has to ask.
    """
    if patient.interpreter_needed == "asl":
        return SIGN_LANGUAGE
    if patient.interpreter_needed not in ("spoken", "yes"):
        return ""
    language = patient.preferred_language
    return UNKNOWN if language in ("", "en", SIGN_LANGUAGE) else language


def languages_spoken(codes: Iterable[str]) -> frozenset[str]:
    """The codes of an interpreter's languages as patients have them; "asl" is understood too."""
    codes = [codes] if isinstance(codes, str) else codes
    return frozenset(SIGN_LANGUAGE if code == "asl" else code for code in codes)
