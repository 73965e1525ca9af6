"""Third next available from rows: each part of the definition by hand, agreement with the finder, queries."""

import random
from datetime import date, time, timedelta

import pytest

from clinic.directory.models import Clinician, Holiday, Room, Site
from scheduling.availability.models import Buffer, Closure, SessionException, WeeklySession
from scheduling.itineraries.models import VisitType, VisitTypeLeg
from scheduling.itineraries.search import find_days
from scheduling.measures.access import Measure
from scheduling.measures.third_next import COMPLETE_DAYS, third_next_available
from scheduling.visits.models import Claim
from tests import factories
from tests.scheduling.staff_rows import queries_of

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 1, 4)  # the day of `now`, 9 a.m.; with 2 hours of notice the first start is 11 a.m.
HORIZON = 182


def figures(now) -> dict:
    """Measures by (kind, visit type, what)."""
    return {figure.key: figure.measure for figure in third_next_available(now)}


def of_specialty(now, code="RAD_ONC") -> Measure:
    return figures(now)["specialty", "", code]


def of_visits(now, kind="follow_up", code="RAD_ONC") -> Measure:
    return figures(now)["visit_type", kind, code]


def take(day=0, start=8, end=17, **whom) -> Claim:
    """Busy time some days after Monday."""
    on = MONDAY + timedelta(days=day)
    return Claim.objects.create(starts_at=factories.local(on, start), ends_at=factories.local(on, end), **whom)


def test_average_over_the_clinicians_by_hand(small_clinic, now):
    one, two = small_clinic.people["RAD_ONC"]
    # 45 minutes each: one has 11:00, 13:00 and 13:45 today; two has nothing before Thursday
    for day in range(3):
        take(day, clinician=two)

    assert of_specialty(now) == Measure(counted=2, total_days=3, beyond=0, least=0, most=3)

    # one has 11:00 and 16:15 left today, so the third is tomorrow
    take(0, 13, 16, clinician=one)
    assert of_specialty(now).total_days == 4


def test_time_before_the_notice_is_over_does_not_count(small_clinic, now):
    one, two = small_clinic.people["RAD_ONC"]
    take(0, 13, 17, clinician=one)
    take(0, 13, 17, clinician=two)

    assert of_visits(now).total_days == 2  # 11:00 and 11:30 today, at 30 minutes: the third is tomorrow, for both


def test_reserve_never_counts_even_when_it_is_released(db, now):
    clinic = factories.a_clinic(reserve_minutes=30, people_each=1)
    take(0, 13, 16, clinician=clinic.people["RAD_ONC"][0])

    # 11:00 to 11:30 and 16:00 to 16:30 today; the reserve from 11:30 and from 16:30 is released and still not counted
    assert of_visits(now).total_days == 1


def test_third_slot_far_ahead_is_found_with_one_query_more(small_clinic, now):
    near = queries_of(lambda: third_next_available(now))
    one, two = small_clinic.people["RAD_ONC"]
    two.sessions.update(valid_from=date(2027, 5, 3))  # works from a Monday in May on
    for day in range(100):
        take(day, 0, 23, clinician=one)

    # 100 days after Monday is a Wednesday
    assert of_specialty(now) == Measure(2, 100 + 119, 0, 100, 119)
    assert figures(now)["complete_day", "coordinated_new", "spine"].total_days == 102
    assert queries_of(lambda: third_next_available(now)) == near + 1


def test_who_has_only_reserve_counts_with_the_horizon(db, now):
    factories.a_clinic(reserve_minutes=240, people_each=1)

    assert of_specialty(now) == Measure(1, HORIZON, 1, HORIZON, HORIZON)


def test_clinicians_without_working_time_do_not_count(small_clinic, now):
    one, two = small_clinic.people["RAD_ONC"]
    two.sessions.all().delete()
    assert of_specialty(now).counted == 1

    Clinician.objects.filter(pk=one.pk).update(is_active=False)
    assert of_specialty(now) == Measure(0, 0, 0, None, None)
    assert ("visit_type", "follow_up", "RAD_ONC") not in figures(now)


