"""The session of a patient or caregiver: which row is open in this browser, for 20 minutes after the last page.

A link opens a draft or one request; signing in opens the patient, with every request of theirs.

The Django session holds a pointer and a moment, no answer and no name. Its key changes when something is opened.
"""

import time
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest

from clinic.platform.audit.actors import Actor

Kind = Literal["draft", "request", "patient"]
POINTERS: dict[str, str] = {"draft": "draft_id", "request": "request_id", "patient": "patient_id"}
SEEN, CAREGIVER = "patient_seen", "patient_is_caregiver"
REFRESH_SECONDS = 60  # the moment is written at most once a minute: reading a page need not write


@dataclass(frozen=True)
class PatientSession:
    """What is open in this browser, and as whom."""

    kind: Kind
    subject_id: str
    actor: Actor


def open_patient_session(request: HttpRequest, *, kind: Kind, subject_id, caregiver: bool = False) -> None:
    """Point this browser to a row, and to nothing else; the session key changes so that an older one opens nothing."""
    close_patient_session(request)
    request.session.cycle_key()
    request.session[POINTERS[kind]] = str(subject_id)
    request.session[SEEN] = int(time.time())
    if caregiver:
        request.session[CAREGIVER] = True


def patient_session(request: HttpRequest) -> PatientSession | None:
    """What is open in this browser, or None after 20 idle minutes. A page that is shown counts as activity."""
    session = request.session
    kind = next((kind for kind, pointer in POINTERS.items() if pointer in session), None)
    if kind is None:
        return None
    idle = time.time() - session.get(SEEN, 0)
    if idle > settings.PATIENT_IDLE_MINUTES * 60:
        return None
    if idle > REFRESH_SECONDS:
        session[SEEN] = int(time.time())
    subject_id = session[POINTERS[kind]]
    actor_kind = "caregiver" if session.get(CAREGIVER) else "patient"
    return PatientSession(kind, subject_id, Actor(actor_kind, f"{kind}:{subject_id}"))


def lapsed_subject(request: HttpRequest, kind: Kind) -> str | None:
    """The row that was open here before the idle time ran out: the date of birth opens it again."""
    return request.session.get(POINTERS[kind]) if patient_session(request) is None else None


def close_patient_session(request: HttpRequest) -> None:
    """Forget what was open; on a shared computer the next person finds nothing."""
    for key in (*POINTERS.values(), SEEN, CAREGIVER):
        request.session.pop(key, None)
