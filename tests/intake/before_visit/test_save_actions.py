"""Saving pages and rows before the visit: what is kept, who is told, and what is refused."""

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.before_visit.actions import (
    Follower,
    answers_of,
    mark_section,
    remove_row,
    save_row,
    save_section_step,
)
from intake.before_visit.models import BeforeVisit
from intake.before_visit.rows import MOST_ROWS
from intake.before_visit.steps import FLOW, OWN_KEYS
from intake.patients.models import Coverage, Proxy
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask
from tests.factories import a_coordinator, a_patient, a_physician
from tests.intake.before_visit.row_data import KINDS, ROW_ID, ROWS, new_id

pytestmark = pytest.mark.django_db
PATIENT = Actor("patient", "request:1")
CAREGIVER = Actor("caregiver", "request:1")
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)


@pytest.fixture
def report():
    """A report that a patient has sent."""
    return SymptomReport.objects.create(
        patient=a_patient(), filled_by="patient", answers={}, snapshot=[], sent_at=timezone.now()
    )


def refusal(action, *args, **kwargs) -> str:
    """The code with which this is refused."""
    with pytest.raises(Refused) as refused:
        action(*args, **kwargs)
    assert str(refused.value).endswith(".")
    return refused.value.code


# Pages


def test_row_is_made_with_the_first_page_and_each_save_is_audited(report):
    assert not BeforeVisit.objects.exists()
    before = save_section_step(report, "stage", {"current_stage": "II"}, by=PATIENT, version=0)
    assert before.answers == {"current_stage": "II"}
    assert before.steps_done == ["stage"]
    entry = AuditEntry.objects.get(action="before_visit_saved")
    assert (entry.subject_id, entry.data) == (str(before.pk), {"step": "stage"})
    assert "II" not in str(entry.data)


def test_answers_have_every_key_and_none_for_what_is_not_asked(report):
    assert answers_of(report) == dict.fromkeys(OWN_KEYS)
    save_section_step(report, "status", {"insurance_status": "insured"}, by=PATIENT)
    save_section_step(report, "plan", {"payer_type": "medicaid"}, by=PATIENT)
    assert answers_of(report)["payer_type"] == "medicaid"
    save_section_step(report, "status", {"insurance_status": "unsure"}, by=PATIENT)
    assert answers_of(report)["payer_type"] is None
    assert set(answers_of(report)) == OWN_KEYS


def test_same_page_twice_is_one_save(report):
    for _twice in range(2):
        before = save_section_step(report, "stage", {"current_stage": "II"}, by=PATIENT, version=0)
    assert before.step_versions == {"stage": 1}
    assert AuditEntry.objects.filter(action="before_visit_saved").count() == 1


def test_later_window_is_told_and_only_about_its_own_page(report):
    save_section_step(report, "stage", {"current_stage": "II"}, by=PATIENT, version=0)
    assert refusal(save_section_step, report, "stage", {"current_stage": "IV"}, by=PATIENT, version=0) == "stale"
    save_section_step(report, "spread", {"other_mets": ["lung"]}, by=PATIENT, version=0)
    save_section_step(report, "stage", {"current_stage": "IV"}, by=PATIENT, version=1)
    found = answers_of(report)
    assert (found["current_stage"], found["other_mets"]) == ("IV", ["lung"])


@pytest.mark.parametrize(
    ("slug", "answers", "code"),
    [
        ("stage", {"mrn": "1"}, "unknown_key"),
        ("nowhere", {}, "unknown_key"),
        ("stage", {"current_stage": "V"}, "invalid_answer"),
        ("stage", {"current_stage": ["II"]}, "invalid_answer"),
        ("spread", {"other_mets": "lung"}, "invalid_answer"),
        ("spread", {"other_mets": ["none", "lung"]}, "invalid_answer"),
        ("diagnosis", {"diagnosis_date": "2023-13"}, "invalid_answer"),
        ("diagnosis", {"diagnosis_date": "23"}, "invalid_answer"),
        ("other-names", {"middle_name": "x" * 1001}, "invalid_answer"),
        ("other-names", {"middle_name": {"a": 1}}, "invalid_answer"),
        ("imaging", {"imaging": [{"id": ROW_ID, "kind": "magic"}]}, "invalid_answer"),
        ("imaging", {"imaging": [{"kind": "mri"}]}, "invalid_answer"),
        ("imaging", {"imaging": [{"id": ROW_ID, "kind": "mri", "color": "red"}]}, "invalid_answer"),
        ("imaging", {"imaging": [{"id": ROW_ID, "kind": "mri"}] * 2}, "invalid_answer"),
        ("imaging", {"imaging_status": "perhaps"}, "invalid_answer"),
    ],
)
def test_keys_and_values_that_no_page_sends_are_refused(report, slug, answers, code):
    assert refusal(save_section_step, report, slug, answers, by=PATIENT) == code
    assert not BeforeVisit.objects.exists()


