"""What the one script adds, and what stays when there is none."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import press

SMALL = {"width": 320, "height": 700}
INFORMATION = ["/", "/get-help-now/", "/contact/", "/accessibility/", "/privacy/", "/preferences/"]
FORMS = ["/request-an-appointment/", "/register/who/", "/resume/", "/staff/sign-in/"]
PAGES = INFORMATION + FORMS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.thorough  # the page wears it in the test below, too: here the button is pressed on each
@pytest.mark.parametrize("path", PAGES)
def test_largest_text_on_the_smallest_phone_never_scrolls_sideways(open_page, path):
    page = open_page(path, size=SMALL)
    page.get_by_role("button", name="Largest text size").click()
    expect(page.locator("html")).to_have_attribute("data-text", "largest")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("path", PAGES)
def test_public_page_is_accessible(open_page, look_at, path):
    look_at(open_page(path))


def test_text_size_changes_in_place_and_is_announced(open_page):
    page = open_page("/contact/")
    with page.expect_response("**/preferences/text-size/"):
        page.get_by_role("button", name="Large text size").click()
    expect(page.locator("html")).to_have_attribute("data-text", "large")
    expect(page.locator("#status")).to_have_text("Large text size")
    page.goto("/privacy/")
    assert page.locator("html").get_attribute("data-text") == "large"


def test_text_size_works_without_script(open_page):
    page = open_page("/contact/", js=False)
    press(page, "Largest text size")
    assert page.url.endswith("/contact/")
    assert page.locator("html").get_attribute("data-text") == "largest"


def test_error_summary_has_the_focus_and_leads_to_the_first_answer(open_page):
    page = open_page("/register/who/")
    press(page, "Continue")
    page.locator("[data-error-summary]:focus").wait_for()
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.type") == "radio"


def test_print_button_is_shown_only_where_it_works(open_page):
    assert open_page("/get-help-now/").get_by_role("button", name="Print this page").is_visible()
    assert not open_page("/get-help-now/", js=False).get_by_role("button", name="Print this page").is_visible()
