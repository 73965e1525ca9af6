"""The worklist in the browser: requests found, taken and handed over by keyboard alone, filters, the quiet look."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from clinic.accounts.models import User
from intake.models import StaffTask
from scheduling.demonstration import staff
from scheduling.models import AppointmentRequest, Conference, SavedFilter
from tests.browser.conftest import DESKTOP, SMALL_PHONE
from tests.browser.steps import go, heading, press, sign_in, where
from tests.browser.test_keyboard import focused, tab_to
from tests.scheduling.staff_rows import EMERGENCY, a_booked_visit, a_clinician_row, a_patient_row, a_row

STANDARD = {"size": DESKTOP}
HARDEST = {"text": "largest", "dark": True, "size": SMALL_PHONE}
CLOTHES = pytest.mark.parametrize("clothes", [STANDARD, HARDEST], ids=["standard", "dark, largest, 320 px"])


@pytest.fixture
def people(transactional_db):
    """One member of the staff a role."""
    staff.make_staff()
    return {user.email.partition("@")[0]: user for user in User.objects.all()}


def the_status(page):
    return page.locator("[data-news]")


def test_request_is_found_taken_and_handed_over_by_keyboard(open_page, people):
    wanted = a_row(EMERGENCY, patient=a_patient_row("Rosa", "Vega"))
    a_row()
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")

    # find
    tab_to(page, name="words")
    page.keyboard.type("vega")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/search/")
    assert page.locator("tbody tr").count() == 1

    # take
    tab_to(page, tag="BUTTON", name="one", value=wanted.reference)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/requests/{wanted.reference}/")
    expect(page.get_by_text("You hold this request now.")).to_be_visible()

    # hand over, from the list of my own
    tab_to(page, tag="A", text="Requests")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    tab_to(page, tag="A", text="Mine 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/?tab=mine")
    tab_to(page, tag="A", text=f"Hand over {wanted.reference}", most=60)
    page.keyboard.press("Enter")
    page.wait_for_url("**/hand-over/")
    tab_to(page, name="colleague")
    page.keyboard.type(people["coordinator"].name[:5])
    tab_to(page, name="reason")
    page.keyboard.type("Call in the morning.")
    tab_to(page, tag="BUTTON", text="Hand over")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/requests/{wanted.reference}/")
    expect(page.get_by_text(f"{people['coordinator'].name} holds this request now.")).to_be_visible()
    wanted.refresh_from_db()
    assert wanted.taken_by == people["coordinator"]


def test_several_are_ticked_and_taken_without_scripts(open_page, people):
    rows = [a_row() for _number in range(3)]
    page = open_page("/staff/", js=False, size=DESKTOP)
    sign_in(page, "nurse")
    for wanted in rows[:2]:
        page.locator(f'[name="reference"][value="{wanted.reference}"]').check()
    AppointmentRequest.objects.filter(pk=rows[1].pk).update(taken_by=people["coordinator"], taken_at=timezone.now())
    press(page, "Take those that are ticked")
    expect(page.get_by_text(f"not taken. {people['coordinator'].name} took {rows[1].reference}")).to_be_visible()
    expect(page.get_by_text("You hold 1 more request now.")).to_be_visible()
    assert list(people["nurse"].taken_requests.all()) == [rows[0]]


def test_filter_is_chosen_saved_and_deleted(open_page, people):
    a_row(level="urgent"), a_row()
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.locator("summary", has_text="Filter").first.click()
    page.get_by_label("Urgency").select_option("urgent")
    press(page, "Filter the list")
    assert page.url.endswith("/staff/?tab=new&level=urgent")
    assert page.locator("tbody tr").count() == 1
    page.locator("summary", has_text="Save this filter").click()
    page.get_by_label("Name of this filter").fill("Urgent and new")
    press(page, "Save this filter")
    page.goto("/staff/?tab=all")
    go(page, page.get_by_role("link", name="Urgent and new"))
    assert page.url.endswith("/staff/?tab=new&level=urgent")
    page.locator("summary", has_text="Saved filters").click()
    press(page, "Delete Urgent and new")
    assert not SavedFilter.objects.exists()


# The quiet look


@pytest.fixture
def open_worklist(open_page, people):
    """The worklist of the nurse with a clock in our hands; `asked` are the quiet requests."""
    first = a_row(waited=timedelta(hours=2))
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.clock.install()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url) if "/staff/quiet/news/?" in request.url else None)
    page.goto("/staff/")
    page.first = first
    return page


def test_new_requests_are_told_and_nothing_moves(open_worklist, people):
    page = open_worklist
    link = page.locator("tbody a").first
    link.focus()
    before = page.locator("tbody").inner_html()
    for _number in range(3):
        a_row(EMERGENCY, waited=timedelta(0))

    page.clock.fast_forward(61_000)

    expect(the_status(page)).to_contain_text("3 new requests.")
    assert page.locator("tbody").inner_html() == before
    assert focused(page)["text"] == link.inner_text()
    assert page.locator('[data-count="new"]').inner_text() == "4"
    assert the_status(page).get_attribute("role") == "status"
    go(page, the_status(page).get_by_role("link", name="Show"))
    assert page.locator("tbody tr").count() == 4


def test_nothing_is_said_while_nothing_is_new(open_worklist):
    page = open_worklist
    with page.expect_response("**/staff/quiet/**"):
        page.clock.fast_forward(61_000)
    expect(the_status(page).get_by_role("link", name="Show")).to_be_hidden()
    assert the_status(page).locator("[data-news-words]").inner_text() == ""


def test_tab_in_the_background_asks_nothing_until_somebody_comes_back(open_worklist):
    page = open_worklist
    change = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: true, configurable: true}}); {change}")
    page.clock.fast_forward(600_000)
    assert page.asked == []
    with page.expect_response("**/staff/quiet/**"):
        page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: false, configurable: true}}); {change}")
    assert len(page.asked) == 1


def test_signed_out_page_asks_once_and_then_no_more(open_worklist):
    page = open_worklist
    page.context.clear_cookies()
    with page.expect_request("**/staff/quiet/**"):
        page.clock.fast_forward(61_000)
    page.wait_for_timeout(300)
    page.clock.fast_forward(300_000)
    page.wait_for_timeout(300)
    assert len(page.asked) == 1
    assert where(page) == "/staff/"


# Looks


@CLOTHES
def test_pages_of_the_worklist(open_page, look_at, people, clothes):
    wanted = a_row(EMERGENCY)
    a_row(), a_row(taken_by=people["nurse"], taken_at=timezone.now(), status="records_pending")
    SavedFilter.objects.create(user=people["nurse"], name="Urgent ones", query="tab=all&level=urgent")
    page = open_page("/staff/", **clothes)
    sign_in(page, "nurse")
    look_at(page)
    page.locator('[name="reference"]').first.check()
    page.locator("summary", has_text="Filter").first.click()
    look_at(page)
    for query in ("tab=all&level=routine&only=overdue", "tab=referrals", "tab=all&level=routine", "colour=red"):
        page.goto(f"/staff/?{query}")
        look_at(page)
    page.goto("/staff/?tab=all&level=routine")
    page.locator("summary", has_text="Save this filter").click()
    press(page, "Save this filter")
    look_at(page)
    page.goto(f"/staff/requests/{wanted.reference}/hand-over/")
    look_at(page)
    press(page, "Hand over")
    look_at(page)
    page.goto("/staff/search/")
    page.get_by_label("Find a request").fill("Nobody Known")
    press(page, "Search")
    assert page.get_by_text("Nothing found.").is_visible()
    look_at(page)


@CLOTHES
def test_menu_open_and_closed(open_page, look_at, people, clothes):
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")
    group = page.locator(".nav-group").filter(has_text="Schedule")
    group.locator("summary").press("Enter")
    look_at(page)
    go(page, group.get_by_role("link", name="Waitlist"))
    assert group.get_by_role("link", name="Waitlist", include_hidden=True).get_attribute("aria-current") == "page"
    look_at(page)


@CLOTHES
def test_homes_of_the_other_roles(open_page, look_at, people, clothes):
    who = a_clinician_row()
    who.user = people["clinician"]
    who.save()
    for hours in (1, 30):
        a_booked_visit(a_row(), [who], starts_at=timezone.now() + timedelta(hours=hours))
    now = timezone.now()
    Conference.objects.create(on=timezone.localdate(), starts_at=now, place="Room 4", created_by=people["nurse"])
    StaffTask.objects.create(kind="trial_interest", patient=a_patient_row(), due_at=now)
    titles = {
        "clinician": "My day", "trials": "Clinical trials", "admin": "Welcome", "editor": "Welcome",
        "auditor": "Welcome",
    }  # fmt: skip
    page = open_page("/staff/", **clothes)
    for role, title in titles.items():
        page.context.clear_cookies()
        if clothes.get("text"):
            page.context.add_cookies([{"name": "text_size", "value": clothes["text"], "url": page.url}])
        sign_in(page, role)
        assert heading(page).startswith(title)
        look_at(page)
    assert reverse("worklist:home") == where(page)
