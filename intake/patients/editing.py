"""Writes that correct who a patient is and how they may be reached. Versions must match: nothing is lost unseen."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.texts.stop import is_stopped
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.words import moment
from intake.access.models import AccessLink
from intake.patients.duplicates import look_for_duplicates
from intake.patients.identity import birth_date_index, email_index, name_index, name_prefixes, phone_index
from intake.patients.models import NamePrefix, Patient
from intake.symptoms.models import SymptomReport

WHO = ("legal_first_name", "legal_last_name", "date_of_birth", "zip", "preferred_language", "interpreter_needed")
REACH = ("phone_primary", "phone_type", "ok_voicemail", "email", "contact_preference", "contact_times")
AGREED = ("consent_sms", "consent_email")  # yes or no; kept as the moment of the agreement
OWN = ("ok_voicemail", "contact_preference", "contact_times", *AGREED)  # what patients change themselves
CHANGED = "patient_changed"
INDEXED = frozenset({"legal_first_name", "legal_last_name", "date_of_birth", "phone_primary", "email"})


def values_of(patient: Patient) -> dict[str, Any]:
    """What can be changed, as it stands."""
    found = {name: getattr(patient, name) for name in (*WHO, *REACH)}
    found["consent_sms"] = patient.consent_sms_at is not None
    found["consent_email"] = patient.consent_email_at is not None
    return found


def change_patient(
    patient: Patient,
    values: Mapping[str, Any],
    *,
    version: int,
    consent_wording: str,
    user,
    by: Actor,
) -> Patient:
    """Change what `values` name (names of WHO, REACH and AGREED); the search indexes follow in the same transaction.

    An agreement to texts belongs to a number, one to e-mails to an address: given for another one it counts from now.
    The audit keeps the names of what changed, never a value. The caller holds the transaction. Raises Refused:
    "not_allowed", "stale" (who changed it, and when), "merged", "stopped" (the owner of the number answered STOP),
    "no_address", "not_agreed".
    """
    if not user.has_perm(Permission.EDIT_PATIENT):
        raise Refused(_("You are not allowed to do this."), code="not_allowed")
    row = _locked(patient)
    if row.merged_into_id:
        raise Refused(_("This record was merged into another one. Change that one."), code="merged")
    if row.version != version:
        raise Refused(changed_words(row), code="stale")
    return _write(row, values, consent_wording=consent_wording, by=by)


def change_own_contact(
    patient: Patient, values: Mapping[str, Any], *, version: int, consent_wording: str, by: Actor
) -> Patient:
    """Change how the patient is reached on their own word: names of OWN only, never a number or an address.

    The caller holds the transaction and knows whose page it is. Raises Refused: "stale" (it changed meanwhile),
    "not_allowed" (another name), "stopped", "no_address", "not_agreed".
    """
    if set(values) - set(OWN):
        raise Refused(_("You are not allowed to do this."), code="not_allowed")
    row = _locked(patient)
    if row.version != version:
        raise Refused(_("This was changed in the meantime. Look at your choices again, then save."), code="stale")
    return _write(row, values, consent_wording=consent_wording, by=by)


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _write(row: Patient, values: Mapping[str, Any], *, consent_wording: str, by: Actor) -> Patient:
    """Write what differs into the held row, with its indexes, agreements and audit."""
    before = values_of(row)
    changed = [name for name, value in values.items() if before[name] != value]
    if not changed:
        return row
    at = timezone.now()
    for name in changed:
        if name not in AGREED:
            setattr(row, name, values[name])
    _agree(row, before, {**before, **values}, wording=consent_wording, at=at)
    _index(row, changed)
    row.version += 1
    row.save()
    record(CHANGED, by=by, subject=row, data={"fields": changed})
    if INDEXED & set(changed):
        look_for_duplicates(row, report=_newest_report(row), by=by)
    return row


def _agree(row: Patient, before: Mapping[str, Any], wanted: Mapping[str, Any], *, wording: str, at: datetime) -> None:
    """Set the moments of the agreements; whoever wants texts or e-mails must have agreed to them."""
    texts = _moment(row.consent_sms_at, wanted["consent_sms"], row.phone_primary != before["phone_primary"], at)
    emails = _moment(row.consent_email_at, wanted["consent_email"], row.email != before["email"], at)
    if texts == at and is_stopped(row.phone_primary):
        told = _("The owner of this number answered STOP. Texts start again only when they text START themselves.")
        raise Refused(told, code="stopped")
    if emails is not None and not row.email:
        raise Refused(_("Enter an email address first, or take away the agreement to emails."), code="no_address")
    ways = row.contact_preference
    missing = ("text" in ways and texts is None) or ("email" in ways and emails is None)
    is_said_now = any(before[name] != wanted[name] for name in ("contact_preference", *AGREED))
    if missing and is_said_now:  # who answered STOP may still have texts among the ways
        told = _("Somebody who wants texts or emails must agree to them. Ask, then tick the box.")
        raise Refused(told, code="not_agreed")
    if at in (texts, emails):
        row.consent_wording = wording
    row.consent_sms_at, row.consent_email_at = texts, emails


def _moment(agreed_at: datetime | None, agrees: bool, is_elsewhere: bool, at: datetime) -> datetime | None:
    if not agrees:
        return None
    return at if agreed_at is None or is_elsewhere else agreed_at


def _index(row: Patient, changed: list[str]) -> None:
    """The blind indexes of what changed; the beginnings of the name that the search reads."""
    if "date_of_birth" in changed:
        row.birth_date_index = birth_date_index(date.fromisoformat(row.date_of_birth))
    if "phone_primary" in changed:
        row.phone_index = phone_index(row.phone_primary)
    if "email" in changed:
        row.email_index = email_index(row.email)
    if {"legal_first_name", "legal_last_name"} & set(changed):
        row.name_index = name_index(row.legal_first_name, row.legal_last_name)
        indexes = set(name_prefixes(row.legal_first_name, row.legal_last_name))
        kept = row.name_prefixes.filter(prefix_index__in=indexes)
        row.name_prefixes.exclude(pk__in=kept.values("pk")).delete()
        new = indexes - set(row.name_prefixes.values_list("prefix_index", flat=True))
        NamePrefix.objects.bulk_create(NamePrefix(patient=row, prefix_index=index) for index in sorted(new))


def let_links_follow(patient: Patient, old_index: str, subjects: Iterable[str]) -> None:
    """Links that were sent already open with the right birth date from now on; `subjects` are what they open."""
    links = AccessLink.objects.filter(birth_date_index=old_index, subject_id__in=[str(patient.pk), *subjects])
    links.update(birth_date_index=patient.birth_date_index)


def _newest_report(row: Patient) -> SymptomReport | None:
    return SymptomReport.objects.filter(patient=row, follows=None).order_by("-sent_at").first()


def last_change(patient: Patient) -> AuditEntry | None:
    """The audit's row of the last change of this record."""
    rows = AuditEntry.objects.filter(subject_kind=patient._meta.label_lower, subject_id=str(patient.pk), action=CHANGED)
    return rows.order_by("-sequence").first()


def changed_words(patient: Patient) -> str:
    """Who changed the record last, and when, for whoever had it open meanwhile."""
    entry = last_change(patient)
    if entry is None:
        return _("Somebody changed this record while you had it open. Nothing was overwritten.")
    user = get_user_model().objects.filter(pk=entry.actor_id).first() if entry.actor_kind == "staff" else None
    words = _("%(name)s changed this record on %(time)s, while you had it open. Nothing was overwritten.")
    return words % {"name": user or _("Somebody"), "time": moment(entry.at)}
