"""An earlier day for somebody who has a visit: kept or changed, never none and never two."""

from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.models import Job
from clinic.platform.refusals import Refused
from intake.tasks.models import StaffTask
from scheduling.itineraries.legs import Wishes
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import decline_offer, expire_due_offers, extend_offer, make_offer
from scheduling.offers.models import Offer
from scheduling.visits.actions import cancel_visit, move_visit
from scheduling.visits.models import Claim, StateChange, Visit
from tests import factories
from tests.factories import a_coordinator, a_request, an_offer, claims_held, claims_wanted, days_of, person_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
THURSDAYS = Wishes(frozenset({3}), required=True)


def check_claims():
    for visit in Visit.objects.prefetch_related("appointments", "claims"):
        assert claims_held(visit) == claims_wanted(visit), visit.state
    assert factories.overlapping_claims() == []


@pytest.fixture
def booked(now, fresh_key):
    """A visit on a Thursday."""
    wanted, by = a_request(), staff_actor(a_coordinator())
    day = find_days(wanted, wishes=THURSDAYS, now=now, limit=1).itineraries
    offer = make_offer(wanted, day, by=by, key=fresh_key(), now=now)
    return accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=fresh_key(), now=now)


@pytest.fixture
def offer(booked, now, fresh_key):
    """An earlier day for it."""
    found = find_days(booked.request, now=now, limit=1).itineraries
    more = {"origin": Offer.Origin.WAITLIST, "replaces": booked}
    return make_offer(booked.request, found, by=staff_actor(a_coordinator()), key=fresh_key(), now=now, **more)


def accept(offer, now, key, by=None):
    return accept_offer(offer, days_of(offer)[0], by=by or person_of(offer.request), key=key, now=now)


def states(wanted):
    wanted.refresh_from_db()
    return wanted.status, sorted(wanted.visits.values_list("state", flat=True))


def test_offer_of_an_earlier_day_leaves_the_booking_as_it_is(offer, booked):
    assert offer.replaces == booked
    assert days_of(offer)[0].ends_at < booked.starts_at
    assert states(offer.request) == ("scheduled", ["booked", "held"])
    assert Message.objects.filter(template="earlier_day").count() == 1
    check_claims()


def test_accepting_books_the_earlier_day_and_cancels_the_other_at_once(offer, booked, now, fresh_key):
    visit = accept(offer, now, fresh_key())
    booked.refresh_from_db()
    assert states(offer.request) == ("scheduled", ["booked", "cancelled_by_patient"])
    assert (visit.state, booked.state, booked.cancelled_at) == ("booked", "cancelled_by_patient", now)
    assert (booked.calendar_sequence, booked.is_late_cancellation) == (1, False)
    assert set(StateChange.objects.filter(thing="visit", thing_id=booked.pk, reason="replaced").values_list("at")) == {
        (now,)
    }
    assert not Claim.objects.filter(visit=booked).exists()
    assert Message.objects.filter(template="visit_cancelled").count() == 0
    assert Message.objects.filter(template="visit_confirmed").count() == 2  # one for each booking
    assert AuditEntry.objects.get(action="visit_cancelled").subject_id == str(booked.pk)
    assert Job.objects.filter(kind="match_waitlist", args__cause="visit_replaced").count() == 1
    assert offer.request.notes.filter(kind="visit_replaced").count() == 1
    check_claims()


@pytest.mark.parametrize("how", ["decline", "expire"])
def test_keeping_the_day_or_letting_the_offer_end_changes_nothing_else(offer, booked, now, fresh_key, how):
    if how == "decline":
        decline_offer(offer, reason="", wants_call=False, by=person_of(offer.request), key=fresh_key())
    else:
        assert expire_due_offers(offer.expires_at) == 1
    booked.refresh_from_db()
    assert booked.state == "booked"
    assert states(offer.request)[0] == "scheduled"
    assert Visit.objects.filter(state="held").count() == 0
    assert Job.objects.filter(kind="match_waitlist").exists()
    check_claims()


def test_refused_acceptance_keeps_the_present_booking(offer, booked, now, fresh_key):
    Claim.objects.filter(visit__offer=offer).update(expires_at=now)
    with pytest.raises(Refused) as refused:
        accept(offer, now, fresh_key())
    booked.refresh_from_db()
    assert (refused.value.code, booked.state) == ("taken", "booked")
    assert claims_held(booked) == claims_wanted(booked)


def test_visit_that_has_begun_is_not_replaced(offer, booked, now, fresh_key):
    move_visit(booked, Visit.State.CHECKED_IN, by=staff_actor(a_coordinator()), at=now)
    with pytest.raises(Refused) as refused:
        accept(offer, now, fresh_key())
    assert refused.value.code == "begun"
    assert states(offer.request) == ("scheduled", ["checked_in", "held"])
    check_claims()


def test_day_canceled_while_the_offer_is_open_can_still_be_changed_for_the_earlier_one(offer, booked, now, fresh_key):
    cancel_visit(booked, by=person_of(offer.request), key=fresh_key(), reason="", now=now)
    assert states(offer.request)[0] == "offered"
    accept(offer, now, fresh_key())
    assert states(offer.request) == ("scheduled", ["booked", "cancelled_by_patient"])
    check_claims()


def test_request_with_a_visit_gets_one_offer_and_none_without_naming_the_visit(offer, booked, now, fresh_key):
    found = find_days(booked.request, now=now, limit=1).itineraries
    by = staff_actor(a_coordinator())
    stranger = a_request()
    for wanted, replaces in ((booked.request, None), (booked.request, booked), (stranger, booked)):
        with pytest.raises(Refused) as refused:
            make_offer(wanted, found, by=by, key=fresh_key(), now=now, replaces=replaces)
        assert refused.value.code == "not_ready"
    assert Offer.objects.filter(state="open").count() == 1


def test_more_time_is_not_given_while_others_wait_for_the_same(offer, fresh_key):
    with pytest.raises(Refused) as refused:
        extend_offer(offer, by=person_of(offer.request), key=fresh_key())
    assert refused.value.code == "extended"


def test_call_that_is_asked_for_becomes_a_task_with_a_clock(now, fresh_key):
    offer = an_offer(a_request(), now=now)
    decline_offer(offer, reason="Too early", wants_call=True, by=person_of(offer.request), key=fresh_key())
    task = StaffTask.objects.get()
    assert (task.kind, task.patient, task.report, task.data) == (
        "call",
        offer.request.patient,
        offer.request.report,
        {"why": "other_days"},
    )
    assert now < task.due_at <= now + timedelta(days=1)
