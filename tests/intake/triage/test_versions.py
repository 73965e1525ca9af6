"""A change of rules or messages needs a new version: each version has one fingerprint, for ever."""

from hashlib import sha256

from intake.triage.messages import AFTER_HOURS, AFTER_HOURS_NO_NUMBER, CRISIS_LINE, MESSAGES_VERSION, TEXTS
from intake.triage.rules import RULE_SET
from intake.triage.table import rule_table

# Add a line for a new version; never change one that has been released
RULE_SETS = {"BM-TRIAGE/1": "de43db11895ca701"}
MESSAGES = {"BM-MESSAGES/1": "7f951bf471d82605"}


def fingerprint(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def test_the_rules_are_those_of_their_version():
    assert fingerprint(rule_table()) == RULE_SETS[RULE_SET], "a changed rule needs a new RULE_SET"


def test_the_messages_are_those_of_their_version():
    texts = [f"{code}: {text}" for code, text in sorted(TEXTS.items())]
    texts += [str(line) for line in (CRISIS_LINE, AFTER_HOURS, AFTER_HOURS_NO_NUMBER)]
    assert fingerprint("\n".join(texts)) == MESSAGES[MESSAGES_VERSION], "a changed message needs a new version"
