"""An emergency by keyboard alone: from the banner over the calls to the review; a sign-in lost in its middle."""

from importlib import import_module

import pytest
from django.conf import settings

from clinic.sign_in.middleware import SEEN
from intake.models import Alert, BeforeVisit
from scheduling.follow_up.models import Letter
from scheduling.models import AppointmentRequest
from tests.browser.clinic_day import a_sent_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, follow, heading, press, sign_in, where
from tests.browser.test_keyboard import focused, tab_to

CLOTHES = [
    {"js": True, "size": DESKTOP},
    {"js": False, "size": PHONE},
    {"js": True, "size": SMALL_PHONE, "dark": True, "text": "largest"},
]
NAMES = ["desktop", "phone, no scripts", "dark, largest, 320 px"]
CONTACT = {
    "emergency_contact": "yes",
    "emergency_contact_name": "Rosa Diaz",
    "emergency_contact_relation": "sibling",
    "emergency_contact_phone": "+12025550144",
}


@pytest.fixture
def alarmed(transactional_db) -> AppointmentRequest:
    """A request with an emergency that nobody has taken on, as sending leaves it."""
    open_the_clinic()
    wanted = a_sent_request(bowel_change="no_control")
    BeforeVisit.objects.update_or_create(
        report=wanted.report, defaults={"answers": CONTACT, "steps_done": ["emergency-contact"]}
    )
    return wanted


def nurse_page(open_page, clothes, who="nurse"):
    page = open_page("/staff/", **clothes)
    sign_in(page, who)
    return page


