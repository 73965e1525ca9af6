"""Carrying out an attempt of the model's words with the product's own actions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from django.utils import timezone

from benchmarks.reliability.words import Attempt
from benchmarks.reliability.world import itinerary_of, staff
from clinic.platform.audit.actors import Actor
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import decline_offer, expire_due_offers, extend_offer, make_offer, release_offer
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.actions import cancel_visit
from scheduling.visits.changes import drop_leg, move_day, move_leg, swap_clinician, undo_change
from scheduling.visits.day_actions import check_in, finish_leg, mark_no_show, start_leg, undo_check_in
from scheduling.visits.models import Appointment, Visit, VisitChange

STRANGER = Actor("patient", "request:00000000-0000-0000-0000-000000000000")


class StandingClock:
    """The product's clock, which stands at the moment of the attempt in hand: all its rows carry that moment."""

    def __init__(self) -> None:
        self.now: datetime | None = None
        self._real = timezone.now

    def __enter__(self) -> Self:
        timezone.now = self._tell
        return self

    def __exit__(self, *_error: object) -> None:
        timezone.now = self._real

    def _tell(self) -> datetime:
        return self.now or self._real()


def perform(attempt: Attempt, key: str) -> dict[str, Any]:
    """Call the action; what it made, as plain values. Raises what the action raises."""
    return ACTIONS[attempt.what](attempt, key)


def _by(attempt: Attempt, request_id: object) -> Actor:
    if attempt.by == "person":
        return Actor("patient", f"request:{request_id}")
    return STRANGER if attempt.by == "stranger" else staff()


def _make_offer(attempt: Attempt, key: str) -> dict[str, Any]:
    wanted = AppointmentRequest.objects.get(pk=attempt.given["request"])
    days = [itinerary_of(day) for day in attempt.given["days"]]
    more = {"replaces": Visit.objects.get(pk=attempt.given["replaces"])} if "replaces" in attempt.given else {}
    offer = make_offer(wanted, days, by=_by(attempt, wanted.pk), key=key, now=attempt.now, **more)
    return {"offer": str(offer.pk)}


def _accept(attempt: Attempt, key: str) -> dict[str, Any]:
    offer = Offer.objects.get(pk=attempt.given["offer"])
    visit = Visit.objects.get(pk=attempt.given["visit"])
    booked = accept_offer(offer, visit, by=_by(attempt, offer.request_id), key=key, now=attempt.now)
    return {"visit": str(booked.pk)}


def _decline(attempt: Attempt, key: str) -> dict[str, Any]:
    offer = Offer.objects.get(pk=attempt.given["offer"])
    by = _by(attempt, offer.request_id)
    return {"offer": str(decline_offer(offer, reason="", wants_call=False, by=by, key=key).pk)}


def _release(attempt: Attempt, key: str) -> dict[str, Any]:
    offer = Offer.objects.get(pk=attempt.given["offer"])
    return {"offer": str(release_offer(offer, by=_by(attempt, offer.request_id), key=key).pk)}


def _extend(attempt: Attempt, key: str) -> dict[str, Any]:
    offer = Offer.objects.get(pk=attempt.given["offer"])
    return {"offer": str(extend_offer(offer, by=_by(attempt, offer.request_id), key=key).pk)}


def _expire(attempt: Attempt, key: str) -> dict[str, Any]:
    return {"count": expire_due_offers(attempt.now)}


def _cancel(attempt: Attempt, key: str) -> dict[str, Any]:
    visit = Visit.objects.get(pk=attempt.given["visit"])
    by = _by(attempt, visit.request_id)
    return {"visit": str(cancel_visit(visit, by=by, key=key, reason="other", now=attempt.now).pk)}


def _leg(attempt: Attempt) -> Appointment:
    return Appointment.objects.select_related("visit").get(pk=attempt.given["leg"])


def _visit(attempt: Attempt) -> Visit:
    return Visit.objects.get(pk=attempt.given["visit"])


def _change(action: Callable, **names: str) -> Callable[[Attempt, str], dict[str, Any]]:
    """A change of one leg; `names` say which of what is given goes by which name."""

    def call(attempt: Attempt, key: str) -> dict[str, Any]:
        leg = _leg(attempt)
        given = {name: attempt.given[its] for name, its in names.items()}
        made = action(leg, by=_by(attempt, leg.visit.request_id), key=key, now=attempt.now, **given)
        return {"change": str(made.pk)}

    return call


def _move_day(attempt: Attempt, key: str) -> dict[str, Any]:
    visit = _visit(attempt)
    by, day = _by(attempt, visit.request_id), itinerary_of(attempt.given["day"])
    return {"change": str(move_day(visit, day, by=by, key=key, now=attempt.now).pk)}


def _undo_change(attempt: Attempt, key: str) -> dict[str, Any]:
    change = VisitChange.objects.select_related("visit").get(pk=attempt.given["change"])
    by = _by(attempt, change.visit.request_id)
    return {"change": str(undo_change(change, by=by, key=key, now=attempt.now).pk)}


def _of_visit(action: Callable) -> Callable[[Attempt, str], dict[str, Any]]:
    def call(attempt: Attempt, key: str) -> dict[str, Any]:
        visit = _visit(attempt)
        return {"visit": str(action(visit, by=_by(attempt, visit.request_id), key=key, now=attempt.now).pk)}

    return call


def _of_leg(action: Callable) -> Callable[[Attempt, str], dict[str, Any]]:
    def call(attempt: Attempt, key: str) -> dict[str, Any]:
        leg = _leg(attempt)
        return {"leg": str(action(leg, by=_by(attempt, leg.visit.request_id), key=key, now=attempt.now).pk)}

    return call


ACTIONS: dict[str, Callable[[Attempt, str], dict[str, Any]]] = {
    "make_offer": _make_offer,
    "accept": _accept,
    "decline": _decline,
    "release": _release,
    "extend": _extend,
    "expire": _expire,
    "cancel": _cancel,
    "move_leg": _change(move_leg, starts_at="starts_at", clinician_id="clinician"),
    "swap_clinician": _change(swap_clinician, clinician_id="clinician"),
    "drop_leg": _change(drop_leg),
    "move_day": _move_day,
    "undo_change": _undo_change,
    "check_in": _of_visit(check_in),
    "undo_check_in": _of_visit(undo_check_in),
    "no_show": _of_visit(mark_no_show),
    "start_leg": _of_leg(start_leg),
    "finish_leg": _of_leg(finish_leg),
}
# What the audit calls the one thing that each of them did
RECORDED_AS = {
    "make_offer": "offer_made",
    "accept": "visit_booked",
    "decline": "offer_declined",
    "release": "offer_released",
    "extend": "offer_extended",
    "expire": "hold_lapsed",
    "cancel": "visit_cancelled",
    "move_leg": "visit_changed",
    "swap_clinician": "visit_changed",
    "drop_leg": "visit_changed",
    "move_day": "visit_changed",
    "undo_change": "visit_changed",
    "check_in": "visit_checked_in",
    "undo_check_in": "check_in_undone",
    "no_show": "visit_no_show",
    "start_leg": "appointment_started",
    "finish_leg": "appointment_finished",
}
