"""The clinic of a browser journey: the demonstration's people, rooms and weeks, without its busy time and patients."""

from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from intake.patients.identity import birth_date_index
from intake.registration.models import Draft
from scheduling.demonstration import clinic_data, staff
from scheduling.requests.actions import review_request, send_request, take_request
from scheduling.requests.models import AppointmentRequest
from tests.scheduling.patient_steps import BIRTH_DATE, a_complete_draft


def open_the_clinic() -> None:
    """Specialties, clinicians with their weeks, visit types, and one member of staff of each role."""
    today = timezone.now().astimezone(ZoneInfo(settings.CLINIC_TIME_ZONE)).date()
    _site, specialties, clinicians = clinic_data.make_directory("100 Example Avenue")
    clinic_data.make_weeks(clinicians, today)
    clinic_data.make_visit_types(specialties)
    staff.make_staff()


def a_sent_request(**answers) -> AppointmentRequest:
    """What a patient sent just now; nothing alarming unless `answers` say so. Their mail address is agreed to."""
    by_mail = {"contact_preference": ["phone", "email"], "consent_email": True}
    draft: Draft = a_complete_draft(**{**by_mail, **answers})
    Draft.objects.filter(pk=draft.pk).update(birth_date_index=birth_date_index(BIRTH_DATE))
    return send_request(draft, by=Actor("patient", f"draft:{draft.pk}"), key=uuid4().hex)


def a_reviewed_request(**answers) -> AppointmentRequest:
    """A sent request that the nurse has taken and reviewed as routine: radiation oncology and orthopedic oncology."""
    wanted = a_sent_request(**answers)
    nurse = User.objects.get(email="nurse@example.org")
    by = Actor("staff", str(nurse.pk), nurse.name)
    take_request(wanted, user=nurse, by=by, key=uuid4().hex)
    wanted.refresh_from_db()
    level = wanted.level
    review_request(
        wanted,
        disposition=level,
        reason="Seen by the nurse.",
        visit_type="coordinated_new",
        specialties=["RAD_ONC", "ORTHO_ONC"],
        user=nurse,
        by=by,
        key=uuid4().hex,
        version=wanted.version,
    )
    wanted.refresh_from_db()
    return wanted


CAREGIVER = {
    "caregiver_name": "Ana Ortiz",
    "relation": "child",
    "caregiver_phone": "+12025550143",
    "proxy_authority": "patient_asked",
}


def fill_the_rest() -> None:
    """Answer every page of the one open form that is still open, quietly, as if it had been walked through."""
    filled = a_complete_draft()
    own = Draft.objects.exclude(pk=filled.pk).get()
    answers = {**filled.answers, **CAREGIVER, **own.answers}
    if own.filled_by != "caregiver":
        answers |= dict.fromkeys(CAREGIVER)
    Draft.objects.filter(pk=own.pk).update(
        answers=answers,
        steps_done=filled.steps_done,
        birth_date_index=filled.birth_date_index,
        expires_at=filled.expires_at,
    )
    filled.delete()
