"""Alerts, calls and reviews: what they write, and what they refuse."""

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.accounts.models import User
from clinic.messages.models import Message
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.forms import new_key
from clinic.platform.refusals import Refused
from intake.registration import actions as registration
from intake.triage import actions
from intake.triage.alert_steps import Kind, new_step
from intake.triage.engine import Result
from intake.triage.models import Alert, ContactAttempt, TriageReview
from tests.intake.factories import a_draft, begin, walk_until

pytestmark = pytest.mark.django_db

PATIENT = Actor("patient", "draft:1")
SPINE = Result("emergency", ("E03", "U07"), "M-SPINE")


def a_user(*roles: str) -> User:
    return User.objects.create(email=f"{'-'.join(roles) or 'nobody'}@example.org", name="Sam Lee", roles=list(roles))


def an_alert(**more) -> Alert:
    draft = more.pop("draft", None) or a_draft()
    return actions.raise_alert(draft=draft, result=SPINE, filled_by="patient", at=timezone.now(), by=PATIENT, **more)


@pytest.fixture
def triage(client):
    """The stored triage of a quiet registration: level soon."""
    begin(client)
    draft = walk_until(client, "none")
    return registration.finish(draft, by=PATIENT, at=timezone.now()).triage


def review(triage, user, disposition, reason=""):
    return actions.record_review(
        triage,
        disposition=disposition,
        reason=reason,
        visit_type="coordinated_new",
        specialties=["RAD_ONC"],
        user=user,
        by=staff_actor(user),
        at=timezone.now(),
    )


def test_an_alert_holds_emergency_rules_only_and_pages_without_patient_data():
    alert = an_alert()
    assert alert.rules == ["E03"]
    assert alert.paged_at is not None
    message = Message.objects.get()
    assert message.channel == "page"
    assert set(message.context) == {"link"}
    entry = AuditEntry.objects.get(action="alert_raised")
    assert entry.data == {"rules": ["E03"]}


def test_an_alert_of_nothing_but_a_report_has_a_code_of_its_own():
    first, second = an_alert(), an_alert()
    assert first.find_code != second.find_code


def test_a_step_names_staff_and_never_a_patient():
    alert, nurse = an_alert(), a_user("nurse")
    assert new_step(alert, Kind.ACKNOWLEDGED, by=staff_actor(nurse)).by_label == "Sam Lee"
    assert new_step(alert, Kind.PERSON_SAID, by=Actor("patient", "draft:1", "Ann Miller")).by_label == "patient"


def test_the_first_nurse_takes_an_alert_on_and_the_second_is_told():
    alert, nurse, other = an_alert(), a_user("nurse"), a_user("physician")
    taken = actions.acknowledge_alert(alert, user=nurse, by=staff_actor(nurse), key=new_key())
    assert taken.acknowledged_by == nurse
    with pytest.raises(Refused) as refused:
        actions.acknowledge_alert(alert, user=other, by=staff_actor(other), key=new_key())
    assert refused.value.code == "taken"
    alert.refresh_from_db()
    assert alert.acknowledged_by == nurse


def test_one_press_acknowledges_once():
    alert, nurse, key = an_alert(), a_user("nurse"), new_key()
    for _press in range(2):
        actions.acknowledge_alert(alert, user=nurse, by=staff_actor(nurse), key=key)
    assert AuditEntry.objects.filter(action="alert_acknowledged").count() == 1


@pytest.mark.parametrize("reached", [True, False])
def test_only_a_call_that_reached_the_person_closes_the_alert(reached):
    alert, nurse = an_alert(), a_user("nurse")
    actions.log_contact(
        alert=alert, reached=reached, note="Spoke with her", user=nurse, by=staff_actor(nurse), key=new_key()
    )
    alert.refresh_from_db()
    assert (alert.closed_at is not None) == reached
    assert ContactAttempt.objects.get().reached == reached
    assert "Spoke" not in str(AuditEntry.objects.get(action="contact_logged").data)


def test_a_call_belongs_to_something():
    nurse = a_user("nurse")
    with pytest.raises(ValueError, match="alert or to a report"):
        actions.log_contact(reached=True, note="", user=nurse, by=staff_actor(nurse), key=new_key())


def test_an_unknown_answer_to_the_emergency_page_is_refused():
    with pytest.raises(Refused):
        actions.person_said(an_alert(), "perhaps", by=PATIENT, key=new_key())


def test_confirming_the_level_needs_no_reason_and_changing_it_does(triage):
    nurse = a_user("nurse")
    review(triage, nurse, "soon")
    with pytest.raises(Refused) as refused:
        review(triage, nurse, "urgent", reason="  ")
    assert refused.value.code == "reason_missing"
    review(triage, nurse, "urgent", reason="Sounds worse on the phone")
    assert [one.disposition for one in TriageReview.objects.all()] == ["soon", "urgent"]
    triage.refresh_from_db()
    assert triage.level == "soon"


@pytest.mark.parametrize(("role", "may"), [("nurse", True), ("physician", True), ("coordinator", False)])
def test_lowering_an_emergency_needs_the_role_and_a_reason(triage, role, may):
    an_alert(report=triage.report)
    user = a_user(role)
    if not may:
        with pytest.raises(Refused) as refused:
            review(triage, user, "soon", reason="Chosen by mistake")
        assert refused.value.code == "not_allowed"
        return
    with pytest.raises(Refused):
        review(triage, user, "soon")
    assert review(triage, user, "soon", reason="Chosen by mistake").disposition == "soon"


def test_asking_for_information_keeps_the_level(triage):
    an_alert(report=triage.report)
    coordinator = a_user("coordinator")
    review(triage, coordinator, "needs_information", reason="Which hospital?")
    assert actions.counting_level(triage) == "emergency"


def test_an_unknown_decision_is_refused(triage):
    with pytest.raises(Refused):
        review(triage, a_user("nurse"), "whatever", reason="x")


def test_the_audit_of_a_review_holds_no_reason(triage):
    review(triage, a_user("nurse"), "urgent", reason="Her words")
    assert "Her words" not in str(AuditEntry.objects.get(action="triage_reviewed").data)
