"""New symptoms of a request that was sent, taken down by staff for a caller: the pages and rules of the patients."""

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.models import Alert, Draft, StaffTask, SymptomReport
from intake.registration.new_symptoms import open_symptoms
from intake.registration.new_symptoms_steps import NEW_SYMPTOMS
from scheduling.requests.new_symptoms import send_new_symptoms, start_new_symptoms
from tests.intake.factories import QUIET
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.patient_steps import key_on
from tests.scheduling.staff_rows import a_member, a_row, an_alert, everybody, queries_of

pytestmark = pytest.mark.django_db
QUIET_NOW = {**QUIET, "what-changed": {"what_changed": "The hip hurts"}, "pain": {"pain_present": "no"}}
PAGES = ("", "check/", "sent/", "emergency/", "acute-general/")


@pytest.fixture
def nurse(client):
    person = a_member("nurse", "Dana Whitfield")
    client.force_login(person)
    return person


@pytest.fixture
def wanted():
    """A routine request that a nurse has reached."""
    return a_row(contacted_at=timezone.now())


def address(wanted, path="") -> str:
    return f"/staff/requests/{wanted.reference}/new-symptoms/{path}"


def answer(client, wanted, slug, given=None):
    draft = open_symptoms(wanted.report, by_phone=True)
    hidden = {"version": str(draft.step_versions.get(slug, 0)), "asked": "1"}
    return client.post(address(wanted, f"{slug}/"), {**hidden, **(given or QUIET_NOW[slug])})


def walk(client, wanted, **answers) -> None:
    """From the start to check answers, quiet but for `answers`."""
    given = {slug.replace("_", "-"): value for slug, value in answers.items()}
    client.post(address(wanted))
    for _turn in range(40):
        draft = open_symptoms(wanted.report, by_phone=True)
        gap = NEW_SYMPTOMS.first_gap(draft.answers, draft.steps_done)
        if gap is None:
            return
        page = answer(client, wanted, gap.slug, given.get(gap.slug))
        assert page.status_code == 302, (gap.slug, page.context["form"].errors)
    raise AssertionError("never done")


def send(client, wanted):
    return client.post(address(wanted, "send/"), {"key": key_on(client.get(address(wanted, "check/")))})


def test_the_request_leads_there_and_looking_begins_nothing(client, nurse, wanted):
    assert address(wanted) in client.get(f"/staff/requests/{wanted.reference}/").content.decode()
    assert "Start the questions" in client.get(address(wanted)).content.decode()
    assert not Draft.objects.exists()


def test_safety_questions_are_read_aloud_first(client, nurse, wanted):
    page = client.post(address(wanted), follow=True)
    html = page.content.decode()

    assert page.redirect_chain[-1][0] == address(wanted, "acute-general/")
    assert "Read aloud, word for word" in html
    assert "You are filling in for a caller" in html
    assert f'href="/staff/requests/{wanted.reference}/"' in html
    assert Draft.objects.get().filled_by == "staff_phone"


def test_pages_name_the_patient_and_show_emergencies_in_red(client, nurse, wanted):
    an_alert()
    html = client.post(address(wanted), follow=True).content.decode()

    assert f"Patient: Maria Alvarez, {wanted.reference}." in html
    assert 'class="alert-banner"' in html
    assert "clinic/staff" in html  # where the banner has its colors from


def test_what_is_told_is_a_report_with_triage_task_and_the_message_to_read(client, nurse, wanted):
    walk(client, wanted)

    page = client.get(send(client, wanted).headers["Location"])

    report = SymptomReport.objects.get(follows=wanted.report)
    assert (report.filled_by, report.triage.level) == ("staff_phone", "routine")
    assert StaffTask.objects.get(kind="new_symptoms").report == wanted.report
    assert "Our team will call you within 2 working days" in page.content.decode()
    assert AuditEntry.objects.get(action="new_symptoms_sent").actor_id == str(nurse.pk)
    told = client.get(f"/staff/requests/{wanted.reference}/").content.decode()
    assert "The hip hurts" in told
    assert "New symptoms told: routine" in told
    assert "staff, by phone" in told


def test_emergency_raises_alert_and_level_at_once_and_is_read_aloud(client, nurse, wanted):
    client.post(address(wanted))

    page = answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})

    assert page.headers["Location"] == address(wanted, "emergency/")
    alert = Alert.objects.get()
    assert (alert.report, alert.filled_by) == (wanted.report, "staff_phone")
    wanted.refresh_from_db()
    assert (wanted.level, wanted.contacted_at) == ("emergency", None)
    html = client.get(page.headers["Location"]).content.decode()
    assert "Read this page aloud now, word for word." in html
    assert f'href="/staff/requests/{wanted.reference}/"' in html
    assert "staff, by phone" in client.get(f"/staff/alerts/{alert.pk}/").content.decode()


