"""Writes of the calls after a visit: made with its completion, tried, reached, closed."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask
from scheduling.follow_up.clinic_days import nurse_days
from scheduling.follow_up.models import FollowUpAttempt, FollowUpCall
from scheduling.follow_up.rules import DAYS_AFTER, FEWEST_TRIES, TOLERANCE, baseline_pain, call_due_on, needs_a_nurse
from scheduling.requests.may import require_user
from scheduling.requests.models import RequestNote
from scheduling.visits.models import Visit

Kind, State = FollowUpCall.Kind, FollowUpCall.State
NO_ANSWER, DIED = "no_answer", "died"
WHY_CLOSED = {
    NO_ANSWER: gettext_lazy("Not reached after several tries"),
    "no_wish": gettext_lazy("Does not want these calls"),
    "in_care": gettext_lazy("In the hospital or in hospice care"),
    DIED: gettext_lazy("Has died"),
    "other": gettext_lazy("Another reason"),
}


def plan_calls(visit: Visit, *, by: Actor) -> None:
    """The day 7 and week 4 calls of a visit that was just completed, inside the caller's transaction.

    A call that is there already stays as it is: completing a visit again makes none twice.
    """
    visit_on = timezone.localdate(visit.starts_at)
    is_open = nurse_days(visit_on)
    rows = [
        FollowUpCall(
            request_id=visit.request_id, visit_id=visit.pk, kind=kind, due_on=call_due_on(kind, visit_on, is_open)
        )
        for kind in DAYS_AFTER
    ]
    FollowUpCall.objects.bulk_create(rows, ignore_conflicts=True)
    record("follow_up_planned", by=by, subject=visit, data={row.kind: row.due_on.isoformat() for row in rows})


def drop_calls(visit: Visit, *, by: Actor) -> None:
    """The completion of a visit was taken back: calls that nobody tried yet go, in the caller's transaction."""
    due = FollowUpCall.objects.select_for_update().filter(visit_id=visit.pk, state=State.DUE)
    keys = {row.pk for row in due}  # held, so that nobody logs a try meanwhile
    gone = keys - set(FollowUpAttempt.objects.filter(call__in=keys).values_list("call_id", flat=True))
    if gone:
        FollowUpCall.objects.filter(pk__in=gone).delete()
        record("follow_up_dropped", by=by, subject=visit, data={"calls": len(gone)})


def _stored(call: FollowUpCall) -> str:
    return str(call.pk)


def _replayed(stored: str) -> FollowUpCall:
    return FollowUpCall.objects.get(pk=stored)


@submit_once("log_follow_up", store=_stored, replay=_replayed)
def log_follow_up(
    call: FollowUpCall,
    *,
    reached: bool,
    pain_worst: int | None = None,
    ecog_self: int | None = None,
    problems: str = "",
    new_symptoms: bool = False,
    note: str = "",
    user,
    by: Actor,
    key: str,
    now: datetime,
) -> FollowUpCall:
    """One try of a call. A reached one is done, with what was said: worst pain of the past 24 hours (0 to 10), daily
    life in the past week (0 to 4, as at first contact), problems in words (domain 1.4).

    New symptoms open a task for the nurse in the same transaction: whoever is interrupted loses nothing. So does severe
    or worse pain told to somebody who does not review themselves.

    Raises Refused: "not_allowed", "closed" (a colleague has finished this call), "pain" (not from 0 to 10),
    "daily_life" (not from 0 to 4).
    """
    row = _open(call, user)
    if reached and pain_worst is not None and not 0 <= pain_worst <= 10:
        raise Refused(_("Pain goes from 0 to 10."), code="pain")
    if reached and ecog_self is not None and not 0 <= ecog_self <= 4:
        raise Refused(_("Daily life goes from 0 to 4."), code="daily_life")
    FollowUpAttempt.objects.create(call=row, reached=reached, note=note.strip(), by=user, at=now)
    if reached:
        row.state, row.reached_at = State.REACHED, now
        row.pain_worst, row.ecog_self, row.problems = pain_worst, ecog_self, problems.strip()
        row.save(update_fields=["state", "reached_at", "pain_worst", "ecog_self", "problems"])
        _note(row, "follow_up_reached", _words(row), by=by, at=now)
        pain_is_told = not user.has_perm(Permission.REVIEW_TRIAGE) and needs_a_nurse(_baseline(row), pain_worst)
        if new_symptoms or pain_is_told:
            _open_task(row, by=by, told=new_symptoms)
    record("follow_up_call", by=by, subject=row, data={"reached": reached, "kind": row.kind})
    return row


