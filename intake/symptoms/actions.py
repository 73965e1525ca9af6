"""Writes of the symptom report: frozen at sending, with the wording that was shown."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from intake.patients.actions import age_on
from intake.patients.models import Patient
from intake.symptoms.models import SymptomReport
from intake.symptoms.questions import snapshot, wording_for
from intake.triage.vocabulary import known, validate


def make_report(
    patient: Patient,
    answers: Mapping[str, Any],
    *,
    filled_by: str,
    at: datetime,
    by: Actor,
    follows: SymptomReport | None = None,
    entries: list[dict[str, Any]] | None = None,
) -> SymptomReport:
    """The report of these answers, unasked questions given as None. Raises ValueError when they break the vocabulary.

    The age is counted on the local date of sending. New symptoms name the report they follow, and as `entries` what
    was asked this time: their answers also hold what the earlier report knew.
    """
    age = age_on(date.fromisoformat(answers["date_of_birth"]), timezone.localdate(at))
    normalized = {**known(answers), "filled_by": filled_by, "age_years": age}
    problems = validate(normalized)
    if problems:
        raise ValueError(f"answers do not fit the vocabulary: {', '.join(problem['key'] for problem in problems)}")
    report = SymptomReport.objects.create(
        patient=patient,
        filled_by=filled_by,
        answers=normalized,
        snapshot=snapshot(answers, wording_for(filled_by)) if entries is None else entries,
        sent_at=at,
        follows=follows,
    )
    record("report_made", by=by, subject=report)
    return report
