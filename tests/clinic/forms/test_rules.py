"""Every accept and reject row of domain 2.3 and 2.4, and: no text whatever breaks a rule."""

from contextlib import suppress
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.platform.forms import rules
from clinic.platform.forms.rules import ApproximateDate

LINE_RULES = (
    rules.clean_line, rules.clean_name, rules.nanp_to_e164, rules.phone_to_e164, rules.clean_zip, rules.clean_email,
    rules.clean_npi, rules.clean_mbi, rules.clean_member_id,
)  # fmt: skip
AWKWARD = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="0123456789+-() .", max_size=25),
    st.text(alphabet="אבגدذر\u200f\u202e😀é\u0301\x00'’-", max_size=40),
    st.text(alphabet="a@.", max_size=20),
    st.just("x" * 1000),
)


@pytest.mark.parametrize(
    "text", ["O’Neil-Díaz", "Nguyễn", "X", "O'Brien", "Mary Ann", "Jr.", "李", "محمد", "נועה", "می‌نا"]
)
def test_name_of_any_script_is_kept_as_typed(text):
    assert rules.clean_name(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   María ", "Ana María"),
        ("O‘Neil", "O’Neil"),
        ("Jose\u0301", "José"),
        ("\u200fנועה\u200f", "נועה"),
        ("", ""),
    ],
)
def test_name_is_trimmed_and_normalized(typed, kept):
    assert rules.clean_name(typed) == kept


@pytest.mark.parametrize("text", ["J0hn", "<b>", "😀", "--", "’", "A\x00B", "a" * 101, "Ana; DROP"])
def test_name_with_digits_signs_or_too_long_is_refused(text):
    with pytest.raises(ValidationError):
        rules.clean_name(text)


def test_name_of_exactly_the_limit_passes():
    assert len(rules.clean_name("é" * 100)) == 100


@pytest.mark.parametrize(
    "text",
    ["(734) 555-0123", "734-555-0123", "734.555.0123", "7345550123", "+1 734 555 0123", "1-734-555-0123",
     " 734 - 555 - 0123 ", "( 734 ) 555 0123", "734–555–0123", "٧٣٤٥٥٥٠١٢٣"],
)  # fmt: skip
def test_nanp_phone_in_any_usual_form_is_stored_as_e164(text):
    assert rules.nanp_to_e164(text) == "+17345550123"


@pytest.mark.parametrize(
    "text",
    ["134-555-0123", "734-155-0123", "911-555-0123", "734-411-1234", "290-234-5678", "555-0123", "734-555-01234",
     "+44 20 7946 0018", "734-555-0123 ext 5", "phone"],
)  # fmt: skip
def test_nanp_phone_outside_the_plan_is_refused(text):
    with pytest.raises(ValidationError):
        rules.nanp_to_e164(text)


def test_caregiver_phone_may_be_international():
    assert rules.phone_to_e164("+44 20 7946 0018") == "+442079460018"
    assert rules.phone_to_e164("(734) 555-0123") == "+17345550123"


@pytest.mark.parametrize(
    "text", ["+0 123 456 789", "44 20 7946 0018", "+1 911 555 0123", "+123456", "+1234567890123456"]
)
def test_caregiver_phone_without_country_code_is_refused(text):
    with pytest.raises(ValidationError):
        rules.phone_to_e164(text)


@pytest.mark.parametrize(
    ("typed", "kept"), [("48109", "48109"), ("48109-5911", "48109-5911"), (" 48109 5911", "48109-5911")]
)
def test_zip_of_five_or_nine_digits_passes(typed, kept):
    assert rules.clean_zip(typed) == kept


@pytest.mark.parametrize("text", ["4810", "00000", "00000-0000", "481090", "4810a"])
def test_zip_of_another_shape_is_refused(text):
    with pytest.raises(ValidationError):
        rules.clean_zip(text)


def test_email_lowers_only_the_domain():
    assert rules.clean_email(" Ana.Diaz@Example.ORG ") == "Ana.Diaz@example.org"


@pytest.mark.parametrize(
    "text", ["a@b", "a.b.c", "@example.org", "a@@example.org", "a b@example.org", "a@.org", "a" * 250 + "@b.co"]
)
def test_email_without_one_at_and_a_dot_is_refused(text):
    with pytest.raises(ValidationError):
        rules.clean_email(text)


@pytest.mark.parametrize("text", ["1EG4-TE5-MK73", "9WW9WW9WW99", "1eg4 te5 mk73"])
def test_medicare_number_as_on_the_card_passes(text):
    assert rules.clean_mbi(text) in {"1EG4TE5MK73", "9WW9WW9WW99"}


@pytest.mark.parametrize("text", ["0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MK7", "1EG4TE5MKA3"])
def test_medicare_number_of_another_shape_is_refused(text):
    with pytest.raises(ValidationError):
        rules.clean_mbi(text)


