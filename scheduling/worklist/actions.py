"""Writes of the worklist: calls about a request or an alert, and the alert that has no number to call.

The call itself is intake's; here the clock of the request is stopped with it, in the same transaction.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from intake.triage.actions import log_contact
from intake.triage.models import Alert, ContactAttempt
from scheduling.requests.models import AppointmentRequest

NO_NUMBER = "no_number"


@transaction.atomic
def log_call(wanted: AppointmentRequest, *, reached: bool, note: str, user, by: Actor, key: str) -> ContactAttempt:
    """Log a call about a request; the first one that reached the person stops its clock."""
    call = log_contact(report=wanted.report, reached=reached, note=note, user=user, by=by, key=key)
    if call.reached:
        _stop_clock(wanted.report_id, call)
    return call


@transaction.atomic
def log_alert_call(alert: Alert, *, outcome: str, note: str, user, by: Actor, key: str) -> ContactAttempt:
    """Log a call about an alert: `outcome` is "yes" (reached), "no" (not reached) or "no_number".

    "no_number" closes the alert as one that cannot be reached; it is refused when a number is known, and before
    somebody has acknowledged the alert.
    """
    if outcome == NO_NUMBER:
        if number_of(alert):
            raise Refused(_("There is a number for this person. Call it."), code="has_number")
        if alert.acknowledged_at is None:
            raise Refused(_("Acknowledge the alert first."), code="not_acknowledged")
    call = log_contact(alert=alert, reached=outcome == "yes", note=note, user=user, by=by, key=key)
    if call.reached and call.report_id:
        _stop_clock(call.report_id, call)
    if outcome == NO_NUMBER and alert.closed_at is None:
        alert.closed_at, alert.outcome = call.at, NO_NUMBER
        alert.save(update_fields=["closed_at", "outcome"])
        record("alert_closed", by=by, subject=alert, data={"outcome": NO_NUMBER})
    return call


def number_of(alert: Alert) -> str:
    """The number to call: the one given on the emergency page, else the patient's own once the request was sent."""
    if alert.call_back_phone:
        return alert.call_back_phone
    return alert.report.patient.phone_primary if alert.report_id else ""


def _stop_clock(report_id, call: ContactAttempt) -> None:
    AppointmentRequest.objects.filter(report_id=report_id, contacted_at=None).update(contacted_at=call.at)
