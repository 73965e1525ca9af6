"""Writes when somebody who has sent a request feels something new: the request may rise, and staff get a task.

Their own words, or what staff take down while they are on the phone: the same pages, the same rules.

A request only ever rises here; lowering it is a nurse's decision.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.messages.send import page_on_call
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.registration.actions import Saved, save_step
from intake.registration.models import Draft
from intake.registration.new_symptoms import begin_symptoms, finish_symptoms
from intake.symptoms.models import SymptomReport
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask
from intake.triage.actions import assess_safely
from intake.triage.engine import Result, highest
from intake.triage.models import Alert, Level
from intake.triage.rules import BY_ID
from scheduling.requests.actions import RANK
from scheduling.requests.due import Due, due
from scheduling.requests.may import locked_request, not_allowed, require_own_or_staff
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.refresh import CLOSED, refresh_status
from scheduling.scores.models import Score
from scheduling.scores.scoring import rule_values

FILLED_BY = {"patient": "patient", "caregiver": "caregiver", "staff": "staff_phone"}


def _require_own(wanted: AppointmentRequest, by: Actor) -> None:
    """The person whose request it is, or staff who take down what a caller says."""
    if by.kind not in FILLED_BY:
        raise not_allowed()
    require_own_or_staff(wanted.pk, by, Permission.ENTER_BY_PHONE)


def start_new_symptoms(wanted: AppointmentRequest, *, by: Actor, anew: bool = False) -> Draft:
    """The short form of this request, begun or gone on with; `anew` throws away what was begun.

    Raises Refused(code="closed", "not_allowed").
    """
    _require_own(wanted, by)
    if wanted.status in CLOSED:
        raise Refused(_("This request is closed."), code="closed")
    return begin_symptoms(wanted.report, filled_by=FILLED_BY[by.kind], by=by, anew=anew)


@transaction.atomic
def save_new_symptoms(
    wanted: AppointmentRequest,
    draft: Draft,
    slug: str,
    answers: Mapping[str, Any],
    *,
    by: Actor,
    version: int | None = None,
) -> Saved:
    """Save one page and assess it; an EMERGENCY writes its alert and raises the request in the same transaction.

    Raises what `save_step` raises.
    """
    _require_own(wanted, by)
    saved = save_step(draft, slug, answers, by=by, version=version)
    if saved.alert is not None:
        result = assess_safely(saved.draft.answers)
        raise_level(wanted, Level.EMERGENCY, result, at=saved.alert.detected_at, by=by)
    return saved


@submit_once(
    "send_new_symptoms",
    store=lambda report: str(report.pk),
    replay=lambda stored: SymptomReport.objects.get(pk=stored),
)
def send_new_symptoms(wanted: AppointmentRequest, draft: Draft, *, by: Actor, key: str) -> SymptomReport:
    """Make the report of a complete short form, with its triage and a task for the staff, in one transaction.

    A higher level than the request's raises it, counted anew from now; a call due within the hour out of hours pages on
    call, as for a new request. A form that was sent before (another window) gives the report it became. Raises Refused
    with code "incomplete" (and `.steps`), "expired" or "not_allowed".
    """
    _require_own(wanted, by)
    at = timezone.now()
    row = Draft.objects.select_for_update(of=("self",)).select_related("report").get(pk=draft.pk)
    if row.state == Draft.State.SENT and row.report is not None:
        return row.report
    emergency_was_shown = bool(row.emergency_rules)
    finished = finish_symptoms(row, by=by, at=at)
    together = _only_with_scores(wanted, finished.report.answers)
    told = Level.EMERGENCY if emergency_was_shown else finished.triage.level
    level = highest([told, *(BY_ID[rule].level for rule in together)])
    result = assess_safely(finished.report.answers)
    deadlines = _deadlines(level, result, at, draft_id=row.pk)
    open_task(
        StaffTask.Kind.NEW_SYMPTOMS,
        patient=wanted.patient,
        report=wanted.report,
        data={"report": str(finished.report.pk), "level": level, "rules": [*finished.triage.rules, *together]},
        dedupe=str(finished.report.pk),
        due_at=deadlines.contact_at,
        by=by,
    )
    raise_level(wanted, level, result, at=at, by=by, deadlines=deadlines)
    if deadlines.pages:
        page_on_call("urgent", link=settings.PUBLIC_URL + reverse("worklist:request", args=[wanted.reference]))
    record("new_symptoms_sent", by=by, subject=wanted, data={"level": level})
    return finished.report


def _only_with_scores(wanted: AppointmentRequest, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Rules that these answers fire together with the scores as they stand, and neither does alone: signs of high
    calcium with a calcium that is a little high, for one."""
    scores = rule_values(Score.objects.filter(patient_id=wanted.patient_id).current())
    if not scores:
        return ()
    known = {*assess_safely({**wanted.report.answers, **scores}).rules, *assess_safely(answers).rules}
    return tuple(rule for rule in assess_safely({**answers, **scores}).rules if rule not in known)


def _deadlines(level: str, result: Result, at: datetime, *, draft_id) -> Due:
    """Counted from sending; of an EMERGENCY from when it was shown."""
    alert = Alert.objects.filter(draft_id=draft_id).order_by("detected_at").first()
    return due(level, at, result, detected_at=alert.detected_at if alert else at)


def raise_level(
    wanted: AppointmentRequest,
    level: str,
    result: Result,
    *,
    at: datetime,
    by: Actor,
    deadlines: Due | None = None,
    because: str = "new_symptoms",
) -> bool:
    """Raise the request to `level` if that is higher; whether it was. `because` is "new_symptoms" or "score".

    Somebody must call again: the clock of the first contact runs anew, the day of the visit never moves back.
    The caller holds the transaction.
    """
    row = locked_request(wanted)
    if row.status in CLOSED or RANK[level] >= row.urgency_rank:
        return False
    deadlines = deadlines or due(level, at, result, detected_at=at)
    before = row.level
    row.level, row.urgency_rank = level, RANK[level]
    row.contact_due_at, row.contacted_at = deadlines.contact_at, None
    row.visit_due_on = min(row.visit_due_on, deadlines.visit_on)
    row.save(update_fields=["level", "urgency_rank", "contact_due_at", "contacted_at", "visit_due_on"])
    AppointmentRequest.objects.filter(pk=row.pk).update(version=F("version") + 1)
    told = {
        "new_symptoms": _("New symptoms raised the level from %(before)s to %(now)s."),
        "score": _("A score raised the level from %(before)s to %(now)s."),
    }[because]
    text = told % {"before": before, "now": level}
    RequestNote.objects.create(request=row, kind=because, text=text, by_label=by.label or by.kind, at=at)
    refresh_status(row, by=by, at=at, reason=because)
    record("request_level_raised", by=by, subject=row, data={"from": before, "to": level})
    return True
