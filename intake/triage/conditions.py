"""Conditions of the rules: small values that test, name the answers they read, and print themselves.

What is printed for sign-off is therefore what runs. Pure: no Django, no models.

`Facts` holds one answer set with the fixed values of unanswered keys, so that every condition is either true or false:
a missing safety answer counts as none, no or the empty set (`can_bear_weight` as yes), missing numbers have no value
and no comparison with them holds, a missing onset counts as recent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from intake.triage.vocabulary import KEYS, SAFETY_KEYS

# What an unanswered key counts as, where it is not "no", the empty set or "no value"
_UNANSWERED: dict[str, Any] = {
    "systemic_therapy_6wk": "not_sure",
    "can_bear_weight": "yes",
    "bone_mets_status": "none_known",
    "pain_trend": "same",
    "pain_relief": "some",
    "pain_worst": 0,
    "pain_average": 0,
    "pain_now": 0,
    "escc_grade": None,
    "filled_by": None,
    "primary_site": None,
}


def _counts_as(name: str, kind: str, values: tuple[str, ...]) -> Any:
    if name in _UNANSWERED:
        return _UNANSWERED[name]
    if kind == "set":
        return frozenset()
    if kind == "enum":
        return "none" if "none" in values else "no"
    return None


COUNTS_AS: dict[str, Any] = {key.name: _counts_as(key.name, key.kind, key.values) for key in KEYS}

ONSET_KEY = {
    "leg_weakness": "leg_weakness_onset_days",
    "arm_weakness": "arm_weakness_onset_days",
    "walking_change": "walking_change_days",
    "numbness": "numbness_onset_days",
    "bladder_change": "bladder_onset_days",
    "bowel_change": "bowel_onset_days",
    "hyperca_symptoms": "hyperca_onset_days",
    "pain": "pain_onset_days",
}


class Facts:
    """One answer set as the rules see it, with what has been derived from it and which rules fired so far."""

    __slots__ = ("derived", "domains", "fired", "missing", "value")

    def __init__(self, answers: Mapping[str, Any]) -> None:
        value = dict(COUNTS_AS)
        for name, given in answers.items():
            if given is not None and name in value:
                value[name] = frozenset(given) if isinstance(given, list | tuple | set) else given
        self.value = value
        self.missing = frozenset(name for name in SAFETY_KEYS if answers.get(name) is None)
        self.derived: dict[str, bool] = {}
        self.fired: set[str] = set()  # filled in by the engine, rule by rule
        self.domains: set[str] = set()  # domains of the SOON rules that fired, admin left out


Test = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A test with the keys it may read, its wording, and the keys that made it true (`because`)."""

    test: Test
    keys: frozenset[str]
    text: str
    because: Callable[[Facts], frozenset[str]]
    joined_by: str = ""

    def __and__(self, other: "Condition") -> "Condition":
        return all_of(self, other)

    def __or__(self, other: "Condition") -> "Condition":
        return any_of(self, other)

    def __invert__(self) -> "Condition":
        test, keys = self.test, self.keys
        return Condition(lambda facts: not test(facts), keys, f"not {_in_parentheses(self)}", lambda _facts: keys)


def _in_parentheses(condition: Condition) -> str:
    return f"({condition.text})" if condition.joined_by else condition.text


def _join(word: str, parts: tuple[Condition, ...]) -> str:
    return f" {word} ".join(part.text if part.joined_by in ("", word) else f"({part.text})" for part in parts)


def _leaf(test: Test, keys: frozenset[str], text: str) -> Condition:
    return Condition(test, keys, text, lambda _facts: keys)


def all_of(*parts: Condition) -> Condition:
    """True when every part is; all of their keys are behind it."""
    first, second, rest = parts[0].test, parts[1].test, tuple(part.test for part in parts[2:])

    def test(facts: Facts) -> bool:
        return first(facts) and second(facts) and all(part(facts) for part in rest)

    if not rest:

        def test(facts: Facts) -> bool:  # the common case, without the generator
            return first(facts) and second(facts)

    return Condition(
        test,
        frozenset().union(*(part.keys for part in parts)),
        _join("and", parts),
        lambda facts: frozenset().union(*(part.because(facts) for part in parts)),
        "and",
    )


def any_of(*parts: Condition) -> Condition:
    """True when one part is; only the keys of the true parts are behind it."""
    tests = tuple(part.test for part in parts)

    def test(facts: Facts) -> bool:
        for part in tests:  # noqa: SIM110  (half the time of any() over a generator, 20,000 sets a run)
            if part(facts):
                return True
        return False

    return Condition(
        test,
        frozenset().union(*(part.keys for part in parts)),
        _join("or", parts),
        lambda facts: frozenset().union(*(part.because(facts) for part in parts if part.test(facts))),
        "or",
    )