def test_emergency_is_taken_on_called_and_reviewed_by_keyboard(open_page, look_at, alarmed):
    # given a nurse on whose page an emergency shows
    alert = Alert.objects.get()
    page = nurse_page(open_page, {"size": DESKTOP})
    tab_to(page, tag="A", text=page.locator(".alert-banner a").first.inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/alerts/**")

    # when she takes it on and writes down three calls in vain
    tab_to(page, tag="BUTTON", text="Acknowledge: I call this person")
    page.keyboard.press("Enter")
    page.get_by_text("You have this alert. Call the person now.").wait_for()
    for number in range(3):
        tab_to(page, name="reached")
        page.keyboard.press("ArrowDown")
        tab_to(page, tag="BUTTON", text="Save the call")
        page.keyboard.press("Enter")
        page.locator(".calls > li").nth(number).wait_for()

    # then the page says whom to call now, and keeps that she did
    assert "Rosa Diaz" in page.locator(".unreached").inner_text()
    look_at(page)
    tab_to(page, name="note")
    page.keyboard.type("Her sister is with her.")
    tab_to(page, tag="BUTTON", text="Emergency contact called")
    page.keyboard.press("Enter")
    page.get_by_text("Saved with its time.").wait_for()

    # and once the person is reached, the review says where she goes, with a letter
    tab_to(page, name="reached")
    page.keyboard.press("Space")
    tab_to(page, tag="BUTTON", text="Save the call")
    page.keyboard.press("Enter")
    page.get_by_text("the person was reached").first.wait_for()
    tab_to(page, tag="A", text=alarmed.reference)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{alarmed.reference}/")
    tab_to(page, tag="A", text="Review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/triage/")
    tab_to(page, name="disposition")
    page.keyboard.press("Space")
    assert focused(page)["value"] == "emergency"
    tab_to(page, name="letter")
    page.keyboard.press("Space")
    for _step in range(4):
        page.keyboard.press("ArrowDown")
    assert focused(page)["value"] == "emergency_department"
    tab_to(page, tag="BUTTON", text="Save the review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/letters/**")

    alert.refresh_from_db()
    alarmed.refresh_from_db()
    assert (alert.outcome, alarmed.status) == ("reached", "redirected_to_ed")
    assert Letter.objects.get().template == "emergency_department"


@pytest.mark.parametrize("clothes", CLOTHES, ids=NAMES)
def test_pages_of_an_emergency_look_right(open_page, look_at, alarmed, clothes):
    page = nurse_page(open_page, clothes)
    look_at(page)
    for path in ("/staff/alerts/", "/staff/nowhere/"):
        page.goto(path)
        assert "1 emergency alert" in page.locator(".alert-banner").inner_text()
        look_at(page)
    page.goto(f"/staff/alerts/{Alert.objects.get().pk}/")
    look_at(page)
    press(page, "Acknowledge: I call this person")
    for _try in range(3):
        fill_in(page, {"reached": "no"})
        press(page, "Save the call")
    look_at(page)
    press(page, "Welfare check asked for")
    for path in ("", "timeline/?kind=alerts", "triage/"):
        page.goto(f"/staff/requests/{alarmed.reference}/{path}")
        look_at(page)
    page.goto(f"/staff/requests/{alarmed.reference}/")
    page.get_by_text("Write a note").click()
    press(page, "Save the note")
    fill_in(page, {"text": "Her sister drives her."})
    press(page, "Save the note")
    assert "Her sister drives her." in page.locator("main").inner_text()


def end_the_session(page) -> None:
    """Half an hour passes without a press."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    session = store(session_key=cookies[settings.SESSION_COOKIE_NAME])
    session[SEEN] -= settings.STAFF_IDLE_MINUTES * 60 + 60
    session.save()


@pytest.mark.parametrize("clothes", CLOTHES[:2], ids=NAMES[:2])
def test_what_was_typed_into_a_review_survives_a_lost_sign_in(open_page, look_at, transactional_db, clothes):
    # given a nurse in the middle of a review when her time is over
    open_the_clinic()
    wanted = a_sent_request()
    page = nurse_page(open_page, clothes)
    page.goto(f"/staff/requests/{wanted.reference}/triage/")
    fill_in(page, {"disposition": "urgent", "reason": "New weakness told on the phone."})
    end_the_session(page)
    press(page, "Save the review")

    # when she signs in again
    page.get_by_label("Email").fill("nurse@example.org")
    page.get_by_label("Password").fill("juniper-demonstration")
    press(page, "Sign in")
    assert heading(page) == "We kept what you typed"
    look_at(page)
    press(page, "Show what I typed")

    # then all of it is there, not saved yet, and is saved by her
    assert page.locator('[name="disposition"][value="urgent"]').is_checked()
    assert page.locator('[name="reason"]').input_value() == "New weakness told on the phone."
    look_at(page)
    press(page, "Save the review")
    wanted.refresh_from_db()
    assert (wanted.level, where(page)) == ("urgent", f"/staff/requests/{wanted.reference}/")


def test_what_was_typed_into_a_review_survives_an_idle_quarter_of_an_hour(open_page, transactional_db):
    # given a nurse who is called away in the middle of a review
    open_the_clinic()
    wanted = a_sent_request()
    page = nurse_page(open_page, {"size": DESKTOP})
    page.clock.install()
    page.goto(f"/staff/requests/{wanted.reference}/triage/")
    fill_in(page, {"disposition": "urgent", "reason": "New weakness told on the phone."})
    end_the_session(page)

    # when the page closes by itself, with nobody before it
    with page.expect_navigation():
        page.clock.fast_forward((settings.STAFF_IDLE_MINUTES * 60 + 10) * 1000)
    assert where(page) == "/staff/sign-in/"
    assert "What you typed is kept for 30 minutes" in page.locator("main").inner_text()

    # then nothing was saved, and all of it is there once she has signed in again
    wanted.refresh_from_db()
    assert wanted.level != "urgent"
    page.get_by_label("Email").fill("nurse@example.org")
    page.get_by_label("Password").fill("juniper-demonstration")
    press(page, "Sign in")
    press(page, "Show what I typed")
    assert page.locator('[name="disposition"][value="urgent"]').is_checked()
    assert page.locator('[name="reason"]').input_value() == "New weakness told on the phone."


def test_open_page_says_that_a_colleague_changed_the_request(open_page, look_at, transactional_db):
    open_the_clinic()
    wanted = a_sent_request()
    page = nurse_page(open_page, {"size": DESKTOP})
    page.goto(f"/staff/requests/{wanted.reference}/")
    AppointmentRequest.objects.filter(pk=wanted.pk).update(version=wanted.version + 1)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_text("This request changed while you had it open", exact=True).first.wait_for()
    look_at(page)
    follow(page, "Load the page again")
    assert page.locator("[data-changed]").count() == 0


def test_request_taken_meanwhile_is_said_with_the_way_to_take_it_over(open_page, look_at, transactional_db):
    open_the_clinic()
    wanted = a_sent_request()
    nurse, other = nurse_page(open_page, {"size": DESKTOP}), nurse_page(open_page, {"size": PHONE}, "physician")
    for page in (nurse, other):
        page.goto(f"/staff/requests/{wanted.reference}/")
    press(other, "Take")
    press(nurse, "Take")
    assert "has taken this request meanwhile" in nurse.locator("main").inner_text()
    look_at(nurse)
    press(nurse, "Take over")
    assert "You hold this request" in nurse.locator("main").inner_text()
