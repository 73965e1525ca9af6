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
from scheduling.visits.models import Visit

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
    offer = make_offer(wanted, days, by=_by(attempt, wanted.pk), key=key, now=attempt.now)
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


ACTIONS: dict[str, Callable[[Attempt, str], dict[str, Any]]] = {
    "make_offer": _make_offer,
    "accept": _accept,
    "decline": _decline,
    "release": _release,
    "extend": _extend,
    "expire": _expire,
    "cancel": _cancel,
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
}
