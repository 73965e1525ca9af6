"""What the search box takes the typed words for."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from scheduling.worklist.search import kind_of, read_date, read_phone, read_search


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("BMC-7K4Q-29", "reference"),
        ("bmc7k4q29", "reference"),
        ("bmc 7k4q 29", "reference"),
        ("(734) 555-0123", "phone"),
        ("7345550123", "phone"),
        ("3/27/1951", "birth_date"),
        ("1951-03-27", "birth_date"),
        ("2/30/1951", "name"),
        ("Alvarez", "name"),
        ("Maria Alv", "name"),
        ("555-0123", "name"),
    ],
)
def test_kind_of_typed_words(typed, kind):
    assert kind_of(typed) == kind


@pytest.mark.parametrize(
    "typed",
    [
        "3/27/1951", "03/27/1951", "3 / 27 / 1951", "3.27.1951", "3 27 1951", "03271951", "1951-3-27", "1951/03/27",
        "3/27/51", "March 27, 1951", "march 27 1951", "Mar. 27, 1951", "27 March 1951", "27. mar 1951",
    ],
)  # fmt: skip
def test_read_date_knows_the_ways_a_date_is_typed(typed):
    assert read_date(typed, today=date(2026, 11, 21)) == date(1951, 3, 27)


@pytest.mark.parametrize(("typed", "year"), [("1/2/26", 2026), ("1/2/27", 1927), ("1/2/00", 2000)])
def test_read_date_takes_two_digits_as_the_latest_year_that_has_begun(typed, year):
    assert read_date(typed, today=date(2026, 11, 21)) == date(year, 1, 2)


@pytest.mark.parametrize(
    "typed", ["27/3/1951", "2/30/1951", "Marsh 27, 1951", "Mayfield 3 1951", "1951", "3/27", "0/0/0000", "00000000"]
)
def test_read_date_takes_nothing_else_for_a_date(typed):
    assert read_date(typed, today=date(2026, 11, 21)) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1 (734) 555-0123", "+17345550123"), ("+44 20 7946 0018", "+442079460018"), ("555-0123", None), ("0123", None)],
)
def test_read_phone_takes_whole_numbers(typed, number):
    assert read_phone(typed) == number


def test_read_date_takes_the_american_order():
    assert read_date("3/27/1951") == date(1951, 3, 27)


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "A", "1", "a" * 101, "555-0123"])
def test_search_refuses_too_little_or_too_much(typed):
    with pytest.raises(ValidationError):
        read_search(typed)


def test_search_trims_spaces_and_drops_nul():
    assert read_search("  Maria \x00  Alvarez ") == "Maria Alvarez"
