"""Freed time under a crowd: it goes to one person, in turn, and never to two; a booked day is changed whole or kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import decline_offer, expire_due_offers, make_offer
from scheduling.offers.models import Offer
from scheduling.visits.actions import cancel_visit
from scheduling.visits.models import Visit
from scheduling.waitlist.actions import join_waitlist, match_waitlist
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch
from tests import factories
from tests.concurrency.test_booking_collisions import all_at_once, check_all, several_connections  # noqa: F401
from tests.factories import a_coordinator, a_request, days_of, person_of

NOW = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
THURSDAY = date(2027, 1, 7)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.fixture(autouse=True)
def offers_by_itself(settings):
    settings.WAITLIST_MODE = "offer"


def one_free_day():
    """A clinic for one patient at a time that is closed until Thursday, and closed again from noon."""
    clinic = factories.a_clinic(people_each=1, rooms=1)
    for start, end in ((date(2027, 1, 1), THURSDAY), (date(2027, 1, 8), date(2027, 8, 1))):
        Closure.objects.create(reason="Works", starts_at=factories.local(start, 0), ends_at=factories.local(end, 0))
    Closure.objects.create(
        reason="Works", starts_at=factories.local(THURSDAY, 12), ends_at=factories.local(date(2027, 1, 8), 0)
    )
    return clinic


def waiting(count: int, *, by=None) -> list[WaitlistEntry]:
    """As many requests on the list, each a second later than the one before."""
    by = by or staff_actor(a_coordinator())
    entries = []
    for number in range(count):
        entry = join_waitlist(a_request(), by=by, key=new_key())
        entry.joined_at = NOW + timedelta(seconds=number)
        entry.save()
        entries.append(entry)
    return entries


def test_five_workers_give_one_freed_day_to_the_first_in_turn():
    one_free_day()
    entries = waiting(3)
    results = all_at_once([lambda: match_waitlist(NOW)] * 5)
    assert sum(results) == 1
    assert [offer.request for offer in Offer.objects.filter(state="open")] == [entries[0].request]
    assert WaitlistMatch.objects.count() == 1
    assert Visit.objects.filter(state="held").count() == 1
    check_all()


def test_several_workers_of_the_queue_leave_one_offer_and_no_work(standing_clock):
    one_free_day()
    entries = waiting(3)
    all_at_once([run_due] * 4)
    run_due()
    assert [offer.request for offer in Offer.objects.filter(state="open")] == [entries[0].request]
    assert not Job.objects.filter(kind="match_waitlist", done_at=None).exists()
    check_all()


def test_worker_and_staff_want_the_same_day_and_one_gets_it():
    one_free_day()
    waiting(2)
    mine, by = a_request(), staff_actor(a_coordinator())
    found = find_days(mine, now=NOW, limit=1).itineraries
    calls = [lambda: match_waitlist(NOW)] * 3
    calls += [lambda: make_offer(mine, found, by=by, key=new_key(), now=NOW)]
    all_at_once(calls)
    assert Visit.objects.filter(state="held").count() == 1
    assert Offer.objects.filter(state="open").count() == 1
    assert WaitlistMatch.objects.count() == Offer.objects.filter(origin="waitlist").count()
    check_all()


def test_end_of_an_offer_and_next_in_turn_at_once(settings):
    settings.WAITLIST_HOLD_HOURS = 1
    one_free_day()
    entries = waiting(4)
    held = []
    now = NOW
    for _turn in entries:
        results = all_at_once([lambda now=now: match_waitlist(now)] * 3)
        assert sum(results) == 1
        (offer,) = Offer.objects.filter(state="open")
        held.append(offer.request)
        now = offer.expires_at
        all_at_once([lambda now=now: expire_due_offers(now), lambda now=now: match_waitlist(now)])
        for open_again in Offer.objects.filter(state="open").exclude(pk=offer.pk):
            held.append(open_again.request)
            now = open_again.expires_at
            expire_due_offers(now)
        if len(held) >= len(entries):
            break
    assert held == [entry.request for entry in entries]
    check_all()


def test_earlier_day_accepted_declined_and_the_old_one_canceled_at_once_leave_one_visit_or_none():
    factories.a_clinic(people_each=1, rooms=1)
    wanted, staff = a_request(), staff_actor(a_coordinator())
    last = find_days(wanted, now=NOW, limit=3).itineraries[2:]
    first = make_offer(wanted, last, by=staff, key=new_key(), now=NOW - timedelta(minutes=1))
    visit = accept_offer(first, days_of(first)[0], by=person_of(wanted), key=new_key(), now=NOW)
    join_waitlist(wanted, by=person_of(wanted), key=new_key())
    assert match_waitlist(NOW) == 1
    offer = Offer.objects.get(state="open")
    me, day = person_of(wanted), days_of(offer)[0]
    accepts = [lambda: accept_offer(offer, day, by=me, key=new_key(), now=NOW)] * 3
    declines = [lambda: decline_offer(offer, reason="", wants_call=False, by=me, key=new_key())] * 2
    cancels = [lambda: cancel_visit(visit, by=me, key=new_key(), reason="", now=NOW)]
    results = all_at_once([*accepts, *declines, *cancels])
    accepted = sum(isinstance(result, Visit) for result in results[:3])
    declined = sum(isinstance(result, Offer) for result in results[3:5])
    canceled = isinstance(results[5], Visit)
    assert accepted + declined == 1
    booked = Visit.objects.filter(request=wanted, state="booked")
    assert booked.count() == (1 if accepted or not canceled else 0)
    wanted.refresh_from_db()
    assert wanted.status == ("scheduled" if booked.exists() else "ready")
    check_all()


def test_person_who_joins_twenty_times_at_once_has_one_place():
    factories.a_clinic()
    wanted, by = a_request(), staff_actor(a_coordinator())
    results = all_at_once([lambda: join_waitlist(wanted, by=by, key=new_key())] * 8)
    assert not [result for result in results if isinstance(result, (str, Refused)) and result != "busy"]
    assert WaitlistEntry.objects.count() == 1
