"""Writes of a registration: begin, save a page, leave it, come back, and turn it into a patient and a report."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import Chains, Entry, record
from clinic.platform.crypto.index import blind_index
from clinic.platform.db.batch import Answer, Batch, row_lock, stored
from clinic.platform.jobs.queue import enqueue
from clinic.platform.refusals import Refused
from intake.access.codes import new_code
from intake.access.links import cannot_open, make_link, open_link, revoke_links
from intake.access.tries import forget_networks, may_try, remember_network, was_right
from intake.flow.flow import Flow
from intake.patients.actions import register_patient
from intake.patients.identity import birth_date_index
from intake.patients.models import Patient
from intake.registration.models import Draft
from intake.registration.new_symptoms_steps import NEW_SYMPTOMS
from intake.registration.nurse_line_steps import NURSE_LINE
from intake.registration.steps import FLOW, cleared
from intake.registration.summary import own_words
from intake.symptoms.actions import make_report
from intake.symptoms.models import SymptomReport
from intake.symptoms.questions import snapshot, wording_for
from intake.triage.actions import assess_safely, attach_alerts, raise_alert, record_triage
from intake.triage.models import Alert, Level, Triage
from intake.triage.rules import BY_ID, EMERGENCY
from intake.triage.vocabulary import VOCABULARY, validate

FLOWS: dict[str, Flow] = {Draft.Purpose.SYMPTOMS: NEW_SYMPTOMS, Draft.Purpose.NURSE_LINE: NURSE_LINE}
SWEEP = 20  # lapsed drafts cleared whenever a new one begins
WRITTEN_BY_A_PAGE = (
    "answers",
    "steps_done",
    "step_versions",
    "birth_date_index",
    "expires_at",
    "emergency_rules",
    "failed_rules",
    "saved_at",
)


@dataclass(frozen=True)
class Saved:
    """A page was saved. `alert` is new: show it now. `unchecked`: the rules failed, show the clinic's number."""

    draft: Draft
    alert: Alert | None = None
    unchecked: bool = False


@dataclass(frozen=True)
class Finished:
    """What a sent registration became; `answers` are all of it, unasked questions as None."""

    patient: Patient
    report: SymptomReport
    triage: Triage
    answers: dict[str, Any]


class Incomplete(Refused):
    """The registration cannot be sent yet; `steps` are the pages that are missing, in order."""

    def __init__(self, steps) -> None:
        super().__init__(_("Some questions still need an answer before you can send your request."), code="incomplete")
        self.steps = tuple(steps)


def person(draft_id, filled_by: str) -> Actor:
    """Whoever fills in this draft: without a name, named by the draft."""
    return Actor("caregiver" if filled_by == "caregiver" else "patient", f"draft:{draft_id}")


def _lifetime(draft: Draft, now: datetime) -> datetime:
    """Without a date of birth a draft lives as long as its idle session; with one, 30 days; new symptoms a day."""
    if draft.purpose == Draft.Purpose.SYMPTOMS:
        return now + timedelta(days=1)
    if draft.birth_date_index:
        return now + timedelta(days=settings.DRAFT_DAYS)
    return now + timedelta(minutes=settings.PATIENT_IDLE_MINUTES)


@transaction.atomic
def start_draft(*, filled_by: str, by: Actor | None = None) -> Draft:
    """A new, empty draft of `patient`, `caregiver` or `staff_phone`. By default it is the person's own act."""
    now = timezone.now()
    expire_due_drafts(now, limit=SWEEP)
    plan_sweep(now)
    draft = Draft(id=uuid4(), filled_by=filled_by, answers={"filled_by": filled_by})
    draft.expires_at = _lifetime(draft, now)
    draft.save(force_insert=True)
    record("draft_started", by=by or person(draft.pk, filled_by), subject=draft, data={"filled_by": filled_by})
    return draft


@transaction.atomic
def change_filled_by(draft: Draft, filled_by: str, *, by: Actor) -> Draft:
    """The person went back and said who the form is for anew: the wording changes, the answers stay."""
    draft = locked_draft(draft)
    draft.filled_by = filled_by
    draft.answers = {**draft.answers, "filled_by": filled_by}
    draft.save(update_fields=["filled_by", "answers", "saved_at"])
    record("draft_filled_by_changed", by=by, subject=draft, data={"filled_by": filled_by})
    return draft


def keep_alive(draft: Draft) -> None:
    """A page was looked at: a draft without a date of birth lives on with its session. Nothing else changes."""
    now = timezone.now()
    if not draft.birth_date_index and draft.expires_at < _lifetime(draft, now) - timedelta(minutes=1):
        Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN).update(expires_at=_lifetime(draft, now))


def flow_of(draft: Draft) -> Flow:
    """The pages that this draft walks through."""
    return FLOWS.get(draft.purpose, FLOW)


