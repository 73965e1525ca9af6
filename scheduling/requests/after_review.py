"""What a review brings with it, in its transaction: the question to the patient, the dental check, the later call."""

from datetime import datetime, time, timedelta

from clinic.platform.audit.actors import Actor
from intake.tasks.actions import AFTER_EMERGENCY, open_task
from intake.tasks.models import StaffTask
from scheduling.availability.read import clinic_zone
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.suggestions import suggestions_for

ASKED = "asked"
DENTAL = "DENTAL"
NEXT_DAY_CALL_BY = time(12)  # the day is domain 4.1's, the hour a proposal


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


def open_next_day_call(wanted: AppointmentRequest, *, by: Actor, at: datetime) -> StaffTask:
    """Call whoever was sent to the emergency department on the next calendar day (domain 4.1), once a request."""
    zone = clinic_zone()
    due_at = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), NEXT_DAY_CALL_BY, tzinfo=zone)
    return open_task(
        StaffTask.Kind.CALL,
        patient=wanted.patient,
        report=wanted.report,
        data={"why": AFTER_EMERGENCY},
        dedupe=f"{AFTER_EMERGENCY}:{wanted.report_id}",
        due_at=due_at,
        by=by,
    )
