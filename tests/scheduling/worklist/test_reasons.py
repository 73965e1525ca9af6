"""The reasons staff read: from the stored rules, with the answers behind them."""

from intake.triage.models import Triage
from scheduling.worklist.reasons import fired_rules, first_reason


def test_fired_rules_come_highest_level_first_with_reason_and_source():
    fired = fired_rules(["S01", "E04", "U01"])

    assert [rule.level for rule in fired] == ["emergency", "urgent", "soon"]
    assert all(rule.reason and rule.source for rule in fired)


def test_fired_rules_name_the_answers_that_made_them_fire():
    answers = {"bowel_change": "no_control"}

    [fired] = fired_rules(["E04"], answers)

    assert "bowel_change" in fired.keys


def test_rule_of_an_older_rule_set_keeps_its_id():
    [fired] = fired_rules(["X99"])

    assert fired.id == "X99"
    assert "earlier rule set" in fired.reason


def test_first_reason_says_when_nothing_fired():
    assert first_reason(Triage(rules=["R00"], failed_rules=[])) == "No rule fired"


def test_first_reason_says_when_the_rules_could_not_be_applied():
    assert "Read the answers" in first_reason(Triage(rules=[], failed_rules=["engine"]))
