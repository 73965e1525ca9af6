"""How an answer set is read: types, ranges, sets, silence."""

from decimal import Decimal

import pytest

from intake.triage.vocabulary import known, validate


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"pain_now": 7.0},
        {"pain_now": 0, "pain_worst": 10},
        {"pain_now": Decimal("7.00")},
        {"temp_f": 90, "calcium_corrected_mgdl": 20.0},
        {"temp_f": Decimal("110.0")},
        {"leg_weakness_onset_days": 3650, "injury_days": 365, "bm_days_since": 60, "opioid_days_left": 0},
        {"acute_general": ["not_sure", "chest_pain", "chest_pain"]},
        {"pain_sites": []},
        {"escc_grade": "0"},
        {"what_matters": "🙂" * 1000},
        {"what_matters": ""},
        {"fever": None, "pain_sites": None, "what_matters": None},
        {"pain_worst": 1, "pain_average": 9, "pain_present": "no", "fever": "no", "temp_f": 101},
    ],
)
def test_valid_answer_sets_have_no_problems(given):
    assert validate(given) == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"shoe_size": None}, "unknown key"),
        ({"pain_now": True}, "must be a number"),
        ({"pain_now": "7"}, "must be a number"),
        ({"pain_now": 7.5}, "must be a whole number"),
        ({"pain_now": Decimal("7.0000000000000000000001")}, "must be a whole number"),
        ({"pain_now": 11}, "is out of range"),
        ({"pain_now": -1}, "is out of range"),
        ({"pain_now": 10**5000}, "is out of range"),
        ({"mirels_total": 3}, "is out of range"),
        ({"temp_f": 89.9}, "is out of range"),
        ({"temp_f": 110.01}, "is out of range"),
        ({"temp_f": float("nan")}, "must be a finite number"),
        ({"temp_f": float("inf")}, "must be a finite number"),
        ({"temp_f": Decimal("NaN")}, "must be a finite number"),
        ({"calcium_corrected_mgdl": False}, "must be a number"),
        ({"fever": ""}, "is not one of the allowed values"),
        ({"fever": "YES"}, "is not one of the allowed values"),
        ({"fever": ["yes"]}, "must be a string"),
        ({"escc_grade": 2}, "must be a string"),
        ({"acute_general": ["none"]}, "is not one of the allowed values"),
        ({"acute_general": [""]}, "is not one of the allowed values"),
        ({"acute_general": [None]}, "must be a list of strings"),
        ({"acute_general": "chest_pain"}, "must be a list of strings"),
        ({"acute_general": {"chest_pain": 1}}, "must be a list of strings"),
        ({"what_matters": "🙂" * 1001}, "is too long"),
        ({"what_matters": 5}, "must be a string"),
    ],
)
def test_faulty_answer_sets_name_key_and_problem(given, problem):
    assert validate(given) == [{"key": next(iter(given)), "problem": problem}]


def test_all_faults_are_listed_in_the_order_given():
    faulty = validate({"pain_now": 11, "fever": "no", "x": 1, "temp_f": "hot"})
    assert [fault["key"] for fault in faulty] == ["pain_now", "x", "temp_f"]


def test_known_leaves_out_what_the_rules_do_not_read():
    assert known({"legal_last_name": "Example", "fever": "no", "pain_now": None}) == {"fever": "no"}
