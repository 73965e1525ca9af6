"""An emergency that a reviewer decides: it is called like any other, and does not end with the request."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.submits.once import new_key
from intake.models import Alert, ContactAttempt, StaffTask
from intake.patients.models import Patient
from intake.tasks.actions import open_call_task
from intake.triage.models import AlertStep
from scheduling.requests.patient_words import emergency_words
from scheduling.worklist.actions import log_call
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.staff_rows import EMERGENCY, ROUTINE, a_member, a_row, a_visit_type, an_alert
from tests.scheduling.worklist.test_staff_request import page_of, send_review

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)  # Friday, November 20, 10:30 p.m. at the clinic


@pytest.fixture
def nurse(client):
    a_visit_type()
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


def to_the_hospital(client, wanted):
    return send_review(client, wanted, disposition="emergency", reason="Sounds like a fracture")


def call(client, alert, reached="no"):
    return client.post(f"/staff/alerts/{alert.pk}/contact/", {"key": new_key(), "reached": reached, "note": ""})


def test_decided_emergency_waits_for_a_call_although_its_request_is_closed(client, nurse):
    wanted = a_row(ROUTINE)

    answer = to_the_hospital(client, wanted)

    alert = Alert.objects.get()
    assert answer.headers["Location"] == f"/staff/alerts/{alert.pk}/"
    assert (alert.acknowledged_by, alert.closed_at, alert.report) == (nurse, None, wanted.report)
    assert alert.contact_due_at == alert.detected_at + timedelta(minutes=15)
    assert [step.kind for step in AlertStep.objects.order_by("pk")] == ["detected", "acknowledged"]
    assert not Message.objects.exists()  # somebody has it: nobody is paged
    wanted.refresh_from_db()
    assert wanted.status == "redirected_to_ed"
    html = page_of(client, wanted)
    assert "Emergency: nobody has reached this person yet" in html
    assert "Log a call" in html


def test_its_page_says_who_decided_and_that_no_emergency_page_was_shown(client, nurse):
    wanted = a_row(ROUTINE)
    to_the_hospital(client, wanted)

    html = client.get(f"/staff/alerts/{Alert.objects.get().pk}/").content.decode()

    assert "Dana Whitfield read the answers and decided" in html
    assert "The person has not seen an emergency page." in html
    assert "Decided at the review" in html
    assert "Shown to the person" not in html
    assert "Message " not in html


def test_three_calls_in_vain_lead_to_the_further_steps(client, nurse):
    to_the_hospital(client, a_row(ROUTINE))
    alert = Alert.objects.get()
    for _try in range(3):
        call(client, alert)

    assert StaffTask.objects.filter(kind="emergency_unreached").count() == 1
    html = client.get(f"/staff/alerts/{alert.pk}/").content.decode()
    assert "Emergency contact called" in html
    data = {"key": new_key(), "do": "welfare_check", "note": "Police of the town"}
    assert client.post(f"/staff/alerts/{alert.pk}/further/", data).status_code == 302


def test_call_that_reaches_the_person_closes_it(client, nurse):
    wanted = a_row(ROUTINE)
    to_the_hospital(client, wanted)
    log_call(wanted, reached=True, note="", user=nurse, by=staff_actor(nurse), key=new_key())
    assert Alert.objects.get().outcome == "reached"
    assert "nobody has reached this person" not in page_of(client, wanted)


def test_who_was_talked_with_in_the_last_hour_needs_no_second_call(client, nurse):
    wanted = a_row(ROUTINE)
    log_call(wanted, reached=True, note="", user=nurse, by=staff_actor(nurse), key=new_key())

    answer = to_the_hospital(client, wanted)

    assert answer.headers["Location"] == f"/staff/requests/{wanted.reference}/"
    assert not Alert.objects.exists()


def test_a_talk_of_yesterday_does_not_count(client, nurse):
    wanted = a_row(ROUTINE, waited=timedelta(days=2))
    log_call(wanted, reached=True, note="", user=nurse, by=staff_actor(nurse), key=new_key())
    ContactAttempt.objects.update(at=timezone.now() - timedelta(hours=2))

    to_the_hospital(client, wanted)

    assert Alert.objects.count() == 1


def test_emergency_about_which_the_person_was_reached_is_only_confirmed(client, nurse):
    wanted = a_row(EMERGENCY)
    call(client, an_alert(wanted.report), "yes")
    ContactAttempt.objects.update(at=timezone.now() - timedelta(hours=3))

    to_the_hospital(client, wanted)

    assert Alert.objects.count() == 1


def test_a_level_lowered_since_and_raised_again_needs_a_new_call(client, nurse):
    wanted = a_row(EMERGENCY)
    call(client, an_alert(wanted.report), "yes")
    ContactAttempt.objects.update(at=timezone.now() - timedelta(hours=3))
    send_review(client, wanted, disposition="soon", reason="Seen in the emergency department")
    wanted.refresh_from_db()

    to_the_hospital(client, wanted)

    assert Alert.objects.count() == 2


def test_emergency_that_waits_already_is_not_doubled(client, nurse):
    wanted = a_row(EMERGENCY)
    alert = an_alert(wanted.report)

    answer = to_the_hospital(client, wanted)

    assert answer.headers["Location"] == f"/staff/alerts/{alert.pk}/"
    assert Alert.objects.count() == 1


def test_the_patients_own_pages_show_no_message_that_nobody_chose(client, nurse):
    wanted = a_row(ROUTINE)
    to_the_hospital(client, wanted)
    wanted.refresh_from_db()

    assert emergency_words(wanted, now=timezone.now()) == {}
    in_session_of(client, wanted)
    assert client.get(f"/my/{wanted.reference}/").status_code == 200


def test_a_call_is_due_on_the_next_calendar_day(client, nurse, time_machine):
    time_machine.move_to(NIGHT, tick=False)
    wanted = a_row(ROUTINE)
    to_the_hospital(client, wanted)

    task = StaffTask.objects.get(kind="call")
    assert task.due_at == datetime(2026, 11, 21, 17, tzinfo=UTC)  # Saturday noon
    html = client.get(f"/staff/tasks/{task.pk}/").content.decode()
    assert "Call the patient the day after" in html
    assert "sent to the emergency department" in client.get("/staff/tasks/").content.decode()


def test_news_does_not_wait_with_the_call_of_the_next_day(client, nurse):
    wanted = a_row(ROUTINE)
    to_the_hospital(client, wanted)
    patient = Patient.objects.get(pk=wanted.patient_id)

    news = open_call_task(patient, by=staff_actor(nurse))

    assert StaffTask.objects.filter(kind="call").count() == 2
    assert open_call_task(patient, by=staff_actor(nurse)) == news


def test_emergencies_stay_on_the_worklist_until_a_call_reaches_the_person(client, nurse):
    to_the_hospital(client, a_row(ROUTINE))
    queue = '/staff/alerts/">Emergencies <span class="count num" data-count="emergencies">'
    assert f"{queue}1</span>" in client.get("/staff/").content.decode()

    call(client, Alert.objects.get(), "yes")
    assert f"{queue}0</span>" in client.get("/staff/").content.decode()


@pytest.mark.parametrize(("letter", "told"), [("emergency_department", True), ("", False)])
def test_only_a_letter_that_was_drafted_is_told_of(client, nurse, letter, told):
    wanted = a_row(ROUTINE)
    answer = send_review(client, wanted, disposition="emergency", reason="Cannot stand", letter=letter)

    html = client.get(answer.headers["Location"]).content.decode()

    assert "Review saved. Call the person now." in html
    assert ("The draft of the letter waits on the request." in html) == told


def test_page_of_an_emergency_says_who_it_is(client, nurse):
    wanted = a_row(EMERGENCY)
    html = client.get(f"/staff/alerts/{an_alert(wanted.report).pk}/").content.decode()
    assert "born March 27, 1951" in html
    assert "Code the person may say" in html
    to_the_hospital(client, other := a_row(ROUTINE))
    html = client.get(f"/staff/alerts/{other.report.alerts.get().pk}/").content.decode()
    assert "Code the person may say" not in html
