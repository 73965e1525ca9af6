"""Tasks of the staff: opened once for a cause, closed once, and those that answers ask for."""

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.models import Proxy, StaffTask
from intake.patients.proxies import unverify_proxy, verify_proxy
from intake.tasks.actions import close_task, open_proxy_task, open_task, tasks_from_answers
from intake.tasks.rules import DUE, risky_implants, task_due
from tests.scheduling.staff_rows import a_member, a_patient_row, a_row

pytestmark = pytest.mark.django_db
PERSON = Actor("patient", "request:1")
PACEMAKER, CLIP, PORT = (
    {"id": "1", "kind": "pacemaker"},
    {"id": "2", "kind": "aneurysm_clip"},
    {"id": "3", "kind": "port"},
)


@pytest.fixture
def nurse():
    return a_member("nurse", "Dana Whitfield")


def close(task, user, *, state="done", key=None):
    return close_task(task, state=state, note="Called", user=user, by=staff_actor(user), key=key or new_key())


def test_every_kind_has_a_due_time():
    assert set(DUE) == set(StaffTask.Kind.values)
    now = timezone.now()
    assert all(task_due(kind, now) > now for kind in StaffTask.Kind.values)


def test_same_cause_opens_one_task():
    patient = a_patient_row()

    tasks = [open_task("merge", patient=patient, dedupe="a:b", by=PERSON) for _time in range(2)]

    assert tasks[0].pk == tasks[1].pk
    assert AuditEntry.objects.filter(action="task_opened").count() == 1


def test_closing_is_audited_and_keeps_note_and_name(nurse):
    task, key = open_task("insurance_help", patient=a_patient_row(), by=PERSON), new_key()

    for _time in range(2):  # a double click closes once
        close(task, nurse, key=key)

    task.refresh_from_db()
    assert (task.state, task.note, task.done_by) == ("done", "Called", nurse)
    [entry] = AuditEntry.objects.filter(action="task_closed")
    assert "Called" not in str(entry.data)


def test_task_that_a_colleague_closed_is_refused(nurse):
    task = open_task("insurance_help", patient=a_patient_row(), by=PERSON)
    close(task, a_member("coordinator"))

    with pytest.raises(Refused) as refused:
        close(task, nurse, state="dismissed")

    task.refresh_from_db()
    assert (refused.value.code, task.state) == ("closed", "done")


@pytest.mark.parametrize("role", ["physician", "clinician", "administrator"])
def test_other_roles_close_nothing(role):
    task = open_task("insurance_help", patient=a_patient_row(), by=PERSON)

    with pytest.raises(Refused) as refused:
        close(task, a_member(role))

    assert refused.value.code == "not_allowed"


@pytest.mark.parametrize("state", ["open", "", "x"])
def test_task_is_closed_as_done_or_not_needed_only(nurse, state):
    task = open_task("insurance_help", patient=a_patient_row(), by=PERSON)

    with pytest.raises(Refused) as refused:
        close(task, nurse, state=state)

    assert refused.value.code == "unknown_state"


@pytest.mark.parametrize(
    ("implants", "expected"),
    [
        (None, set()),
        ([], set()),
        ([PORT], set()),
        ([PACEMAKER, PORT], {"pacemaker"}),
        ([PACEMAKER, CLIP], {"pacemaker", "aneurysm_clip"}),
        ([{"id": "4", "kind": None}], set()),
        ([{"id": "5", "kind": "unknown"}], {"unknown"}),
    ],
)
def test_devices_that_need_a_look_before_an_mri(implants, expected):
    assert risky_implants({"implants": implants}) == expected


def test_implant_opens_one_task_that_follows_the_answer(nurse):
    report = a_row().report
    tasks_from_answers(report, {"implants": [PORT]}, by=PERSON)
    assert not StaffTask.objects.exists()

    for implants in ([PACEMAKER], [PACEMAKER], [PACEMAKER, CLIP]):
        tasks_from_answers(report, {"implants": implants}, by=PERSON)
    task = StaffTask.objects.get()
    assert (task.kind, task.data) == ("mri_safety", {"implants": ["aneurysm_clip", "pacemaker"]})

    tasks_from_answers(report, {"implants": []}, by=PERSON)
    task.refresh_from_db()
    assert (task.state, task.data) == ("open", {"implants": [], "taken_back": True})


def test_closed_mri_task_comes_back_only_for_another_device(nurse):
    report = a_row().report
    [task] = tasks_from_answers(report, {"implants": [PACEMAKER]}, by=PERSON)
    close(task, nurse)

    tasks_from_answers(report, {"implants": [PACEMAKER]}, by=PERSON)
    assert StaffTask.objects.count() == 1

    tasks_from_answers(report, {"implants": [PACEMAKER, CLIP]}, by=PERSON)
    assert StaffTask.objects.filter(state="open").count() == 1


@pytest.mark.parametrize(
    ("status", "tasks"), [("self_pay", 1), ("applying", 1), ("unsure", 1), ("insured", 0), (None, 0)]
)
def test_everybody_whom_the_form_promises_a_call_gets_a_task(status, tasks):
    tasks_from_answers(a_row().report, {"insurance_status": status}, by=PERSON)

    assert StaffTask.objects.filter(kind="insurance_help").count() == tasks


def test_claim_of_a_caregiver_is_verified_by_staff(nurse):
    report = a_row().report
    claims, none = (
        Proxy.objects.create(patient=report.patient, name="Ana", relation="child", authority=authority)
        for authority in ("patient_asked", "none")
    )
    assert open_proxy_task(none, report=report, by=PERSON) is None
    task = open_proxy_task(claims, report=report, by=PERSON)

    verify_proxy(claims, user=nurse, by=staff_actor(nurse), key=new_key())

    task.refresh_from_db()
    assert task.state == "done"
    with pytest.raises(Refused) as refused:
        verify_proxy(claims, user=nurse, by=staff_actor(nurse), key=new_key())
    assert refused.value.code == "verified"
    unverify_proxy(claims, user=nurse, by=staff_actor(nurse), key=new_key())
    assert StaffTask.objects.filter(kind="verify_proxy", state="open").count() == 1
