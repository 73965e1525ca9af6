"""The starter texts: every article and word is there, carries its facts, reads plainly, and names nobody else."""

import re

import pytest

from clinic.education.reading import TARGET_GRADE, grade
from clinic.education.render import figure_names
from clinic.education.starter import starter_articles, starter_words
from clinic.education.text import plain, problems_of, read

ARTICLES = starter_articles()
BY_SLUG = {one.slug: one for one in ARTICLES}
ADDRESSES = {f"/learn/{one.slug}/" for one in ARTICLES}
# what each article must carry, as the outline lists it: a pattern for each fact
FACTS = {
    "what-is-bone-metastasis": [r"break away", r"lung cancer", r"primary bone cancer", r"rare", r"lungs and the liver"],
    "which-cancers-and-bones": [
        r"Prostate, breast and lung", r"nearly any cancer", r"spine", r"pelvis", r"femur", r"humerus", r"ribs",
        r"skull", r"170,000", r"500,000", r"1999", r"330,000",
    ],
    "signs-and-symptoms": [
        r"no signs", r"first sign that they have cancer", r"arthritis", r"come and go", r"even when you rest",
        r"Not all bone pain", r"numb around your bottom", r"other new weakness or numbness: call today",
    ],
    "bone-pain": [
        r"at the spot", r"spread to the area", r"at night", r"ease with rest", r"slowly gets stronger",
        r"not under control with the medicine you have: call today",
    ],
    "weak-bones-and-fracture": [
        r"too much force", r"impending fracture", r"safe", r"More breaks can come", r"found early",
    ],
    "spinal-cord-compression": [
        r"squeeze", r"weak or numb legs", r"tingling", r"numb belly", r"medical emergency", r"12 to 24 hours",
        r"steroid", r"private parts", r"can no longer walk", r"other new weakness or numbness", r"cannot pee at all",
    ],
    "high-calcium": [
        r"very tired", r"weak muscles", r"sore muscles", r"pass stool", r"peeing often", r"very thirsty", r"not hungry",
        r"sick to your stomach", r"throwing up", r"confused", r"coma", r"kidneys", r"fluids through a vein",
        r"bisphosphonate", r"three or more of the signs", r"two of the signs",
    ],
    "tests": [
        r"Bone scan", r"X-ray", r"CT scan", r"PET scan", r"MRI", r"tumor marker", r"biopsy", r"pathologist", r"disk",
        r"pregnant", r"implant",
    ],
    "treatment-choices": [
        r"less pain", r"quality of life", r"fewer breaks", r"Radiation", r"Chemotherapy", r"Hormone", r"Surgery",
        r"Radiopharmaceuticals", r"Bisphosphonates", r"steroids", r"100\.4",
    ],
    "living-with-bone-metastasis": [r"cannot be cured", r"live many years", r"safe", r"dentist", r"travel", r"mood"],
    "your-visit": [
        r"several opinions", r"studies", r"check in", r"medicines", r"five and a half", r"interpreter",
        r"talk about your scans before you come", r"after one week and again after four weeks",
        r"interventional radiologist", r"within two working days",
    ],
    "research-and-trials": [r"small blood vessels", r"Many studies", r"never stop one for a trial"],
    "for-referring-clinicians": [
        r"No biopsy", r"stability", r"report possible signs at once", r"within 15 minutes", r"Within 4 open hours",
        r"Within 14 days",
    ],
}  # fmt: skip
QUESTIONS = ["What is", "How common", "signs", "causes", "find it", "treated", "outlook"]
NOT_OURS = re.compile(r"AnswerLine|Rogel|any other cancer hospital")


@pytest.mark.parametrize("slug", FACTS)
def test_article_carries_every_listed_fact(slug):
    text = f"{BY_SLUG[slug].summary}\n{BY_SLUG[slug].text}"
    assert [fact for fact in FACTS[slug] if not re.search(fact, text)] == []


def test_there_are_thirteen_articles_and_the_questions():
    assert set(BY_SLUG) == {*FACTS, "questions"}
    assert [one.position for one in ARTICLES][:13] == list(range(1, 14))


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: one.slug)
def test_article_has_no_problem_a_reviewer_would_send_back(one):
    problems = problems_of(
        title=one.title,
        summary=one.summary,
        text=one.text,
        figures=figure_names(),
        addresses=ADDRESSES | {"/learn/words/", "/contact/"},
        is_for_patients=one.audience == "patient",
    )
    assert problems == []


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: one.slug)
def test_article_reads_at_grade_six_or_below(one):
    level = grade(plain(one.text))
    assert level <= TARGET_GRADE
    for section in read(one.text).sections:  # no long stretch hides behind short lists
        if one.audience == "patient" and len(section.text.split()) > 40:
            assert grade(plain(section.text)) <= 8, section.heading


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: one.slug)
def test_article_names_every_source_and_leads_on(one):
    parts = read(one.text)
    assert {mark for mark, _words in parts.sources} >= parts.marks
    if one.slug != "questions":
        assert parts.marks, "a fact without a source"
    assert set(one.related) <= set(BY_SLUG) - {one.slug}
    assert one.related


def test_nothing_of_the_institutions_read_is_taken_over():
    for one in ARTICLES:
        before_sources = one.text.split("## Sources")[0]
        assert not NOT_OURS.search(one.text)
        assert not re.search(r"Michigan|Moffitt", before_sources)
        assert not re.search(r"\btumour|\bfibre|\bcentre\b|orthopaedic(?! Association)", before_sources)


def test_the_seven_classic_questions_are_answered():
    headings = [section.heading for section in read(BY_SLUG["questions"].text).sections]
    assert [word for word in QUESTIONS if not any(word in heading for heading in headings[:7])] == []


def test_every_figure_is_shown_somewhere():
    assert {name for one in ARTICLES for name in read(one.text).figures} == figure_names()


def test_there_are_at_least_forty_words_and_all_are_plain():
    words = starter_words()
    assert len(words) >= 40
    assert len({one.term.lower() for one in words}) == len(words)
    for one in words:
        assert one.say_like, one.term
        assert one.definition[0].isupper()
        assert not one.definition.endswith(".")
        assert grade(f"{one.definition}.") <= 10, one.term  # a line of a few words: the score is coarse
