"""What happens when nobody takes an alert on: it pages again and wider, every few minutes, until somebody does."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import record
from clinic.platform.jobs.queue import enqueue
from intake.triage.alert_steps import Kind, beside_the_alert, new_step, note_steps, page_staff
from intake.triage.models import Alert

MOST_AT_ONCE = 100


def wait() -> timedelta:
    """How long an alert may wait for somebody, and how long the next page waits."""
    return timedelta(minutes=settings.EMERGENCY_ESCALATE_MINUTES)


def plan_first(alert: Alert, *, since: datetime) -> None:
    """Have an alert looked at again, in the transaction that wrote it. Planned twice, it is done once."""
    with beside_the_alert("the escalation"):
        _plan(alert.pk, 1, since + wait(), dedupe=f"escalate_alert {alert.pk}")


def plan_anew(alert: Alert, *, since: datetime) -> None:
    """The same for an alert that somebody had taken on and that waits for somebody again."""
    with beside_the_alert("the escalation"):
        _plan(alert.pk, 1, since + wait())


def _plan(alert_id, turn: int, run_after: datetime, *, dedupe: str | None = None) -> None:
    enqueue("escalate_alert", {"alert": str(alert_id), "turn": turn}, dedupe=dedupe, run_after=run_after)


def escalate(alert_id: str, turn: int) -> bool:
    """Page again when nobody has taken the alert on, and plan the next turn; whether it was still waiting.

    Ends with EMERGENCY_ESCALATE_TIMES pages; the banner on the staff pages goes on. The caller holds the transaction.
    """
    now = timezone.now()
    alert = Alert.objects.select_for_update().filter(pk=alert_id, acknowledged_at=None, closed_at=None).first()
    if alert is None:
        return False
    paged = page_staff(alert, now, more=True)
    alert.escalated_at = alert.escalated_at or now
    alert.save(update_fields=["escalated_at", "paged_at"])
    steps = [new_step(alert, Kind.ESCALATED, detail=str(turn), at=now)]
    if paged:
        steps.append(new_step(alert, Kind.PAGED, detail="escalation", at=now))
    note_steps(*steps)
    record("alert_escalated", by=SYSTEM, subject=alert, data={"turn": turn})
    if turn < settings.EMERGENCY_ESCALATE_TIMES:
        _plan(alert.pk, turn + 1, now + wait())
    return True


def plan_forgotten() -> int:
    """Plan the first turn of alerts that wait too long without one, as if planning had failed; how many were looked at.

    A turn that is planned or done already is not planned again.
    """
    late = timezone.now() - wait()
    waiting = Alert.objects.filter(acknowledged_at=None, closed_at=None, escalated_at=None, detected_at__lt=late)
    found = list(waiting.order_by("detected_at")[:MOST_AT_ONCE])
    for alert in found:
        plan_first(alert, since=alert.detected_at)
    return len(found)
