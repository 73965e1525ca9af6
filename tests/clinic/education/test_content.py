"""All that is kept as text in the repository: every number, address and link of it, whoever wrote it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from clinic.education.reading import HIGHEST_GRADE, grade
from clinic.education.starter import starter_articles, starter_words
from clinic.education.text import KEY_POINTS_FEWEST, KEY_POINTS_MOST, LONGEST_SUMMARY, read
from scheduling.demonstration.reading import HELP, TRIALS

ARTICLES = starter_articles()
TELEPHONE = re.compile(r"(?<![\d/])(?:1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)")
KEPT = [
    *sorted((settings.BASE_DIR / "templates").rglob("*.html")),
    *sorted((settings.BASE_DIR / "templates").rglob("*.txt")),
    *sorted(path for path in (settings.BASE_DIR / "clinic" / "education" / "content").rglob("*") if path.is_file()),
]


def test_no_page_article_or_message_names_a_telephone_number_of_its_own():
    found = {path.name: TELEPHONE.findall(path.read_text(encoding="utf-8")) for path in KEPT}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}


def test_demonstration_names_only_numbers_kept_for_fiction():
    for number in (phone for *_rest, phone in HELP):
        assert re.fullmatch(r"202-555-01\d\d", number)


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: one.slug)
def test_article_has_all_its_parts(one):
    parts = read(one.text)
    assert one.title
    assert len(one.summary) <= LONGEST_SUMMARY
    assert KEY_POINTS_FEWEST <= len(parts.key_points) <= KEY_POINTS_MOST
    assert parts.sections
    assert parts.calls
    assert parts.sources
    if one.audience == "patient" and one.slug != "questions":
        assert parts.ask, "questions to ask your team"
        assert sum(section.heading.endswith("?") for section in parts.sections) >= len(parts.sections) / 2


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: one.slug)
def test_every_link_of_an_article_leads_to_a_page(one):
    for link in read(one.text).links:
        if link.startswith("https://"):
            continue
        path, _hash, anchor = link.partition("#")
        try:
            resolve(path)
        except Resolver404:
            pytest.fail(f"{one.slug} links to {link}")
        slug = path.removeprefix("/learn/").strip("/")
        if path.startswith("/learn/") and slug and slug not in ("words", "questions"):
            target = next((other for other in ARTICLES if other.slug == slug), None)
            assert target, link
            assert not anchor or anchor in {section.anchor for section in read(target.text).sections}, link


@pytest.mark.parametrize(("number", "title", "summary", "fits"), [row[:4] for row in TRIALS])
def test_trial_of_the_demonstration_reads_plainly_and_has_a_number(number, title, summary, fits):
    assert re.fullmatch(r"NCT\d{8}", number)
    for text in (title + ".", summary, fits):
        assert grade(text) <= HIGHEST_GRADE + 2 * (len(text.split()) < 12), text


def test_figures_have_a_text_for_who_does_not_see_them():
    for path in sorted(Path(settings.BASE_DIR, "templates", "education", "figures").glob("*.html")):
        svg = path.read_text(encoding="utf-8")
        assert 'role="img"' in svg, path.name
        assert re.search(r"<title[^>]*>[^<]{5,}", svg), path.name
        assert re.search(r"<desc[^>]*>[^<]{30,}|<figcaption>[^<]{0,9}.{20,}", svg, re.DOTALL), path.name
        assert re.search(r'viewBox="[-\d. ]+"', svg), path.name  # its place is kept: nothing jumps


def test_words_name_each_other_only_when_they_exist():
    words = {one.term.lower() for one in starter_words()}
    also = [other.strip().lower() for one in starter_words() for other in one.also.split(",") if other.strip()]
    assert not words.intersection(also)  # one word, one meaning
    assert len(also) == len(set(also))
