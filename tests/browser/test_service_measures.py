"""The measures of service in a browser: by keyboard alone, in all clothes, wrong months, without scripts, on paper."""

from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from scheduling.demonstration.measures import add_past
from scheduling.measures.service.texts import PAGES
from tests.browser.clinic_day import open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import heading, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

CLOTHES = {
    "desktop": {"size": DESKTOP},
    "phone, dark": {"size": PHONE, "dark": True},
    "largest, 320 px": {"size": SMALL_PHONE, "text": "largest"},
}


@pytest.fixture
def half_a_year():
    """The clinic with the finished requests of the demonstration."""
    open_the_clinic()
    now = timezone.now().replace(second=0, microsecond=0)
    zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
    add_past(now, now.astimezone(zone).date(), zone)


@pytest.mark.parametrize("clothes", CLOTHES.values(), ids=CLOTHES)
def test_every_page_in_all_clothes(open_page, look_at, half_a_year, clothes):
    page = open_page("/staff/", **clothes)
    sign_in(page, "admin")

    for slug, name in PAGES.items():
        page.goto(f"/staff/measures/service/{slug}/")
        assert heading(page) == str(name)
        assert page.get_by_role("table").count() > 0
        look_at(page)
    page.goto("/staff/measures/service/?first=2020-01&last=2020-02")
    assert page.get_by_role("alert").count() == 1
    look_at(page)


def test_months_are_chosen_by_keyboard_and_wrong_ones_are_told(open_page, half_a_year):
    page = open_page("/staff/measures/service/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto("/staff/measures/service/visits/")
    months = page.locator("table").first.locator("tbody tr").count() - 1
    assert months == 6

    page.get_by_label("From").focus()
    page.keyboard.press("ArrowUp")  # the list begins with this month: one later
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/?first=*")
    assert page.locator("table").first.locator("tbody tr").count() - 1 == months - 1

    page.get_by_label("To").focus()
    page.keyboard.press("End")  # five years ago
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    assert "The last month must not be before the first month" in alert.inner_text()
    assert page.get_by_role("table").count() == 0
    alert.get_by_role("link").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_last"
    assert page.get_by_label("From").input_value() != ""


def test_charts_are_as_high_as_the_figures_of_the_table(open_page, half_a_year):
    page = open_page("/staff/", size=DESKTOP, js=False)
    sign_in(page, "physician")
    page.goto("/staff/measures/service/visits/")

    section = page.get_by_role("region", name="Coordinated visits", exact=True)
    drawn = section.locator("rect.column").evaluate_all("all => all.map(one => +one.getAttribute('height'))")
    shares = section.locator("tbody tr:not(.measure-total) td:last-child").all_inner_texts()
    told = [int(share.rstrip("%")) for share in shares if share.endswith("%")]
    assert len(drawn) == len(told) > 2
    room = 180 - 18 - 26
    assert all(abs(height - share / 100 * room) < 1 for height, share in zip(drawn, told, strict=True))


def test_file_is_downloaded_for_the_months_shown(open_page, half_a_year):
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "coordinator")
    page.goto("/staff/measures/service/after/")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV: Pain change").click()
    assert download.value.suggested_filename == f"pain-{timezone.localdate().isoformat()}.csv"


def test_paper_has_figures_and_no_controls(open_page, half_a_year):
    page = open_page("/staff/", size=DESKTOP)
    sign_in(page, "nurse")
    page.goto("/staff/measures/service/forms/")

    page.emulate_media(media="print")

    assert not page.get_by_role("button", name="Show these months").is_visible()
    assert not page.get_by_role("link", name="Download as CSV").first.is_visible()
    assert page.get_by_role("table").first.is_visible()
    assert page.locator("svg.chart").first.is_visible()
