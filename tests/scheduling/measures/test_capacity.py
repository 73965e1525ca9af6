"""Supply against demand: by hand, and against a slow model that serves one minute after the other."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability.bits import mask_from_intervals, unit_of
from scheduling.measures.bars import Bar, bar
from scheduling.measures.capacity import Bottleneck, Cell, bottleneck, plan, supply, week_of, weeks_from

DETROIT = ZoneInfo("America/Detroit")
TODAY = date(2027, 3, 10)  # Wednesday before the clocks go forward


def the_weeks(hour=14):
    return weeks_from(TODAY, unit_of(datetime(2027, 3, 10, hour, tzinfo=UTC)), DETROIT)


def test_weeks_are_seven_local_days_from_today():
    weeks = the_weeks()

    assert [week.first for week in weeks[:3]] == [TODAY, date(2027, 3, 17), date(2027, 3, 24)]
    assert len(weeks) == 8
    assert weeks[0].last == date(2027, 3, 16)
    assert weeks[0].start == unit_of(datetime(2027, 3, 10, 14, tzinfo=UTC))  # what is over does not count
    assert weeks[0].end == weeks[1].start == unit_of(datetime(2027, 3, 17, 4, tzinfo=UTC))  # an hour less


def test_overdue_falls_in_the_first_week_and_far_away_in_none():
    weeks = the_weeks()

    assert [week_of(date(2027, 1, 1), weeks), week_of(date(2027, 3, 16), weeks), week_of(date(2027, 3, 17), weeks)] == [
        0, 0, 1,
    ]  # fmt: skip
    assert week_of(date(2027, 5, 4), weeks) == 7
    assert week_of(date(2027, 5, 5), weeks) is None


def test_supply_counts_open_minutes_and_what_is_taken_of_them():
    weeks = the_weeks()
    base = unit_of(datetime(2027, 3, 10, 5, tzinfo=UTC))  # local midnight

    def mask(*hours):
        spans = [(datetime(2027, 3, day, a, tzinfo=UTC), datetime(2027, 3, day, b, tzinfo=UTC)) for day, a, b in hours]
        return mask_from_intervals([(unit_of(a), unit_of(b)) for a, b in spans], base, 60 * 288)

    # 13 to 17 of today, of which the hour before 14 is over; 15 to 16 taken, 20 to 21 taken outside working time
    one = (mask((10, 13, 17)), mask((10, 15, 16), (10, 20, 21)))
    two = (mask((10, 14, 15), (17, 14, 16)), 0)

    assert supply([one, two], base, weeks)[:3] == [(240, 60), (120, 0), (0, 0)]


def test_shortage_adds_up_until_free_time_meets_it():
    cells = plan({"A": [(100, 90), (100, 50), (100, 0)]}, {"A": [40, 60, 10]})["A"]

    assert [cell.free for cell in cells] == [10, 50, 100]
    assert [cell.short for cell in cells] == [30, 40, 0]
    assert [cell.load for cell in cells] == [130, 110, 10]


def test_bottleneck_is_where_time_runs_out_first():
    planned = plan(
        {"A": [(100, 0), (0, 0)], "B": [(100, 100), (100, 0)], "C": [(100, 100), (0, 0)]},
        {"A": [0, 900], "B": [30, 0], "C": [20, 0]},
    )

    assert bottleneck(planned) == Bottleneck("B", 0, 30, 130)


def test_fullest_week_is_named_when_time_is_enough():
    planned = plan({"A": [(100, 10), (100, 40)], "B": [(200, 90), (200, 80)]}, {"A": [0, 9], "B": [0, 0]})

    assert bottleneck(planned) == Bottleneck("A", 1, 0, 49)


def test_nothing_open_and_nothing_wanted_has_no_bottleneck():
    assert bottleneck(plan({"A": [(0, 0)]}, {})) is None
    assert bottleneck({}) is None


def test_wanted_without_any_working_time_is_short():
    assert bottleneck(plan({"A": [(0, 0)]}, {"A": [30]})) == Bottleneck("A", 0, 30, None)
    assert Cell(0, 0, 30).load is None


WEEKS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(WEEKS)
def test_shortage_equals_that_of_serving_minute_by_minute(weeks):
    supplies = [(opened, min(taken, opened)) for opened, taken, _wanted in weeks]
    asked = [wanted for *_supply, wanted in weeks]

    got = [cell.short for cell in plan({"A": supplies}, {"A": asked})["A"]]

    free = [week for week, (opened, taken) in enumerate(supplies) for _minute in range(opened - taken)]
    wanted = [week for week, minutes in enumerate(asked) for _minute in range(minutes)]
    served = [*free, *[len(weeks)] * len(wanted)][: len(wanted)]  # in the order of the due weeks, as early as can be
    late = [sum(due <= week < at for due, at in zip(wanted, served, strict=True)) for week in range(len(weeks))]
    assert got == late


def test_bar_is_cut_at_its_whole_width():
    assert bar(3, 1, of=8) == Bar(37.5, 12.5)
    assert bar(9, 3, of=10) == Bar(90, 10, is_over=True)
    assert bar(12, of=10) == Bar(100, 0, is_over=True)
    assert bar(0, of=0) == Bar(0, 0)
