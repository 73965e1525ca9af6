"""Bringing the list up to what has become of its offers, visits and requests. Run before every look at it.

An offer ends in many ways (answered, taken back, lapsed, given way to somebody else's booking); the list follows the
facts rather than having each of them tell it.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import Entry, record_many
from clinic.platform.refusals import Refused
from intake.tasks.actions import end_task
from intake.tasks.models import StaffTask
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch

State, Outcome = WaitlistEntry.State, WaitlistMatch.Outcome
LIVE = WaitlistEntry.LIVE
OUTCOME_OF_OFFER = {
    Offer.State.ACCEPTED: Outcome.ACCEPTED,
    Offer.State.DECLINED: Outcome.DECLINED,
    Offer.State.EXPIRED: Outcome.EXPIRED,
    Offer.State.RELEASED: Outcome.GONE,
}
OUTCOME_OF_TASK = {StaffTask.State.DONE: Outcome.ACCEPTED, StaffTask.State.DISMISSED: Outcome.DECLINED}


def outcome_of(match: WaitlistMatch, task_state: str | None = None) -> str:
    """What became of a match, by its offer or its task; its offer is loaded with it."""
    if match.outcome != Outcome.OPEN:
        return match.outcome
    if match.offer is not None:
        return OUTCOME_OF_OFFER.get(match.offer.state, Outcome.OPEN)
    return OUTCOME_OF_TASK.get(task_state or "", Outcome.OPEN)


def state_now(entry: WaitlistEntry, outcomes: Iterable[str]) -> str:
    """Where an entry stands; its request and its visit are loaded with it, `outcomes` are those of its matches."""
    wanted, found = entry.request, set(outcomes)
    has_day = wanted.status in (AppointmentRequest.Status.SCHEDULED, AppointmentRequest.Status.COMPLETED)
    if entry.visit_id is None and has_day:
        return State.FULFILLED
    if entry.visit is not None and entry.visit.state != Visit.State.BOOKED:
        return State.FULFILLED if Outcome.ACCEPTED in found and has_day else State.ENDED
    if wanted.closed_at is not None:
        return State.ENDED
    if entry.specialty_id is not None and Outcome.ACCEPTED in found:
        return State.FULFILLED  # staff have moved the leg, or found that it cannot be
    return State.OFFERED if Outcome.OPEN in found else State.WAITING


def can_come_back(visit: Visit | None, now: datetime) -> bool:
    """Whether the visit was canceled so recently that this may be undone: the place in the list waits as long."""
    at = visit.cancelled_at if visit is not None else None
    return at is not None and now < at + timedelta(minutes=settings.UNDO_MINUTES)


@transaction.atomic
def settle_entries(entries: QuerySet, *, now: datetime) -> int:
    """Write down what became of these entries and their open matches; how many changed. A fixed number of queries
    while nothing has changed.

    A proposal to staff ends with its time, and with the wait itself: nobody is called about either.
    """
    rows = list(
        entries.filter(state__in=LIVE)
        .select_related("request", "visit")
        .prefetch_related(Prefetch("matches", queryset=WaitlistMatch.objects.select_related("offer")))
        .order_by("pk")
    )
    tasks = _tasks_of(match for entry in rows for match in entry.matches.all())
    changed = 0
    for entry in rows:
        outcomes = []
        for match in entry.matches.all():
            task = tasks.get(match.pk)
            outcome = outcome_of(match, task.state if task else None)
            if outcome == Outcome.OPEN and task is not None and datetime.fromisoformat(task.data["starts_at"]) <= now:
                outcome = _gone(task)
            outcomes.append(outcome)
            if outcome != match.outcome:
                still = WaitlistMatch.objects.filter(pk=match.pk, outcome=Outcome.OPEN)
                still.update(outcome=outcome, ended_at=now)
        state = state_now(entry, outcomes)
        if state == entry.state or (state == State.ENDED and can_come_back(entry.visit, now)):
            continue
        ended_at = None if state in LIVE else now
        changed += WaitlistEntry.objects.filter(pk=entry.pk, state=entry.state).update(state=state, ended_at=ended_at)
        if state not in LIVE:
            drop_proposals(entry, now=now)
            record_many([Entry("waitlist_ended", SYSTEM, entry, {"state": str(state), "request": entry.request_id})])
    return changed


def drop_proposals(entry: WaitlistEntry, *, now: datetime) -> None:
    """The wait is over: what was proposed to staff for it is done with. In the caller's transaction."""
    matches = list(entry.matches.filter(outcome=Outcome.OPEN, offer=None))
    for task in _tasks_of(matches).values():
        _gone(task)
    WaitlistMatch.objects.filter(pk__in=[one.pk for one in matches]).update(outcome=Outcome.GONE, ended_at=now)


def _gone(task: StaffTask) -> str:
    """Close a task about time that helps nobody any more, unless a colleague has just closed it."""
    with suppress(Refused):
        end_task(task, state=StaffTask.State.DISMISSED, note="", user=None, by=SYSTEM)
    return Outcome.GONE


def _tasks_of(matches: Iterable[WaitlistMatch]) -> dict[int, StaffTask]:
    """The tasks of open matches that have no offer, by the key of the match; no query without such a match."""
    keys = {f"match:{match.pk}": match.pk for match in matches if match.offer_id is None and match.outcome == "open"}
    if not keys:
        return {}
    rows = StaffTask.objects.filter(kind=StaffTask.Kind.WAITLIST, dedupe__in=keys)
    return {keys[task.dedupe]: task for task in rows}
