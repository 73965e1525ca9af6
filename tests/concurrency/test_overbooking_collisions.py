"""Many at once on the day itself: one overbooks, walk-ins and bookings never meet, and no mark is left over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.itineraries.search import find_days
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.offers.accepting import accept_offer
from scheduling.visits.actions import cancel_visit
from scheduling.visits.book_over import book_over, drawn_day, lies_over, seen_print
from scheduling.visits.guard import claim_time
from scheduling.visits.models import Appointment, Claim, Visit
from scheduling.visits.walk_in import NewLeg, add_walk_in_leg, add_walk_in_visit
from tests import factories
from tests.concurrency.test_booking_collisions import (  # noqa: F401  (a fixture)
    NOW,
    all_at_once,
    check_all,
    several_connections,
    wins,
)
from tests.factories import a_coordinator, a_patient, a_request, an_offer, days_of, person_of
from tests.scheduling.day_rows import a_visit_today

CROWD = 8
MINUTE = timedelta(minutes=1)
AT = NOW + 60 * MINUTE
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.fixture(autouse=True)
def overbooking(settings):
    settings.OVERBOOKING_ALLOWED = True


@pytest.fixture
def clinic():
    return factories.a_clinic(people_each=1, rooms=CROWD + 1)


def adding(clinic, visit, by, *, at=AT, reason="Pain is worse"):
    """A call that adds a medical oncologist to a visit."""
    return lambda: add_walk_in_leg(
        visit,
        specialty_id=clinic.specialties["MED_ONC"].pk,
        clinician_id=clinic.people["MED_ONC"][0].pk,
        starts_at=at,
        minutes=30,
        overbook_reason=reason,
        despite_rules=True,
        by=by,
        key=new_key(),
        now=NOW,
    )


def others(clinic, *, first_room=1):
    """Visits of as many patients, at one time, each with a clinician who has no other at that time."""
    codes = ("NURSE_NAV", "RAD_ONC", "SPINE_SURG", "ORTHO_ONC", "PALLIATIVE")
    return [
        a_visit_today(a_request(patient=a_patient()), clinic, [(code, NOW + 10 * MINUTE)], room=first_room + place)
        for place, code in enumerate(codes)
    ]


def test_one_of_many_overbookings_of_one_time_succeeds(clinic):
    below = a_visit_today(a_request(patient=a_patient()), clinic, [("MED_ONC", AT)])
    by = staff_actor(a_coordinator())
    results = all_at_once([adding(clinic, visit, by) for visit in others(clinic)])
    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"overbooked", "taken", "busy"}
    assert Claim.objects.filter(is_overbooked=True).count() == 1
    assert Claim.objects.get(is_shared=True).visit_id == below.pk
    check_all()


def test_walk_ins_of_one_free_time_are_one_booking_and_one_overbooking_at_most(clinic):
    by = staff_actor(a_coordinator())
    results = all_at_once([adding(clinic, visit, by) for visit in others(clinic)])
    made = Appointment.objects.filter(specialty__code="MED_ONC").values_list("is_overbooked", flat=True)
    assert sorted(made) in ([False], [False, True])
    assert len(wins(results)) == len(made)
    check_all()


def test_walk_in_against_accepted_days_never_takes_a_time_twice(clinic):
    Closure.objects.create(
        clinician=clinic.people["MED_ONC"][0], starts_at=NOW, ends_at=NOW + 240 * MINUTE, reason="Ward round"
    )
    offer = an_offer(a_request(visit_type="follow_up", specialties=("MED_ONC",)), now=NOW, days=1)
    day, by = days_of(offer)[0], staff_actor(a_coordinator())
    leg = day.appointments.get()
    calls = [adding(clinic, visit, by, at=leg.starts_at) for visit in others(clinic)]
    calls.append(lambda: accept_offer(offer, day, by=person_of(offer.request), key=new_key(), now=NOW))
    results = all_at_once(calls)
    assert isinstance(results[-1], Visit)  # what was held is booked, whatever the desk tries
    marked = Claim.objects.filter(is_overbooked=True).count()
    assert len(wins(results[:-1])) == marked <= 1
    check_all()


def test_walk_in_of_one_request_is_booked_once_whatever_room_it_would_have(clinic):
    wanted, by = a_request(), staff_actor(a_coordinator())
    leg = NewLeg(clinic.specialties["MED_ONC"].pk, clinic.people["MED_ONC"][0].pk, AT, 30)
    results = all_at_once(
        [
            lambda room=room: add_walk_in_visit(
                wanted, legs=[leg], site_id=clinic.site.pk, room_id=room.pk, by=by, key=new_key(), now=NOW
            )
            for room in clinic.rooms
        ]
    )
    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"not_ready", "busy"}
    assert Visit.objects.count() == 1
    check_all()


def test_overbooking_while_the_appointment_below_is_canceled_leaves_no_mark_alone(clinic):
    below = a_visit_today(a_request(patient=a_patient()), clinic, [("MED_ONC", AT)])
    by, visits = staff_actor(a_coordinator()), others(clinic)
    calls = [adding(clinic, visit, by) for visit in visits[:2]]
    calls.append(lambda: cancel_visit(below, by=by, key=new_key(), reason="other", now=NOW))
    results = all_at_once(calls)
    assert isinstance(results[-1], Visit)
    normal = Claim.objects.filter(clinician=clinic.people["MED_ONC"][0], is_overbooked=False).count()
    marked = Claim.objects.filter(is_overbooked=True).count()
    assert normal == (1 if wins(results[:-1]) else 0)
    assert normal + marked == len(wins(results[:-1]))
    assert Appointment.objects.filter(is_overbooked=True).count() == marked
    check_all()


def days_over(clinic, below):
    """Calls that book the time of this visit for one patient after another, each in a room of its own."""
    who, by, calls = clinic.people["MED_ONC"][0], staff_actor(a_coordinator()), []
    for room in clinic.rooms[1:]:
        wanted = a_request(patient=a_patient(), visit_type="follow_up", specialties=("MED_ONC",))
        found = find_days(wanted, legs=[ChosenLeg("MED_ONC", 30, who.pk)], over=who.pk, now=NOW).itineraries[0]
        one = replace(found, room_id=room.pk)
        seen = seen_print(lies_over(*drawn_day(wanted, one, now=NOW), now=NOW))
        more = {"reason": "Pain is worse", "seen": seen, "by": by, "now": NOW}
        calls.append(lambda wanted=wanted, one=one, more=more: book_over(wanted, one, key=new_key(), **more))
    return calls


def booked_below(clinic):
    """Somebody's visit later today, accepted from an offer that leaves time to."""
    who = clinic.people["MED_ONC"][0]
    Closure.objects.create(clinician=who, starts_at=NOW, ends_at=NOW + 240 * MINUTE, reason="Ward round")
    offer = an_offer(a_request(patient=a_patient(), visit_type="follow_up", specialties=("MED_ONC",)), now=NOW, days=1)
    return accept_offer(offer, days_of(offer)[0], by=person_of(offer.request), key=new_key(), now=NOW)


