"""The builder of a coordinated visit: find days, hold up to three, take the offer back."""

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from clinic.directory.models import Specialty
from clinic.platform.submits.once import new_key
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import WhyNot
from scheduling.models import Claim, Offer, Visit, WeeklySession
from scheduling.offers.day_words import read_day, why_not_words
from tests.scheduling.staff_rows import a_clinician_row, a_member, a_row, a_visit_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    coordinator = a_member("coordinator", "Lee Park")
    client.force_login(coordinator)
    return coordinator


@pytest.fixture
def wanted():
    """A reviewed request, and a clinic where a nurse and a radiation oncologist work every day."""
    for clinician in (a_clinician_row("Dana Whitfield, RN", "NURSE_NAV"), a_clinician_row()):
        for weekday in range(7):
            WeeklySession.objects.create(
                clinician=clinician,
                weekday=weekday,
                starts=time(8),
                ends=time(16),
                valid_from=timezone.localdate() - timedelta(days=7),
                reserve_minutes=0,
            )
    return a_row(status="ready", reviewed_at=timezone.now(), visit_type=a_visit_type(), specialties=["RAD_ONC"])


def address_of(wanted):
    return f"/staff/requests/{wanted.reference}/days/"


def days_on(page):
    return re.findall(r'name="day" value="([^"]+)"', page)


def posted(do, **fields):
    return {"key": new_key(), "do": do, "leg_RAD_ONC": "on", "minutes_RAD_ONC": "45"} | fields


def test_builder_shows_up_to_three_days_with_legs_and_reason(client, coordinator, wanted):
    page = client.get(address_of(wanted)).content.decode()

    assert len(days_on(page)) == 3
    assert "Dr. Elena Marsh" in page
    assert "The earliest complete day" in page or "the earliest complete day" in page


def test_builder_shows_a_frail_patients_limits(client, coordinator, wanted):
    type(wanted).objects.filter(pk=wanted.pk).update(is_frail=True)

    assert "Frail: a short day" in client.get(address_of(wanted)).content.decode()


def test_builder_says_which_specialty_stands_in_the_way(client, coordinator, wanted):
    WeeklySession.objects.filter(clinician__specialty__code="RAD_ONC").delete()

    page = client.get(address_of(wanted)).content.decode()

    assert "No complete day" in page
    assert "Radiation oncology has no free time." in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"leg_RAD_ONC": ""}, "Tick at least one specialty"),
        ({"minutes_RAD_ONC": ""}, "Enter the minutes for Radiation oncology"),
        ({"minutes_RAD_ONC": "9999"}, "330"),
        ({"weekdays": ["9"]}, "Select from the answers shown"),
    ],
)
def test_builder_with_a_gap_says_what_to_enter(client, coordinator, wanted, fields, said):
    answer = client.post(address_of(wanted), posted("find", **fields))

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_hold_without_a_day_asks_for_one(client, coordinator, wanted):
    answer = client.post(address_of(wanted), posted("hold"))

    assert answer.status_code == 422
    assert "Tick the days to hold, up to 3" in answer.content.decode()


def test_hold_makes_one_offer_however_often_it_is_posted(client, coordinator, wanted):
    days = days_on(client.get(address_of(wanted)).content.decode())
    data = posted("hold", day=days[:2])

    answers = [client.post(address_of(wanted), data).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert Offer.objects.get().alternatives.filter(state="held").count() == 2
    assert "held until" in client.get(address_of(wanted)).content.decode()


def test_hold_of_a_day_taken_meanwhile_gives_a_new_list_and_keeps_the_form(client, coordinator, wanted):
    days = days_on(client.get(address_of(wanted)).content.decode())
    taken = read_day(wanted, days[0], [("RAD_ONC", 45)])
    first = taken.legs[0]
    Claim.objects.create(
        clinician_id=first.clinician_id, starts_at=datetime_of(first.start), ends_at=datetime_of(first.end)
    )

    answer = client.post(address_of(wanted), posted("hold", day=days[:1], weekdays=["0", "1"]))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert not Visit.objects.exists()
    assert page.count("checked") >= 3


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "1" * 5000, "\x00"])
def test_hold_of_a_made_up_day_holds_nothing(client, coordinator, wanted, value):
    answer = client.post(address_of(wanted), posted("hold", day=[value]))

    assert answer.status_code in (409, 422)
    assert not Visit.objects.exists()


def test_day_found_for_one_request_is_nothing_for_another(client, coordinator, wanted):
    other = a_row(status="ready", reviewed_at=timezone.now(), visit_type=a_visit_type(), specialties=["RAD_ONC"])
    days = days_on(client.get(address_of(wanted)).content.decode())

    answer = client.post(address_of(other), posted("hold", day=days[:1]))

    assert answer.status_code == 409
    assert not Visit.objects.exists()


def test_day_found_for_other_minutes_must_be_searched_again(client, coordinator, wanted):
    days = days_on(client.get(address_of(wanted)).content.decode())

    answer = client.post(address_of(wanted), posted("hold", day=days[:1], minutes_RAD_ONC="60"))

    assert answer.status_code == 409
    assert "The list was made for other specialties" in answer.content.decode()


def test_taking_an_offer_back_frees_its_days(client, coordinator, wanted):
    days = days_on(client.get(address_of(wanted)).content.decode())
    client.post(address_of(wanted), posted("hold", day=days))

    client.post(f"{address_of(wanted)}take-back/", {"key": new_key()})

    assert Offer.objects.get().state == Offer.State.RELEASED
    assert not Claim.objects.filter(visit__isnull=False).exists()


def test_request_that_is_not_ready_cannot_be_planned(client, coordinator):
    page = client.get(address_of(a_row())).content.decode()

    assert "No day can be planned now" in page


@pytest.mark.parametrize(
    "code", ["no_legs", "no_days", "too_many_physicians", "too_long", "no_time", "no_fit", "no_room", "wishes"]
)
def test_every_reason_against_a_day_has_its_sentence(code):
    lines = why_not_words(WhyNot(code, "RAD_ONC", ("RAD_ONC", "NURSE_NAV.first")), {"RAD_ONC": "Radiation oncology"})

    assert lines
    assert "No complete day was found" not in lines[0]


def test_builder_tells_day_by_day_what_stands_in_the_way(client, coordinator, wanted):
    Specialty.objects.get_or_create(code="SPINE_SURG", defaults={"name": "Spine surgery", "default_minutes": 40})
    surgeon = a_clinician_row("Dr. Marcus Field", "SPINE_SURG")
    WeeklySession.objects.create(
        clinician=surgeon, weekday=timezone.localdate().weekday(), starts=time(8), ends=time(16),
        valid_from=timezone.localdate() + timedelta(days=7), reserve_minutes=0,
    )  # fmt: skip

    page = client.post(
        address_of(wanted), posted("find", leg_SPINE_SURG="on", minutes_SPINE_SURG="40")
    ).content.decode()

    assert "Day by day: what stands in the way" in page
    assert "No free time: Spine surgery." in page
    assert "Nothing: a complete day" in page
