"""What the search box takes the typed words for."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from scheduling.worklist.search import kind_of, read_date, read_search


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


def test_read_date_takes_the_american_order():
    assert read_date("3/27/1951") == date(1951, 3, 27)


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "A", "1", "a" * 101, "555-0123"])
def test_search_refuses_too_little_or_too_much(typed):
    with pytest.raises(ValidationError):
        read_search(typed)


def test_search_trims_spaces_and_drops_nul():
    assert read_search("  Maria \x00  Alvarez ") == "Maria Alvarez"
