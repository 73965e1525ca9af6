"""What holds for every answer set: worse never lowers the level, silence is never routine, order means nothing."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.triage.engine import assess, because, emergencies
from intake.triage.rules import BY_ID, LEVELS, URGENT
from intake.triage.vocabulary import KEYS, SAFETY_KEYS, VOCABULARY, Key, validate
from tests.support.answers import ALL_CLEAR

# Where a rule draws a line: both sides of each are drawn more often than chance would
EDGES = (0, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 90, 91)
CALCIUM_EDGES = (7.4, 7.5, 8.4, 8.5, 9.5, 10.4, 10.5, 11.9, 12.0, 13.9, 14.0)
LADDERS = {
    "pain_trend": (("better", "same"), ("same", "worse_slowly"), ("worse_slowly", "worse_fast")),
    "pain_relief": (("good", "some"), ("some", "little_none")),
    "leg_weakness": (("none", "mild"), ("mild", "severe")),
    "arm_weakness": (("none", "mild"), ("mild", "severe")),
    "walking_change": (
        ("none", "unsteady"),
        ("none", "hard_but_can"),
        ("unsteady", "cannot"),
        ("hard_but_can", "cannot"),
    ),
    "bladder_change": (
        ("none", "hard_to_start"),
        ("long_term_unchanged", "hard_to_start"),
        ("hard_to_start", "cannot_pass_urine"),
        ("hard_to_start", "leaking_no_control"),
    ),
    "bowel_change": (
        ("none", "constipation_only"),
        ("constipation_only", "no_control"),
        ("long_term_unchanged", "no_control"),
    ),
    "can_bear_weight": (("yes", "with_pain"), ("with_pain", "no")),
    "injury_recent": (("none", "minor"), ("minor", "fall"), ("fall", "major")),
    "fever": (("no", "not_sure"), ("not_sure", "yes"), ("not_sure", "chills_only")),
    "weight_loss_unplanned": (("no", "a_little"), ("a_little", "a_lot")),
    "pain_present": (("no", "yes"),),
    "escc_grade": (("0", "1a"), ("1a", "1b"), ("1b", "1c"), ("1c", "2"), ("2", "3")),
}
YES_NO = {key.name for key in KEYS if key.kind == "enum" and set(key.values) == {"yes", "no", "not_sure"}}
HIGHER_IS_WORSE = {
    "pain_worst",
    "pain_average",
    "pain_now",
    "temp_f",
    "sins_total",
    "mirels_total",
    "ecog_self",
    "falls_30d",
    "bm_days_since",
}
SMALLER_IS_WORSE = {name for name in VOCABULARY if name.endswith("_onset_days")} | {
    "walking_change_days",
    "injury_days",
    "opioid_days_left",
}
NOT_WORSE_ITEMS = {"not_sure", "comes_and_goes", "relieved_by_rest"}


def value_of(key: Key) -> st.SearchStrategy[Any]:
    if key.kind == "enum":
        return st.sampled_from(key.values)
    if key.kind == "set":
        return st.lists(st.sampled_from(key.values), max_size=5)
    if key.kind == "text":
        return st.text(max_size=20)
    if key.name == "calcium_corrected_mgdl":
        return st.sampled_from(CALCIUM_EDGES)
    if key.name == "temp_f":
        return st.sampled_from((98.6, 100.3, 100.4, 104))
    return st.one_of(
        st.sampled_from([edge for edge in EDGES if key.minimum <= edge <= key.maximum]),
        st.integers(key.minimum, key.maximum),
    )


@st.composite
def answer_sets(draw, *, safety_answered: bool = False) -> dict[str, Any]:
    """A few answers over the all-clear adult; some of the others not answered."""
    changed = draw(st.lists(st.sampled_from(KEYS), max_size=14, unique=True))
    gone = draw(st.lists(st.sampled_from(sorted(VOCABULARY)), max_size=6))
    left = {name: value for name, value in ALL_CLEAR.items() if name not in gone or name in SAFETY_KEYS}
    found = {**left, **{key.name: draw(value_of(key)) for key in changed}}
    if not safety_answered:
        for name in draw(st.lists(st.sampled_from(SAFETY_KEYS), max_size=2)):
            found[name] = None
    return found


def rank(answers: dict[str, Any]) -> int:
    return LEVELS.index(assess(answers).level)


def one_step_worse(answers: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every answer set that is one change worse, by the definition of "worse" of the rule set."""
    for key in KEYS:
        value = answers.get(key.name)
        if key.kind == "set":
            for item in set(key.values) - set(value or ()) - NOT_WORSE_ITEMS:
                yield {**answers, key.name: [*(value or ()), item]}
        elif value is None:
            continue
        elif key.name in LADDERS or key.name in YES_NO:
            for low, high in LADDERS.get(key.name, (("no", "not_sure"), ("not_sure", "yes"))):
                if value == low:
                    yield {**answers, key.name: high}
        elif key.name == "calcium_corrected_mgdl":
            yield from ({**answers, key.name: edge} for edge in CALCIUM_EDGES if value >= 8.5 and edge > value)
            yield from ({**answers, key.name: edge} for edge in CALCIUM_EDGES if value <= 10.4 and edge < value)
        elif key.name in HIGHER_IS_WORSE:
            yield from ({**answers, key.name: n} for n in (value + 1, key.maximum) if value < n <= key.maximum)
        elif key.name in SMALLER_IS_WORSE:
            yield from ({**answers, key.name: n} for n in (value - 1, 90, 15, 14, 7, 3, 0) if 0 <= n < value)


