"""All that was told about one request, in words: contact, symptoms, what came later, files. Reads only."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from clinic.platform import words
from intake.before_visit.place import Place
from intake.before_visit.sheet import Sheet
from intake.before_visit.summary import groups_of
from intake.patients.models import Proxy
from intake.records.kinds import kind_words
from intake.records.uploads import uploads_shown_to
from intake.registration.summary import NOT_PROVIDED, Group, contact_rows
from intake.symptoms.models import SymptomReport
from scheduling.requests.models import AppointmentRequest

WRITTEN = ("reason_text", "npp_reason")  # words of first contact, kept beside the symptoms
IDENTIFIER = re.compile(r"(?=.*\d)[A-Z0-9+-]{5,}")


def contact_answers(wanted: AppointmentRequest) -> dict[str, Any]:
    """The answers of first contact as they are kept, under the names of the form."""
    patient = wanted.patient
    names = (
        "legal_first_name", "legal_last_name", "date_of_birth", "phone_primary", "phone_type", "ok_voicemail", "email",
        "zip", "preferred_language", "interpreter_needed", "contact_preference", "contact_times", "npp_ack",
    )  # fmt: skip
    given = {name: getattr(patient, name) or None for name in names}
    given |= {
        "filled_by": wanted.filled_by,
        "reason_for_contact": wanted.reason_for_contact,
        "consent_sms": patient.consent_sms_at is not None,
        "consent_email": patient.consent_email_at is not None,
    }
    proxy = None
    if wanted.filled_by == "caregiver":
        proxy = Proxy.objects.filter(patient=patient).order_by("created_at", "pk").first()
    if proxy is not None:
        given |= {
            "caregiver_name": proxy.name,
            "relation": proxy.relation,
            "caregiver_phone": proxy.phone,
            "proxy_authority": proxy.authority,
        }
    return given


def record_of(wanted: AppointmentRequest, place: Place, *, tells_back: bool) -> list[Group]:
    """Everything by section, skipped questions too. Without `tells_back` only what this person told us."""
    caregiver = place.caregiver
    report = SymptomReport.objects.select_related("patient").get(pk=wanted.report_id)
    written = {entry["key"]: entry["value"] for entry in report.snapshot if entry["key"] in WRITTEN}
    contact = Group(_("The person, and how to reach them"), contact_rows({**contact_answers(wanted), **written}))
    asked = [entry for entry in report.snapshot if entry["key"] not in WRITTEN]
    groups = [contact, Group(_("Symptoms"), _rows_of(asked))]
    sheet = Sheet(report, place)
    groups += groups_of(sheet.given, caregiver, closed=sheet.closed)
    later = SymptomReport.objects.filter(follows=report).order_by("sent_at")
    if not tells_back:
        later = later.filter(filled_by="caregiver")
    for told in later:
        title = _("New symptoms, %(moment)s") % {"moment": words.moment(told.sent_at)}
        groups.append(Group(title, _rows_of(told.snapshot)))
    files = uploads_shown_to(report, place.actor, sees_all=tells_back).filter(state="kept")
    if rows := [{"key": str(kind_words(one.kind)), "value": one.original_name} for one in files]:
        groups.append(Group(_("Files"), rows))
    for group in groups:
        _mark_identifiers(group.rows)
    return groups


def _rows_of(snapshot: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "key": entry.get("question", entry["key"]),
            "value": NOT_PROVIDED if entry.get("value") is None else entry.get("label"),
        }
        for entry in snapshot
    ]


def _mark_identifiers(rows: Iterable[dict[str, Any]]) -> None:
    """Numbers that are read out letter by letter stand in fixed width."""
    for row in rows:
        row["mono"] = isinstance(row["value"], str) and bool(IDENTIFIER.fullmatch(row["value"]))
