"""What a score does to the request: the triage rules read it, and the request may rise. It never falls by a score.

A score feeds one of the clinician-only keys (domain 4.2). Together with the request's answers it makes rules fire;
those that stand on this key count. A level once raised stays until a review, also when the score is corrected downward:
a nurse or physician looks again and decides. A new version with the same value and the same days (another note) raises
nothing, so that it does not undo a review.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from clinic.messages.send import page_on_call
from clinic.platform.audit.actors import Actor
from intake.symptoms.models import SymptomReport
from intake.triage.actions import assess_safely, raise_alert
from intake.triage.engine import Result, because, highest
from intake.triage.models import Alert, Level
from intake.triage.rules import BY_ID
from intake.triage.vocabulary import known
from scheduling.requests.due import due
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.new_symptoms import raise_level
from scheduling.requests.suggestions import with_newest
from scheduling.scores.models import Score
from scheduling.scores.scoring import RULE_KEYS, rule_value, rule_values


@dataclass(frozen=True, slots=True)
class Effect:
    """What a score did: the rules that stand on it, whether the level rose, and the alert of an emergency."""

    rules: tuple[str, ...] = ()
    raised: bool = False
    alert: Alert | None = None


def answers_of(wanted: AppointmentRequest) -> dict[str, Any]:
    """What the person told: the answers of the request, and over them those of the newest symptoms told since."""
    later = SymptomReport.objects.filter(follows_id=wanted.report_id).order_by("-sent_at")[:1]
    return with_newest(wanted.report.answers, list(later))


def newest_values(patient_id) -> dict[str, Any]:
    """The clinician-only keys from the scores of a patient as they stand now: a corrected score counts as corrected."""
    return rule_values(Score.objects.filter(patient_id=patient_id).current())


def rules_on(keys: set[str], answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The rules that fire and stand on one of these keys."""
    return tuple(rule for rule, behind in because(known(dict(answers))).items() if keys & set(behind))


def act_on(score: Score, previous: Score | None, wanted: AppointmentRequest, *, by: Actor, at: datetime) -> Effect:
    """Raise the request and, for an EMERGENCY, an alert. The caller holds the transaction.

    Out of hours, what needs a call within the hour pages on call, as for a new request.
    """
    value = rule_value(score)
    if value is None or (previous is not None and _facts(previous) == _facts(score)):
        return Effect()
    key = RULE_KEYS[score.kind]
    answers = {**answers_of(wanted), key: value}
    result = assess_safely(answers)
    rules = rules_on({key}, answers)
    level = result.level if result.failed else highest(BY_ID[rule].level for rule in rules)
    alert = _alert(wanted, result, rules, by=by, at=at)
    deadlines = due(level, at, result, detected_at=at)
    raised = raise_level(wanted, level, result, at=at, by=by, deadlines=deadlines, because="score")
    if raised and deadlines.pages:
        page_on_call("urgent", link=settings.PUBLIC_URL + reverse("worklist:request", args=[wanted.reference]))
    return Effect(rules, raised, alert)


def _facts(score: Score) -> tuple:
    return rule_value(score), score.target, score.assessed_on, score.study_on


def _alert(
    wanted: AppointmentRequest, result: Result, rules: tuple[str, ...], *, by: Actor, at: datetime
) -> Alert | None:
    """The alert of the EMERGENCY rules that stand on the score; one that nobody has taken on yet is not doubled."""
    emergencies = tuple(rule for rule in rules if BY_ID[rule].level == Level.EMERGENCY)
    if not emergencies:
        return None
    waiting = Alert.objects.filter(report_id=wanted.report_id, acknowledged_at=None).order_by("detected_at")
    for alert in waiting:
        if set(emergencies) <= set(alert.rules):
            return alert
    return raise_alert(report=wanted.report, result=result, filled_by="staff", at=at, by=by, rules=emergencies)
