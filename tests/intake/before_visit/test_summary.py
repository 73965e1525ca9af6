"""All answers before the visit in words."""

import re

import pytest

from intake.before_visit.steps import FLOW, OWN_KEYS, SECTIONS
from intake.before_visit.summary import groups_of
from tests.intake.before_visit.plain_forms import RIGHT, answers_of
from tests.intake.before_visit.row_data import KINDS, ROWS, new_id

CODE = re.compile(r"^[a-z]+(_[a-z0-9]+)+$")


def full_answers() -> dict:
    """Every page answered rightly, with one row a list."""
    answers = {}
    for step in FLOW.steps:
        if step.form_class in RIGHT:
            answers |= answers_of(step.form_class, RIGHT[step.form_class], asked="1")
    for kind in KINDS:
        row = {"id": new_id(), **ROWS[kind.slug]}
        answers |= {kind.key: [{**row, **kind.computed(row)}], kind.status_key: "listed"}
    return answers | {"records_how": ["ask"]}


def rows_of(groups) -> dict:
    """Name -> value of every row."""
    return {str(row["key"]): row["value"] for group in groups for row in group.rows}


@pytest.mark.parametrize("caregiver", [False, True])
def test_every_answer_is_in_words(caregiver, settings):
    settings.ASK_GENDER = True
    groups = groups_of(full_answers(), caregiver)
    assert [str(group.title) for group in groups] == [str(one.heading(caregiver=caregiver)) for one in SECTIONS]
    told = rows_of(groups)
    words = [str(word) for value in told.values() for word in (value if isinstance(value, list) else [value])]
    assert [word for word in words if CODE.match(word) or word in ("", "None", "prefer_not")] == []
    assert told["Scans and X-rays"] == ["MRI, Lower back: May 2026; There is: the written report"]
    assert told["Cancer found"] == "May 2023"
    assert told["Emergency contact: phone"] == "202-555-0143"


def test_answers_left_open_say_so_and_conditional_ones_are_left_out():
    told = rows_of(groups_of(dict.fromkeys(OWN_KEYS)))
    assert {str(value) for value in told.values()} == {"Not provided"}
    assert "Emergency contact: name" not in told
    assert "Kind of insurance" not in told


@pytest.mark.parametrize(("status", "words"), [("none", "No known allergies"), ("unknown", "I do not know")])
def test_word_that_there_are_no_rows_is_shown(status, words):
    assert str(rows_of(groups_of({"allergies_status": status}))["Allergies"]) == words


def test_change_links_only_where_an_address_is_given():
    assert not any(row["change_url"] for group in groups_of({}) for row in group.rows)
    groups = groups_of({}, address_of=lambda step: f"/{step.slug}/", closed={"stage"}, section="cancer")
    assert [group.title for group in groups] == ["Your cancer"]
    links = {str(row["key"]): row["change_url"] for row in groups[0].rows}
    assert links["Cancer found"] == "/diagnosis/"
    assert links["Stage of the cancer"] == ""
    assert "Stage now" not in links