@submit_once("close_follow_up", store=_stored, replay=_replayed)
def close_follow_up(
    call: FollowUpCall, *, why: str, note: str, user, by: Actor, key: str, now: datetime
) -> FollowUpCall:
    """Close a call that nobody answered, or that is not wanted or not fit any more.

    `why` is a code of WHY_CLOSED; of somebody who has died, every call that still waits is closed.

    Raises Refused: "not_allowed", "closed", "why", "note" (another reason needs words), "too_few_tries" (not reached
    after fewer than 3 tries).
    """
    waiting = FollowUpCall.objects.filter(request__patient_id=call.request.patient_id, state=State.DUE)
    others = list(waiting.select_for_update(of=("self",)).order_by("pk")) if why == DIED else []  # held in one order
    row = _open(call, user)
    if why not in WHY_CLOSED:
        raise Refused(_("Select why no more calls are made."), code="why")
    if why == "other" and not note.strip():
        raise Refused(_("Enter the reason."), code="note")
    if why == NO_ANSWER and row.attempts.count() < FEWEST_TRIES:
        words = {"count": FEWEST_TRIES}
        raise Refused(
            _("Try at least %(count)s times before you close the call for that.") % words, code="too_few_tries"
        )
    for one in (row, *(other for other in others if other.pk != row.pk)):
        one.state = State.CLOSED
        one.closed_reason = "\n".join(part for part in (why, note.strip()) if part)
        one.save(update_fields=["state", "closed_reason"])
        _note(one, "follow_up_closed", f"{one.get_kind_display()}: {WHY_CLOSED[why]}", by=by, at=now)
        record("follow_up_closed", by=by, subject=one, data={"why": why, "kind": one.kind})
    return row


@submit_once("ask_nurse_after_call", store=lambda task: str(task.pk), replay=lambda pk: StaffTask.objects.get(pk=pk))
def ask_nurse(call: FollowUpCall, *, user, by: Actor, key: str) -> StaffTask:
    """A task for the nurse, due in the usual time for new symptoms: the pain is severe or worse. One a call.

    Raises Refused: "not_allowed", "not_needed" (the call was not reached).
    """
    require_user(user, Permission.FOLLOW_UP)
    row = FollowUpCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if row.state != State.REACHED:
        raise Refused(_("Log the call first."), code="not_needed")
    return _open_task(row, by=by, told=False)


def task_key(call: FollowUpCall) -> str:
    """What the one task of a call is found by (`dedupe` of a task for new symptoms)."""
    return f"follow_up:{call.pk}"


def why_closed(call: FollowUpCall) -> tuple[str, str]:
    """The reason in words, and the note beside it."""
    why, _line, note = call.closed_reason.partition("\n")
    return str(WHY_CLOSED.get(why, why)), note


def was_in_time(call: FollowUpCall) -> bool | None:
    """Whether the person was reached within 2 days of day 7, 5 of week 4 (domain 8); None while not reached."""
    if call.reached_at is None:
        return None
    wished = timezone.localdate(call.visit.starts_at) + timedelta(days=DAYS_AFTER[call.kind])
    return abs((timezone.localdate(call.reached_at) - wished).days) <= TOLERANCE[call.kind]


def _open(call: FollowUpCall, user) -> FollowUpCall:
    """The call as it is now, held to the end of the transaction, if it still waits."""
    require_user(user, Permission.FOLLOW_UP)
    row = FollowUpCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if row.state != State.DUE:
        raise Refused(_("A colleague has finished this call already."), code="closed")
    return row


def _baseline(row: FollowUpCall) -> int | None:
    return baseline_pain(row.request.report.answers)


def _open_task(row: FollowUpCall, *, by: Actor, told: bool) -> StaffTask:
    report = row.request.report
    return open_task(
        StaffTask.Kind.NEW_SYMPTOMS,
        patient=report.patient,
        report=report,
        data={"follow_up_call": str(row.pk), "told": told},
        dedupe=task_key(row),
        by=by,
    )


def said_words(call: FollowUpCall) -> str:
    """What was said in a reached call: "worst pain 3 of 10, daily life 1 of 4", then the problems."""
    pain = _("worst pain %(pain)s of 10") % {"pain": call.pain_worst} if call.pain_worst is not None else ""
    life = _("daily life %(value)s of 4") % {"value": call.ecog_self} if call.ecog_self is not None else ""
    numbers = ", ".join(part for part in (pain, life) if part)
    return "\n".join(part for part in (numbers, call.problems) if part)


def _words(row: FollowUpCall) -> str:
    return ": ".join(part for part in (str(row.get_kind_display()), said_words(row)) if part)


def _note(row: FollowUpCall, kind: str, text: str, *, by: Actor, at: datetime) -> None:
    RequestNote.objects.create(request_id=row.request_id, kind=kind, text=text, by_label=by.label or by.kind, at=at)
