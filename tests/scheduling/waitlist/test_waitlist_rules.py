"""The pure rules of the waitlist: turn, days, holds, hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.waitlist.checks import waitlist_problems
from scheduling.waitlist.rules import (
    SHORTEST_HOLD,
    Wish,
    days_that_help,
    earliest_start,
    held_until,
    hours_of,
    may_be_told,
    may_use,
    share_time,
    time_key,
    turn_of,
)

ZONE = ZoneInfo("America/Detroit")
NOW = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)  # Monday, 9 a.m.
TODAY = date(2027, 1, 4)
DUE = date(2027, 1, 18)
ANY = Wish()


def span(wish=ANY, *, visit_on=None, due_on=DUE, now=NOW):
    today = now.astimezone(ZONE).date()
    first_start = earliest_start(wish, now)
    return days_that_help(wish, today=today, visit_on=visit_on, due_on=due_on, first_start=first_start, zone=ZONE)


def test_days_lie_before_the_visit_or_up_to_the_deadline():
    tomorrow = date(2027, 1, 5)
    assert span() == (tomorrow, DUE)
    assert span(visit_on=date(2027, 1, 8)) == (tomorrow, date(2027, 1, 7))
    assert span(visit_on=tomorrow) is None


def test_past_deadline_leaves_two_weeks():
    assert span(due_on=date(2027, 1, 3)) == (date(2027, 1, 5), date(2027, 1, 18))


def test_own_dates_and_notice_limit_the_days():
    assert span(Wish(earliest_on=date(2027, 1, 12), latest_on=date(2027, 1, 14))) == (
        date(2027, 1, 12),
        date(2027, 1, 14),
    )
    assert span(Wish(latest_on=TODAY)) is None
    assert span(Wish(notice=timedelta(hours=2))) == (TODAY, DUE)
    assert span(Wish(notice=timedelta(days=7)))[0] == date(2027, 1, 11)


def test_weekday_and_notice_decide_on_a_day():
    wish = Wish(weekdays=frozenset({3}), notice=timedelta(hours=48))
    thursday = datetime(2027, 1, 7, 15, 0, tzinfo=UTC)
    first, last = span(wish)
    assert may_use(wish, thursday.date(), thursday, first=first, last=last, now=NOW)
    assert not may_use(wish, date(2027, 1, 8), thursday + timedelta(days=1), first=first, last=last, now=NOW)
    late = thursday - timedelta(hours=48)
    assert not may_use(wish, thursday.date(), thursday, first=first, last=last, now=late)


@given(
    notice=st.integers(0, 336),
    longest=st.integers(1, 48),
    ahead=st.integers(0, 60 * 24 * 30),
)
def test_hold_leaves_time_to_answer_and_the_notice(notice, longest, ahead):
    wish = Wish(notice=timedelta(hours=notice))
    start = earliest_start(wish, NOW) + timedelta(minutes=ahead)
    until = held_until(wish, start, NOW, longest=timedelta(hours=longest))
    assert NOW + min(SHORTEST_HOLD, timedelta(hours=longest)) <= until <= NOW + timedelta(hours=longest)
    assert start - until >= wish.notice


@pytest.mark.parametrize(
    ("hour", "rank", "told"), [(7, 3, False), (8, 3, True), (19, 2, True), (20, 2, False), (2, 1, True), (2, 0, True)]
)
def test_people_are_told_by_day_unless_it_is_urgent(hour, rank, told):
    at = datetime(2027, 1, 4, hour, 30 if hour == 19 else 0, tzinfo=ZONE)
    assert may_be_told(rank, at, hours_of("08:00-20:00")) is told


def test_hours_must_be_hours():
    assert hours_of("08:00-20:30") == (time(8), time(20, 30))
    for text in ("", "08:00", "20:00-08:00", "8-20-22"):
        with pytest.raises(ValueError, match=r".*"):
            hours_of(text)


def test_turn_is_by_urgency_then_by_waiting():
    early, late = NOW, NOW + timedelta(minutes=1)
    turns = [turn_of(3, early, "d"), turn_of(1, late, "b"), turn_of(1, early, "c"), turn_of(1, early, "a")]
    assert [turn[2] for turn in sorted(turns)] == ["a", "c", "b", "d"]


def test_time_has_one_name_and_is_shared_only_by_the_same_person_at_the_same_moment():
    uses = [(1, 10, 14), (2, 15, 20)]
    assert time_key(uses) == time_key(list(reversed(uses))) != time_key([(1, 10, 14)])
    assert len(time_key(uses)) == 64
    assert share_time(uses, [(2, 19, 21)])
    assert not share_time(uses, [(2, 20, 21), (2, 14, 15), (3, 15, 20)])


@pytest.mark.parametrize(
    ("name", "value"),
    [("WAITLIST_MODE", "always"), ("WAITLIST_HOLD_HOURS", 5), ("WAITLIST_OFFER_HOURS", "8 to 20")],
)
def test_settings_that_mean_nothing_are_told(name, value):
    good = {"WAITLIST_MODE": "task", "WAITLIST_HOLD_HOURS": 4, "WAITLIST_OFFER_HOURS": "08:00-20:00"}
    assert waitlist_problems(good) == []
    assert [name in problem for problem in waitlist_problems(good | {name: value})] == [True]
