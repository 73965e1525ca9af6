"""A caregiver reports a sign of an emergency: the page at once, the alert at the nurses', the form goes on."""

import pytest

from clinic.messages.models import Message
from intake.triage.messages import CAREGIVER_HEADING, TEXTS
from intake.triage.models import Alert
from tests.browser.clinic_day import fill_the_rest, open_the_clinic
from tests.browser.conftest import DESKTOP
from tests.browser.steps import begin, fill_in, follow, go, heading, press, sign_in, walk_until, where

LOST_CONTROL = {"bladder_change": "leaking_no_control"}


@pytest.mark.parametrize("js", [True, False])
def test_caregiver_is_interrupted_at_once_and_the_nurse_sees_it(open_page, look_at, js):
    # given a caregiver at the question about the bladder
    open_the_clinic()
    page = open_page("/", js=js)
    begin(page, filled_by="caregiver")
    walk_until(page, "bladder-change")
    look_at(page)

    # when the patient has lost control
    fill_in(page, LOST_CONTROL)
    press(page, "Continue")

    # then the next page says what to do, word for word, with the number to call, and the alert exists
    assert where(page) == "/register/emergency/"
    assert heading(page) == CAREGIVER_HEADING
    assert page.locator(".emergency-panel .lead").first.inner_text() == TEXTS["M-SPINE"]
    call = page.locator(".emergency-panel .call-button")
    assert call.get_attribute("href") == "tel:911"
    assert call.bounding_box()["height"] >= 64
    look_at(page)
    alert = Alert.objects.get()
    assert Message.objects.filter(template="page_on_call").count() == 1

    # when they leave a number and go on with the form
    fill_in(page, {"call_back_phone": "202-555-0142"})
    press(page, "I cannot do this now")
    assert "202-555-0142" in page.locator(".notice.warning").inner_text()
    look_at(page)
    follow(page, "Go on with the form")
    assert where(page) == "/register/safety/bowel-change/"
    fill_the_rest()
    for path in ("contact/caregiver/", "contact/name/", "pain/pain/", "check/"):
        page.goto(f"/register/{path}")
        look_at(page)
    assert "You told us about an emergency" in page.locator("main").inner_text()
    press(page, "Send the request")

    # then the advice comes first again, and after it the reference
    assert where(page) == "/register/emergency/"
    look_at(page)
    follow(page, "See your request and its reference")
    assert page.locator(".panel.confirm .mono").inner_text().startswith("BMC-")
    look_at(page)

    # and the nurse sees the alert on each page, and takes it on
    nurse = open_page("/staff/", js=js, size=DESKTOP)
    sign_in(nurse, "nurse")
    look_at(nurse)
    for path in ("/staff/", "/staff/?tab=mine", "/staff/schedule/day/2026-12-01/", "/staff/search/"):
        nurse.goto(path)
        assert alert.find_code in nurse.locator(".alert-banner").inner_text(), path
        look_at(nurse)
    go(nurse, nurse.locator(".alert-banner a").first)
    look_at(nurse)
    assert nurse.get_by_role("link", name="202-555-0142").count() == 1
    press(nurse, "Acknowledge: I call this person")
    assert nurse.locator(".alert-banner").count() == 0
    assert Alert.objects.get().acknowledged_by.email == "nurse@example.org"
    look_at(nurse)


def test_answer_chosen_by_mistake_leads_back_and_the_alert_stays(open_page, look_at):
    page = open_page("/")
    begin(page)
    walk_until(page, "bladder-change")
    fill_in(page, LOST_CONTROL)
    press(page, "Continue")
    assert heading(page) == "Go to the emergency room now"
    press(page, "I chose this by mistake")
    assert where(page) == "/register/safety/bladder-change/"
    look_at(page)
    fill_in(page, {"bladder_change": "none"})
    press(page, "Continue")
    assert where(page) == "/register/safety/bowel-change/"
    assert Alert.objects.get().person_said == "mistake"
