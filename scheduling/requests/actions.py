"""Writes about a request: sending it, taking it, reviewing it, taking it back."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.directory.models import Specialty
from clinic.messages.send import page_on_call, request_received
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.patients.duplicates import look_for_duplicates
from intake.patients.reach import addresses_of
from intake.records.actions import items_from_review, lock_records
from intake.registration.actions import Finished, finish
from intake.registration.models import Draft
from intake.tasks.actions import open_proxy_task
from intake.triage.actions import alert_of_review, assess_safely, record_review
from intake.triage.disciplines import is_frail
from intake.triage.models import Alert, ContactAttempt, Level, TriageReview
from scheduling.follow_up.disposition_letters import codes_for, draft_for_decision
from scheduling.itineraries.models import VisitType
from scheduling.offers.actions import end_offer
from scheduling.offers.models import Offer
from scheduling.requests.after_review import note_question, open_dental_task, open_next_day_call
from scheduling.requests.due import due
from scheduling.requests.may import locked_request, require_own_or_staff, require_user
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.reference import new_reference
from scheduling.requests.refresh import CLOSED, refresh_status, refresh_statuses
from scheduling.visits.actions import end_visit
from scheduling.visits.models import Visit
from scheduling.visits.moves import state_change

__all__ = [
    "hand_back",
    "refresh_status",
    "refresh_statuses",
    "review_request",
    "send_request",
    "take_request",
    "withdraw_request",
]

RANK: dict[str, int] = {Level.EMERGENCY: 0, Level.URGENT: 1, Level.SOON: 2, Level.ROUTINE: 3}
PREFERENCES = ("weekdays", "times_of_day", "visit_mode", "distance_limit", "escort", "transport_need", "mobility_aid")
Disposition = TriageReview.Disposition
REVIEWED = (
    "needs_info_since",
    "reviewed_at",
    "declined_at",
    "redirected_at",
    "visit_type",
    "specialties",
    "level",
    "urgency_rank",
    "contact_due_at",
    "visit_due_on",
)


def _stored(wanted: AppointmentRequest) -> str:
    return str(wanted.pk)


def _replayed(stored: str) -> AppointmentRequest:
    return AppointmentRequest.objects.get(pk=stored)


def _note(wanted: AppointmentRequest, kind: str, text: str, by: Actor, at: datetime) -> None:
    RequestNote.objects.create(request=wanted, kind=kind, text=text, by_label=by.label or by.kind, at=at)


@submit_once("send_request", store=_stored, replay=_replayed)
def send_request(draft: Draft, *, by: Actor, key: str) -> AppointmentRequest:
    """Make the request of a complete draft: patient, report, triage, request, message and audit in one transaction.

    A draft that was sent before (another tab, another key) gives the request it became. Raises Refused with code
    "incomplete" (and `.steps`) or "expired".
    """
    at = timezone.now()
    lock_keys(("draft", str(draft.pk)))
    draft = Draft.objects.select_for_update().filter(pk=draft.pk).first() or draft
    if draft.state == Draft.State.SENT and draft.request_reference:
        return AppointmentRequest.objects.get(reference=draft.request_reference)
    emergency_was_shown = bool(draft.emergency_rules) or Alert.objects.filter(draft_id=draft.pk).exists()
    finished = finish(draft, by=by, at=at)
    wanted = _create(finished, filled_by=draft.filled_by, emergency_was_shown=emergency_was_shown, by=by, at=at)
    _work_for_staff(finished, by=by)
    Draft.objects.filter(pk=draft.pk).update(request_reference=wanted.reference)
    draft.request_reference, draft.state = wanted.reference, Draft.State.SENT
    if to := addresses_of(finished.patient):
        request_received(to, reference=wanted.reference, link=settings.PUBLIC_URL + reverse("requests:mine"))
    record("request_sent", by=by, subject=wanted, data={"level": wanted.level})
    return wanted


def _work_for_staff(finished: Finished, *, by: Actor) -> None:
    """Tasks that a new request makes: a person who may be registered already, a caregiver's claim to be verified."""
    look_for_duplicates(finished.patient, report=finished.report, by=by)
    if finished.answers.get("caregiver_name"):
        for proxy in finished.patient.proxies.all():
            open_proxy_task(proxy, report=finished.report, by=by)


