"""Holding days, and what the patient and the staff can do with them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.access.models import AccessLink
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import (
    decline_offer,
    expire_due_offers,
    extend_offer,
    make_offer,
    release_offer,
)
from scheduling.offers.models import Offer
from scheduling.visits.actions import cancel_visit, move_visit
from scheduling.visits.guard import expire_holds
from scheduling.visits.models import Appointment, Claim, StateChange, Visit
from tests import factories
from tests.factories import a_coordinator, a_request, an_offer, claims_held, claims_wanted, days_of, person_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


def code_of(call, *args, **more):
    with pytest.raises(Refused) as refused:
        call(*args, **more)
    return refused.value.code


def check_claims():
    for visit in Visit.objects.prefetch_related("appointments", "claims"):
        assert claims_held(visit) == claims_wanted(visit), visit.state
    assert factories.overlapping_claims() == []


@pytest.fixture
def wanted():
    return a_request()


@pytest.fixture
def offer(wanted, now):
    return an_offer(wanted, now=now)


@pytest.fixture
def accept(now, fresh_key):
    """Book a day of an offer as its patient."""

    def book(offer, day, *, by=None, at=now, key=None):
        return accept_offer(offer, day, by=by or person_of(offer.request), key=key or fresh_key(), now=at)

    return book


# Making


def test_offer_holds_three_days_with_all_their_time_but_not_the_patients(offer, wanted, now):
    wanted.refresh_from_db()
    assert (wanted.status, offer.state, len(days_of(offer))) == ("offered", "open", 3)
    assert not Claim.objects.exclude(patient=None).exists()
    assert not Claim.objects.filter(expires_at=None).exists()
    check_claims()
    message = Message.objects.get(template="offer_ready")
    assert message.to == "maribelle@example.org"
    assert "/my/offer/" in message.context["link"]
    assert AccessLink.objects.get(purpose="offer").expires_at == offer.expires_at
    assert AuditEntry.objects.filter(action="offer_made").count() == 1
    moves = StateChange.objects.filter(to_state="held").values_list("thing", flat=True)
    assert sorted(moves) == ["appointment"] * 12 + ["visit"] * 3


def test_patient_without_consent_gets_no_mail_but_staff_see_it(now):
    an_offer(a_request(patient=factories.a_patient(consents=False)), now=now)
    assert Message.objects.get(template="offer_ready").state == "no_address"


@pytest.mark.parametrize(("level", "hours"), [("urgent", 4), ("soon", 24), ("routine", 48)])
def test_hold_lasts_by_level_and_each_day_at_most_until_two_hours_before(now, level, hours):
    offer = an_offer(a_request(level=level), now=now)
    last = max(day.starts_at for day in days_of(offer))
    assert offer.expires_at == min(now + timedelta(hours=hours), last - timedelta(hours=2))
    for day in days_of(offer):
        until = min(offer.expires_at, day.starts_at - timedelta(hours=2))
        assert set(day.claims.values_list("expires_at", flat=True)) == {until}


def test_one_open_offer_a_request(offer, wanted, now):
    assert code_of(an_offer, wanted, now=now) == "not_ready"
    assert Offer.objects.count() == 1


def test_lapsed_offer_does_not_stand_in_the_way_of_the_next(offer, wanted, now):
    later = offer.expires_at + timedelta(minutes=1)
    an_offer(wanted, now=later)
    offer.refresh_from_db()
    assert offer.state == "expired"
    check_claims()


def test_unreviewed_request_gets_no_offer(now, wanted, fresh_key):
    found = find_days(wanted, now=now).itineraries
    new, by = a_request(visit_type=None), staff_actor(a_coordinator())
    assert code_of(make_offer, new, found, by=by, key=fresh_key(), now=now) == "not_reviewed"


def test_only_staff_with_the_permission_and_no_patient_make_offers(now, wanted, fresh_key):
    found = find_days(wanted, now=now).itineraries
    actors = [
        staff_actor(factories.a_physician()),
        staff_actor(factories.an_administrator()),
        person_of(wanted),
        Actor("staff", "999999"),
        Actor("referrer", "1"),
    ]
    for by in actors:
        assert code_of(make_offer, wanted, found, by=by, key=fresh_key(), now=now) == "not_allowed"
    assert not Visit.objects.exists()


def test_crafted_days_are_refused_whole(now, wanted, fresh_key):
    found, by = find_days(wanted, now=now).itineraries, staff_actor(a_coordinator())
    night = replace(
        found[1], legs=tuple(replace(leg, start=leg.start + 120, end=leg.end + 120) for leg in found[1].legs)
    )
    crafted = {
        "no_days": [],
        "shared_time": [found[0], found[0]],
        "not_bookable": [found[0], night],
    }
    for code, days in crafted.items():
        assert code_of(make_offer, wanted, days, by=by, key=fresh_key(), now=now) == code
    assert code_of(make_offer, wanted, [*found, found[0]], by=by, key=fresh_key(), now=now) == "no_days"
    assert not Claim.objects.exists()


def test_time_taken_since_the_search_is_refused_and_nothing_is_held(now, wanted, fresh_key, small_clinic):
    found, by = find_days(wanted, now=now).itineraries, staff_actor(a_coordinator())
    other = a_request()
    make_offer(other, found[1:2], by=by, key=fresh_key(), now=now)
    before = Claim.objects.count()
    assert code_of(make_offer, wanted, found, by=by, key=fresh_key(), now=now) == "taken"
    wanted.refresh_from_db()
    assert (Claim.objects.count(), wanted.status) == (before, "ready")


# Accepting


def test_accepting_books_every_leg_and_frees_the_other_days(offer, wanted, accept, now):
    chosen = days_of(offer)[0]
    visit = accept(offer, chosen)
    wanted.refresh_from_db()
    offer.refresh_from_db()
    assert (visit.state, visit.booked_at, wanted.status, offer.state) == ("booked", now, "scheduled", "accepted")
    assert set(visit.appointments.values_list("state", flat=True)) == {"booked"}
    assert {day.state for day in Visit.objects.exclude(pk=visit.pk)} == {"released"}
    assert set(Appointment.objects.exclude(visit=visit).values_list("state", flat=True)) == {"released"}
    assert Claim.objects.filter(patient=wanted.patient).count() == 1
    assert not Claim.objects.exclude(expires_at=None).exists()
    check_claims()
    assert Message.objects.filter(template="visit_confirmed").count() == 1
    assert AccessLink.objects.get(purpose="offer").revoked_at is not None
    assert StateChange.objects.filter(to_state="booked").count() == 1 + 4


def test_same_key_gives_the_same_visit_and_another_key_is_told(offer, accept, fresh_key):
    chosen, other, _third = days_of(offer)
    key = fresh_key()
    assert accept(offer, chosen, key=key).pk == accept(offer, chosen, key=key).pk
    assert code_of(accept, offer, other) == "booked"
    assert code_of(accept, offer, other, key=key) == "key_reused"
    check_claims()


def test_stranger_cannot_accept(offer, accept):
    day = days_of(offer)[0]
    for by in (person_of(a_request()), Actor("patient", "draft:x"), staff_actor(factories.an_auditor())):
        assert code_of(accept, offer, day, by=by) == "not_allowed"


def test_day_of_another_offer_is_not_accepted(offer, accept, now):
    other = an_offer(a_request(), now=now, days=1)
    assert code_of(accept, offer, days_of(other)[0]) == "unknown_day"
    check_claims()


def test_lapsed_offer_is_refused(offer, accept):
    day = days_of(offer)[1]
    assert code_of(accept, offer, day, at=offer.expires_at) == "expired"


def test_day_that_begins_in_two_hours_is_refused_with_the_days_left(offer, accept):
    first, *others = days_of(offer)
    with pytest.raises(Refused) as refused:
        accept(offer, first, at=first.starts_at - timedelta(hours=2))
    assert refused.value.code == "too_late"
    assert len(refused.value.next_times) == len(others)


def test_day_whose_hold_gave_way_is_taken_and_the_others_are_told(offer, accept, now):
    first, second, _third = days_of(offer)
    Claim.objects.filter(visit=first).update(expires_at=now)
    expire_due_offers(now)
    with pytest.raises(Refused) as refused:
        accept(offer, first)
    assert (refused.value.code, len(refused.value.next_times)) == ("taken", 2)
    assert str(refused.value) == "That time was just taken."
    assert accept(offer, second).state == "booked"
    check_claims()


def test_patient_booked_elsewhere_at_that_time_is_told_and_nothing_is_lost(accept, now):
    patient = factories.a_patient()
    one, other = (an_offer(a_request(patient=patient), now=now, days=1) for _n in range(2))
    first, second = days_of(one)[0], days_of(other)[0]
    assert first.starts_at < second.ends_at
    assert second.starts_at < first.ends_at
    accept(one, first)
    assert code_of(accept, other, second) == "taken"
    second.refresh_from_db()
    assert second.state == "held"
    check_claims()


# Declining, extending, releasing, expiring


def test_declining_frees_the_days_and_keeps_the_reason(offer, wanted, fresh_key):
    done = decline_offer(offer, reason="Not on Mondays", wants_call=True, by=person_of(wanted), key=fresh_key())
    wanted.refresh_from_db()
    assert (done.state, done.wants_call, done.decline_reason, wanted.status) == (
        "declined",
        True,
        "Not on Mondays",
        "ready",
    )
    assert not Claim.objects.exists()
    assert wanted.notes.get().text == "Not on Mondays"
    again = {"reason": "", "wants_call": False, "by": person_of(wanted)}
    assert code_of(decline_offer, offer, **again, key=fresh_key()) == "ended"


def test_offer_is_extended_once(now, fresh_key):
    wanted = a_request(level="urgent")
    offer = an_offer(wanted, now=now)
    longer = extend_offer(offer, by=person_of(wanted), key=fresh_key())
    assert longer.expires_at == now + timedelta(hours=8)
    assert AccessLink.objects.get(purpose="offer").expires_at == longer.expires_at
    for day in days_of(offer):
        until = min(longer.expires_at, day.starts_at - timedelta(hours=2))
        assert set(day.claims.values_list("expires_at", flat=True)) == {until}
    assert code_of(extend_offer, offer, by=person_of(wanted), key=fresh_key()) == "extended"


def test_offer_of_near_days_has_no_more_time_to_give(offer, wanted, fresh_key):
    assert offer.expires_at == max(day.starts_at for day in days_of(offer)) - timedelta(hours=2)
    assert code_of(extend_offer, offer, by=person_of(wanted), key=fresh_key()) == "too_late"


def test_lapsed_offer_is_not_extended(offer, wanted, fresh_key, standing_clock):
    standing_clock.move_to(offer.expires_at, tick=False)
    assert code_of(extend_offer, offer, by=person_of(wanted), key=fresh_key()) == "ended"


def test_staff_take_an_offer_back_and_patients_do_not(offer, wanted, fresh_key):
    assert code_of(release_offer, offer, by=person_of(wanted), key=fresh_key()) == "not_allowed"
    done = release_offer(offer, by=staff_actor(a_coordinator()), key=fresh_key())
    wanted.refresh_from_db()
    assert (done.state, wanted.status, Claim.objects.count()) == ("released", "ready", 0)


def test_sweep_frees_lapsed_days_only(offer, wanted, now, standing_clock):
    assert expire_due_offers(now) == 0
    standing_clock.move_to(offer.expires_at, tick=False)
    call_command("expire_offers")
    offer.refresh_from_db()
    wanted.refresh_from_db()
    assert (offer.state, wanted.status, Claim.objects.count()) == ("expired", "ready", 0)
    assert set(Visit.objects.values_list("state", flat=True)) == {"expired"}


# Canceling


def test_patient_cancels_and_everything_is_free(offer, wanted, accept, now, fresh_key):
    visit = accept(offer, days_of(offer)[0])
    done = cancel_visit(visit, by=person_of(wanted), key=fresh_key(), reason="Feeling unwell, sorry", now=now)
    wanted.refresh_from_db()
    assert (done.state, done.calendar_sequence, done.cancelled_at) == ("cancelled_by_patient", 1, now)
    assert set(done.appointments.values_list("state", flat=True)) == {"cancelled_by_patient"}
    assert (Claim.objects.count(), wanted.status) == (0, "ready")
    assert wanted.notes.get(kind="visit_cancelled").text == "Feeling unwell, sorry"
    assert "unwell" not in "".join(StateChange.objects.values_list("reason", flat=True))
    assert Message.objects.filter(template="visit_cancelled").count() == 1
    assert code_of(cancel_visit, visit, by=person_of(wanted), key=fresh_key(), reason="", now=now) == "ended"


def test_staff_cancel_with_a_reason_code(offer, accept, now, fresh_key):
    visit = accept(offer, days_of(offer)[0])
    actor = staff_actor(a_coordinator())
    done = cancel_visit(visit, by=actor, key=fresh_key(), reason="clinician_away", now=now)
    assert done.state == "cancelled_by_clinic"
    assert StateChange.objects.get(thing="visit", to_state="cancelled_by_clinic").reason == "clinician_away"


def test_held_visit_and_the_visit_of_another_are_not_canceled(offer, accept, now, fresh_key):
    held = days_of(offer)[0]
    assert code_of(cancel_visit, held, by=person_of(offer.request), key=fresh_key(), reason="", now=now) == "ended"
    visit = accept(offer, held)
    stranger = person_of(a_request())
    assert code_of(cancel_visit, visit, by=stranger, key=fresh_key(), reason="", now=now) == "not_allowed"


def test_freed_time_can_be_offered_again(offer, wanted, accept, now, fresh_key):
    days = [(day.starts_at, day.ends_at) for day in days_of(offer)]
    visit = accept(offer, days_of(offer)[0])
    cancel_visit(visit, by=person_of(wanted), key=fresh_key(), reason="", now=now)
    again = an_offer(wanted, now=now)
    assert [(day.starts_at, day.ends_at) for day in days_of(again)] == days
    check_claims()


def test_visit_moves_only_as_the_table_allows(offer, accept, now):
    visit = accept(offer, days_of(offer)[0])
    by = staff_actor(a_coordinator())
    assert code_of(move_visit, visit, Visit.State.COMPLETED, by=by) == "stale"
    assert move_visit(visit, Visit.State.CHECKED_IN, by=by).state == "checked_in"
    assert code_of(move_visit, visit, Visit.State.NO_SHOW, by=by) == "stale"
    check_claims()


def test_no_show_frees_the_time_and_the_request_is_ready_again(offer, wanted, accept):
    visit = accept(offer, days_of(offer)[0])
    move_visit(visit, Visit.State.NO_SHOW, by=staff_actor(a_coordinator()))
    wanted.refresh_from_db()
    assert (wanted.status, Claim.objects.count()) == ("ready", 0)


def test_hold_that_was_given_more_time_meanwhile_is_not_ended(offer, now):
    days = list(offer.alternatives.values_list("pk", flat=True))
    Claim.objects.filter(visit__in=days).update(expires_at=now + timedelta(hours=1))
    assert expire_holds(days, now=now) == set()
    assert offer.alternatives.filter(state=Visit.State.HELD).count() == len(days)
    assert expire_holds(days, now=now + timedelta(hours=1)) == {offer.request_id}
    assert not Claim.objects.filter(visit__in=days).exists()
