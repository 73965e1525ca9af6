"""Searching days on real rows, and refusing days that may not be booked."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.directory.models import Holiday
from clinic.platform.refusals import Refused
from scheduling.availability.bits import datetime_of, unit_of
from scheduling.availability.models import Closure, SessionException, WeeklySession
from scheduling.itineraries.legs import Wishes
from scheduling.itineraries.search import check_bookable, find_days, free_time, suggested_legs
from scheduling.visits.models import Claim
from tests import factories
from tests.factories import a_request, local

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


def first_day(wanted, now, **more):
    found = find_days(wanted, now=now, **more)
    assert found.itineraries, found.why_not
    return found.itineraries[0]


# Finding


def test_coordinated_day_has_nurse_first_and_wrap_up_last_and_surgery_before_radiation(now):
    one = first_day(a_request(), now)
    assert [leg.key for leg in one.legs] == ["NURSE_NAV", "SPINE_SURG", "RAD_ONC", "NURSE_NAV.wrap_up"]
    assert one.day == date(2027, 1, 4)
    assert datetime_of(one.start) >= now + timedelta(hours=2)


def test_three_days_are_found_and_no_two_are_one_date(now):
    found = find_days(a_request(), now=now)
    assert [one.day for one in found.itineraries] == [date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6)]
    assert found.why_not is None


def test_chosen_legs_count_in_place_of_the_reviewed_ones(now):
    one = first_day(a_request(), now, legs=[("MED_ONC", 60)])
    length = {leg.key: (leg.end - leg.start) * 5 for leg in one.legs}
    assert length == {"NURSE_NAV": 30, "MED_ONC": 60, "NURSE_NAV.wrap_up": 15}


def test_follow_up_fills_its_open_place_with_the_chosen_specialty(now):
    one = first_day(a_request(visit_type="follow_up", specialties=("MED_ONC",)), now)
    assert [(leg.key, (leg.end - leg.start) * 5) for leg in one.legs] == [("MED_ONC", 30)]


def test_ct_leg_takes_its_own_room_besides_the_stay_room(now, small_clinic):
    one = first_day(a_request(visit_type="ct_simulation", specialties=()), now)
    assert [leg.room_id for leg in one.legs] == [small_clinic.ct.pk]
    assert one.room_id in {room.pk for room in small_clinic.rooms}


def test_frail_patient_gets_a_short_day_or_the_reason(now):
    one = first_day(a_request(is_frail=True), now)
    assert (one.end - one.start) * 5 <= 210
    crowd = a_request(is_frail=True, specialties=("SPINE_SURG", "RAD_ONC", "MED_ONC", "ORTHO_ONC"))
    found = find_days(crowd, now=now)
    assert (found.itineraries, found.why_not.code) == ([], "too_many_physicians")


def test_wishes_rank_and_required_wishes_limit(now):
    fridays = Wishes(frozenset({4}), required=True)
    found = find_days(a_request(), now=now, wishes=fridays)
    assert {one.day.weekday() for one in found.itineraries} == {4}
    assert len(found.itineraries) == 3


def test_later_weeks_are_searched_when_the_first_four_are_full(now, small_clinic):
    people = small_clinic.people["RAD_ONC"]
    for one in people:
        Closure.objects.create(
            clinician=one, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=40), reason="Away"
        )
    found = find_days(a_request(), now=now)
    assert found.itineraries[0].day == date(2027, 2, 16)  # away until Saturday 13; Monday 15 is a holiday
    assert (found.why_not.code, found.why_not.leg_key) == ("no_time", "RAD_ONC")


def test_nobody_of_a_specialty_gives_the_leg_in_the_way(now, small_clinic):
    WeeklySession.objects.filter(clinician__in=small_clinic.people["SPINE_SURG"]).delete()
    found = find_days(a_request(), now=now)
    assert found.itineraries == []
    assert (found.why_not.code, found.why_not.leg_key) == ("no_time", "SPINE_SURG")


def test_two_sites_are_never_mixed_in_one_day(now, small_clinic):
    other = factories.a_clinic()
    WeeklySession.objects.filter(clinician__in=small_clinic.people["RAD_ONC"], weekday=0).delete()
    here = {one.pk for people in small_clinic.people.values() for one in people}
    there = {one.pk for people in other.people.values() for one in people}
    for one in find_days(a_request(), now=now).itineraries:
        people = {leg.clinician_id for leg in one.legs}
        assert people <= here or people <= there
    assert {leg.clinician_id for leg in first_day(a_request(), now).legs} <= there


def test_busy_patient_is_not_asked_to_be_in_two_places(now, small_clinic):
    wanted = a_request()
    Claim.objects.create(
        patient=wanted.patient, starts_at=local(date(2027, 1, 4), 8), ends_at=local(date(2027, 1, 4), 17)
    )
    assert first_day(wanted, now).day == date(2027, 1, 5)


def test_lapsed_hold_takes_no_time_and_a_living_one_does(now, small_clinic):
    for room in small_clinic.rooms:
        Claim.objects.create(
            room=room,
            starts_at=local(date(2027, 1, 4), 8),
            ends_at=local(date(2027, 1, 4), 17),
            expires_at=now - timedelta(minutes=1),
        )
    assert first_day(a_request(), now).day == date(2027, 1, 4)
    Claim.objects.update(expires_at=now + timedelta(minutes=1))
    assert first_day(a_request(), now).day == date(2027, 1, 5)


def test_reserve_is_seen_by_urgent_requests_only_until_the_day_before(now):
    WeeklySession.objects.update(reserve_minutes=240)
    assert first_day(a_request(level="urgent"), now).day == date(2027, 1, 4)
    routine = find_days(a_request(level="routine"), now=now).itineraries
    assert [one.day for one in routine] == [date(2027, 1, 4), date(2027, 1, 5)]  # released 24 hours before it begins
    assert datetime_of(routine[1].end) <= local(date(2027, 1, 5), 12)


def test_holiday_of_the_state_and_of_the_directory_are_closed(now, small_clinic):
    Holiday.objects.create(on=date(2027, 1, 19), name="Retreat")
    days = [one.day for one in find_days(a_request(), now=datetime(2027, 1, 15, 23, tzinfo=UTC)).itineraries]
    assert days[0] == date(2027, 1, 20)  # Monday 18 is Martin Luther King Day, Tuesday the directory's own


def test_site_room_and_clinic_closures_close(now, small_clinic):
    day = {"starts_at": local(date(2027, 1, 4), 0), "ends_at": local(date(2027, 1, 5), 0), "reason": "Closed"}
    closed = Closure.objects.create(**day)
    assert first_day(a_request(), now).day == date(2027, 1, 5)
    Closure.objects.filter(pk=closed.pk).update(site=small_clinic.site)
    assert first_day(a_request(), now).day == date(2027, 1, 5)
    Closure.objects.filter(pk=closed.pk).update(site=None, room=small_clinic.rooms[0])
    assert first_day(a_request(), now).room_id == small_clinic.rooms[1].pk


def test_horizon_ends_the_search(now, small_clinic):
    WeeklySession.objects.update(valid_from=now.date() + timedelta(days=183))
    assert find_days(a_request(), now=now).itineraries == []
    WeeklySession.objects.update(valid_from=now.date() + timedelta(days=175))
    assert find_days(a_request(), now=now).itineraries


def test_suggested_legs_are_the_reviewed_ones_without_the_fixed(now):
    wanted = a_request(specialties=("NURSE_NAV", "RAD_ONC", "MED_ONC"))
    assert suggested_legs(wanted) == [("RAD_ONC", 45), ("MED_ONC", 40)]


def test_suggested_legs_before_a_review_come_from_the_answers(now):
    wanted = a_request(visit_type=None, answers={"bone_mets_sites": ["spine_lumbar"], "pain_present": "no"})
    assert [code for code, _minutes in suggested_legs(wanted)] == ["NURSE_NAV", "SPINE_SURG", "RAD_ONC"]


# Counting queries


@pytest.mark.parametrize("claims", [1, 40])
@pytest.mark.parametrize("full", [False, True])
def test_search_asks_at_most_six_queries_whatever_the_rows(now, small_clinic, claims, full):
    wanted = a_request()
    people = [one for group in small_clinic.people.values() for one in group]
    for number in range(claims):
        at = local(date(2027, 1, 5), 8) + timedelta(days=number)
        Claim.objects.create(clinician=people[number % len(people)], starts_at=at, ends_at=at + timedelta(hours=1))
    if full:
        WeeklySession.objects.filter(clinician__in=small_clinic.people["RAD_ONC"]).delete()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        find_days(wanted, now=now)
    assert len(asked) <= 6


@pytest.mark.parametrize("claims", [1, 40])
def test_free_time_of_four_people_over_a_month_asks_at_most_five_queries(now, small_clinic, claims):
    people = [*small_clinic.people["RAD_ONC"], *small_clinic.people["MED_ONC"]]
    for number in range(claims):
        at = local(date(2027, 1, 5), 8) + timedelta(days=number)
        Claim.objects.create(clinician=people[number % 4], starts_at=at, ends_at=at + timedelta(hours=1))
    with CaptureQueriesContext(connection) as asked:
        free = free_time([one.pk for one in people], date(2027, 1, 4), date(2027, 2, 2), now=now)
    assert len(asked) <= 5
    assert set(free) == {one.pk for one in people}


def test_free_time_leaves_out_claims_closures_and_the_past(now, small_clinic):
    who = small_clinic.people["RAD_ONC"][0]
    day = date(2027, 1, 4)
    Claim.objects.create(clinician=who, starts_at=local(day, 10), ends_at=local(day, 11))
    Closure.objects.create(clinician=who, starts_at=local(day, 15), ends_at=local(day, 18), reason="Away")
    free = free_time([who.pk], day, day, now=now)[who.pk]
    assert free == [
        (local(day, 9), local(day, 10)),
        (local(day, 11), local(day, 12)),
        (local(day, 13), local(day, 15)),
    ]


@pytest.mark.parametrize("sunday", [date(2027, 3, 14), date(2027, 11, 7)])
def test_sessions_keep_their_wall_clock_over_both_clock_changes(small_clinic, sunday):
    who = small_clinic.people["RAD_ONC"][0]
    WeeklySession.objects.create(
        clinician=who, weekday=6, starts=time(1), ends=time(4), valid_from=date(2027, 1, 1), reserve_minutes=0
    )
    before = datetime.combine(sunday, time(0), tzinfo=UTC) - timedelta(days=5)
    friday, monday = sunday - timedelta(days=2), sunday + timedelta(days=1)
    free = free_time([who.pk], friday, monday, now=before)[who.pk]
    assert free[0] == (local(friday, 8), local(friday, 12))
    assert free[-1] == (local(monday, 13), local(monday, 17))
    begin, end = free[2]
    assert end - begin == (timedelta(hours=2) if sunday.month == 3 else timedelta(hours=4))
    assert find_days(a_request(), now=before).itineraries[0].day >= before.date()


# Refusing what may not be booked


def moved(one, units):
    """The same day at another time."""
    legs = tuple(replace(leg, start=leg.start + units, end=leg.end + units) for leg in one.legs)
    day = datetime_of(legs[0].start).astimezone(local(one.day, 0).tzinfo).date()
    return replace(one, legs=legs, day=day)


def refusal(wanted, one, now):
    with pytest.raises(Refused) as refused:
        check_bookable(wanted, one, now)
    return refused.value.code


def test_found_days_can_all_be_booked(now):
    for kind, specialties in (("coordinated_new", ("SPINE_SURG", "RAD_ONC")), ("ct_simulation", ())):
        wanted = a_request(visit_type=kind, specialties=specialties)
        for one in find_days(wanted, now=now).itineraries:
            check_bookable(wanted, one, now)


def test_day_in_the_past_or_too_soon_is_refused(now):
    wanted = a_request()
    one = first_day(wanted, now)
    assert refusal(wanted, one, now + timedelta(days=3)) == "past"
    assert refusal(wanted, one, datetime_of(one.start) - timedelta(minutes=119)) == "past"


def test_day_past_the_horizon_is_refused(now):
    wanted = a_request()
    assert refusal(wanted, moved(first_day(wanted, now), 7 * 27 * 288), now) == "horizon"


def test_day_outside_sessions_is_refused(now):
    wanted = a_request()
    one = find_days(wanted, now=now).itineraries[1]
    assert refusal(wanted, moved(one, 12 * 9), now) == "not_bookable"
    assert refusal(wanted, moved(one, 5 * 288), now) == "not_bookable"  # a Sunday


def test_time_off_the_grid_is_refused(now):
    wanted = a_request()
    assert refusal(wanted, moved(find_days(wanted, now=now).itineraries[1], 1), now) == "not_bookable"


@pytest.mark.parametrize("what", ["clinic", "site", "room", "clinician"])
def test_day_in_a_closure_made_since_is_refused(now, small_clinic, what):
    wanted = a_request()
    one = first_day(wanted, now)
    which = {
        "clinic": {},
        "site": {"site": small_clinic.site},
        "room": {"room_id": one.room_id},
        "clinician": {"clinician_id": one.legs[1].clinician_id},
    }[what]
    Closure.objects.create(
        starts_at=datetime_of(one.legs[1].start), ends_at=datetime_of(one.legs[1].end), reason="New", **which
    )
    assert refusal(wanted, one, now) == "not_bookable"


def test_day_on_an_exception_made_since_is_refused(now):
    wanted = a_request()
    one = first_day(wanted, now)
    SessionException.objects.create(
        clinician_id=one.legs[0].clinician_id, on=one.day, adds=False, starts=time(8), ends=time(17)
    )
    assert refusal(wanted, one, now) == "not_bookable"


def test_reserve_is_refused_to_routine_requests(now):
    urgent, routine = a_request(level="urgent"), a_request()
    WeeklySession.objects.update(reserve_minutes=240)
    one = find_days(urgent, now=now).itineraries[2]
    check_bookable(urgent, one, now)
    assert refusal(routine, one, now) == "not_bookable"


def with_leg(one, index, **changes):
    legs = list(one.legs)
    legs[index] = replace(legs[index], **changes)
    return replace(one, legs=tuple(legs))


def test_crafted_days_are_refused(now, small_clinic):
    wanted = a_request()
    one = first_day(wanted, now)
    radiation = small_clinic.people["RAD_ONC"][0].pk
    crafted = {
        "wrong specialty": with_leg(one, 1, clinician_id=radiation),
        "nobody": with_leg(one, 1, clinician_id=10**9),
        "wrong room": replace(one, room_id=small_clinic.ct.pk),
        "no room": replace(one, room_id=None),
        "unknown room": replace(one, room_id=10**9),
        "own room for no reason": with_leg(one, 1, room_id=small_clinic.ct.pk),
        "no wrap-up": replace(one, legs=one.legs[:-1]),
        "no legs": replace(one, legs=()),
        "leg twice": replace(one, legs=(*one.legs[:-1], replace(one.legs[1]), one.legs[-1])),
        "shorter nurse": with_leg(one, 0, end=one.legs[0].end - 3),
        "wrong order": replace(one, legs=(one.legs[1], one.legs[0], *one.legs[2:])),
        "unknown specialty": with_leg(one, 1, key="PODIATRY"),
        "backwards": with_leg(one, 1, end=one.legs[1].start - 3),
        "endless": with_leg(one, 3, end=one.legs[3].end + 100_000),
        "another date": replace(one, day=one.day + timedelta(days=1)),
        "waiting told wrong": replace(one, waiting_units=one.waiting_units + 1),
    }
    assert {name: refusal(wanted, day, now) for name, day in crafted.items()} == dict.fromkeys(crafted, "not_bookable")


def test_ct_without_its_room_is_refused(now):
    wanted = a_request(visit_type="ct_simulation", specialties=())
    assert refusal(wanted, with_leg(first_day(wanted, now), 0, room_id=None), now) == "not_bookable"


def test_frail_patient_is_refused_a_long_day(now):
    WeeklySession.objects.filter(starts=time(13)).delete()
    WeeklySession.objects.update(ends=time(17))
    wanted = a_request(specialties=("SPINE_SURG", "RAD_ONC", "MED_ONC", "PALLIATIVE"))
    one = first_day(wanted, now)
    wanted.is_frail = True
    assert refusal(wanted, one, now) == "not_bookable"


def test_unreviewed_request_is_refused(now):
    one = first_day(a_request(), now)
    assert refusal(a_request(visit_type=None), one, now) == "not_reviewed"


def test_patient_with_another_visit_at_that_time_is_refused(now):
    wanted = a_request()
    one = first_day(wanted, now)
    at = datetime_of(one.legs[1].start)
    Claim.objects.create(patient=wanted.patient, starts_at=at, ends_at=at + timedelta(minutes=5))
    assert refusal(wanted, one, now) == "patient_busy"


def test_inactive_people_and_rooms_are_not_booked(now, small_clinic):
    wanted = a_request()
    one = first_day(wanted, now)
    type(small_clinic.rooms[0]).objects.filter(pk=one.room_id).update(is_active=False)
    assert refusal(wanted, one, now) == "not_bookable"
    assert first_day(wanted, now).room_id != one.room_id


def test_units_of_a_found_day_are_on_the_quarter_hour(now):
    for one in find_days(a_request(), now=now).itineraries:
        assert all(datetime_of(leg.start).minute % 15 == 0 for leg in one.legs)
        assert unit_of(datetime_of(one.start)) == one.start
