"""An earlier day in a browser: the patient waits for it, gets it offered, keeps or changes; staff see who waits."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from clinic.accounts.models import User
from clinic.platform.audit.actors import Actor
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.visits.models import Visit
from tests.browser.clinic_day import a_reviewed_request, open_the_clinic
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import (
    BORN,
    fill_in,
    follow,
    heading,
    link_of_newest_message,
    press,
    sign_in,
    type_birth_date,
)

pytestmark = pytest.mark.django_db(transaction=True)
CLOTHES = {
    "desktop": {"size": DESKTOP},
    "phone, dark, no scripts": {"size": PHONE, "dark": True, "js": False},
}


def booked_in_some_weeks():
    """A visit of the second half of the month to come."""
    wanted = a_reviewed_request()
    coordinator = User.objects.get(email="coordinator@example.org")
    by, now = Actor("staff", str(coordinator.pk), coordinator.name), timezone.now()
    later = (now + timedelta(days=20)).date()
    days = find_days(wanted, earliest_on=later, now=now, limit=1).itineraries
    offer = make_offer(wanted, days, by=by, key=uuid4().hex, now=now)
    return accept_offer(offer, offer.alternatives.get(), by=by, key=uuid4().hex, now=now)


@pytest.mark.parametrize("clothes", CLOTHES.values(), ids=CLOTHES.keys())
def test_patient_waits_for_an_earlier_day_and_changes_to_it(open_page, look_at, settings, clothes):
    # given a patient with a visit
    settings.WAITLIST_MODE, settings.WAITLIST_OFFER_HOURS = "offer", "00:00-23:59"
    open_the_clinic()
    visit = booked_in_some_weeks()
    patient = open_page(link_of_newest_message(), **clothes)
    type_birth_date(patient, BORN)
    press(patient, "Continue")

    # when they ask to be told of earlier days
    follow(patient, "Tell me if an earlier day opens")
    look_at(patient)
    press(patient, "Tell me about earlier days")
    assert heading(patient) == "Your visit is booked"
    look_at(patient)
    follow(patient, "Tell me if an earlier day opens")
    assert patient.get_by_text("You are on the list").count() == 1
    fill_in(patient, {"notice": "2", "weekdays": "1"})
    look_at(patient)
    press(patient, "Save")

    # then staff see who waits, and for what
    staff = open_page("/staff/", **clothes)
    sign_in(staff, "coordinator")
    staff.goto("/staff/waitlist/")
    look_at(staff)
    staff.get_by_role("link", name="Change").click()
    assert heading(staff) == "On the waitlist"
    look_at(staff)

    # and a message leads to the day that was found, which they change to
    link = link_of_newest_message()
    staff.goto("/staff/waitlist/")
    assert staff.get_by_text("held until").count() == 1
    look_at(staff)
    patient.goto(f"/my/{visit.request.reference}/")
    look_at(patient)
    again = open_page(link, **clothes)
    type_birth_date(again, BORN)
    press(again, "Continue")
    assert heading(again) == "An earlier day is free"
    look_at(again)
    press(again, "Change to this day")
    assert heading(again) == "Your visit is booked"
    look_at(again)
    assert sorted(Visit.objects.values_list("state", flat=True)) == ["booked", "cancelled_by_patient"]
