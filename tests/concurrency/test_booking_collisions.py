"""Many at once for the same time: exactly one wins, the others are told. Real threads, each with its own connection."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.offers.models import Offer
from scheduling.visits.actions import cancel_visit
from scheduling.visits.guard import claim_time
from scheduling.visits.models import Claim, Visit
from tests import factories
from tests.factories import a_coordinator, a_request, an_offer, claims_held, claims_wanted, days_of, person_of

CROWD = 20
NOW = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.fixture
def several_connections(tmp_path, request):
    """A database that several connections can share: PostgreSQL as it is, for SQLite a file in place of the memory."""
    request.getfixturevalue("transactional_db")
    if connection.vendor == "postgresql":
        yield
        return
    memory = connection.settings_dict["NAME"]
    path = str(tmp_path / "collisions.sqlite3")
    connection.ensure_connection()
    connection.connection.execute("VACUUM INTO ?", (path,))
    in_memory = connection.connection
    connection.connection = None
    connection.settings_dict["NAME"] = path
    connection.ensure_connection()
    yield
    connection.connection.close()
    connection.connection = in_memory
    connection.settings_dict["NAME"] = memory


def all_at_once(calls):
    """Run the calls in as many threads, started together; their results or the codes of their refusals."""
    gate = threading.Barrier(len(calls))

    def run(call):
        try:
            connections["default"].ensure_connection()
            gate.wait(30)
            try:
                return call()
            except Refused as refused:
                return refused.code
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(calls)) as crowd:
        return list(crowd.map(run, calls))


def check_all():
    assert factories.overlapping_claims() == []
    for visit in Visit.objects.prefetch_related("appointments", "claims"):
        assert claims_held(visit) == claims_wanted(visit), visit.state


def wins(results):
    return [result for result in results if not isinstance(result, str)]


def test_one_of_twenty_acceptances_of_one_offer_wins():
    factories.a_clinic()
    offer = an_offer(a_request(), now=NOW)
    days, by = days_of(offer), person_of(offer.request)
    results = all_at_once(
        [lambda n=n: accept_offer(offer, days[n % 3], by=by, key=new_key(), now=NOW) for n in range(CROWD)]
    )
    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"booked", "busy"}
    assert Visit.objects.filter(state="booked").count() == 1
    check_all()


def test_one_of_twenty_acceptances_of_overlapping_times_of_one_patient_wins():
    factories.a_clinic(people_each=CROWD, rooms=CROWD)
    patient = factories.a_patient()
    offers = [an_offer(a_request(patient=patient), now=NOW, days=1) for _n in range(CROWD)]
    assert len({days_of(offer)[0].starts_at for offer in offers}) == 1

    def accept(offer):
        return accept_offer(offer, days_of(offer)[0], by=person_of(offer.request), key=new_key(), now=NOW)

    results = all_at_once([lambda offer=offer: accept(offer) for offer in offers])
    assert len(wins(results)) == 1
    assert Counter(result for result in results if isinstance(result, str))["taken"] >= CROWD - 3
    assert Visit.objects.filter(state="booked").count() == 1
    assert Visit.objects.filter(state="held").count() == CROWD - 1
    check_all()


def test_one_of_twenty_offers_of_one_time_is_made():
    factories.a_clinic(people_each=1, rooms=1)
    requests = [a_request() for _n in range(CROWD)]
    days = find_days(requests[0], now=NOW).itineraries
    by = staff_actor(a_coordinator())
    results = all_at_once(
        [
            # the three days in another order each: locks are taken in one order all the same
            lambda wanted=wanted, n=n: make_offer(
                wanted, [days[(n + step) % 3] for step in range(3)], by=by, key=new_key(), now=NOW
            )
            for n, wanted in enumerate(requests)
        ]
    )
    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"taken", "busy"}
    assert Offer.objects.count() == 1
    assert Visit.objects.count() == 3
    check_all()


def test_one_button_pressed_twenty_times_books_once_with_one_answer():
    factories.a_clinic()
    offer = an_offer(a_request(), now=NOW)
    day, by, key = days_of(offer)[0], person_of(offer.request), new_key()
    results = all_at_once([lambda: accept_offer(offer, day, by=by, key=key, now=NOW) for _n in range(CROWD)])
    assert {result.pk for result in wins(results)} == {day.pk}
    assert len(wins(results)) == CROWD
    assert AuditEntry.objects.filter(action="visit_booked").count() == 1
    check_all()


def test_lapsed_holds_are_wanted_by_twenty_and_given_to_one():
    clinic = factories.a_clinic(people_each=1, rooms=1)
    lapsed = an_offer(a_request(), now=NOW, days=1)
    day = days_of(lapsed)[0]
    later = lapsed.expires_at
    legs = [(leg.clinician, leg.starts_at, leg.ends_at) for leg in day.appointments.all()]

    def grab():
        with transaction.atomic():
            claims = [Claim(room=clinic.rooms[0], starts_at=day.starts_at, ends_at=day.ends_at)]
            claims += [Claim(clinician=who, starts_at=start, ends_at=end) for who, start, end in legs]
            claim_time(claims, now=later)
            return claims

    results = all_at_once([grab] * CROWD)
    assert len(wins(results)) == 1
    day.refresh_from_db()
    assert day.state == "expired"
    assert factories.overlapping_claims() == []


def test_cancel_and_new_offers_of_the_same_time_never_overlap():
    factories.a_clinic(people_each=1, rooms=1)
    first = an_offer(a_request(), now=NOW, days=1)
    visit = accept_offer(first, days_of(first)[0], by=person_of(first.request), key=new_key(), now=NOW)
    wanted = [a_request() for _n in range(8)]
    found = find_days(wanted[0], now=NOW, limit=1).itineraries[0]
    shift = (visit.starts_at.timestamp() // 300) - found.start
    legs = tuple(replace(leg, start=leg.start + int(shift), end=leg.end + int(shift)) for leg in found.legs)
    same = replace(found, legs=legs, day=visit.starts_at.date())
    by = staff_actor(a_coordinator())
    calls = [lambda one=one: make_offer(one, [same], by=by, key=new_key(), now=NOW) for one in wanted]
    calls.append(lambda: cancel_visit(visit, by=by, key=new_key(), reason="other", now=NOW))
    results = all_at_once(calls)
    assert len([result for result in results if isinstance(result, Offer)]) <= 1
    assert isinstance(results[-1], Visit)
    check_all()
