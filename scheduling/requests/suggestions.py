"""Which specialties are suggested: by the answers of a request, what was told since, and the scores as they stand."""

from collections.abc import Mapping
from typing import Any

from clinic.platform.db.together import read_together
from intake.before_visit.models import BeforeVisit
from intake.symptoms.models import SymptomReport
from intake.triage.disciplines import Suggestions, suggest
from scheduling.requests.models import AppointmentRequest
from scheduling.scores.models import Score
from scheduling.scores.scoring import ECOG, rule_values

# Page before the visit -> what the lines of domain 1.6 read from it, once the page was saved (D08, D09, D11)
TOLD_LATER = {"needs": ("mobility_aid",), "travel": ("transport_need",), "doctors": ("oncologist_name",)}


def with_newest(answers: Mapping[str, Any], later: list[SymptomReport]) -> dict[str, Any]:
    """The answers of a request, and over them those of the newest symptoms told since."""
    newest = max(later, key=lambda report: report.sent_at, default=None)
    told = newest.answers if newest else {}
    return {**answers, **{key: value for key, value in told.items() if value is not None}}


def judged_by(
    wanted: AppointmentRequest, later: list[SymptomReport], scores: list[Score], before: BeforeVisit | None
) -> dict[str, Any]:
    """What suggestions read of rows that are here: symptoms told since, newest scores, what was told before the visit.

    A page before the visit that was not saved yet says nothing: nobody was asked.
    """
    answers = {**with_newest(wanted.report.answers, later), "reason_for_contact": wanted.reason_for_contact}
    answers |= rule_values(scores)
    seen = next((score.result for score in scores if score.kind == ECOG), "")
    answers |= {"ecog_clinician": int(seen)} if seen else {}
    if before is not None:
        keys = [key for step, keys in TOLD_LATER.items() if step in before.steps_done for key in keys]
        answers |= {key: before.answers.get(key) for key in keys}
    return answers


def suggestions_for(wanted: AppointmentRequest, *, is_loaded: bool = False) -> Suggestions:
    """Specialties, tasks and notes that are suggested for a request. One query.

    `is_loaded`: what was told before the visit came with the request, and is not asked for again.
    """
    later, scores, told = read_together(
        SymptomReport.objects.filter(follows_id=wanted.report_id),
        Score.objects.filter(patient_id=wanted.patient_id).current().only("kind", "total", "result"),
        BeforeVisit.objects.none()
        if is_loaded
        else BeforeVisit.objects.filter(report_id=wanted.report_id).only("answers", "steps_done"),
    )
    before = getattr(wanted.report, "before_visit", None) if is_loaded else next(iter(told), None)
    return suggest(judged_by(wanted, later, scores, before))
