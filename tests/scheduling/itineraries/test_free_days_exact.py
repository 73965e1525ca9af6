"""Every time at which a visit can start, against the exhaustive search: none too many, none missing."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find, free_days, refusal
from tests.scheduling.itineraries.test_finder_exact import chains, judge, may_precede, possible_starts, small_clinic


def starts_of_day(query, day) -> dict[int, int]:
    """First start -> earliest end, by trying every order and every start."""
    possible = {leg.key: possible_starts(query, day, leg) for leg in query.legs}
    ends: dict[int, int] = {}
    for order in permutations(query.legs):
        if all(may_precede(a, b, query) for i, a in enumerate(order) for b in order[i + 1 :]):
            for starts in chains(query.rules, order, possible):
                if judge(query, order, starts) is not None:
                    end = starts[-1] + order[-1].units
                    ends[starts[0]] = min(end, ends.get(starts[0], end))
    return ends


def assert_exact(query):
    expected = {}
    for day in query.days if refusal(query) is None else ():
        if (query.last_day or day.on) >= day.on >= (query.first_day or day.on) and (ends := starts_of_day(query, day)):
            expected[day.on] = ends
    found = list(free_days(query))
    assert {one.window.on: {i.start: i.end for i in one.itineraries()} for one in found} == expected
    for one in found:
        assert one.starts == frozenset(expected[one.window.on])
        assert not [broken for itinerary in one.itineraries() for broken in check_itinerary(query, itinerary)]
    best = {one.day: one.start for one in find(query, 99)}
    assert set(best) == set(expected)
    assert all(start in expected[day] for day, start in best.items())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_free_times_of_a_small_clinic_equal_the_exhaustive_search(seed):
    assert_exact(small_clinic(seed))


@pytest.mark.parametrize("seed", range(40))
def test_free_times_of_fixed_small_clinics_equal_the_exhaustive_search(seed):
    assert_exact(small_clinic(seed))
