"""After the visit: a call logged by keyboard alone, a plan in two windows, a letter on paper; every page and state."""

import io

import pypdf
import pytest
from django.utils import timezone

from clinic.accounts.models import User
from scheduling.demonstration.staff import make_staff
from scheduling.models import FollowUpAttempt, FollowUpCall, Letter, PlanItem
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, follow, press, sign_in, where
from tests.browser.test_keyboard import tab_to
from tests.scheduling.follow_up.rows import a_call, a_letter, a_seen_patient, an_event, an_item

pytestmark = pytest.mark.usefixtures("working_hours")


@pytest.fixture
def working_hours(time_machine, now):
    """Monday, 9 a.m.; the clock goes on."""
    time_machine.move_to(now, tick=True)


@pytest.fixture
def nurse(transactional_db):
    make_staff()
    return User.objects.get(email="nurse@example.org")


@pytest.fixture
def wanted(nurse):
    return a_seen_patient()


def test_call_is_logged_by_keyboard_alone(open_page, look_at, wanted):
    # given a call that is overdue
    call = a_call(wanted, due=-1)
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto("/staff/calls/")
    look_at(page)

    # when it is opened and the patient reached, with pain worse than at first and nothing but that
    page.locator("main table a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/calls/{call.pk}/")
    look_at(page)
    tab_to(page, name="reached")
    page.keyboard.press("Space")  # yes: the questions about it appear
    tab_to(page, name="pain_worst")
    page.keyboard.press("Space")
    for _step in range(9):
        page.keyboard.press("ArrowRight")
    tab_to(page, name="ecog_self")
    page.keyboard.press("Space")
    look_at(page)
    tab_to(page, tag="BUTTON", text="Save the call")
    page.keyboard.press("Enter")

    # then the question that was left out is asked for, and what was said stays
    page.locator("[data-error-summary]:focus").wait_for()
    look_at(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=new_symptoms]:checked").get_attribute("value") == "no"
    tab_to(page, tag="BUTTON", text="Save the call")
    page.keyboard.press("Enter")

    # and the page says that a nurse is needed, and opens the task
    page.get_by_role("heading", name="This pain needs a nurse today").wait_for()
    look_at(page)
    tab_to(page, tag="BUTTON", text="Open a task for the nurse")
    page.keyboard.press("Enter")
    page.get_by_text("A task for the nurse is open.").wait_for()
    look_at(page)
    call.refresh_from_db()
    assert (call.state, call.pain_worst, FollowUpAttempt.objects.count()) == ("reached", 9, 1)


def test_plan_in_two_windows_loses_nothing(open_page, look_at, wanted, nurse):
    # given the same item open in two windows
    item = an_item(wanted, owner=nurse)
    address = f"/staff/requests/{wanted.reference}/plan/{item.pk}/"
    first = open_page("/staff/", size=DESKTOP)
    sign_in(first, "nurse")
    second = open_page(address, size=PHONE, dark=True, like=first)
    first.goto(address)

    # when both are saved
    fill_in(first, {"text": "MRI with contrast"})
    press(first, "Save")
    fill_in(second, {"text": "MRI without contrast"})
    press(second, "Save")

    # then the second is told, sees both, and may save again
    look_at(second)
    assert second.get_by_text("This changed while you had it open").is_visible()
    assert second.get_by_text("MRI with contrast", exact=True).is_visible()
    assert second.locator("[name=text]").input_value() == "MRI without contrast"
    assert PlanItem.objects.get().text == "MRI with contrast"
    press(second, "Save")
    assert PlanItem.objects.get().text == "MRI without contrast"


