"""Everything the clinic has of one request and its person, as plain data for the person: nothing to wait for."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.db.together import read_together
from intake.before_visit.place import Place
from intake.before_visit.sheet import Sheet
from intake.patients.models import Coverage, Patient
from intake.records.uploads import uploads_shown_to
from intake.symptoms.models import SymptomReport
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.summary import contact_answers
from scheduling.visits.models import Appointment

LAST_LOOKS = 500
MESSAGE_FACTS = ("template", "channel", "state", "created_at", "sent_at")


def own_data_of(wanted: AppointmentRequest, place: Place, *, tells_back: bool) -> dict[str, Any]:
    """What the person gave us; with `tells_back` also what came of it: visits, messages, who looked (never names)."""
    parts: dict[str, QuerySet] = {
        "reports": SymptomReport.objects.filter(Q(pk=wanted.report_id) | Q(follows=wanted.report_id)),
        "files": uploads_shown_to(SymptomReport(pk=wanted.report_id), place.actor, sees_all=tells_back),
    }
    if tells_back:
        parts |= {
            "plans": Coverage.objects.filter(patient=wanted.patient_id),
            "visits": wanted.visits.filter(booked_at__isnull=False).select_related("site"),
            "legs": Appointment.objects.filter(visit__request=wanted).select_related("specialty"),
            "messages": _messages_to(wanted.patient),
            "looks": _looks_at(wanted),
        }
    found = dict(zip(parts, read_together(*parts.values()), strict=True))
    reports = sorted(found["reports"], key=lambda one: (one.pk != wanted.report_id, one.sent_at))
    reports[0].patient = wanted.patient
    sheet = Sheet(reports[0], place)
    told = [reports[0], *(one for one in reports[1:] if tells_back or one.filled_by == "caregiver")]
    data: dict[str, Any] = {
        "made_at": timezone.now(),
        "request": {"reference": wanted.reference, "sent_at": wanted.submitted_at, "filled_by": wanted.filled_by},
        "first_contact": contact_answers(wanted),
        "symptoms": [_told(one) for one in told],
        "before_the_visit": {"answers": sheet.own, "sections_completed": sheet.before.sections_done},
        "files": [
            {"kind": one.kind, "name": one.original_name, "bytes": one.size_bytes, "added_at": one.added_at}
            for one in sorted(found["files"], key=lambda one: (one.added_at, one.pk))
        ],
    }
    if tells_back:
        data |= _what_came_of_it(wanted, found)
    return data


def _told(report: SymptomReport) -> dict[str, Any]:
    asked = [
        {"question": entry.get("question"), "answer": entry.get("label") if entry.get("value") is not None else None}
        for entry in report.snapshot
    ]
    return {"sent_at": report.sent_at, "filled_by": report.filled_by, "answers": asked}


def _what_came_of_it(wanted: AppointmentRequest, found: dict[str, list]) -> dict[str, Any]:
    legs = sorted(found["legs"], key=lambda leg: leg.position)
    return {
        "status": wanted.status,
        "insurance": [_plan(row) for row in sorted(found["plans"], key=lambda row: row.position)],
        "visits": [
            {
                "state": visit.state,
                "starts_at": visit.starts_at,
                "ends_at": visit.ends_at,
                "place": "at home" if visit.is_at_home else visit.site.name,
                "appointments": [
                    {
                        "specialty": leg.specialty.name,
                        "starts_at": leg.starts_at,
                        "ends_at": leg.ends_at,
                        "state": leg.state,
                    }
                    for leg in legs
                    if leg.visit_id == visit.pk
                ],
            }
            for visit in sorted(found["visits"], key=lambda visit: visit.booked_at)
        ],
        "messages": [
            {name: getattr(row, name) for name in MESSAGE_FACTS}
            for row in sorted(found["messages"], key=lambda row: row.created_at)
        ],
        "who_looked": [
            {"at": row.at, "who": row.actor_kind}
            for row in sorted(found["looks"], key=lambda row: row.sequence, reverse=True)
        ],
    }


def _plan(row: Coverage) -> dict[str, Any]:
    names = ("position", "payer_type", "payer_name", "member_id", "group_number", "subscriber_name", "subscriber_dob",
             "subscriber_relation")  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _messages_to(patient: Patient) -> QuerySet:
    """Which messages went to the patient's address or number since they registered, without links and codes."""
    addresses = [index for index in (patient.email_index, patient.phone_index) if index]
    rows = Message.objects.filter(to_index__in=addresses, created_at__gte=patient.created_at)
    return rows.only(*MESSAGE_FACTS)


def _looks_at(wanted: AppointmentRequest) -> QuerySet:
    """When somebody looked, and as what: staff, patient or caregiver. The last ones first."""
    rows = AuditEntry.objects.filter(action="viewed", subject_kind=wanted._meta.label_lower, subject_id=str(wanted.pk))
    return rows.only("at", "actor_kind", "sequence").order_by("-sequence")[:LAST_LOOKS]
