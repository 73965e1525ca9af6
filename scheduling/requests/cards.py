"""What "My requests" shows: one card a request, gathered in a fixed number of queries. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from intake.before_visit.models import BeforeVisit
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import tells_back
from scheduling.requests.patient_words import status_words
from scheduling.requests.refresh import CLOSED
from scheduling.visits.itinerary import STILL_TO_COME
from scheduling.visits.models import Visit

SECTIONS = frozenset({"about", "cancer", "records", "insurance", "visit"})  # those that count before a visit


@dataclass(frozen=True, slots=True)
class Card:
    """One request as its owner sees it. `offer` and `visit` only where plans may be told."""

    wanted: AppointmentRequest
    words: dict[str, Any]
    offer: Offer | None
    visit: Visit | None
    sections_done: int
    tells_back: bool

    @property
    def is_open(self) -> bool:
        """Whether the clinic still works on it."""
        return self.wanted.status not in CLOSED

    @property
    def sections(self) -> int:
        """How many sections there are before a visit."""
        return len(SECTIONS)


def cards_of(requests: Iterable[AppointmentRequest]) -> list[Card]:
    """The cards of these rows of `own_requests`, in their order: three queries, however many there are."""
    rows = list(requests)
    keys = [wanted.pk for wanted in rows]
    offers = Offer.objects.filter(request__in=keys, state=Offer.State.OPEN, expires_at__gt=timezone.now())
    offer_of = {offer.request_id: offer for offer in offers}
    visits = Visit.objects.filter(request__in=keys, state__in=STILL_TO_COME).select_related("site")
    visit_of = {visit.request_id: visit for visit in visits.order_by("booked_at")}
    reports = [wanted.report_id for wanted in rows]
    done = dict(BeforeVisit.objects.filter(report__in=reports).values_list("report", "sections_done"))
    return [
        Card(
            wanted=wanted,
            words=status_words(wanted, has_live_offer=wanted.pk in offer_of),
            offer=offer_of.get(wanted.pk) if tells_back(wanted) else None,
            visit=visit_of.get(wanted.pk) if tells_back(wanted) else None,
            sections_done=len(SECTIONS & set(done.get(wanted.report_id, ()))),
            tells_back=tells_back(wanted),
        )
        for wanted in rows
    ]


def card_of(wanted: AppointmentRequest) -> Card:
    """The card of one request."""
    return cards_of([wanted])[0]
