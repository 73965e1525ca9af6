"""About the cancer: a date as precise as it is known, stages, other places, other illness."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.before_visit.cancer_forms import ConditionsForm, DiagnosisForm, SpreadForm, StageForm
from tests.intake.before_visit.plain_forms import answers_of, fill

BORN = {"date_of_birth": "1951-03-27"}


def found(month="", day="", year=""):
    return {"diagnosis_date_month": month, "diagnosis_date_day": day, "diagnosis_date_year": year}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("", "", "2023"), "2023"),
        (("5", "", "2023"), "2023-05"),
        (("May", "9", "2023"), "2023-05-09"),
        (("", "", ""), None),
        (("", "", "1951"), "1951"),
        (("3", "", "1951"), "1951-03"),
        (("3", "27", "1951"), "1951-03-27"),
    ],
)
def test_date_is_kept_as_precise_as_it_was_given(typed, kept):
    assert answers_of(DiagnosisForm, found(*typed), answers=BORN)["diagnosis_date"] == kept


@pytest.mark.parametrize("kept", ["2023", "2023-05", "2023-05-09"])
def test_kept_date_is_shown_again_without_made_up_parts(kept):
    form = DiagnosisForm(None, answers={"diagnosis_date": kept}, caregiver=False)
    year, month, day = [*kept.split("-"), "", ""][:3]
    parts = form["diagnosis_date"].field.widget.decompress(kept)
    assert parts == [month.lstrip("0"), day.lstrip("0"), year]
    assert f'value="{year}"' in str(form["diagnosis_date"])


@pytest.mark.parametrize(
    ("typed", "sentence", "wrong"),
    [
        (("", "", "2031"), "in the past", "month"),
        (("2", "30", "2020"), "real date", "day"),
        (("", "9", "2020"), "must include a month", "month"),
        (("", "", "20"), "4 numbers", "year"),
        (("", "", "1950"), "after the date of birth", "year"),
        (("2", "", "1951"), "after the date of birth", "month"),
        (("3", "26", "1951"), "after the date of birth", "month"),
    ],
)
def test_date_that_cannot_be_is_refused_at_the_wrong_part(typed, sentence, wrong):
    form = fill(DiagnosisForm, found(*typed), answers=BORN)
    assert sentence in form.errors["diagnosis_date"][0]
    assert form.error_links()[0]["href"] == f"#id_diagnosis_date_{wrong}"


def test_date_without_a_known_birth_is_not_compared():
    assert answers_of(DiagnosisForm, found("", "", "1920"))["diagnosis_date"] == "1920"


def test_stage_may_be_unknown_or_left_open():
    assert answers_of(StageForm, {}) == {"stage_at_diagnosis": None, "current_stage": None}
    assert answers_of(StageForm, {"current_stage": "unknown"})["current_stage"] == "unknown"


def test_nowhere_else_and_a_place_cannot_both_be():
    assert "Nowhere else" in fill(SpreadForm, {"other_mets": ["none", "liver"]}).errors["other_mets"][0]


def test_dialysis_counts_only_with_a_kidney_disease():
    assert answers_of(ConditionsForm, {"kidney_disease": "no", "dialysis": "yes"})["dialysis"] is None
    assert answers_of(ConditionsForm, {"kidney_disease": "not_sure", "dialysis": "yes"})["dialysis"] == "yes"


def test_pregnancy_question_says_why_it_is_asked():
    for caregiver in (False, True):
        field = ConditionsForm(None, answers={}, caregiver=caregiver).fields["pregnant_possible"]
        assert str(field.help_text).startswith("We ask because")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_no_text_breaks_the_page(month, day, year):
    form = fill(DiagnosisForm, found(month, day, year), answers=BORN)
    assert form.is_valid() or form.error_links()
