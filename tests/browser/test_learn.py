"""Pages to read, in the clothes that people wear: every page by axe, a word by keyboard, search with scripts off."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.education.actions import load_starters
from clinic.education.starter import starter_articles
from scheduling.demonstration.reading import add_reading
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import press

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLES = [f"/learn/{one.slug}/" for one in starter_articles() if one.slug != "questions"]
REST = ["/learn/", "/learn/words/", "/learn/questions/", "/clinical-trials/", "/outside-help/"]
REST += [f"/search/?q={words}" for words in ("night+pain", "radiaton", "suicide")]
CLOTHES = [
    {"text": "standard", "dark": False, "size": DESKTOP},
    {"text": "largest", "dark": True, "size": SMALL_PHONE},
]


@pytest.fixture
def library(live_server):
    """The starter texts, published."""
    load_starters(now=timezone.now(), publish=True)
    add_reading(timezone.localdate())


@pytest.mark.parametrize("clothes", CLOTHES, ids=["standard", "dark, largest, 320 px"])
def test_every_page_to_read_is_accessible(library, open_page, look_at, clothes):
    page = open_page("/learn/", **clothes)
    few = clothes["text"] == "standard"  # the template is the same: every text is looked at once
    for path in [*REST, *ARTICLES[5:8]] if few else [*REST, *ARTICLES]:
        page.goto(path)
        look_at(page)


@pytest.mark.parametrize("js", [True, False], ids=["with script", "without script"])
def test_word_opens_by_keyboard_and_closes_with_escape(library, open_page, look_at, js):
    page = open_page("/learn/spinal-cord-compression/", size=PHONE, js=js)
    word = page.get_by_role("button", name="spinal cord", exact=True)
    meaning = page.locator("#word-spinal-cord")
    expect(meaning).to_be_hidden()
    word.focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    expect(meaning).to_contain_text("The bundle of nerves inside the backbone.")
    look_at(page)
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()


def test_somebody_finds_a_page_and_the_nurse_without_script(library, open_page):
    page = open_page("/", js=False)
    page.get_by_role("link", name="Learn", exact=True).click()
    page.get_by_label("Search these pages").fill("bone mets")
    press(page, "Search")
    page.get_by_role("link", name="What is bone metastasis?").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Call the nurse line if:")).to_be_visible()
