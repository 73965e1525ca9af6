"""Every source of a rule can be looked up."""

from intake.triage.rules import BY_ID
from intake.triage.sources import SOURCES, keys_in, titles_of


def test_every_source_of_a_rule_has_a_title():
    named = {key for rule in BY_ID.values() for key in keys_in(rule.source)}

    assert named == set(SOURCES)
    assert all(keys_in(rule.source) for rule in BY_ID.values())


def test_titles_come_once_and_in_the_order_of_the_list():
    assert [key for key, _title in titles_of(["S2 (back pain), R41", "R41; S1", "R412"])] == ["S1", "S2", "R41"]
