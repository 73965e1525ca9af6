"""A patient asks for an appointment, from the home page to the reference."""

import re

import pytest

from intake.registration.models import Draft
from scheduling.requests.models import AppointmentRequest
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import (
    BORN,
    NOT_BORN,
    answer_page,
    begin,
    fill_in,
    follow,
    go,
    heading,
    press,
    send,
    type_birth_date,
    walk_until,
    where,
)

SAFETY = [
    "acute-general", "leg-weakness", "arm-weakness", "walking-change", "numbness", "bladder-change", "bowel-change",
    "can-bear-weight", "limb-deformity", "very-drowsy", "fever", "hyperca-symptoms",
]  # fmt: skip
REFERENCE = re.compile(r"BMC-[0-9A-Z]{4}-[0-9A-Z]{2}")


@pytest.mark.parametrize(("js", "size"), [(True, PHONE), (False, DESKTOP)])
def test_patient_answers_changes_one_answer_and_sends(open_page, look_at, js, size):
    # given a person on the home page
    page = open_page("/", js=js, size=size)
    look_at(page)

    # when they answer every question
    begin(page)
    asked = walk_until(page, "check", look=look_at)

    # then the twelve safety questions came first, one a page
    assert asked[:12] == SAFETY
    assert heading(page) == "Check your answers before you send"
    look_at(page)

    # when they change one answer
    go(page, page.get_by_role("link", name=re.compile("Change.*walk", re.IGNORECASE)).first)
    look_at(page)
    fill_in(page, {"walking_change": "not_sure"})
    press(page, "Continue")

    # then they are back at once, and the new answer is there
    assert where(page) == "/register/check/"
    assert "not sure" in page.locator("main").inner_text()

    # when they send
    reference = send(page)

    # then they have a reference that is not in the address, and one request exists
    assert REFERENCE.fullmatch(reference)
    assert where(page) == "/register/sent/"
    assert AppointmentRequest.objects.get().reference == reference
    look_at(page)


@pytest.mark.parametrize("js", [True, False])
def test_patient_saves_and_comes_back_in_another_browser(open_page, look_at, js):
    # given a person in the middle of the questions
    page = open_page("/request-an-appointment/", js=js, size=DESKTOP)
    look_at(page)
    follow(page, "Start now")
    look_at(page)
    fill_in(page, {"filled_by": "patient"})
    press(page, "Continue")
    walk_until(page, "arm-weakness")

    # when they save
    go(page, page.get_by_role("link", name="Save and come back later"))
    look_at(page)
    type_birth_date(page, BORN, name="date_of_birth")
    press(page, "Save and show my code")
    look_at(page)
    code = page.locator(".panel.confirm .mono").inner_text()

    # then another browser opens the form with the code and the birth date, not with another date
    other = open_page("/request-an-appointment/", js=js)
    follow(other, "Go on with a form you saved")
    look_at(other)
    fill_in(other, {"code": code.lower()})
    type_birth_date(other, NOT_BORN, name="date_of_birth")
    press(other, "Open my form")
    assert other.locator(".error-summary").count() == 1
    look_at(other)
    type_birth_date(other, BORN, name="date_of_birth")
    press(other, "Open my form")
    assert where(other) == "/register/safety/arm-weakness/"
    answer_page(other)
    assert Draft.objects.get().answers["arm_weakness"] == "none"


def test_person_from_a_clinic_is_told_whom_to_call(open_page, look_at):
    page = open_page("/register/who/")
    fill_in(page, {"filled_by": "clinic"})
    press(page, "Continue")
    assert heading(page) == "Call us to send a patient"
    look_at(page)
