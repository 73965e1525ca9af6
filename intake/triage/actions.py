"""Writes about triage: the stored result, the nurse's decision, and alerts with their calls."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.access.codes import new_code
from intake.symptoms.models import SymptomReport
from intake.triage.alert_steps import Kind, new_step, note_steps, page_staff
from intake.triage.engine import Result, assess, highest
from intake.triage.escalation import plan_anew, plan_first
from intake.triage.models import Alert, AlertStep, ContactAttempt, Level, Triage, TriageReview
from intake.triage.vocabulary import known

log = logging.getLogger(__name__)

FIND_CODE_LENGTH = 5
ANSWERS = ("going", "cannot", "mistake")
REACHED, NO_NUMBER = "reached", "no_number"  # how an alert ends
BY_REVIEW = "review"  # in place of who filled in: the answers were read, and somebody of the staff decided
TALKED_LATELY = timedelta(hours=1)
FURTHER = (Kind.EMERGENCY_CONTACT, Kind.WELFARE_CHECK)  # what staff do when no call reaches the person


@transaction.atomic
def raise_alert(
    *,
    draft=None,
    report: SymptomReport | None = None,
    result: Result,
    filled_by: str,
    at: datetime,
    by: Actor,
    rules: tuple[str, ...] | None = None,
) -> Alert:
    """Write an alert for an EMERGENCY and page on call, in the transaction of the answer that caused it.

    `rules` are the EMERGENCY rules to show, by default those of the result. An earlier alert of the same draft lends
    its code and its call-back phone, so that the person keeps one code and need not type the number again.

    `at` is when the answer was saved; the step DETECTED has the moment the alert was written: what lies between is the
    "screen to alert" time of domain 8. Paging, the steps and the planned escalation never stop the alert.
    """
    earlier = Alert.objects.filter(draft_id=draft.pk).order_by("-detected_at").first() if draft else None
    fired = rules if rules is not None else tuple(rule for rule in result.rules if rule.startswith("E"))
    alert = Alert(
        draft_id=draft.pk if draft else None,
        report=report,
        rules=list(fired),
        message=result.message,
        filled_by=filled_by,
        find_code=earlier.find_code if earlier else new_code(FIND_CODE_LENGTH),
        call_back_phone=earlier.call_back_phone if earlier else "",
        detected_at=at,
        contact_due_at=at + timedelta(minutes=settings.EMERGENCY_CONTACT_MINUTES),
    )
    steps = [new_step(alert, Kind.DETECTED, detail=filled_by)]
    if page_staff(alert, at):
        steps.append(new_step(alert, Kind.PAGED))
    alert.save(force_insert=True)
    record("alert_raised", by=by, subject=alert, data={"rules": list(fired)})
    note_steps(*steps)
    plan_first(alert, since=at)
    return alert


def alert_of_review(
    report: SymptomReport, triage: Triage, *, was_emergency: bool, user, by: Actor, at: datetime
) -> Alert | None:
    """The alert of an emergency that a reviewer decided, in the transaction of the review; None where it needs none.

    The reviewer has it: it pages nobody, and waits for a call that reaches the person like any other. None when an
    alert of this report waits for that already, when somebody talked with the person within the last hour, or when
    this was an emergency before (`was_emergency`) about which the person was reached: the review confirms it.
    """
    alerts = Alert.objects.filter(report=report)
    lately = ContactAttempt.objects.filter(report=report, reached=True, at__gte=at - TALKED_LATELY)
    if alerts.filter(Q(closed_at=None) | Q(outcome=NO_NUMBER)).exists() or lately.exists():
        return None
    if was_emergency and alerts.filter(outcome=REACHED).exists():
        return None
    alert = Alert.objects.create(
        report=report,
        rules=[rule for rule in triage.rules if rule.startswith("E")],
        message="",  # none was shown
        filled_by=BY_REVIEW,
        find_code=new_code(FIND_CODE_LENGTH),
        detected_at=at,
        contact_due_at=at + timedelta(minutes=settings.EMERGENCY_CONTACT_MINUTES),
        acknowledged_at=at,
        acknowledged_by=user,
    )
    record("alert_decided", by=by, subject=alert)
    note_steps(
        new_step(alert, Kind.DETECTED, detail=BY_REVIEW, by=by, at=at), new_step(alert, Kind.ACKNOWLEDGED, by=by, at=at)
    )
    return alert


@transaction.atomic
def set_call_back_phone(alert: Alert, phone: str, *, by: Actor) -> Alert:
    """Put the number where a nurse can reach the person now (E.164) on the alert.

    An alert that was closed because there was no number waits for somebody again.
    """
    alert.call_back_phone = phone
    alert.save(update_fields=["call_back_phone"])
    record("alert_phone_given", by=by, subject=alert)
    if phone and alert.outcome == NO_NUMBER:
        _reopen(alert, by=by)
    return alert


def _reopen(alert: Alert, *, by: Actor) -> None:
    """There is a number now: the alert is open and unacknowledged again, pages and escalates."""
    now = timezone.now()
    alert.closed_at, alert.outcome = None, ""
    alert.acknowledged_at = alert.acknowledged_by = None
    paged = page_staff(alert, now)
    alert.save(update_fields=["closed_at", "outcome", "acknowledged_at", "acknowledged_by", "paged_at"])
    record("alert_reopened", by=by, subject=alert)
    if paged:
        note_steps(new_step(alert, Kind.PAGED, detail="number_given", at=now))
    plan_anew(alert, since=now)


@submit_once("person_said", store=lambda alert: str(alert.pk), replay=lambda stored: Alert.objects.get(pk=stored))
def person_said(alert: Alert, answer: str, *, by: Actor, key: str) -> Alert:
    """Keep what the person said to the emergency page: going, cannot (pages the nurse again) or mistake.

    The alert stays open whatever is said: only an acknowledgement ends it.
    """
    if answer not in ANSWERS:
        raise Refused(_("Select one of the answers."), code="unknown_answer")
    now = timezone.now()
    alert.person_said = answer
    steps = [new_step(alert, Kind.PERSON_SAID, detail=answer, by=by, at=now)]
    if answer == "cannot" and page_staff(alert, now):
        steps.append(new_step(alert, Kind.PAGED, detail="cannot", at=now))
    alert.save(update_fields=["person_said", "paged_at"])
    record("alert_answered", by=by, subject=alert, data={"said": answer})
    note_steps(*steps)
    return alert


@submit_once("acknowledge_alert", store=lambda alert: str(alert.pk), replay=lambda stored: Alert.objects.get(pk=stored))
def acknowledge_alert(alert: Alert, *, user, by: Actor, key: str) -> Alert:
    """A nurse takes the alert on. The first one wins; the second is told so."""
    now = timezone.now()
    won = Alert.objects.filter(pk=alert.pk, acknowledged_at=None).update(acknowledged_at=now, acknowledged_by=user)
    if not won:
        raise Refused(_("Somebody else has already taken on this alert."), code="taken")
    alert.refresh_from_db()
    record("alert_acknowledged", by=by, subject=alert)
    note_steps(new_step(alert, Kind.ACKNOWLEDGED, by=by, at=now))
    return alert


@submit_once(
    "log_contact", store=lambda call: str(call.pk), replay=lambda stored: ContactAttempt.objects.get(pk=stored)
)
def log_contact(
    *,
    alert: Alert | None = None,
    report: SymptomReport | None = None,
    reached: bool,
    note: str,
    user,
    by: Actor,
    key: str,
) -> ContactAttempt:
    """Log a call. Only one that reached the person stops the clock; on an alert it also closes it."""
    subject = alert or report
    if subject is None:
        raise ValueError("a contact belongs to an alert or to a report")
    call = ContactAttempt.objects.create(
        alert=alert,
        report=report or (alert.report if alert else None),
        reached=reached,
        note=note,
        by=user,
        at=timezone.now(),
    )
    record("contact_logged", by=by, subject=subject, data={"reached": reached})
    if alert is not None:
        note_steps(new_step(alert, Kind.REACHED if reached else Kind.NOT_REACHED, by=by, at=call.at))
        if reached and alert.closed_at is None:
            close_alert(alert, REACHED, by=by, at=call.at)
    return call


def close_alert(alert: Alert, outcome: str, *, by: Actor, at: datetime) -> None:
    """Close an alert as REACHED or NO_NUMBER, in the transaction of the caller. Its banner ends by acknowledgement."""
    alert.closed_at, alert.outcome = at, outcome
    alert.save(update_fields=["closed_at", "outcome"])
    record("alert_closed", by=by, subject=alert, data={"outcome": outcome})
    note_steps(new_step(alert, Kind.CLOSED, detail=outcome, by=by, at=at))


@submit_once("step_further", store=lambda step: str(step.pk), replay=lambda stored: AlertStep.objects.get(pk=stored))
def step_further(alert: Alert, kind: str, *, note: str, user, by: Actor, key: str) -> AlertStep:
    """Write down what staff did about somebody whom no call reaches: the emergency contact, the welfare check.

    Raises Refused: "not_allowed", "unknown_step", "reached" (the person was reached meanwhile).
    """
    if not user.has_perm(Permission.LOG_CONTACT):
        raise Refused(_("You are not allowed to do this."), code="not_allowed")
    if kind not in FURTHER:
        raise Refused(_("Select what you have done."), code="unknown_step")
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.outcome == REACHED:
        raise Refused(_("The person was reached meanwhile. Nothing more is to do here."), code="reached")
    step = new_step(alert, kind, by=by, note=note.strip())
    step.save(force_insert=True)  # not beside the alert: who asked for a welfare check must know that it is written
    record("alert_step", by=by, subject=alert, data={"step": kind})
    return step


@transaction.atomic
def record_triage(report: SymptomReport, *, at: datetime, by: Actor) -> Triage:
    """Assess the answers of a report and store the result for good.

    When a rule fails in the program the level is at least URGENT, the result is not final, and only ids are logged.
    """
    result = assess_safely(report.answers)
    triage = Triage.objects.create(
        report=report,
        level=result.level,
        rules=list(result.rules),
        message=result.message,
        rule_set=result.rule_set,
        is_final=result.is_final,
        failed_rules=list(result.failed),
    )
    record("triaged", by=by, subject=triage, data={"level": result.level, "rule_set": result.rule_set})
    return triage


def assess_safely(answers: dict[str, Any]) -> Result:
    """The engine's result; URGENT and not final when it breaks as a whole. Logs ids of rules, never an answer."""
    try:
        result = assess(known(answers))
    # Whatever breaks the engine, the person goes to a nurse and never sees an error. No trace: it could hold answers
    except Exception as broken:  # noqa: BLE001
        log.error("triage engine failed: %s", type(broken).__name__)  # noqa: TRY400
        return Result(level=Level.URGENT, rules=(), message="M-URGENT", failed=("engine",))
    if result.failed:
        log.error("triage rules failed: %s", ", ".join(result.failed))
    return result


