"""The list of calls: whom to call, in which order, how often it was tried, nobody twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.models import Alert, StaffTask
from intake.nurse_line.models import NurseQuestion, QuestionNote
from scheduling.follow_up.models import FollowUpAttempt
from scheduling.worklist.call_list import ROWS_A_PAGE, page_of_calls
from scheduling.worklist.tabs import TO_CALL, queues_of, tab_counts
from tests.scheduling.follow_up.rows import a_call, a_seen_patient
from tests.scheduling.staff_rows import EMERGENCY, a_member, a_patient_row, a_row, an_alert, everybody, queries_of

pytestmark = pytest.mark.django_db
PAGE = "/staff/to-call/"


@pytest.fixture
def nurse(client):
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


def a_question(name="Owen Barr", rank=3, **fields):
    now = timezone.now()
    levels = ("emergency", "urgent", "soon", "routine")
    values = {"kind": "question", "topic": "tests", "urgency_rank": rank, "level": levels[rank], "filled_by": "patient"}
    values |= {"name": name, "phone": "+12025550172", "asked_at": now, "due_at": now + timedelta(hours=4)}
    return NurseQuestion.objects.create(**values | fields)


def a_task(kind="call", **fields):
    values = {"kind": kind, "patient": a_patient_row("Call", "Waiting"), "due_at": timezone.now() + timedelta(hours=1)}
    return StaffTask.objects.create(**values | fields)


def lines(user, number="1"):
    now = timezone.now()
    first = tab_counts(user, now=now)[TO_CALL]
    _queues, beside = queues_of(user, now=now)
    page = page_of_calls(user, number=number, now=now, beside=beside, first=first)
    return page.object_list


def test_everybody_who_waits_for_a_call_stands_in_one_list_by_urgency(client, nurse):
    now = timezone.now()
    a_row(patient=a_patient_row("First", "Routine"), contact_due_at=now + timedelta(hours=30))
    a_row(patient=a_patient_row("First", "Urgent"), level="urgent", contact_due_at=now + timedelta(hours=2))
    a_row(patient=a_patient_row("Already", "Reached"), contacted_at=now)
    a_row(patient=a_patient_row("Closed", "Request"), closed_at=now, status="withdrawn")
    an_alert()
    a_question("Question Urgent", rank=1, due_at=now + timedelta(hours=1))
    a_question("Answered Question", answered_at=now)
    a_call(a_seen_patient(contacted_at=now))
    a_task()

    found = [(call.name, call.about) for call in lines(nurse)]

    alert = Alert.objects.get()
    assert found == [
        (f"Emergency {alert.find_code}", "Emergency"),
        ("Question Urgent", "Nurse line: Tests and scans"),
        ("First Urgent", "First call"),
        ("Call Waiting", "Call with news"),
        ("Maria Alvarez", "Day 7 call"),
        ("First Routine", "First call"),
    ]
    html = client.get(PAGE).content.decode()
    assert "6 people to call" in html
    assert 'aria-current="page">Calls <span class="count num" data-count="to-call">6</span>' in html
    assert 'data-count="to-call">6</span>' in client.get("/staff/").content.decode()
    assert "No number" in html


def test_nobody_stands_there_twice(nurse):
    wanted = a_row(EMERGENCY)
    an_alert(wanted.report)
    a_task("new_symptoms", patient=wanted.patient, report=wanted.report, data={"level": "emergency"})
    assert [call.about for call in lines(nurse)] == ["First call"]

    wanted.contacted_at = timezone.now()
    wanted.save()
    assert [call.about for call in lines(nurse)] == ["Emergency", "New symptoms reported"]


def test_emergency_of_a_closed_request_is_still_to_be_called(nurse):
    wanted = a_row(EMERGENCY, status="redirected_to_ed", closed_at=timezone.now())
    an_alert(wanted.report)
    assert [call.about for call in lines(nurse)] == ["Emergency"]


def test_tries_in_vain_are_counted_with_the_last_one(client, nurse):
    wanted = a_row()
    client.post(f"/staff/requests/{wanted.reference}/call/", {"key": new_key(), "reached": "no", "note": ""})
    client.post(f"/staff/requests/{wanted.reference}/call/", {"key": new_key(), "reached": "no", "note": ""})
    question = a_question()
    QuestionNote.objects.create(question=question, kind="not_reached", by=nurse, at=timezone.now())
    QuestionNote.objects.create(question=question, kind="taken", by=nurse, at=timezone.now())
    follow_up = a_call(a_seen_patient(contacted_at=timezone.now()))
    moment = timezone.now() - timedelta(days=1)
    FollowUpAttempt.objects.create(call=follow_up, reached=False, by=nurse, at=moment)

    found = {call.about: (call.tries, call.last_try) for call in lines(nurse)}

    assert found["First call"][0] == 2
    assert found["Nurse line: Tests and scans"][0] == 1
    assert found["Day 7 call"] == (1, moment)
    assert "last " in client.get(PAGE).content.decode()


def test_pages_hold_everybody_once_wherever_the_others_stand(nurse):
    now, patient = timezone.now(), a_patient_row("Many", "Requests")
    for number in range(ROWS_A_PAGE * 2):
        level = "urgent" if number % 3 == 0 else "routine"
        a_row(patient=patient, level=level, contact_due_at=now + timedelta(minutes=number))
    for number in range(ROWS_A_PAGE + 7):
        a_question(f"Question {number}", rank=number % 4, due_at=now + timedelta(minutes=number * 3))

    pages = [lines(nurse, str(number)) for number in range(1, 5)]

    assert [len(page) for page in pages] == [30, 30, 30, 7]
    shown = [call for page in pages for call in page]
    assert len({call.key for call in shown}) == len(shown)
    assert [call.order for call in shown] == sorted(call.order for call in shown)


@pytest.mark.parametrize("number", ["0", "x", "99", "\x00"])
def test_strange_page_shows_the_nearest(client, nurse, number):
    a_row()
    assert "Maria Alvarez" in client.get(PAGE, {"page": number}).content.decode()


def test_empty_list_says_so(client, nurse):
    html = client.get(PAGE).content.decode()
    assert "Nobody waits for a call." in html
    assert "Last checked" in html


def test_only_those_who_call_see_it_and_a_physician_sees_no_task(client):
    a_task()
    a_question()
    seen = {}
    for role, person in everybody().items():
        client.force_login(person)
        answer = client.get(PAGE)
        seen[role] = (answer.status_code, "Call Waiting" in answer.content.decode())
        assert ("/staff/to-call/" in client.get("/staff/").content.decode()) == (answer.status_code == 200)
    allowed = {"nurse": (200, True), "coordinator": (200, True), "physician": (200, False)}
    assert seen == dict.fromkeys(seen, (403, False)) | allowed


def test_look_is_written_down_with_the_rows_that_were_seen(client, nurse):
    wanted = a_row()
    client.get(PAGE)
    entry = AuditEntry.objects.get(action="viewed")
    assert entry.data == {"purpose": "to_call", "shown": [str(wanted.report_id)]}


@pytest.mark.parametrize("rows", [1, 30])
def test_list_asks_the_same_few_questions(client, nurse, rows):
    for _number in range(rows):
        a_row()
        an_alert()
        a_task()
        a_question()
        a_call(a_seen_patient())
    client.get(PAGE)
    # session, user, counts, other lists, calls, tries, the look (two), alerts
    assert queries_of(lambda: client.get(PAGE)) <= 9