def named(name: str, condition: Condition) -> Condition:
    """A definition with a name, worked out once for each answer set; rules print the name."""
    inner = condition.test

    def test(facts: Facts) -> bool:
        found = facts.derived.get(name)
        if found is None:
            found = facts.derived[name] = inner(facts)
        return found

    return Condition(test, condition.keys, name, condition.because)


def _listed(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"({', '.join(values)})"


def answer(name: str, *values: str) -> Condition:
    """The answer of an enum key is one of the values."""
    allowed = frozenset(values)
    sign = "=" if len(values) == 1 else "in"
    return _leaf(lambda facts: facts.value[name] in allowed, frozenset({name}), f"{name} {sign} {_listed(values)}")


def has(name: str, *items: str) -> Condition:
    """The answer of a set key holds at least one of the items."""
    wanted = frozenset(items)
    sign = "has" if len(items) == 1 else "has one of"
    return _leaf(
        lambda facts: not wanted.isdisjoint(facts.value[name]), frozenset({name}), f"{name} {sign} {_listed(items)}"
    )


def meets(name: str, area: str, items: frozenset[str]) -> Condition:
    """As `has`, with the name of the area printed instead of its items."""
    return _leaf(lambda facts: not items.isdisjoint(facts.value[name]), frozenset({name}), f"{name} meets {area}")


def not_empty(name: str) -> Condition:
    """The answer of a set key holds anything at all."""
    return _leaf(lambda facts: bool(facts.value[name]), frozenset({name}), f"{name} not empty")


def number(
    name: str,
    *,
    at_least: int | Decimal | None = None,
    at_most: int | Decimal | None = None,
    below: int | Decimal | None = None,
    or_missing: bool = False,
) -> Condition:
    """A comparison with a number; it fails when the number is missing, unless `or_missing` is set."""

    def test(facts: Facts) -> bool:
        given = facts.value[name]
        if given is None:
            return or_missing
        return (
            (at_least is None or given >= at_least)
            and (at_most is None or given <= at_most)
            and (below is None or given < below)
        )

    if at_least is not None and at_least == at_most:
        text = f"{name} = {at_least}"
    elif at_least is not None and (at_most is not None or below is not None):
        text = f"{at_least} ≤ {name} " + (f"≤ {at_most}" if at_most is not None else f"< {below}")
    elif at_least is not None:
        text = f"{name} ≥ {at_least}"
    else:
        text = f"{name} ≤ {at_most}" if at_most is not None else f"{name} < {below}"
    return _leaf(test, frozenset({name}), f"({text} or missing)" if or_missing else text)


def _onset(symptom: str, word: str, low: int, high: int | None, *, missing: bool) -> Condition:
    key = ONSET_KEY[symptom]

    def test(facts: Facts) -> bool:
        days = facts.value[key]
        if days is None:
            return missing
        return days >= low and (high is None or days <= high)

    return _leaf(test, frozenset({key}), f"{symptom} {word}")


def recent(symptom: str) -> Condition:
    """Began at most 14 days ago, or nobody said when."""
    return _onset(symptom, "recent", 0, 14, missing=True)


def subacute(symptom: str) -> Condition:
    """Began 15 to 90 days ago."""
    return _onset(symptom, "subacute", 15, 90, missing=False)


def chronic(symptom: str) -> Condition:
    """Began more than 90 days ago."""
    return _onset(symptom, "chronic", 91, None, missing=False)


def within90(symptom: str) -> Condition:
    """Began at most 90 days ago, or nobody said when."""
    return _onset(symptom, "within90", 0, 90, missing=True)


def missing(name: str) -> Condition:
    """A safety key without an answer."""
    return _leaf(lambda facts: name in facts.missing, frozenset({name}), f"{name} missing")


def not_fired(rule_id: str) -> Condition:
    """The named rule did not fire in this result: the only way one rule silences another."""
    return Condition(
        lambda facts: rule_id not in facts.fired, frozenset(), f"not {rule_id}", lambda _facts: frozenset()
    )


def items_counted(
    name: str, text: str, within: frozenset[str], *, at_least: int = 0, at_most: int | None = None
) -> Condition:
    """How many of the items in `within` the answer holds; different items only."""

    def test(facts: Facts) -> bool:
        given = facts.value[name]
        if not given:
            return at_least == 0
        found = len(given & within)
        return found >= at_least and (at_most is None or found <= at_most)

    return _leaf(test, frozenset({name}), text)


def soon_domains(at_least: int) -> Condition:
    """The SOON rules that fired belong to so many different domains, admin not counted."""
    return Condition(
        lambda facts: len(facts.domains) >= at_least,
        frozenset(),
        f"the SOON rules that fired belong to {at_least} or more different domains, admin not counted",
        lambda _facts: frozenset(),  # the engine puts in the keys behind the SOON rules
    )
