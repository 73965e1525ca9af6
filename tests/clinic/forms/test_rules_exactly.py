"""Validators against a second implementation written from the specification, and against any text whatever."""

import string
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.platform.forms import rules
from clinic.platform.forms.rules import ApproximateDate

PAYERS = (None, "medicare", "medicaid", "unknown")
ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=string.printable, max_size=80),
    st.text(alphabet="0123456789 -.+()", max_size=40),
    st.text(alphabet="אבגدذر\u200f\u202e\u2066😀👩🏽‍⚕️é\u0301\x00\x1b\t\r\n", max_size=60),
    st.characters().map(lambda character: character * 1000),
    st.text(min_size=1000, max_size=1000, alphabet="a1 ,é"),
    st.sampled_from(["\ud800", "\x00", "🧑" * 1000, "١٢٣" * 333, "−" * 1000]),
)
every_rule = pytest.mark.parametrize(
    "rule",
    [
        rules.clean_line, rules.clean_name, rules.nanp_to_e164, rules.phone_to_e164, rules.clean_zip,
        rules.clean_email, rules.clean_npi, rules.clean_mbi, rules.clean_member_id,
        *(lambda text, payer=payer: rules.clean_member_number(text, payer) for payer in PAYERS),
        lambda text: rules.clean_text(text, 1000),
    ],
)  # fmt: skip
many = settings(max_examples=200, deadline=None)


def accepts(rule, *args, **more) -> bool:
    try:
        rule(*args, **more)
    except ValidationError:
        return False
    return True


@every_rule
def test_any_text_gives_a_clean_text_that_stays_as_it_is_or_a_sentence(rule):
    @many
    @given(ANY_TEXT)
    def check(text):
        with suppress(ValidationError):
            kept = rule(text)
            assert "\x00" not in kept
            assert not kept or rule(kept) == kept

    check()


@many
@given(ANY_TEXT, st.integers(0, 40))
def test_any_text_is_a_number_in_its_limits_or_a_sentence(text, high):
    with suppress(ValidationError):
        assert 0 <= rules.whole_number(text, 0, high, what="The number") <= high


@many
@given(ANY_TEXT)
def test_any_text_is_searched_for_numbers_we_never_ask_for_without_a_fall(text):
    with suppress(ValidationError):
        rules.refuse_unasked_numbers(text)


# NPI: CMS's own description, "double the alternate digits, beginning with the rightmost; add 24"


def npi_by_cms(digits: str) -> bool:
    if len(digits) != 10 or digits[0] not in "12":
        return False
    total = 24
    for position, digit in enumerate(digits[8::-1]):
        doubled = int(digit) * 2 if position % 2 == 0 else int(digit)
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10 == int(digits[9])


@many
@given(st.text(alphabet="0123456789", min_size=9, max_size=11))
def test_npi_is_accepted_exactly_when_cms_would(digits):
    assert accepts(rules.clean_npi, digits) is npi_by_cms(digits)


@many
@given(st.sampled_from("12"), st.text(alphabet="0123456789", min_size=8, max_size=8))
def test_each_npi_body_has_one_check_digit(first, body):
    right = [last for last in "0123456789" if accepts(rules.clean_npi, first + body + last)]
    assert right == [last for last in "0123456789" if npi_by_cms(first + body + last)]
    assert len(right) == 1


# Medicare number: CMS's table of the eleven positions

MBI_LETTERS = set("ACDEFGHJKMNPQRTUVWXY")
MBI_POSITIONS = (
    set("123456789"), MBI_LETTERS, MBI_LETTERS | set(string.digits), set(string.digits), MBI_LETTERS,
    MBI_LETTERS | set(string.digits), set(string.digits), MBI_LETTERS, MBI_LETTERS, set(string.digits),
    set(string.digits),
)  # fmt: skip
A_NUMBER = st.tuples(*(st.sampled_from(sorted(allowed)) for allowed in MBI_POSITIONS)).map("".join)
A_PLACE = st.integers(0, 10)


@many
@given(A_NUMBER, A_PLACE, st.sampled_from(string.ascii_uppercase + string.digits))
def test_medicare_number_is_accepted_exactly_when_each_position_fits(number, place, put):
    changed = number[:place] + put + number[place + 1 :]
    fits = all(one in allowed for one, allowed in zip(changed, MBI_POSITIONS, strict=True))
    assert accepts(rules.clean_mbi, changed) is fits
    assert not accepts(rules.clean_mbi, changed[:-1])
    assert not accepts(rules.clean_mbi, changed + "1")


@many
@given(A_NUMBER, st.sampled_from(["-", " ", "–", "\u00a0"]), st.booleans())
def test_medicare_number_is_read_however_it_is_grouped(number, mark, is_small):
    typed = mark.join((number[:4], number[4:7], number[7:]))
    assert rules.clean_mbi(typed.lower() if is_small else typed) == number


# Phones, ZIP codes, member numbers


@many
@given(st.text(alphabet="0123456789", min_size=10, max_size=10))
def test_ten_digits_are_a_phone_exactly_in_the_numbering_plan(digits):
    area, exchange = digits[:3], digits[3:6]
    in_plan = area[0] >= "2" and area[1] != "9" and area[1:] != "11" and exchange[0] >= "2" and exchange[1:] != "11"
    assert accepts(rules.nanp_to_e164, digits) is in_plan
    if in_plan:
        assert rules.nanp_to_e164(f"({area}) {exchange}-{digits[6:]}") == f"+1{digits}"


@many
@given(st.text(alphabet="0123456789", min_size=4, max_size=10))
def test_zip_has_five_or_nine_digits_and_is_not_all_zero(digits):
    assert accepts(rules.clean_zip, digits) is (len(digits) in (5, 9) and not digits.startswith("00000"))


