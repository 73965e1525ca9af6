"""From a sent request to a booked day and back: nurse, coordinator and patient, each at their own pages."""

import pytest

from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Appointment, Claim, Visit
from tests.browser.clinic_day import a_reviewed_request, a_sent_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import (
    BORN,
    NOT_BORN,
    fill_in,
    follow,
    heading,
    link_of_newest_message,
    open_request,
    press,
    sign_in,
    type_birth_date,
    where,
)


@pytest.mark.parametrize("js", [True, False])
def test_nurse_takes_and_reviews_with_an_override(open_page, look_at, js):
    # given a request on the worklist
    open_the_clinic()
    wanted = a_sent_request()
    nurse = open_page("/staff/", js=js, size=DESKTOP)
    look_at(nurse)
    sign_in(nurse, "nurse")
    look_at(nurse)

    # when the nurse finds it by name, takes it and reviews it
    nurse.get_by_label("Find a request").fill("quandtner")
    press(nurse, "Search")
    assert "quandtner" not in nurse.url
    look_at(nurse)
    open_request(nurse, wanted.reference)
    look_at(nurse)
    press(nurse, "Take")
    assert "You hold this request" in nurse.locator("main").inner_text()
    look_at(nurse)
    follow(nurse, "Review")
    look_at(nurse)
    fill_in(nurse, {"disposition": "urgent"})
    press(nurse, "Save the review")

    # then a changed level needs its reason, and nothing else is lost
    assert nurse.locator(".error-summary a").all_inner_texts() == ["Enter why you change the computed level (routine)"]
    assert nurse.locator('[name="disposition"][value="urgent"]').is_checked()
    look_at(nurse)
    fill_in(nurse, {"reason": "New weakness told on the phone."})
    press(nurse, "Save the review")
    assert where(nurse) == f"/staff/requests/{wanted.reference}/"
    look_at(nurse)
    wanted.refresh_from_db()
    assert (wanted.status, wanted.level) == ("ready", "urgent")
    assert wanted.triage.level == "routine"


@pytest.mark.parametrize("js", [True, False])
def test_coordinator_offers_days_and_the_patient_books_and_cancels(open_page, look_at, js):
    # given a reviewed request; when the coordinator holds three days
    open_the_clinic()
    wanted = a_reviewed_request()
    coordinator = open_page("/staff/", js=js, size=DESKTOP)
    sign_in(coordinator, "coordinator")
    open_request(coordinator, wanted.reference, tab="to-schedule")
    follow(coordinator, "Plan the day")
    look_at(coordinator)
    days = coordinator.locator('main [name="day"]')
    assert days.count() == 3
    for number in range(3):
        days.nth(number).check()
    press(coordinator, "Hold these days and send the offer")
    assert "on its way to the patient" in coordinator.locator("main").inner_text()
    look_at(coordinator)

    # then the link of the message opens with the patient's birth date only
    patient = open_page(link_of_newest_message(), js=js, size=PHONE)
    look_at(patient)
    type_birth_date(patient, NOT_BORN)
    press(patient, "Continue")
    assert patient.locator(".error-summary").count() == 1
    look_at(patient)
    type_birth_date(patient, BORN)
    press(patient, "Continue")
    assert where(patient) == f"/my/{wanted.reference}/times/"
    look_at(patient)

    # when they choose nothing, they are told; when they choose the second day, it is booked
    press(patient, "Book this day")
    assert patient.locator(".error-summary").count() == 1
    look_at(patient)
    patient.locator('main [name="visit"]').nth(1).check()
    press(patient, "Book this day")
    assert heading(patient) == "Your visit is booked"
    look_at(patient)
    visit = Visit.objects.get(state="booked")
    assert set(Appointment.objects.filter(visit=visit).values_list("state", flat=True)) == {"booked"}

    # then they can keep it: in their calendar, and on paper
    with patient.expect_download() as waiting:
        patient.get_by_role("link", name="Add to my calendar").click()
    calendar = waiting.value.path().read_text()
    assert calendar.startswith("BEGIN:VCALENDAR")
    assert "Quandtner" not in calendar
    follow(patient, "Print your day")
    patient.emulate_media(media="print")
    assert not patient.get_by_role("button").first.is_visible()
    patient.emulate_media(media="screen")
    look_at(patient)
    patient.goto(f"/my/{wanted.reference}/")
    look_at(patient)

    # when they cancel
    patient.goto(f"/my/{wanted.reference}/visit/")
    follow(patient, "Cancel this visit")
    look_at(patient)
    press(patient, "Cancel my visit")
    assert heading(patient) == "Your visit is canceled"
    look_at(patient)

    # when it was a wrong press, they take it back; then they cancel all the same, and take it out of their calendar
    press(patient, "Keep my visit after all")
    assert heading(patient) == "Your visit is booked"
    look_at(patient)
    follow(patient, "Cancel this visit")
    press(patient, "Cancel my visit")
    with patient.expect_download() as waiting:
        patient.get_by_role("link", name="Take it out of my calendar").click()
    assert "METHOD:CANCEL" in waiting.value.path().read_text()

    # then all times are free and the coordinator has it to schedule again
    assert not Claim.objects.filter(visit=visit).exists()
    assert AppointmentRequest.objects.get().status == "ready"
    coordinator.goto("/staff/?tab=to-schedule")
    assert coordinator.get_by_role("row").filter(has_text=wanted.reference).count() == 1
    look_at(coordinator)


@pytest.mark.thorough
def test_patient_asks_for_other_days_or_more_time(open_page, look_at):
    # given an offer that is open on the patient's phone
    open_the_clinic()
    wanted = a_reviewed_request()
    coordinator = open_page("/staff/", size=DESKTOP)
    sign_in(coordinator, "coordinator")
    coordinator.goto(f"/staff/requests/{wanted.reference}/days/")
    # the last day of the list: the first may be so near, on a Saturday, that its hold cannot be made longer
    coordinator.locator('main [name="day"]').last.check()
    press(coordinator, "Hold these days and send the offer")
    patient = open_page(link_of_newest_message())
    type_birth_date(patient, BORN)
    press(patient, "Continue")

    # when they ask for more time, it is given once
    press(patient, "I need more time")
    assert "You have more time now" in patient.locator("main").inner_text()
    assert patient.get_by_role("button", name="I need more time").count() == 0
    look_at(patient)

    # when no day works, the days are free again
    follow(patient, "None of these days work")
    look_at(patient)
    fill_in(patient, {"reason": "Mornings are hard."})
    press(patient, "Ask for other days")
    assert heading(patient) == "Thank you, we will look for other days"
    look_at(patient)
    assert not Claim.objects.exists()
    coordinator.goto(f"/staff/requests/{wanted.reference}/")
    assert "Mornings are hard." in coordinator.locator("main").inner_text()
    look_at(coordinator)
