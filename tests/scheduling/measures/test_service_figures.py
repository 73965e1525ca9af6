"""Months, cells and what is hidden, by hand. No database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.measures.service.chart import chart, scale_top
from scheduling.measures.service.figures import (
    HIDDEN_BELOW,
    Cell,
    Item,
    Period,
    cell_of,
    hidden_places,
    hours_between,
    line_of,
    month_after,
)
from tests.scheduling.measures.service_facts import WINTER, ZONE, at

NOVEMBER = date(2026, 11, 5)


def test_period_has_whole_months_over_the_turn_of_the_year():
    assert WINTER.months == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert WINTER.end == date(2027, 2, 1)
    assert month_after(date(2026, 1, 31), -1) == date(2025, 12, 1)


def test_period_begins_at_local_midnight_on_both_sides_of_a_clock_change():
    # November 1 begins in summer time (UTC-4; clocks go back at 2 a.m.), December 1 in winter time (UTC-5)
    november = Period(date(2026, 11, 1), date(2026, 11, 1), ZONE)
    assert november.starts_at == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert november.ends_at == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert november.ends_at - november.starts_at == timedelta(days=30, hours=1)


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 12, 1, 4, 59, tzinfo=UTC), date(2026, 11, 1)),  # 11:59 p.m. of November 30 in Detroit
        (datetime(2026, 12, 1, 5, 0, tzinfo=UTC), date(2026, 12, 1)),  # midnight
    ],
)
def test_case_at_the_border_of_a_month_belongs_to_the_local_month(moment, month):
    assert WINTER.local(moment).replace(day=1) == month


def test_hours_are_real_time_when_clocks_change():
    # from noon on October 31 to noon on November 1 the clocks went back: 25 hours passed
    assert hours_between(at(10, 31, 12), at(11, 1, 12)) == 25
    # from noon on March 13 to noon on March 14, 2027 they went forward: 23
    assert hours_between(at(3, 13, 12, year=2027), at(3, 14, 12, year=2027)) == 23
    assert hours_between(at(11, 2), at(11, 1)) == 0


def test_cell_has_median_and_nearest_rank_percentile():
    # 1..20: middle of the 10th and 11th is 10.5; 0.9 x 20 = 18th value
    twenty = cell_of(Item(NOVEMBER, value) for value in range(20, 0, -1))
    assert (twenty.count, twenty.median, twenty.percentile) == (20, 10.5, 18)
    # 11 values 0..10: the 6th is 5; 0.9 x 11 = 9.9, so the 10th value, 9
    eleven = cell_of(Item(NOVEMBER, value) for value in range(11))
    assert (eleven.median, eleven.percentile) == (5, 9)


def test_cell_counts_only_what_belongs_to_the_share():
    # 3 of 4 in time; the fifth is still open and young, it has neither a value nor a place in the share
    found = cell_of([*[Item(NOVEMBER, 1.0, ok=True)] * 3, Item(NOVEMBER, ok=False), Item(NOVEMBER)])
    assert (found.count, found.hits, found.of, found.share) == (3, 3, 4, 75)
    assert Cell().share is None


@pytest.mark.parametrize(("cases", "is_hidden"), [(0, False), (1, True), (10, True), (11, False)])
def test_cell_of_ten_is_hidden_and_of_eleven_is_shown(cases, is_hidden):
    line = line_of("all", [Item(NOVEMBER, 1.0, ok=True)] * cases, WINTER)

    assert line.total.hides_values is line.total.hides_share is is_hidden
    assert line.months[0].hides_values is line.months[0].hides_share is is_hidden


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([20, 30, 40], set()),
        ([5, 30, 40], {0, 1}),  # 5 alone would be the total less 70: the next smallest goes with it
        ([5, 7, 40], {0, 1}),  # 12 together: neither follows
        ([5, 5, 40, 30], {0, 1, 3}),  # 10 together would be known to be fewer than 11
        ([0, 5, 12], {1, 2}),  # an empty cell gives nothing away
        ([3], {0}),
        ([], set()),
    ],
)
def test_what_would_give_a_hidden_cell_away_is_hidden_too(counts, hidden):
    assert hidden_places(counts) == hidden


@settings(max_examples=200)
@given(st.lists(st.integers(0, 60), max_size=8))
def test_no_hidden_count_follows_from_the_others_and_the_total(counts):
    hidden = hidden_places(counts)

    assert all(place in hidden for place, count in enumerate(counts) if 0 < count < HIDDEN_BELOW)
    others = [count for place, count in enumerate(counts) if count and place not in hidden]
    if hidden and others:  # otherwise the total is all that is left to show
        assert len(hidden) > 1
        assert sum(counts[place] for place in hidden) >= HIDDEN_BELOW


def test_line_puts_cases_into_months_and_groups_and_leaves_out_others():
    items = [Item(date(2026, 11, 30), 2, group="a")] * 12 + [Item(date(2026, 12, 1), 4, group="b")] * 12
    line = line_of("all", [*items, Item(date(2026, 10, 31), 9), Item(date(2027, 2, 1), 9)], WINTER)

    assert [cell.count for cell in line.months] == [12, 12, 0]
    assert (line.total.count, line.total.median) == (24, 3)
    assert [(name, cell.median) for name, cell in line.groups] == [("a", 2), ("b", 4)]


def test_chart_draws_columns_to_scale_and_none_for_hidden_months():
    drawn = chart([50, None, 100], ["Nov", "Dec", "Jan"], ["50%", "", "100%"], target=60, top=100)

    room = drawn.columns[2].height
    assert drawn.columns[0].height == room / 2
    assert [column.is_drawn for column in drawn.columns] == [True, False, True]
    assert drawn.target_y == pytest.approx(drawn.base - room * 0.6)
    assert [tick.text for tick in drawn.ticks] == ["0", "50", "100"]
    assert chart([None], ["Nov"], [""]).is_empty


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (0.3, 0.4), (1, 1), (7, 10), (23, 25), (26, 40), (1440, 2000)])
def test_scale_ends_at_a_round_number(highest, top):
    assert scale_top(highest) == pytest.approx(top)


def test_chart_of_two_years_names_every_third_month_the_last_one_always():
    drawn = chart([1.0] * 24, [str(n) for n in range(24)], ["1"] * 24)

    assert [column.name for column in drawn.columns if column.name] == ["2", "5", "8", "11", "14", "17", "20", "23"]
    assert not any(column.value for column in drawn.columns)
