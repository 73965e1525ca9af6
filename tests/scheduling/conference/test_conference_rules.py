"""By when records must be here, whether they were, and the order of the list."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.triage.clocks import NurseHours
from scheduling.conference.rules import moved, records_due, were_complete

DETROIT = ZoneInfo("America/Detroit")
HOURS = NurseHours.parse("Mon-Fri 08:00-17:00")


def local(day, hour=12):
    return datetime(2027, 3, day, hour, tzinfo=DETROIT)


@pytest.mark.parametrize(("starts", "closed", "due"), [
    (local(10), (), local(9)),  # Wednesday: the day before
    (local(8), (), local(5)),  # Monday: Friday
    (local(9), (date(2027, 3, 8),), local(5)),  # the Monday between is a holiday
    (local(15), (), local(12)),  # the clock changes on Sunday the 14th: the wall time stays
])  # fmt: skip
def test_records_are_due_one_business_day_before(starts, closed, due):
    assert records_due(starts, HOURS, DETROIT, closed) == due


def test_naive_start_is_refused():
    with pytest.raises(ValueError, match="aware"):
        records_due(datetime(2027, 3, 10, 12), HOURS, DETROIT)


DUE = datetime(2027, 3, 9, 17, tzinfo=UTC)


@pytest.mark.parametrize(("items", "complete"), [
    ([], True),
    ([(True, "received", DUE)], True),
    ([(True, "received", DUE.replace(minute=1))], False),
    ([(True, "requested", None)], False),
    ([(False, "needed", None), (True, "not_needed", None)], True),
    ([(True, "received", DUE), (True, "needed", None)], False),
])  # fmt: skip
def test_only_required_records_in_time_count(items, complete):
    assert were_complete(items, DUE) is complete


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9), st.integers(0, 8), st.booleans())
def test_moving_up_and_down_again_changes_nothing(length, place, up):
    order, one = list(range(length)), place % length
    there = moved(order, one, up=up)
    assert sorted(there) == order
    assert there.index(one) == min(length - 1, max(0, one - 1 if up else one + 1))
    if there != order:
        assert moved(there, one, up=not up) == order
