"""Deadlines: open hours, closed days, both weekends on which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.triage.clocks import NurseHours, Targets, contact_due, is_open, next_opening, visit_due_on

DETROIT = ZoneInfo("America/Detroit")
OFFICE = NurseHours.parse("Mon-Fri 08:00-17:00")
ALWAYS = NurseHours.parse("Mon-Sun 00:00-24:00")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DETROIT)


def due(level, sent, hours=OFFICE, holidays=(), **more):
    return contact_due(level, local(sent), hours, DETROIT, holidays, **more).astimezone(DETROIT)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-11-18T09:00", "2026-11-18T13:00"),  # within the day
        ("2026-11-18T15:00", "2026-11-19T10:00"),  # 2 hours today, 2 tomorrow
        ("2026-11-18T17:00", "2026-11-19T12:00"),  # at closing time
        ("2026-11-18T05:00", "2026-11-18T12:00"),  # before opening
        ("2026-11-20T16:00", "2026-11-21T16:00"),  # Friday afternoon: 24 clock hours come first
        ("2026-11-21T10:00", "2026-11-22T10:00"),  # Saturday
        ("2026-11-22T10:00", "2026-11-23T10:00"),  # Sunday morning: 24 clock hours end while the line is open
        ("2026-11-22T20:00", "2026-11-23T12:00"),  # Sunday evening
        ("2026-11-18T13:00", "2026-11-18T17:00"),  # to the minute of closing
    ],
)
def test_urgent_is_four_open_hours_or_24_clock_hours(sent, expected):
    assert due("urgent", sent) == local(expected)


def test_urgent_skips_a_closed_day():
    thanksgiving = {date(2026, 11, 26)}
    assert due("urgent", "2026-11-25T16:00", holidays=thanksgiving) == local("2026-11-26T16:00")
    assert due("urgent", "2026-11-26T16:00", holidays=thanksgiving) == local("2026-11-27T12:00")


def test_urgent_with_split_hours_counts_open_time_only():
    hours = NurseHours.parse("Mon-Fri 08:00-12:00, Mon-Fri 13:00-17:00")
    assert due("urgent", "2026-11-18T10:00", hours) == local("2026-11-18T15:00")


def test_radicular_pain_is_one_hour_also_at_night():
    assert due("urgent", "2026-11-21T02:00", one_hour=True) == local("2026-11-21T03:00")


def test_emergency_is_fifteen_minutes_from_detection():
    assert due("emergency", "2026-11-22T02:00", one_hour=True) == local("2026-11-22T02:15")


@pytest.mark.parametrize("level", ["soon", "routine"])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-11-16T00:01", "2026-11-18T17:00"),
        ("2026-11-16T23:59", "2026-11-18T17:00"),
        ("2026-11-19T12:00", "2026-11-23T17:00"),
        ("2026-11-20T12:00", "2026-11-24T17:00"),
        ("2026-11-21T12:00", "2026-11-24T17:00"),
        ("2026-11-24T12:00", "2026-11-27T17:00"),  # Thanksgiving between
    ],
)
def test_planned_contact_is_close_of_the_second_business_day(level, sent, expected):
    assert due(level, sent, holidays={date(2026, 11, 26)}) == local(expected)


def test_local_date_counts_not_the_date_in_utc():
    sent = datetime(2026, 11, 17, 3, 0, tzinfo=UTC)  # still Monday evening in Detroit
    assert contact_due("soon", sent, OFFICE, DETROIT).astimezone(DETROIT) == local("2026-11-18T17:00")


@pytest.mark.parametrize(
    ("saturday", "hours_of_sunday"),
    [("2026-03-07", 23), ("2026-10-31", 25)],
)
def test_clock_hours_are_real_hours_when_the_clocks_change(saturday, hours_of_sunday):
    sent = local(f"{saturday}T20:00")
    found = contact_due("urgent", sent, OFFICE, DETROIT)
    assert found - sent.astimezone(UTC) == timedelta(hours=24)
    assert found.astimezone(DETROIT).hour == {23: 21, 25: 19}[hours_of_sunday]
    midnight = [datetime.fromisoformat(saturday).replace(tzinfo=DETROIT) + timedelta(days=n) for n in (1, 2)]
    assert midnight[1].astimezone(UTC) - midnight[0].astimezone(UTC) == timedelta(hours=hours_of_sunday)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-03-08T00:30", "2026-03-08T05:30"),  # 02:00 to 03:00 does not exist
        ("2026-11-01T00:30", "2026-11-01T03:30"),  # 01:00 to 02:00 comes twice
    ],
)
def test_open_hours_across_the_change_are_real_hours(sent, expected):
    assert due("urgent", sent, ALWAYS) == local(expected)
    assert contact_due("urgent", local(sent), ALWAYS, DETROIT) - local(sent).astimezone(UTC) == timedelta(hours=4)


def test_the_second_pass_of_the_repeated_hour_is_a_later_instant():
    first = datetime(2026, 11, 1, 1, 30, tzinfo=DETROIT)
    second = first.replace(fold=1)
    gap = contact_due("emergency", second, OFFICE, DETROIT) - contact_due("emergency", first, OFFICE, DETROIT)
    assert gap == timedelta(hours=1)


@pytest.mark.parametrize(
    ("sent", "expected"), [("2026-03-06T12:00", "2026-03-10T17:00"), ("2026-10-30T12:00", "2026-11-03T17:00")]
)
def test_planned_contact_across_the_change_keeps_the_closing_time_on_the_wall(sent, expected):
    assert due("soon", sent) == local(expected)


def test_nurse_line_open_and_next_opening():
    assert is_open(local("2026-11-20T16:59"), OFFICE, DETROIT)
    assert not is_open(local("2026-11-20T17:00"), OFFICE, DETROIT)
    assert not is_open(local("2026-11-20T12:00"), OFFICE, DETROIT, {date(2026, 11, 20)})
    assert next_opening(local("2026-11-20T17:00"), OFFICE, DETROIT) == local("2026-11-23T08:00")
    assert next_opening(local("2026-11-20T12:00"), OFFICE, DETROIT) == local("2026-11-20T12:00")


@pytest.mark.parametrize(
    ("level", "solitary", "days"),
    [
        ("emergency", False, 0),
        ("urgent", False, 3),
        ("soon", False, 7),
        ("routine", False, 14),
        ("soon", True, 3),
        ("emergency", True, 0),
    ],
)
def test_visit_is_due_so_many_calendar_days_after_sending(level, solitary, days):
    sent = date(2026, 2, 27)
    assert visit_due_on(level, sent, solitary_unknown=solitary) == sent + timedelta(days=days)


def test_targets_are_settings():
    short = Targets(urgent_open=timedelta(hours=1), business_days=1, visit_days={"soon": 5})
    assert due("urgent", "2026-11-18T09:00", targets=short) == local("2026-11-18T10:00")
    assert due("soon", "2026-11-18T09:00", targets=short) == local("2026-11-19T17:00")
    assert visit_due_on("soon", date(2026, 1, 1), targets=short) == date(2026, 1, 6)


@pytest.mark.parametrize(
    "text",
    ["", "Mon", "Mon-Fri", "Mon-Fri 8-17", "Mon-Fri 17:00-08:00", "Mon-Fri 08:00-25:00", "Xyz 08:00-17:00",
     "Mon 08:00-12:00, Mon 11:00-13:00", "Mon 08:61-12:00"],
)  # fmt: skip
def test_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match=r"hours|weekday|time|opens"):
        NurseHours.parse(text)


def test_hours_may_wrap_the_week_and_differ_by_day():
    hours = NurseHours.parse("Sat-Mon 09:00-12:00; tue 10:00-24:00")
    assert hours.spans == {0: ((540, 720),), 1: ((600, 1440),), 5: ((540, 720),), 6: ((540, 720),)}


def test_naive_times_and_unknown_levels_are_refused():
    with pytest.raises(ValueError, match="aware"):
        contact_due("urgent", datetime(2026, 1, 1), OFFICE, DETROIT)
    with pytest.raises(ValueError, match="level"):
        contact_due("mild", local("2026-01-01T00:00"), OFFICE, DETROIT)


def test_a_clinic_that_never_opens_still_has_the_24_hours():
    class EveryDay:
        def __contains__(self, day):
            return True

    assert due("urgent", "2026-11-18T09:00", holidays=EveryDay()) == local("2026-11-19T09:00")
    with pytest.raises(ValueError, match="no open days"):
        due("soon", "2026-11-18T09:00", holidays=EveryDay())
