"""The job that looks whether somebody has taken an alert on."""

from clinic.platform.jobs.registry import job, planner
from intake.triage.escalation import escalate, plan_forgotten


@job("escalate_alert")
def escalate_alert(alert: str, turn: int) -> None:
    """`alert` is the key of the alert, `turn` counts from 1."""
    escalate(alert, turn)


@planner
def look_for_waiting_alerts() -> None:
    """Alerts whose escalation could not be planned when they were written."""
    plan_forgotten()
