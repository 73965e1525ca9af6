"""The public site as a reader's browser sees it: nothing jumps, little is sent, and every page leads on."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.education.actions import load_starters
from clinic.education.models import HelpfulCount
from scheduling.demonstration.reading import add_reading
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import follow, go, heading, press, where
from tests.factories import a_clinic

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = [
    "/", "/get-help-now/", "/contact/", "/your-visit/", "/our-team/", "/refer/", "/request-an-appointment/",
    "/learn/", "/learn/spinal-cord-compression/", "/learn/your-visit/", "/learn/words/", "/clinical-trials/",
]  # fmt: skip
UNSEEN = 0.001  # a page that comes in two pieces may settle by part of a pixel; 0.1 is what counts as good
SHIFTS = """() => new Promise(done => {
  let moved = 0
  const watch = new PerformanceObserver(list => list.getEntries().forEach(one => { moved += one.value }))
  watch.observe({type: 'layout-shift', buffered: true})
  requestAnimationFrame(() => setTimeout(() => done(moved), 150))
})"""
SENT = """() => performance.getEntries().filter(e => 'transferSize' in e)
  .map(e => [e.name, [e.encodedBodySize, e.decodedBodySize]])"""
MOST_FILES = 6  # how many bytes they have: tests/clinic/site/test_public_pages.py


@pytest.fixture
def library(live_server):
    """The starter texts, a team, trials and outside help."""
    a_clinic()
    load_starters(now=timezone.now(), publish=True)
    add_reading(timezone.localdate())


@pytest.mark.parametrize("size", [PHONE, pytest.param(DESKTOP, marks=pytest.mark.thorough)], ids=["phone", "desktop"])
def test_nothing_jumps_and_little_is_sent(library, open_page, size):
    for path in PAGES:
        page = open_page(path, size=size)  # a fresh browser: nothing is kept from the page before
        assert page.evaluate(SHIFTS) < UNSEEN, path
        sent = dict(page.evaluate(SENT))
        assert 3 <= len(sent) <= MOST_FILES, sent
        encoded, decoded = sent[page.url]
        assert encoded < decoded / 2  # the page came compressed
        hosts = {name.split("/")[2] for name in sent}
        assert hosts == {page.url.split("/")[2]}  # nobody else learns what is read
        page.context.close()


@pytest.mark.parametrize("js", [True, False], ids=["with script", "without script"])
def test_reader_says_whether_a_page_helped_and_is_led_on(library, open_page, look_at, js):
    page = open_page("/learn/bone-pain/", js=js)
    go(page, page.get_by_role("button", name="No, it was not helpful"))
    assert heading(page) == "Thank you"
    assert HelpfulCount.objects.get().no == 1
    look_at(page)
    follow(page, "Ask a nurse")
    assert where(page) == "/ask-a-nurse/"
    page.goto("/learn/questions/")
    go(page, page.get_by_role("button", name="Yes, it was helpful"))
    look_at(page)
    follow(page, "All pages to read")
    assert where(page) == "/learn/"


def test_lost_reader_searches_without_script_dark_with_the_largest_text(library, open_page, look_at):
    page = open_page("/lern/", js=False, dark=True, text="largest", size=SMALL_PHONE)
    look_at(page)
    page.get_by_label("Search these pages").fill("back pain at nite")
    press(page, "Search")
    look_at(page)
    assert heading(page).startswith("Search results for")
    page.goto("/search/?q=back+pain")
    follow(page, "Bone pain and how to describe it", exact=False)
    assert where(page).startswith("/learn/")


def test_reader_follows_a_sign_and_tells_a_nurse(library, open_page, look_at):
    page = open_page("/learn/spinal-cord-compression/", dark=True)
    follow(page, "Read more about: Weak legs")
    assert page.locator(".hits li").count() >= 1
    look_at(page)
    page.go_back()
    follow(page, "Tell a nurse")
    assert page.locator('[name="topic"][value="symptoms"]').is_checked()
    look_at(page)


def test_printed_article_has_its_text_and_nothing_to_press(library, open_page):
    page = open_page("/learn/spinal-cord-compression/", size=DESKTOP)
    page.emulate_media(media="print")
    for gone in ("nav.nav", ".text-size", ".page-tools", ".helpful", ".to-top", ".related-symptoms", ".on-this-page"):
        expect(page.locator(gone).first).to_be_hidden()
    for kept in ("h1", ".key-points", "#call-emergency", "#call-nurse", ".ask", ".sources", ".reviewed", ".figure"):
        expect(page.locator(kept).first).to_be_visible()
    assert page.pdf(format="Letter").startswith(b"%PDF")


def test_text_size_is_changed_on_the_page_that_is_open_and_kept(library, open_page, look_at):
    page = open_page("/learn/bone-pain/", js=False, size=SMALL_PHONE)
    press(page, "Largest text size")
    assert where(page) == "/learn/bone-pain/"
    assert page.locator("html").get_attribute("data-text") == "largest"
    page.goto("/learn/")
    assert page.locator("html").get_attribute("data-text") == "largest"
    look_at(page)
