"""A patient comes back: signs in with a code, sees the request, tells of new symptoms, keeps a record."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from clinic.platform.jobs.worker import run_due
from intake.patients.models import Proxy
from intake.registration.models import Draft
from intake.registration.other_device import address_for_device
from intake.tasks.models import StaffTask
from intake.triage.models import Alert
from tests.browser.clinic_day import a_sent_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import BORN, NOT_BORN, fill_in, follow, go, heading, press, type_birth_date, where
from tests.intake.factories import QUIET
from tests.scheduling.patient_steps import NAMES

NEW = {**QUIET, "pain": {"pain_present": "no"}, "what-changed": {"what_changed": "My knee gives way"}}


def code_of_newest_message() -> str:
    """Send what is queued; the code in the newest mail that has one."""
    run_due()
    return next(found[1] for m in reversed(mail.outbox) if (found := re.search(r"code is:\s+(\S+)", m.body)))


def sign_in(page, look=None) -> None:
    """From the home page to "My requests"."""
    go(page, page.get_by_role("link", name="My requests"))
    if look:
        look(page)
    fill_in(page, {"contact": NAMES["email"]})
    type_birth_date(page, BORN)
    press(page, "Send me a code")
    if look:
        look(page)
    fill_in(page, {"code": code_of_newest_message()})
    type_birth_date(page, BORN)
    press(page, "Sign in")


def walk_symptoms(page, *, look=None, **changed: dict) -> None:
    """Answer the short form quietly, but for `changed`, up to check answers or to the emergency page."""
    given = {name.replace("_", "-"): value for name, value in changed.items()}
    for _turn in range(30):
        slug = where(page).rstrip("/").rsplit("/", 1)[1]
        if slug in ("check", "emergency"):
            return
        if look:
            look(page)
        fill_in(page, given.get(slug) or NEW[slug])
        press(page, "Continue")
    raise AssertionError(f"stuck at {page.url}")


@pytest.mark.parametrize(("js", "size"), [(True, PHONE), pytest.param(False, DESKTOP, marks=pytest.mark.thorough)])
def test_patient_signs_in_and_tells_of_new_symptoms(open_page, look_at, js, size):
    # given somebody who has sent a request
    open_the_clinic()
    wanted = a_sent_request()

    # when they sign in from the home page
    page = open_page("/", js=js, size=size)
    sign_in(page, look_at)

    # then their request is there, and leads to its page
    assert heading(page) == "My requests"
    look_at(page)
    follow(page, f"Open this request {wanted.reference}")
    look_at(page)

    # when they tell us of new symptoms
    follow(page, "Tell us about new symptoms")
    look_at(page)
    press(page, "Start the questions")
    walk_symptoms(page, look=look_at)
    assert "My knee gives way" in page.locator("main").inner_text()
    look_at(page)
    press(page, "Send to a nurse")

    # then they are told by when somebody calls, and staff have a task
    assert heading(page) == "We have your new symptoms"
    assert "202-555-0142" in page.locator("main").inner_text()
    look_at(page)
    assert StaffTask.objects.get(kind="new_symptoms").report == wanted.report

    # when they leave the shared computer
    follow(page, "See where your request is")
    press(page, "Close my pages on this device")
    look_at(page)
    page.goto("/my/")
    assert where(page) == "/sign-in/"


@pytest.mark.parametrize("js", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_new_emergency_is_shown_at_once(open_page, look_at, js):
    open_the_clinic()
    wanted = a_sent_request()
    page = open_page("/", js=js)
    sign_in(page)
    follow(page, "Tell us about new symptoms")
    press(page, "Start the questions")
    walk_symptoms(page, bladder_change={"bladder_change": "leaking_no_control"})
    assert heading(page) == "Go to the emergency room now"
    assert wanted.reference in page.locator("main").inner_text()
    look_at(page)
    assert Alert.objects.get().report == wanted.report
    press(page, "I cannot do this now")
    assert Alert.objects.get().person_said == "cannot"
    look_at(page)
    follow(page, "Go on with the form")
    walk_symptoms(page)
    press(page, "Send to a nurse")
    assert page.locator(".care-card.emergency").count() == 1
    look_at(page)


@pytest.mark.parametrize("js", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_patient_keeps_a_record_and_goes_on_by_phone(open_page, look_at, js):
    # given a form in the middle
    page = open_page("/register/who/", js=js, size=DESKTOP)
    fill_in(page, {"filled_by": "patient"})
    press(page, "Continue")
    fill_in(page, QUIET["acute-general"])
    press(page, "Continue")

    # when it is saved, the page shows a code for the camera
    go(page, page.get_by_role("link", name="Save and come back later"))
    type_birth_date(page, BORN, name="date_of_birth")
    press(page, "Save and show my code")
    assert page.locator("svg.qr").is_visible()
    look_at(page)

    # then the phone goes on where the desktop was, with the birth date only
    phone = open_page("/" + address_for_device(Draft.objects.get()).split("/", 3)[3], js=js)
    look_at(phone)
    type_birth_date(phone, NOT_BORN, name="date_of_birth")
    press(phone, "Open my form")
    assert phone.locator(".error-summary").count() == 1
    type_birth_date(phone, BORN, name="date_of_birth")
    press(phone, "Open my form")
    assert where(phone) == "/register/safety/leg-weakness/"

    # and after sending, all answers are there to print, and as a PDF file
    open_the_clinic()
    wanted = a_sent_request()
    other = open_page("/", js=js)
    sign_in(other)
    follow(other, "See, print or save all answers")
    assert NAMES["last"] in other.locator("main").inner_text()
    look_at(other)
    with other.expect_download() as download:
        other.get_by_role("link", name="Save as PDF").click()
    assert download.value.suggested_filename == "clinic-answers.pdf"
    with other.expect_download() as download:
        other.get_by_role("link", name="Download all my data").click()
    assert download.value.suggested_filename == "clinic-data.json"
    assert wanted.reference in other.locator("header").inner_text()


def test_caregiver_who_was_not_verified_sees_no_plans(open_page, look_at):
    open_the_clinic()
    wanted = a_sent_request()
    type(wanted).objects.filter(pk=wanted.pk).update(filled_by="caregiver", status="offered")
    proxy = Proxy.objects.create(patient=wanted.patient, name="Ana Ortiz", relation="child", authority="patient_asked")
    page = open_page("/")
    sign_in(page)
    look_at(page)
    page.goto(f"/my/{wanted.reference}/times/")
    assert heading(page) == "We cannot show this page yet"
    look_at(page)
    page.goto(f"/my/{wanted.reference}/")
    look_at(page)
    Proxy.objects.filter(pk=proxy.pk).update(verified_at=timezone.now())
    page.goto(f"/my/{wanted.reference}/times/")
    assert heading(page) != "We cannot show this page yet"


@pytest.mark.thorough
def test_pages_dark_with_the_largest_text_on_a_small_phone(open_page, look_at):
    open_the_clinic()
    wanted = a_sent_request()
    hardest = {"text": "largest", "dark": True, "size": SMALL_PHONE}
    page = open_page("/", **hardest)
    sign_in(page, look_at)
    for path in ("", "symptoms/", "summary/"):
        page.goto(f"/my/{wanted.reference}/{path}")
        look_at(page)
    page.goto("/my/")
    look_at(page)
    for path in ("/sign-in/unknown/", "/go-on/unknown/"):
        page.goto(path)
        look_at(page)
