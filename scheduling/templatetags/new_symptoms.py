"""New symptoms on the staff's page of a request."""

from django import template

from intake.symptoms.models import SymptomReport
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.dossier import Answer, FiredWithAnswers
from scheduling.worklist.reasons import fired_rules

register = template.Library()


@register.inclusion_tag("worklist/_new_symptoms.html")
def new_symptoms_of(wanted: AppointmentRequest) -> dict:
    """What was told after the request was sent, the last first: one query. Open answers are left out."""
    later = SymptomReport.objects.filter(follows=wanted.report_id).select_related("triage").order_by("-sent_at")
    return {"told": [_told(report) for report in later]}


def _told(report: SymptomReport) -> dict:
    given = {entry["key"]: Answer.of(entry) for entry in report.snapshot if entry.get("value") is not None}
    fired = fired_rules(report.triage.rules, report.answers)
    return {
        "report": report,
        "level": report.triage.level,
        "rules": [FiredWithAnswers(rule, [given[key] for key in rule.keys if key in given]) for rule in fired],
        "answers": list(given.values()),
    }
