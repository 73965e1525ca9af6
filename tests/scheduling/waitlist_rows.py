"""People on the waitlist, and days that are freed for them."""

from datetime import date, timedelta

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.itineraries.legs import Wishes
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.offers.models import Offer
from scheduling.visits.models import Visit
from scheduling.waitlist.actions import join_waitlist
from scheduling.waitlist.models import WaitlistEntry
from tests import factories
from tests.factories import a_coordinator, a_request, claims_held, claims_wanted, days_of, person_of


def closed_until(on: date) -> Closure:
    """Nobody works before this day."""
    return Closure.objects.create(
        reason="Works", starts_at=factories.local(date(2027, 1, 1), 0), ends_at=factories.local(on, 0)
    )


def booked_on(weekday: int, now, *, level="routine"):
    """A visit on this weekday."""
    wanted, by = a_request(level=level), staff_actor(a_coordinator())
    found = find_days(wanted, wishes=Wishes(frozenset({weekday}), required=True), now=now, limit=1).itineraries
    offer = make_offer(wanted, found, by=by, key=new_key(), now=now)
    return accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=new_key(), now=now)


def joined(wanted, *, by=None, **more) -> WaitlistEntry:
    """On the list; whoever comes later has waited less."""
    entry = join_waitlist(wanted, by=by or staff_actor(a_coordinator()), key=new_key(), **more)
    entry.joined_at += timedelta(seconds=WaitlistEntry.objects.count())
    entry.save()
    return entry


def open_offers():
    return list(Offer.objects.filter(state="open").order_by("waitlist_match", "made_at"))


def check_claims():
    for visit in Visit.objects.prefetch_related("appointments", "claims"):
        assert claims_held(visit) == claims_wanted(visit), visit.state
    assert factories.overlapping_claims() == []
