"""Merging two records of one person with everything that hangs on them, and undoing it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.models import Coverage, Patient, PatientMerge, Proxy, StaffTask, SymptomReport
from scheduling.models import AppointmentRequest, Claim, Visit
from scheduling.requests.merge import merge_records, undo_merge
from tests.scheduling.staff_rows import a_booked_visit, a_clinician_row, a_member, a_patient_row, a_row, a_visit_type

MODELS = (AppointmentRequest, Visit, Claim, SymptomReport, Proxy, StaffTask, Coverage)


def merge(kept, absorbed, user, **more):
    return merge_records(kept, absorbed, user=user, by=staff_actor(user), key=more.pop("key", new_key()), **more)


def undo(found, user):
    return undo_merge(found, user=user, by=staff_actor(user), key=new_key())


def whose():
    """Every row that belongs to a patient, and to whom."""
    rows = {
        (model.__name__, str(pk)): str(of) for model in MODELS for pk, of in model.objects.values_list("pk", "patient")
    }
    return rows | {("Patient", str(pk)): str(into) for pk, into in Patient.objects.values_list("pk", "merged_into")}


def fill(patient, clinician, *, requests=1, visits=0, proxies=0, tasks=0, plans=(), day=0):
    """Rows of a patient; visits lie on days of their own."""
    for _number in range(requests):
        wanted = a_row(patient=patient)
        StaffTask.objects.create(kind="mri_safety", patient=patient, report=wanted.report)
    for number in range(visits):
        starts_at = timezone.now() + timedelta(days=day + number)
        visit = a_booked_visit(patient.requests.first() or a_row(patient=patient), [clinician], starts_at=starts_at)
        claims = visit.claims.filter(patient__isnull=False)
        if not claims.exists():
            Claim.objects.create(patient=patient, visit=visit, starts_at=visit.starts_at, ends_at=visit.ends_at)
    for _number in range(proxies):
        Proxy.objects.create(patient=patient, name="Ana", relation="child", authority="none")
    for _number in range(tasks):
        StaffTask.objects.create(kind="insurance_help", patient=patient)
    for position in plans:
        Coverage.objects.create(patient=patient, position=position, payer_type="medicare")


@pytest.fixture
def nurse(db):
    a_visit_type()
    return a_member("nurse", "Dana Whitfield")


@pytest.fixture
def pair(nurse):
    kept, absorbed = a_patient_row(), a_patient_row("Marie", "Alvares", phone="+12025550111")
    clinician = a_clinician_row()
    fill(kept, clinician, visits=1, plans=[1], day=1)
    fill(absorbed, clinician, visits=1, proxies=1, tasks=1, plans=[1, 2], day=5)
    return kept, absorbed


def test_everything_stands_with_the_record_that_stays(nurse, pair):
    kept, absorbed = pair

    found = merge(kept, absorbed, nurse)

    left = {name for (name, _pk), of in whose().items() if of == str(absorbed.pk)}
    assert left == {"Coverage"}  # the kept record has a first plan of its own: the other stays in the history
    assert list(kept.coverages.order_by("position").values_list("position", flat=True)) == [1, 2]
    absorbed.refresh_from_db()
    assert (absorbed.merged_into, found.merged_by) == (kept, "Dana Whitfield")
    assert Patient.objects.count() == 2
    actions = AuditEntry.objects.filter(subject_kind="intake.patient").values_list("action", "subject_id")
    assert set(actions) == {("patients_merged", str(kept.pk)), ("patient_absorbed", str(absorbed.pk))}


def test_undoing_gives_back_exactly_what_was_moved(nurse, pair):
    before = whose()
    found = merge(*pair, nurse)
    assert whose() != before

    undo(found, nurse)

    assert whose() == before
    assert AuditEntry.objects.filter(action="merge_undone").count() == 1


def test_what_was_added_later_stays_but_follows_its_request(nurse, pair):
    kept, absorbed = pair
    wanted = absorbed.requests.first()
    found = merge(kept, absorbed, nurse)
    later = Proxy.objects.create(patient=kept, name="Bo", relation="friend", authority="none")
    starts_at = timezone.now() + timedelta(days=20)
    wanted.refresh_from_db()
    visit = a_booked_visit(wanted, [a_clinician_row("Dr. Kim")], starts_at=starts_at)
    update = SymptomReport.objects.create(
        patient=kept, filled_by="patient", answers={}, snapshot=[], sent_at=starts_at, follows=wanted.report
    )

    undo(found, nurse)

    for row in (later, visit, update):
        row.refresh_from_db()
    assert (later.patient, visit.patient, update.patient) == (kept, absorbed, absorbed)


def test_two_visits_at_the_same_time_are_refused(nurse, pair):
    kept, absorbed = pair
    claim = kept.claim_set.first()
    Claim.objects.create(patient=absorbed, starts_at=claim.starts_at, ends_at=claim.ends_at)
    before = whose()

    with pytest.raises(Refused) as refused:
        merge(kept, absorbed, nurse)

    assert refused.value.code == "overlap"
    assert "Cancel or move one" in str(refused.value)
    assert whose() == before


@pytest.mark.parametrize("role", ["physician", "clinician", "administrator"])
def test_other_roles_merge_and_undo_nothing(nurse, pair, role):
    other = a_member(role)
    with pytest.raises(Refused) as refused:
        merge(*pair, other)
    assert refused.value.code == "not_allowed"

    found = merge(*pair, nurse)
    with pytest.raises(Refused):
        undo(found, other)


def test_record_is_merged_once_and_undone_once(nurse, pair):
    kept, absorbed = pair
    key = new_key()
    found = merge(kept, absorbed, nurse, key=key)
    assert merge(kept, absorbed, nurse, key=key).pk == found.pk
    for one, other in ((kept, absorbed), (absorbed, kept), (kept, kept)):
        with pytest.raises(Refused):
            merge(one, other, nurse)
    undo(found, nurse)
    with pytest.raises(Refused) as refused:
        undo(PatientMerge.objects.get(), nurse)
    assert refused.value.code == "undone"


def test_merges_in_a_row_are_undone_from_the_last(nurse, pair):
    (kept, absorbed), third = pair, a_patient_row("Mary")
    before = whose()
    first = merge(kept, absorbed, nurse)
    second = merge(third, kept, nurse)
    assert Patient.objects.get(pk=absorbed.pk).merged_into == third

    with pytest.raises(Refused) as refused:
        undo(first, nurse)
    assert refused.value.code == "merged"
    undo(second, nurse)
    undo(PatientMerge.objects.get(pk=first.pk), nurse)
    assert whose() == before


def test_search_finds_the_merged_person_under_both_records(client, nurse, pair):
    kept, absorbed = pair
    merge(kept, absorbed, nurse)
    client.force_login(nurse)

    for typed in ("Alvares", "(202) 555-0111", "Alvarez"):
        page = client.post("/staff/search/", {"words": typed}).content.decode()
        assert all(wanted.reference in page for wanted in kept.requests.all()), typed
        assert "Marie Alvares" not in page  # the record that stays is shown


def test_page_shows_both_records_and_writes_down_both_looks(client, nurse, pair):
    kept, absorbed = pair
    task = StaffTask.objects.create(kind="merge", patient=absorbed, data={"other": str(kept.pk), "because": ["name"]})
    client.force_login(nurse)

    page = client.get(f"/staff/tasks/{task.pk}/", follow=True).content.decode()

    assert "Marie Alvares" in page
    assert "Maria Alvarez" in page
    looks = AuditEntry.objects.filter(action="viewed", data={"purpose": "merge"}).values_list("subject_id", flat=True)
    assert set(looks) == {str(kept.pk), str(absorbed.pk)}


def test_page_merges_closes_the_task_and_undoes(client, nurse, pair):
    kept, absorbed = pair
    task = StaffTask.objects.create(kind="merge", patient=absorbed, data={"other": str(kept.pk), "because": ["name"]})
    client.force_login(nurse)
    address = f"/staff/tasks/{task.pk}/merge/"
    assert client.post(address, {"key": new_key()}).status_code == 422

    answer = client.post(address, {"key": new_key(), "decision": str(kept.pk)}, follow=True)

    task.refresh_from_db()
    found = PatientMerge.objects.get()
    assert (task.state, found.kept, answer.redirect_chain[-1][0]) == ("done", kept, f"/staff/merges/{found.pk}/")
    assert client.get(address).status_code == 200
    assert "Undo the merge" in answer.content.decode()
    client.post(f"/staff/merges/{found.pk}/", {"key": new_key()})
    found.refresh_from_db()
    assert found.undone_by == "Dana Whitfield"
    task.refresh_from_db()
    assert (task.state, task.done_at, task.done_by) == ("open", None, None)
    assert task.due_at > timezone.now()
    assert AuditEntry.objects.filter(action="task_reopened", subject_id=str(task.pk)).count() == 1
    client.post(address, {"key": new_key(), "decision": "different"})  # and can be settled the other way
    task.refresh_from_db()
    assert task.state == "dismissed"


def test_undoing_a_merge_opens_no_task_about_other_people(nurse, pair):
    kept, absorbed = pair
    other = a_patient_row("Other")
    tasks = [
        StaffTask.objects.create(kind="merge", patient=kept, data={"other": str(other.pk)}, state="done"),
        StaffTask.objects.create(kind="merge", patient=absorbed, data={"other": str(kept.pk)}, state="dismissed"),
        StaffTask.objects.create(kind="insurance_help", patient=kept, state="done"),
    ]
    undo(merge(kept, absorbed, nurse), nurse)
    assert [StaffTask.objects.get(pk=task.pk).state for task in tasks] == ["done", "dismissed", "done"]


def test_two_persons_stay_apart_and_are_not_asked_about_again(client, nurse, pair):
    kept, absorbed = pair
    task = StaffTask.objects.create(kind="merge", patient=absorbed, data={"other": str(kept.pk)})
    client.force_login(nurse)

    client.post(f"/staff/tasks/{task.pk}/merge/", {"key": new_key(), "decision": "different"})

    task.refresh_from_db()
    assert task.state == "dismissed"
    assert not PatientMerge.objects.exists()


ROWS = st.fixed_dictionaries(
    {
        "requests": st.integers(1, 2),
        "visits": st.integers(0, 2),
        "proxies": st.integers(0, 2),
        "tasks": st.integers(0, 2),
        "plans": st.sets(st.integers(1, 3)),
    }
)


class TestMergeProperty(TestCase):
    @given(ROWS, ROWS)
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def test_merge_loses_nothing_and_undo_restores_everything(self, one, other):
        a_visit_type()
        user, clinician = a_member("nurse", uuid4().hex), a_clinician_row(uuid4().hex)
        kept, absorbed = a_patient_row(), a_patient_row("Marie")
        fill(kept, clinician, day=1, **one)
        fill(absorbed, clinician, day=10, **other)
        before = whose()

        found = merge(kept, absorbed, user)
        merged = whose()
        undo(found, user)

        assert merged.keys() == before.keys() == whose().keys()
        owners = {of for (name, _pk), of in merged.items() if name in ("AppointmentRequest", "Visit", "Claim")}
        assert owners - {"None"} == {str(kept.pk)}  # a claim of a clinician or room is nobody's
        assert whose() == before
