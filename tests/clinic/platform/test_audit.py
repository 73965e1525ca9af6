"""The audit: chains, seals, what it refuses to keep, and what the database refuses to change."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.accounts.models import User
from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.audit.models import AuditEntry, Seal
from clinic.platform.audit.record import Entry, entry_hash, record, record_many, record_view
from clinic.platform.audit.seals import first_fault, seal_new

pytestmark = pytest.mark.django_db
SUBJECT = ("intake.patient", "p1")


def test_record_chains_the_rows_of_one_subject():
    record("made", by=SYSTEM, subject=SUBJECT, data={"level": "urgent"})
    record("made", by=SYSTEM, subject=("intake.patient", "p2"))
    record_view(SUBJECT, by=Actor("staff", "7"), purpose="request page")
    first, second = AuditEntry.objects.filter(subject_id="p1").order_by("sequence")
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous_hash == first.hash
    assert second.data == {"purpose": "request page"}
    assert AuditEntry.objects.get(subject_id="p2").previous_hash == ""
    assert first_fault() is None


def test_record_needs_one_select_and_one_insert():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        record("made", by=SYSTEM, subject=SUBJECT)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "INSERT"]


def test_record_retries_when_its_place_in_the_chain_is_taken(monkeypatch):
    from clinic.platform.audit import record as module

    insert, calls = module._insert_unless_taken, []

    def taken_once(row):
        if not calls:
            calls.append(row)
            record("sooner", by=SYSTEM, subject=SUBJECT)
            assert insert(row) is False
            return False
        return insert(row)

    monkeypatch.setattr(
        module, "_insert_unless_taken", lambda row: taken_once(row) if row.action == "later" else insert(row)
    )
    record("later", by=SYSTEM, subject=SUBJECT)
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True)) == ["sooner", "later"]
    assert first_fault() is None


def test_record_many_chains_in_order_and_over_known_rows():
    record("made", by=SYSTEM, subject=SUBJECT)
    record_many([Entry("a", SYSTEM, SUBJECT), Entry("b", SYSTEM, ("x", "1")), Entry("c", SYSTEM, SUBJECT)])
    assert list(AuditEntry.objects.filter(subject_id="p1").order_by("sequence").values_list("action", flat=True)) == [
        "made",
        "a",
        "c",
    ]
    assert first_fault() is None


def test_record_of_a_row_names_its_model_and_key():
    user = User.objects.create_user("a@example.org", "A", roles=["nurse"])
    record("made", by=SYSTEM, subject=user)
    assert AuditEntry.objects.filter(subject_kind="clinic.user", subject_id=str(user.pk)).exists()


@pytest.mark.parametrize("data", [{"calcium": 11.5}, {"thing": object()}, {"note": "x" * 201}])
def test_record_refuses_data_that_do_not_belong_there(data):
    with pytest.raises((TypeError, ValueError)):
        record("made", by=SYSTEM, subject=SUBJECT, data=data)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinic_auditentry SET action = 'other'",
        "UPDATE clinic_auditentry SET seal_id = NULL",
        "DELETE FROM clinic_auditentry",
        "UPDATE clinic_seal SET hash = 'other'",
        "DELETE FROM clinic_seal",
    ],
)
def test_database_refuses_to_change_the_audit(statement):
    record("made", by=SYSTEM, subject=SUBJECT)
    seal_new()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "made"


def test_unsealed_rows_cannot_be_deleted_or_changed_either():
    record("made", by=SYSTEM, subject=SUBJECT)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(data={})


def test_seals_cover_all_rows_once_and_follow_each_other():
    for number in range(3):
        record("made", by=SYSTEM, subject=("x", str(number)))
    first = seal_new()
    record("made", by=SYSTEM, subject=SUBJECT)
    second = seal_new()
    assert (first.entries, second.entries) == (3, 1)
    assert second.previous_hash == first.hash
    assert seal_new() is None
    assert first_fault() is None


def drop_guards():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_entry_no_update")
            cursor.execute("DROP TRIGGER audit_entry_no_delete")
        else:
            cursor.execute("DROP TRIGGER audit_entry_guard ON clinic_auditentry")


def test_verify_names_the_first_changed_row_and_ends_with_1():
    for action in ("a", "b", "c"):
        record(action, by=SYSTEM, subject=SUBJECT)
    out = StringIO()
    call_command("seal_audit", stdout=out)
    assert Seal.objects.get().hash in out.getvalue()
    drop_guards()
    changed = AuditEntry.objects.get(action="b")
    AuditEntry.objects.filter(pk=changed.pk).update(data={"level": "routine"})
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", stderr=err)
    assert ended.value.code == 1
    assert f"row {changed.pk}" in err.getvalue()


def test_verify_finds_a_rewritten_row_by_its_seal():
    record("a", by=SYSTEM, subject=SUBJECT)
    seal_new()
    drop_guards()
    row = AuditEntry.objects.get()
    row.action = "b"
    AuditEntry.objects.filter(pk=row.pk).update(action="b", hash=entry_hash(row))
    assert "seal" in first_fault()


def test_verify_finds_a_missing_row():
    for action in ("a", "b", "c"):
        record(action, by=SYSTEM, subject=SUBJECT)
    drop_guards()
    AuditEntry.objects.filter(action="b").delete()
    assert "missing" in first_fault()


def test_verify_passes_and_checks_a_kept_seal():
    record("a", by=SYSTEM, subject=SUBJECT)
    kept = seal_new().hash
    out = StringIO()
    call_command("verify_audit", seal=kept, stdout=out)
    assert "unbroken" in out.getvalue()
    with pytest.raises(SystemExit):
        call_command("verify_audit", seal="0" * 64, stderr=StringIO())


def test_actor_refuses_an_unknown_kind_and_an_empty_id():
    with pytest.raises(ValueError, match="kind"):
        Actor("robot", "1")
    with pytest.raises(ValueError, match="id"):
        Actor("staff", "")
