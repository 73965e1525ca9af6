"""Keeps the cached status of a request equal to what status.py computes from the facts."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.db.batch import Answer, Batch, stored
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.status import Facts, request_status
from scheduling.visits.models import StateChange, Visit
from scheduling.visits.moves import state_change

FACTS = (  # the columns that decide a status, and those it is kept in
    "level",
    "withdrawn_at",
    "declined_at",
    "redirected_at",
    "needs_info_since",
    "taken_by",
    "reviewed_at",
    "records_complete",
    "status",
    "closed_at",
)
CLOSED = frozenset({"withdrawn", "declined", "redirected_to_ed", "completed"})
STILL_TO_COME = (Visit.State.BOOKED, Visit.State.CHECKED_IN, Visit.State.IN_VISIT)
_OF_VISITS = "EXISTS (SELECT 1 FROM scheduling_visit v WHERE v.request_id = t.id AND v.state"
_OF_OFFERS = "EXISTS (SELECT 1 FROM scheduling_offer o WHERE o.request_id = t.id AND o.state"
OF_OTHERS = (  # what `with_facts` annotates, in SQL
    ("has_booked_visit", f"{_OF_VISITS} IN ({', '.join(repr(state.value) for state in STILL_TO_COME)}))"),
    ("has_completed_visit", f"{_OF_VISITS} = '{Visit.State.COMPLETED.value}')"),
    ("has_live_offer", f"{_OF_OFFERS} = '{Offer.State.OPEN.value}')"),
)


def with_facts(requests: QuerySet) -> QuerySet:
    """The requests with what the status needs to know of their offers and visits, in one query.

    An offer counts as live while its row is open, also past its end: only what an action writes changes a status.
    """
    visits = Visit.objects.filter(request=OuterRef("pk"))
    return requests.defer("reason_for_contact", "preferences").annotate(
        has_booked_visit=Exists(visits.filter(state__in=STILL_TO_COME)),
        has_completed_visit=Exists(visits.filter(state=Visit.State.COMPLETED)),
        has_live_offer=Exists(Offer.objects.filter(request=OuterRef("pk"), state=Offer.State.OPEN)),
    )


def computed_status(wanted: AppointmentRequest) -> str:
    """The status of a request read by `with_facts`."""
    return request_status(
        Facts(
            level=wanted.level,
            is_withdrawn=wanted.withdrawn_at is not None,
            is_declined=wanted.declined_at is not None,
            is_redirected_to_ed=wanted.redirected_at is not None,
            is_visit_completed=wanted.has_completed_visit,
            has_booked_visit=wanted.has_booked_visit,
            has_live_offer=wanted.has_live_offer,
            needs_info=wanted.needs_info_since is not None,
            is_taken=wanted.taken_by_id is not None,
            is_reviewed=wanted.reviewed_at is not None,
            is_records_ready=wanted.records_complete,
        )
    )


def refresh_statuses(keys: Iterable, *, by: Actor = SYSTEM, at: datetime | None = None, reason: str = "") -> None:
    """Recompute and cache the status of these requests, always in the order of their keys (no deadlocks)."""
    if history := refreshed(keys, by=by, at=at or timezone.now(), reason=reason):
        StateChange.objects.bulk_create(history)


def refreshed(keys: Iterable, *, by: Actor, at: datetime, reason: str) -> list[StateChange]:
    """The same, with the history rows not yet saved: an action writes them with its own."""
    first, last = Batch(), Batch()
    facts = ask_facts(keys, first)
    first.send()
    history = settle(facts.objects(), last, by=by, at=at, reason=reason)
    last.send()
    return history


def ask_facts(keys: Iterable, batch: Batch) -> Answer:
    """What `with_facts` reads, as plain SQL with `batch`: every action comes through here."""
    values = [stored(AppointmentRequest._meta.pk, key) for key in set(keys)]
    if not values:
        return Answer()
    marks = ", ".join(["%s"] * len(values))
    return batch.select(
        AppointmentRequest, f"WHERE t.id IN ({marks}) ORDER BY t.id", values, only=("id", *FACTS), more=OF_OTHERS
    )


def settle(
    requests: Iterable[AppointmentRequest], batch: Batch, *, by: Actor, at: datetime, reason: str
) -> list[StateChange]:
    """Has the status of requests read by `ask_facts` written with `batch` where it changed; the unsaved history."""
    history: list[StateChange] = []
    for wanted in requests:
        before, now = wanted.status, computed_status(wanted)
        closed_at = (wanted.closed_at or at) if now in CLOSED else None
        if before == now and closed_at == wanted.closed_at:
            continue
        moment = stored(AppointmentRequest._meta.get_field("closed_at"), closed_at)
        batch.add(
            "UPDATE scheduling_appointmentrequest SET status = %s, closed_at = %s, version = version + 1 WHERE id = %s",
            [now, moment, stored(AppointmentRequest._meta.pk, wanted.pk)],
        )
        if before != now:
            history.append(state_change("request", wanted.pk, before, now, by=by, at=at, reason=reason))
    return history


def refresh_status(
    wanted: AppointmentRequest, *, by: Actor = SYSTEM, at: datetime | None = None, reason: str = ""
) -> AppointmentRequest:
    """The same for one request, whose instance then carries the new status and version."""
    refresh_statuses([wanted.pk], by=by, at=at, reason=reason)
    wanted.refresh_from_db(fields=["status", "closed_at", "version"])
    return wanted
