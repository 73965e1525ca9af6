"""Each day by itself: complete or not as the exhaustive search says, and what stands in its way."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability.bits import ones
from scheduling.itineraries.day_by_day import day_by_day
from tests.scheduling.itineraries.test_finder import (
    MONDAY,
    NAV,
    NURSE,
    PAIN,
    PALL,
    RAD,
    RADIATION,
    WRAP,
    clinic,
    open_on,
)
from tests.scheduling.itineraries.test_finder_exact import exhaustive, small_clinic


def told(query, *, opened=None, first=None, most=10):
    """Code and legs by the number of days after Monday."""
    everybody = ones(query.days[-1].end - query.base) if opened is None else opened
    return {
        (on - MONDAY).days: (why.code, why.leg_keys) if why else None
        for on, why in day_by_day([query], everybody, first=first, most=most)
    }


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_day_is_complete_exactly_when_the_exhaustive_search_finds_it(seed):
    query = replace(small_clinic(seed), deadline=None, first_day=None, last_day=None)
    everybody = ones(query.days[-1].end - query.base)
    complete = {day for day, _best in exhaustive(query)}

    found = day_by_day([query], everybody, first=None, most=len(query.days))

    if found:
        assert {on for on, why in found if why is None} == complete
        assert [on for on, _why in found] == [day.on for day in query.days]
    else:
        assert not complete


def test_each_day_has_its_own_reason():
    query = clinic([NAV, RAD, PALL, WRAP], count=5)
    people = dict(query.clinicians)
    people[RADIATION] = open_on(query.days, (8, 17), only=(1, 2, 3, 4))
    people[PAIN] = open_on(query.days, (8, 17), only=(0, 1, 3, 4)) | open_on(query.days, (14, 17), only=(2,))
    people[NURSE] = open_on(query.days, (8, 17), only=(0, 1, 3, 4)) | open_on(query.days, (8, 12), only=(2,))
    rooms = {11: open_on(query.days, (8, 17), only=(0, 1, 2, 4))}
    stay = open_on(query.days, (0, 24), only=(0, 1, 2, 3))

    found = told(replace(query, clinicians=people, rooms=rooms, whole_stay=stay))

    assert found[0] == ("no_time", ("rad_onc",))
    assert found[1] is None
    assert found[2][0] == "no_fit"
    assert found[3] == ("no_room", ())
    assert found[4] == ("patient_busy", ())


def test_weekday_on_which_nobody_works_is_closed_and_a_weekend_is_not_told():
    query = clinic([NAV, WRAP], count=9)
    opened = open_on(query.days, (8, 17), only=(0, 2, 7))

    found = told(replace(query, clinicians={NURSE: opened}), opened=opened)

    assert found == {0: None, 1: ("closed", ()), 2: None, 3: ("closed", ()), 4: ("closed", ()), 7: None}


def test_days_begin_where_asked_and_end_after_so_many():
    query = clinic([NAV, WRAP], count=9)
    assert list(told(query, first=MONDAY + timedelta(days=2), most=3)) == [2, 3, 4]


def test_nothing_is_told_of_legs_that_never_fit_into_a_day():
    assert told(clinic([replace(RAD, units=80)])) == {}


def test_day_that_is_complete_at_a_second_site_is_complete():
    query = clinic([NAV, WRAP], count=1)
    shut = replace(query, clinicians={NURSE: 0})
    assert day_by_day([shut, query], ones(288), first=None, most=1) == [(MONDAY, None)]
