"""How moments and numbers read."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.platform import words

NINE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 9:00 in the demonstration's zone


def test_moment_reads_with_weekday_and_minutes():
    assert words.moment(NINE) == "Monday, November 23, 2026 at 9:00 a.m."
    assert words.moment_zone(NINE).endswith("9:00 a.m. EST")
    assert words.short_moment(NINE) == "Mon, Nov 23, 9:00 a.m."


@pytest.mark.parametrize(("hours", "shown"), [(3, "noon"), (-9, "midnight"), (4, "1:00 p.m."), (0, "9:00 a.m.")])
def test_clock_says_noon_and_midnight(hours, shown):
    assert words.clock(NINE + timedelta(hours=hours)) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(90, "9:00 to 10:30 a.m."), (240, "9:00 a.m. to 1:00 p.m."), (180, "9:00 a.m. to noon")],
)
def test_range_says_the_half_of_the_day_once(minutes, shown):
    assert words.clock_range(NINE, NINE + timedelta(minutes=minutes)) == shown


def test_moment_after_the_clocks_change_is_the_clinics_own():
    before = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert words.moment_zone(before) == "Sunday, November 1, 2026 at 1:30 a.m. EDT"
    assert words.moment_zone(before + timedelta(hours=1)) == "Sunday, November 1, 2026 at 1:30 a.m. EST"


@pytest.mark.parametrize(
    ("number", "shown", "dialed"),
    [("202-555-0110", "202-555-0110", "+12025550110"), ("+12025550110", "202-555-0110", "+12025550110"),
     ("911", "911", "911"), ("+442079460018", "+44 207 946 0018", "+442079460018"),
     ("+4930123456", "+49 301 234 56", "+4930123456"), ("+78005550199", "+7 800 555 0199", "+78005550199"),
     ("+3531234567", "+353 123 4567", "+3531234567"), ("+44", "+44", "+44"), ("", "", "")],
)  # fmt: skip
def test_phone_is_shown_in_three_groups_and_dialed_whole(number, shown, dialed):
    assert (words.phone(number), words.dial(number)) == (shown, dialed)


@pytest.mark.parametrize(
    ("length", "shown"),
    [(timedelta(minutes=5), "5 min"), (timedelta(minutes=130), "2 h 10 min"), (timedelta(hours=9), "9 h"),
     (timedelta(days=1, hours=3), "1 day 3 h"),
     (timedelta(days=-2), "2 days")],
)  # fmt: skip
def test_duration_is_short_for_worklists(length, shown):
    assert words.duration(length) == shown


@pytest.mark.parametrize(
    ("setting", "shown"),
    [("Mon-Fri 08:00-17:00", "Monday to Friday, 8:00 a.m. to 5:00 p.m."),
     ("Sat 09:00-12:00", "Saturday, 9:00 a.m. to noon"),
     ("day and night", "day and night")],
)  # fmt: skip
def test_hours_of_the_settings_are_spoken(setting, shown):
    assert words.hours_words(setting) == shown


def test_minutes_read_as_hours():
    assert [words.minutes_words(n) for n in (0, 1, 60, 130)] == [
        "0 minutes", "1 minute", "1 hour", "2 hours 10 minutes",
    ]  # fmt: skip
