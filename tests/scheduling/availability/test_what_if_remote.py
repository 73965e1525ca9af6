"""What a change of availability leaves outside: visits by video, and visits with an interpreter."""

from datetime import timedelta

import pytest

from clinic.directory.models import Site
from clinic.platform.submits.once import new_key
from scheduling.availability.changes import NO_INTERPRETER, NOT_AT_WORK, ROOM_CLOSED
from scheduling.availability.models import Closure
from scheduling.availability.what_if import outside_now
from scheduling.itineraries.search import find_days
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.offers.actions import make_offer
from scheduling.visits.models import Visit
from tests import factories
from tests.factories import a_request, an_interpreter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


def held(wanted, now, *, legs):
    days = find_days(wanted, legs=legs, now=now).itineraries[1:2]
    make_offer(wanted, days, by=factories.staff_actor(factories.a_coordinator()), key=new_key(), now=now)
    return Visit.objects.get(request=wanted)


def codes(now):
    found = outside_now(user=factories.a_coordinator(), now=now)
    return {code for one in found.shown for own in one.codes.values() for code in own}, found


def test_visit_by_video_is_inside_without_a_room_and_at_any_site(small_clinic, now):
    there = Site.objects.create(name="Annex", address="9 Side Street")
    wanted = a_request(visit_type="follow_up", specialties=("MED_ONC",))
    visit = held(wanted, now, legs=[ChosenLeg("MED_ONC", 30, mode="video")])
    clinician = visit.appointments.get().clinician

    assert codes(now)[0] == set()
    clinician.sessions.update(site=there)
    assert codes(now)[0] == set()
    clinician.sessions.all().delete()
    assert codes(now)[0] == {NOT_AT_WORK}


def test_interpreter_who_is_away_leaves_the_visit_outside(small_clinic, now):
    helper = an_interpreter(small_clinic.site, "es")
    wanted = a_request(specialties=("MED_ONC",))
    wanted.patient.preferred_language, wanted.patient.interpreter_needed = "es", "spoken"
    wanted.patient.save()
    visit = held(wanted, now, legs=[ChosenLeg("MED_ONC", 40)])
    assert codes(now)[0] == set()

    Closure.objects.create(
        clinician=helper, starts_at=visit.starts_at, ends_at=visit.starts_at + timedelta(hours=1), reason="Ill"
    )

    named, found = codes(now)
    assert named == {NO_INTERPRETER}
    assert [repair.code for repair in found.shown[0].repairs] == ["whole"]
    Closure.objects.create(
        room=visit.room, starts_at=visit.starts_at, ends_at=visit.starts_at + timedelta(hours=1), reason="Water"
    )
    assert codes(now)[0] == {NO_INTERPRETER, ROOM_CLOSED}
