"""Emergencies in the hands of staff: calls in vain, what comes next, the list, the banner on every page."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse_lazy
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from clinic.site import views as site_views
from intake.models import Alert, BeforeVisit, ContactAttempt, Proxy, StaffTask
from intake.triage.actions import acknowledge_alert
from intake.triage.models import AlertStep
from scheduling.worklist.actions import log_alert_call
from tests.scheduling.staff_rows import (
    EMERGENCY,
    a_member,
    a_reader_of,
    a_row,
    a_visit_type,
    an_alert,
    queries_of,
)

pytestmark = pytest.mark.django_db
CONTACT = {
    "emergency_contact": "yes",
    "emergency_contact_name": "Rosa Diaz",
    "emergency_contact_relation": "sibling",
    "emergency_contact_phone": "+12025550144",
}


@pytest.fixture
def nurse(client):
    a_visit_type()
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


def call(client, alert, reached="no", **more):
    return client.post(f"/staff/alerts/{alert.pk}/contact/", {"key": new_key(), "reached": reached, "note": "", **more})


def page_of(client, alert) -> str:
    return client.get(f"/staff/alerts/{alert.pk}/").content.decode()


@pytest.fixture
def unreached(client, nurse):
    """An emergency of a sent request, three calls in vain."""
    wanted = a_row(EMERGENCY)
    BeforeVisit.objects.create(report=wanted.report, answers=CONTACT, steps_done=["emergency-contact"])
    alert = an_alert(wanted.report)
    for _try in range(3):
        call(client, alert)
    return alert


def test_third_call_in_vain_opens_one_task_and_says_what_comes_next(client, unreached):
    call(client, unreached)  # a fourth opens no other task

    page = page_of(client, unreached)

    task = StaffTask.objects.get(kind="emergency_unreached")
    assert task.patient == unreached.report.patient
    assert task.due_at - task.created_at < timedelta(minutes=16)
    assert "Three calls within an hour were in vain" in page
    assert page.index("Call the emergency contact") < page.index("welfare check")
    assert "Rosa Diaz, Brother or sister" in page
    assert "tel:+12025550144" in page
    wanted = unreached.report.request
    assert (
        "Three calls within an hour were in vain" in client.get(f"/staff/requests/{wanted.reference}/").content.decode()
    )


def test_two_calls_in_vain_are_counted_and_open_nothing(client, nurse):
    alert = an_alert(phone="+12025550142")
    for _try in range(2):
        call(client, alert)

    page = page_of(client, alert)

    assert '<strong class="num">2</strong> calls in vain within the last hour' in page
    assert "Emergency contact called" not in page
    assert not StaffTask.objects.exists()


def test_calls_from_the_page_of_the_request_count_for_its_open_emergency(client, nurse):
    wanted = a_row(EMERGENCY)
    alert = an_alert(wanted.report)
    address = f"/staff/requests/{wanted.reference}/call/"
    for _try in range(3):
        client.post(address, {"key": new_key(), "reached": "no", "note": ""})
    assert StaffTask.objects.filter(kind="emergency_unreached").count() == 1
    assert alert.steps.filter(kind="not_reached").count() == 3

    client.post(address, {"key": new_key(), "reached": "yes", "note": ""})

    alert.refresh_from_db()
    wanted.refresh_from_db()
    assert alert.outcome == "reached"
    assert wanted.contacted_at
    assert "Three calls within an hour were in vain" not in page_of(client, alert)


def test_buttons_keep_that_the_contact_was_called_and_a_check_asked_for(client, nurse, unreached):
    for step in ("emergency_contact", "welfare_check"):
        fields = {"key": new_key(), "do": step, "note": "Spoke with her sister"}
        answer = client.post(f"/staff/alerts/{unreached.pk}/further/", fields)
        assert answer.status_code == 302

    page = page_of(client, unreached)

    assert page.count("<s>") == 2
    assert list(unreached.steps.values_list("kind", "note", "by_label"))[-2:] == [
        ("emergency_contact", "Spoke with her sister", "Dana Whitfield"),
        ("welfare_check", "Spoke with her sister", "Dana Whitfield"),
    ]
    assert (
        "Welfare check asked for"
        in client.get(f"/staff/requests/{unreached.report.request.reference}/timeline/?kind=alerts").content.decode()
    )


def test_further_step_without_a_button_keeps_the_note(client, unreached):
    fields = {"key": new_key(), "note": "Spoke with her sister"}
    answer = client.post(f"/staff/alerts/{unreached.pk}/further/", fields)
    assert answer.status_code == 422
    assert "Spoke with her sister" in answer.content.decode()
    assert "Select what you have done" in answer.content.decode()


def test_caregiver_to_call_comes_with_the_caution_about_authority(client, unreached):
    patient = unreached.report.patient
    Proxy.objects.create(patient=patient, name="Ana", relation="child", phone="+12025550145", authority="parent")
    page = page_of(client, unreached)
    assert page.index("Rosa Diaz") < page.index("Ana, caregiver")
    assert "Authority not verified: tell them nothing" in page


def test_emergency_without_a_number_opens_the_task_and_shows_the_same_way_on(client, nurse):
    alert = an_alert()
    client.post(f"/staff/alerts/{alert.pk}/acknowledge/", {"key": new_key()})

    call(client, alert, "no_number")

    task = StaffTask.objects.get(kind="emergency_unreached")
    assert (task.patient, task.data) == (None, {"alert": str(alert.pk)})
    page = page_of(client, alert)
    assert "Cannot be reached: no number" in page
    assert "Nobody was named" in page
    assert 'value="welfare_check"' in page


def test_task_of_somebody_unknown_leads_to_the_emergency(client, nurse):
    alert = an_alert()
    client.post(f"/staff/alerts/{alert.pk}/acknowledge/", {"key": new_key()})
    call(client, alert, "no_number")
    task = StaffTask.objects.get()

    rows = client.get("/staff/tasks/").content.decode()
    page = client.get(f"/staff/tasks/{task.pk}/").content.decode()

    assert "Emergency: nobody reached" in rows
    assert f"/staff/alerts/{alert.pk}/" in page


def test_steps_show_how_long_after_the_emergency_they_came(client, nurse):
    alert = an_alert(phone="+12025550142")
    Alert.objects.filter(pk=alert.pk).update(detected_at=timezone.now() - timedelta(minutes=12))
    for kind, minutes in (("detected", 12), ("paged", 12), ("escalated", 7), ("acknowledged", 4)):
        at = timezone.now() - timedelta(minutes=minutes)
        AlertStep.objects.create(alert=alert, kind=kind, at=at, by_label="Luis" if kind == "acknowledged" else "")

    page = page_of(client, alert)
    steps = page[page.index('id="steps"') :]

    titles = ["Shown to the person", "On call paged", "Escalated: nobody had taken it on", "Taken on"]
    assert sorted(titles, key=steps.index) == titles
    assert "at once" in steps
    assert "after 5 min" in steps
    assert "after 8 min" in steps


def test_emergency_from_before_steps_were_kept_shows_its_own_times(client, nurse):
    alert = an_alert()
    Alert.objects.filter(pk=alert.pk).update(paged_at=timezone.now())
    assert "On-call staff paged" in page_of(client, alert)


@pytest.mark.parametrize("things", [1, 30])
def test_page_of_an_emergency_asks_ten_questions_at_most(client, nurse, things):
    wanted = a_row(EMERGENCY)
    alert, now = an_alert(wanted.report), timezone.now()
    for _number in range(things):
        an_alert()
        ContactAttempt.objects.create(alert=alert, report=wanted.report, reached=False, by=nurse, at=now)
        AlertStep.objects.create(alert=alert, kind="not_reached", at=now)
        Proxy.objects.create(
            patient=wanted.patient, name="Ana", relation="child", phone="+12025550145", authority="none"
        )
    assert queries_of(lambda: page_of(client, alert)) <= 10
    assert queries_of(lambda: client.get("/staff/alerts/")) <= 4


def test_list_of_emergencies_tells_who_waits_for_what(client, nurse):
    waits, called, closed, old = (an_alert() for _number in range(4))
    now = timezone.now()
    Alert.objects.filter(pk=called.pk).update(acknowledged_at=now, acknowledged_by=nurse)
    done = {"acknowledged_at": now, "acknowledged_by": nurse, "outcome": "reached"}
    Alert.objects.filter(pk=closed.pk).update(closed_at=now, **done)
    Alert.objects.filter(pk=old.pk).update(closed_at=now - timedelta(days=2), **done)

    page = client.get("/staff/alerts/").content.decode()
    body = page[page.index("<main") :]

    codes = [waits.find_code, called.find_code, closed.find_code]
    assert sorted(codes, key=body.index) == codes
    assert old.find_code not in body


BANNER = "1 emergency alert"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/staff/", 200),
        ("/staff/requests/BMC-0000-00/", 404),
        ("/staff/nowhere/", 404),
        ("/staff/availability/", 403),
        ("/staff/kept/", 200),
        (reverse_lazy("account_change_password"), 200),
        (reverse_lazy("mfa_index"), 200),
        ("/admin/", 200),
    ],
)
def test_banner_stands_on_pages_of_errors_accounts_and_set_up(client, nurse, path, status):
    an_alert()
    nurse.set_password("juniper-demonstration")
    nurse.save()
    client.force_login(nurse)
    answer = client.get(str(path), follow=True)
    assert (answer.status_code, BANNER in answer.content.decode()) == (status, True)


def test_form_that_was_refused_has_the_banner_too(nurse):
    an_alert()
    request = RequestFactory().post("/staff/tasks/")
    request.user = nurse
    assert BANNER in site_views.csrf_failure(request).content.decode()


@pytest.mark.parametrize("path", ["/nowhere/", "/"])
def test_public_pages_have_no_banner(client, nurse, path):
    an_alert()
    assert BANNER not in client.get(path).content.decode()


def test_stranger_sees_no_banner_on_an_error_page(client):
    an_alert()
    request = RequestFactory().get("/staff/nowhere/")
    assert BANNER not in site_views.not_found(request).content.decode()


def test_banner_shows_clinicians_the_emergencies_of_their_own_patients_only(client, nurse):
    mine, other = a_row(EMERGENCY), a_row(EMERGENCY)
    reader = a_reader_of(mine)
    alerts = [an_alert(mine.report), an_alert(other.report), an_alert()]
    client.force_login(reader)

    page = client.get(f"/staff/requests/{mine.reference}/").content.decode()

    assert [alert.find_code in page for alert in alerts] == [True, False, False]


def test_alert_without_a_number_says_so(client, nurse):
    page = client.get(f"/staff/alerts/{an_alert().pk}/").content.decode()

    assert "No number" in page
    assert "Cannot be reached: no number" in page
    assert "I lost control, or I cannot feel when I need to go" in page


def test_alert_with_a_number_shows_it_as_a_link(client, nurse):
    page = client.get(f"/staff/alerts/{an_alert(phone='+12025550142').pk}/").content.decode()

    assert "tel:+12025550142" in page
    assert "Cannot be reached: no number" not in page


def test_alert_is_acknowledged_by_the_first_and_the_second_is_told(client, nurse):
    alert = an_alert()
    client.post(f"/staff/alerts/{alert.pk}/acknowledge/", {"key": new_key()})
    client.force_login(a_member("nurse", "Luis Ortega"))

    page = client.post(f"/staff/alerts/{alert.pk}/acknowledge/", {"key": new_key()}, follow=True).content.decode()

    alert.refresh_from_db()
    assert alert.acknowledged_by == nurse
    assert "Dana Whitfield" in page
    assert "Somebody else has already taken on this alert" in page


def test_alert_without_a_number_is_closed_as_not_reachable(client, nurse):
    alert = an_alert()
    client.post(f"/staff/alerts/{alert.pk}/acknowledge/", {"key": new_key()})

    client.post(f"/staff/alerts/{alert.pk}/contact/", {"key": new_key(), "reached": "no_number", "note": ""})

    alert.refresh_from_db()
    assert alert.outcome == "no_number"
    assert alert.closed_at
    assert "cannot be reached: no number" in client.get(f"/staff/alerts/{alert.pk}/").content.decode()


def test_alert_cannot_be_closed_as_not_reachable_before_it_is_acknowledged(client, nurse):
    alert = an_alert()

    answer = client.post(f"/staff/alerts/{alert.pk}/contact/", {"key": new_key(), "reached": "no_number", "note": ""})

    alert.refresh_from_db()
    assert answer.status_code == 422
    assert "Acknowledge the alert first" in answer.content.decode()
    assert alert.closed_at is None


def test_alert_call_that_reached_the_person_stops_the_clock_of_the_request(client, nurse):
    wanted = a_row(EMERGENCY)
    alert = an_alert(wanted.report)

    client.post(
        f"/staff/alerts/{alert.pk}/contact/", {"key": new_key(), "reached": "yes", "note": "On the way to the ED"}
    )

    wanted.refresh_from_db()
    alert.refresh_from_db()
    assert wanted.contacted_at
    assert alert.outcome == "reached"


def test_look_at_an_alert_leaves_one_audit_row(client, nurse):
    alert = an_alert()

    client.get(f"/staff/alerts/{alert.pk}/")

    assert AuditEntry.objects.filter(subject_id=str(alert.pk)).count() == 1


def test_alert_with_a_number_is_not_closed_for_want_of_one(nurse):
    alert = an_alert(phone="+12025550142")
    acknowledge_alert(alert, user=nurse, by=staff_actor(nurse), key=new_key())

    with pytest.raises(Refused) as no:
        log_alert_call(alert, outcome="no_number", note="", user=nurse, by=staff_actor(nurse), key=new_key())

    alert.refresh_from_db()
    assert (no.value.code, alert.closed_at) == ("has_number", None)


def test_calls_in_vain_before_an_emergency_are_not_tries_to_reach_it(client, nurse):
    wanted = a_row(EMERGENCY)
    alert = an_alert(wanted.report)
    for minutes in (20, 25):
        at = alert.detected_at - timedelta(minutes=minutes)
        ContactAttempt.objects.create(report=wanted.report, reached=False, by=nurse, at=at)
    call(client, alert)

    assert not StaffTask.objects.filter(kind="emergency_unreached").exists()
