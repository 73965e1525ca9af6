"""The task list before the visit, as a person walks it: with and without scripts, on a phone and on a desktop."""

import time
from importlib import import_module

import pytest
from django.conf import settings

from intake.before_visit.actions import answers_of, save_row, save_section_step
from intake.before_visit.models import BeforeVisit
from intake.before_visit.steps import FLOW
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, follow, go, heading, press, where
from tests.factories import person_of
from tests.intake.before_visit.plain_forms import RIGHT
from tests.intake.before_visit.row_data import RIGHT_ROWS, ROWS, new_id
from tests.scheduling.patient_steps import a_wanted_request

THOROUGH = pytest.mark.thorough
everywhere = pytest.mark.parametrize(
    ("js", "size"), [
        (True, PHONE), pytest.param(True, DESKTOP, marks=THOROUGH),
        pytest.param(False, PHONE, marks=THOROUGH), (False, DESKTOP),
    ],
    ids=["phone", "desktop", "phone without scripts", "desktop without scripts"],
)  # fmt: skip


@pytest.fixture
def open_as(open_page, live_server):
    """A function that opens the task list in the browser of the person who sent the request."""

    def opened(wanted, path="", **clothes):
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session["request_id"], session["patient_seen"] = str(wanted.pk), int(time.time())
        session.save()
        page = open_page("/accessibility/", **clothes)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.goto(f"/my/{wanted.reference}/before-visit/{path}")
        return page

    return opened


def slug_of(page) -> str:
    """The name of the page of questions that is open."""
    return where(page).strip("/").split("/")[-1]


def typed(slug: str) -> dict:
    """What a careful person types, as `fill_in` wants it: nothing for what stays empty."""
    return {name: value for name, value in RIGHT[FLOW.get(slug).form_class].items() if value not in ("", [])}


def answer(page, slug: str, **changed) -> None:
    """Answer the open page, which must be this one."""
    assert slug_of(page) == slug, (page.url, page.locator(".error-summary").all_inner_texts())
    fill_in(page, {**typed(slug), **changed})
    press(page, "Continue")


def complete(page) -> None:
    """Say at the end of a section that it is completed."""
    assert slug_of(page) == "completed", page.url
    fill_in(page, {"done": "yes"})
    press(page, "Continue")


@everywhere
def test_person_completes_the_task_list(open_as, look_at, js, size):
    # given a person who has sent a request
    wanted = a_wanted_request()
    page = open_as(wanted, js=js, size=size)
    look_at(page)
    assert "0 of 5 sections done" in page.locator("main").inner_text()

    # when they answer about themselves
    follow(page, "About you")
    for slug in ("other-names", "address", "emergency-contact", "needs", "caregiver-permission", "doctors"):
        look_at(page)
        answer(page, slug)
    look_at(page)
    complete(page)

    # then one of five is done
    assert "1 of 5 sections done" in page.locator("main").inner_text()
    look_at(page)

    # when they go on with their cancer and come back later to its end
    follow(page, "Your cancer")
    for slug in ("diagnosis", "stage", "spread", "conditions"):
        look_at(page)
        answer(page, slug)
    fill_in(page, {"done": "no"})
    press(page, "Continue")
    assert "1 of 5 sections done" in page.locator("main").inner_text()
    follow(page, "Your cancer")
    complete(page)

    # when they have insurance, more is asked
    follow(page, "Insurance")
    for slug in ("status", "plan", "subscriber", "second-plan"):
        look_at(page)
        answer(page, slug)
    complete(page)

    # when they tell of the visit, and skip what is optional
    follow(page, "Your visit")
    for slug in ("travel", "living", "wishes"):
        look_at(page)
        answer(page, slug)
    complete(page)
    follow(page, "About you, optional")
    look_at(page)
    follow(page, "Skip this page")
    look_at(page)
    follow(page, "Skip all of these and go to the task list")
    assert "4 of 5 sections done" in page.locator("main").inner_text()

    # and change one answer on the page of all answers
    follow(page, "Read or print all answers")
    look_at(page)
    go(page, page.get_by_role("link", name="Change Stage now"))
    look_at(page)
    fill_in(page, {"current_stage": "III"})
    press(page, "Continue")
    assert heading(page) == "All your answers before the visit"
    assert answers_of(wanted.report)["current_stage"] == "III"


