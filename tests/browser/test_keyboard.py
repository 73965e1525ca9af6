"""Everything works from the keyboard, and focus goes where the eyes must go."""

from playwright.sync_api import expect

from tests.browser.clinic_day import a_sent_request, open_the_clinic
from tests.browser.conftest import DESKTOP
from tests.browser.steps import begin, open_request, press, sign_in, where


def focused(page) -> dict:
    """What has the focus: tag, name, value and text."""
    return page.evaluate(
        "(e => ({tag: e.tagName, name: e.name || '', value: e.value || '', id: e.id,"
        " text: e.textContent.trim(), summary: 'errorSummary' in e.dataset}))(document.activeElement)"
    )


def tab_to(page, *, most: int = 40, **wanted: str) -> None:
    """Press Tab until what has the focus is `wanted`, and is seen to have it."""
    for _turn in range(most):
        page.keyboard.press("Tab")
        found = focused(page)
        if all(found[key] == value for key, value in wanted.items()):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{wanted} was not reached; the focus is on {found}")


def test_skip_link_comes_first_and_leads_to_the_page(open_page):
    page = open_page("/", size=DESKTOP)
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "Skip to main content"
    page.keyboard.press("Enter")
    assert focused(page)["id"] == "main"


def test_safety_question_is_answered_by_keyboard(open_page):
    # given the first question, with tick boxes, of which "None of these" stands alone
    page = open_page("/")
    begin(page)
    tab_to(page, name="acute_general", value="chest_pain")
    page.keyboard.press("Space")
    tab_to(page, name="acute_general", value="none")
    page.keyboard.press("Space")
    boxes = page.locator('[name="acute_general"]:checked')
    assert [box.get_attribute("value") for box in boxes.all()] == ["none"]
    tab_to(page, tag="BUTTON", text="Continue")
    page.keyboard.press("Enter")

    # when a question with radio buttons is answered by an arrow key, the page that follows is the next one
    page.wait_for_url("**/leg-weakness/")
    tab_to(page, name="leg_weakness")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/arm-weakness/")


def test_error_summary_has_the_focus_and_leads_to_the_wrong_control(open_page):
    page = open_page("/register/who/")
    press(page, "Continue")
    page.locator("[data-error-summary]:focus").wait_for()
    assert page.title().startswith("Error: ")
    assert focused(page)["summary"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page)["name"] == "filled_by"
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/acute-general/")


def test_review_is_done_by_keyboard(open_page):
    # given a nurse at the review of a request
    open_the_clinic()
    wanted = a_sent_request()
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    open_request(page, wanted.reference)
    tab_to(page, tag="BUTTON", text="Take")
    page.keyboard.press("Enter")
    page.get_by_text("You hold this request", exact=True).wait_for()
    tab_to(page, tag="A", text="Review")
    page.keyboard.press("Enter")

    # when the review is sent without a decision, its link leads to the decision
    page.wait_for_url("**/triage/")
    tab_to(page, tag="BUTTON", text="Save the review", most=60)
    page.keyboard.press("Enter")
    page.locator("[data-error-summary]:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page)["name"] == "disposition"

    # then arrows and Space decide, and the reason is typed
    for _step in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert page.locator('[name="disposition"]:checked').get_attribute("value") == "routine"
    tab_to(page, name="reason")
    page.keyboard.type("As computed.")
    tab_to(page, tag="BUTTON", text="Save the review")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/requests/{wanted.reference}/")
    assert where(page) == f"/staff/requests/{wanted.reference}/"
    wanted.refresh_from_db()
    assert wanted.reviewed_at is not None


def test_text_size_changes_without_loading_and_is_kept(open_page):
    page = open_page("/contact/", size=DESKTOP)
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    with page.expect_response("**/preferences/text-size/"):
        tab_to(page, tag="BUTTON", value="largest")
        page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("Largest text size")
    page.reload()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > before * 1.3
