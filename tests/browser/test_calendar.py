"""The calendar: a visit moved by keyboard alone, a drag that only asks, its paper, the look of every page."""

import io
from datetime import timedelta

import pypdf
import pytest

from clinic.directory.models import Clinician, Room
from scheduling.availability.models import Closure
from scheduling.visits.models import Claim, Visit
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import go, press, sign_in, where
from tests.scheduling.day_rows import a_visit_with

pytestmark = pytest.mark.usefixtures("working_hours")
MINUTE = timedelta(minutes=1)
DAY = "/staff/schedule/clinicians/2027-01-04/"
SPINE = f"{DAY}?specialty=SPINE_SURG"


@pytest.fixture
def working_hours(time_machine, now):
    """Monday, 9 a.m.; the clock goes on."""
    time_machine.move_to(now, tick=True)


def surgeons() -> list[Clinician]:
    return list(Clinician.objects.filter(specialty__code="SPINE_SURG").order_by("name"))


@pytest.fixture
def visit(transactional_db, now):
    """One appointment with a surgeon at 1:15 p.m."""
    open_the_clinic()
    return a_visit_with(
        a_reviewed_request(), [(surgeons()[0], now + 255 * MINUTE)], Room.objects.filter(kind="stay").first()
    )


def reach(page, name: str) -> None:
    """Tab until what has the focus begins with these words."""
    for _ in range(160):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
            " return ((l ? l.innerText : e.innerText) || '').replace(/\\s+/g, ' ').trim(); })()"
        )
        if found.startswith(name):
            return
    raise AssertionError(f"{name} is not reached by Tab on {page.url}")


