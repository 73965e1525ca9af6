"""Sites, kinds of visit, buffers, notice and horizon: kept by the search and by the last word before holding."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.directory.models import Room, Site
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.availability.bits import datetime_of
from scheduling.availability.models import Buffer, Closure, SessionException, WeeklySession
from scheduling.itineraries.search import check_bookable, find_days, free_time
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.offers.actions import make_offer
from scheduling.visits.models import Claim
from tests import factories
from tests.factories import a_request, local
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
MONDAY = date(2027, 1, 4)
TUESDAY = date(2027, 1, 5)


def the_day(wanted, now):
    found = find_days(wanted, now=now, limit=1)
    assert found.itineraries, found.why_not
    return found.itineraries[0]


def moved(one, units):
    """The same day some units later."""
    legs = tuple(replace(leg, start=leg.start + units, end=leg.end + units) for leg in one.legs)
    return replace(one, legs=legs)


def is_refused(wanted, one, now):
    with pytest.raises(Refused) as refused:
        check_bookable(wanted, one, now)
    return refused.value.code


def follow_up(**more):
    return a_request(visit_type="follow_up", specialties=("MED_ONC",), **more)


@pytest.fixture
def two_sites(small_clinic):
    """A second building with a room; one medical oncologist works there on Tuesdays, and nowhere else."""
    there = Site.objects.create(name="Annex", address="9 Side Street")
    Room.objects.create(site=there, name="Annex 1", kind="stay")
    one, other = small_clinic.people["MED_ONC"]
    for somebody in (one, other):
        somebody.sessions.all().delete()
    WeeklySession.objects.create(
        clinician=one, weekday=1, starts=time(9), ends=time(12), valid_from=MONDAY, site=there, reserve_minutes=0
    )
    return there


def test_session_at_another_site_is_offered_in_a_room_of_that_site(two_sites, now):
    wanted = follow_up()

    one = the_day(wanted, now)

    assert (one.day, Room.objects.get(pk=one.room_id).site) == (TUESDAY, two_sites)
    check_bookable(wanted, one, now)


def test_room_of_the_wrong_site_is_refused(two_sites, small_clinic, now):
    wanted = follow_up()
    crafted = replace(the_day(wanted, now), room_id=small_clinic.rooms[0].pk)

    assert is_refused(wanted, crafted, now) == "not_bookable"


def test_added_time_at_another_site_is_offered_there(two_sites, small_clinic, now):
    SessionException.objects.create(
        clinician=small_clinic.people["MED_ONC"][1],
        on=MONDAY,
        adds=True,
        starts=time(13),
        ends=time(14),
        site=two_sites,
    )

    one = the_day(follow_up(), now)

    assert (one.day, Room.objects.get(pk=one.room_id).site) == (MONDAY, two_sites)


def test_time_taken_at_one_site_leaves_the_other(two_sites, small_clinic, now):
    one = small_clinic.people["MED_ONC"][0]
    SessionException.objects.create(
        clinician=one, on=TUESDAY, adds=False, starts=time(8), ends=time(17), site=small_clinic.site
    )
    assert the_day(follow_up(), now).day == TUESDAY
    SessionException.objects.update(site=None)
    assert the_day(follow_up(), now).day == TUESDAY + timedelta(days=7)


def test_closed_site_closes_the_sessions_there_only(two_sites, small_clinic, now):
    closure = Closure.objects.create(
        site=small_clinic.site, starts_at=local(TUESDAY, 0), ends_at=local(TUESDAY, 23), reason="Water"
    )
    assert the_day(follow_up(), now).day == TUESDAY
    Closure.objects.filter(pk=closure.pk).update(site=two_sites)
    assert the_day(follow_up(), now).day > TUESDAY


def test_session_is_open_to_its_kinds_of_visit_only(small_clinic, now):
    for session in WeeklySession.objects.filter(clinician__in=small_clinic.people["MED_ONC"], weekday__in=(0, 1)):
        session.visit_types.set([small_clinic.visit_types["coordinated_new"], small_clinic.visit_types["single_new"]])
    wanted = follow_up()
    single = a_request(visit_type="single_new", specialties=("MED_ONC",))

    assert the_day(wanted, now).day == date(2027, 1, 6)
    assert the_day(single, now).day == MONDAY
    crafted = moved(the_day(wanted, now), -288)
    assert is_refused(wanted, replace(crafted, day=TUESDAY), now) == "not_bookable"


def test_buffer_of_a_clinician_keeps_appointments_apart(small_clinic, now):
    one, other = small_clinic.people["MED_ONC"]
    other.sessions.all().delete()
    Claim.objects.create(clinician=one, starts_at=local(MONDAY, 13), ends_at=local(MONDAY, 14))
    wanted = follow_up()
    assert datetime_of(the_day(wanted, now).start) == local(MONDAY, 11)
    Claim.objects.create(clinician=one, starts_at=local(MONDAY, 11, 45), ends_at=local(MONDAY, 12))
    Buffer.objects.create(clinician=one, before_minutes=10, after_minutes=20)

    found = the_day(wanted, now)

    assert datetime_of(found.start) == local(MONDAY, 14, 30)  # 11:00 to 11:30 leaves 15 minutes, 20 are wanted
    check_bookable(wanted, found, now)
    assert is_refused(wanted, moved(found, -3), now) == "taken"


def test_buffer_over_the_end_of_the_utc_date_locks_both_dates(small_clinic, now, monkeypatch):
    one = small_clinic.people["MED_ONC"][0]
    WeeklySession.objects.create(
        clinician=one, weekday=0, starts=time(18, 15), ends=time(18, 55), valid_from=MONDAY, reserve_minutes=0
    )
    Buffer.objects.create(clinician=one, after_minutes=20)
    wanted, locked = follow_up(), []
    found = find_days(wanted, legs=[ChosenLeg("MED_ONC", 30, one.pk)], now=now, limit=1).itineraries[0]
    late = moved(found, (local(MONDAY, 18, 15) - datetime_of(found.start)) // timedelta(minutes=5))
    monkeypatch.setattr("scheduling.itineraries.search.lock_keys", lambda *keys: locked.extend(keys))

    check_bookable(wanted, late, now)  # ends at 11:45 p.m. UTC

    assert {("clinician", str(one.pk), f"2027-01-0{day}") for day in (4, 5)} <= set(locked)


def test_buffers_of_kinds_of_visit_count_on_both_sides(small_clinic, now):
    types = small_clinic.visit_types
    for somebody in small_clinic.people["MED_ONC"][1:]:
        somebody.sessions.all().delete()
    Closure.objects.create(starts_at=now, ends_at=local(MONDAY, 23), reason="Move")
    held = factories.an_offer(a_request(visit_type="single_new", specialties=("MED_ONC",)), now=now, days=1)
    leg = held.alternatives.get().appointments.get()
    wanted = follow_up()
    straight = the_day(wanted, now).start
    assert timedelta(0) <= datetime_of(straight) - leg.ends_at < timedelta(minutes=15)  # on the next quarter hour
    type(types["single_new"]).objects.filter(pk=types["single_new"].pk).update(buffer_after_minutes=45)

    found = the_day(wanted, now)

    assert found.start > straight
    assert datetime_of(found.start) - leg.ends_at >= timedelta(minutes=45)
    check_bookable(wanted, found, now)
    type(types["single_new"]).objects.update(buffer_after_minutes=0)
    type(types["follow_up"]).objects.filter(pk=types["follow_up"].pk).update(buffer_before_minutes=60)
    assert is_refused(wanted, moved(found, straight - found.start), now) == "taken"


def test_buffer_does_not_part_the_legs_of_one_visit(small_clinic, now):
    for people in small_clinic.people.values():
        Buffer.objects.create(clinician=people[0], before_minutes=60, after_minutes=60)
        people[1].sessions.all().delete()
    wanted = a_request()

    one = the_day(wanted, now)

    assert one.legs[0].clinician_id == one.legs[-1].clinician_id
    check_bookable(wanted, one, now)


def test_notice_of_a_kind_of_visit_counts_before_that_of_the_clinic(small_clinic, now):
    wanted = follow_up()
    kind = wanted.visit_type
    soonest = the_day(wanted, now)
    kind.notice_minutes = 60 * 30
    kind.save()
    assert datetime_of(the_day(wanted, now).start) == local(TUESDAY, 15)
    assert is_refused(wanted, soonest, now) == "past"
    kind.notice_minutes = 0
    kind.save()
    found = the_day(wanted, now)
    assert datetime_of(found.start) == now + timedelta(hours=2)  # a hold ends then, so that nobody could choose sooner
    at_once = moved(found, -24)
    check_bookable(wanted, at_once, now)
    with pytest.raises(Refused) as refused:
        make_offer(wanted, [at_once], by=staff_actor(factories.a_coordinator()), key=new_key(), now=now)
    assert refused.value.code == "past"


def test_horizon_of_a_kind_of_visit_counts_before_that_of_the_clinic(small_clinic, now):
    Closure.objects.create(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9), reason="Move")
    wanted = follow_up()
    far = the_day(wanted, now)
    wanted.visit_type.horizon_days = 7
    wanted.visit_type.save()
    assert find_days(wanted, now=now).itineraries == []
    assert is_refused(wanted, far, now) == "horizon"


def test_queries_stay_few_with_every_rule_in_use(two_sites, small_clinic, now):
    for people in small_clinic.people.values():
        for somebody in people:
            Buffer.objects.create(clinician=somebody, after_minutes=10)
            for session in somebody.sessions.all():
                session.visit_types.set(small_clinic.visit_types.values())
    wanted = a_request()
    assert queries_of(lambda: find_days(wanted, now=now)) <= 5
    ids = [one.pk for one in small_clinic.people["RAD_ONC"]]
    assert queries_of(lambda: free_time(ids, MONDAY, MONDAY + timedelta(days=29), now=now)) == 2
