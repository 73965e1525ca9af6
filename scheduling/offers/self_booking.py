"""A patient picks a time for a kind of visit that the clinic has opened for it: held for minutes, then booked.

The hold is an offer of one day with an origin of its own; booking it is accepting that offer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.db.sql import lock_keys
from clinic.platform.limits import take
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary
from scheduling.itineraries.look import SEES_RESERVE
from scheduling.offers.actions import end_offer, hold_days
from scheduling.offers.models import Offer
from scheduling.requests.may import PERSONS, not_allowed
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import refresh_statuses
from scheduling.visits.guard import lock_keys_of
from scheduling.visits.models import Claim

HOLDS, HOLDS_SECONDS = 20, 60 * 60  # times that one request may try on in an hour


def may_pick(wanted: AppointmentRequest) -> bool:
    """Whether the person may pick a time: a visit of a kind opened for it is to be planned, and it is not urgent.

    While a time is held for them they may pick another one.
    """
    if not _is_open_for_it(wanted):
        return False
    if wanted.status == AppointmentRequest.Status.READY:
        return True
    return wanted.status == AppointmentRequest.Status.OFFERED and held_by_person(wanted) is not None


def _is_open_for_it(wanted: AppointmentRequest) -> bool:
    kind = wanted.visit_type
    return kind is not None and kind.is_active and kind.is_self_bookable and wanted.level not in SEES_RESERVE


def held_by_person(wanted: AppointmentRequest) -> Offer | None:
    """The time that the person holds for this request, also one whose minutes are over and that nobody took away."""
    return wanted.offers.filter(state=Offer.State.OPEN, origin=Offer.Origin.SELF).first()


@submit_once("hold_time", store=lambda offer: str(offer.pk), replay=lambda stored: Offer.objects.get(pk=stored))
def hold_time(wanted: AppointmentRequest, itinerary: Itinerary, *, by: Actor, key: str, now: datetime) -> Offer:
    """Hold a time that the patient picked for SELF_HOLD_MINUTES; one that they held before is free again.

    Raises Refused as `make_offer` does, and "too_many" after many times tried on within an hour. When the new time
    cannot be held, the earlier one stays held.
    """
    row = AppointmentRequest.objects.select_related("visit_type").get(pk=wanted.pk)
    if by.kind not in PERSONS or not _is_open_for_it(row):
        raise not_allowed()
    if not take("self-hold", str(row.pk), capacity=HOLDS, per_seconds=HOLDS_SECONDS):
        raise Refused(_("You have looked at many times. Wait some minutes, or call us."), code="too_many")
    earlier = held_by_person(row)
    _lock_both(row, earlier, itinerary)
    if earlier is not None and earlier.expires_at > now:
        with _unless_ended():
            end_offer(earlier, Offer.State.RELEASED, by=by, now=now, reason="other_time_picked")
            refresh_statuses([row.pk], by=by, at=now, reason="other_time_picked")
    until = now + timedelta(minutes=settings.SELF_HOLD_MINUTES)
    return hold_days(row, [itinerary], by=by, now=now, origin=Offer.Origin.SELF, until=until)


def _lock_both(row: AppointmentRequest, earlier: Offer | None, itinerary: Itinerary) -> None:
    """The locks of the time let go of and of the time taken, at once and in order.

    Somebody who wants the first while this person waits for the second would otherwise wait in a circle with them.
    """
    taken = [
        Claim(**{f"{what}_id": key}, starts_at=datetime_of(start), ends_at=datetime_of(end))
        for what, key, start, end in itinerary.uses
    ]
    let_go = Claim.objects.filter(visit__offer=earlier) if earlier is not None else ()
    lock_keys(("request", str(row.pk)), *lock_keys_of([*taken, *let_go]))


@contextmanager
def _unless_ended() -> Iterator[None]:
    """The earlier time may have lapsed in this moment: then there is nothing to let go of."""
    try:
        yield
    except Refused as no:
        if no.code != "ended":
            raise
