"""Applies the rules to one answer set. Pure: no Django, no models, no log; the caller stores and logs.

A rule either fires or does not. One that fails in the program is listed in `failed`: the result is then at least
URGENT and not final, so that a nurse looks at it and nothing counts as settled by a broken rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake.triage.conditions import Facts
from intake.triage.rules import (
    BY_ID,
    EMERGENCY,
    EMERGENCY_RULES,
    LEVEL_MESSAGE,
    LEVELS,
    NOTHING_FIRED,
    PRECEDENCE,
    ROUTINE,
    RULE_SET,
    RULES,
    SOON,
    URGENT,
    Rule,
)

_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_BEFORE = tuple((rule.id, rule.level, rule.domain, rule.when.test) for rule in RULES if not rule.after_others)
_AFTER = tuple((rule.id, rule.level, rule.domain, rule.when.test) for rule in RULES if rule.after_others)
_EMERGENCIES = tuple((rule.id, rule.level, rule.domain, rule.when.test) for rule in EMERGENCY_RULES)


@dataclass(frozen=True, slots=True)
class Result:
    """What the rules say about one answer set.

    `rules` in ascending order of id, ("R00",) when nothing fired. `crisis_line`: E02 fired, the page also shows the
    988 line. `one_hour`: the first contact is due within an hour (U01). `visit_within_days`: a rule asks for an earlier
    visit than its level does (S14). `failed`: rules that raised; the caller logs them and asks a nurse.
    """

    level: str
    rules: tuple[str, ...]
    message: str
    rule_set: str = RULE_SET
    crisis_line: bool = False
    one_hour: bool = False
    visit_within_days: int | None = None
    failed: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """False when a rule failed: the level is then a floor, not a finding."""
        return not self.failed


def highest(levels: Iterable[str]) -> str:
    """The highest of these levels; "routine" of none. Unknown levels raise KeyError."""
    return max(levels, key=_RANK.__getitem__, default=ROUTINE)


def _run(facts: Facts, table: tuple, failed: list[str]) -> None:
    fired, domains = facts.fired, facts.domains
    for rule_id, level, domain, test in table:
        try:
            if test(facts):
                fired.add(rule_id)
                if level == SOON and domain != "admin":
                    domains.add(domain)
        except Exception:  # noqa: BLE001  (whatever breaks one rule must neither hide the others nor lose the patient)
            failed.append(rule_id)


def _message_of(rule: Rule, facts: Facts) -> str:
    if rule.message_unless is not None and rule.message_unless[0].test(facts):
        return rule.message_unless[1]
    return rule.message


def _emergency_message(fired: Iterable[str], facts: Facts) -> str:
    shown = {_message_of(BY_ID[rule_id], facts) for rule_id in fired if BY_ID[rule_id].level == EMERGENCY}
    return min(shown, key=PRECEDENCE.index)


def _visit_within(fired: Iterable[str], facts: Facts) -> int | None:
    days = [
        rule.visit_days
        for rule in map(BY_ID.__getitem__, fired)
        if rule.visit_days is not None and (rule.visit_if is None or rule.visit_if.test(facts))
    ]
    return min(days, default=None)


def assess(answers: Mapping[str, Any]) -> Result:
    """The level, the rules that fired and the patient message for a **valid** answer set (`vocabulary.validate`).

    Keys outside the vocabulary are not read. Never raises for a valid set.
    """
    facts = Facts(answers)
    failed: list[str] = []
    _run(facts, _BEFORE, failed)
    _run(facts, _AFTER, failed)
    return _result(facts, failed)


def emergencies(answers: Mapping[str, Any]) -> Result | None:
    """The same for the answers saved so far, EMERGENCY rules only: None when none of them fired.

    Nothing else is acted on before the answers are sent. A rule that fails here fails again at sending and is
    reported then.
    """
    facts = Facts(answers)
    failed: list[str] = []
    _run(facts, _EMERGENCIES, failed)
    return _result(facts, failed) if facts.fired else None


def _result(facts: Facts, failed: list[str]) -> Result:
    fired = tuple(sorted(facts.fired))
    level = highest(BY_ID[rule_id].level for rule_id in fired)
    if failed:
        level = highest((level, URGENT))
    return Result(
        level=level,
        rules=fired or ((NOTHING_FIRED,) if not failed else ()),
        message=_emergency_message(fired, facts) if level == EMERGENCY else LEVEL_MESSAGE[level],
        crisis_line="E02" in facts.fired,
        one_hour=any(BY_ID[rule_id].contact_hours is not None for rule_id in fired),
        visit_within_days=_visit_within(fired, facts),
        failed=tuple(failed),
    )


def because(answers: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """For each rule that fires: the keys of the answers that made it fire, for staff.

    Unanswered keys are left out, but for S15, where they are the reason. U24 names the answers behind the SOON rules.
    """
    facts = Facts(answers)
    _run(facts, _BEFORE, [])
    _run(facts, _AFTER, [])
    found: dict[str, tuple[str, ...]] = {}
    for rule_id in sorted(facts.fired):
        rule = BY_ID[rule_id]
        if rule.after_others:
            sources = [BY_ID[other] for other in facts.fired if BY_ID[other].level == SOON]
            keys = frozenset().union(*(source.when.because(facts) for source in sources if source.domain != "admin"))
        else:
            keys = rule.when.because(facts)
        found[rule_id] = tuple(
            sorted(key for key in keys if answers.get(key) is not None or (key in facts.missing and rule_id == "S15"))
        )
    return found