def test_what_the_caller_says_to_the_emergency_is_kept_as_told_to_staff(client, nurse, wanted):
    client.post(address(wanted))
    answer(client, wanted, "acute-general", {"acute_general": ["chest_pain"]})
    page = client.get(address(wanted, "emergency/"))

    client.post(address(wanted, "emergency/"), {"key": key_on(page), "answer": "going", "call_back_phone": ""})

    assert Alert.objects.get().person_said == "going"
    assert AuditEntry.objects.get(action="alert_answered").actor_id == str(nurse.pk)


def test_the_form_of_the_patient_and_that_of_the_staff_stay_apart(client, nurse, wanted):
    client.post(address(wanted))
    answer(client, wanted, "acute-general")
    in_session_of(client, wanted)
    client.post(f"/my/{wanted.reference}/symptoms/")

    theirs = open_symptoms(wanted.report)
    assert theirs.filled_by == "patient"
    assert theirs.steps_done == []
    assert open_symptoms(wanted.report, by_phone=True).steps_done == ["acute-general"]


def test_what_staff_took_down_is_not_told_on_the_pages_of_the_patient(client, nurse, wanted):
    walk(client, wanted)
    send(client, wanted)
    in_session_of(client, wanted)

    assert client.get(f"/my/{wanted.reference}/symptoms/sent/").status_code == 302


def test_a_form_of_an_earlier_call_can_be_begun_anew(client, nurse, wanted):
    client.post(address(wanted))
    answer(client, wanted, "acute-general")
    first = open_symptoms(wanted.report, by_phone=True)
    assert "Start anew" in client.get(address(wanted)).content.decode()

    client.post(address(wanted))
    assert open_symptoms(wanted.report, by_phone=True) == first

    client.post(address(wanted), {"anew": "yes"})
    now = open_symptoms(wanted.report, by_phone=True)
    assert now != first
    assert now.steps_done == []
    first.refresh_from_db()
    assert (first.state, first.answers) == ("expired", {})


def test_closed_request_leads_to_a_new_registration(client, nurse, wanted):
    wanted.status, wanted.closed_at = "completed", timezone.now()
    wanted.save()

    page = client.get(address(wanted)).content.decode()
    assert "This request is closed." in page
    assert "/staff/phone-entry/" in page
    assert client.post(address(wanted)).status_code == 422
    assert not Draft.objects.exists()


def test_sent_twice_it_is_one_report(client, nurse, wanted):
    walk(client, wanted)
    key = key_on(client.get(address(wanted, "check/")))
    for _turn in range(2):
        assert client.post(address(wanted, "send/"), {"key": key}).headers["Location"] == address(wanted, "sent/")
    assert SymptomReport.objects.filter(follows=wanted.report).count() == 1


def test_only_who_takes_phone_calls_down_gets_in(client, wanted):
    for role, person in everybody().items():
        client.force_login(person)
        for page in PAGES:
            status = client.get(address(wanted, page)).status_code
            assert (status == 403) == (role not in ("nurse", "coordinator")), (role, page, status)
        assert (client.post(address(wanted)).status_code == 403) == (role not in ("nurse", "coordinator"))


def test_pages_take_only_what_they_are_for(client, nurse, wanted):
    assert client.get(address(wanted, "send/")).status_code == 405
    assert client.post(address(wanted, "check/")).status_code == 405
    assert client.post(address(wanted, "sent/")).status_code == 405
    assert client.get(address(wanted, "no-such-page/")).status_code == 302  # nothing is begun: to the start
    client.post(address(wanted))
    assert client.get(address(wanted, "no-such-page/")).status_code == 404
    assert client.get(address(wanted, "what-changed/")).headers["Location"] == address(wanted, "acute-general/")


def test_the_action_asks_for_the_right_itself(wanted):
    physician = a_member("physician")
    for actor in (SYSTEM, staff_actor(physician), Actor("patient", "request:1"), Actor("referrer", "1")):
        with pytest.raises(Refused) as refused:
            start_new_symptoms(wanted, by=actor)
        assert refused.value.code == "not_allowed"
    draft = start_new_symptoms(wanted, by=staff_actor(a_member("coordinator")))
    with pytest.raises(Refused) as refused:
        send_new_symptoms(wanted, draft, by=staff_actor(physician), key="k1")
    assert refused.value.code == "not_allowed"


def test_new_symptoms_never_lower_a_request(client, nurse, wanted):
    wanted.level, wanted.urgency_rank = "urgent", 1
    wanted.save()
    walk(client, wanted)
    send(client, wanted)
    wanted.refresh_from_db()
    assert (wanted.level, wanted.contacted_at is None) == ("urgent", False)


def test_pages_stay_within_ten_queries(client, nurse, wanted):
    client.post(address(wanted))
    client.get(address(wanted))
    assert queries_of(lambda: client.get(address(wanted))) <= 10
    assert queries_of(lambda: client.get(address(wanted, "acute-general/"))) <= 10
