"""Lists of answers name each answer shortly, once, and in words that fit everybody who reads them."""

import re

from intake.before_visit.names import NAMES, ONLY_WHEN_ANSWERED
from intake.before_visit.steps import OWN_KEYS
from intake.before_visit.summary import groups_of
from tests.intake.before_visit.plain_forms import FORMS, RIGHT, answers_of, fields_of

TOLD = {
    name: value
    for form in FORMS
    for name, value in answers_of(form, RIGHT[form]).items()
}  # fmt: skip


def rows(answers, **more):
    return {str(row["key"]): row["value"] for group in groups_of(answers, **more) for row in group.rows}


def test_names_are_of_answers_and_are_unlike():
    assert set(NAMES) <= OWN_KEYS
    assert ONLY_WHEN_ANSWERED <= OWN_KEYS
    assert len({str(name) for name in NAMES.values()}) == len(NAMES)


def test_every_question_has_a_name_that_fits_all():
    for form in FORMS:
        for name, field in fields_of(form(None, answers={}, caregiver=False)).items():
            words = str(NAMES.get(name, field.label))
            assert not re.search(r"\b(you|your|I|my)\b|\?|^If ", words), (name, words)
            assert len(words) <= 48, words


def test_answers_are_listed_in_words(settings):
    settings.ASK_GENDER = True
    listed = rows(TOLD)
    assert listed["Emergency contact: name"] == "Luis Díaz"
    assert listed["May talk with: phone"] == "+44 207 946 0018"
    assert listed["Cancer found"] == "May 2023"
    assert listed["State"] == "MI - Michigan"
    assert listed["Plan held by"] == "My husband, wife, or partner"
    assert rows(TOLD, caregiver=True)["Plan held by"] == "The patient's husband, wife, or partner"
    assert "Why there is no address" not in listed


def test_answers_left_open_are_told_as_not_provided_and_unasked_ones_not_at_all():
    listed = rows({})
    assert listed["Street address"] == "Not provided"
    assert "Emergency contact: name" not in listed
    assert "Apartment, unit, or building" not in listed