@pytest.mark.parametrize("step", FLOW.steps, ids=lambda step: step.slug)
def test_every_page_may_be_left_open(report, step):
    before = save_section_step(report, step.slug, dict.fromkeys(step.keys), by=PATIENT)
    assert step.slug in before.steps_done


# Who may


def test_staff_need_the_permission_and_others_may_not(report):
    save_section_step(report, "stage", {"current_stage": "I"}, by=staff_actor(a_coordinator()))
    by = staff_actor(a_physician())
    assert refusal(save_section_step, report, "stage", {"current_stage": "II"}, by=by) == "not_allowed"
    assert refusal(save_row, report, "imaging", new_id(), ROWS["imaging"], by=by) == "not_allowed"
    assert refusal(mark_section, report, "cancer", True, by=by) == "not_allowed"
    by = Actor("referrer", "referral:1")
    assert refusal(save_section_step, report, "stage", {"current_stage": "II"}, by=by) == "not_allowed"


def test_caregiver_may_not_change_what_somebody_else_answered_until_verified(report):
    save_section_step(report, "stage", {"current_stage": "I"}, by=PATIENT)
    save_section_step(report, "spread", {"other_mets": ["lung"]}, by=CAREGIVER)
    proxy = Proxy.objects.create(patient=report.patient, name="Ana", relation="child", authority="parent")
    assert refusal(save_section_step, report, "stage", {"current_stage": "II"}, by=CAREGIVER) == "not_allowed"
    save_section_step(report, "spread", {"other_mets": ["liver"]}, by=CAREGIVER)
    proxy.verified_at = timezone.now()
    proxy.save()
    save_section_step(report, "stage", {"current_stage": "II"}, by=CAREGIVER)
    before = BeforeVisit.objects.get()
    assert before.step_authors == {"stage": "patient", "spread": "caregiver"}


# Rows


@every_kind
def test_row_is_added_changed_and_removed_under_its_own_id(report, kind):
    first, second = new_id(), new_id()
    save_row(report, kind.slug, first, ROWS[kind.slug], by=PATIENT, version=0)
    before = save_row(report, kind.slug, second, ROWS[kind.slug], by=PATIENT, version=0)
    assert [row["id"] for row in before.answers[kind.key]] == [first, second]
    assert before.answers[kind.status_key] == "listed"

    name = next(
        name for name in kind.field_names if kind.form_class.base_fields[name].__class__.__name__ == "TextField"
    )
    before = save_row(report, kind.slug, first, {**ROWS[kind.slug], name: "Changed"}, by=PATIENT, version=1)
    assert [row[name] == "Changed" for row in before.answers[kind.key]] == [True, False]

    before = remove_row(report, kind.slug, first, by=PATIENT)
    assert [row["id"] for row in before.answers[kind.key]] == [second]
    before = remove_row(report, kind.slug, first, by=PATIENT)
    before = remove_row(report, kind.slug, second, by=PATIENT)
    assert before.answers[kind.key] == []
    assert before.answers[kind.status_key] is None
    assert not FLOW.get(kind.slug).complete(before.answers)


@every_kind
def test_computed_values_are_made_by_us_whatever_is_sent(report, kind):
    row = {"id": new_id(), **ROWS[kind.slug], **dict.fromkeys(kind.computed_keys, "x")}
    before = save_section_step(report, kind.slug, {kind.key: [row]}, by=PATIENT)
    kept = before.answers[kind.key][0]
    assert {name: kept[name] for name in kind.computed_keys} == kind.computed(ROWS[kind.slug])
    assert before.answers[kind.status_key] == "listed"


def test_same_new_row_twice_is_one_row(report):
    row_id = new_id()
    for _twice in range(2):
        before = save_row(report, "medicines", row_id, ROWS["medicines"], by=PATIENT, version=0)
    assert len(before.answers["medications"]) == 1
    assert before.answers["medications"][0]["flags"] == ["anticoagulant"]


def test_row_that_another_window_changed_or_removed_is_told(report):
    row_id = new_id()
    save_row(report, "allergies", row_id, ROWS["allergies"], by=PATIENT, version=0)
    save_row(report, "allergies", row_id, {"kind": "contrast"}, by=PATIENT, version=1)
    assert refusal(save_row, report, "allergies", row_id, {"kind": "adhesive"}, by=PATIENT, version=1) == "stale"
    remove_row(report, "allergies", row_id, by=PATIENT)
    assert refusal(save_row, report, "allergies", row_id, {"kind": "adhesive"}, by=PATIENT, version=2) == "gone"
    assert refusal(save_row, report, "allergies", row_id, ROWS["allergies"], by=PATIENT, version=0) == "gone"


def test_two_windows_that_change_different_rows_do_not_meet(report):
    one, other = new_id(), new_id()
    save_row(report, "allergies", one, ROWS["allergies"], by=PATIENT, version=0)
    save_row(report, "allergies", other, ROWS["allergies"], by=PATIENT, version=0)
    save_row(report, "allergies", one, {"kind": "contrast"}, by=PATIENT, version=1)
    before = save_row(report, "allergies", other, {"kind": "adhesive"}, by=PATIENT, version=1)
    assert [row["kind"] for row in before.answers["allergies"]] == ["contrast", "adhesive"]


