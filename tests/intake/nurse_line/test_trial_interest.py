"""Who asks about a trial: a question and a task for the trials coordinator, begun together and ended together."""

import re

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.education.models import Trial
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.access.sessions import open_patient_session
from intake.nurse_line.actions import convert_question, note_question
from intake.nurse_line.models import NurseQuestion
from intake.tasks.actions import close_task
from intake.tasks.models import StaffTask
from tests.scheduling.staff_rows import a_member, a_patient_row, queries_of

pytestmark = pytest.mark.django_db
SAID = {
    "name": "Ana Reyes", "phone": "202-555-0144", "best_time": "any", "ok_voicemail": "on",
    "text": "Is there a trial for me?", "is_our_patient": "yes", "language": "en",
}  # fmt: skip


def ask(client, topic="trials", *, who="patient") -> NurseQuestion:
    client.post(reverse("nurse-line:ask"), {"topic": topic, "filled_by": who})
    answer = client.post(reverse("nurse-line:details"), SAID | {"key": new_key()})
    assert answer.url == reverse("nurse-line:sent")
    return NurseQuestion.objects.latest("asked_at")


def sign_in_as_patient(client, patient, *, caregiver=False) -> None:
    """As the sign-in with a code does."""
    request = RequestFactory().get("/")
    request.session = client.session
    open_patient_session(request, kind="patient", subject_id=patient.pk, caregiver=caregiver)
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key


def close(task, user, **changed):
    said = {"state": "done", "note": "Called: one may fit", "key": new_key()} | changed
    return close_task(task, user=user, by=staff_actor(user), **said)


def note(question, user, what="closed"):
    return note_question(question, what=what, note="Talked", user=user, by=staff_actor(user), key=new_key())


def test_who_asks_about_a_trial_is_shown_the_numbers_of_those_that_recruit(client):
    facts = {"summary": "It tests rest.", "who_may_fit": "Adults.", "verified_on": timezone.localdate()}
    Trial.objects.create(nct_id="NCT09999991", title="A study of rest", **facts)
    Trial.objects.create(nct_id="NCT09999992", title="An old study", status="closed", **facts)
    for topic, is_shown in (("trials", True), ("cost", False)):
        client.post(reverse("nurse-line:ask"), {"topic": topic, "filled_by": "patient"})
        html = client.get(reverse("nurse-line:details")).content.decode()
        assert ("NCT09999991: A study of rest" in html) is is_shown
        assert "NCT09999992" not in html


def test_question_about_trials_makes_one_task_due_with_it(client):
    question = ask(client)
    task = StaffTask.objects.get()
    assert (task.kind, task.state, task.data) == ("trial_interest", "open", {"question": str(question.pk)})
    assert (task.patient, task.due_at) == (None, question.due_at)
    entry = AuditEntry.objects.get(action="task_opened")
    assert (entry.subject_id, entry.data) == (str(task.pk), {"kind": "trial_interest"})


@pytest.mark.parametrize("topic", ["cost", "other"])
def test_other_questions_make_none(client, topic):
    ask(client, topic)
    assert not StaffTask.objects.exists()


def test_patient_who_is_signed_in_and_asks_for_themselves_is_known(client):
    patient = a_patient_row()
    sign_in_as_patient(client, patient)
    ask(client)
    assert StaffTask.objects.get().patient == patient


@pytest.mark.parametrize(("who", "caregiver"), [("caregiver", False), ("patient", True)])
def test_somebody_who_asks_for_another_is_linked_to_nobody(client, who, caregiver):
    sign_in_as_patient(client, a_patient_row(), caregiver=caregiver)
    ask(client, who=who)
    assert StaffTask.objects.get().patient is None


def test_trials_coordinator_sees_these_tasks_only_and_opens_that_record(client):
    patient, other = a_patient_row(), a_patient_row("Other")
    sign_in_as_patient(client, patient)
    ask(client)
    client.cookies.clear()
    ask(client)
    StaffTask.objects.create(kind="insurance_help", patient=patient)
    trials, desk = a_member("trials_coordinator"), a_member("coordinator")
    kinds = [task.kind for task in StaffTask.objects.visible_to(trials).still_open()]
    assert kinds == ["trial_interest", "trial_interest"]
    assert StaffTask.objects.visible_to(desk).still_open().count() == 3
    assert StaffTask.objects.visible_to(a_member("administrator")).count() == 0
    assert list(type(patient).objects.visible_to(trials)) == [patient]
    assert other not in type(patient).objects.visible_to(trials)