def _create(
    finished: Finished, *, filled_by: str, emergency_was_shown: bool, by: Actor, at: datetime
) -> AppointmentRequest:
    """The request row with its level and deadlines; pages when a call is due within the hour out of hours."""
    answers, report, triage = finished.answers, finished.report, finished.triage
    levels = [triage.level, Level.EMERGENCY if emergency_was_shown else triage.level]
    if answers.get("referrer_urgency") in RANK:
        levels.append(answers["referrer_urgency"])
    level = min(levels, key=RANK.__getitem__)
    alert = Alert.objects.filter(report=report).order_by("detected_at").first()
    deadlines = due(level, at, assess_safely(report.answers), detected_at=alert.detected_at if alert else at)
    wanted = AppointmentRequest.objects.create(
        reference=_free_reference(),
        patient=finished.patient,
        report=report,
        triage=triage,
        filled_by=filled_by,
        reason_for_contact=answers.get("reason_for_contact") or [],
        preferences={name: answers[name] for name in PREFERENCES if answers.get(name)},
        level=level,
        urgency_rank=RANK[level],
        submitted_at=at,
        contact_due_at=deadlines.contact_at,
        contacted_at=_reached_at(report),
        visit_due_on=deadlines.visit_on,
        is_frail=is_frail(
            answers,
            mobility_aid=answers.get("mobility_aid"),
            caregiver_request=answers.get("caregiver_request") in (True, "yes"),
        ),
    )
    state_change("request", wanted.pk, "", wanted.status, by=by, at=at).save()
    if deadlines.pages:
        page_on_call("urgent", link=_staff_link(wanted))
    return wanted


def _staff_link(wanted: AppointmentRequest) -> str:
    return settings.PUBLIC_URL + reverse("worklist:request", args=[wanted.reference])


def _reached_at(report) -> datetime | None:
    """When a nurse reached the person about an alert before the request was sent, if one did."""
    reached = ContactAttempt.objects.filter(alert__report=report, reached=True).order_by("at").first()
    return reached.at if reached else None


def _free_reference() -> str:
    for _attempt in range(20):
        reference = new_reference()
        if not AppointmentRequest.objects.filter(reference=reference).exists():
            return reference
    raise RuntimeError("no free reference found")


@submit_once("take_request", store=_stored, replay=_replayed)
def take_request(
    wanted: AppointmentRequest, *, user, by: Actor, key: str, held_by: str | None = None
) -> AppointmentRequest:
    """Take a request, also over from a colleague.

    `held_by` is the key of who held it when the person pressed the button ("" for nobody): a colleague who was faster
    is not pushed aside unknowingly. Raises Refused(code="closed", "not_allowed", "taken").
    """
    require_user(user, Permission.TAKE_REQUEST)
    now, row = timezone.now(), _open(wanted)
    if row.taken_by_id == user.pk:
        return row
    if held_by is not None and row.taken_by_id is not None and str(row.taken_by_id) != held_by:
        raise Refused(
            _("%(name)s has taken this request meanwhile. You can read it here, or take it over.")
            % {"name": row.taken_by},
            code="taken",
        )
    row.taken_by, row.taken_at = user, now
    row.save(update_fields=["taken_by", "taken_at"])
    _bump(row)
    refresh_status(row, by=by, at=now, reason="taken")
    _note(row, "taken", "", by, now)
    record("request_taken", by=by, subject=row)
    return row


