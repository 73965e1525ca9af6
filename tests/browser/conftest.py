"""A real Chromium against a live server: both screen sizes, JavaScript on and off, axe on each page looked at."""

import os
import re
import shutil
import tempfile
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import connections

# The browser driver keeps an event loop in this thread, so Django would refuse the test's own database calls
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# A window of the browser starts processes for pop-ups of its address bar, which no test opens and which cost more than
# most pages; the others of these are what Playwright turns off, as only the last list given counts
FEATURES_OFF = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter",
    "PaintHolding", "ThirdPartyStoragePartitioning", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
]  # fmt: skip
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
    f"--disable-features={','.join(FEATURES_OFF)}",
]  # fmt: skip
PHONE = {"width": 375, "height": 812}
SMALL_PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Hidden keys, identifiers, references and numbers: another one is no other page
NEW_EACH_TIME = re.compile(r'value="[^"]{20,}"|[0-9a-f]{8}-[0-9a-f-]{27}|BMC-[0-9A-Z]{4}-[0-9A-Z]{2}|\d+')
# A page that is an answer to wrong input has such a status on purpose; the browser notes it in its console
MEANT = re.compile(r"Failed to load resource: the server responded with a status of 4(03|04|09|10|22)")


def pytest_collection_modifyitems(items):
    """Every test of this folder needs the browser; without Chromium it is skipped with that reason.

    A journey that is walked again in other clothes is thorough: `look_at` puts the hardest on every page that it sees,
    so only the walk itself is repeated.
    """
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if is_walked_again(item):
                item.add_marker(pytest.mark.thorough)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


def is_walked_again(item) -> bool:
    """Whether this is another walk of one that is walked in the first of its clothes."""
    call = getattr(item, "callspec", None)
    return call is not None and call.indices.get("clothes", 0) > 0


@pytest.fixture(scope="session")
def chromium(django_db_setup):
    """One browser for the run, with an empty profile.

    While its event loop runs, Django keeps the database connections of this thread apart from those of before and
    after. They are closed with it: one left open would stand in the way when the test database is dropped.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, tempfile.TemporaryDirectory() as profile:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=[*FLAGS, f"--crash-dumps-dir={profile}"]
        )
        yield browser
        browser.close()
        connections.close_all()


def _note_problems(page) -> None:
    page.problems = []
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(f"script error {error}"))
    page.on("requestfailed", lambda r: None if "ERR_ABORTED" in r.failure else page.problems.append(f"failed {r.url}"))


@pytest.fixture
def open_page(chromium, live_server):
    """A function that opens a fresh person's browser: open_page("/", js=False, size=PHONE, dark=True) -> Page.

    `text` is the text size of the header ("largest"); `like` is a page whose cookies the new browser gets.
    """
    cache.clear()  # what sign-in counts per address belongs to one test
    contexts = []

    def opened(path="/", *, js=True, size=PHONE, dark=False, text="", like=None):
        context = chromium.new_context(
            viewport=size, java_script_enabled=js, color_scheme="dark" if dark else "light", base_url=live_server.url
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        if like is not None:
            context.add_cookies(like.context.cookies())
        if text:
            context.add_cookies([{"name": "text_size", "value": text, "url": live_server.url}])
        context.on("page", _note_problems)
        page = context.new_page()
        page.has_scripts, page.wears_standard = js, not dark and not text
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe():
    """The accessibility checker, read from its file once.

    `seen` are the pages that it found nothing in, `dressed` the titles of those that wore the hardest clothes.
    """
    from axe_playwright_python.sync_playwright import Axe

    checker = Axe()
    checker.seen, checker.dressed = set(), set()
    return checker


@pytest.fixture
def look_at(axe):
    """Assert what every page must be: no axe finding, no sideways scroll, no console error, one h1, a title.

    axe is a script itself: where scripts are off, the same page has been seen by it with scripts on. It takes longest,
    so markup that it has passed in this run in the same clothes is not shown to it again.
    """

    def looked(page):
        if not page.has_scripts:
            return look_quickly(page)
        sight = what_axe_sees(page)
        if sight in axe.seen:
            return look_quickly(page)
        assert found_by(axe, page) == [], f"{page.url}: axe"
        if getattr(page, "wears_standard", False) and page.title() not in axe.dressed:
            axe.dressed.add(page.title())
            with hardest_clothes(page):
                assert found_by(axe, page) == [], f"{page.url}: axe, dark with the largest text on a small phone"
                assert sideways(page) <= 0, f"{page.url}: scrolls sideways with the largest text on a small phone"
        axe.seen.add(sight)
        return look_quickly(page)

    return looked


def found_by(axe, page) -> list[str]:
    """What axe objects to on the page as it stands."""
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"], "preload": False}
    if not page.evaluate("typeof axe === 'object'"):  # the script of the checker is large: once a page is enough
        page.evaluate(axe.axe_script)
    violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [f"{v['id']}: {n['target']} {n['failureSummary'][:160]}" for v in violations for n in v["nodes"]]


@contextmanager
def hardest_clothes(page):
    """The same page dark, with the largest text, on the smallest phone; then as it was."""
    size = page.viewport_size
    text = page.evaluate("document.documentElement.dataset.text")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # colors change at once
    page.set_viewport_size(SMALL_PHONE)
    page.evaluate("document.documentElement.dataset.text = 'largest'")
    yield
    page.evaluate("text => { document.documentElement.dataset.text = text }", text)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate("() => [...document.querySelectorAll('*')].map(one => getComputedStyle(one).backgroundColor).length")
    page.emulate_media(reduced_motion="no-preference")  # after the colors have changed: nothing is left to fade


def sideways(page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def what_axe_sees(page) -> tuple:
    """The markup without keys, references and numbers, how much is ticked, colors and the size of the page."""
    markup = NEW_EACH_TIME.sub("", page.content())
    state = page.evaluate(
        "[matchMedia('(prefers-color-scheme: dark)').matches, innerWidth, document.querySelectorAll(':checked').length,"
        " document.activeElement.tagName]"
    )
    return (hash(markup), *state)


def look_quickly(page) -> None:
    """What can be told of a page without axe."""
    assert page.locator("h1").count() == 1, f"{page.url}: not exactly one h1"
    own, _dash, clinic = page.title().rpartition(" - ")
    assert own, f"{page.url}: no title of its own"
    assert clinic, f"{page.url}: the title does not name the clinic"
    if page.viewport_size["width"] < 600:
        wide = sideways(page)
        assert wide <= 0, f"{page.url}: scrolls sideways by {wide} px"
    wrong = [problem for problem in page.problems if not MEANT.match(problem)]
    assert wrong == [], f"{page.url}: {wrong}"