def record_review(
    triage: Triage,
    *,
    disposition: str,
    reason: str,
    visit_type: str,
    specialties: list[str],
    user,
    by: Actor,
    at: datetime,
    at_least: str = Level.ROUTINE,
) -> TriageReview:
    """A nurse's or physician's decision: a new row, the earlier ones stay.

    A decision other than the level that counts now needs a reason; lowering an EMERGENCY also needs the permission for
    it. `at_least` is a level that something beside the answers asks for, such as the referrer's wish. `reason` is for
    staff only.
    """
    if disposition not in TriageReview.Disposition.values:
        raise Refused(_("Select what should happen next."), code="unknown_disposition")
    level = highest([counting_level(triage), at_least])
    keeps_level = disposition in (level, TriageReview.Disposition.NEEDS_INFORMATION)
    if level == Level.EMERGENCY and not keeps_level and not user.has_perm(Permission.LOWER_EMERGENCY):
        raise Refused(_("Only a nurse or a physician can lower an emergency."), code="not_allowed")
    if disposition != level and not reason.strip():
        raise Refused(_("Enter the reason for this decision."), code="reason_missing")
    with transaction.atomic():
        review = TriageReview.objects.create(
            triage=triage,
            disposition=disposition,
            computed_level=triage.level,
            reason=reason.strip(),
            visit_type=visit_type,
            specialties=list(specialties),
            reviewed_by=user,
            reviewed_at=at,
        )
        record("triage_reviewed", by=by, subject=triage, data={"disposition": disposition, "computed": triage.level})
    return review


def counting_level(triage: Triage) -> str:
    """The level that counts before this decision: of the last review that set one, else the computed one; and above it
    any EMERGENCY shown and any new symptoms told since.
    """
    reviewed = [review for review in triage.reviews.all() if review.disposition in Level.values]
    alerts, later = triage.report.alerts.all(), Triage.objects.filter(report__follows=triage.report)
    if reviewed:
        since = reviewed[-1].reviewed_at
        alerts, later = alerts.filter(detected_at__gt=since), later.filter(report__sent_at__gt=since)
    if alerts.exists():
        return Level.EMERGENCY
    return highest([reviewed[-1].disposition if reviewed else triage.level, *later.values_list("level", flat=True)])


def attach_alerts(draft_id, report: SymptomReport) -> int:
    """Give the alerts shown while a draft was filled in to the report it became; how many. No alert ends by that.

    One that was closed because there was no number waits for somebody again: the report brings the patient's own.
    """
    found = Alert.objects.filter(draft_id=draft_id, report=None)
    unreachable = list(found.filter(outcome=NO_NUMBER))
    count = found.update(report=report)
    for alert in unreachable:
        alert.report = report
        _reopen(alert, by=SYSTEM)
    return count
