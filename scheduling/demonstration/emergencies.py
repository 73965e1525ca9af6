"""An emergency that nobody could reach, and a dental check, for the lists of the demonstration."""

import datetime as dt
import uuid

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask
from intake.triage.models import Alert
from scheduling.demonstration.patients import at_moment
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.actions import log_alert_call

TRIES = (50, 35, 20)  # minutes ago
READY = AppointmentRequest.Status.READY


def add_emergencies(now: dt.datetime) -> None:
    """Three calls in vain about an emergency that a nurse has taken on; a dental check for somebody to be planned."""
    nurse = User.objects.get(email="nurse@example.org")
    by = Actor("staff", str(nurse.pk), nurse.name)
    taken_on = Alert.objects.exclude(acknowledged_at=None).filter(closed_at=None).exclude(report=None)
    alert = taken_on.select_related("report__patient").order_by("-detected_at").first()
    for minutes in TRIES if alert is not None else ():
        with at_moment(now - dt.timedelta(minutes=minutes)):
            log_alert_call(alert, outcome="no", note="Voicemail.", user=nurse, by=by, key=uuid.uuid4().hex)
    wanted = AppointmentRequest.objects.filter(status=READY).select_related("report__patient").order_by("pk").last()
    if wanted is not None:
        report = wanted.report
        open_task(StaffTask.Kind.DENTAL, patient=report.patient, report=report, dedupe=str(report.pk), by=by)
