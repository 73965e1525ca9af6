"""An alert that nobody takes on pages again, wider, a few times; each step is kept with its time."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.forms import new_key
from clinic.platform.jobs.housekeeping import every_minute
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from clinic.platform.refusals import Refused
from intake.registration import actions as registration
from intake.triage import actions, alert_steps, escalation
from intake.triage.models import Alert, AlertStep
from tests.intake.factories import a_draft, begin, walk_until
from tests.intake.triage.test_actions import PATIENT, SPINE, a_user, an_alert

pytestmark = pytest.mark.django_db


def kinds(alert) -> list[str]:
    """The steps in their order, with the code of each that has one."""
    return [f"{step.kind}:{step.detail}".rstrip(":") for step in alert.steps.all()]


def wait_for_the_next_turn() -> None:
    """Let the planned turn be due, and run it."""
    Job.objects.filter(kind="escalate_alert", done_at=None).update(run_after=timezone.now() - timedelta(seconds=1))
    run_due()


def acknowledge(alert, user=None):
    user = user or a_user("nurse")
    return actions.acknowledge_alert(alert, user=user, by=staff_actor(user), key=new_key())


def test_new_alert_keeps_when_it_was_shown_and_paged_and_plans_the_next_page():
    asked = timezone.now() - timedelta(seconds=2)
    alert = actions.raise_alert(draft=a_draft(), result=SPINE, filled_by="patient", at=asked, by=PATIENT)

    assert kinds(alert) == ["detected:patient", "paged"]
    shown = alert.steps.get(kind="detected")
    assert timedelta(seconds=2) <= shown.at - alert.detected_at < timedelta(seconds=5)  # screen to alert
    job = Job.objects.get(kind="escalate_alert")
    assert job.run_after == asked + timedelta(minutes=5)
    assert job.args == {"alert": str(alert.pk), "turn": 1}


def test_alert_that_nobody_takes_on_pages_again_and_wider(settings):
    settings.ESCALATION_PAGE_ADDRESSES = ["lead@example.org"]
    alert = an_alert()

    wait_for_the_next_turn()

    alert.refresh_from_db()
    assert alert.escalated_at
    assert kinds(alert) == ["detected:patient", "paged", "escalated:1", "paged:escalation"]
    pages = Message.objects.filter(template="page_on_call").order_by("created_at", "pk")
    assert sorted(page.to for page in pages) == ["lead@example.org", "on-call@example.org", "on-call@example.org"]
    assert all(set(page.context) == {"link"} for page in pages)
    assert AuditEntry.objects.get(action="alert_escalated").actor_kind == "system"


def test_pages_end_after_the_last_turn_and_the_alert_stays_open(settings):
    settings.EMERGENCY_ESCALATE_TIMES = 3
    alert = an_alert()

    for _turn in range(5):
        wait_for_the_next_turn()

    alert.refresh_from_db()
    assert alert.steps.filter(kind="escalated").count() == 3
    assert alert.acknowledged_at is None
    assert not Job.objects.filter(kind="escalate_alert", done_at=None).exists()


def test_first_time_of_escalation_is_kept():
    alert = an_alert()
    wait_for_the_next_turn()
    alert.refresh_from_db()
    first = alert.escalated_at
    wait_for_the_next_turn()
    alert.refresh_from_db()
    assert alert.escalated_at == first


@pytest.mark.parametrize("end", ["acknowledged", "reached"])
def test_nobody_is_paged_again_once_somebody_takes_care(end):
    alert, nurse = an_alert(), a_user("nurse")
    if end == "acknowledged":
        acknowledge(alert, nurse)
    else:
        by = staff_actor(nurse)
        actions.log_contact(alert=alert, reached=True, note="", user=nurse, by=by, key=new_key())

    wait_for_the_next_turn()

    alert.refresh_from_db()
    assert alert.escalated_at is None
    assert Message.objects.filter(template="page_on_call").count() == 1


def test_alert_without_a_planned_turn_is_found_every_minute():
    alert = an_alert()
    Job.objects.filter(kind="escalate_alert").delete()
    every_minute()
    assert not Job.objects.filter(kind="escalate_alert").exists()  # not late yet

    Alert.objects.filter(pk=alert.pk).update(detected_at=timezone.now() - timedelta(minutes=6))
    every_minute()
    every_minute()

    assert Job.objects.filter(kind="escalate_alert").count() == 1
    run_due()
    alert.refresh_from_db()
    assert alert.escalated_at


@pytest.mark.parametrize("broken", ["page", "step", "plan"])
def test_alert_is_written_whatever_breaks_beside_it(monkeypatch, broken):
    def breaks(*_args, **_more):
        raise DatabaseError("canary words")

    where, name = {
        "page": (alert_steps, "page_on_call"),
        "step": (AlertStep.objects, "bulk_create"),
        "plan": (escalation, "enqueue"),
    }[broken]
    monkeypatch.setattr(where, name, breaks)

    alert = an_alert()

    alert.refresh_from_db()
    assert (alert.paged_at is None) == (broken == "page")
    assert AuditEntry.objects.filter(action="alert_raised").exists()


def test_page_goes_out_with_a_plainer_link_when_addresses_are_broken(monkeypatch):
    def breaks(*_args, **_more):
        raise TypeError("a module of pages is broken")

    monkeypatch.setattr(alert_steps, "reverse", breaks)
    assert an_alert().paged_at
    assert Message.objects.get(template="page_on_call").context["link"].endswith("/staff/")


def test_what_breaks_beside_an_alert_is_logged_without_words(monkeypatch, caplog):
    def breaks(*_args, **_more):
        raise DatabaseError("canary words")

    monkeypatch.setattr(alert_steps, "page_on_call", breaks)
    an_alert()
    assert "a page of an alert failed: DatabaseError" in caplog.text
    assert "canary" not in caplog.text


def test_answers_of_the_person_and_of_staff_are_steps_with_their_names():
    alert, nurse = an_alert(), a_user("nurse")
    actions.person_said(alert, "cannot", by=PATIENT, key=new_key())
    alert = acknowledge(alert, nurse)
    for reached in (False, True):
        by = staff_actor(nurse)
        actions.log_contact(alert=alert, reached=reached, note="Voicemail", user=nurse, by=by, key=new_key())

    told = ["person_said:cannot", "paged:cannot", "acknowledged", "not_reached", "reached", "closed:reached"]
    assert kinds(alert)[2:] == told
    names = dict(alert.steps.values_list("kind", "by_label"))
    assert (names["acknowledged"], names["person_said"]) == ("Sam Lee", "patient")


def test_number_given_after_all_opens_a_closed_alert_again():
    alert, nurse = an_alert(), a_user("nurse")
    alert = acknowledge(alert, nurse)
    actions.close_alert(alert, actions.NO_NUMBER, by=staff_actor(nurse), at=timezone.now())

    actions.set_call_back_phone(alert, "+12025550142", by=PATIENT)

    alert.refresh_from_db()
    assert (alert.closed_at, alert.acknowledged_at, alert.outcome) == (None, None, "")
    assert kinds(alert)[-1] == "paged:number_given"
    assert Message.objects.filter(template="page_on_call").count() == 2
    wait_for_the_next_turn()
    alert.refresh_from_db()
    assert alert.escalated_at


def test_number_of_an_alert_that_was_reached_opens_nothing():
    alert, nurse = an_alert(), a_user("nurse")
    alert = acknowledge(alert, nurse)
    actions.close_alert(alert, actions.REACHED, by=staff_actor(nurse), at=timezone.now())
    actions.set_call_back_phone(alert, "+12025550142", by=PATIENT)
    alert.refresh_from_db()
    assert alert.closed_at


def test_what_staff_did_further_is_kept_once_with_its_note():
    alert, nurse, key = an_alert(), a_user("nurse"), new_key()
    for _press in range(2):
        actions.step_further(alert, "emergency_contact", note=" Her son ", user=nurse, by=staff_actor(nurse), key=key)
    step = alert.steps.get(kind="emergency_contact")
    assert (step.note, step.by_label) == ("Her son", "Sam Lee")
    assert AuditEntry.objects.get(action="alert_step").data == {"step": "emergency_contact"}


@pytest.mark.parametrize(
    ("role", "kind", "code"),
    [
        ("nurse", "acknowledged", "unknown_step"),
        ("nurse", "", "unknown_step"),
        ("clinician", "welfare_check", "not_allowed"),
    ],
)
def test_further_step_is_refused(role, kind, code):
    user = a_user(role)
    with pytest.raises(Refused) as refused:
        actions.step_further(an_alert(), kind, note="", user=user, by=staff_actor(user), key=new_key())
    assert refused.value.code == code


def test_nothing_further_is_written_once_the_person_was_reached():
    alert, nurse = an_alert(), a_user("nurse")
    actions.close_alert(alert, actions.REACHED, by=staff_actor(nurse), at=timezone.now())
    with pytest.raises(Refused) as refused:
        actions.step_further(alert, "welfare_check", note="", user=nurse, by=staff_actor(nurse), key=new_key())
    assert refused.value.code == "reached"


def test_form_that_brings_a_number_opens_an_unreachable_alert_again(client):
    begin(client)
    draft = walk_until(client, "none")
    alert, nurse = an_alert(draft=draft), a_user("nurse")
    alert = acknowledge(alert, nurse)
    actions.close_alert(alert, actions.NO_NUMBER, by=staff_actor(nurse), at=timezone.now())

    report = registration.finish(draft, by=PATIENT, at=timezone.now()).report

    alert.refresh_from_db()
    assert (alert.report, alert.closed_at, alert.acknowledged_at) == (report, None, None)