def test_one_of_many_days_over_one_appointment_is_booked(clinic):
    below = booked_below(clinic)
    results = all_at_once(days_over(clinic, below))
    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"overbooked", "changed", "taken", "busy"}
    assert Claim.objects.get(is_shared=True).visit_id == below.pk
    assert Claim.objects.filter(is_overbooked=True).count() == 1
    check_all()


def test_day_over_an_appointment_that_is_canceled_meanwhile_leaves_no_mark_alone(clinic):
    below = booked_below(clinic)
    calls = days_over(clinic, below)[:3]
    calls.append(lambda: cancel_visit(below, by=staff_actor(a_coordinator()), key=new_key(), reason="other", now=NOW))
    results = all_at_once(calls)
    assert isinstance(results[-1], Visit)
    assert {result for result in results if isinstance(result, str)} <= {"overbooked", "changed", "not_over", "busy"}
    assert len(wins(results[:-1])) <= 1
    assert Claim.objects.filter(is_overbooked=True).count() == 0
    assert not Appointment.objects.filter(is_overbooked=True).exists()
    check_all()


def test_raw_claims_at_once_leave_one_in_each_lane(clinic):
    visit = a_visit_today(a_request(patient=a_patient()), clinic, [("PALLIATIVE", AT)])
    who = clinic.people["MED_ONC"][0]

    def grab(**marks):
        try:
            with transaction.atomic():
                time = {"starts_at": AT, "ends_at": AT + 30 * MINUTE}
                return Claim.objects.create(clinician=who, visit=visit, **time, **marks)
        except (IntegrityError, OperationalError):  # without the locks of claim_time two of them may also deadlock
            return "refused"

    lanes = ({}, {"is_shared": True}, {"is_overbooked": True})
    results = all_at_once([lambda marks=lanes[n % 3]: grab(**marks) for n in range(3 * 4)])
    rows = sorted(Claim.objects.filter(clinician=who).values_list("is_overbooked", "is_shared"))
    assert len(wins(results)) == len(rows)
    assert rows in ([(False, False)], [(False, True)], [(True, False)], [(False, True), (True, False)])
    assert factories.overlapping_claims() == []


@pytest.mark.parametrize("number", range(3))
def test_canceling_below_an_overbooked_visit_while_others_want_the_time_never_deadlocks(clinic, number):
    by, who = staff_actor(a_coordinator()), clinic.people["MED_ONC"][0]
    below = a_visit_today(a_request(patient=a_patient()), clinic, [("MED_ONC", AT)], minutes=30)
    wanted = a_request(patient=a_patient())
    over = a_visit_today(wanted, clinic, [("PALLIATIVE", AT - 40 * MINUTE)], room=1, minutes=30)
    adding(clinic, over, by)()

    def grab(start):
        with transaction.atomic():
            claim_time([Claim(clinician=who, starts_at=start, ends_at=start + 30 * MINUTE)], now=NOW)

    calls = [lambda start=AT + n * MINUTE: grab(start) for n in (0, 5, -5, 10, -10)]
    calls += [
        lambda visit=visit: cancel_visit(visit, by=by, key=new_key(), reason="other", now=NOW)
        for visit in (below, over)
    ]
    results = all_at_once(calls)
    assert [isinstance(result, Visit) for result in results[-2:]] == [True, True]
    assert factories.overlapping_claims() == []
    assert not Claim.objects.filter(is_shared=True).exists()
