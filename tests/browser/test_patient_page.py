"""The page of a patient in the browser: by keyboard alone, two windows that change one record, each state."""

import re

import pytest
from django.urls import reverse

from clinic.accounts.models import User
from intake.models import Patient, Proxy
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, follow, go, press, sign_in
from tests.browser.test_keyboard import focused, tab_to
from tests.browser.test_my_requests import sign_in as patient_signs_in
from tests.scheduling.scores.score_rows import MIRELS, recorded

CLOTHES = [
    {"js": True, "size": DESKTOP},
    {"js": True, "size": SMALL_PHONE, "dark": True, "text": "largest"},
]
NAMES = ["desktop", "dark, largest, 320 px"]


@pytest.fixture
def wanted(transactional_db):
    open_the_clinic()
    found = a_reviewed_request()
    recorded(found, "mirels", MIRELS, target="femur_left", user=User.objects.get(email="nurse@example.org"))
    Proxy.objects.create(patient=found.patient, name="Ana Ortiz", relation="child", authority="patient_asked")
    return found


def test_best_time_to_call_is_changed_by_keyboard_alone(open_page, wanted):
    # given the page of a request
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "coordinator")
    page.goto(f"/staff/requests/{wanted.reference}/")
    # when somebody goes on to the patient and changes the record without touching the mouse
    tab_to(page, tag="A", text="Patient's page", most=60)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/patients/*/")
    tab_to(page, tag="A", text="Change the record", most=60)
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/")
    tab_to(page, name="contact_times", value="morning", most=60)
    page.keyboard.press("Space")
    tab_to(page, tag="BUTTON", text="Save the changes")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/staff/patients/[0-9a-f-]+/$"))
    # then the page shows it, and who did it
    said = page.locator("main").inner_text()
    assert "Morning, before 11" in said
    assert "Good time to call" in page.get_by_role("listitem").filter(has_text="Record changed").inner_text()
    assert focused(page)["tag"] == "BODY"


@pytest.mark.parametrize("clothes", CLOTHES, ids=NAMES)
def test_two_windows_that_change_one_record(open_page, look_at, wanted, clothes):
    # given the same record open in two windows
    patient = wanted.patient
    first = open_page("/staff/", **clothes)
    sign_in(first, "nurse")
    first.goto(reverse("staff-patients:patient", args=[patient.pk]))
    look_at(first)
    follow(first, "Change the record")
    look_at(first)
    second = open_page("/staff/", **clothes)
    sign_in(second, "coordinator")
    second.goto(reverse("staff-patients:edit", args=[patient.pk]))
    # when one saves, and then the other
    fill_in(second, {"zip": "10001"})
    press(second, "Save the changes")
    fill_in(first, {"legal_last_name": "Okafor"})
    press(first, "Save the changes")
    # then the other is told who it was, sees what differs, and nothing is lost
    said = first.locator("main").inner_text()
    assert "Robin Castle changed this record" in first.locator("body").inner_text()
    assert "10001" in said
    assert first.get_by_label("Last or family name").input_value() == "Okafor"
    assert first.get_by_label("ZIP code").input_value() == "10001"
    look_at(first)
    press(first, "Save the changes")
    row = Patient.objects.get(pk=patient.pk)
    assert (row.legal_last_name, row.zip) == ("Okafor", "10001")
    # and wrong input keeps the page in one piece
    follow(first, "Change the record")
    fill_in(first, {"phone_primary": "555"})
    press(first, "Save the changes")
    assert first.locator(".error-summary").is_visible()
    look_at(first)
    # and the timeline can be narrowed to the changes of the record
    first.goto(reverse("staff-patients:patient", args=[patient.pk]))
    go(first, first.get_by_role("link", name=re.compile("^Changes of the record")))
    assert "Request sent" not in first.locator(".timeline").inner_text()
    look_at(first)


@pytest.mark.parametrize("clothes", [{"js": False, "size": PHONE}, CLOTHES[1]], ids=["phone, no scripts", NAMES[1]])
def test_patient_changes_how_they_are_reached(open_page, look_at, wanted, clothes):
    # given a patient who looks at their request
    Proxy.objects.all().delete()
    page = open_page("/", **clothes)
    patient_signs_in(page)
    page.goto(f"/my/{wanted.reference}/")
    # when they take email away and say when a call suits them
    follow(page, "Change how and when we reach you")
    look_at(page)
    page.get_by_label("Email", exact=True).uncheck()
    page.get_by_label("Phone call").uncheck()
    press(page, "Save")
    assert page.locator(".error-summary").is_visible()
    look_at(page)
    fill_in(page, {"contact_preference": ["phone"], "contact_times": ["afternoon"]})
    press(page, "Save")
    # then it counts from now on
    row = Patient.objects.get(pk=wanted.patient_id)
    assert (row.contact_preference, row.contact_times, row.consent_email_at) == (["phone"], ["afternoon"], None)
