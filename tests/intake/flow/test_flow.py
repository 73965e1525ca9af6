"""Order, branching, gaps and progress, on a small flow of its own."""

import pytest

from intake.flow.flow import Flow, Section, Step


def small() -> Flow:
    return Flow(
        [Section("one", "One"), Section("two", "Two", "Their two")],
        [
            Step("a", "one", "A", ("a",)),
            Step("b", "one", "B", ("b", "shared"), applies=lambda answers: answers.get("a") == "yes"),
            Step("c", "two", "C", ("c", "shared"), complete=lambda answers: answers.get("c") != "spoiled"),
        ],
    )


def test_next_and_back_pass_over_a_page_that_does_not_apply():
    flow = small()
    a, b, c = flow.steps
    assert (flow.next(a, {}), flow.back(c, {})) == (c, a)
    assert (flow.next(a, {"a": "yes"}), flow.back(c, {"a": "yes"})) == (b, b)
    assert (flow.back(a, {}), flow.next(c, {})) == (None, None)


def test_the_first_gap_is_the_first_page_not_saved_or_no_longer_sufficient():
    flow = small()
    assert flow.first_gap({}, []).slug == "a"
    assert flow.first_gap({"a": "yes"}, ["a", "c"]).slug == "b"
    assert flow.first_gap({"c": "spoiled"}, ["a", "c"]).slug == "c"
    assert flow.first_gap({}, ["c", "a"]) is None


def test_a_page_that_does_not_apply_leaves_its_answers_empty_but_for_those_asked_elsewhere():
    answers = {"a": "no", "b": 1, "shared": 2, "not of this flow": 3}
    assert small().cleared(answers) == {"a": "no", "b": None, "shared": 2, "not of this flow": 3}
    assert answers["b"] == 1


def test_progress_counts_sections_not_pages():
    flow = small()
    at = flow.progress(flow.get("c"))
    assert (at.number, at.total, at.section.heading(caregiver=False)) == (2, 2, "Two")
    assert at.section.heading(caregiver=True) == "Their two"


def test_a_page_is_found_only_in_its_section():
    flow = small()
    assert flow.get("a", "one").slug == "a"
    assert flow.get("a", "two") is None
    assert flow.get("z") is None


def test_two_pages_of_one_name_and_an_unknown_section_are_programming_errors():
    with pytest.raises(ValueError, match="slug"):
        Flow([Section("one", "One")], [Step("a", "one", "A", ()), Step("a", "one", "B", ())])
    with pytest.raises(ValueError, match="section"):
        Flow([], [Step("a", "one", "A", ())])
