"""The line under a patient's name."""

import pytest

from intake.models import BeforeVisit
from scheduling.worklist.person_line import person_line
from tests.scheduling.staff_rows import a_member, a_patient_row, a_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(time_machine):
    time_machine.move_to("2026-11-21T17:00:00+00:00", tick=False)
    return a_row()


def test_it_tells_age_birth_date_language_and_voicemail(wanted):
    assert person_line(wanted) == "75 years old, born March 27, 1951 · English · Voicemail allowed"


def test_it_tells_the_name_they_like_the_interpreter_and_who_filled_in(wanted):
    BeforeVisit.objects.create(report=wanted.report, answers={"preferred_name": "Mo"})
    wanted.patient.preferred_language, wanted.patient.interpreter_needed = "es", "spoken"
    wanted.patient.ok_voicemail, wanted.filled_by = "no", "caregiver"

    assert person_line(wanted) == (
        "75 years old, born March 27, 1951 · Likes to be called Mo · Spanish, interpreter needed · No voicemail · "
        "Filled in by a caregiver"
    )


def test_a_birth_date_that_cannot_be_read_is_shown_as_it_is():
    patient = a_patient_row()
    patient.date_of_birth = "1951"
    assert person_line(a_row(patient=patient)).startswith("Born 1951 · ")


@pytest.mark.parametrize("page", ["", "answers/", "records/", "scores/", "plan/", "timeline/", "triage/"])
def test_it_stands_on_each_page_of_a_request(client, page):
    wanted = a_row()
    client.force_login(a_member("nurse"))
    assert person_line(wanted) in client.get(f"/staff/requests/{wanted.reference}/{page}").content.decode()
