"""The day at the desk: who walks in, one more appointment, one over another, in light and dark."""

from datetime import timedelta

import pytest

from clinic.directory.models import Clinician, Room
from scheduling.visits.models import Visit
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, SMALL_PHONE
from tests.browser.steps import fill_in, go, press, sign_in
from tests.scheduling.day_rows import a_visit_with

pytestmark = pytest.mark.usefixtures("working_hours")


@pytest.fixture
def working_hours(time_machine, now):
    """Monday, 9 a.m.; the clock goes on."""
    time_machine.move_to(now, tick=True)


def surgeon() -> Clinician:
    return Clinician.objects.filter(specialty__code="SPINE_SURG").order_by("name").first()


@pytest.mark.parametrize(
    "clothes",
    [{"dark": False, "size": DESKTOP}, {"text": "largest", "dark": True, "size": SMALL_PHONE}],
    ids=["standard", "dark, largest, 320 px"],
)
def test_day_at_the_desk(open_page, look_at, settings, now, clothes):
    # given a booked patient at 1:15 p.m. and one who walks in
    settings.OVERBOOKING_ALLOWED = True
    open_the_clinic()
    a_visit_with(
        a_reviewed_request(), [(surgeon(), now + timedelta(minutes=255))], Room.objects.filter(kind="stay").last()
    )
    on_friday = [(surgeon(), now - timedelta(days=3))]
    a_visit_with(a_reviewed_request(), on_friday, Room.objects.filter(kind="stay").last())
    walks_in = a_reviewed_request()
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")

    # when the whole visit is booked for today
    page.goto(f"/staff/requests/{walks_in.reference}/today/one/")
    look_at(page)
    page.goto(f"/staff/requests/{walks_in.reference}/today/")
    look_at(page)
    press(page, "Book this visit for today")

    # then both are on the list, with the visit of Friday that nobody closed, and each press is told
    look_at(page)
    today = page.url
    page.locator("main .notice a").first.click()
    look_at(page)
    go(page, page.get_by_role("button", name="Took place").first)
    look_at(page)
    page.goto(today)
    assert page.get_by_text("Earlier days are not closed").count() == 0
    go(page, page.get_by_role("button", name="Start").first)
    look_at(page)

    # and an appointment over another one is told, asked about and marked
    visit = Visit.objects.get(is_walk_in=True)
    page.goto(f"/staff/visits/{visit.pk}/add/?with={surgeon().pk}&at=13:20")
    press(page, "Add this appointment")
    look_at(page)
    fill_in(page, {"reason": "Pain is much worse"})
    if page.locator("[name=anyway]").count():
        page.locator("[name=anyway]").check()
    press(page, "Add this appointment")
    assert page.get_by_text("Overbooked", exact=True).count() == 2
    look_at(page)
