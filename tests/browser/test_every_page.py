"""Every page in other clothes: dark, largest text, a 320 pixel phone; and the pages nobody likes to see."""

from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from scheduling.itineraries.search import find_days
from scheduling.offers.actions import make_offer
from scheduling.offers.models import Offer
from scheduling.visits.models import Appointment
from tests.browser.clinic_day import a_reviewed_request, a_sent_request, fill_the_rest, open_the_clinic
from tests.browser.conftest import DESKTOP, SMALL_PHONE
from tests.browser.steps import BORN, begin, fill_in, go, press, sign_in, type_birth_date
from tests.scheduling.patient_steps import link_to

PUBLIC = [
    "/", "/get-help-now/", "/contact/", "/accessibility/", "/privacy/", "/preferences/", "/your-visit/", "/our-team/",
    "/refer/", "/nondiscrimination/", "/request-an-appointment/",
    "/register/who/", "/register/clinic/", "/resume/", "/sign-in/", "/sign-in/code/", "/staff/sign-in/",
    "/staff/password/forgotten/",
]  # fmt: skip
# clothes: text size, dark, viewport
STANDARD = {"text": "standard", "dark": False, "size": DESKTOP}
HARDEST = {"text": "largest", "dark": True, "size": SMALL_PHONE}


def an_offer_for(wanted) -> Offer:
    """Days held for a reviewed request, by the coordinator."""
    coordinator = User.objects.get(email="coordinator@example.org")
    now = timezone.now()
    days = find_days(wanted, now=now).itineraries
    by = Actor("staff", str(coordinator.pk), coordinator.name)
    return make_offer(wanted, days, by=by, key=uuid4().hex, now=now)


@pytest.mark.thorough
@pytest.mark.parametrize("clothes", [STANDARD, HARDEST], ids=["standard", "dark, largest, 320 px"])
def test_public_pages(open_page, look_at, clothes):
    page = open_page("/", **clothes)
    titles = set()
    for path in PUBLIC:
        page.goto(path)
        look_at(page)
        titles.add(page.title())
    assert len(titles) == len(PUBLIC)


@pytest.mark.thorough
def test_patient_pages_dark_with_the_largest_text_on_a_small_phone(open_page, look_at):
    # given a form that is filled in
    page = open_page("/register/who/", **HARDEST)
    fill_in(page, {"filled_by": "patient"})
    press(page, "Continue")
    fill_the_rest()

    # then its pages fit, also with an error summary, up to the reference
    for path in ("safety/acute-general/", "safety/bladder-change/", "pain/pain/", "contact/language/", "check/"):
        page.goto(f"/register/{path}")
        look_at(page)
    page.goto("/register/contact/birth-date/?change=1")
    fill_in(page, {"date_of_birth_year": "2999"})
    press(page, "Continue")
    assert page.locator(".error-summary").count() == 1
    look_at(page)
    page.goto("/register/check/")
    press(page, "Send my request")
    look_at(page)

    # and an emergency
    page = open_page("/", **HARDEST)
    begin(page)
    fill_in(page, {"acute_general": ["chest_pain"]})
    press(page, "Continue")
    look_at(page)


@pytest.mark.thorough
def test_booking_pages_dark_with_the_largest_text_on_a_small_phone(open_page, look_at):
    open_the_clinic()
    wanted = a_reviewed_request()
    offer = an_offer_for(wanted)
    page = open_page(f"/my/offer/{link_to(offer)}/", **HARDEST)
    look_at(page)
    type_birth_date(page, BORN)
    press(page, "Continue")
    look_at(page)
    page.locator('[name="visit"]').first.check()
    press(page, "Book this day")
    look_at(page)
    for path in ("visit/print/", "", "cancel/"):
        page.goto(f"/my/{wanted.reference}/{path}")
        look_at(page)
    # the same by video, from home
    wanted.visits.update(room=None)
    Appointment.objects.filter(visit__request=wanted).update(mode="video")
    for path in ("visit/", "visit/print/"):
        page.goto(f"/my/{wanted.reference}/{path}")
        look_at(page)


@pytest.mark.parametrize("clothes", [STANDARD, HARDEST], ids=["standard", "dark, largest, 320 px"])
def test_staff_pages_with_data(open_page, look_at, clothes):
    # given requests in several states, with an emergency that waits
    open_the_clinic()
    a_sent_request(bladder_change="leaking_no_control")
    reviewed, offered = a_reviewed_request(), a_reviewed_request()
    an_offer_for(offered)
    page = open_page("/staff/", **clothes)
    sign_in(page, "nurse")
    day = offered.offers.get().alternatives.first().starts_at.date()
    paths = [
        "/staff/?tab=all", "/staff/?tab=overdue", f"/staff/requests/{reviewed.reference}/",
        f"/staff/requests/{reviewed.reference}/triage/", f"/staff/requests/{reviewed.reference}/days/",
        f"/staff/requests/{offered.reference}/days/", f"/staff/requests/{offered.reference}/",
        f"/staff/requests/{offered.reference}/days/answer/", f"/staff/requests/{reviewed.reference}/waitlist/",
        f"/staff/schedule/day/{day}/", "/staff/search/", "/staff/second-factor/", "/staff/to-call/",
        f"/staff/requests/{reviewed.reference}/new-symptoms/",
    ]  # fmt: skip
    for path in paths:
        page.goto(path)
        look_at(page)
    page.goto(f"/staff/requests/{reviewed.reference}/days/")
    page.locator("main details summary").last.click()  # who, how and how long
    look_at(page)
    page.goto("/staff/")
    go(page, page.locator(".alert-banner a").first)
    look_at(page)


def test_admin_pages(open_page, look_at):
    open_the_clinic()
    page = open_page("/admin/", size=DESKTOP)
    look_at(page)
    sign_in(page, "admin")
    for path in ("/admin/", "/admin/clinic/user/", "/admin/clinic/clinician/"):
        page.goto(path)
        assert page.title()
        assert page.locator("h1").count() == 1
        assert page.problems == []


@pytest.mark.parametrize("clothes", [STANDARD, HARDEST], ids=["standard", "dark, largest, 320 px"])
def test_pages_of_errors(open_page, look_at, clothes):
    # not here, lapsed, a form without its token, a link that is dead
    page = open_page("/not-here/", **clothes)
    look_at(page)
    for path in ("/register/check/", "/my/BMC-0000-00/", "/my/offer/unknown/", "/resume/unknown/"):
        page.goto(path)
        look_at(page)
    page.goto("/register/who/")
    page.locator("[name=csrfmiddlewaretoken]").evaluate("e => e.remove()")
    press(page, "Continue")
    assert "could not check your form" in page.locator("h1").inner_text()
    look_at(page)


def test_page_of_a_server_error(open_page, look_at, live_server, monkeypatch):
    # given a page that fails
    monkeypatch.setattr("clinic.site.views.current_notice", lambda: 1 / 0)
    with override_settings(DEBUG=False, DEBUG_PROPAGATE_EXCEPTIONS=False):
        page = open_page("/privacy/")
        assert page.locator("h1").inner_text() == "Something went wrong on our side"
        page.problems = [one for one in page.problems if "500" not in one]
        look_at(page)
