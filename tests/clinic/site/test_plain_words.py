"""Every public page for patients reads plainly: all the words of its own part, headings and buttons among them."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.education.actions import load_starters
from clinic.education.reading import HIGHEST_GRADE, TARGET_GRADE, grade
from clinic.education.sitemap import PAGES as LISTED
from scheduling.demonstration.reading import add_reading
from tests.factories import a_clinic

# for clinicians; words with their own test; articles, each read by its own test
ELSEWHERE = {"/refer/", "/learn/words/"}
FORMAL = {"/privacy/", "/nondiscrimination/"}  # notices whose contents the law names: below the highest grade
PAGES = [
    "/", "/get-help-now/", "/contact/", "/your-visit/", "/our-team/", "/accessibility/", "/preferences/",
    "/request-an-appointment/", "/learn/", "/learn/questions/", "/clinical-trials/", "/outside-help/", "/search/",
    "/search/?q=zzzz", "/ask-a-nurse/", "/call-me-back/", "/ask-a-nurse/details/", "/learn/tests/helpful/?said=no",
    "/no-such-page/", *sorted(FORMAL),
]  # fmt: skip
ENDS = {"p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "label", "legend", "button", "option", "td", "th", "div", "a"}
BLOCKS = ENDS - {"a"}

pytestmark = pytest.mark.django_db


class Words(HTMLParser):
    """The words of <main>; each block is a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.said = 0, []

    def handle_starttag(self, tag, attrs):
        self.depth += tag == "main"

    def handle_endtag(self, tag):
        self.depth -= tag == "main"
        if tag in BLOCKS and self.said and not self.said[-1].rstrip().endswith((".", "?", "!", ":", ";")):
            self.said.append(". ")

    def handle_data(self, data):
        if self.depth:
            self.said.append(data)


def words_of(html: str) -> str:
    """What a person reads in the page's own part, telephone numbers left out."""
    reader = Words()
    reader.feed(html)
    text = re.sub(r"\s+", " ", "".join(reader.said))
    return re.sub(r"\d{3}-\d{3}-\d{4}|(\. ){2,}", ". ", text)


@pytest.fixture
def site():
    """A clinic with all there is to read."""
    a_clinic()
    load_starters(now=timezone.now(), publish=True)
    add_reading(timezone.localdate())


@pytest.mark.parametrize("path", PAGES)
def test_page_reads_plainly(site, client, path):
    text = words_of(client.get(path).content.decode())
    assert len(text.split()) >= 8
    level = grade(text)
    assert level <= (HIGHEST_GRADE if path in FORMAL else TARGET_GRADE), (level, text)


def test_these_are_all_pages_for_patients():
    assert {reverse(name) for name in LISTED} - ELSEWHERE <= set(PAGES)