def test_a_hold_takes_time_until_it_lapses(small_clinic, now):
    for one in small_clinic.people["RAD_ONC"]:
        held = take(0, clinician=one)
        held.expires_at = now + timedelta(minutes=1)
        held.save()
    assert of_specialty(now).total_days == 2

    Claim.objects.update(expires_at=now)
    assert of_specialty(now).total_days == 0


def test_a_time_without_a_free_room_does_not_count(small_clinic, now):
    for room in small_clinic.rooms:
        take(0, room=room)
        take(1, room=room)
    assert of_specialty(now) == Measure(2, 4, 0, 2, 2)

    Room.objects.filter(kind="stay").update(is_active=False)
    assert of_specialty(now) == Measure(2, 2 * HORIZON, 2, HORIZON, HORIZON)


def test_closed_days_and_weekends_are_counted_as_days(small_clinic, now):
    Holiday.objects.create(on=MONDAY, name="Snow")
    Closure.objects.create(
        site=small_clinic.site,
        starts_at=factories.local(MONDAY + timedelta(days=1), 0),
        ends_at=factories.local(MONDAY + timedelta(days=7), 0),
        reason="Move",
    )

    assert of_specialty(now) == Measure(2, 14, 0, 7, 7)


def test_added_time_counts(small_clinic, now):
    one, two = small_clinic.people["RAD_ONC"]
    WeeklySession.objects.filter(clinician__in=(one, two)).delete()
    SessionException.objects.create(  # on Saturday, two slots in the morning and one in the afternoon
        clinician=one, on=date(2027, 1, 9), adds=True, starts=time(9), ends=time(10, 20)
    )
    SessionException.objects.create(clinician=one, on=date(2027, 1, 9), adds=True, starts=time(14), ends=time(14, 30))

    assert of_visits(now) == Measure(1, 5, 0, 5, 5)


def test_ct_simulation_needs_the_ct_room(small_clinic, now):
    take(0, room=small_clinic.ct)
    take(1, room=small_clinic.ct)

    found = figures(now)

    assert found["visit_type", "ct_simulation", "RAD_ONC"].total_days == 4
    assert found["visit_type", "single_new", "RAD_ONC"].total_days == 0
    assert ("visit_type", "ct_simulation", "MED_ONC") not in found


def test_sessions_for_some_kinds_of_visit_count_for_these_only(small_clinic, now):
    for one in small_clinic.people["RAD_ONC"]:
        for session in one.sessions.filter(weekday__lt=3):
            session.visit_types.add(small_clinic.visit_types["single_new"])

    found = figures(now)

    assert found["visit_type", "single_new", "RAD_ONC"].total_days == 0
    assert found["visit_type", "follow_up", "RAD_ONC"].total_days == 6
    assert found["specialty", "", "RAD_ONC"].total_days == 0  # open to some kind of visit


def test_buffers_take_time_between_appointments(small_clinic, now):
    for one in small_clinic.people["RAD_ONC"]:
        take(0, 12, 13, clinician=one)
        take(0, 14, 17, clinician=one)
    # free today: 11:00 to 12:00 and 13:00 to 14:00, four times 30 minutes
    assert of_visits(now).total_days == 0

    # with 15 minutes to what is taken: 11:00 and 13:15 only
    one, _two = small_clinic.people["RAD_ONC"]
    Buffer.objects.create(clinician=one, before_minutes=15, after_minutes=15)
    assert of_visits(now) == Measure(2, 1, 0, 0, 1)

    # the same for everybody in this kind of visit, and in no other
    VisitType.objects.filter(code="follow_up").update(buffer_before_minutes=15, buffer_after_minutes=15)
    assert of_visits(now) == Measure(2, 2, 0, 1, 1)
    assert of_visits(now, "single_new", "MED_ONC").total_days == 0


def test_notice_and_horizon_of_a_kind_of_visit(small_clinic, now):
    VisitType.objects.filter(code="follow_up").update(notice_minutes=24 * 60, horizon_days=5)
    two = small_clinic.people["RAD_ONC"][1]
    for day in range(7):
        take(day, 0, 23, clinician=two)

    assert of_visits(now) == Measure(counted=2, total_days=1 + 5, beyond=1, least=1, most=5)
    assert of_visits(now, "single_new").most == 7


