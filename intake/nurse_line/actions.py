"""Writes of the nurse line: begin, ask, take, call, answer, close, turn into a request."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.send import page_on_call
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.nurse_line.models import NurseQuestion, QuestionNote, Topic
from intake.patients.models import Patient
from intake.registration.actions import Incomplete, asked_answers, locked_draft, person, plan_sweep, start_draft
from intake.registration.models import Draft
from intake.registration.nurse_line_steps import NURSE_LINE
from intake.symptoms.questions import snapshot, wording_for
from intake.tasks.actions import end_task, open_task
from intake.tasks.models import StaffTask
from intake.triage.actions import assess_safely, raise_alert, set_call_back_phone
from intake.triage.clinic_clock import answer_due, nurses_are_there
from intake.triage.models import Alert, Level

RANK = {Level.EMERGENCY: 0, Level.URGENT: 1, Level.SOON: 2, Level.ROUTINE: 3}
State = NurseQuestion.State


def _stored(question: NurseQuestion) -> str:
    return str(question.pk)


def _replayed(stored: str) -> NurseQuestion:
    return NurseQuestion.objects.get(pk=stored)


@transaction.atomic
def begin_question(*, kind: str, topic: str, filled_by: str) -> Draft:
    """A form for the nurse line that lives as long as its idle session. Raises ValueError for unknown words."""
    if kind not in NurseQuestion.Kind.values or topic not in Topic.values:
        raise ValueError("unknown kind or topic")
    now = timezone.now()
    plan_sweep(now)
    draft = Draft(id=uuid4(), purpose=Draft.Purpose.NURSE_LINE, filled_by=filled_by)
    draft.answers = {"filled_by": filled_by, "topic": topic, "kind": kind}
    draft.expires_at = now + timedelta(minutes=settings.PATIENT_IDLE_MINUTES)
    draft.save(force_insert=True)
    by = person(draft.pk, filled_by)
    record("draft_started", by=by, subject=draft, data={"filled_by": filled_by, "purpose": draft.purpose})
    return draft


@submit_once("ask_nurse", store=_stored, replay=_replayed)
def ask_nurse(
    draft: Draft, said: Mapping[str, Any], *, patient: Patient | None = None, by: Actor, key: str, at: datetime
) -> NurseQuestion:
    """Put a question, or the wish to be called, before the nurses; the form is emptied.

    A question about symptoms is as urgent as its safety answers make it, and an EMERGENCY that was never shown raises
    its alert here; the number given goes to the alert. One about trials makes a task for the trials coordinator;
    `patient` is who asks about themselves, when they are signed in. Raises `Incomplete` when a safety page is missing,
    Refused ("sent", "expired").
    """
    draft = locked_draft(draft)
    if gaps := NURSE_LINE.gaps(draft.answers, draft.steps_done):
        raise Incomplete(gaps)
    topic, kind = draft.answers["topic"], draft.answers["kind"]
    level, rules, one_hour, entries = Level.ROUTINE, [], False, []
    if topic == Topic.SYMPTOMS:
        answers = asked_answers(draft, draft.answers)
        result = assess_safely(answers)
        level, rules, one_hour = Level(result.level), list(result.rules), result.one_hour
        asked = {one.key for step in NURSE_LINE.applicable(answers) for one in _questions(step, answers)}
        entries = [one for one in snapshot(answers, wording_for(draft.filled_by)) if one["key"] in asked]
        _alert(draft, result, phone=said["phone"], at=at, by=by)
    question = NurseQuestion.objects.create(
        kind=kind,
        topic=topic,
        level=level,
        urgency_rank=RANK[level],
        rules=rules,
        safety=entries,
        draft_id=draft.pk,
        filled_by=draft.filled_by,
        asked_at=at,
        due_at=answer_due(level, at, one_hour=one_hour),
        **said,
    )
    if level == Level.URGENT and one_hour and not nurses_are_there(at):
        page_on_call("urgent", link=settings.PUBLIC_URL + reverse("staff-questions:question", args=[question.pk]))
    if topic == Topic.TRIALS:
        open_task(
            StaffTask.Kind.TRIAL_INTEREST,
            patient=patient,
            data={"question": str(question.pk)},
            dedupe=str(question.pk),
            due_at=question.due_at,
            by=by,
        )
    Draft.objects.filter(pk=draft.pk).update(state=Draft.State.SENT, answers={}, saved_at=at)
    record("question_asked", by=by, subject=question, data={"kind": kind, "topic": topic, "level": level})
    return question


def _questions(step, answers):
    return [one for top in step.questions for one in top.asked(answers)]


def _alert(draft: Draft, result, *, phone: str, at: datetime, by: Actor) -> None:
    alerts = list(Alert.objects.filter(draft_id=draft.pk).order_by("detected_at"))
    if result.level == Level.EMERGENCY and not alerts:
        alerts = [raise_alert(draft=draft, result=result, filled_by=draft.filled_by, at=at, by=by)]
    for alert in alerts:
        if not alert.call_back_phone and alert.closed_at is None:
            set_call_back_phone(alert, phone, by=by)


@submit_once("take_question", store=_stored, replay=_replayed)
def take_question(question: NurseQuestion, *, user, by: Actor, key: str) -> NurseQuestion:
    """Say that one answers it. Raises Refused: "not_allowed", "taken" (by a colleague), "closed"."""
    row = _locked(question, user)
    if row.assigned_to_id not in (None, user.pk):
        raise Refused(_("A colleague has taken this question."), code="taken")
    row.assigned_to = user
    row.state = State.ASSIGNED if row.state == State.NEW else row.state
    keep_with_note(row, QuestionNote.Kind.TAKEN, "", user=user, by=by)
    return row


@submit_once("note_question", store=_stored, replay=_replayed)
def note_question(question: NurseQuestion, *, what: str, note: str, user, by: Actor, key: str) -> NurseQuestion:
    """Write down a call or close the question. Only reaching the person stops the clock.

    `what` is answered, not_reached or closed. Raises Refused: "not_allowed", "closed"; ValueError for another word.
    """
    row, now = _locked(question, user), timezone.now()
    if what == QuestionNote.Kind.ANSWERED:
        row.state, row.answered_at = State.ANSWERED, row.answered_at or now
    elif what == QuestionNote.Kind.CLOSED:
        row.state, row.closed_at = State.CLOSED, now
        _end_task(row, user=user, by=by)
    elif what != QuestionNote.Kind.NOT_REACHED:
        raise ValueError("unknown kind of note")
    row.assigned_to = row.assigned_to or user
    keep_with_note(row, what, note, user=user, by=by)
    return row


@submit_once("convert_question", store=_stored, replay=lambda stored: Draft.objects.get(pk=stored))
def convert_question(question: NurseQuestion, *, user, by: Actor, key: str) -> Draft:
    """The person needs a visit: a form by phone with what is known, for staff to go on with; the question is done.

    Raises Refused: "not_allowed", "closed".
    """
    row = _locked(question, user)
    if not user.has_perm(Permission.ENTER_BY_PHONE):
        raise Refused(_("You may not do this."), code="not_allowed")
    draft = start_draft(filled_by="staff_phone", by=by)
    first, _space, last = row.name.partition(" ")
    known = {"legal_first_name": first, "legal_last_name": last, "phone_primary": row.phone}
    if row.filled_by == "patient":  # of somebody who cares for the patient neither name nor number is the patient's
        draft.answers = {**draft.answers, **known}
    draft.save(update_fields=["answers"])
    row.state, row.closed_at = State.CONVERTED, timezone.now()
    row.answered_at = row.answered_at or row.closed_at
    _end_task(row, user=user, by=by)
    keep_with_note(row, QuestionNote.Kind.CONVERTED, "", user=user, by=by)
    return draft


def _end_task(question: NurseQuestion, *, user, by: Actor) -> None:
    """The interest in a trial is answered with its question: nobody finds it on a list again."""
    kind, state = StaffTask.Kind.TRIAL_INTEREST, StaffTask.State
    for task in StaffTask.objects.filter(kind=kind, dedupe=str(question.pk), state=state.OPEN):
        end_task(task, state=state.DONE, note="", user=user, by=by)


def _locked(question: NurseQuestion, user) -> NurseQuestion:
    row = NurseQuestion.objects.visible_to(user).select_for_update(of=("self",)).filter(pk=question.pk).first()
    if row is None:
        raise Refused(_("You may not do this."), code="not_allowed")
    if row.closed_at is not None:
        raise Refused(_("This question is closed."), code="closed")
    return row


def keep_with_note(row: NurseQuestion, kind: str, text: str, *, user, by: Actor) -> None:
    """Save a question that was changed, with a line of its history. The caller holds the transaction and the lock."""
    row.version += 1
    row.save()
    QuestionNote.objects.create(question=row, kind=kind, text=text.strip(), by=user, at=timezone.now())
    record(f"question_{kind}", by=by, subject=row)
