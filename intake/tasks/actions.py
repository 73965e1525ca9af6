"""Writes about tasks of the staff: opening one for a cause, closing it, and those that answers ask for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.patients.models import Patient, Proxy
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask
from intake.tasks.rules import insurance_help_wanted, risky_implants, task_due

Kind, State = StaffTask.Kind, StaffTask.State
AFTER_EMERGENCY = "after_emergency"  # why somebody is called: on the day after they were sent to the emergency room
_settled_with: dict[str, Callable[..., None]] = {}


def open_task(
    kind: str,
    *,
    patient: Patient | None,
    report: SymptomReport | None = None,
    data: Mapping[str, Any] | None = None,
    dedupe: str = "",
    due_at: datetime | None = None,
    by: Actor,
) -> StaffTask:
    """A task for the staff; the same kind and `dedupe` give the task that is there already, open or closed.

    `data` holds codes and keys only, never what a person wrote. Without `due_at` the kind decides (rules.py). The
    caller holds the transaction.
    """
    now = timezone.now()
    fields = {
        "patient": patient,
        "report": report,
        "data": dict(data or {}),
        "due_at": due_at or task_due(kind, now),
    }
    if dedupe:
        task, is_new = StaffTask.objects.get_or_create(kind=kind, dedupe=dedupe, defaults=fields)
    else:
        task, is_new = StaffTask.objects.create(kind=kind, **fields), True
    if is_new:
        record("task_opened", by=by, subject=task, data={"kind": kind})
    return task


def _replayed(stored: str) -> StaffTask:
    return StaffTask.objects.get(pk=stored)


@submit_once("close_task", store=lambda task: str(task.pk), replay=_replayed)
def close_task(task: StaffTask, *, state: str, note: str, user, by: Actor, key: str) -> StaffTask:
    """Close a task as done or not needed, with a note for colleagues; what hangs on it is settled with it.

    Raises Refused: "not_allowed", "unknown_state", "closed" (a colleague closed it first).
    """
    if not may_handle(user, task.kind):
        raise Refused(_("You are not allowed to do this."), code="not_allowed")
    if state not in (State.DONE, State.DISMISSED):
        raise Refused(_("Say whether the task is done or not needed."), code="unknown_state")
    row = end_task(task, state=state, note=note, user=user, by=by)
    if settle := _settled_with.get(row.kind):
        settle(row, user=user, by=by)
    return row


def may_handle(user, kind: str) -> bool:
    """Whether a member of the staff may close tasks of this kind."""
    if kind == Kind.TRIAL_INTEREST and user.has_perm(Permission.HANDLE_TRIALS):
        return True
    return user.has_perm(Permission.HANDLE_TASKS)


def settled_with(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`settle(task, user=, by=)` runs in the transaction that closes a task of this kind: what else ends with it."""

    def decorate(settle: Callable[..., None]) -> Callable[..., None]:
        _settled_with[kind] = settle
        return settle

    return decorate


def end_task(task: StaffTask, *, state: str, note: str, user, by: Actor) -> StaffTask:
    """Close a task inside another action's transaction. Raises Refused(code="closed") when it is closed already."""
    row = StaffTask.objects.select_for_update().get(pk=task.pk)
    if row.state != State.OPEN:
        raise Refused(_("A colleague has closed this task already."), code="closed")
    row.state, row.note, row.done_at, row.done_by = state, note.strip(), timezone.now(), user
    row.save(update_fields=["state", "note", "done_at", "done_by"])
    record("task_closed", by=by, subject=row, data={"kind": row.kind, "state": state})
    return row


def reopen_merge_tasks(one: Patient, other: Patient, *, by: Actor) -> int:
    """A merge was undone: whether these two are one person is asked again, with a new due time. How many tasks."""
    both = {str(one.pk): one, str(other.pk): other}
    rows = StaffTask.objects.select_for_update().filter(kind=Kind.MERGE, state=State.DONE, patient__in=both.values())
    found = [task for task in rows if task.data.get("other") in both]
    for task in found:
        task.state, task.done_at, task.done_by = State.OPEN, None, None
        task.due_at = task_due(task.kind, timezone.now())
        task.save(update_fields=["state", "done_at", "done_by", "due_at"])
        record("task_reopened", by=by, subject=task, data={"kind": task.kind})
    return len(found)


def tasks_from_answers(report: SymptomReport, answers: Mapping[str, Any], *, by: Actor) -> list[StaffTask]:
    """Open what the answers before the visit ask of the staff: MRI safety, help with insurance.

    Called after every saved step, in its transaction. Answers that change while a task is open change its codes; a task
    that was closed for the same answers stays closed, other answers open a new one. A task never goes away because an
    answer was taken back: a person has to look.
    """
    implants = sorted(risky_implants(answers))
    wishes = ["insurance"] if insurance_help_wanted(answers) else []
    found = [
        _follow(Kind.MRI_SAFETY, "implants", implants, report=report, is_asked="implants" in answers, by=by),
        _follow(
            Kind.INSURANCE_HELP,
            "status",
            [answers["insurance_status"]] if wishes else [],
            report=report,
            is_asked="insurance_status" in answers,
            by=by,
        ),
    ]
    return [task for task in found if task is not None]


def _follow(
    kind: str, name: str, codes: list[str], *, report: SymptomReport, is_asked: bool, by: Actor
) -> StaffTask | None:
    """The task of this kind for these codes; see `tasks_from_answers`."""
    if not is_asked:
        return None
    waiting = StaffTask.objects.select_for_update().filter(kind=kind, report=report, state=State.OPEN).first()
    data = {name: codes} if codes else {name: [], "taken_back": True}
    if waiting is not None:
        if waiting.data != data:
            waiting.data = data
            waiting.save(update_fields=["data"])
            record("task_changed", by=by, subject=waiting, data={"kind": kind})
        return waiting
    if not codes:
        return None
    return open_task(
        kind, patient=report.patient, report=report, data=data, dedupe=f"{report.pk}:{','.join(codes)}"[:100], by=by
    )


def open_call_task(patient: Patient, *, report_id=None, by: Actor) -> StaffTask:
    """Ask staff to call somebody whom our message cannot reach; one task at a time, which every news joins.

    The call on the day after an emergency is a matter of its own: news would wait there until tomorrow.
    """
    calls = StaffTask.objects.filter(kind=Kind.CALL, patient=patient, state=State.OPEN)
    waiting = calls.exclude(dedupe__startswith=AFTER_EMERGENCY).first()
    if waiting is not None:
        return waiting
    report = SymptomReport.objects.filter(pk=report_id).first() if report_id else None
    return open_task(Kind.CALL, patient=patient, report=report, by=by)


def open_proxy_task(proxy: Proxy, *, report: SymptomReport, by: Actor) -> StaffTask | None:
    """Ask staff to verify somebody who claims to speak for the patient; None without a claim or once verified."""
    if proxy.authority in ("", "none") or proxy.verified_at is not None:
        return None
    return open_task(
        Kind.VERIFY_PROXY,
        patient=proxy.patient,
        report=report,
        data={"proxy": proxy.pk, "authority": proxy.authority},
        dedupe=str(proxy.pk),
        by=by,
    )