@submit_once("hand_back", store=_stored, replay=_replayed)
def hand_back(wanted: AppointmentRequest, *, user, by: Actor, key: str) -> AppointmentRequest:
    """Give a request back to the team. Only its holder can; raises Refused(code="not_yours") otherwise."""
    require_user(user, Permission.TAKE_REQUEST)
    now, row = timezone.now(), _open(wanted)
    if row.taken_by_id != user.pk:
        raise Refused(_("You do not hold this request."), code="not_yours")
    row.taken_by = row.taken_at = None
    row.save(update_fields=["taken_by", "taken_at"])
    _bump(row)
    refresh_status(row, by=by, at=now, reason="handed_back")
    _note(row, "handed_back", "", by, now)
    record("request_handed_back", by=by, subject=row)
    return row


def _open(wanted: AppointmentRequest) -> AppointmentRequest:
    """The locked row of a request that is still worked on."""
    row = locked_request(wanted)
    if row.status in CLOSED:
        raise Refused(_("This request is closed."), code="closed")
    return row


def _bump(row: AppointmentRequest) -> None:
    """Every change by a person counts, so that a page opened before it is known to be old."""
    AppointmentRequest.objects.filter(pk=row.pk).update(version=F("version") + 1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a review that leads to a visit chose, checked."""

    visit_type: VisitType | None
    specialties: list[str]


@submit_once("review_request", store=_stored, replay=_replayed)
def review_request(
    wanted: AppointmentRequest,
    *,
    disposition: str,
    reason: str,
    visit_type: str,
    specialties: list[str],
    user,
    by: Actor,
    key: str,
    version: int,
    asked: str = "",
    letter: str = "",
) -> AppointmentRequest:
    """A nurse's or physician's decision about a request: how soon, which visit, which specialties; or what else.

    Any other level than the one that counts needs a reason, lowering EMERGENCY the permission for it as well. A changed
    level recounts the deadlines from sending. `asked` is the question that the patient reads when information is
    needed, `letter` the template of the letter that is drafted.

    Raises Refused: "not_allowed", "closed", "stale" (somebody changed the request since `version`), "reason_missing",
    "unknown_disposition", "visit_type_missing", "specialties_missing", "scheduled" (a booked visit stands in the way).
    """
    require_user(user, Permission.REVIEW_TRIAGE)
    lock_records(wanted.report_id)
    now, row = timezone.now(), _open(wanted)
    if row.version != version:
        raise Refused(_("Somebody changed this request while you had it open. Look again."), code="stale")
    is_level = disposition in RANK
    plan = _checked_plan(visit_type, specialties) if is_level and disposition != Level.EMERGENCY else _Plan(None, [])
    _free_what_no_longer_fits(row, disposition, plan, by=by, now=now)
    record_review(
        row.triage,
        disposition=disposition,
        reason=reason,
        visit_type=plan.visit_type.code if plan.visit_type else "",
        specialties=plan.specialties,
        user=user,
        by=by,
        at=now,
        at_least=row.level,
    )
    was_emergency = row.level == Level.EMERGENCY
    _apply(row, disposition, plan, at=now)
    row.save(update_fields=REVIEWED)
    _bump(row)
    if plan.visit_type is not None:
        items_from_review(row.report, plan.specialties, by=by)
        open_dental_task(row, by=by)
    if disposition == Disposition.NEEDS_INFORMATION and asked.strip():
        note_question(row, asked.strip(), by=by, at=now)
    if disposition == Disposition.EMERGENCY:
        alert_of_review(row.report, row.triage, was_emergency=was_emergency, user=user, by=by, at=now)
        open_next_day_call(row, by=by, at=now)
    draft_for_decision(row, letter if letter in codes_for(disposition) else "", user=user, by=by, at=now)
    if reason.strip() and not is_level:
        _note(row, disposition, reason.strip(), by, now)
    refresh_status(row, by=by, at=now, reason="reviewed")
    record("request_reviewed", by=by, subject=row, data={"disposition": disposition, "level": row.level})
    return row


def _checked_plan(visit_type: str, specialties: list[str]) -> _Plan:
    kind = VisitType.objects.filter(code=visit_type, is_active=True).first()
    if kind is None:
        raise Refused(_("Select the kind of visit."), code="visit_type_missing")
    known = dict(Specialty.objects.filter(code__in=specialties, is_leg=True).values_list("code", "position"))
    chosen = sorted(dict.fromkeys(specialties), key=lambda code: known.get(code, -1))
    if len(known) != len(chosen):
        raise Refused(_("Select specialties from the list."), code="unknown_specialty")
    if not chosen and (kind.takes_suggested_legs or kind.legs.filter(specialty=None).exists()):
        raise Refused(_("Select at least one specialty."), code="specialties_missing")
    return _Plan(kind, chosen)


def _apply(row: AppointmentRequest, disposition: str, plan: _Plan, *, at: datetime) -> None:
    """Write the decision into the unsaved row."""
    row.needs_info_since = at if disposition == Disposition.NEEDS_INFORMATION else None
    if disposition == Disposition.NEEDS_INFORMATION:
        return
    row.reviewed_at = at
    if disposition == Disposition.NOT_FOR_THIS_CLINIC:
        row.declined_at = at
        return
    if disposition == Disposition.EMERGENCY:
        row.redirected_at = at
    else:
        row.visit_type, row.specialties = plan.visit_type, plan.specialties
    if disposition != row.level:
        row.level, row.urgency_rank = disposition, RANK[disposition]
        detected = at if disposition == Level.EMERGENCY else None
        deadlines = due(disposition, row.submitted_at, assess_safely(row.report.answers), detected_at=detected)
        row.contact_due_at, row.visit_due_on = deadlines.contact_at, deadlines.visit_on


def _free_what_no_longer_fits(
    row: AppointmentRequest, disposition: str, plan: _Plan, *, by: Actor, now: datetime
) -> None:
    """An open offer ends when the plan changes or no visit is planned any more; an emergency cancels a booked visit."""
    same_plan = plan.visit_type is not None and (
        plan.visit_type.pk == row.visit_type_id and sorted(plan.specialties) == sorted(row.specialties)
    )
    if same_plan:
        return
    booked = row.visits.filter(state=Visit.State.BOOKED).exists()
    if booked and disposition != Disposition.EMERGENCY:
        raise Refused(_("A visit is booked. Cancel it first."), code="scheduled")
    _free_plans(row, by=by, now=now, reason="reviewed")


def _free_plans(row: AppointmentRequest, *, by: Actor, now: datetime, reason: str) -> None:
    """Release an open offer and cancel a visit that has not begun; the caller refreshes the status."""
    for offer in row.offers.filter(state=Offer.State.OPEN):
        end_offer(offer, Offer.State.RELEASED, by=by, now=now, reason=reason)
    for visit in row.visits.filter(state=Visit.State.BOOKED):
        end_visit(visit, by=by, now=now, reason=reason)


@submit_once("withdraw_request", store=_stored, replay=_replayed)
def withdraw_request(wanted: AppointmentRequest, *, by: Actor, key: str, reason: str) -> AppointmentRequest:
    """Take a request back, by the patient or by staff on their word: its offer ends, a booked visit is canceled.

    Raises Refused(code="closed", "not_allowed", "under_way").
    """
    require_own_or_staff(wanted.pk, by, Permission.TAKE_REQUEST)
    now, row = timezone.now(), _open(wanted)
    if row.visits.filter(state__in=[Visit.State.CHECKED_IN, Visit.State.IN_VISIT]).exists():
        raise Refused(_("The visit has already begun."), code="under_way")
    _free_plans(row, by=by, now=now, reason="withdrawn")
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    _bump(row)
    _note(row, "withdrawn", reason.strip(), by, now)
    refresh_status(row, by=by, at=now, reason="withdrawn")
    record("request_withdrawn", by=by, subject=row)
    return row
