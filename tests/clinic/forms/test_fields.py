"""Fields as a page uses them: what comes out, what is said, which control is marked."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.forms.fields import Field
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.platform import forms
from clinic.platform.forms import PageForm, Reveal, SubmitForm


class Birth(PageForm):
    born = forms.SplitDateField(label="Date of birth", birth=True, missing="Enter your date of birth")


class Began(PageForm):
    began = forms.AgoField(label="When did this start?", missing="Select when this started")


class Fever(PageForm):
    reveals = {"temp": Reveal("fever", ("yes",), missing="Enter your temperature")}
    fever = forms.YesNoField(label="Fever?", not_sure=True, missing="Select yes or no")
    temp = forms.DecimalNumberField(label="Temperature", required=False, min_value=90, max_value=115)


class Numb(PageForm):
    numb = forms.CheckboxesField(
        label="Numb?", exclusive=("none", "not_sure"), missing="Select where you are numb",
        choices=[("legs", "Legs"), ("arms", "Arms"), ("none", "None of these"), ("not_sure", "I am not sure")],
    )  # fmt: skip


class Send(SubmitForm):
    note = forms.LongTextField(label="Note", required=False, max_length=20)


def born(month="", day="", year=""):
    return Birth({"born_month": month, "born_day": day, "born_year": year})


def began(**parts):
    return Began({f"began_{name}": value for name, value in parts.items()})


def test_required_field_without_its_own_words_is_a_programming_error():
    with pytest.raises(TypeError, match="missing"):
        forms.TextField(label="Name")


def test_date_of_birth_becomes_a_date():
    form = born("March", "27", "1951")
    assert form.is_valid()
    assert form.cleaned_data["born"] == date(1951, 3, 27)


@pytest.mark.parametrize(
    ("parts", "sentence", "control"),
    [
        (("", "", ""), "Enter your date of birth", "#id_born_month"),
        (("3", "", "1951"), "Date of birth must include a day", "#id_born_day"),
        (("2", "30", "1951"), "Date of birth must be a real date", "#id_born_day"),
        (("3", "2", "51"), "Year must include 4 numbers", "#id_born_year"),
        (("3", "2", "2999"), "Date of birth must be in the past", "#id_born_month"),
        (("3", "2", "1850"), "Check the year. Date of birth is too long ago", "#id_born_year"),
    ],
)
def test_date_error_leads_to_the_wrong_part(parts, sentence, control):
    assert born(*parts).error_links() == [{"href": control, "text": sentence}]


def test_only_the_wrong_part_of_a_date_is_marked():
    html = str(born("3", "2", "51")["born"])
    marked = [tag for tag in re.findall(r"<input[^>]*>", html) if "aria-invalid" in tag]
    assert len(marked) == 1
    assert 'id="id_born_year"' in marked[0]
    assert 'value="51"' in marked[0]


def test_date_of_birth_in_the_future_is_refused():
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert not born(str(tomorrow.month), str(tomorrow.day), str(tomorrow.year)).is_valid()


def test_limits_of_a_date_are_said_with_the_limit():
    class Visit(PageForm):
        on = forms.SplitDateField(label="Day", earliest=date(2026, 11, 23), missing="Enter a day")

    form = Visit({"on_month": "11", "on_day": "20", "on_year": "2026"})
    assert form.errors["on"] == ["Day must be on or after November 23, 2026"]


@pytest.mark.parametrize(
    ("parts", "days"),
    [
        ({"when": "today"}, 0),
        ({"when": "about", "count": "3", "unit": "days"}, 3),
        ({"when": "about", "count": "2", "unit": "weeks"}, 14),
        ({"when": "about", "count": "2", "unit": "months"}, 60),
        ({"when": "", "count": "4", "unit": "days"}, 4),
    ],
)
def test_how_long_ago_becomes_days(parts, days):
    form = began(**parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["began"] == days


def test_known_date_becomes_days_in_the_clinics_calendar():
    then = timezone.localdate() - timedelta(days=9)
    form = began(when="date", date_month=str(then.month), date_day=str(then.day), date_year=str(then.year))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["began"] == 9


@pytest.mark.parametrize(
    ("parts", "control"),
    [
        ({}, "#id_began_when_0"),
        ({"when": "yesterday"}, "#id_began_when_0"),
        ({"when": "about"}, "#id_began_count"),
        ({"when": "about", "count": "many", "unit": "days"}, "#id_began_count"),
        ({"when": "about", "count": "3", "unit": "years"}, "#id_began_unit"),
        ({"when": "about", "count": "200", "unit": "months"}, "#id_began_count"),
        ({"when": "date"}, "#id_began_date_month"),
        ({"when": "date", "date_month": "2", "date_day": "30", "date_year": "2026"}, "#id_began_date_day"),
        ({"when": "date", "date_month": "2", "date_day": "3", "date_year": "1990"}, "#id_began_date_year"),
    ],
)
def test_how_long_ago_error_leads_to_the_wrong_control(parts, control):
    assert [line["href"] for line in began(**parts).error_links()] == [control]


def test_stored_days_are_shown_again():
    html = str(Began(initial={"began": 14})["began"])
    assert 'value="14"' in html
    assert re.search(r'value="about"[^>]*checked', html)


def test_question_of_another_answer_is_required_only_with_it():
    assert Fever({"fever": "no"}).is_valid()
    assert Fever({"fever": "yes"}).errors == {"temp": ["Enter your temperature"]}
    form = Fever({"fever": "yes", "temp": "101,5"})
    assert form.is_valid()
    assert form.cleaned_data["temp"] == Decimal("101.5")


def test_answer_to_a_hidden_question_is_dropped_with_its_error():
    form = Fever({"fever": "no", "temp": "hot"})
    assert form.is_valid()
    assert form.cleaned_data["temp"] is None


@pytest.mark.parametrize("text", ["NaN", "1e5", "inf", "101.55", "300", "-", "9" * 40])
def test_temperature_that_is_no_temperature_is_refused(text):
    assert not Fever({"fever": "yes", "temp": text}).is_valid()


def test_none_of_these_stands_alone():
    mixed = Numb(QueryDict("numb=legs&numb=none"))
    assert mixed.errors["numb"] == ["Select the answers that fit, or select 'None of these', not both"]
    assert Numb(QueryDict("numb=none")).is_valid()
    assert Numb(QueryDict("numb=arms&numb=legs&numb=arms")).is_valid()


@pytest.mark.parametrize("query", ["numb=feet", "numb=%00", ""])
def test_answer_that_was_not_offered_is_refused(query):
    assert not Numb(QueryDict(query)).is_valid()


def test_scale_gives_a_whole_number():
    class Pain(PageForm):
        pain = forms.ScaleField(label="Pain", low="No pain", high="Worst", missing="Select your pain level")

    form = Pain({"pain": "7"})
    assert form.is_valid()
    assert form.cleaned_data["pain"] == 7
    for text in ("11", "7.5", "-1", "٧"):
        assert not Pain({"pain": text}).is_valid()


def test_unknown_names_are_refused():
    form = Numb(QueryDict("numb=none&is_admin=1"))
    assert form.non_field_errors() == ["We could not read this page. Check your answers and try again"]


def test_named_button_and_csrf_token_are_known():
    class Choice(Numb):
        buttons = ("later",)

    assert Choice(QueryDict("numb=none&later=1&csrfmiddlewaretoken=x")).is_valid()


def test_key_is_minted_once_and_kept_while_the_form_is_corrected():
    fresh = Send()
    key = fresh["key"].value()
    assert re.fullmatch("[0-9a-f]{32}", key)
    again = Send({"key": key, "note": "x" * 21})
    assert not again.is_valid()
    assert again["key"].value() == key
    assert again.cleaned_data["key"] == key


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 33, None])
def test_spoiled_key_is_an_error_and_replaced(key):
    form = Send({"note": "hello"} if key is None else {"note": "hello", "key": key})
    assert not form.is_valid()
    assert re.fullmatch("[0-9a-f]{32}", form["key"].value())
    assert form["note"].value() == "hello"


def test_renewed_key_differs():
    form = Send({"key": "0" * 32})
    form.renew_key()
    assert form["key"].value() != "0" * 32


def test_long_text_refuses_a_social_security_number():
    assert "never ask" in Send({"key": "0" * 32, "note": "123-45-6789"}).errors["note"][0]


def test_caregiver_is_not_offered_own_details():
    class Name(PageForm):
        first = forms.PersonNameField(label="First", autocomplete="given-name", missing="Enter it")
        born = forms.SplitDateField(label="Born", birth=True, missing="Enter it")

    own, other = Name().as_p(), Name(for_someone_else=True).as_p()
    assert 'autocomplete="given-name"' in own
    assert 'autocomplete="bday-year"' in own
    assert 'autocomplete="off"' in other
    assert "bday" not in other
    assert "given-name" not in other


def test_phone_is_shown_as_people_write_it():
    class Call(PageForm):
        phone = forms.NanpPhoneField(label="Phone", missing="Enter it")

    html = str(Call(initial={"phone": "+12025550142"})["phone"])
    assert 'value="202-555-0142"' in html
    assert 'type="tel"' in html
    assert html.count("type=") == 1


def test_optional_fields_come_out_empty_and_never_as_none_text():
    class Optional(PageForm):
        line = forms.TextField(label="Line", required=False)
        phone = forms.NanpPhoneField(label="Phone", required=False)
        number = forms.WholeNumberField(label="Days", required=False)
        day = forms.SplitDateField(label="Day", required=False)
        ago = forms.AgoField(label="Ago", required=False)
        one = forms.YesNoField(label="One", required=False)
        many = forms.CheckboxesField(label="Many", choices=[("a", "A")], required=False)

    form = Optional({})
    assert form.is_valid()
    assert form.cleaned_data == {
        "line": "", "phone": "", "number": None, "day": None, "ago": None, "one": None, "many": [],
    }  # fmt: skip


BANNED = re.compile(
    r"\b(please|sorry|valid|invalid|forgot|oops|this field is required|null characters)\b", re.IGNORECASE
)
EVERY_FIELD = [
    forms.TextField(label="Line", missing="Enter a line"),
    forms.PersonNameField(label="Name", missing="Enter a name"),
    forms.NanpPhoneField(label="Phone", missing="Enter a phone number"),
    forms.AnyPhoneField(label="Phone", missing="Enter a phone number"),
    forms.ZipField(label="ZIP code", missing="Enter a ZIP code"),
    forms.PlainEmailField(label="Email", missing="Enter an email address"),
    forms.NpiField(label="NPI", missing="Enter an NPI"),
    forms.MbiField(label="Medicare number", missing="Enter the number"),
    forms.MemberIdField(label="Member ID", missing="Enter the member ID"),
    forms.WholeNumberField(label="Days", missing="Enter the days"),
    forms.DecimalNumberField(label="Temperature", missing="Enter the temperature"),
    forms.LongTextField(label="Words", missing="Enter some words"),
    forms.SplitDateField(label="Day", missing="Enter a day"),
    forms.ApproximateDateField(label="Month", missing="Enter a year"),
    forms.AgoField(label="Ago", missing="Select when"),
    forms.YesNoField(label="Yes?", missing="Select yes or no"),
    forms.ScaleField(label="Pain", low="No", high="Much", missing="Select a number"),
    forms.SelectField(label="Language", choices=[("en", "English")], missing="Select a language"),
    forms.CheckboxesField(label="Where", choices=[("a", "A")], missing="Select where"),
    forms.ConsentField(label="I agree", missing="Select the box"),
]
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.sampled_from(["y" * 1000, "\x00", "😀\u202e"]),
    st.lists(st.one_of(st.none(), st.text(max_size=8), st.lists(st.text(max_size=5), max_size=3)), max_size=5),
)  # fmt: skip


@pytest.mark.parametrize("field", EVERY_FIELD, ids=lambda field: type(field).__name__)
def test_any_input_ends_in_a_value_or_a_sentence_in_house_style(field: Field):
    @settings(max_examples=60, deadline=None)
    @given(ANYTHING)
    def check(value):
        try:
            field.clean(value)
        except ValidationError as error:
            for sentence in error.messages:
                assert not BANNED.search(sentence), sentence

    check()