def test_none_known_is_stale_once_another_window_added_a_row(report):
    save_row(report, "allergies", new_id(), ROWS["allergies"], by=PATIENT, version=0)
    answers = {"allergies_status": "none"}
    assert refusal(save_section_step, report, "allergies", answers, by=PATIENT, version=0) == "stale"
    before = save_section_step(report, "allergies", answers, by=PATIENT, version=1)
    assert before.answers["allergies_status"] == "listed"


def test_list_takes_thirty_rows(report):
    for _row in range(MOST_ROWS):
        save_row(report, "labs", new_id(), ROWS["labs"], by=PATIENT, version=0)
    assert refusal(save_row, report, "labs", new_id(), ROWS["labs"], by=PATIENT, version=0) == "too_many"
    rows = [{"id": new_id(), **ROWS["labs"]} for _row in range(MOST_ROWS + 1)]
    assert refusal(save_section_step, report, "labs", {"labs": rows}, by=PATIENT) == "invalid_answer"


@pytest.mark.parametrize(
    ("slug", "row_id", "row", "code"),
    [
        ("stage", ROW_ID, {}, "unknown_key"),
        ("labs", ROW_ID, {"flags": []}, "unknown_key"),
        ("labs", "../../etc", ROWS["labs"], "invalid_answer"),
        ("labs", ROW_ID.upper(), ROWS["labs"], "invalid_answer"),
        ("labs", ROW_ID, {"test": "calcium"}, "invalid_answer"),
        ("imaging", ROW_ID, {"kind": "mri", "date": "yesterday"}, "invalid_answer"),
    ],
)
def test_row_that_no_page_sends_is_refused(report, slug, row_id, row, code):
    assert refusal(save_row, report, slug, row_id, row, by=PATIENT, version=0) == code


# Sections


def answer_required(report, section):
    """Save what the section requires."""
    needed = {
        "about": {
            "address": {"address_instead": ["prefer_not"]},
            "emergency-contact": {"emergency_contact": "nobody"},
            "needs": {"mobility_aid": "cane"},
        },
        "records": {"allergies": {"allergies_status": "none"}, "implants": {"implants_status": "unknown"}},
        "insurance": {"status": {"insurance_status": "self_pay"}},
    }
    for slug, answers in needed.get(section, {}).items():
        save_section_step(report, slug, answers, by=PATIENT)


@pytest.mark.parametrize("section", ["about", "records", "insurance"])
def test_section_is_completed_only_with_what_is_required(report, section):
    assert refusal(mark_section, report, section, True, by=PATIENT) == "incomplete"
    answer_required(report, section)
    for _twice in range(2):
        assert mark_section(report, section, True, by=PATIENT).sections_done == [section]
    assert AuditEntry.objects.filter(action="before_visit_section").count() == 1
    assert mark_section(report, section, False, by=PATIENT).sections_done == []


@pytest.mark.parametrize("section", ["optional", "nowhere"])
def test_what_is_no_such_section_cannot_be_completed(report, section):
    assert refusal(mark_section, report, section, True, by=PATIENT) == "unknown_key"


# Those who follow


def test_insurance_becomes_rows_of_the_patient_in_the_same_transaction(report):
    save_section_step(report, "status", {"insurance_status": "insured"}, by=PATIENT)
    save_section_step(report, "plan", {"payer_type": "medicare", "member_id": "1EG4TE5MK73"}, by=PATIENT)
    assert Coverage.objects.get(patient=report.patient).member_id == "1EG4TE5MK73"


def test_pacemaker_opens_a_task_and_scans_items_to_chase(report):
    save_row(report, "implants", new_id(), ROWS["implants"], by=PATIENT, version=0)
    assert StaffTask.objects.get(report=report).kind == "mri_safety"
    save_row(report, "imaging", new_id(), {**ROWS["imaging"], "place": "Elm Hospital"}, by=PATIENT, version=0)
    assert report.readiness.filter(kind="imaging").count() == 1


def test_follower_outside_is_told_only_of_its_pages_and_undoes_the_save_when_it_fails(report):
    told = []

    def tell(found, answers, *, by):
        told.append(answers["mobility_aid"])
        if answers["mobility_aid"] == "brace":
            raise RuntimeError

    followers = (Follower(frozenset({"needs"}), tell),)
    save_section_step(report, "stage", {"current_stage": "I"}, by=PATIENT, followers=followers)
    save_section_step(report, "needs", {"mobility_aid": "cane"}, by=PATIENT, followers=followers)
    assert told == ["cane"]
    with pytest.raises(RuntimeError):
        save_section_step(report, "needs", {"mobility_aid": "brace"}, by=PATIENT, followers=followers)
    assert answers_of(report)["mobility_aid"] == "cane"
