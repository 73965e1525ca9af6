"""Rows for the tests of the staff pages, written straight into the tables: no action is under test here."""

from datetime import date, timedelta
from itertools import count

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.directory.models import Clinician, Room, Site, Specialty
from intake.access.codes import new_code
from intake.models import Alert, Draft, NamePrefix, Patient, SymptomReport, Triage, Upload
from intake.patients.identity import birth_date_index, name_index, name_prefixes, phone_index
from intake.symptoms.questions import snapshot
from intake.triage.actions import FIND_CODE_LENGTH
from intake.triage.engine import assess
from scheduling.models import Appointment, AppointmentRequest, Visit, VisitType, VisitTypeLeg

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")
_number = count(1)
RANK = {"emergency": 0, "urgent": 1, "soon": 2, "routine": 3}
SAFE = {
    "acute_general": [], "leg_weakness": "none", "arm_weakness": "none", "walking_change": "none", "numbness": [],
    "bladder_change": "none", "bowel_change": "none", "can_bear_weight": "yes", "limb_deformity": "no",
    "hyperca_symptoms": [], "very_drowsy": "no", "fever": "no",
}  # fmt: skip
CANCER = {"cancer_history": "yes_current", "primary_site": "breast", "bone_mets_status": "confirmed"}
EMERGENCY = {**SAFE, **CANCER, "bowel_change": "no_control"}
ROUTINE = {**SAFE, **CANCER, "pain_present": "no"}


def queries_of(call) -> int:
    """How many queries a call makes, session, user and audit included; BEGIN and SAVEPOINT do not count."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


def a_member(role: str, name: str = "") -> User:
    """Somebody of the staff with one role."""
    number = next(_number)
    return User.objects.create_user(f"{role}{number}@example.org", name or f"{role.title()} {number}", roles=[role])


def everybody() -> dict[str, User]:
    """One member of the staff a role."""
    return {role.value: a_member(role.value) for role in Role}


def a_patient_row(first="Maria", last="Alvarez", *, born=date(1951, 3, 27), phone="+17345550123") -> Patient:
    """A patient with all the indexes that the search reads."""
    patient = Patient.objects.create(
        legal_first_name=first,
        legal_last_name=last,
        date_of_birth=born.isoformat(),
        phone_primary=phone,
        phone_type="mobile",
        ok_voicemail="yes",
        zip="48109",
        contact_preference=["phone"],
        npp_ack="acknowledged",
        npp_version="1",
        npp_at=timezone.now(),
        birth_date_index=birth_date_index(born),
        phone_index=phone_index(phone),
        name_index=name_index(first, last),
    )
    NamePrefix.objects.bulk_create(
        NamePrefix(patient=patient, prefix_index=index) for index in name_prefixes(first, last)
    )
    return patient


def a_row(answers=None, *, patient=None, waited=timedelta(hours=1), **fields) -> AppointmentRequest:
    """A request as sending leaves it, `waited` ago; `fields` overwrite."""
    answers = ROUTINE if answers is None else answers
    patient = patient or a_patient_row()
    sent = timezone.now() - waited
    report = SymptomReport.objects.create(
        patient=patient, filled_by="patient", answers=answers, snapshot=snapshot(answers), sent_at=sent
    )
    result = assess(answers)
    triage = Triage.objects.create(
        report=report, level=result.level, rules=list(result.rules), message=result.message, rule_set=result.rule_set
    )
    level = fields.pop("level", result.level)
    number = next(_number)
    values = {
        "reference": f"BMC-{number:04d}-29",
        "patient": patient,
        "report": report,
        "triage": triage,
        "filled_by": "patient",
        "level": level,
        "urgency_rank": RANK[level],
        "submitted_at": sent,
        "contact_due_at": sent + timedelta(hours=48),
        "visit_due_on": timezone.localdate() + timedelta(days=14),
    }
    return AppointmentRequest.objects.create(**values | fields)


def an_alert(report=None, *, phone="", answers=None) -> Alert:
    """An open alert; without a report it belongs to a draft."""
    now = timezone.now()
    draft = None if report else Draft.objects.create(answers=answers or EMERGENCY, expires_at=now + timedelta(days=1))
    return Alert.objects.create(
        report=report,
        draft_id=draft.pk if draft else None,
        rules=["E04"],
        message="M-SPINE",
        filled_by="patient",
        call_back_phone=phone,
        find_code=new_code(FIND_CODE_LENGTH),
        detected_at=now,
        contact_due_at=now + timedelta(minutes=15),
    )


def a_file(report, **fields) -> Upload:
    """A file that was kept, as a row: no bytes lie anywhere."""
    values = {"kind": "pathology", "original_name": "Biopsy.pdf", "state": "kept", "by_kind": "patient", "by_id": "x"}
    return Upload.objects.create(report=report, added_at=timezone.now(), **values | fields)


def a_reader_of(wanted, role="clinician") -> User:
    """Somebody of the staff who may open this patient's record because of an appointment with them."""
    user, who = a_member(role), a_clinician_row()
    who.user = user
    who.save()
    a_booked_visit(wanted, [who], starts_at=timezone.now() - timedelta(days=40), state="done")
    return user


def a_visit_type() -> VisitType:
    """The coordinated visit with nurse first and wrap-up last."""
    nurse = Specialty.objects.get_or_create(
        code="NURSE_NAV", defaults={"name": "Nurse navigator", "default_minutes": 30, "position": 0}
    )[0]
    Specialty.objects.get_or_create(
        code="RAD_ONC",
        defaults={"name": "Radiation oncology", "default_minutes": 45, "is_physician": True, "position": 1},
    )
    kind, made = VisitType.objects.get_or_create(
        code="coordinated_new", defaults={"name": "Coordinated new visit", "takes_suggested_legs": True}
    )
    if made:
        VisitTypeLeg.objects.create(visit_type=kind, position=0, specialty=nurse, minutes=30, stage="first")
        VisitTypeLeg.objects.create(visit_type=kind, position=1, specialty=nurse, minutes=15, stage="wrap_up")
    return kind


def a_clinician_row(name="Dr. Elena Marsh", code="RAD_ONC") -> Clinician:
    """A clinician of a specialty at the one site."""
    a_visit_type()
    site = Site.objects.get_or_create(name="Building A")[0]
    Room.objects.get_or_create(site=site, name="Room 1")
    return Clinician.objects.create(name=name, specialty=Specialty.objects.get(code=code), site=site)


def a_booked_visit(wanted, clinicians, *, starts_at=None, state="booked") -> Visit:
    """A visit with one leg a clinician, 30 minutes each; no claims are made."""
    site = clinicians[0].site
    start = starts_at or timezone.now() + timedelta(days=1)
    visit = Visit.objects.create(
        request=wanted,
        patient=wanted.patient,
        visit_type=a_visit_type(),
        site=site,
        room=site.rooms.first(),
        state=state,
        starts_at=start,
        ends_at=start + timedelta(minutes=30 * len(clinicians)),
        booked_at=timezone.now(),
    )
    for position, clinician in enumerate(clinicians):
        Appointment.objects.create(
            visit=visit,
            position=position,
            specialty=clinician.specialty,
            clinician=clinician,
            state=state,
            starts_at=start + timedelta(minutes=30 * position),
            ends_at=start + timedelta(minutes=30 * (position + 1)),
        )
    return visit
