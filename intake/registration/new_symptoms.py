"""Writes of new symptoms: begin the short form, and turn it into a report of the same patient."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from intake.registration.actions import Finished, Incomplete, asked_answers, locked_draft, plan_sweep
from intake.registration.models import Draft
from intake.registration.new_symptoms_steps import NEW_SYMPTOMS, entries_of, kept_answers
from intake.symptoms.actions import make_report
from intake.symptoms.models import SymptomReport
from intake.triage.actions import assess_safely, raise_alert, record_triage
from intake.triage.models import Alert, Level

LIFETIME = timedelta(days=1)


def of_whom(by_phone: bool) -> Q:
    """Forms that staff take down for a caller, or those of the person themselves: neither goes on with the other's."""
    taken_down = Q(filled_by="staff_phone")
    return taken_down if by_phone else ~taken_down


def open_symptoms(report: SymptomReport, *, by_phone: bool = False) -> Draft | None:
    """The short form that is being filled in for this report, if one is; `by_phone` is the one of the staff."""
    forms = Draft.objects.filter(of_whom(by_phone), report=report, purpose=Draft.Purpose.SYMPTOMS)
    drafts = forms.filter(state=Draft.State.OPEN)
    return drafts.filter(expires_at__gt=timezone.now()).order_by("-created_at").first()


@transaction.atomic
def begin_symptoms(report: SymptomReport, *, filled_by: str, by: Actor, anew: bool = False) -> Draft:
    """The open short form of this report, or a new one that starts from what the report knows and lives a day.

    With `anew` the open one is thrown away: what was said in another call does not count in this one. Alerts stay.
    """
    SymptomReport.objects.select_for_update().get(pk=report.pk)  # two windows begin one form
    known = open_symptoms(report, by_phone=filled_by == "staff_phone")
    if known is not None and not anew:
        return known
    if known is not None:
        Draft.objects.filter(pk=known.pk).update(state=Draft.State.EXPIRED, answers={})
        record("draft_discarded", by=by, subject=known)
    now = timezone.now()
    plan_sweep(now)
    draft = Draft(id=uuid4(), purpose=Draft.Purpose.SYMPTOMS, report=report, filled_by=filled_by)
    draft.answers = {**kept_answers(report.answers), "filled_by": filled_by}
    draft.expires_at = now + LIFETIME
    draft.save(force_insert=True)
    record("draft_started", by=by, subject=draft, data={"filled_by": filled_by, "purpose": draft.purpose})
    return draft


@transaction.atomic
def finish_symptoms(draft: Draft, *, by: Actor, at: datetime) -> Finished:
    """Turn a complete short form into a report that follows the earlier one, and its triage.

    Raises `Incomplete` when a page is missing, Refused("sent" | "expired"). An EMERGENCY that was never shown raises
    its alert here. The draft then points to the report it became.
    """
    draft = locked_draft(draft)
    gaps = NEW_SYMPTOMS.gaps(draft.answers, draft.steps_done)
    if gaps:
        raise Incomplete(gaps)
    earlier = SymptomReport.objects.select_related("patient").get(pk=draft.report_id)
    answers = asked_answers(draft, draft.answers)
    patient = earlier.patient
    report = make_report(
        patient,
        {**answers, "date_of_birth": patient.date_of_birth},
        filled_by=draft.filled_by,
        at=at,
        by=by,
        follows=earlier,
        entries=entries_of(answers),
    )
    triage = record_triage(report, at=at, by=by)
    if triage.level == Level.EMERGENCY and not Alert.objects.filter(draft_id=draft.pk).exists():
        result = assess_safely(report.answers)
        raise_alert(draft=draft, report=earlier, result=result, filled_by=draft.filled_by, at=at, by=by)
    Draft.objects.filter(pk=draft.pk).update(state=Draft.State.SENT, answers={}, report=report, saved_at=at)
    record("draft_sent", by=by, subject=draft)
    return Finished(patient, report, triage, answers)
