"""A real Chromium against a live server: both screen sizes, JavaScript on and off, axe on each page looked at."""

import os
import shutil
import tempfile

import pytest

# The browser driver keeps an event loop in this thread, so Django would refuse the test's own database calls
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
]  # fmt: skip
PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items):
    """Every test of this folder needs the browser; without Chromium it is skipped with that reason."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium():
    """One browser for the run, with an empty profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, tempfile.TemporaryDirectory() as profile:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=[*FLAGS, f"--crash-dumps-dir={profile}"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """A function that opens a fresh person's browser: open_page("/", js=False, size=PHONE, dark=True) -> Page."""
    contexts = []

    def opened(path="/", *, js=True, size=PHONE, dark=False):
        context = chromium.new_context(
            viewport=size, java_script_enabled=js, color_scheme="dark" if dark else "light", base_url=live_server.url
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.problems = []
        page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
        page.on("requestfailed", lambda r: page.problems.append(f"failed {r.url}"))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def look_at():
    """Assert what every page must be: no axe finding, no sideways scroll, no console error, one h1, a unique title."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    wanted = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    }

    def looked(page):
        found = axe.run(page, options=wanted).response["violations"]
        told = [f"{v['id']}: {n['target']} {n['failureSummary'][:120]}" for v in found for n in v["nodes"]]
        assert told == [], f"{page.url}: axe found {told}"
        assert page.locator("h1").count() == 1, f"{page.url}: not exactly one h1"
        if page.viewport_size["width"] < 600:
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{page.url}: scrolls sideways by {wide} px"
        csp = [p for p in page.problems if "Content Security Policy" in p or "failed " in p]
        assert csp == [], f"{page.url}: {csp}"

    return looked
