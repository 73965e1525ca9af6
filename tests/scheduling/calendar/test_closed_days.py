"""Days and hours at which nobody works: the calendar says why."""

from datetime import time, timedelta

import pytest

from clinic.directory.models import Holiday
from scheduling.availability.models import Closure, SessionException, WeeklySession
from tests import factories
from tests.factories import local
from tests.scheduling.calendar.looking import DAY, MONDAY, ROOMS, items, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture
def desk(client):
    user = factories.a_coordinator()
    client.force_login(user)
    return user


def test_closed_day_says_why(client, desk, small_clinic):
    Holiday.objects.create(on=MONDAY, name="Founders Day")
    page = text_of(client.get(DAY))
    assert "The clinic is closed on this day Founders Day" in page
    assert "Founders Day" in text_of(client.get(ROOMS))
    assert "Closed: Founders Day" in text_of(client.get("/staff/schedule/month/2027-01/"))
    assert "Closed: New Year's Day" in text_of(client.get("/staff/schedule/month/2027-01/"))
    Holiday.objects.all().delete()
    Closure.objects.create(
        starts_at=local(MONDAY, 0), ends_at=local(MONDAY, 0) + timedelta(days=1), reason="Burst pipe"
    )
    assert "The clinic is closed on this day Burst pipe" in text_of(client.get(DAY))
    assert "Closed: Burst pipe" in text_of(client.get("/staff/schedule/month/2027-01/"))


def test_time_off_of_one_clinician_says_why(client, desk, small_clinic):
    person = small_clinic.people["MED_ONC"][0]
    Closure.objects.create(
        clinician=person, starts_at=local(MONDAY, 13), ends_at=local(MONDAY, 17), reason="Teaching"
    )  # fmt: skip
    page = client.get(DAY + "?specialty=MED_ONC")
    assert "Away: Teaching, 1:00 to 5:00 p.m." in items(page, "b-closed")
    assert "1:00 to 5:00 p.m. Away: Teaching" in text_of(page).partition(" List ")[2]


def test_day_off_says_why_where_the_others_are_named(client, desk, small_clinic):
    person = small_clinic.people["MED_ONC"][0]
    off = {"clinician": person, "on": MONDAY, "starts": time(8), "ends": time(17)}
    SessionException.objects.create(**off, reason="Vacation")
    said = text_of(client.get(DAY))
    assert f"{person.name} {person.specialty.name} Away: Vacation" in said.partition("not work on this day")[2]
    assert "Away: Vacation" in text_of(client.get(f"{DAY}?clinician={person.pk}"))
    week = text_of(client.get(f"/staff/schedule/week/{person.pk}/2027-01-04/"))
    assert "8:00 a.m. to 5:00 p.m. Away: Vacation" in week.partition(" List ")[2]


def test_closure_of_the_other_site_says_why(client, desk, small_clinic):
    person = small_clinic.people["MED_ONC"][0]
    elsewhere = factories.a_clinic(people_each=1).site
    WeeklySession.objects.filter(clinician=person).update(site=elsewhere)
    Closure.objects.create(
        site=elsewhere, starts_at=local(MONDAY, 13), ends_at=local(MONDAY, 17), reason="Burst pipe"
    )  # fmt: skip
    page = client.get(f"{DAY}?clinician={person.pk}")
    assert "Closed: Burst pipe, 1:00 to 5:00 p.m." in items(page, "b-closed")


def test_closure_of_the_whole_clinic_is_told_above_the_week(client, desk, small_clinic):
    start = local(MONDAY, 0)
    Closure.objects.create(starts_at=start, ends_at=start + timedelta(days=1), reason="Burst pipe")
    week = text_of(client.get(f"/staff/schedule/week/{small_clinic.people['MED_ONC'][0].pk}/2027-01-04/"))
    assert "Closed Mon, Jan 4 : Burst pipe" in week