def test_a_clinician_of_two_sites_waits_for_the_first_of_both(small_clinic, now):
    other = Site.objects.create(name="Other place", address="2 Example Avenue")
    Room.objects.create(site=other, name="Room 9", kind="stay")
    one, two = small_clinic.people["RAD_ONC"]
    two.sessions.all().delete()
    one.sessions.filter(weekday__in=(0, 1)).update(site=other)
    for room in small_clinic.rooms:  # nothing at home
        for day in range(5):
            take(day, room=room)

    assert of_specialty(now) == Measure(1, 0, 0, 0, 0)


def test_a_visit_by_video_waits_for_no_room(small_clinic, now):
    for room in small_clinic.rooms:
        for day in range(3):
            take(day, 0, 23, room=room)
    assert of_visits(now).least == 3

    VisitTypeLeg.objects.filter(visit_type__code="follow_up").update(mode="video")

    assert of_visits(now) == Measure(2, 0, 0, 0, 0)


def test_a_day_takes_the_gaps_of_its_kind(small_clinic, now):
    VisitType.objects.filter(code="coordinated_new").update(gap_min_minutes=100, gap_max_minutes=110)

    assert figures(now)["complete_day", "coordinated_new", "spine"].beyond == 1  # longer than a stay may be


@pytest.mark.parametrize("seed", range(6))
def test_complete_day_is_the_third_that_the_finder_offers(small_clinic, now, seed):
    dice = random.Random(seed)
    for people in small_clinic.people.values():
        for one in people:
            for day in range(21):
                for hour in range(8, 17):
                    if dice.random() < 0.55:
                        take(day, hour, hour + 1, clinician=one)

    found = figures(now)

    for what, (_name, codes) in COMPLETE_DAYS.items():
        wanted = factories.a_request(specialties=codes, at=now)
        third = find_days(wanted, now=now, limit=3).itineraries[2].day
        assert found["complete_day", "coordinated_new", what].total_days == (third - MONDAY).days


def test_complete_day_that_never_fits_says_at_least(small_clinic, now):
    WeeklySession.objects.filter(clinician__specialty__code="SPINE_SURG").update(ends=time(8, 30), starts=time(8))
    WeeklySession.objects.filter(clinician__specialty__code="SPINE_SURG", weekday=0).delete()

    found = figures(now)

    assert found["complete_day", "coordinated_new", "spine"] == Measure(1, HORIZON, 1, HORIZON, HORIZON)
    assert found["complete_day", "coordinated_new", "limb"].beyond == 0


def test_kind_of_visit_with_several_appointments_of_its_own_is_a_day(small_clinic, now):
    kind = VisitType.objects.create(code="plan_and_ct", name="Plan and CT")
    for place, (code, minutes, room) in enumerate((("RAD_ONC", 45, "ct"), ("MED_ONC", 40, "")), start=1):
        VisitTypeLeg.objects.create(
            visit_type=kind, position=place, specialty=small_clinic.specialties[code], minutes=minutes,
            extra_room_kind=room,
        )  # fmt: skip
    for day in range(2):
        take(day, room=small_clinic.ct)

    assert figures(now)["complete_day", "plan_and_ct", "all"] == Measure(1, 4, 0, 4, 4)


def test_kinds_of_visit_out_of_use_are_not_measured(small_clinic, now):
    VisitType.objects.update(is_active=False)

    assert {kind for kind, *_rest in figures(now)} == {"specialty"}


def test_an_empty_directory_gives_no_figure(db, now):
    assert third_next_available(now) == []


def test_queries_do_not_grow_with_people_kinds_or_claims(small_clinic, now):
    few = queries_of(lambda: third_next_available(now))

    factories.a_clinic(people_each=12, rooms=9)
    for number in range(5):
        kind = VisitType.objects.create(code=f"more{number}", name=f"More {number}", buffer_after_minutes=5)
        VisitTypeLeg.objects.create(visit_type=kind, position=1, minutes=20)
    for one in Clinician.objects.all():
        Buffer.objects.create(clinician=one, before_minutes=5)
        for day in range(3):
            take(day, clinician=one)

    assert queries_of(lambda: third_next_available(now)) == few == 5
