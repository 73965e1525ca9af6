"""The 25 open cases of the rule set, word for word as they were written with it."""

import pytest

from intake.triage.engine import assess
from intake.triage.rules import RULE_SET
from intake.triage.vocabulary import SAFETY_KEYS, VOCABULARY, validate
from tests.support.answers import CASES, answers


@pytest.mark.parametrize("case", CASES["vignettes"], ids=lambda case: case["id"])
def test_open_case_gives_its_level_rules_and_message(case):
    given = answers(**case["answers"])
    assert validate(given) == []
    result = assess(given)
    assert result.level == case["expected_level"]
    assert set(case["expected_rules_include"]) <= set(result.rules)
    assert not set(case["expected_rules_exclude"]) & set(result.rules)
    assert result.message == case["expected_message"]
    assert result.is_final


def test_open_cases_are_all_there_and_of_this_rule_set():
    assert len(CASES["vignettes"]) == 25
    assert CASES["rule_set"] == RULE_SET


def test_vocabulary_has_the_keys_types_and_values_of_the_open_cases():
    theirs = {
        name: (key["type"], tuple(key.get("values", ())), key.get("min", 0), key.get("max", key.get("max_length", 0)))
        for name, key in CASES["answer_keys"].items()
    }
    ours = {name: (key.kind, key.values, key.minimum, key.maximum) for name, key in VOCABULARY.items()}
    assert ours == theirs
    assert set(SAFETY_KEYS) == {name for name, key in CASES["answer_keys"].items() if key.get("safety")}
    assert {name for name, key in VOCABULARY.items() if key.clinician_only} == {
        name for name, key in CASES["answer_keys"].items() if key.get("source") == "clinician"
    } | {"calcium_corrected_mgdl"}