@settings(max_examples=200, deadline=None)
@given(answer_sets(safety_answered=True))
def test_worse_answers_never_lower_the_level(answers):
    before = rank(answers)
    for worse in one_step_worse(answers):
        assert rank(worse) >= before, {k: v for k, v in worse.items() if v != answers.get(k)}


def test_one_step_worse_covers_every_key_that_has_an_order():
    sure = {key.name: key.values[0] for key in KEYS if key.kind == "enum"}
    start = {**ALL_CLEAR, **{k: v for k, v in sure.items() if k in LADDERS}, **dict.fromkeys(SMALLER_IS_WORSE, 50)}
    start |= dict.fromkeys(HIGHER_IS_WORSE - {"temp_f"}, 4) | {
        "ecog_self": 1,
        "temp_f": 98,
        "calcium_corrected_mgdl": 9,
    }
    start |= dict.fromkeys(YES_NO | {"pain_present", "fever"}, "no")
    moved = {name for worse in one_step_worse(start) for name in worse if worse[name] != start.get(name)}
    unordered = {"filled_by", "age_years", "cancer_history", "primary_site", "bone_mets_status", "bone_agent"}
    assert set(VOCABULARY) - moved == unordered | {"opioid_use", "what_matters"}


@settings(max_examples=200, deadline=None)
@given(answer_sets(), st.sampled_from(SAFETY_KEYS))
def test_removing_a_safety_answer_is_never_routine(answers, name):
    assert assess({**answers, name: None}).level != "routine"
    assert assess({key: value for key, value in answers.items() if key != name}).level != "routine"


@settings(max_examples=150, deadline=None)
@given(answer_sets(), st.randoms(use_true_random=False))
def test_order_of_keys_and_items_and_repeats_mean_nothing(answers, chance):
    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    other = {}
    for name, value in shuffled:
        if isinstance(value, list):
            value = value * 2
            chance.shuffle(value)
        other[name] = value
    assert assess(other) == assess(answers) == assess(dict(answers))


@settings(max_examples=150, deadline=None)
@given(answer_sets())
def test_null_and_absent_mean_the_same(answers):
    present = {name: value for name, value in answers.items() if value is not None}
    assert assess({**dict.fromkeys(VOCABULARY), **present}) == assess(present)


@settings(max_examples=150, deadline=None)
@given(answer_sets())
def test_every_generated_set_is_valid_and_explained(answers):
    assert validate(answers) == []
    result = assess(answers)
    assert list(result.rules) == sorted(result.rules)
    reasons = because(answers)
    assert tuple(reasons) == tuple(rule for rule in result.rules if rule != "R00")
    for rule_id, keys in reasons.items():
        if rule_id not in ("S16", "U24"):  # S16 may rest on silence alone
            assert keys, rule_id
        if not BY_ID[rule_id].after_others:
            assert set(keys) <= BY_ID[rule_id].keys


@settings(max_examples=150, deadline=None)
@given(answer_sets())
def test_emergencies_while_filling_in_are_those_at_sending(answers):
    early, full = emergencies(answers), assess(answers)
    urgent_rules = tuple(rule for rule in full.rules if BY_ID.get(rule) and BY_ID[rule].level == "emergency")
    assert (early.rules if early else ()) == urgent_rules
    if early:
        assert (early.level, early.message, early.crisis_line) == ("emergency", full.message, full.crisis_line)


@settings(max_examples=150, deadline=None)
@given(answer_sets(), st.text(max_size=12), st.none() | st.booleans() | st.text(max_size=5))
def test_unknown_keys_are_refused_even_when_null(answers, name, value):
    if name not in VOCABULARY:
        assert {"key": name, "problem": "unknown key"} in validate({**answers, name: value})


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(KEYS),
    st.booleans() | st.floats() | st.text() | st.integers() | st.lists(st.integers() | st.text()) | st.just({}),
)
def test_a_problem_never_repeats_the_value(key, value):
    for problem in validate({key.name: value}):
        assert problem["key"] == key.name
        assert problem["problem"] in {
            "must be a string",
            "must be a list of strings",
            "is not one of the allowed values",
            "must be a number",
            "must be a whole number",
            "must be a finite number",
            "is out of range",
            "is too long",
        }


def test_unsure_on_any_safety_question_is_at_least_urgent():
    for name in SAFETY_KEYS:
        unsure = ["not_sure"] if VOCABULARY[name].kind == "set" else "not_sure"
        assert rank({**ALL_CLEAR, name: unsure}) >= LEVELS.index(URGENT), name
