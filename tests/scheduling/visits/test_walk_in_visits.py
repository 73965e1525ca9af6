"""A visit today for who walks in: of one leg or several, whole or not at all."""

from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.visits.models import Appointment, Claim, Visit
from scheduling.visits.walk_in import NewLeg, add_walk_in_visit
from tests.factories import (
    a_coordinator,
    a_patient,
    a_request,
    claims_held,
    claims_wanted,
    overlapping_claims,
)
from tests.scheduling.day_rows import a_visit_today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(db):
    return staff_actor(a_coordinator())


@pytest.fixture
def overbooking(settings):
    settings.OVERBOOKING_ALLOWED = True


@pytest.fixture
def visit(small_clinic, now):
    """Orthopedic surgery from 9:30 to 10:10."""
    return a_visit_today(a_request(), small_clinic, [("ORTHO_ONC", now + 30 * MINUTE)])


@pytest.fixture
def other(small_clinic, now):
    """Another patient in the other room, with the first medical oncologist from 10:15 to 10:55."""
    patient = a_patient()
    return a_visit_today(a_request(patient=patient), small_clinic, [("MED_ONC", now + 75 * MINUTE)], room=1)


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as told:
        call(*args, **kwargs)
    return told.value.code


@pytest.fixture
def walk_in(small_clinic, desk, now):
    def call(wanted, *legs, by=desk, moment=now, **more):
        rows = [
            NewLeg(small_clinic.specialties[code].pk, small_clinic.people[code][0].pk, now + start * MINUTE, minutes)
            for code, start, minutes in legs
        ]
        site, room = small_clinic.site.pk, small_clinic.rooms[0].pk
        return add_walk_in_visit(
            wanted, legs=rows, site_id=site, room_id=room, by=by, key=new_key(), now=moment, **more
        )

    return call


def test_walk_in_gets_a_visit_of_several_legs_without_notice(walk_in, now):
    wanted = a_request()
    visit = walk_in(wanted, ("RAD_ONC", 60, 45), ("SPINE_SURG", 5, 40))
    wanted.refresh_from_db()
    assert (visit.state, visit.is_walk_in, wanted.status) == ("booked", True, "scheduled")
    assert (visit.starts_at, visit.ends_at) == (now + 5 * MINUTE, now + 105 * MINUTE)
    assert [leg.specialty.code for leg in visit.appointments.order_by("position")] == ["SPINE_SURG", "RAD_ONC"]
    assert claims_held(visit) == claims_wanted(visit)
    assert Message.objects.filter(template="visit_confirmed").exists()


def test_walk_in_at_the_desk_is_checked_in(walk_in):
    visit = walk_in(a_request(), ("RAD_ONC", 10, 45), is_here=True)
    assert Visit.objects.get(pk=visit.pk).state == "checked_in"
    assert not Message.objects.exists()


@pytest.mark.parametrize("status", ["submitted", "records_pending", "scheduled", "offered"])
def test_walk_in_needs_a_request_that_is_ready(walk_in, status):
    assert code_of(walk_in, a_request(status=status), ("RAD_ONC", 10, 45)) == "not_ready"
    assert not Visit.objects.exists()


def test_walk_in_of_no_legs_is_refused(walk_in):
    assert code_of(walk_in, a_request()) == "not_ready"


@pytest.mark.parametrize(
    ("legs", "code"),
    [
        ([("RAD_ONC", 10, 45), ("SPINE_SURG", 30, 40)], "own_time"),
        ([("RAD_ONC", 10, 40), ("SPINE_SURG", 60, 40)], "rules"),  # the surgeon comes first
        ([("RAD_ONC", -20, 40)], "past"),
        ([("RAD_ONC", 170, 40)], "not_working"),
    ],
)
def test_walk_in_that_cannot_be_is_refused_whole(walk_in, legs, code):
    assert code_of(walk_in, a_request(), *legs) == code
    assert not Visit.objects.exists()
    assert not Appointment.objects.exists()
    assert not Claim.objects.exists()


def test_walk_in_does_not_take_a_room_that_is_taken(walk_in, visit):
    assert code_of(walk_in, a_request(), ("RAD_ONC", 40, 45)) == "room_taken"


@pytest.mark.usefixtures("overbooking")
def test_walk_in_can_be_overbooked(walk_in, other, small_clinic, now):
    visit = walk_in(a_request(), ("MED_ONC", 85, 30), overbook_reason="Very short of breath")
    assert [leg.is_overbooked for leg in visit.appointments.all()] == [True]
    assert overlapping_claims() == []
