"""Working time in a browser: a clinician's day off is shown before it is saved, and the pages suit everybody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from scheduling.availability.models import SessionException
from scheduling.itineraries.search import find_days
from scheduling.offers.actions import make_offer
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.browser.steps import fill_in, follow, heading, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
CLOTHES = {
    "desktop": {"size": DESKTOP},
    "dark, largest, 320 px": {"size": SMALL_PHONE, "dark": True, "text": "largest"},
    "phone, no scripts": {"size": PHONE, "js": False},
}


def a_held_leg():
    """The radiation oncologist's appointment of a day held for an offer."""
    wanted = a_reviewed_request()
    coordinator = User.objects.get(email="coordinator@example.org")
    now = timezone.now()
    later = timezone.localdate(now) + timedelta(days=2)
    days = find_days(wanted, earliest_on=later, now=now, limit=1).itineraries
    by = Actor("staff", str(coordinator.pk), coordinator.name)
    offer = make_offer(wanted, days, by=by, key=uuid4().hex, now=now)
    return offer.alternatives.get().appointments.get(specialty__code="RAD_ONC")


@pytest.mark.parametrize("clothes", CLOTHES.values(), ids=CLOTHES.keys())
def test_day_off_is_shown_saved_and_listed(open_page, look_at, clothes):
    # given an appointment ahead
    open_the_clinic()
    leg = a_held_leg()
    on = timezone.localtime(leg.starts_at).date()
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")
    page.goto("/staff/availability/")
    look_at(page)

    # when its clinician is away on that day
    follow(page, leg.clinician.name)
    look_at(page)
    follow(page, "Change one date")
    press(page, "See what changes")
    assert page.locator(".error-summary").count() == 1
    look_at(page)
    fill_in(page, {"adds": "no", "starts": "8:00 am", "ends": "5:00 pm"})
    fill_in(page, {f"on_{part}": str(getattr(on, part)) for part in ("month", "day", "year")})
    press(page, "See what changes")

    # then the page tells what would lie outside, and nothing is saved yet
    assert heading(page) == "What would change"
    assert leg.visit.request.reference in page.locator("main").inner_text()
    assert not SessionException.objects.filter(clinician=leg.clinician, on=on).exists()
    look_at(page)

    # and once saved it is in the list
    press(page, "Save all the same")
    assert SessionException.objects.filter(clinician=leg.clinician, on=on).exists()
    look_at(page)
    page.goto("/staff/availability/outside/")
    assert leg.visit.request.reference in page.locator("main").inner_text()
    look_at(page)


@pytest.mark.parametrize("clothes", CLOTHES.values(), ids=CLOTHES.keys())
def test_other_forms_suit_everybody(open_page, look_at, clothes):
    open_the_clinic()
    session = SessionException.objects.first().clinician.sessions.first()
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")
    who = session.clinician_id
    own = f"sessions/{session.pk}"
    for path in (f"clinicians/{who}/session/", "closures/add/", f"{own}/end/", f"{own}/change/"):
        page.goto(f"/staff/availability/{path}")
        look_at(page)
        press(page, "See what changes")
        assert page.locator(".error-summary").count() == 1
        look_at(page)
    for path in (f"clinicians/{who}/buffer/", "free/", "free/?days=30&specialty=RAD_ONC"):
        page.goto(f"/staff/availability/{path}")
        look_at(page)
    exception = SessionException.objects.first()
    page.goto(f"/staff/availability/dates/{exception.pk}/remove/")
    look_at(page)
    press(page, "See what changes")
    look_at(page)
    press(page, "Save")
    assert not SessionException.objects.filter(pk=exception.pk).exists()
