"""Coverage rows equal what the patient told; what staff noted on a row that stays is kept."""

import pytest

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from intake.patients.coverage import TOLD, save_coverage
from intake.patients.models import Coverage
from tests.factories import a_patient

pytestmark = pytest.mark.django_db
MARIA = Actor("patient", "request:1")
FIRST = {
    "insurance_status": "insured", "payer_type": "medicare", "payer_name": "Medicare", "member_id": "1EG4TE5MK73",
    "group_number": None, "subscriber_relation": "spouse", "subscriber_name": "Luis Díaz",
    "subscriber_dob": "1950-03-27", "has_second_plan": "no",
}  # fmt: skip
SECOND = {
    "has_second_plan": "yes", "second_payer_type": "commercial", "second_payer_name": "Elm Health",
    "second_member_id": "W1234 56789", "second_group_number": "77-A",
}  # fmt: skip


@pytest.fixture
def patient():
    return a_patient()


def told(patient):
    """What the rows say, position -> columns that hold something."""
    return {
        row.position: {name: getattr(row, name) for name in TOLD if getattr(row, name)}
        for row in Coverage.objects.filter(patient=patient)
    }


def audited(patient):
    entries = AuditEntry.objects.filter(subject_id=str(patient.pk), action__startswith="coverage").order_by("sequence")
    return [(entry.action, entry.data["position"]) for entry in entries]


def test_first_plan_becomes_a_row(patient):
    save_coverage(patient, FIRST, by=MARIA)
    assert told(patient) == {
        1: {
            "payer_type": "medicare", "payer_name": "Medicare", "member_id": "1EG4TE5MK73",
            "subscriber_relation": "spouse", "subscriber_name": "Luis Díaz", "subscriber_dob": "1950-03-27",
        }
    }  # fmt: skip
    assert audited(patient) == [("coverage_saved", 1)]


def test_second_plan_becomes_a_row_of_its_own_and_goes_again(patient):
    rows = save_coverage(patient, {**FIRST, **SECOND}, by=MARIA)
    assert [row.position for row in rows] == [1, 2]
    assert told(patient)[2]["payer_name"] == "Elm Health"
    save_coverage(patient, {**FIRST, **SECOND, "has_second_plan": "no"}, by=MARIA)
    assert list(told(patient)) == [1]
    assert audited(patient)[-1] == ("coverage_removed", 2)


def test_same_answers_again_change_and_audit_nothing(patient):
    save_coverage(patient, {**FIRST, **SECOND}, by=MARIA)
    before = audited(patient)
    save_coverage(patient, {**FIRST, **SECOND}, by=MARIA)
    assert audited(patient) == before


def test_changed_plan_keeps_what_staff_noted(patient):
    save_coverage(patient, FIRST, by=MARIA)
    Coverage.objects.filter(patient=patient).update(auth_required=True, auth_number="A-1")
    save_coverage(patient, {**FIRST, "payer_type": "medicare_advantage", "payer_name": "Elm Health"}, by=MARIA)
    row = Coverage.objects.get(patient=patient)
    assert (row.payer_type, row.payer_name, row.auth_required, row.auth_number) == (
        "medicare_advantage", "Elm Health", True, "A-1",
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="coverage_saved").latest("at").data == {
        "position": 1, "changed": ["payer_type", "payer_name"],
    }  # fmt: skip


@pytest.mark.parametrize("status", ["self_pay", "applying", "unsure"])
def test_whoever_is_not_insured_has_no_rows(patient, status):
    save_coverage(patient, {**FIRST, **SECOND}, by=MARIA)
    assert save_coverage(patient, {**FIRST, **SECOND, "insurance_status": status}, by=MARIA) == []
    assert told(patient) == {}


def test_answers_that_say_nothing_of_insurance_change_nothing(patient):
    save_coverage(patient, FIRST, by=MARIA)
    assert save_coverage(patient, {"city": "Ann Arbor", "insurance_status": None}, by=MARIA) == []
    assert list(told(patient)) == [1]


def test_insured_without_a_plan_yet_has_no_row(patient):
    save_coverage(patient, {"insurance_status": "insured"}, by=MARIA)
    assert told(patient) == {}


def test_other_patients_coverage_is_not_touched(patient):
    other = a_patient(email="other@example.org")
    save_coverage(other, FIRST, by=MARIA)
    save_coverage(patient, {"insurance_status": "self_pay"}, by=MARIA)
    assert list(told(other)) == [1]


def test_numbers_are_not_kept_in_clear_and_never_audited(patient):
    save_coverage(patient, FIRST, by=MARIA)
    assert not Coverage.objects.extra(where=["member_id LIKE '%%1EG4%%' OR subscriber_name LIKE '%%Luis%%'"]).exists()
    assert "1EG4" not in str(list(AuditEntry.objects.values_list("data", flat=True)))


def test_saving_takes_few_queries(patient, django_assert_max_num_queries):
    save_coverage(patient, {**FIRST, **SECOND}, by=MARIA)
    with django_assert_max_num_queries(3):  # savepoint, rows, release
        save_coverage(patient, {**FIRST, **SECOND}, by=MARIA)
