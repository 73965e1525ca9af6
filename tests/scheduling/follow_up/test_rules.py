"""When calls are due, and what pain on the phone asks for."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.follow_up.rules import (
    DAY_7,
    DAYS_AFTER,
    TOLERANCE,
    WEEK_4,
    baseline_pain,
    call_due_on,
    is_overdue,
    needs_a_nurse,
    pain_change,
)

THANKSGIVING = date(2026, 11, 26)


def on_weekdays_but(*closed):
    return lambda day: day.weekday() < 5 and day not in closed


@pytest.mark.parametrize(
    ("kind", "visit_on", "closed", "due"),
    [
        (DAY_7, date(2026, 11, 10), [], date(2026, 11, 17)),
        (WEEK_4, date(2026, 11, 10), [], date(2026, 12, 8)),
        (DAY_7, date(2026, 11, 14), [], date(2026, 11, 23)),  # a Saturday's call waits for Monday: 2 days later
        (DAY_7, date(2026, 11, 19), [THANKSGIVING], date(2026, 11, 27)),  # the day after the holiday
        # Thanksgiving and the bridge day: Monday would be 4 days late, so the day before
        (DAY_7, date(2026, 11, 19), [THANKSGIVING, date(2026, 11, 27)], date(2026, 11, 25)),
        (WEEK_4, date(2026, 10, 29), [THANKSGIVING, date(2026, 11, 27)], date(2026, 11, 30)),  # 4 days are within 5
    ],
)
def test_call_is_due_on_a_day_nurses_work(kind, visit_on, closed, due):
    assert call_due_on(kind, visit_on, on_weekdays_but(*closed)) == due


def test_call_after_a_long_closure_is_due_when_the_clinic_opens():
    opens = date(2027, 1, 4)

    assert call_due_on(DAY_7, date(2026, 12, 14), lambda day: day >= opens) == opens


@settings(max_examples=100)
@given(
    st.sampled_from([DAY_7, WEEK_4]),
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.sets(st.integers(-10, 40), max_size=15),
)
def test_call_is_never_on_a_closed_day_and_within_the_tolerance_if_any_open_day_is(kind, visit_on, closed):
    wished = visit_on + timedelta(days=DAYS_AFTER[kind])
    is_open = on_weekdays_but(*(wished + timedelta(days=by) for by in closed))

    due = call_due_on(kind, visit_on, is_open)

    near = [wished + timedelta(days=by) for by in range(-TOLERANCE[kind], TOLERANCE[kind] + 1)]
    assert is_open(due)
    assert due in near or not any(map(is_open, near))


@pytest.mark.parametrize(
    ("answers", "baseline"),
    [
        ({"pain_worst": 7}, 7),
        ({"pain_present": "yes", "pain_worst": 0}, 0),
        ({"pain_present": "no"}, 0),
        ({"pain_present": "yes", "pain_worst": None}, None),
        ({"pain_worst": "7"}, None),
        ({}, None),
    ],
)
def test_baseline_is_the_worst_pain_of_the_first_contact(answers, baseline):
    assert baseline_pain(answers) == baseline


def test_change_is_baseline_minus_the_value_of_the_call():
    assert (pain_change(8, 3), pain_change(2, 5), pain_change(None, 5), pain_change(5, None)) == (5, -3, None, None)


@pytest.mark.parametrize(
    ("baseline", "worst", "needed"),
    [(9, 8, True), (9, 7, False), (5, 6, True), (5, 5, False), (None, 7, False), (None, 8, True), (3, None, False)],
)
def test_nurse_hears_of_severe_or_worse_pain(baseline, worst, needed):
    assert needs_a_nurse(baseline, worst) is needed


def test_due_day_itself_is_not_overdue():
    today = date(2026, 11, 23)

    assert [is_overdue(today + timedelta(days=by), today) for by in (-1, 0, 1)] == [True, False, False]
