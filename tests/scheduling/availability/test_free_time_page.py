"""Free time as a page and as JSON: the gaps, the starts in them, what the address may ask, how many queries."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from scheduling.availability.models import Closure
from scheduling.visits.models import Claim
from tests import factories
from tests.factories import local
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
TUESDAY = date(2027, 1, 5)


@pytest.fixture
def doctor(small_clinic):
    return small_clinic.people["MED_ONC"][0]


@pytest.fixture
def nurse(client):
    client.force_login(factories.a_nurse())


def taken(who, hour, minute=0, *, minutes=60, on=TUESDAY):
    start = local(on, hour) + timedelta(minutes=minute)
    return Claim.objects.create(clinician=who, starts_at=start, ends_at=start + timedelta(minutes=minutes))


def ask(client, **asked):
    return client.get(reverse("staff-availability:free-json"), {"on": TUESDAY.isoformat()} | asked)


def gaps(answer):
    (one,) = answer.json()["clinicians"]
    return [(gap["starts"][11:16], gap["ends"][11:16]) for gap in one["free"]]


def test_gaps_are_what_claims_and_closures_leave_of_the_sessions(client, nurse, doctor):
    taken(doctor, 9)
    taken(doctor, 13, 10, minutes=35)
    Closure.objects.create(starts_at=local(TUESDAY, 16), ends_at=local(TUESDAY, 18), clinician=doctor, reason="Away")
    answer = ask(client, clinician=doctor.pk)
    assert gaps(answer) == [("08:00", "09:00"), ("10:00", "12:00"), ("13:00", "13:10"), ("13:45", "16:00")]
    assert answer.json()["clinicians"][0]["free"][0]["starts"] == "2027-01-05T08:00:00-05:00"
    assert "bookable" not in answer.json()["clinicians"][0]["free"][0]


def test_starts_are_on_the_grid_and_leave_the_minutes_asked_for(client, nurse, doctor):
    taken(doctor, 8, 0, minutes=50)
    taken(doctor, 10)
    taken(doctor, 11, 20, minutes=40)
    taken(doctor, 13, minutes=240)
    (one,) = ask(client, clinician=doctor.pk, minutes=30).json()["clinicians"]
    assert [gap["starts"][11:16] for gap in one["free"]] == ["08:50"]
    assert [at[11:16] for at in one["free"][0]["bookable"]] == ["09:00", "09:15", "09:30"]


def test_time_kept_for_urgent_requests_is_shown_when_asked_for(client, nurse, doctor):
    doctor.sessions.filter(weekday=1, starts=time(13)).update(reserve_minutes=30)
    assert gaps(ask(client, clinician=doctor.pk))[-1] == ("13:00", "16:30")
    assert gaps(ask(client, clinician=doctor.pk, urgent="yes"))[-1] == ("13:00", "17:00")


def test_everybody_of_the_specialty_is_listed_without_those_out_of_use(client, nurse, small_clinic):
    first, second = small_clinic.people["RAD_ONC"]
    assert [one["id"] for one in ask(client, specialty="RAD_ONC").json()["clinicians"]] == [first.pk, second.pk]
    type(first).objects.filter(pk=first.pk).update(is_active=False)
    assert [one["id"] for one in ask(client, specialty="RAD_ONC").json()["clinicians"]] == [second.pk]
    assert ask(client, specialty="NOTHING").json()["clinicians"] == []


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"on": "2027-02-30"}, "on"),
        ({"on": "2027-01-03"}, "on"),
        ({"on": "2031-01-04"}, "on"),
        ({"days": "0"}, "days"),
        ({"days": "32"}, "days"),
        ({"days": "٣"}, "days"),
        ({"minutes": "4"}, "minutes"),
        ({"minutes": "1" * 40}, "minutes"),
        ({"clinician": "x"}, "clinician"),
        ({"clinician": ["1"] * 61}, "clinician"),
    ],
)
def test_question_that_means_nothing_is_named_and_not_answered(client, nurse, small_clinic, asked, name):
    answer = ask(client, **asked)
    assert (answer.status_code, answer.json()) == (400, {"error": name})
    page = client.get(reverse("staff-availability:free"), {"on": TUESDAY.isoformat()} | asked)
    assert page.status_code == 404


def test_answer_takes_five_queries_whatever_is_booked(client, nurse, doctor):
    ask(client)  # the first one in a session notes its time
    few = queries_of(lambda: ask(client, days=30, minutes=15))
    for hour in range(8, 12):
        for minute in (0, 20, 40):
            taken(doctor, hour, minute, minutes=15)
    assert queries_of(lambda: ask(client, days=30, minutes=15)) == few <= 5
    page = reverse("staff-availability:free")
    assert queries_of(lambda: client.get(page, {"on": TUESDAY.isoformat(), "days": 30})) <= 8


def test_page_tells_gaps_in_words_and_leads_on(client, nurse, doctor, small_clinic):
    taken(doctor, 9)
    address = reverse("staff-availability:free")
    shown = client.get(address, {"on": TUESDAY.isoformat(), "specialty": "MED_ONC"}).content.decode()
    assert "8:00 to 9:00 a.m., 10:00 a.m. to noon, 1:00 to 5:00 p.m." in shown
    assert small_clinic.people["RAD_ONC"][0].name not in shown
    assert f"{address}?on=2027-01-06&amp;days=1&amp;specialty=MED_ONC" in shown
    assert f"{address}?on=2027-01-04&amp;days=1&amp;specialty=MED_ONC" in shown
    assert f"{address}?on=2027-01-05&amp;days=30&amp;specialty=MED_ONC" in shown


def test_page_of_a_closed_day_says_that_nobody_is_free(client, nurse, small_clinic):
    saturday = client.get(reverse("staff-availability:free"), {"on": "2027-01-09"}).content.decode()
    assert "Nobody has free time then." in saturday
    assert "<table" not in saturday
