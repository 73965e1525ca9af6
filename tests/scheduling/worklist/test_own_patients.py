"""Clinicians and the trials coordinator open the records of the patients they have to do with, and no other."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.models import Patient, StaffTask, SymptomReport, Triage
from scheduling.models import AppointmentRequest, Conference, ConferenceCase, Visit
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_member, a_row, a_visit_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician():
    user = a_member("clinician")
    who = a_clinician_row()
    who.user = user
    who.save()
    return user


@pytest.fixture
def booked(clinician):
    a_visit_type()
    return a_booked_visit(a_row(), [clinician.clinician])


def on_the_list(wanted, *, days=0, state="listed"):
    now, nurse = timezone.now(), a_member("nurse")
    on = timezone.localdate() + timedelta(days=days)
    meeting = Conference.objects.create(on=on, starts_at=now + timedelta(days=days), created_by=nurse)
    return ConferenceCase.objects.create(conference=meeting, request=wanted, added_by=nurse, added_at=now, state=state)


def test_clinician_opens_the_record_of_a_patient_with_an_appointment(client, clinician, booked):
    client.force_login(clinician)

    assert client.get(reverse("worklist:request", args=[booked.request.reference])).status_code == 200


def test_clinician_finds_nothing_of_other_patients(client, clinician, booked):
    other = a_row()
    client.force_login(clinician)

    assert client.get(reverse("worklist:request", args=[other.reference])).status_code == 404
    for rows in (Patient.objects, AppointmentRequest.objects, SymptomReport.objects, Triage.objects):
        assert rows.visible_to(clinician).count() == 1


@pytest.mark.parametrize("state", ["held", "expired", "released", "cancelled_by_clinic"])
def test_appointment_that_is_not_booked_opens_nothing(clinician, booked, state):
    booked.appointments.update(state=state)

    assert not Visit.objects.visible_to(clinician).exists()


@pytest.mark.parametrize("state", ["with_clinician", "done", "no_show"])
def test_appointment_that_was_booked_keeps_the_record_open(clinician, booked, state):
    booked.appointments.update(state=state)

    assert Visit.objects.visible_to(clinician).get() == booked


def test_appointment_opens_nothing_to_an_account_without_the_role(clinician, booked):
    clinician.roles = ["administrator"]
    clinician.save()

    assert not Visit.objects.visible_to(clinician).exists()
    assert not Patient.objects.visible_to(clinician).exists()


@pytest.mark.parametrize(("days", "state", "seen"), [
    (7, "listed", True), (-30, "discussed", True), (-31, "discussed", False), (7, "removed", False),
])  # fmt: skip
def test_conference_list_opens_the_record_for_a_while(clinician, days, state, seen):
    wanted = a_row()
    on_the_list(wanted, days=days, state=state)

    assert AppointmentRequest.objects.visible_to(clinician).filter(pk=wanted.pk).exists() is seen


def test_trials_coordinator_sees_who_asked_about_a_trial():
    user, wanted, other = a_member("trials_coordinator"), a_row(), a_row()
    StaffTask.objects.create(kind="trial_interest", patient=wanted.patient)
    StaffTask.objects.create(kind="insurance_help", patient=other.patient)
    on_the_list(other)

    assert list(AppointmentRequest.objects.visible_to(user)) == [wanted]


@pytest.mark.parametrize("role", ["coordinator", "nurse", "physician"])
def test_those_who_answer_for_everybody_see_everybody(role):
    user = a_member(role)
    a_row(), a_row()

    assert AppointmentRequest.objects.visible_to(user).count() == 2


@pytest.mark.parametrize("role", ["administrator", "content_editor", "auditor"])
def test_roles_without_patients_see_nobody(role, booked):
    user = a_member(role)
    StaffTask.objects.create(kind="trial_interest", patient=booked.patient)
    on_the_list(booked.request)

    assert not Patient.objects.visible_to(user).exists()
