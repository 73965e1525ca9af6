"""Changing a patient's record: versions, search indexes, agreements, audit."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.messages.texts.stop import take_answer
from clinic.platform.audit.models import AuditEntry
from clinic.platform.crypto.index import prefix_search_indexes
from clinic.platform.refusals import Refused
from intake.models import Patient, StaffTask
from intake.patients.editing import change_patient, values_of
from intake.patients.identity import birth_date_index, email_index, name_index, name_prefixes, phone_index
from tests.scheduling.staff_rows import a_member, a_patient_row

pytestmark = pytest.mark.django_db
OTHER_PHONE = "+12025550177"


@pytest.fixture
def nurse():
    return a_member("nurse", "Nora Bell")


def change(patient, user, *, version=None, **values):
    return change_patient(
        patient,
        values,
        version=version or patient.version,
        consent_wording="2026-11-staff",
        user=user,
        by=staff_actor(user),
    )


def test_search_finds_the_new_name_and_no_longer_the_old(nurse):
    patient = a_patient_row("Maria", "Alvarez")
    change(patient, nurse, legal_last_name="Okafor-Lee")

    row = Patient.objects.get()
    assert row.name_index == name_index("Maria", "Okafor-Lee")
    assert set(row.name_prefixes.values_list("prefix_index", flat=True)) == set(name_prefixes("Maria", "Okafor-Lee"))
    for typed, found in (("okafo", 1), ("alva", 0), ("mari", 1)):
        assert (
            Patient.objects.filter(name_prefixes__prefix_index__in=prefix_search_indexes(typed)).distinct().count()
            == found
        )


def test_indexes_follow_birth_date_phone_and_email(nurse):
    patient = a_patient_row()
    change(patient, nurse, date_of_birth="1951-03-28", phone_primary=OTHER_PHONE, email="maria@example.org")

    row = Patient.objects.get()
    assert row.birth_date_index == birth_date_index(date(1951, 3, 28))
    assert (row.phone_index, row.email_index) == (phone_index(OTHER_PHONE), email_index("maria@example.org"))
    assert row.version == 2


def test_nothing_changed_makes_no_version_and_no_audit(nurse):
    patient = a_patient_row()
    change(patient, nurse, **values_of(patient))

    assert Patient.objects.get().version == 1
    assert not AuditEntry.objects.filter(action="patient_changed").exists()


def test_second_editor_is_told_who_and_when(nurse):
    patient = a_patient_row()
    change(Patient.objects.get(), a_member("coordinator", "Robin Castle"), zip="10001")

    with pytest.raises(Refused, match="Robin Castle changed this record on ") as refused:
        change(patient, nurse, zip="90210")
    assert refused.value.code == "stale"
    assert Patient.objects.get().zip == "10001"


def test_audit_names_fields_and_holds_no_value(nurse):
    patient = a_patient_row()
    change(patient, nurse, phone_primary=OTHER_PHONE, contact_times=["morning"])

    entry = AuditEntry.objects.get(action="patient_changed")
    assert entry.data == {"fields": ["phone_primary", "contact_times"]}
    assert entry.actor_id == str(nurse.pk)


def test_agreement_gets_its_moment_and_wording(nurse):
    patient = a_patient_row()
    change(
        patient,
        nurse,
        email="maria@example.org",
        contact_preference=["email", "text"],
        consent_email=True,
        consent_sms=True,
    )

    row = Patient.objects.get()
    assert timezone.now() - row.consent_email_at < timedelta(minutes=1)
    assert timezone.now() - row.consent_sms_at < timedelta(minutes=1)
    assert row.consent_wording == "2026-11-staff"


def test_agreement_that_stays_keeps_its_moment(nurse):
    patient = a_patient_row()
    long_ago = timezone.now() - timedelta(days=90)
    Patient.objects.update(consent_sms_at=long_ago, consent_wording="2026-08")
    change(patient, nurse, zip="10001", consent_sms=True)

    assert (Patient.objects.get().consent_sms_at, Patient.objects.get().consent_wording) == (long_ago, "2026-08")


def test_agreement_for_another_number_counts_from_now(nurse):
    patient = a_patient_row()
    Patient.objects.update(consent_sms_at=timezone.now() - timedelta(days=90))
    change(patient, nurse, phone_primary=OTHER_PHONE, consent_sms=True)

    assert timezone.now() - Patient.objects.get().consent_sms_at < timedelta(minutes=1)


def test_number_that_answered_stop_gets_no_texts_again(nurse):
    patient = a_patient_row()
    take_answer(patient.phone_primary, "STOP")

    with pytest.raises(Refused, match="STOP") as refused:
        change(patient, nurse, contact_preference=["text"], consent_sms=True)
    assert refused.value.code == "stopped"
    assert Patient.objects.get().consent_sms_at is None


def test_after_stop_other_changes_still_work(nurse):
    patient = a_patient_row()
    Patient.objects.update(consent_sms_at=timezone.now(), contact_preference=["text"])
    take_answer(patient.phone_primary, "STOP")
    change(patient, nurse, zip="10001")

    assert Patient.objects.get().zip == "10001"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"contact_preference": ["text"]}, "not_agreed"),
        ({"contact_preference": ["email"], "email": "maria@example.org"}, "not_agreed"),
        ({"consent_email": True}, "no_address"),
    ],
)
def test_written_way_without_agreement_is_refused(nurse, values, code):
    with pytest.raises(Refused) as refused:
        change(a_patient_row(), nurse, **values)

    assert refused.value.code == code
    assert Patient.objects.get().version == 1


def test_merged_record_is_not_changed(nurse):
    kept, merged = a_patient_row(), a_patient_row("Marie")
    Patient.objects.filter(pk=merged.pk).update(merged_into=kept)

    with pytest.raises(Refused, match="merged into another one"):
        change(merged, nurse, zip="10001")


@pytest.mark.parametrize("role", ["physician", "clinician", "trials_coordinator", "administrator", "auditor"])
def test_who_may_not_edit_is_refused(role):
    with pytest.raises(Refused) as refused:
        change(a_patient_row(), a_member(role), zip="10001")

    assert refused.value.code == "not_allowed"


def test_corrected_birth_date_may_show_a_record_of_the_same_person(nurse):
    a_patient_row("Maria", "Alvarez", born=date(1951, 3, 27))
    other = a_patient_row("Maria", "Alvarez", born=date(1951, 3, 28))
    change(other, nurse, date_of_birth="1951-03-27")

    assert StaffTask.objects.get().kind == StaffTask.Kind.MERGE
