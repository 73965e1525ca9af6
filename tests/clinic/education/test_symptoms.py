"""The signs an article is about: in plain words, the keys of real questions, each with pages behind it."""

import re

import pytest

from clinic.education.reading import grade
from clinic.education.search import search
from clinic.education.starter import starter_articles
from clinic.education.symptoms import SYMPTOMS, related_symptoms
from intake.before_visit.steps import FLOW as BEFORE_VISIT
from intake.registration.steps import FLOW
from intake.symptoms.questions import find_question

NOT_ASKED_OF_PATIENTS = {"ref_findings"}  # the referring clinician's own


def test_every_key_of_the_starter_texts_is_one_that_somebody_is_asked():
    asked = {key for flow in (FLOW, BEFORE_VISIT) for step in flow.steps for key in step.keys}
    keys = {key for one in starter_articles() for key in one.keys}
    assert {key for key in keys - NOT_ASKED_OF_PATIENTS if key not in asked and not find_question(key)} == set()


def test_every_sign_is_a_question_of_the_intake():
    assert [key for key in SYMPTOMS if find_question(key) is None] == []


@pytest.mark.parametrize("key", SYMPTOMS)
def test_sign_leads_to_pages_about_it(library, key):
    words, query = SYMPTOMS[key]
    assert search(query).hits, query
    assert grade(f"{words}.") <= 10  # a few words: the score is coarse


def test_signs_with_the_same_words_are_named_once_and_other_keys_not_at_all():
    assert [one.text for one in related_symptoms(["pain_worst", "imaging", "pain_average", "fever"])] == [
        "Strong pain",
        "Fever",
    ]


def test_article_names_its_signs_and_leads_to_a_nurse(client, library):
    html = client.get("/learn/spinal-cord-compression/").content.decode()
    section = re.search(r'<section class="related-symptoms".*?</section>', html, re.DOTALL).group(0)
    assert section.count("<li>") == 6
    assert 'href="/search/?q=weak%20legs"' in section
    assert 'href="/ask-a-nurse/?topic=symptoms"' in section
    assert "related-symptoms" not in client.get("/learn/what-is-bone-metastasis/").content.decode()
