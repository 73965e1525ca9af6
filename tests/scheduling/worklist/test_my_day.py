"""The home of each role: a clinician's day, trials that wait, or the pages a role works with."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from intake.models import NurseQuestion, StaffTask
from scheduling.models import Appointment, Conference, ConferenceCase, Visit
from scheduling.worklist import my_day
from scheduling.worklist.my_day_views import CARDS
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_member, a_patient_row, a_row, queries_of

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-23T12:00-05:00")  # a Monday


@pytest.fixture
def clinician(client):
    user, who = a_member("clinician", "Elena Marsh"), a_clinician_row()
    who.user = user
    who.save()
    client.force_login(user)
    return user


def booked(user, name, *, at, **leg):
    """A visit of half an hour with this clinician."""
    visit = a_booked_visit(a_row(patient=a_patient_row(*name.split())), [user.clinician], starts_at=at)
    if leg:
        Appointment.objects.filter(visit=visit).update(**leg)
    return visit


def lines(user, now=NOON):
    mine = my_day.my_day(user, now=now)
    return [(line.visit.patient.full_name, line.place, line.state) for line in mine.today.lines]


def test_home_of_a_clinician_shows_todays_own_appointments_in_order(clinician):
    a_day = timedelta(days=1)
    booked(clinician, "Late Noon", at=NOON + timedelta(hours=2))
    booked(clinician, "Early Morning", at=NOON - timedelta(hours=3), state="done")
    booked(clinician, "Not Today", at=NOON + a_day)
    other = a_clinician_row("Dr. Other")
    a_booked_visit(a_row(patient=a_patient_row("Some Else")), [other], starts_at=NOON)

    assert lines(clinician) == [("Early Morning", "Room 1", "Done"), ("Late Noon", "Room 1", "To come")]


@pytest.mark.parametrize("state", ["held", "expired", "released", "cancelled_by_patient"])
def test_appointment_that_is_not_booked_is_not_shown(clinician, state):
    booked(clinician, "Not Booked", at=NOON, state=state)

    assert lines(clinician) == []


def test_state_says_where_the_patient_is(clinician):
    hour = timedelta(hours=1)
    here = booked(clinician, "Is Here", at=NOON + hour)
    late = booked(clinician, "Comes Late", at=NOON + 2 * hour)
    booked(clinician, "With Me", at=NOON, state="with_clinician")
    booked(clinician, "Not There", at=NOON - hour)
    booked(clinician, "On Video", at=NOON + 3 * hour, mode="video")
    Visit.objects.filter(pk=here.pk).update(state="checked_in")
    Visit.objects.filter(pk=late.pk).update(late_minutes=20)

    assert lines(clinician) == [
        ("Not There", "Room 1", "Not here yet"),
        ("With Me", "Room 1", "With you"),
        ("Is Here", "Room 1", "Here"),
        ("Comes Late", "Room 1", "Late: comes at about 2:20 p.m."),
        ("On Video", "By video", "To come"),
    ]


def test_next_days_are_the_next_ones_with_appointments(clinician):
    for days in (1, 3, 4, 8, 20, 30, 70):
        booked(clinician, "Maria Alvarez", at=NOON + timedelta(days=days))

    mine = my_day.my_day(clinician, now=NOON)

    assert [(day.on - NOON.date()).days for day in mine.next_days] == [1, 3, 4, 8, 20]


def test_home_of_a_clinician_links_each_appointment_to_its_request(client, clinician):
    visit = booked(clinician, "Maria Alvarez", at=timezone.now() + timedelta(days=1))

    page = client.get("/staff/").content.decode()

    assert f'href="/staff/requests/{visit.request.reference}/"' in page
    assert client.get(f"/staff/requests/{visit.request.reference}/").status_code == 200
    assert AuditEntry.objects.filter(subject_kind="my_day", subject_id=str(clinician.pk)).exists()


def test_home_of_a_clinician_shows_the_next_conference_with_its_number_of_patients(client, clinician):
    now, nurse = timezone.now(), a_member("nurse")
    today = timezone.localdate()
    for days, closed in ((-1, None), (0, now), (2, None), (9, None)):
        meeting = Conference.objects.create(
            on=today + timedelta(days=days), starts_at=now + timedelta(days=days), place=f"Place {days}",
            created_by=nurse, closed_at=closed,
        )  # fmt: skip
        for state in ("listed", "removed"):
            ConferenceCase.objects.create(
                conference=meeting, request=a_row(), added_by=nurse, added_at=now, state=state
            )

    page = client.get("/staff/").content.decode()

    assert "Place 2" in page
    assert "1 patient on the list" in page
    assert "Place 9" not in page


def test_account_without_a_calendar_says_so(client):
    client.force_login(a_member("clinician"))

    assert "Your account has no calendar." in client.get("/staff/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_home_of_a_clinician_asks_the_same_few_questions(client, clinician, rows):
    for number in range(rows):
        booked(clinician, "Maria Alvarez", at=timezone.now() + timedelta(hours=number))
    client.get("/staff/")

    # session, user, the look (two), clinician, appointments, conference, alerts
    assert queries_of(lambda: client.get("/staff/")) <= 8


def test_nurse_with_appointments_has_a_page_of_her_own_day(client):
    nurse, who = a_member("nurse"), a_clinician_row(code="NURSE_NAV")
    who.user = nurse
    who.save()
    booked(nurse, "Maria Alvarez", at=timezone.now() + timedelta(days=1))
    client.force_login(nurse)

    assert "Maria Alvarez" in client.get("/staff/my-day/").content.decode()


# Who handles trials


@pytest.fixture
def trials(client):
    user = a_member("trials_coordinator")
    client.force_login(user)
    return user


def test_home_of_who_handles_trials_shows_who_asked_about_one(client, trials):
    now, wanted = timezone.now(), a_row()
    task = StaffTask.objects.create(
        kind="trial_interest", patient=wanted.patient, report=wanted.report, due_at=now - timedelta(hours=1)
    )
    StaffTask.objects.create(kind="trial_interest", due_at=now + timedelta(hours=1))
    StaffTask.objects.create(kind="insurance_help", patient=a_patient_row("Robert", "Chen"))
    NurseQuestion.objects.create(
        kind="question", topic="trials", urgency_rank=3, filled_by="patient", name="Ana", phone="+12025550123",
        asked_at=now, due_at=now,
    )  # fmt: skip

    page = client.get("/staff/").content.decode()

    assert f'href="/staff/tasks/{task.pk}/"' in page
    for text in ("Maria Alvarez", wanted.reference, "Overdue", "Somebody who asked a question", "1 question waits."):
        assert text in page
    assert "Robert Chen" not in page


def test_home_of_who_handles_trials_without_work_says_so(client, trials):
    assert "Nobody waits for an answer about a trial." in client.get("/staff/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_home_of_who_handles_trials_asks_the_same_few_questions(client, trials, rows):
    for _number in range(rows):
        wanted = a_row()
        StaffTask.objects.create(kind="trial_interest", patient=wanted.patient, report=wanted.report)
    client.get("/staff/")

    assert queries_of(lambda: client.get("/staff/")) <= 8


# Roles without patients


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        ("administrator", {"People and roles", "Set-up", "Measures"}, {"Articles", "Audit"}),
        ("content_editor", {"Articles", "Words", "Clinical trials", "Outside help"}, {"Audit", "People and roles"}),
        ("auditor", {"Audit", "Messages", "Background work"}, {"Articles", "People and roles", "Measures"}),
    ],
)
def test_home_of_a_role_without_patients_names_its_pages(client, role, seen, unseen):
    client.force_login(a_member(role))

    page = client.get("/staff/").content.decode().partition("<main")[2]

    assert all(f">{title}</a></h2>" in page for title in seen)
    assert not any(f">{title}</a></h2>" in page for title in unseen)


@pytest.mark.parametrize("role", ["administrator", "content_editor", "auditor"])
def test_pages_of_a_role_without_patients_open_for_it(client, role):
    user = a_member(role)
    client.force_login(user)

    mine = [card for card in CARDS if any(map(user.has_perm, card.needs))]

    assert mine
    assert {card.address: client.get(card.url).status_code for card in mine} == {card.address: 200 for card in mine}


def test_account_without_a_role_is_told_to_ask(client):
    user = a_member("auditor")
    type(user).objects.filter(pk=user.pk).update(roles=[])
    client.force_login(user)

    assert "No role is assigned to you yet." in client.get("/staff/").content.decode()
