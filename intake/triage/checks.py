"""System check: every rule names known answers, a reason, a source and, where it needs one, a message that exists."""

from typing import Any

from django.core.checks import Error, register

from intake.triage.messages import EMERGENCY_CODES, TEXTS
from intake.triage.rules import EMERGENCY, LEVEL_MESSAGE, LEVELS, PRECEDENCE, RULES, SOON, Rule
from intake.triage.vocabulary import VOCABULARY


def rule_problems(rules: tuple[Rule, ...] = RULES) -> list[str]:
    """What is wrong with the rule table, in words for a developer; empty when nothing is."""
    problems = []
    ids = [rule.id for rule in rules]
    if len(set(ids)) != len(ids):
        problems.append("two rules share an id")
    for rule in rules:
        unknown = rule.keys - VOCABULARY.keys()
        if unknown:
            problems.append(f"{rule.id} reads unknown answers: {', '.join(sorted(unknown))}")
        if not rule.reason or not rule.source:
            problems.append(f"{rule.id} needs a reason and a source")
        if rule.level not in LEVELS:
            problems.append(f"{rule.id} has an unknown level")
        if rule.level == EMERGENCY and rule.message not in PRECEDENCE:
            problems.append(f"{rule.id} needs a message with a place in the precedence")
        if rule.level == SOON and not rule.domain:
            problems.append(f"{rule.id} needs a domain")
    if set(PRECEDENCE) != set(EMERGENCY_CODES) or not {*PRECEDENCE, *LEVEL_MESSAGE.values()} <= TEXTS.keys():
        problems.append("a message of the rules has no text")
    return problems


@register()
def check_rules(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Run by `manage.py check` and at every start."""
    return [Error(problem, id="intake.E102") for problem in rule_problems()]
