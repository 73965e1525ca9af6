"""Insurance: what may be missing, which number fits which payer, and that nothing blocks."""

import pytest

from intake.before_visit.insurance_forms import InsuranceStatusForm, PlanForm, SecondPlanForm, SubscriberForm
from tests.intake.before_visit.plain_forms import RIGHT, answers_of, codes_of, fill

NO_MEMBER_ID = ("--", "123-45-6789", "ab", "x" * 31, "W#12")


@pytest.mark.parametrize("status", ["self_pay", "applying", "unsure"])
def test_without_insurance_help_is_promised_and_nothing_is_refused(status):
    form = InsuranceStatusForm(None, answers={}, caregiver=False)
    assert "calls you to help find a way to pay" in str(form.fields["insurance_status"].help_text)
    assert answers_of(InsuranceStatusForm, {"insurance_status": status}) == {"insurance_status": status}


@pytest.mark.parametrize("number", ["1EG4-TE5-MK73", "9WW9WW9WW99", "1eg4 te5 mk73"])
def test_medicare_number_is_kept_without_hyphens(number):
    answers = answers_of(PlanForm, {"payer_type": "medicare", "member_id": number})
    assert answers["member_id"] in {"1EG4TE5MK73", "9WW9WW9WW99"}


@pytest.mark.parametrize("number", ["0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MK7", "1EG4TE5MKA3", "W1234 56789"])
def test_other_number_is_refused_for_medicare_and_only_there(number):
    errors = fill(PlanForm, {"payer_type": "medicare", "member_id": number}).errors
    assert errors == {"member_id": ["Enter the Medicare number as it is on the card, like 1EG4-TE5-MK73"]}
    assert answers_of(PlanForm, {"payer_type": "medicaid", "member_id": number})["member_id"] == number


@pytest.mark.parametrize("number", NO_MEMBER_ID)
@pytest.mark.parametrize("asked", ["", "1"])
def test_number_that_is_no_member_id_is_refused_however_often(number, asked):
    errors = fill(PlanForm, {"payer_type": "medicaid", "member_id": number}, asked=asked).errors
    assert list(errors) == ["member_id"]
    typed = {"has_second_plan": "yes", "second_payer_type": "medicaid", "second_member_id": number}
    assert list(fill(SecondPlanForm, typed, asked=asked).errors) == ["second_member_id"]


def test_nine_digits_in_a_row_are_pointed_out_once_and_then_kept():
    typed = {"payer_type": "medicaid", "member_id": "123456789"}
    assert "looks like a Social Security number" in fill(PlanForm, typed).errors["member_id"][0]
    assert answers_of(PlanForm, typed, asked="1")["member_id"] == "123456789"
    typed = {"has_second_plan": "yes", "second_payer_type": "tricare", "second_member_id": "123456789"}
    assert list(fill(SecondPlanForm, typed).errors) == ["second_member_id"]
    assert answers_of(SecondPlanForm, typed, asked="1")["second_member_id"] == "123456789"


def test_missing_number_and_name_of_a_plan_are_pointed_out_once():
    first = fill(PlanForm, {"payer_type": "commercial"})
    assert set(first.errors) == {"payer_name", "member_id"}
    assert all(error[0].code == "once" for error in first.errors.as_data().values())
    answers = answers_of(PlanForm, {"payer_type": "commercial"}, asked="1")
    assert answers == {"payer_type": "commercial", "payer_name": None, "member_id": None, "group_number": None}


def test_name_is_not_asked_of_payers_that_are_one_and_nothing_of_an_unknown_one():
    assert set(fill(PlanForm, {"payer_type": "medicare"}).errors) == {"member_id"}
    assert answers_of(PlanForm, {"payer_type": "unknown"})["member_id"] is None


def test_no_kind_of_insurance_blocks_the_page_for_good():
    for payer in codes_of(PlanForm(None, answers={}, caregiver=False).fields["payer_type"]):
        assert fill(PlanForm, {"payer_type": payer}, asked="1").is_valid()
        typed = {"has_second_plan": "yes", "second_payer_type": payer}
        assert fill(SecondPlanForm, typed, asked="1").is_valid()


@pytest.mark.parametrize("relation", ["self", "unknown"])
def test_holder_of_the_plan_is_described_only_if_somebody_else(relation):
    answers = answers_of(SubscriberForm, {**RIGHT[SubscriberForm], "subscriber_relation": relation})
    assert answers == {"subscriber_relation": relation, "subscriber_name": None, "subscriber_dob": None}


def test_holder_without_a_name_is_pointed_out_once():
    assert list(fill(SubscriberForm, {"subscriber_relation": "spouse"}).errors) == ["subscriber_name"]
    assert answers_of(SubscriberForm, {"subscriber_relation": "spouse"}, asked="1")["subscriber_dob"] is None


def test_birth_date_of_the_holder_follows_the_rule_and_is_not_offered_by_the_browser():
    assert answers_of(SubscriberForm, RIGHT[SubscriberForm])["subscriber_dob"] == "1950-03-27"
    for year in ("2031", "1899", "50"):
        assert list(fill(SubscriberForm, {**RIGHT[SubscriberForm], "subscriber_dob_year": year}).errors) == [
            "subscriber_dob"
        ]
    assert "bday" not in SubscriberForm(None, answers={}, caregiver=False).as_p()


def test_second_plan_needs_its_kind_only_if_there_is_one():
    assert set(fill(SecondPlanForm, {"has_second_plan": "yes"}).errors) == {"second_payer_type"}
    for none in ("no", "unknown"):
        answers = answers_of(SecondPlanForm, {**RIGHT[SecondPlanForm], "has_second_plan": none})
        assert [name for name, value in answers.items() if value] == ["has_second_plan"]


def test_group_number_is_named_in_its_error():
    errors = fill(PlanForm, {**RIGHT[PlanForm], "group_number": "--"}).errors
    assert "Group number must have" in errors["group_number"][0]


def test_holder_is_named_from_the_side_of_the_one_who_fills_in():
    for caregiver, words in ((False, "Me"), (True, "The patient")):
        form = SubscriberForm(None, answers={}, caregiver=caregiver)
        assert dict(form.fields["subscriber_relation"].choices)["self"] == words
