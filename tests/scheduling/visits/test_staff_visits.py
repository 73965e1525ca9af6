"""Staff: the list of a day and the cancellation of a visit."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clinic.directory.models import Holiday
from clinic.platform.submits.once import new_key
from intake.models import ReadinessItem
from scheduling.models import Claim, Closure, Visit
from scheduling.visits.day_list import clinic_day, day_bounds
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_member, a_patient_row, a_row, queries_of

pytestmark = pytest.mark.django_db
DETROIT = ZoneInfo("America/Detroit")
DAY = date(2026, 12, 1)


def at(hour, minute=0, on=DAY):
    return datetime.combine(on, time(hour, minute), DETROIT)


@pytest.fixture
def nurse(client):
    nurse = a_member("nurse")
    client.force_login(nurse)
    return nurse


def test_day_list_shows_appointments_by_clinician_in_order_of_time(client, nurse):
    marsh, okafor = a_clinician_row("Dr. Elena Marsh"), a_clinician_row("Dr. Samuel Okafor")
    a_booked_visit(a_row(patient=a_patient_row("Late", "Person")), [marsh], starts_at=at(14))
    a_booked_visit(a_row(patient=a_patient_row("Early", "Person")), [marsh], starts_at=at(9))

    page = client.get("/staff/schedule/day/2026-12-01/").content.decode()

    assert page.index("Early Person") < page.index("Late Person")
    assert "9:00 to 9:30 a.m." in page
    assert [one.name for one in clinic_day(DAY, nurse).free] == [okafor.name]


@pytest.mark.parametrize("state", ["released", "expired", "cancelled_by_patient", "cancelled_by_clinic"])
def test_day_list_leaves_out_what_no_longer_takes_time(client, nurse, state):
    a_booked_visit(a_row(), [a_clinician_row()], starts_at=at(9), state=state)

    assert clinic_day(DAY, nurse).busy == []


def test_day_list_keeps_to_the_local_day(client, nurse):
    clinician = a_clinician_row()
    a_booked_visit(a_row(), [clinician], starts_at=at(23, 0, DAY - timedelta(days=1)))

    assert clinic_day(DAY, nurse).busy == []


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 11, 1), 25), (date(2027, 3, 14), 23), (DAY, 24)])
def test_day_bounds_follow_the_clock_change(on, hours):
    start, end = day_bounds(on)

    assert end.astimezone(ZoneInfo("UTC")) - start.astimezone(ZoneInfo("UTC")) == timedelta(hours=hours)


def test_day_list_of_a_holiday_says_which(client, nurse):
    Holiday.objects.create(on=DAY, name="Founders Day")

    page = client.get("/staff/schedule/day/2026-12-01/").content.decode()

    assert "The clinic is closed on this day" in page
    assert "Founders Day" in page


@pytest.mark.parametrize("where", ["/staff/schedule/day/2026-12-25/", "/staff/schedule/day/2026-12-25/print/"])
def test_day_list_of_a_public_holiday_says_which(client, nurse, where):
    page = client.get(where).content.decode()

    assert "The clinic is closed on this day" in page
    assert "Christmas Day" in page


def test_day_list_of_a_closed_day_says_why(client, nurse):
    Closure.objects.create(starts_at=at(0), ends_at=at(0, 0, DAY + timedelta(days=1)), reason="Water damage")

    page = client.get("/staff/schedule/day/2026-12-01/").content.decode()

    assert "The clinic is closed on this day" in page
    assert "Water damage" in page


def test_day_list_names_who_is_away_for_part_of_the_day(client, nurse):
    clinician = a_clinician_row()
    Closure.objects.create(clinician=clinician, starts_at=at(8), ends_at=at(12), reason="Teaching")

    page = client.get("/staff/schedule/day/2026-12-01/").content.decode()

    assert "Teaching" in page
    assert "The clinic is closed on this day" not in page


def test_day_list_leads_to_the_days_around_it(client, nurse):
    page = client.get("/staff/schedule/day/2026-12-01/").content.decode()

    assert "/staff/schedule/day/2026-11-30/" in page
    assert "/staff/schedule/day/2026-12-02/" in page


@pytest.mark.parametrize("on", ["2026-13-01", "2026-02-30", "today", "20261201", "9999-12-31", "0001-01-01"])
def test_day_list_of_no_day_is_not_found(client, nurse, on):
    assert client.get(f"/staff/schedule/day/{on}/").status_code == 404


@pytest.mark.parametrize("page", ["", "print/"])
def test_day_says_how_far_the_records_of_each_visit_are(client, nurse, page):
    wanted = a_row()
    a_booked_visit(wanted, [a_clinician_row()], starts_at=at(9))
    for state in ("received", "requested", "not_needed"):
        ReadinessItem.objects.create(report=wanted.report, kind="imaging", state=state)

    assert "1 of 2 records received" in client.get(f"/staff/schedule/day/2026-12-01/{page}").content.decode()


@pytest.mark.parametrize("clinicians", [1, 40])
def test_day_list_asks_at_most_eight_questions(client, nurse, clinicians):
    for number in range(clinicians):
        a_booked_visit(a_row(), [a_clinician_row(f"Dr. {number}")], starts_at=at(9))
    client.get("/staff/")  # starts the idle clock of the session

    assert queries_of(lambda: client.get("/staff/schedule/day/2026-12-01/")) <= 8


def test_printed_day_says_who_printed_it(client, nurse):
    page = client.get("/staff/schedule/day/2026-12-01/print/").content.decode()

    assert f"Printed by {nurse.name}" in page


def test_cancel_page_shows_the_visit_and_asks_for_a_reason(client, nurse):
    visit = a_booked_visit(a_row(), [a_clinician_row()], starts_at=timezone.now() + timedelta(days=3))

    page = client.get(f"/staff/visits/{visit.pk}/cancel/").content.decode()
    refused = client.post(f"/staff/visits/{visit.pk}/cancel/", {"key": new_key()})

    assert "Dr. Elena Marsh" in page
    assert refused.status_code == 422
    assert "Select a reason" in refused.content.decode()


def test_cancel_frees_every_appointment_once_however_often_it_is_posted(client, nurse):
    wanted = a_row(status="scheduled", reviewed_at=timezone.now())
    clinician = a_clinician_row()
    visit = a_booked_visit(wanted, [clinician], starts_at=timezone.now() + timedelta(days=3))
    Claim.objects.create(clinician=clinician, visit=visit, starts_at=visit.starts_at, ends_at=visit.ends_at)
    data = {"key": new_key(), "version": "0", "reason": "clinician_away"}

    answers = [client.post(f"/staff/visits/{visit.pk}/cancel/", data).status_code for _time in range(2)]

    visit.refresh_from_db()
    assert answers == [302, 302]
    assert visit.state == Visit.State.CANCELLED_BY_CLINIC
    assert not Claim.objects.filter(visit=visit).exists()
    assert "A clinician cannot come" in client.get(f"/staff/requests/{wanted.reference}/timeline/").content.decode()


def test_cancel_page_says_to_call_a_patient_without_e_mail(client, nurse):
    visit = a_booked_visit(a_row(), [a_clinician_row()])

    page = client.get(f"/staff/visits/{visit.pk}/cancel/").content.decode()

    assert "The patient has not agreed to messages: call them." in page
    assert "tel:+17345550123" in page
