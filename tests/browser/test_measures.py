"""Third next available and the capacity plan in a browser: both sizes, dark, largest text, no scripts, on paper."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.platform.audit.actors import SYSTEM
from scheduling.availability.models import WeeklySession
from scheduling.measures.actions import take_snapshot
from tests.browser.clinic_day import a_sent_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import follow, go, heading, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

CLOTHES = {
    "desktop": {"size": DESKTOP},
    "phone, dark": {"size": PHONE, "dark": True},
    "largest, 320 px": {"size": SMALL_PHONE, "text": "largest"},
    "no scripts": {"size": DESKTOP, "js": False},
}


@pytest.fixture
def clinic_at_work():
    """The clinic with a request that waits, time that is short, and one week of figures."""
    open_the_clinic()
    a_sent_request()
    WeeklySession.objects.filter(clinician__specialty__code="RAD_ONC").delete()
    now = timezone.now()
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
    take_snapshot(monday, by=SYSTEM, now=now)


@pytest.mark.parametrize("clothes", CLOTHES.values(), ids=CLOTHES)
def test_measures_in_all_clothes(open_page, look_at, clinic_at_work, clothes):
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")

    go(page, page.get_by_role("navigation", name="Staff").get_by_role("link", name="Measures"))
    assert heading(page) == "Third next available"
    assert page.locator("svg.bar").count() > 10
    look_at(page)

    follow(page, "Capacity plan")
    assert heading(page) == "Capacity plan"
    assert "The bottleneck is Radiation oncology" in page.locator("main").inner_text()
    look_at(page)


def test_bars_are_as_long_as_what_they_show(open_page, clinic_at_work):
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "admin")
    page.goto("/staff/measures/access/")

    shown = page.locator("table").nth(1).locator("tbody tr").evaluate_all(
        """rows => rows.map(row => [parseFloat(row.cells[2].innerText),
               row.querySelector(".first") && row.querySelector(".first").getBoundingClientRect().width])"""
    )  # fmt: skip

    drawn = [(days, width) for days, width in shown if width is not None]
    longest = max(drawn)
    assert longest[1] > 50
    assert all(width == pytest.approx(longest[1] * days / longest[0], abs=8) for days, width in drawn)


def test_files_are_downloaded(open_page, clinic_at_work):
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")

    for path, name in (("access", "third-next-available"), ("capacity", "capacity")):
        page.goto(f"/staff/measures/{path}/")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as CSV").click()
        assert download.value.suggested_filename == f"{name}-{timezone.localdate().isoformat()}.csv"


def test_paper_has_the_tables_without_buttons(open_page, clinic_at_work):
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "physician")
    page.goto("/staff/measures/capacity/")

    page.emulate_media(media="print")

    assert not page.get_by_role("link", name="Download as CSV").is_visible()
    assert page.get_by_role("table").count() == 2
    assert page.get_by_role("table").first.is_visible()
