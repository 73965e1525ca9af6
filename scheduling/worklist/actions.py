"""Writes of the worklist: calls about a request or an alert, the alert that has no number to call, notes.

The call itself is intake's; here the clock of the request is stopped with it, in the same transaction.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask
from intake.triage.actions import NO_NUMBER, close_alert, log_contact
from intake.triage.models import Alert, ContactAttempt
from intake.triage.tries import is_unreached
from scheduling.requests.models import AppointmentRequest, RequestNote

NOTE = "note"


@transaction.atomic
def log_call(wanted: AppointmentRequest, *, reached: bool, note: str, user, by: Actor, key: str) -> ContactAttempt:
    """Log a call about a request; the first one that reached the person stops its clock.

    While an emergency of this request is open the call belongs to it as well.
    """
    alert = Alert.objects.filter(report_id=wanted.report_id, closed_at=None).order_by("-detected_at").first()
    call = log_contact(alert=alert, report=wanted.report, reached=reached, note=note, user=user, by=by, key=key)
    if call.reached:
        _stop_clock(wanted.report_id, call)
    elif alert is not None:
        open_task_if_unreached(alert, by=by)
    return call


@transaction.atomic
def log_alert_call(alert: Alert, *, outcome: str, note: str, user, by: Actor, key: str) -> ContactAttempt:
    """Log a call about an alert: `outcome` is "yes" (reached), "no" (not reached) or "no_number".

    "no_number" closes the alert as one that cannot be reached; it is refused when a number is known, and before
    somebody has acknowledged the alert. A task asks somebody to see to a person whom three calls did not reach.
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
        close_alert(alert, NO_NUMBER, by=by, at=call.at)
        _unreached_task(alert, by=by)
    elif not call.reached:
        open_task_if_unreached(alert, by=by)
    return call


def calls_about(alert: Alert) -> Q:
    """Calls about an alert, and about the request that its form became."""
    return Q(alert=alert) | Q(report_id=alert.report_id) if alert.report_id else Q(alert=alert)


def open_task_if_unreached(alert: Alert, *, by: Actor) -> StaffTask | None:
    """One task for an emergency in which three calls within an hour did not reach the person; None before that."""
    calls = ContactAttempt.objects.filter(calls_about(alert), at__gte=alert.detected_at).values_list("at", "reached")
    return _unreached_task(alert, by=by) if is_unreached(calls) else None


def _unreached_task(alert: Alert, *, by: Actor) -> StaffTask:
    return open_task(
        StaffTask.Kind.EMERGENCY_UNREACHED,
        patient=alert.report.patient if alert.report_id else None,
        report=alert.report,
        data={"alert": str(alert.pk)},
        dedupe=str(alert.pk),
        by=by,
    )


@submit_once("add_note", store=lambda note: str(note.pk), replay=lambda stored: RequestNote.objects.get(pk=stored))
def add_note(wanted: AppointmentRequest, *, text: str, user, by: Actor, key: str) -> RequestNote:
    """A note for colleagues on a request, closed or not. Raises Refused: "not_allowed", "empty"."""
    if not user.has_perm(Permission.LOG_CONTACT):
        raise Refused(_("You are not allowed to do this."), code="not_allowed")
    if not text.strip():
        raise Refused(_("Enter the note."), code="empty")
    label = by.label or by.kind
    note = RequestNote.objects.create(request=wanted, kind=NOTE, text=text.strip(), by_label=label, at=timezone.now())
    record("note_added", by=by, subject=wanted)
    return note


def number_of(alert: Alert) -> str:
    """The number to call: the one given on the emergency page, else the patient's own once the request was sent."""
    if alert.call_back_phone:
        return alert.call_back_phone
    return alert.report.patient.phone_primary if alert.report_id else ""


def _stop_clock(report_id, call: ContactAttempt) -> None:
    AppointmentRequest.objects.filter(report_id=report_id, contacted_at=None).update(contacted_at=call.at)
