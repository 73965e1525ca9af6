"""Writes about patients: making the record of a person from a finished registration."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.audit.record import record
from intake.patients.identity import birth_date_index, email_index, name_index, name_prefixes, phone_index
from intake.patients.models import NamePrefix, Patient, Proxy


def register_patient(answers: Mapping[str, Any], *, at: datetime, by: Actor) -> Patient:
    """A patient, the searchable beginnings of the name, and the caregiver if one filled in.

    `answers` are the checked answers of first contact. Duplicates are found later by staff, never merged here.
    The caller holds the transaction.
    """
    first, last = answers.get("legal_first_name") or "", answers.get("legal_last_name") or ""
    patient = Patient.objects.create(
        legal_first_name=first,
        legal_last_name=last,
        date_of_birth=answers["date_of_birth"],
        phone_primary=answers["phone_primary"],
        phone_type=answers["phone_type"],
        ok_voicemail=answers["ok_voicemail"],
        email=answers.get("email") or "",
        zip=answers["zip"],
        preferred_language=answers["preferred_language"],
        interpreter_needed=answers.get("interpreter_needed") or "",
        contact_preference=answers.get("contact_preference") or [],
        contact_times=answers.get("contact_times") or [],
        npp_ack=answers["npp_ack"],
        npp_version=answers["npp_version"],
        npp_at=at,
        consent_sms_at=at if answers.get("consent_sms") else None,
        consent_email_at=at if answers.get("consent_email") else None,
        consent_wording=answers.get("consent_wording") or "",
        birth_date_index=birth_date_index(date.fromisoformat(answers["date_of_birth"])),
        phone_index=phone_index(answers["phone_primary"]),
        name_index=name_index(first, last),
        email_index=email_index(answers.get("email") or ""),
    )
    NamePrefix.objects.bulk_create(
        NamePrefix(patient=patient, prefix_index=index) for index in name_prefixes(first, last)
    )
    if answers.get("caregiver_name"):
        Proxy.objects.create(
            patient=patient,
            name=answers["caregiver_name"],
            relation=answers["relation"],
            phone=answers.get("caregiver_phone") or "",
            authority=answers["proxy_authority"],
        )
    record("patient_registered", by=by, subject=patient)
    return patient


def end_text_consent(index: str) -> int:
    """Whoever has the phone of this blind index wants no more texts: how many patients. The caller's transaction."""
    agreed = Patient.objects.filter(phone_index=index).exclude(consent_sms_at=None)
    patients = list(agreed.select_for_update().order_by("pk"))
    for patient in patients:
        patient.consent_sms_at = None
        patient.save(update_fields=["consent_sms_at"])
        record("text_consent_ended", by=SYSTEM, subject=patient)
    return len(patients)


def age_on(born_on: date, day: date) -> int:
    """Whole years of age on a day; a birthday on February 29 counts from March 1 in other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
