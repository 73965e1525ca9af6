"""What a review brings with it, in its transaction: the question to the patient, the dental check."""

from datetime import datetime

from clinic.platform.audit.actors import Actor
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.suggestions import suggestions_for

ASKED = "asked"
DENTAL = "DENTAL"


def note_question(wanted: AppointmentRequest, text: str, *, by: Actor, at: datetime) -> None:
    """Keep what the patient is asked, as they read it on their page."""
    RequestNote.objects.create(request=wanted, kind=ASKED, text=text, by_label=by.label or by.kind, at=at)


def question_of(wanted: AppointmentRequest) -> str:
    """What the patient was asked last, while an answer is waited for; empty otherwise. One query then."""
    if wanted.needs_info_since is None:
        return ""
    notes = RequestNote.objects.filter(request=wanted, kind=ASKED, at__gte=wanted.needs_info_since)
    last = notes.order_by("-at", "-pk").first()
    return last.text if last is not None else ""


def open_dental_task(wanted: AppointmentRequest, *, by: Actor) -> StaffTask | None:
    """A dental check where the answers suggest one, once a request; it is no leg of the visit."""
    if all(task.code != DENTAL for task in suggestions_for(wanted).tasks):
        return None
    return open_task(
        StaffTask.Kind.DENTAL, patient=wanted.patient, report=wanted.report, dedupe=str(wanted.report_id), by=by
    )
