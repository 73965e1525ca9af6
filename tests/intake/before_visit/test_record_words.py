"""Words of the lists of records: plain, and never those that the house does not use."""

import re

import pytest

from intake.before_visit.steps import FLOW, HINTS, HINTS_FOR_CAREGIVER
from tests.intake.before_visit.row_data import KINDS
from tests.support.reading import grade

BANNED = re.compile(r"\b(please|sorry|valid|invalid|forgot|oops)\b", re.IGNORECASE)
HARDEST = 8
# Names of tests and drugs have no plainer word
NAMES = re.compile(r"Alkaline phosphatase|ALP|calcium|albumin|dexamethasone|oxycodone|fentanyl", re.IGNORECASE)


def texts_of(kind) -> list[str]:
    """Everything that a list and its rows ask or say, sentences and questions."""
    texts = [kind.ask, kind.ask_caregiver, kind.ask_another, kind.add, kind.change, kind.remove, kind.missing]
    for field in kind.form_class.base_fields.values():
        texts += [field.label, field.help_text, *field.error_messages.values()]
    texts += [text for words in kind.form_class.for_caregiver.values() for text in words.values()]
    texts += [reveal.missing for reveal in kind.form_class.reveals.values()]
    return [str(text) for text in texts if text and len(str(text).split()) > 3]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_words_of_a_list_are_plain(kind):
    hard = {text: round(found, 1) for text in texts_of(kind) if (found := grade(NAMES.sub("it", text))) > HARDEST}
    assert hard == {}
    assert [text for text in texts_of(kind) if BANNED.search(text)] == []


def test_words_of_pages_and_sections_are_plain():
    texts = [str(step.intro) for step in FLOW.steps if step.intro]
    texts += [str(hint) for hint in (*HINTS.values(), *HINTS_FOR_CAREGIVER.values())]
    assert {text: grade(text) for text in texts if grade(text) > HARDEST} == {}