def test_plan_for_the_patient_is_large_enough_on_paper(open_page, look_at, wanted, nurse):
    an_item(wanted, owner=nurse, text="MRI of the spine")
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto(f"/staff/requests/{wanted.reference}/plan/print/")
    look_at(page)
    page.emulate_media(media="print")
    sizes = page.evaluate(
        "[...document.querySelectorAll('main p, main td, main li, .plan-text')]"
        ".map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 16  # pixels: 12 points
    (sheet,) = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages
    assert "MRI of the spine" in sheet.extract_text()


def test_letter_goes_from_the_draft_to_paper_and_is_sent(open_page, look_at, wanted):
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "coordinator")
    page.goto(f"/staff/requests/{wanted.reference}/plan/")
    follow(page, "Write the report to the referrer")
    look_at(page)
    fill_in(page, {"addressee": "Dr. Ana Park\nLakeside Cancer Center"})
    press(page, "Save the draft")
    look_at(page)

    follow(page, "Page to print")
    look_at(page)
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter")))
    text = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    for words in ("Juniper Bone Metastasis Clinic", "Dr. Ana Park", "Lakeside Cancer Center", "We saw Maria Alvarez"):
        assert words in text
    assert "Print this page" not in text
    assert len(paper.pages) == 1, paper.pages[1].extract_text()

    letter = Letter.objects.get()
    page.goto(f"/staff/requests/{wanted.reference}/letters/{letter.pk}/send/")
    look_at(page)
    fill_in(page, {"how": "fax", "when": "earlier"})
    press(page, "Mark as sent")
    look_at(page)  # the errors
    fill_in(page, {"when": "now"})
    press(page, "Mark as sent")
    assert where(page).endswith("/plan/")
    look_at(page)
    assert Letter.objects.get().state == "sent"


def test_plan_for_the_patient_is_one_sheet(open_page, look_at, wanted, nurse):
    for number in range(4):
        an_item(wanted, owner=nurse, due=number, text="MRI of the whole spine, without and with contrast.")
    an_item(wanted, state="done", done_on=timezone.localdate())
    a_call(wanted, due=3)
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto(f"/staff/requests/{wanted.reference}/plan/")
    follow(page, "Plan on paper for the patient")
    look_at(page)
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter")))
    assert len(paper.pages) == 1, paper.pages[1].extract_text()
    text = " ".join(paper.pages[0].extract_text().split())
    for words in ("Your plan", "MRI of the whole spine", "Do not wait for us", "Call the nurse line"):
        assert words in text


@pytest.mark.parametrize(
    "clothes",
    [{"text": "largest", "dark": True, "size": SMALL_PHONE}, {"js": False, "size": PHONE}],
    ids=["dark, largest, 320 px", "no scripts"],
)
def test_every_page_and_state(open_page, look_at, wanted, nurse, clothes):
    item = an_item(wanted, owner=nurse, due=-3, kind="radiation")
    an_item(wanted, state="dropped", closed_reason="Has a pacemaker")
    draft = a_letter(wanted, nurse)
    sent = a_letter(wanted, nurse, state="sent", sent_at=timezone.now(), sent_by=nurse, how="fax")
    an_event(wanted, nurse)
    due, done = a_call(wanted, due=-2), a_call(wanted, kind="week_4", state="reached", reached_at=timezone.now())
    FollowUpCall.objects.filter(pk=done.pk).update(pain_worst=9)
    of = f"/staff/requests/{wanted.reference}"
    page = open_page("/staff/", **clothes)
    sign_in(page, "nurse")

    for address in (
        f"{of}/plan/", f"{of}/plan/print/", f"{of}/plan/add/", f"{of}/plan/{item.pk}/", f"{of}/plan/{item.pk}/close/",
        f"{of}/hospital/add/", f"{of}/letters/add/", f"{of}/letters/{draft.pk}/", f"{of}/letters/{sent.pk}/",
        f"{of}/letters/{draft.pk}/send/", f"{of}/letters/{sent.pk}/print/", "/staff/plans/", "/staff/plans/?show=done",
        "/staff/calls/", "/staff/calls/?show=closed", f"/staff/calls/{due.pk}/", f"/staff/calls/{done.pk}/",
    ):  # fmt: skip
        page.goto(address)
        look_at(page)
    page.goto(f"{of}/plan/add/")
    press(page, "Add to the plan")
    look_at(page)
    page.goto(f"/staff/calls/{due.pk}/")
    page.get_by_text("Make no more calls").click()
    fill_in(page, {"why": "no_answer"})
    press(page, "Close the call")
    look_at(page)
