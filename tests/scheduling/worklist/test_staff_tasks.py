"""The pages of tasks and records: what they show, refuse, and ask of the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.models import ReadinessItem, StaffTask
from scheduling.models import AppointmentRequest
from scheduling.worklist.reasons import fired_rules
from scheduling.worklist.task_views import facts_of
from tests.scheduling.staff_rows import a_member, a_patient_row, a_reader_of, a_row, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    person = a_member("coordinator", "Robin Castle")
    client.force_login(person)
    return person


def text_of(client, address):
    return client.get(address).content.decode()


def test_list_shows_what_is_due_first_and_counts_each_kind(client, coordinator):
    now = timezone.now()
    for kind, hours, name in (("merge", 30, "Late"), ("mri_safety", -1, "Overdue"), ("mri_safety", 5, "Soon")):
        other = str(a_patient_row("Other").pk)
        patient = a_patient_row(name)
        StaffTask.objects.create(kind=kind, patient=patient, due_at=now + timedelta(hours=hours), data={"other": other})
    StaffTask.objects.create(kind="merge", patient=a_patient_row("Closed"), state="done", data={})

    page = text_of(client, "/staff/tasks/")

    assert page.index("Overdue Alvarez") < page.index("Soon Alvarez") < page.index("Late Alvarez")
    assert "Closed Alvarez" not in page
    assert [tab["count"] for tab in client.get("/staff/tasks/").context["tabs"]][:3] == [3, 1, 2]
    assert "Late Alvarez" not in text_of(client, "/staff/tasks/?kind=mri_safety")


@pytest.mark.parametrize("kind", ["", "nonsense", *StaffTask.Kind.values])
def test_empty_list_says_so(client, coordinator, kind):
    assert "Last checked" in text_of(client, f"/staff/tasks/?kind={kind}")


@pytest.mark.parametrize("tasks", [1, 30])
def test_list_asks_a_fixed_number_of_questions(client, coordinator, tasks):
    for _number in range(tasks):
        wanted = a_row()
        StaffTask.objects.create(kind="insurance_help", patient=wanted.patient, report=wanted.report)
    client.get("/staff/")  # starts the idle clock of the session

    assert queries_of(lambda: client.get("/staff/tasks/")) <= 8


def test_look_at_the_list_of_tasks_is_written_down(client, coordinator):
    task = StaffTask.objects.create(kind="insurance_help", patient=a_patient_row())

    client.get("/staff/tasks/")

    assert AuditEntry.objects.get(action="viewed").data == {"purpose": "tasks", "shown": [task.pk]}


def test_long_list_has_pages(client, coordinator):
    for _number in range(31):
        StaffTask.objects.create(kind="insurance_help", patient=a_patient_row())

    assert len(client.get("/staff/tasks/?page=2").context["page"].object_list) == 1


def test_task_page_says_what_to_do_and_leaves_one_audit_row(client, coordinator):
    wanted = a_row()
    task = StaffTask.objects.create(
        kind="mri_safety", patient=wanted.patient, report=wanted.report, data={"implants": ["pacemaker"]}
    )

    page = text_of(client, f"/staff/tasks/{task.pk}/")

    assert "Pacemaker or defibrillator" in page
    assert wanted.reference in page
    assert AuditEntry.objects.get(action="viewed", subject_id=str(task.pk)).data == {"purpose": "task"}


def test_task_is_closed_from_its_page_and_a_late_colleague_is_told(client, coordinator):
    task = StaffTask.objects.create(kind="insurance_help", patient=a_patient_row())
    address = f"/staff/tasks/{task.pk}/close/"
    assert client.post(address, {"key": new_key(), "note": "Called"}).status_code == 422

    client.post(address, {"key": new_key(), "state": "done", "note": "Called"})
    late = client.post(address, {"key": new_key(), "state": "dismissed", "note": ""})

    task.refresh_from_db()
    assert (task.state, task.note, late.status_code) == ("done", "Called", 422)
    assert "A colleague has closed this task already." in late.content.decode()


@pytest.fixture
def wanted():
    return a_row(status="ready", level="soon", urgency_rank=2, reviewed_at=timezone.now())


def records(wanted):
    return f"/staff/requests/{wanted.reference}/records/"


def test_record_is_added_requested_and_received_with_history(client, coordinator, wanted):
    form = {"key": new_key(), "kind": "labs", "detail": "Calcium", "source": "Family doctor", "is_required": "on"}
    for _time in range(2):  # a double click adds one
        client.post(f"{records(wanted)}add/", form)
    item = ReadinessItem.objects.get()
    assert AppointmentRequest.objects.get(pk=wanted.pk).status == "records_pending"

    for state in ("requested", "received"):
        item.refresh_from_db()
        button = {"key": new_key(), "version": item.version, "state": state}
        assert client.post(f"{records(wanted)}{item.pk}/", button).status_code == 302

    assert AppointmentRequest.objects.get(pk=wanted.pk).status == "ready"
    page = text_of(client, f"/staff/requests/{wanted.reference}/") + text_of(
        client, f"/staff/requests/{wanted.reference}/timeline/"
    )
    for line in ("Record put on the list", "Record requested", "Record received", "1 of 1 records received"):
        assert line in page


def test_record_changed_by_a_colleague_is_shown_as_it_is_now(client, coordinator, wanted):
    item = ReadinessItem.objects.create(report=wanted.report, kind="labs", version=3, state="requested")

    answer = client.post(f"{records(wanted)}{item.pk}/", {"key": new_key(), "version": 2, "state": "received"})

    item.refresh_from_db()
    assert (answer.status_code, item.state) == (409, "requested")
    assert "This record changed while you had it open" in answer.content.decode()
    assert 'name="version" value="3"' in answer.content.decode()


def test_record_of_another_request_is_not_found(client, coordinator, wanted):
    item = ReadinessItem.objects.create(report=a_row().report, kind="labs")

    assert client.get(f"{records(wanted)}{item.pk}/").status_code == 404


def test_closed_request_takes_no_records(client, coordinator):
    now = timezone.now()
    wanted = a_row(status="withdrawn", withdrawn_at=now, closed_at=now)

    answer = client.post(f"{records(wanted)}add/", {"key": new_key(), "kind": "labs"})

    assert answer.status_code == 422
    assert not ReadinessItem.objects.exists()


@pytest.mark.parametrize("role", ["physician", "clinician"])
def test_who_only_reads_sees_no_buttons(client, wanted, role):
    ReadinessItem.objects.create(report=wanted.report, kind="labs", detail="Calcium")
    client.force_login(a_reader_of(wanted, role))

    page = text_of(client, records(wanted))

    assert "Calcium" in page
    assert "Add to the list" not in page
    assert "Next step" not in page


@pytest.mark.parametrize("items", [1, 30])
def test_list_of_records_asks_a_fixed_number_of_questions(client, coordinator, wanted, items):
    ReadinessItem.objects.bulk_create(ReadinessItem(report=wanted.report, kind="labs") for _number in range(items))
    client.get("/staff/")  # starts the idle clock of the session

    assert queries_of(lambda: client.get(records(wanted))) <= 8


def test_what_a_person_typed_is_escaped(client, coordinator, wanted):
    ReadinessItem.objects.create(report=wanted.report, kind="labs", detail="<script>alert(1)</script>")

    assert "<script>alert(1)" not in text_of(client, records(wanted))


def test_task_about_new_symptoms_names_the_two_weightiest_reasons():
    told = facts_of(StaffTask(kind="new_symptoms", data={"rules": ["S01", "U01", "E01"]}))
    assert told == "; ".join(rule.reason for rule in fired_rules(["E01", "U01"]))
    assert facts_of(StaffTask(kind="new_symptoms", data={"rules": []})) == ""
