"""The nurse line of the demonstration: questions that wait, and two tasks for the trials coordinator."""

import pytest
from django.utils import timezone

from intake.nurse_line.models import NurseQuestion
from intake.tasks.models import StaffTask
from scheduling.demonstration.questions import ASKED, add_questions
from tests.scheduling.staff_rows import a_member, a_patient_row

pytestmark = pytest.mark.django_db


def test_questions_wait_and_the_trials_coordinator_has_two_tasks():
    patient = a_patient_row()
    assert add_questions(timezone.now()) == len(ASKED)
    assert NurseQuestion.objects.still_open().count() == len(ASKED)
    trials = a_member("trials_coordinator")
    tasks = StaffTask.objects.visible_to(trials).still_open()
    assert [task.patient for task in tasks] in ([None, patient], [patient, None])
    invented = [one.phone for one in NurseQuestion.objects.all() if one.phone != patient.phone_primary]
    assert all(phone.startswith("+120255501") for phone in invented)
