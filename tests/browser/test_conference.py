"""The case conference: a patient put on the list, recommended and concluded by keyboard alone; its paper; check-in."""

import io
from datetime import timedelta

import pypdf
import pytest

from clinic.directory.models import Clinician, Room
from scheduling.conference.models import Conference, ConferenceCase, Recommendation
from scheduling.visits.check_in_codes import code_of
from scheduling.visits.models import Visit
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, follow, go, heading, press, sign_in, where
from tests.scheduling.conference_rows import A_DAY, a_case, a_conference
from tests.scheduling.day_rows import a_visit_with

pytestmark = pytest.mark.usefixtures("working_hours")
QUESTION = "Fixation before radiation?"


@pytest.fixture
def working_hours(time_machine, now):
    """Monday, 9 a.m.; the clock goes on."""
    time_machine.move_to(now, tick=True)


def reach(page, name: str) -> None:
    """Tab until the control of this name has the focus."""
    for _ in range(160):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
            " return ((l ? l.innerText : e.innerText) || '').trim(); })()"
        )
        if found.split("\n")[0] == name:
            return
    raise AssertionError(f"{name} is not reached by Tab on {page.url}")


def enter(page) -> None:
    """Press Enter on what leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_case_goes_from_the_request_to_its_outcome_by_keyboard_alone(open_page, look_at, transactional_db):
    # given today's conference and a reviewed request
    open_the_clinic()
    a_conference()
    wanted = a_reviewed_request()
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto(f"/staff/requests/{wanted.reference}/conference/")
    look_at(page)

    # when it is put on the list
    reach(page, "Question for the conference")
    page.keyboard.type(QUESTION)
    reach(page, "Put on the list")
    enter(page)
    look_at(page)
    assert QUESTION in page.locator("#question").inner_text()

    # and a recommendation is written down
    reach(page, "Specialty")
    page.keyboard.type("Radiation")
    reach(page, "Recommendation")
    page.keyboard.type("One dose.")
    reach(page, "Save the recommendation")
    enter(page)
    look_at(page)
    assert Recommendation.objects.get().specialty.code == "RAD_ONC"

    # and the outcome
    reach(page, "Outcome")
    page.keyboard.type("Radiation first, then rehabilitation.")
    reach(page, "Rehabilitation")
    page.keyboard.press("Space")
    reach(page, "Save the outcome")
    enter(page)
    look_at(page)

    # then the visit is planned with it, and the paper has the question
    wanted.refresh_from_db()
    assert set(wanted.specialties) == {"RAD_ONC", "ORTHO_ONC", "PMR_PT"}
    assert "The visit is planned with these specialties now." in page.locator("main").inner_text()
    page.goto("/staff/conference/2027-01-04/print/")
    look_at(page)
    paper = pypdf.PdfReader(io.BytesIO(page.pdf()))
    assert len(paper.pages) == 2  # the list, and one page for the patient
    for sheet in paper.pages:
        assert QUESTION in sheet.extract_text()
        assert "Printed by Dana Whitfield" in sheet.extract_text()


@pytest.mark.parametrize(
    "clothes",
    [{"size": DESKTOP}, {"size": PHONE, "dark": True}, {"text": "largest", "size": SMALL_PHONE, "js": False}],
    ids=["standard", "dark, 375 px", "largest, 320 px, no scripts"],
)
def test_conference_in_every_state(open_page, look_at, transactional_db, clothes):
    open_the_clinic()
    page = open_page("/staff/", **clothes)
    sign_in(page, "physician")
    page.goto("/staff/conference/")
    assert heading(page) == "Case conferences"
    look_at(page)
    page.goto("/staff/conference/new/")
    look_at(page)
    fill_in(page, {"on_month": "1", "on_day": "9", "on_year": "2027", "at": "12:00 pm"})
    press(page, "Plan this conference")
    look_at(page)  # a Saturday
    fill_in(page, {"on_day": "4"})
    press(page, "Plan this conference")
    look_at(page)
    meeting, later = Conference.objects.get(), a_conference(_tomorrow())
    first, second = (a_case(meeting, a_reviewed_request(), position=place, question=QUESTION) for place in (1, 2))
    page.goto("/staff/conference/")
    look_at(page)
    go(page, page.locator(f"#case-{first.pk}").get_by_role("button", name="Down"))
    follow(page, "Another day", exact=False)
    look_at(page)
    page.get_by_label(f"{later.on:%A}", exact=False).check()
    press(page, "Put off to this day")
    look_at(page)
    page.goto(f"/staff/conference/cases/{first.pk}/")
    ConferenceCase.objects.filter(pk=first.pk).update(version=9, question="Somebody else was faster")
    fill_in(page, {"outcome": "Radiation."})
    press(page, "Save the outcome")
    look_at(page)
    assert "Nothing you typed is lost" in page.locator("main").inner_text()
    press(page, "Save the outcome")
    look_at(page)
    page.goto("/staff/conference/")
    page.locator(".attendance summary").click()
    page.get_by_label("Dr. Elena Marsh").check()
    press(page, "Save who was there")
    look_at(page)
    press(page, "Close the conference")
    look_at(page)
    page.goto(f"/staff/conference/cases/{first.pk}/")
    look_at(page)
    page.goto(f"/staff/conference/cases/{second.pk}/")
    look_at(page)


def _tomorrow():
    from django.utils import timezone

    return timezone.localdate() + A_DAY


@pytest.mark.parametrize(
    "clothes", [{"size": DESKTOP}, {"text": "largest", "dark": True, "size": SMALL_PHONE}], ids=["standard", "dark"]
)
def test_patient_is_checked_in_by_code(open_page, look_at, transactional_db, now, clothes):
    open_the_clinic()
    who = Clinician.objects.filter(specialty__code="SPINE_SURG").order_by("name").first()
    rooms = Room.objects.filter(kind="stay")
    today = a_visit_with(a_reviewed_request(), [(who, now + timedelta(hours=1))], rooms[0])
    tomorrow = a_visit_with(a_reviewed_request(), [(who, now + A_DAY)], rooms[1])
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")
    page.goto("/staff/schedule/")
    follow(page, "Check in by code")
    look_at(page)
    page.wait_for_function("document.activeElement.name === 'code'")
    page.keyboard.type("nothing")  # the field has the focus: a scanner types and presses Enter
    enter(page)
    look_at(page)
    fill_in(page, {"code": f"http://clinic.example/staff/check-in/{tomorrow.pk}/"})
    press(page, "Find the visit")
    look_at(page)
    assert "Not today" in page.locator("main").inner_text()
    follow(page, "Next patient")
    page.wait_for_function("document.activeElement.name === 'code'")
    page.keyboard.type(code_of(today.pk))
    enter(page)
    assert where(page) == f"/staff/check-in/{today.pk}/"
    look_at(page)
    press(page, "Check in")
    look_at(page)
    assert Visit.objects.get(pk=today.pk).state == "checked_in"
    press(page, "Undo the check-in")
    assert Visit.objects.get(pk=today.pk).state == "booked"
