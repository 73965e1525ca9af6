"""What the one script adds, and what stays when there is none."""

import pytest

SMALL = {"width": 320, "height": 700}
INFORMATION = ["/", "/get-help-now/", "/contact/", "/accessibility/", "/privacy/", "/preferences/"]
FORMS = ["/request-an-appointment/", "/register/who/", "/resume/", "/staff/sign-in/"]
PAGES = INFORMATION + FORMS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("path", PAGES)
def test_largest_text_on_the_smallest_phone_never_scrolls_sideways(open_page, path):
    page = open_page(path, size=SMALL)
    page.get_by_role("button", name="Largest text size").click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_public_page_is_accessible(open_page, look_at, path, dark):
    look_at(open_page(path, dark=dark))


def test_text_size_changes_in_place_and_is_announced(open_page):
    page = open_page("/contact/")
    page.get_by_role("button", name="Large text size").click()
    assert page.locator("html").get_attribute("data-text") == "large"
    assert page.locator("#status").text_content() == "Large text size"
    page.goto("/privacy/")
    assert page.locator("html").get_attribute("data-text") == "large"


def test_text_size_works_without_script(open_page):
    page = open_page("/contact/", js=False)
    page.get_by_role("button", name="Largest text size").click()
    assert page.url.endswith("/contact/")
    assert page.locator("html").get_attribute("data-text") == "largest"


def test_error_summary_has_the_focus_and_leads_to_the_first_answer(open_page):
    page = open_page("/register/who/")
    page.get_by_role("button", name="Continue").click()
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.type") == "radio"


def test_print_button_is_shown_only_where_it_works(open_page):
    assert open_page("/get-help-now/").get_by_role("button", name="Print this page").is_visible()
    assert not open_page("/get-help-now/", js=False).get_by_role("button", name="Print this page").is_visible()
