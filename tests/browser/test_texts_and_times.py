"""Links by text message, a page that was open for too long, and a time that the patient picks."""

import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core import mail

from clinic.messages.models import Message
from clinic.platform.jobs.worker import run_due
from scheduling.demonstration.staff import PASSWORD
from scheduling.itineraries.models import VisitType
from scheduling.requests.models import AppointmentRequest
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import (
    BORN,
    answer_page,
    begin,
    fill_in,
    follow,
    heading,
    press,
    sign_in,
    type_birth_date,
    where,
)


def let_idle(name: str) -> None:
    """Every session was used last an hour ago."""
    for row in Session.objects.all():
        store = row.get_decoded()
        if name in store:
            store[name] = int(time.time()) - 3600
            row.session_data = Session.get_session_store_class()().encode(store)
            row.save()


@pytest.mark.parametrize(("js", "size", "dark"), [(True, PHONE, True)])
def test_a_link_comes_by_text_and_an_idle_page_comes_back(open_page, look_at, settings, tmp_path, js, size, dark):
    # given somebody who has saved a form and asked for its link by text
    settings.SMS_FILE_PATH = str(tmp_path)
    open_the_clinic()
    page = open_page("/", js=js, size=size, dark=dark)
    begin(page)
    answer_page(page)
    page.goto("/register/save/")
    look_at(page)
    type_birth_date(page, BORN, name="date_of_birth")
    fill_in(page, {"phone": "202-555-0142"})
    press(page, "Save and show my code")
    look_at(page)
    assert "We are sending a link to 202-555-0142" in page.locator("main").inner_text()
    run_due()
    (text,) = Path(tmp_path).iterdir()
    assert Message.objects.get().context["link"] in text.read_text()

    # when they come back to an open page after an hour and send it
    follow(page, "Go on with the form")
    address = where(page)
    let_idle("patient_seen")
    answer_page(page)
    assert heading(page) == "Your answers are kept"
    look_at(page)
    follow(page, "Open my form")
    look_at(page)
    type_birth_date(page, BORN, name="date_of_birth")
    press(page, "Open my form")

    # then the page offers what they typed, shows it once more, and saves it when they send it
    assert heading(page) == "We kept what you typed"
    look_at(page)
    press(page, "Show what I typed")
    assert where(page) == address
    assert "Your answers on this page are still here" in page.locator("main").inner_text()
    look_at(page)
    press(page, "Continue")
    assert where(page) != address


@pytest.mark.parametrize(("js", "size", "dark"), [(False, DESKTOP, False)])
def test_a_patient_picks_a_time_and_staff_find_a_review_again(open_page, look_at, js, size, dark):
    # given a reviewed request for a kind of visit that is opened for picking
    open_the_clinic()
    wanted = a_reviewed_request()
    VisitType.objects.filter(code="follow_up").update(is_self_bookable=True)
    kind = VisitType.objects.get(code="follow_up")
    AppointmentRequest.objects.filter(pk=wanted.pk).update(visit_type=kind, specialties=["RAD_ONC"], status="ready")
    page = open_page("/sign-in/", js=js, size=size, dark=dark)
    look_at(page)
    fill_in(page, {"contact": wanted.patient.email})
    type_birth_date(page, BORN)
    press(page, "Send me a code")
    look_at(page)
    run_due()
    page.goto("/" + Message.objects.filter(template="sign_in").get().context["link"].split("/", 3)[3])
    type_birth_date(page, BORN)
    press(page, "Continue")
    follow(page, f"Open this request {wanted.reference}")
    look_at(page)

    # when they pick a time on another day, it is held, and one press books it
    follow(page, "Pick a time")
    look_at(page)
    page.locator("main ul.plain-list a").first.click()
    page.locator('main [name="time"]').nth(1).check()
    press(page, "Hold this time for me")
    assert heading(page) == "Check and book your time"
    look_at(page)
    follow(page, "Pick another time")
    look_at(page)
    follow(page, "Book the time we hold")
    press(page, "Book this time")
    assert where(page).endswith("/visit/")
    run_due()
    assert mail.outbox

    # and a review that was typed when the session of the nurse ended is there after signing in
    desk = open_page("/", js=js, size=size, dark=dark)
    sign_in(desk, "nurse")
    other = a_reviewed_request()
    desk.goto(f"/staff/requests/{other.reference}/triage/")
    fill_in(desk, {"reason": "Please call before noon"})
    let_idle("staff_seen")
    press(desk, "Save the review")
    look_at(desk)
    fill_in(desk, {"login": "nurse@example.org", "password": PASSWORD})
    press(desk, "Sign in")
    assert heading(desk) == "We kept what you typed"
    look_at(desk)
    press(desk, "Show what I typed")
    assert desk.locator('[name="reason"]').input_value() == "Please call before noon"
    look_at(desk)

    # and staff can send the link to the booked visit again
    desk.goto(f"/staff/requests/{wanted.reference}/send-link/")
    look_at(desk)
    press(desk, "Send the link again")
    assert Message.objects.filter(template="visit_confirmed").count() == 2
