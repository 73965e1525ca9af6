"""What is taken for a number in an address or a hidden field."""

import pytest

from clinic.platform.numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999)])
def test_plain_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 7", "-1", "+1", "1.0", "1_000", "x", "\0", "²", "٣", "1000000000", "9" * 5000])
def test_anything_else_is_none(text):
    assert whole_number(text) is None


def test_places_may_be_fewer_or_more():
    assert whole_number("1000", digits=3) is None
    assert whole_number("1234567890", digits=10) == 1_234_567_890