@many
@given(st.text(alphabet=string.ascii_letters + string.digits + " -#_", max_size=34))
def test_member_id_is_what_the_specification_says(text):
    line = " ".join(text.split())
    allowed = set(string.ascii_letters + string.digits + " -")
    fits = 3 <= len(line) <= 30 and line[0] not in " -" and set(line) <= allowed and not rules.looks_like_ssn(line)
    assert accepts(rules.clean_member_id, text) is fits


@many
@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 9999), st.sampled_from("- "))
def test_number_written_like_a_social_security_number_is_refused_everywhere(one, two, three, mark):
    number = f"{one:03d}{mark}{two:02d}{mark}{three:04d}"
    assert not accepts(rules.clean_member_id, number)
    assert not accepts(rules.refuse_unasked_numbers, f"It is {number}, thanks")


# Numbers we never ask for


@many
@given(st.sampled_from(["4", "51", "37", "6011", "22"]), st.text(alphabet="0123456789", min_size=15, max_size=15),
       st.sampled_from(["", " ", "-"]))  # fmt: skip
def test_card_number_is_seen_with_its_check_digit_and_not_without(start, more, mark):
    length = 15 if start == "37" else 16
    body = (start + more)[: length - 1]
    last = next(one for one in "0123456789" if rules.luhn(body + one) == 0)
    other = str((int(last) + 1) % 10)
    for check, is_card in ((last, True), (other, False)):
        number = body + check
        parts = (number[:4], number[4:10], number[10:]) if length == 15 else [number[i : i + 4] for i in (0, 4, 8, 12)]
        assert rules.looks_like_card(f"My card {mark.join(parts)} 12/27") is is_card


@pytest.mark.parametrize(
    ("digits", "remainder"), [("79927398713", 0), ("79927398710", 7), ("4111111111111111", 0), ("0", 0)]
)
def test_luhn_sum_of_known_numbers(digits, remainder):
    assert rules.luhn(digits) == remainder


@pytest.mark.parametrize(
    "text",
    ["driver's license D1234567", "Driver License number: 12 345 678", "DL# 1234567", "dl no 98765432",
     "S 123 456 789 012", "A123-4567-8901", "ssn is 123456789", "my social security number: 123456789",
     "3782 822463 10005", "４１１１ １１１１ １１１１ １１１１"],
)  # fmt: skip
def test_number_we_never_ask_for_is_refused_with_what_it_looks_like(text):
    with pytest.raises(ValidationError, match="We never ask for it"):
        rules.refuse_unasked_numbers(text)


@pytest.mark.parametrize(
    "text",
    ["Calcium 11.2 mg/dL 2024 10 20", "Call 734-555-0123 or 734-555-0124", "My driver's license is from 2021",
     "ZIP 48109-5911", "MRN 12345678", "PSA 4.1, 4.3, 4.9 in 2023 2024 2025", "Room B 1 734-555-0123",
     "12 Elm Street, Apt. 3", "I have T12 and L1 to L5 pain since 2024", "4111 1111 1111 1112"],
)  # fmt: skip
def test_everyday_numbers_pass(text):
    rules.refuse_unasked_numbers(text)


# Dates

DAYS = st.dates(date(1880, 1, 1), date(2100, 12, 31))


@many
@given(DAYS, DAYS)
def test_birth_is_accepted_from_1900_to_today_and_up_to_120_years(birth, today):
    in_reach = (birth.year + 121, birth.month, birth.day) > (today.year, today.month, today.day)
    fits = date(1900, 1, 1) <= birth <= today and in_reach
    assert accepts(rules.check_birth, birth, what="Date of birth", today=today) is fits


@many
@given(st.integers(1890, 2110), st.integers(0, 14), st.integers(0, 33))
def test_typed_date_is_accepted_exactly_when_it_is_in_the_calendar(year, month, day):
    try:
        real = date(year, month, day)
    except ValueError:
        real = None
    if real:
        assert rules.parse_split_date(f"{month:02d}", str(day), str(year)) == real
    else:
        assert not accepts(rules.parse_split_date, str(month), str(day), str(year))


def meant(value: ApproximateDate) -> list[date]:
    """Every day the date can mean."""
    first, last = date(value.year, 1, 1), date(value.year, 12, 31)
    days = [first + timedelta(days=one) for one in range((last - first).days + 1)]
    return [d for d in days if value.month in (None, d.month) and value.day in (None, d.day)]


A_PRECISION = st.tuples(DAYS, st.sampled_from(["year", "month", "day"]))


@many
@given(A_PRECISION, DAYS)
def test_date_with_precision_is_refused_only_when_all_it_can_mean_lies_before_birth(given_date, born_on):
    day, precision = given_date
    value = ApproximateDate(
        day.year, None if precision == "year" else day.month, day.day if precision == "day" else None
    )
    assert (value.first_day, value.last_day) == (meant(value)[0], meant(value)[-1])
    is_surely_before = all(one < born_on for one in meant(value))
    assert accepts(rules.check_not_before_birth, value, born_on, what="The date") is not is_surely_before


@many
@given(A_PRECISION)
def test_date_with_precision_is_stored_and_read_as_it_was_given(given_date):
    day, precision = given_date
    parts = {"year": ("", "", str(day.year)), "month": (str(day.month), "", str(day.year))}
    found = rules.parse_approximate_date(*parts.get(precision, (str(day.month), str(day.day), str(day.year))))
    shown = day.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]]
    assert (found.precision, str(found)) == (precision, shown)
