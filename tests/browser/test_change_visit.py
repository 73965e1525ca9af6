"""Staff change a booked visit in a browser: every page looked at, one change made and undone, scripts on and off."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from intake.access.links import make_link
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import fill_in, follow, heading, press, sign_in, type_birth_date

pytestmark = pytest.mark.django_db(transaction=True)
CLOTHES = {"desktop": {"size": DESKTOP}, "phone, dark, no scripts": {"size": PHONE, "dark": True, "js": False}}


def a_booked_day():
    """A visit of the day after tomorrow or later, booked by the coordinator for the patient."""
    wanted = a_reviewed_request()
    coordinator = User.objects.get(email="coordinator@example.org")
    by, now = Actor("staff", str(coordinator.pk), coordinator.name), timezone.now()
    later = timezone.localdate(now) + timedelta(days=2)
    days = find_days(wanted, earliest_on=later, now=now, limit=1).itineraries
    offer = make_offer(wanted, days, by=by, key=uuid4().hex, now=now)
    return accept_offer(offer, offer.alternatives.get(), by=by, key=uuid4().hex, now=now)


@pytest.mark.parametrize("clothes", CLOTHES.values(), ids=CLOTHES.keys())
def test_leg_gets_another_clinician_and_the_patient_sees_it_until_it_is_undone(open_page, look_at, clothes):
    # given a booked day
    open_the_clinic()
    visit = a_booked_day()
    rad = visit.appointments.select_related("clinician").get(specialty__code="RAD_ONC")
    page = open_page("/staff/", **clothes)
    sign_in(page, "coordinator")
    page.goto(f"/staff/visits/{visit.pk}/")
    look_at(page)

    # when staff look at each way to change it, and choose another clinician
    for way in (f"legs/{rad.pk}/move/", "day/"):
        page.goto(f"/staff/visits/{visit.pk}/{way}")
        look_at(page)
    page.goto(f"/staff/visits/{visit.pk}/legs/{rad.pk}/swap/")
    look_at(page)
    colleague = page.locator("main a.button").first.inner_text()
    follow(page, colleague)
    assert heading(page) == "Make this change?"
    look_at(page)
    press(page, "Make this change")
    assert "Select a reason" in page.locator(".error-summary").inner_text()
    look_at(page)
    fill_in(page, {"reason": "clinician_away"})
    press(page, "Make this change")

    # then the visit shows it, the patient reads it, and the undo button takes it back
    assert "You can undo this until" in page.locator("main").inner_text()
    look_at(page)
    token = make_link(
        purpose="visit",
        subject_id=visit.pk,
        birth_date=date.fromisoformat(visit.patient.date_of_birth),
        expires_at=visit.ends_at,
    )
    born = visit.patient.date_of_birth.split("-")
    patient = open_page(f"/my/visit/{token}/", **clothes)
    type_birth_date(patient, (str(int(born[1])), str(int(born[2])), born[0]))
    press(patient, "Continue")
    assert colleague in patient.locator(".notice.info").inner_text()
    look_at(patient)
    follow(patient, "Ask for another day")
    look_at(patient)
    press(page, "Undo")
    assert "Undone. The visit is as it was." in page.content()
    look_at(page)
    rad.refresh_from_db()
    assert rad.clinician.name != colleague
