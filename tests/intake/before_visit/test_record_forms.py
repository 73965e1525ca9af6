"""Rows of records: blank, wrong, right; doubts told once; what is computed of a row."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.platform.forms import CheckboxesField, RadioField
from intake.before_visit.rows import KIND_OF, details_of, line_of, title_of
from intake.before_visit.values import row_fits
from tests.intake.before_visit.row_data import KINDS, NEEDED_ROWS, RIGHT_ROWS, ROWS, WRONG_ROWS, row_form

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)


@every_kind
def test_blank_row_says_what_is_needed(kind):
    form = row_form(kind, {})
    assert set(form.errors) == NEEDED_ROWS[kind.slug]
    assert not any("This field" in text for texts in form.errors.values() for text in texts)


@every_kind
def test_wrong_row_names_the_field(kind):
    typed, name = WRONG_ROWS[kind.slug]
    assert name in row_form(kind, typed).errors


@every_kind
@pytest.mark.parametrize("caregiver", [False, True], ids=["patient", "caregiver"])
def test_right_row_can_be_kept_as_json_and_fits(kind, caregiver):
    form = row_form(kind, RIGHT_ROWS[kind.slug], caregiver=caregiver)
    assert form.is_valid(), dict(form.errors)
    row = form.answers()
    assert set(row) == set(kind.field_names)
    assert json.loads(json.dumps(row)) == row
    assert row_fits(kind, row)


@every_kind
def test_stored_row_is_shown_again_and_gives_the_same_answers(kind):
    form = row_form(kind, RIGHT_ROWS[kind.slug])
    assert form.is_valid()
    shown = kind.form_class(None, answers=form.answers(), caregiver=False)
    typed = {}
    for name in kind.field_names:
        field, value = shown.fields[name], shown.initial.get(name)
        if name == "date":
            typed |= {f"date_{part}": str(one or "") for part, one in
                      zip(("month", "day", "year"), field.widget.decompress(value), strict=True)}  # fmt: skip
        elif value is not None:
            typed[name] = value
    again = row_form(kind, typed)
    assert again.is_valid(), dict(again.errors)
    assert again.answers() == form.answers()


@every_kind
def test_answer_that_was_not_offered_is_refused(kind):
    for name in kind.field_names:
        field = kind.form_class.base_fields[name]
        if isinstance(field, RadioField | CheckboxesField):
            wrong = ["x"] if isinstance(field, CheckboxesField) else "x"
            assert name in row_form(kind, {**RIGHT_ROWS[kind.slug], name: wrong}).errors


@every_kind
def test_foreign_name_is_refused(kind):
    assert row_form(kind, {**RIGHT_ROWS[kind.slug], "flags": "opioid"}).non_field_errors()


@every_kind
def test_row_in_words_has_a_title_and_no_code(kind):
    row = {**ROWS[kind.slug], **kind.computed(ROWS[kind.slug])}
    assert title_of(kind, row)
    words = line_of(kind, row)
    assert "None" not in words
    assert "_" not in words


def test_date_is_shown_as_exact_as_it_was_given():
    kind = KIND_OF["imaging"]
    for stored, words in (("2026", "2026"), ("2026-05", "May 2026"), ("2026-05-04", "May 4, 2026")):
        assert words in details_of(kind, {**ROWS["imaging"], "date": stored})


def test_what_the_person_does_not_know_is_left_out_of_a_row_in_words():
    words = details_of(KIND_OF["imaging"], {"kind": "ct", "have": ["unknown"]})
    assert words == []


def test_radiation_must_say_if_it_was_where_the_pain_is_and_surgery_need_not():
    kind = KIND_OF["treatments"]
    assert "same_place_as_pain" in row_form(kind, {"kind": "radiation"}).errors
    form = row_form(kind, {"kind": "surgery", "same_place_as_pain": "yes"})
    assert form.is_valid()
    assert form.answers()["same_place_as_pain"] is None


@pytest.mark.parametrize("text", ["abc", "9.6.1", "1e5", "--3", "9 6"])
def test_result_that_is_no_number_is_refused(text):
    assert "value" in row_form(KIND_OF["labs"], {**RIGHT_ROWS["labs"], "value": text}).errors


@pytest.mark.parametrize(("text", "kept"), [("9.6", "9.6"), ("< 0,1", "<0.1"), ("٩.٦", "9.6"), (">100", ">100")])
def test_result_is_kept_as_the_report_has_it(text, kept):
    form = row_form(KIND_OF["labs"], {**RIGHT_ROWS["labs"], "test": "psa", "unit": "ng/mL", "value": text})
    assert form.is_valid(), dict(form.errors)
    assert form.answers()["value"] == kept


def test_result_that_cannot_be_meant_is_pointed_out_once_then_kept_and_flagged():
    kind, typed = KIND_OF["labs"], {**RIGHT_ROWS["labs"], "value": "96"}
    form = row_form(kind, typed)
    assert "between 4" in form.errors["value"][0]
    form.show_again()
    again = kind.form_class(form.data, answers={}, caregiver=False)
    assert again.is_valid(), dict(again.errors)
    assert kind.computed(again.answers())["out_of_range"] is True


def test_unit_that_would_fit_is_named():
    form = row_form(KIND_OF["labs"], {**RIGHT_ROWS["labs"], "test": "albumin", "value": "35", "unit": "g/dL"})
    assert "g/L" in form.errors["unit"][0]


def test_doubt_that_comes_up_after_another_error_is_still_told():
    kind = KIND_OF["labs"]
    first = row_form(kind, {})
    assert not first.is_valid()
    first.show_again()
    data = first.data.copy()
    data.update({"test": "calcium", "value": "96", "unit": "mg/dL"})
    assert "value" in kind.form_class(data, answers={}, caregiver=False).errors


def test_code_of_a_result_is_that_of_its_unit():
    computed = KIND_OF["labs"].computed
    assert computed({"test": "calcium", "unit": "mg/dL", "value": "9.6"})["loinc"] == "17861-6"
    assert computed({"test": "calcium", "unit": "mmol/L", "value": "2.4"})["loinc"] is None


def test_number_that_we_never_ask_for_is_refused_in_a_row():
    form = row_form(KIND_OF["medicines"], {"name": "123-45-6789"})
    assert "name" in form.errors


@every_kind
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_is_refused_or_kept_as_what_fits(kind, text):
    typed = {name: text for name in kind.field_names if name != "date"}
    form = row_form(kind, {**typed, "date_year": text})
    if form.is_valid():
        assert row_fits(kind, form.answers())