@pytest.mark.parametrize(
    ("js", "size"), [(True, PHONE), pytest.param(False, DESKTOP, marks=pytest.mark.thorough)]
)  # the whole list is walked without scripts above
def test_person_lists_records(open_as, look_at, js, size):
    wanted = a_wanted_request()
    page = open_as(wanted, "records/imaging/", js=js, size=size)
    look_at(page)

    # when they add two scans
    fill_in(page, {"choice": "add"})
    press(page, "Continue")
    look_at(page)
    press(page, "Save and continue")
    assert page.locator(".error-summary").count() == 1
    look_at(page)
    fill_in(page, {name: value for name, value in RIGHT_ROWS["imaging"].items() if value})
    press(page, "Save and continue")
    look_at(page)
    fill_in(page, {"another": "yes"})
    press(page, "Continue")
    fill_in(page, {"kind": "xray"})
    press(page, "Save and continue")
    assert "You have added 2 scans" in page.locator("main").inner_text()

    # then each can be changed, and removed after a page that asks
    go(page, page.get_by_role("link", name="Change X-ray"))
    look_at(page)
    fill_in(page, {"kind": "ct", "body_part": "Chest"})
    press(page, "Save and continue")
    go(page, page.get_by_role("link", name="Remove MRI, Lower back"))
    look_at(page)
    follow(page, "No, keep it")
    assert "You have added 2 scans" in page.locator("main").inner_text()
    go(page, page.get_by_role("link", name="Remove MRI, Lower back"))
    press(page, "Yes, remove it")
    look_at(page)
    assert "You have added 1 scan" in page.locator("main").inner_text()
    fill_in(page, {"another": "no"})
    press(page, "Continue")
    assert [row["kind"] for row in answers_of(wanted.report)["imaging"]] == ["ct"]

    # when the other lists are answered in a word
    for slug, choice in (("biopsy", "none"), ("labs", "unknown"), ("treatments", "none"), ("medicines", "unknown")):
        assert slug_of(page) == slug
        look_at(page)
        fill_in(page, {"choice": choice})
        press(page, "Continue")

    # then "no known allergies" has to be chosen
    assert page.locator("main input:checked").count() == 0
    press(page, "Continue")
    look_at(page)
    assert "Select if there are allergies" in page.locator(".error-summary").inner_text()
    fill_in(page, {"choice": "none"})
    press(page, "Continue")
    fill_in(page, {"choice": "none"})
    press(page, "Continue")
    look_at(page)
    fill_in(page, {"records_how": ["bring"]})
    press(page, "Continue")
    look_at(page)
    complete(page)
    assert "1 of 5 sections done" in page.locator("main").inner_text()


@pytest.mark.parametrize(
    "slug",
    [
        "treatments",
        *(pytest.param(s, marks=THOROUGH) for s in ("labs", "medicines", "allergies", "implants", "biopsy")),
    ],
)
def test_every_kind_of_row_can_be_added_on_a_phone(open_as, look_at, slug):
    wanted = a_wanted_request()
    page = open_as(wanted, f"records/{slug}/add/")
    look_at(page)
    fill_in(page, {name: value for name, value in RIGHT_ROWS[slug].items() if value})
    press(page, "Save and continue")
    look_at(page)
    assert "You have added 1" in page.locator("main").inner_text()


def test_result_that_cannot_be_meant_is_asked_about_once(open_as, look_at):
    page = open_as(a_wanted_request(), "records/labs/add/")
    fill_in(page, {"test": "albumin", "value": "35", "unit": "g/dL"})
    press(page, "Save and continue")
    assert "Did you mean g/L?" in page.locator(".error-summary").inner_text()
    look_at(page)
    fill_in(page, {"unit": "g/L"})
    press(page, "Save and continue")
    assert "35 g/L" in page.locator("main").inner_text()


def test_second_window_is_told_and_loses_nothing(open_as, look_at):
    wanted = a_wanted_request()
    page = open_as(wanted, "cancer/stage/")
    save_section_step(wanted.report, "stage", {"current_stage": "I"}, by=person_of(wanted))
    fill_in(page, {"current_stage": "IV"})
    press(page, "Continue")
    assert "another window" in page.locator(".error-summary").inner_text()
    assert page.locator('[name="current_stage"]:checked').get_attribute("value") == "IV"
    look_at(page)
    press(page, "Continue")
    assert answers_of(wanted.report)["current_stage"] == "IV"


def test_caregiver_who_was_not_verified_meets_a_closed_page(open_as, look_at):
    wanted = a_wanted_request(filled_by="caregiver")
    save_section_step(wanted.report, "stage", {"current_stage": "II"}, by=person_of(wanted))
    page = open_as(wanted)
    assert heading(page) == "Before the patient's visit"
    look_at(page)
    for path in ("cancer/stage/", "cancer/completed/", "check/"):
        page.goto(f"/my/{wanted.reference}/before-visit/{path}")
        look_at(page)


@pytest.mark.parametrize("clothes", [{"text": "largest", "dark": True, "size": SMALL_PHONE}])
def test_pages_in_the_hardest_clothes(open_as, look_at, clothes):
    wanted = a_wanted_request()
    for slug, row in ROWS.items():
        save_row(wanted.report, slug, new_id(), row, by=person_of(wanted))
    save_section_step(wanted.report, "status", {"insurance_status": "insured"}, by=person_of(wanted))
    BeforeVisit.objects.update(sections_done=["insurance"])
    page = open_as(wanted, **clothes)
    assert "There is a problem" in page.locator("main").inner_text()
    look_at(page)
    paths = (
        "records/imaging/", "records/labs/add/", "records/medicines/", "insurance/plan/", "records/completed/",
        "optional/race/", "check/",
    )  # fmt: skip
    for path in paths:
        page.goto(f"/my/{wanted.reference}/before-visit/{path}")
        look_at(page)
