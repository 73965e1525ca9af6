"""When calls in vain are enough: three within one hour since the person was last reached."""

from datetime import UTC, datetime, timedelta

import pytest

from intake.triage.tries import in_vain, is_unreached, within_the_hour

NINE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def calls(*minutes, reached=()):
    """Calls so many minutes after nine; those in `reached` reached the person."""
    return [(NINE + timedelta(minutes=minute), minute in reached) for minute in minutes]


@pytest.mark.parametrize(
    ("tries", "enough"),
    [
        (calls(), False),
        (calls(0, 20), False),
        (calls(0, 20, 60), True),  # the hour itself still counts
        (calls(0, 20, 61), False),
        (calls(0, 50, 100, 109), True),  # any hour, not the first
        (calls(0, 50, 100, 150), False),
        (calls(0, 10, 20, reached=(20,)), False),
        (calls(0, 10, 20, 30, reached=(10,)), False),  # the count begins anew after a call that reached the person
        (calls(0, 10, 20, 30, 40, reached=(10,)), True),
        (calls(40, 0, 20), True),  # in whatever order they come
    ],
)
def test_three_calls_in_vain_within_an_hour_are_enough(tries, enough):
    assert is_unreached(tries) is enough


def test_calls_of_the_last_hour_are_counted():
    assert within_the_hour(calls(0, 30, 59), NINE + timedelta(minutes=60)) == 3
    assert within_the_hour(calls(0, 30, 59), NINE + timedelta(minutes=61)) == 2
    assert within_the_hour(calls(0, 30, 59, reached=(30,)), NINE + timedelta(minutes=60)) == 1


def test_calls_before_somebody_was_reached_were_not_in_vain():
    assert in_vain(calls(0, 5, 9, reached=(5,))) == [NINE + timedelta(minutes=9)]
