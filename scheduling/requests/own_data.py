"""Everything the clinic has of one request and its person, as plain data for the person: nothing to wait for."""

from typing import Any

from django.utils import timezone

from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from intake.before_visit.place import Place
from intake.before_visit.sheet import Sheet
from intake.patients.models import Coverage, Patient
from intake.records.uploads import uploads_shown_to
from intake.symptoms.models import SymptomReport
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.summary import contact_answers
from scheduling.visits.itinerary import with_legs

LAST_LOOKS = 500


def own_data_of(wanted: AppointmentRequest, place: Place, *, tells_back: bool) -> dict[str, Any]:
    """What the person gave us; with `tells_back` also what came of it: visits, messages, who looked (never names)."""
    report = SymptomReport.objects.select_related("patient").get(pk=wanted.report_id)
    reports = SymptomReport.objects.filter(follows=report).order_by("sent_at")
    if not tells_back:
        reports = reports.filter(filled_by="caregiver")
    sheet = Sheet(report, place)
    data: dict[str, Any] = {
        "made_at": timezone.now(),
        "request": {"reference": wanted.reference, "sent_at": wanted.submitted_at, "filled_by": wanted.filled_by},
        "first_contact": contact_answers(wanted),
        "symptoms": [_told(one) for one in (report, *reports)],
        "before_the_visit": {"answers": sheet.own, "sections_completed": sheet.before.sections_done},
        "files": [
            {"kind": one.kind, "name": one.original_name, "bytes": one.size_bytes, "added_at": one.added_at}
            for one in uploads_shown_to(report, place.actor, sees_all=tells_back)
        ],
    }
    if tells_back:
        data |= _what_came_of_it(wanted)
    return data


def _told(report: SymptomReport) -> dict[str, Any]:
    asked = [
        {"question": entry.get("question"), "answer": entry.get("label") if entry.get("value") is not None else None}
        for entry in report.snapshot
    ]
    return {"sent_at": report.sent_at, "filled_by": report.filled_by, "answers": asked}


def _what_came_of_it(wanted: AppointmentRequest) -> dict[str, Any]:
    visits = with_legs(wanted.visits.filter(booked_at__isnull=False)).order_by("booked_at")
    return {
        "status": wanted.status,
        "insurance": [_plan(row) for row in Coverage.objects.filter(patient=wanted.patient_id).order_by("position")],
        "visits": [
            {
                "state": visit.state,
                "starts_at": visit.starts_at,
                "ends_at": visit.ends_at,
                "place": visit.site.name,
                "appointments": [
                    {"specialty": leg.specialty.name, "starts_at": leg.starts_at, "ends_at": leg.ends_at}
                    for leg in visit.appointments.all()
                ],
            }
            for visit in visits
        ],
        "messages": _messages_to(wanted.patient),
        "who_looked": _looks_at(wanted),
    }


def _plan(row: Coverage) -> dict[str, Any]:
    names = ("position", "payer_type", "payer_name", "member_id", "group_number", "subscriber_name", "subscriber_dob",
             "subscriber_relation")  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _messages_to(patient: Patient) -> list[dict[str, Any]]:
    """Which messages went to the patient's address or number since they registered, without links and codes."""
    addresses = [index for index in (patient.email_index, patient.phone_index) if index]
    rows = Message.objects.filter(to_index__in=addresses, created_at__gte=patient.created_at)
    return list(rows.order_by("created_at").values("template", "channel", "state", "created_at", "sent_at"))


def _looks_at(wanted: AppointmentRequest) -> list[dict[str, Any]]:
    """When somebody looked, and as what: staff, patient or caregiver. The last ones first."""
    rows = AuditEntry.objects.filter(
        action="viewed", subject_kind=wanted._meta.label_lower, subject_id=str(wanted.pk)
    ).order_by("-sequence")[:LAST_LOOKS]
    return [{"at": row.at, "who": row.actor_kind} for row in rows]
