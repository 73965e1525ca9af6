"""The session of a patient or caregiver: which row is open in this browser, for 20 minutes after the last page.

A link opens a draft or one request; signing in opens the patient, with every request of theirs.

The Django session holds a pointer and a moment, no answer and no name. Its key changes when something is opened.
"""

import time
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest

from clinic.accounts.actors import staff_actor
from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.kept.safe import is_idle_over, keep_pointers

Kind = Literal["draft", "request", "patient"]
POINTERS: dict[str, str] = {"draft": "draft_id", "request": "request_id", "patient": "patient_id"}
SEEN, CAREGIVER = "patient_seen", "patient_is_caregiver"
PHONE_DRAFT, PHONE_STAFF = "phone_draft_id", "phone_staff_id"  # a form that a member of staff fills in for a caller
keep_pointers(PHONE_DRAFT, PHONE_STAFF)  # the form for the caller is open again for the same account
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


def open_phone_session(request: HttpRequest, draft_id) -> None:
    """Let the signed-in member of staff fill in a form for a caller in this browser.

    The pointer counts only for the same account with the permission; signing out forgets it with the whole session,
    and the idle time is that of the staff.
    """
    close_patient_session(request)
    request.session[PHONE_DRAFT], request.session[PHONE_STAFF] = str(draft_id), str(request.user.pk)


def phone_session(request: HttpRequest) -> PatientSession | None:
    """The form that this member of staff fills in for a caller, with the member as the one who acts; else None."""
    if PHONE_DRAFT not in request.session:
        return None
    user = request.user
    if str(user.pk) != request.session.get(PHONE_STAFF) or not user.has_perm(Permission.ENTER_BY_PHONE):
        return None
    return PatientSession("draft", request.session[PHONE_DRAFT], staff_actor(user))


def patient_session(request: HttpRequest) -> PatientSession | None:
    """What is open in this browser, or None after 20 idle minutes. A page that is shown counts as activity.

    A page that says itself that its idle time is over ends the session: what it brings is kept, not done.
    """
    by_phone = phone_session(request)
    if by_phone is not None:
        return by_phone
    session = request.session
    pointed = _pointed(request)
    if pointed is None:
        return None
    if is_idle_over(request):
        session[SEEN] = 0
    idle = time.time() - session.get(SEEN, 0)
    if idle > settings.PATIENT_IDLE_MINUTES * 60:
        return None
    if idle > REFRESH_SECONDS:
        session[SEEN] = int(time.time())
    return pointed


def _pointed(request: HttpRequest) -> PatientSession | None:
    """What this browser's session points to, whether or not it has lapsed."""
    session = request.session
    kind = next((kind for kind, pointer in POINTERS.items() if pointer in session), None)
    if kind is None:
        return None
    subject_id = session[POINTERS[kind]]
    actor_kind = "caregiver" if session.get(CAREGIVER) else "patient"
    return PatientSession(kind, subject_id, Actor(actor_kind, f"{kind}:{subject_id}"))


def lapsed_session(request: HttpRequest) -> PatientSession | None:
    """What was open here before the idle time ran out. It opens nothing: it only tells whose page it was."""
    return _pointed(request) if patient_session(request) is None else None


def lapsed_subject(request: HttpRequest, kind: Kind) -> str | None:
    """The row that was open here before the idle time ran out: the date of birth opens it again."""
    lapsed = lapsed_session(request)
    return lapsed.subject_id if lapsed is not None and lapsed.kind == kind else None


def close_patient_session(request: HttpRequest) -> None:
    """Forget what was open; on a shared computer the next person finds nothing."""
    for key in (*POINTERS.values(), SEEN, CAREGIVER, PHONE_DRAFT, PHONE_STAFF):
        request.session.pop(key, None)
