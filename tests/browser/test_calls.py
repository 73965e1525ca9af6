"""A caller with new symptoms, in the browser: from the list of calls to the call that reaches them, by keyboard."""

import pytest

from clinic.accounts.models import User
from intake.models import Alert
from scheduling.demonstration import staff
from tests.browser.conftest import DESKTOP, SMALL_PHONE
from tests.browser.steps import go, heading, sign_in, where
from tests.browser.test_keyboard import tab_to
from tests.scheduling.staff_rows import a_patient_row, a_row

HARDEST = {"text": "largest", "dark": True, "size": SMALL_PHONE}


@pytest.fixture
def nurse(transactional_db):
    staff.make_staff()
    return User.objects.get(email="nurse@example.org")


def enter(page, **where_to) -> None:
    """Go there with Tab and press Enter; the page that follows is loaded."""
    tab_to(page, most=80, **where_to)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_caller_with_an_emergency_is_taken_down_and_reached_by_keyboard(open_page, look_at, nurse):
    wanted = a_row(patient=a_patient_row("Rosa", "Vega"))
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")

    # the list of calls leads to the request, that to the questions
    enter(page, tag="A", text="Calls 1")
    look_at(page)
    enter(page, tag="A", text="Rosa Vega")
    enter(page, tag="A", text="New symptoms told by phone")
    look_at(page)
    enter(page, tag="BUTTON", text="Start the questions")
    assert page.get_by_text(f"Patient: Rosa Vega, {wanted.reference}.").is_visible()
    look_at(page)

    # an answer that is an emergency shows at once what to read aloud
    tab_to(page, name="acute_general", most=60)
    page.keyboard.press("Space")
    enter(page, tag="BUTTON", text="Continue")
    assert where(page).endswith("/new-symptoms/emergency/")
    assert page.get_by_text("Read this page aloud now, word for word.").is_visible()
    look_at(page)

    # back at the request: it waits for somebody, who takes it on and logs the call
    page.goto(f"/staff/requests/{wanted.reference}/")
    enter(page, tag="A", text="Open the emergency")
    enter(page, tag="BUTTON", text="Acknowledge: I call this person")
    look_at(page)
    tab_to(page, name="reached", most=60)
    page.keyboard.press("Space")
    enter(page, tag="BUTTON", text="Save the call")
    alert = Alert.objects.get()
    assert (alert.outcome, alert.acknowledged_by) == ("reached", nurse)


def test_calls_and_the_short_form_without_scripts_on_a_small_phone(open_page, look_at, nurse):
    a_row(patient=a_patient_row("Rosa", "Vega"))
    page = open_page("/staff/to-call/", js=False, **HARDEST)
    sign_in(page, "nurse")
    page.goto("/staff/to-call/")
    assert heading(page) == "Calls"
    look_at(page)
    go(page, page.get_by_role("link", name="Rosa Vega"))
    go(page, page.get_by_role("link", name="New symptoms told by phone"))
    look_at(page)
    go(page, page.get_by_role("button", name="Start the questions"))
    assert where(page).endswith("/acute-general/")
    look_at(page)