def enter(page) -> None:
    """Press Enter on what leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_visit_is_moved_from_the_grid_by_keyboard_alone(open_page, look_at, visit):
    # given the board of today
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "coordinator")
    page.goto("/staff/schedule/day/2027-01-04/")

    # when the day by clinician is opened for one specialty
    reach(page, "By clinician")
    enter(page)
    assert where(page) == DAY
    reach(page, "Specialty")
    page.keyboard.type("Spine")
    reach(page, "Show")
    enter(page)
    look_at(page)

    # then the list is one key away
    reach(page, "Skip to list view")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "list"
    page.goto(SPINE)

    # and the visit is opened and moved
    reach(page, "1:15 to 1:55 p.m.")
    enter(page)
    assert where(page) == f"/staff/visits/{visit.pk}/"
    reach(page, "Move Spine")
    enter(page)
    look_at(page)
    reach(page, "2:")
    enter(page)
    look_at(page)
    reach(page, "The patient asked for it")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("The visit is changed.").wait_for()
    assert Visit.objects.get().starts_at > visit.starts_at
    page.goto(SPINE)
    assert page.locator(".b-leg .cal-open").inner_text().startswith("2:")


def test_drag_opens_the_page_that_asks_and_saves_nothing(open_page, look_at, visit):
    page = open_page("/staff/", size={"width": 1280, "height": 2400})
    sign_in(page, "coordinator")
    page.goto(SPINE)
    corner = {"x": 20, "y": 6}
    own, other = surgeons()[:2]

    def drag(to: str) -> None:
        item = page.locator(".cal li", has_text=to).first
        with page.expect_navigation():
            page.locator("li.b-leg").drag_to(item, source_position=corner, target_position=corner)

    # a free time of the same clinician
    drag(f"Book 3:00 p.m. with {own.name}")
    assert where(page) == f"/staff/visits/{visit.pk}/confirm/"
    assert "Make this change?" in page.locator("h1").inner_text()
    assert "3:00 to 3:40 p.m." in page.locator("main").inner_text()
    assert page.locator("main").inner_text().count(own.name)
    look_at(page)

    # another day of the week: the whole visit would go there
    page.goto(f"/staff/schedule/week/{own.pk}/2027-01-04/")
    tuesday = page.locator("[data-day='2027-01-05'] li", has_text=f"Book 3:00 p.m. with {own.name}")
    with page.expect_navigation():
        page.locator("li.b-leg").drag_to(tuesday, source_position=corner, target_position=corner)
    assert "Make this change?" in page.locator("h1").inner_text()
    assert "Tuesday, January 5" in page.locator("main").inner_text()
    assert "3:00 to 3:40 p.m." in page.locator("main").inner_text()

    # time that the other one has taken: the page says why
    start = visit.starts_at + 105 * MINUTE
    Claim.objects.create(clinician=other, starts_at=start, ends_at=start + 60 * MINUTE)
    page.goto(SPINE)
    drag("Busy elsewhere")
    assert "Nothing was changed" in page.locator("main").inner_text()
    look_at(page)
    row = Visit.objects.get()
    assert (row.starts_at, row.calendar_sequence) == (visit.starts_at, visit.calendar_sequence)


def test_free_gap_is_booked_for_a_request(open_page, look_at, visit):
    wanted = a_reviewed_request()
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "coordinator")
    page.goto("/staff/schedule/clinicians/2027-01-11/?specialty=SPINE_SURG")
    go(page, page.locator(".b-free a").first)
    look_at(page)
    page.get_by_role("textbox", name="Reference").fill(wanted.reference.lower())
    press(page, "Find the request")
    look_at(page)
    go(page, page.get_by_role("link", name="Plan the day"))
    assert page.locator("input[name=day]").count()
    page.locator("input[name=day]").first.check()
    press(page, "Hold these days and send the offer")
    held = Visit.objects.get(state="held")
    assert held.request == wanted
    assert held.starts_at.date().isoformat() >= "2027-01-11"


@pytest.mark.parametrize(
    "clothes",
    [{"size": DESKTOP}, {"size": PHONE, "dark": True}, {"text": "largest", "size": SMALL_PHONE}],
    ids=["standard", "dark, 375 px", "largest, 320 px"],
)
def test_every_page_of_the_calendar(open_page, look_at, visit, now, clothes):
    person = surgeons()[0]
    wanted = a_reviewed_request()
    day = a_visit_with(a_reviewed_request(), [(surgeons()[1], now)], Room.objects.filter(kind="stay")[1])
    day.appointments.update(is_overbooked=True, overbooking_reason="Pain")
    Clinician.objects.filter(pk=surgeons()[1].pk).update(is_active=False)
    Claim.objects.create(clinician=person, starts_at=now, ends_at=now + 60 * MINUTE)
    Closure.objects.create(
        clinician=person, starts_at=now + 360 * MINUTE, ends_at=now + 600 * MINUTE, reason="Teaching"
    )
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")
    paths = [
        SPINE,
        "/staff/schedule/rooms/2027-01-04/",
        f"/staff/schedule/week/{person.pk}/2027-01-04/",
        "/staff/schedule/month/2027-01/",
        "/staff/schedule/day/2027-01-04/print/",
        f"/staff/schedule/book/{person.pk}/2027-01-11T0900/",
        f"/staff/schedule/book/{person.pk}/2027-01-11T0900/{wanted.reference}/",
    ]
    if clothes["size"] == DESKTOP:
        paths += [
            "/staff/schedule/clinicians/2027-01-09/",
            f"/staff/schedule/book/{person.pk}/2027-01-11T0900/?reference=",
            f"/staff/schedule/book/{person.pk}/2027-01-04T0930/{wanted.reference}/",
        ]
    for path in paths:
        page.goto(path)
        look_at(page)


def test_day_on_paper_fits_and_has_what_it_needs(open_page, visit, now):
    for number in range(1, 30):
        person = Clinician.objects.filter(specialty__is_leg=True).exclude(specialty__code="SPINE_SURG")[number % 20]
        start = now + 60 * MINUTE + (number // 20) * 60 * MINUTE
        a_visit_with(visit.request, [(person, start)], Room.objects.filter(kind="stay").first(), claims=False)
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "coordinator")
    page.goto("/staff/schedule/day/2027-01-04/print/")
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter")))
    sheets = [" ".join(sheet.extract_text().split()) for sheet in paper.pages]
    assert 2 <= len(sheets) <= 4
    for sheet in sheets:
        assert "Monday, January 4, 2027. Confidential. Shred after use. Printed by" in sheet
    assert surgeons()[0].name in " ".join(sheets)
    assert "1:15 to 1:55 p.m." in " ".join(sheets)
    page.goto(f"/staff/schedule/day/2027-01-04/print/?clinician={surgeons()[0].pk}")
    (only,) = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages
    assert "1 appointment" in only.extract_text()


def test_list_of_the_calendar_on_paper_has_names_and_no_free_time(open_page, visit):
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "coordinator")
    surgeon, patient = surgeons()[0].name, visit.patient.full_name
    for path, head, with_whom in (
        (SPINE, surgeon, visit.room.name),
        (f"/staff/schedule/week/{surgeons()[0].pk}/2027-01-04/", "Mon, Jan 4", visit.room.name),
        ("/staff/schedule/rooms/2027-01-04/", visit.room.name, f"1:15 p.m. {surgeon}"),
    ):
        page.goto(path)
        sheets = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages
        said = " ".join(" ".join(sheet.extract_text().split()) for sheet in sheets)
        assert head in said.partition(patient)[0].rpartition("Time Patient Visit")[2]
        assert f"1:15 to 1:55 p.m. {patient} {visit.visit_type.name} {with_whom} Booked" in said
        assert "Free" not in said
        assert "What you can do" not in said
        assert said.count("Confidential. Shred after use. Printed by") == len(sheets)