def test_member_id_passes_and_ssn_is_refused():
    assert rules.clean_member_id("W1234 56789") == "W1234 56789"
    for text in ("--", "123-45-6789", "ab", "x" * 31):
        with pytest.raises(ValidationError):
            rules.clean_member_id(text)


@pytest.mark.parametrize("npi", ["1234567893", "1993999998", "1558598797", "2234567891", "1987654328"])
def test_npi_with_right_check_digit_passes(npi):
    assert rules.clean_npi(npi) == npi


@pytest.mark.parametrize("npi", ["1234567890", "1234567839", "3234567890", "123456789", "12345678931"])
def test_npi_with_wrong_check_digit_is_refused(npi):
    with pytest.raises(ValidationError):
        rules.clean_npi(npi)


@pytest.mark.parametrize("month", ["3", "03", "mar", "Mar.", "March", " MARCH ", "٣"])
def test_month_as_number_or_name_is_read(month):
    assert rules.parse_split_date(month, "27", "1951") == date(1951, 3, 27)


def test_leap_day_is_a_real_date_in_leap_years_only():
    assert rules.parse_split_date("02", "29", "1960") == date(1960, 2, 29)
    with pytest.raises(ValidationError, match="real date"):
        rules.parse_split_date("02", "29", "1961")


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [(("", "2", "1950"), ("month",)), (("3", "", ""), ("day", "year")), (("3", "2", "50"), ("year",)),
     (("13", "2", "1950"), ("month",)), (("2", "30", "1950"), ("day",)), (("x", "2", "1950"), ("month",)),
     (("ma", "2", "1950"), ("month",)), (("3", "2", "0000"), ("year",))],
)  # fmt: skip
def test_date_error_names_the_wrong_parts(parts, wrong):
    with pytest.raises(ValidationError) as caught:
        rules.parse_split_date(*parts)
    assert caught.value.params["parts"] == wrong


def test_birth_tomorrow_before_1900_or_over_120_years_is_refused():
    today = date(2026, 11, 23)
    for birth in (date(2026, 11, 24), date(1899, 12, 31), date(1905, 11, 23)):
        with pytest.raises(ValidationError):
            rules.check_birth(birth, what="Date of birth", today=today)
    for birth in (today, date(1905, 11, 24), date(2015, 1, 1)):
        rules.check_birth(birth, what="Date of birth", today=today)


@pytest.mark.parametrize(
    ("parts", "shown", "precision"),
    [
        (("", "", "2023"), "2023", "year"),
        (("5", "", "2023"), "2023-05", "month"),
        (("5", "9", "2023"), "2023-05-09", "day"),
    ],
)
def test_approximate_date_never_invents_a_day(parts, shown, precision):
    found = rules.parse_approximate_date(*parts)
    assert (str(found), found.precision) == (shown, precision)


def test_approximate_date_with_a_day_needs_its_month():
    with pytest.raises(ValidationError, match="month"):
        rules.parse_approximate_date("", "9", "2023")
    assert ApproximateDate(2023, 5).day is None


def test_long_text_over_the_limit_is_an_error_and_never_cut():
    assert rules.clean_text("😀" * 1000, 1000) == "😀" * 1000
    with pytest.raises(ValidationError, match="1001"):
        rules.clean_text("x" * 1001, 1000)


def test_text_loses_control_characters_and_refuses_nul():
    assert rules.clean_text("a\x07b\r\nc\td", 50) == "ab\nc\td"
    with pytest.raises(ValidationError, match="cannot read"):
        rules.clean_text("a\x00b", 50)


def test_social_security_number_is_seen_in_free_text():
    assert rules.looks_like_ssn("my number is 123-45-6789.")
    assert not rules.looks_like_ssn("call 734-555-0123")


@settings(max_examples=150, deadline=None)
@given(AWKWARD)
def test_no_text_breaks_a_line_rule(text):
    for rule in LINE_RULES:
        try:
            result = rule(text)
        except ValidationError:
            continue
        assert isinstance(result, str)
        assert "\x00" not in result


@settings(max_examples=150, deadline=None)
@given(AWKWARD, AWKWARD, AWKWARD)
def test_no_text_breaks_a_date(month, day, year):
    for parse in (rules.parse_split_date, rules.parse_approximate_date):
        with suppress(ValidationError):
            found = parse(month, day, year)
            assert found is None or found.year >= 1


@settings(max_examples=150, deadline=None)
@given(AWKWARD)
def test_what_a_rule_accepts_it_accepts_again_unchanged(text):
    for rule in LINE_RULES:
        try:
            once = rule(text)
        except ValidationError:
            continue
        if once:
            assert rule(once) == once
