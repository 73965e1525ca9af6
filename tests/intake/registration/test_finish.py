"""Sending turns a draft into patient, report and triage, or says what is missing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from clinic.platform.refusals import Refused
from intake.patients.actions import age_on
from intake.patients.identity import birth_date_index, name_index, phone_index
from intake.patients.models import NamePrefix, Patient, Proxy
from intake.registration import actions
from intake.registration.models import Draft
from intake.symptoms.models import SymptomReport
from intake.triage import actions as triage_actions
from intake.triage.engine import Result
from intake.triage.models import Alert, Triage
from tests.intake.factories import begin, send_page, walk_until

pytestmark = pytest.mark.django_db


def finish(draft, at=None):
    by = actions.person(draft.pk, draft.filled_by)
    return actions.finish(draft, by=by, at=at or timezone.now())


def test_a_complete_draft_becomes_patient_report_and_triage(client):
    begin(client)
    draft = walk_until(client, "none")
    done = finish(draft)
    patient = Patient.objects.get()
    assert patient.full_name == "María O’Neil-Díaz"
    assert patient.phone_primary == "+12025550142"
    assert patient.birth_date_index == birth_date_index(date(1951, 3, 27))
    assert patient.phone_index == phone_index("+1 (202) 555-0142")
    assert patient.name_index == name_index("MARIA", "O'Neil Diaz")
    assert NamePrefix.objects.filter(patient=patient).exists()
    assert (patient.npp_ack, bool(patient.npp_version)) == ("acknowledged", True)
    assert patient.consent_email_at is not None
    assert patient.consent_sms_at is None
    assert done.report.answers["filled_by"] == "patient"
    assert done.report.answers["age_years"] == age_on(date(1951, 3, 27), timezone.localdate())
    assert done.report.answers["numbness"] == []
    assert done.triage.level == "soon"
    assert done.triage.is_final
    assert done.answers["reason_for_contact"] == ["new_bone_pain", "second_opinion"]
    assert not Proxy.objects.exists()


def test_the_report_keeps_the_wording_that_was_shown(client):
    begin(client, filled_by="caregiver")
    report = finish(walk_until(client, "none")).report
    row = next(row for row in report.snapshot if row["key"] == "leg_weakness")
    assert row == {
        "key": "leg_weakness",
        "question": "Are the patient's legs weak in a new way?",
        "value": "none",
        "label": "No",
    }
    proxy = Proxy.objects.get()
    assert (proxy.name, proxy.relation, proxy.phone) == ("Ana Ortiz", "child", "+442079460018")
    assert proxy.verified_at is None


def test_an_incomplete_draft_is_refused_with_the_pages_that_are_missing(client):
    begin(client)
    draft = walk_until(client, "phone")
    with pytest.raises(Refused) as refused:
        finish(draft)
    assert refused.value.code == "incomplete"
    assert refused.value.steps[0].slug == "phone"
    assert not Patient.objects.exists()


def test_a_sent_draft_is_empty_and_cannot_be_sent_or_changed_again(client):
    begin(client)
    draft = walk_until(client, "none")
    finish(draft)
    stored = Draft.objects.get()
    assert (stored.state, stored.answers, stored.resume_code_hash) == ("sent", {}, "")
    with pytest.raises(Refused) as refused:
        finish(draft)
    assert refused.value.code == "sent"
    assert send_page(client, "zip").url == "/register/sent/"
    assert Patient.objects.count() == 1


def test_alerts_of_the_draft_move_to_the_report(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    done = finish(walk_until(client, "none"))
    alert = Alert.objects.get()
    assert alert.report == done.report
    assert alert.acknowledged_at is None
    assert triage_actions.counting_level(done.triage) == "emergency"


def test_an_emergency_lowered_later_keeps_its_alert_and_the_triage_stays_computed(client):
    begin(client)
    send_page(client, "acute-general", {"acute_general": ["chest_pain"]})
    send_page(client, "acute-general", {"acute_general": ["none"]})
    done = finish(walk_until(client, "none"))
    assert done.triage.level == "soon"
    assert triage_actions.counting_level(done.triage) == "emergency"


def test_an_emergency_that_was_never_shown_raises_its_alert_at_sending(client):
    begin(client)
    draft = walk_until(client, "none")
    draft.answers = {**draft.answers, "bowel_change": "no_control", "bowel_onset_days": None}
    draft.save()
    done = finish(draft)
    assert done.triage.level == "emergency"
    assert Alert.objects.get().report == done.report


def test_a_result_that_is_not_final_goes_to_a_nurse_as_urgent(client, monkeypatch):
    begin(client)
    draft = walk_until(client, "none")
    monkeypatch.setattr(triage_actions, "assess", lambda answers: Result("urgent", (), "M-URGENT", failed=("U03",)))
    triage = finish(draft).triage
    assert (triage.level, triage.is_final, triage.failed_rules) == ("urgent", False, ["U03"])


def test_a_failed_sending_leaves_nothing_and_keeps_the_answers(client):
    begin(client)
    draft = walk_until(client, "none")
    with transaction.atomic():
        finish(draft)
        transaction.set_rollback(True)
    for model in (Patient, SymptomReport, Triage):
        assert not model.objects.exists()
    assert Draft.objects.get().answers["zip"] == "48109"


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
        (date(1951, 3, 27), date(2026, 3, 26), 74),
    ],
)
def test_age_in_whole_years(born, day, age):
    assert age_on(born, day) == age


def test_the_age_counts_on_the_clinics_date(client):
    begin(client)
    draft = walk_until(client, "none")
    evening = datetime(2026, 3, 26, 23, 30, tzinfo=ZoneInfo("America/Detroit"))
    assert finish(draft, at=evening).report.answers["age_years"] == 74


def test_unknown_keys_and_values_are_refused_by_the_action_too():
    draft = actions.start_draft(filled_by="patient")
    by = actions.person(draft.pk, "patient")
    for answers in ({"pain_now": 3}, {"leg_weakness": "terrible"}, {"leg_weakness": ["none"]}):
        with pytest.raises(Refused):
            actions.save_step(draft, "leg-weakness", answers, by=by)
    with pytest.raises(Refused):
        actions.save_step(draft, "no-such-page", {}, by=by)