def test_trials_coordinator_reads_the_task_and_the_question_on_one_page(client):
    ask(client)
    client.force_login(a_member("trials_coordinator"))
    page = client.get("/staff/tasks/")
    assert [tab["url"] for tab in page.context["tabs"]] == ["?kind=", "?kind=trial_interest"]
    assert "Ana Reyes" in page.content.decode()
    task = StaffTask.objects.get()
    html = client.get(f"/staff/tasks/{task.pk}/").content.decode()
    for said in ("Ana Reyes", "202-555-0144", "Is there a trial for me?", "Interest in a clinical trial"):
        assert said in html
    assert reverse("staff-questions:question", args=[task.data["question"]]) in html
    answer = client.post(f"/staff/tasks/{task.pk}/close/", {"key": new_key(), "state": "done", "note": "Fits"})
    assert answer.url == "/staff/tasks/"
    task.refresh_from_db()
    assert task.state == "done"


@pytest.mark.parametrize("tasks", [1, 30])
def test_list_asks_a_fixed_number_of_questions(client, tasks):
    question = ask(client)
    for _number in range(tasks - 1):
        StaffTask.objects.create(kind="trial_interest", data={"question": str(question.pk)})
    client.force_login(a_member("trials_coordinator"))
    client.get("/staff/tasks/")
    # session, user, counts, rows, the look (two), questions, alerts
    assert queries_of(lambda: client.get("/staff/tasks/")) == 8


@pytest.mark.parametrize("state", ["done", "dismissed"])
def test_closing_the_task_closes_the_question_with_the_same_note(client, state):
    question = ask(client)
    trials = a_member("trials_coordinator")
    close(StaffTask.objects.get(), trials, state=state)
    question.refresh_from_db()
    assert (question.state, question.assigned_to) == ("closed", trials)
    line = question.notes.get()
    assert (line.kind, line.text, line.by) == ("closed", "Called: one may fit", trials)


def test_closing_the_question_ends_the_task(client):
    question, nurse = ask(client), a_member("nurse")
    note(question, nurse)
    task = StaffTask.objects.get()
    assert (task.state, task.done_by) == ("done", nurse)
    with pytest.raises(Refused, match="closed this task already"):
        close(task, nurse)


def test_answered_question_keeps_its_task_until_nothing_is_left_to_do(client):
    question, nurse = ask(client), a_member("nurse")
    note(question, nurse, what="answered")
    assert StaffTask.objects.get().state == "open"


def test_question_that_becomes_a_request_ends_the_task(client):
    question, nurse = ask(client), a_member("nurse")
    convert_question(question, user=nurse, by=staff_actor(nurse), key=new_key())
    assert StaffTask.objects.get().state == "done"


def test_closing_a_task_whose_question_is_closed_changes_nothing_more(client):
    question, nurse = ask(client), a_member("nurse")
    NurseQuestion.objects.update(state="closed", closed_at=question.asked_at)
    close(StaffTask.objects.get(), nurse)
    question.refresh_from_db()
    assert (question.closed_at, question.notes.count()) == (question.asked_at, 0)


def test_trials_coordinator_may_close_no_other_task(client):
    task = StaffTask.objects.create(kind="insurance_help", patient=a_patient_row())
    with pytest.raises(Refused, match="not allowed"):
        close(task, a_member("trials_coordinator"))


def test_asking_about_trials_is_one_step_from_their_page(client):
    html = client.get("/clinical-trials/").content.decode()
    address = reverse("nurse-line:ask") + "?topic=trials"
    assert f'href="{address}"' in html
    chosen = re.findall(r'value="(\w+)"[^>]*\schecked', client.get(address).content.decode())
    assert chosen == ["trials"]
