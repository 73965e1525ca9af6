"""Where sections stand, and what a caregiver may see: pure rules."""

import subprocess
import sys

import pytest

from intake.before_visit import rules
from intake.flow.flow import Flow, Section, Step

FLOW = Flow(
    [Section("a", "A"), Section("b", "B")],
    [
        Step("one", "a", "One", ("x",), complete=lambda answers: bool(answers.get("x"))),
        Step("two", "a", "Two", ("y",)),
        Step("three", "b", "Three", ("z",), applies=lambda answers: answers.get("x") == "yes"),
    ],
)
REQUIRED = {"one"}


def state(section="a", *, answers=None, done=(), said=()):
    return rules.section_state(
        FLOW, section, answers=answers or {}, steps_done=done, sections_done=said, required=REQUIRED
    )


def test_section_without_a_saved_page_is_not_started():
    assert state() == "todo"


def test_saved_page_is_progress_even_when_all_pages_are_saved():
    assert state(answers={"x": "yes"}, done=["one", "two"]) == "progress"


def test_section_is_done_only_when_the_person_said_so():
    assert state(answers={"x": "yes"}, done=["one"], said=["a"]) == "done"


def test_required_item_that_goes_missing_later_is_a_problem():
    assert state(answers={"x": None}, done=["one", "two"], said=["a"]) == "problem"
    assert state(answers={"x": "yes"}, done=["two"], said=["a"]) == "problem"


def test_section_without_a_page_for_this_person_is_locked():
    assert state("b") == "locked"
    assert state("b", answers={"x": "yes"}) == "todo"


def test_open_steps_are_those_asked_now_and_not_answered():
    assert [step.slug for step in rules.open_steps(FLOW, "a", {"x": ""}, ["one"])] == ["one", "two"]
    assert [step.slug for step in rules.missing_required(FLOW, "a", {}, [], REQUIRED)] == ["one"]


@pytest.mark.parametrize(("done", "expected"), [([], "todo"), (["one"], "progress"), (["one", "two"], "done")])
def test_optional_section_is_done_when_each_page_was_seen(done, expected):
    assert rules.optional_state(FLOW, "a", answers={}, steps_done=done) == expected


@pytest.mark.parametrize(
    ("kind", "verified", "sees"),
    [
        ("patient", [], True),
        ("staff", [False], True),
        ("caregiver", [], False),
        ("caregiver", [False], False),
        ("caregiver", [True, False], False),
        ("caregiver", [True], True),
    ],
)
def test_caregiver_sees_everything_only_when_verified(kind, verified, sees):
    assert rules.sees_everything(kind, verified) is sees


@pytest.mark.parametrize(
    ("previous", "kind", "author"),
    [
        (None, "caregiver", "caregiver"),
        (None, "patient", "patient"),
        ("caregiver", "staff", "staff"),
        ("patient", "caregiver", "patient"),
        ("staff", "patient", "staff"),
    ],
)
def test_page_is_a_caregivers_only_while_nobody_else_saved_it(previous, kind, author):
    assert rules.author_after(previous, kind) == author


def test_closed_pages_hide_their_answers_and_pages_of_unknown_author_are_closed():
    closed = rules.closed_steps(["one", "two"], {"two": "caregiver"}, sees_all=False)
    assert closed == {"one"}
    assert rules.shown_answers({"x": "yes", "y": 1}, FLOW.steps, closed) == {"y": 1}
    assert rules.closed_steps(["one"], {}, sees_all=True) == frozenset()


def test_rules_need_no_framework():
    code = (
        "import sys; import intake.before_visit.rules, intake.before_visit.lab_tests, "
        "intake.before_visit.medicine_flags; sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