def asked_answers(draft: Draft, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those to questions that are no longer asked."""
    return cleared(answers, flow=flow_of(draft))


def ask_for_draft(key: Any, batch: Batch, *, lock: bool = False) -> Answer:
    """Asks for a draft with `batch`: plain SQL, since every page of the registration begins with it."""
    return batch.select(Draft, f"WHERE t.id = %s {row_lock() if lock else ''}", [stored(Draft._meta.pk, key)])


def locked_draft(draft: Draft) -> Draft:
    """The draft as it is now, held until the end of the transaction; refuses one that is sent or has lapsed."""
    batch = Batch()
    answer = ask_for_draft(draft.pk, batch, lock=True)
    batch.send()
    return _still_open(answer)


def _still_open(answer: Answer) -> Draft:
    found: Draft | None = next(iter(answer.objects()), None)
    if found is None or found.state == Draft.State.EXPIRED or found.expires_at <= timezone.now():
        raise Refused(_("Your answers are no longer here. Start the form again."), code="expired")
    if found.state == Draft.State.SENT:
        raise Refused(_("You have already sent this request."), code="sent")
    return found


@transaction.atomic
def save_step(draft: Draft, slug: str, answers: Mapping[str, Any], *, by: Actor, version: int | None = None) -> Saved:
    """Save one page and assess everything answered so far; an EMERGENCY writes its alert in the same transaction.

    `version` is the number of saves the page was made from. Refuses keys the page does not ask, values the rules do
    not know, and (`stale`) a page another window has saved with other answers since. The same answers again are no
    second save, so a double click does nothing twice.
    """
    first, last = Batch(), Batch()
    answer, chains = ask_for_draft(draft.pk, first, lock=True), Chains(first, [draft])
    first.send()
    draft = _still_open(answer)
    step = flow_of(draft).get(slug)
    if step is None or set(answers) - set(step.keys):
        raise Refused(_("We could not read this page. Check your answers and try again."), code="unknown_key")
    if validate({key: value for key, value in answers.items() if key in VOCABULARY}):
        raise Refused(_("We could not read this page. Check your answers and try again."), code="invalid_answer")
    new = dict(
        answers
    )  # keys the page did not ask now stay as they are: `cleared` hides them, a change of mind finds them
    current = draft.step_versions.get(slug, 0)
    if version is not None and version != current:
        if all(draft.answers.get(key) == value for key, value in new.items()):
            return Saved(draft)
        raise Refused(
            _("You changed this answer in another window. Check what is here, then select Continue to keep it."),
            code="stale",
        )
    now = timezone.now()
    draft.answers = {**draft.answers, **new}
    draft.steps_done = [*(done for done in draft.steps_done if done != slug), slug]
    draft.step_versions = {**draft.step_versions, slug: current + 1}
    if new.get("date_of_birth"):
        draft.birth_date_index = birth_date_index(date.fromisoformat(new["date_of_birth"]))
    draft.expires_at = _lifetime(draft, now)
    draft.saved_at = now
    alert, unchecked = _assess_so_far(draft, now, by)
    last.update(Draft, [draft.pk], {name: getattr(draft, name) for name in WRITTEN_BY_A_PAGE})
    chains.append(last, [Entry("draft_step_saved", by, draft, {"step": slug})])
    last.send()
    return Saved(draft, alert, unchecked)


def would_interrupt(draft: Draft, answers: Mapping[str, Any]) -> bool:
    """Whether these answers, added to the draft, fire an EMERGENCY rule that was not shown yet. Saves nothing."""
    result = assess_safely(asked_answers(draft, {**draft.answers, **answers}))
    return any(
        BY_ID[rule].level == EMERGENCY and rule not in draft.emergency_rules for rule in result.rules if rule in BY_ID
    )


def _assess_so_far(draft: Draft, now: datetime, by: Actor) -> tuple[Alert | None, bool]:
    """Act on EMERGENCY only: a rule that was not shown yet raises an alert. A rule that fails is told apart."""
    result = assess_safely(asked_answers(draft, draft.answers))
    failed = [rule for rule in result.failed if rule not in BY_ID or BY_ID[rule].level == EMERGENCY]
    newly_failed = [rule for rule in failed if rule not in draft.failed_rules]
    draft.failed_rules = [*draft.failed_rules, *newly_failed]
    fired = tuple(rule for rule in result.rules if BY_ID.get(rule) and BY_ID[rule].level == EMERGENCY)
    new = [rule for rule in fired if rule not in draft.emergency_rules]
    if not new:
        return None, bool(newly_failed)
    draft.emergency_rules = [*draft.emergency_rules, *new]
    return raise_alert(draft=draft, report=draft.report, result=result, filled_by=draft.filled_by, at=now, by=by), False


@transaction.atomic
def save_for_later(draft: Draft, birth_date: date, *, by: Actor, network: str = "") -> str:
    """Keep the draft for 30 days under a new resume code, told only here; an older code or link no longer opens it.

    `network` is where the person saves: guesses from elsewhere will not use up the tries from there.
    """
    draft = locked_draft(draft)
    code = new_code()
    draft.birth_date_index = birth_date_index(birth_date)
    draft.answers = {**draft.answers, "date_of_birth": birth_date.isoformat()}
    draft.resume_code_hash = blind_index(code, purpose="resume_code")
    draft.expires_at = _lifetime(draft, timezone.now())
    draft.save()
    revoke_links("draft", draft.pk)
    if network:
        remember_network(draft.resume_code_hash, network, until=draft.expires_at)
    record("draft_kept", by=by, subject=draft)
    return code


def make_resume_link(draft: Draft, birth_date: date) -> str:
    """The token of a link that opens this draft with the date of birth, as long as the draft lives."""
    return make_link(
        purpose="draft",
        subject_id=draft.pk,
        birth_date=birth_date,
        expires_at=timezone.now() + timedelta(days=settings.DRAFT_DAYS),
    )


def resume(code: str, birth_date: date, *, network: str) -> Draft:
    """The open draft of this code and date of birth. One sentence refuses a wrong code, a wrong date and many tries."""
    hashed = blind_index(code, purpose="resume_code")
    if not may_try(hashed, network):
        raise cannot_open()
    draft = _open_again(Draft.objects.filter(resume_code_hash=hashed).first(), birth_date)
    was_right(network)
    remember_network(hashed, network, until=draft.expires_at)
    return draft


def resume_here(draft_id: str, birth_date: date, *, network: str) -> Draft:
    """The draft that was open in this browser before 20 idle minutes: the date of birth is enough."""
    if not may_try(f"draft:{draft_id}", network):
        raise cannot_open()
    draft = _open_again(Draft.objects.filter(pk=draft_id).first(), birth_date)
    was_right(network)
    return draft


def resume_by_link(token: str, birth_date: date, *, network: str) -> Draft:
    """The draft that a link from a message opens."""
    link = open_link(token, birth_date, purpose="draft", network=network)
    return _open_again(Draft.objects.filter(pk=link.subject_id).first(), birth_date)


def _open_again(draft: Draft | None, birth_date: date) -> Draft:
    born = birth_date_index(birth_date)
    if draft is None or draft.state != Draft.State.OPEN or draft.expires_at <= timezone.now():
        raise cannot_open()
    if not draft.birth_date_index or not secrets.compare_digest(draft.birth_date_index, born):
        raise cannot_open()
    with transaction.atomic():
        record("draft_resumed", by=person(draft.pk, draft.filled_by), subject=draft)
    return draft


@transaction.atomic
def finish(draft: Draft, *, by: Actor, at: datetime) -> Finished:
    """Turn a complete draft into patient, report and triage; called inside the transaction that sends the request.

    Every page is checked again. Raises `Incomplete` (code "incomplete", `.steps`) when one is missing. Alerts of the
    draft move to the report; an EMERGENCY that was never shown raises its alert here. The answers leave the draft.
    """
    draft = locked_draft(draft)
    gaps = FLOW.gaps(draft.answers, draft.steps_done)
    if gaps:
        raise Incomplete(gaps)
    answers = cleared(draft.answers)
    patient = register_patient(answers, at=at, by=by)
    entries = [*snapshot(answers, wording_for(draft.filled_by)), *own_words(answers)]
    report = make_report(patient, answers, filled_by=draft.filled_by, at=at, by=by, entries=entries)
    triage = record_triage(report, at=at, by=by)
    alerts = attach_alerts(draft.pk, report)
    if triage.level == Level.EMERGENCY and not alerts:
        raise_alert(
            draft=draft, report=report, result=assess_safely(report.answers), filled_by=draft.filled_by, at=at, by=by
        )
    Draft.objects.filter(pk=draft.pk).update(
        state=Draft.State.SENT, answers={}, resume_code_hash="", saved_at=timezone.now()
    )
    revoke_links("draft", draft.pk)
    record("draft_sent", by=by, subject=draft)
    return Finished(patient, report, triage, answers)


def plan_sweep(now: datetime) -> None:
    """Have lapsed forms emptied tomorrow, once however often it is asked for."""
    tomorrow = now + timedelta(days=1)
    enqueue("expire_drafts", {}, dedupe=f"expire_drafts {tomorrow:%Y-%m-%d}", run_after=tomorrow)


@transaction.atomic
def expire_due_drafts(now: datetime, *, limit: int = 500) -> int:
    """Empty and close drafts whose time is over; how many."""
    due = list(
        Draft.objects.filter(state=Draft.State.OPEN, expires_at__lte=now)
        .order_by("expires_at")
        .values_list("pk", flat=True)[:limit]
    )
    if due:
        Draft.objects.filter(pk__in=due).update(state=Draft.State.EXPIRED, answers={}, resume_code_hash="")
    forget_networks(now)
    return len(due)
