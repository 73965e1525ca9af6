"""What people do on the pages, in words: the journeys are written with these."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from django.core import mail

from clinic.platform.jobs.worker import run_due
from scheduling.demonstration.staff import PASSWORD
from tests.intake.factories import QUIET

BORN = ("3", "27", "1951")
# A day that is nobody's here
NOT_BORN = ("4", "2", "1960")


def where(page) -> str:
    """The path of the page that is open."""
    return urlsplit(page.url).path


def heading(page) -> str:
    """The text of the h1, spaces made single."""
    return " ".join(page.locator("h1").inner_text().split())


def go(page, locator) -> None:
    """Click what leads to another page, and wait until that page is there.

    A click alone returns as soon as the browser sets out; what looks at the page then may see the old one go.
    """
    with page.expect_navigation():
        locator.click()


def press(page, name: str, *, exact: bool = True) -> None:
    """Press the button of this name, which sends a form."""
    go(page, page.get_by_role("button", name=name, exact=exact))


def follow(page, name: str, *, exact: bool = True) -> None:
    """Follow the first link of this name in the page's own part."""
    go(page, page.locator("main").get_by_role("link", name=name, exact=exact).first)


def fill_in(page, answers: dict) -> None:
    """Answer the questions of a page: field name -> value, or a list of values of tick boxes."""
    for name, value in answers.items():
        control = page.locator(f'main [name="{name}"]')
        kind = control.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if value == "on":
            control.check()
        elif kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                page.locator(f'main [name="{name}"][value="{one}"]').check()
        elif kind.startswith("select"):
            control.select_option(value)
        else:
            control.fill(value)


def type_birth_date(page, day: tuple[str, str, str], *, name: str = "birth_date") -> None:
    """Month, day and year into their three boxes."""
    fill_in(page, {f"{name}_{part}": value for part, value in zip(("month", "day", "year"), day, strict=True)})


# Registration


def begin(page, *, filled_by: str = "patient") -> None:
    """From the home page over the start page to the first safety question."""
    follow(page, "Request an appointment")
    follow(page, "Start now")
    fill_in(page, {"filled_by": filled_by})
    press(page, "Continue")


def step_of(page) -> str:
    """The name of the page of questions that is open, or "" on other pages."""
    found = re.fullmatch(r"/register/[a-z-]+/([a-z-]+)/", where(page))
    return found[1] if found and found[1] != "answer" else ""


def answer_page(page, **changed: dict) -> None:
    """Answer the open page as somebody without any sign does, or as `changed` says (slug with _ for -)."""
    slug = step_of(page)
    fill_in(page, {name.replace("_", "-"): value for name, value in changed.items()}.get(slug, QUIET[slug]))
    press(page, "Continue")


def walk_until(page, stop: str, *, look=None, **changed: dict) -> list[str]:
    """Answer page after page up to the page `stop` ("check", or a slug), which stays open; the slugs asked."""
    asked: list[str] = []
    while not where(page).endswith(f"/{stop}/"):
        slug = step_of(page)
        assert slug, f"stuck at {page.url}: {heading(page)}"
        assert asked.count(slug) < 2, f"{slug} asks again: {page.locator('.error-summary').all_inner_texts()}"
        if look:
            look(page)
        asked.append(slug)
        answer_page(page, **changed)
    return asked


def send(page) -> str:
    """Send from check answers; the reference that the next page shows."""
    go(page, page.get_by_role("button", name=re.compile("^Send (my|the) request$")))  # a caregiver's is not "mine"
    return page.locator(".panel.confirm .mono").inner_text()


# Staff


def sign_in(page, who: str) -> None:
    """Through the password form to the worklist: who is "nurse", "coordinator" ..."""
    page.goto("/staff/")
    page.get_by_label("Email").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def open_request(page, reference: str, *, tab: str = "") -> None:
    """From the worklist to the page of a request."""
    page.goto(f"/staff/?tab={tab}" if tab else "/staff/")
    go(page, page.get_by_role("row").filter(has_text=reference).get_by_role("link").first)


# Messages


def link_of_newest_message() -> str:
    """Send what is queued; the path of the link in the newest mail that has one."""
    run_due()
    for message in reversed(mail.outbox):
        with suppress(AttributeError):
            return urlsplit(re.search(r"https?://\S+/my/\S+", message.body)[0]).path
    raise AssertionError(f"no link in {len(mail.outbox)} messages")
