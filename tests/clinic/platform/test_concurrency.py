"""Two at once, with transactions of their own."""

import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from clinic.directory.models import Holiday
from clinic.messages.models import Message
from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.models import AuditEntry
from clinic.platform.audit.record import record
from clinic.platform.audit.seals import first_fault, seal_new
from clinic.platform.db.sql import lock_keys
from clinic.platform.jobs.models import Job
from clinic.platform.limits.buckets import take
from clinic.platform.refusals import Refused
from clinic.platform.submits.models import Submit
from clinic.platform.submits.once import submit_once

pytestmark = pytest.mark.django_db(transaction=True)
postgresql_only = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="a database in memory has one connection: threads cannot collide"
)


def at_once(work, count=8):
    """Runs `work(number)` in threads that start together; what each returned or raised."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number):
        try:
            barrier.wait(10)
            results[number] = work(number)
        except Exception as error:  # noqa: BLE001  (the test looks at what came out, whatever it is)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_emptying_the_test_database_passes_the_guards_and_leaves_them_in_place():
    record("made", by=SYSTEM, subject=("x", "1"))
    seal_new()
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEntry.objects.exists()
    record("made", by=SYSTEM, subject=("x", "1"))
    with pytest.raises(Exception, match="append only"), transaction.atomic():
        AuditEntry.objects.all().delete()


@postgresql_only
def test_audit_chain_never_forks():
    def work(number):
        for step in range(10):
            with transaction.atomic():
                record(f"{number}.{step}", by=SYSTEM, subject=("x", "1"))

    assert at_once(work) == [None] * 8
    assert AuditEntry.objects.count() == 80
    assert first_fault() is None


@postgresql_only
def test_rows_are_sealed_once_by_whomever():
    for number in range(20):
        record("made", by=SYSTEM, subject=("x", str(number)))
    seals = [seal for seal in at_once(lambda _: seal_new(), 4) if seal is not None]
    assert len(seals) == 1
    assert first_fault() is None


@postgresql_only
def test_same_key_pressed_at_once_acts_once():
    @submit_once("day", store=lambda row: str(row.pk), replay=lambda stored: Holiday.objects.get(pk=stored))
    def add(*, by, key):
        return Holiday.objects.create(on="2026-12-25", name="Christmas")

    results = at_once(lambda _: add(by=SYSTEM, key="one").pk)
    assert len(set(results)) == 1
    assert isinstance(results[0], int)
    assert Holiday.objects.count() == Submit.objects.count() == 1


@postgresql_only
def test_bucket_gives_out_its_tokens_and_no_more():
    taken = at_once(lambda _: take("code", "k", capacity=3, per_seconds=3600))
    assert sorted(taken) == [False] * 5 + [True] * 3


@postgresql_only
def test_lock_that_is_held_for_long_is_refused_as_busy():
    held, done = threading.Event(), threading.Event()

    def holder():
        with transaction.atomic():
            lock_keys(("clinician", 1))
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=holder)
    thread.start()
    held.wait(5)
    try:
        with pytest.raises(Refused) as refused, transaction.atomic():
            lock_keys(("clinician", 2), ("clinician", 1))
        assert refused.value.code == "busy"
    finally:
        done.set()
        thread.join(10)


def test_worker_run_once_seals_and_tidies():
    record("made", by=SYSTEM, subject=("x", "1"))
    out = StringIO()
    call_command("run_worker", once=True, stdout=out)
    assert AuditEntry.objects.get().seal_id is not None
    assert Job.objects.get(kind="tidy").done_at is not None
    assert "1 jobs run" in out.getvalue()


def test_messages_nobody_got_are_found():
    kept = [Message.objects.create(template="offer_ready", state=state) for state in Message.State]
    assert {message.state for message in Message.objects.undelivered()} == {"failed", "no_address"}
    assert len(kept) == 4
