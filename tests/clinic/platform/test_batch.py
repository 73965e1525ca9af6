"""Plain SQL in batches: the same on both databases, and as few trips as promised."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.messages.models import Message
from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.models import AuditEntry
from clinic.platform.audit.record import Chains, Entry, record
from clinic.platform.audit.seals import first_fault
from clinic.platform.db.batch import Batch, row_lock, stored
from clinic.platform.jobs.models import Job
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key, submit_once
from clinic.sign_in.session_store import SessionStore

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 14, 30, 15, 250000, tzinfo=UTC)


def a_message(**more):
    return Message(template="x", to="to@example.org", context={"link": "é % 'quoted' 100%"}, **more)


def test_rows_come_back_as_they_went_in():
    batch = Batch()
    message, job = a_message(sent_at=AT), Job(kind="k", args={"a": [1, None, "é"]}, run_after=AT)
    made = batch.insert([job], tail="RETURNING id")
    batch.insert([message])
    batch.send()
    found = Message.objects.get()
    assert (found.pk, found.to, found.context, found.sent_at) == (message.pk, message.to, message.context, AT)
    assert found.created_at is not None
    assert Job.objects.get().pk == made.rows[0][0]
    jobs = batch.select(Job, "WHERE t.id = %s", [made.rows[0][0]])
    messages = batch.select(Message, "WHERE t.id = %s", [stored(Message._meta.pk, message.pk)])
    batch.send()
    assert (jobs.objects()[0].args, jobs.objects()[0].run_after, jobs.objects()[0].done_at) == (job.args, AT, None)
    assert (messages.objects()[0].pk, messages.objects()[0].context) == (message.pk, message.context)


def test_some_columns_and_more_that_the_database_computes():
    message = a_message()
    message.save(force_insert=True)
    batch = Batch()
    answer = batch.select(Message, row_lock(), only=("state", "id"), more=(("twice", "1 + 1"),))
    with transaction.atomic():
        batch.send()
    (found,) = answer.objects()
    assert (found.pk, found.state, found.twice) == (message.pk, "queued", 2)
    assert found.get_deferred_fields() >= {"to", "context"}


def test_update_and_delete_touch_the_rows_they_name():
    jobs = [Job.objects.create(kind=f"k{n}", run_after=AT) for n in range(3)]
    later = AT + timedelta(hours=1)
    batch = Batch()
    batch.update(Job, [jobs[0].pk, jobs[1].pk], {"run_after": later}, only_if={"attempt": 0})
    gone = batch.delete(Job, "kind", ["k2", "unknown"])
    batch.send()
    assert gone.count == 1
    assert [job.run_after for job in Job.objects.order_by("kind")] == [later, later]


def test_a_row_that_changed_meanwhile_is_told():
    job = Job.objects.create(kind="k", run_after=AT, attempt=1)
    batch = Batch()
    batch.update(Job, [job.pk], {"kind": "other"}, only_if={"attempt": 0}, otherwise=lambda: Refused("Changed."))
    with pytest.raises(Refused, match="Changed"), transaction.atomic():
        batch.send()
    assert Job.objects.get().kind == "k"


def test_a_batch_is_one_trip_to_postgresql_and_is_sent_once():
    batch = Batch()
    batch.insert([Job(kind="a", run_after=AT)])
    batch.insert([])
    done = []
    batch.after_send(lambda: done.append(True))
    count = batch.select(Job, "")
    with CaptureQueriesContext(connection) as queries:
        batch.send()
        batch.send()
    assert len(queries) == (1 if connection.vendor == "postgresql" else 2)
    assert (len(count.objects()), done) == (1, [True])


def test_chains_append_to_known_and_new_subjects():
    record("first", by=SYSTEM, subject=("a", "1"))
    first, last = Batch(), Batch()
    chains = Chains(first, [("a", "1"), ("b", "1")])
    first.send()
    chains.append(last, [Entry("second", SYSTEM, ("a", "1")), Entry("first", SYSTEM, ("b", "1"), {"n": 1})])
    last.send()
    told = AuditEntry.objects.order_by("subject_kind", "sequence").values_list("subject_kind", "action", "sequence")
    assert list(told) == [("a", "first", 1), ("a", "second", 2), ("b", "first", 1)]
    assert first_fault() is None


def test_chains_find_another_place_when_theirs_was_taken():
    first, last = Batch(), Batch()
    chains = Chains(first, [("a", "1"), ("b", "1")])
    first.send()
    record("in between", by=SYSTEM, subject=("a", "1"))
    chains.append(last, [Entry("mine", SYSTEM, ("a", "1")), Entry("mine", SYSTEM, ("b", "1"))])
    last.send()
    assert list(AuditEntry.objects.order_by("pk").values_list("subject_kind", "action", "sequence")) == [
        ("a", "in between", 1),
        ("b", "mine", 1),
        ("a", "mine", 2),
    ]
    assert first_fault() is None


def test_chains_take_one_record_a_subject():
    first, last = Batch(), Batch()
    chains = Chains(first, [("a", "1")])
    first.send()
    with pytest.raises(KeyError):
        chains.append(last, [Entry("one", SYSTEM, ("a", "1")), Entry("two", SYSTEM, ("a", "1"))])


def test_submit_once_reads_ahead_for_the_action():
    Job.objects.create(kind="k", run_after=AT)

    @submit_once(
        "counted", store=str, replay=int, reads=lambda batch, kind: batch.select(Job, "WHERE t.kind = %s", [kind])
    )
    def counted(kind, *, by, key, read):
        return len(read.objects())

    key = new_key()
    assert counted("k", by=SYSTEM, key=key) == 1
    Job.objects.create(kind="k", run_after=AT)
    assert counted("k", by=SYSTEM, key=key) == 1
    assert counted("k", by=SYSTEM, key=new_key()) == 2


def test_session_is_kept_until_it_ends():
    store = SessionStore()
    store["draft_id"] = "é"
    store.save()
    assert SessionStore(store.session_key)["draft_id"] == "é"
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    ended = SessionStore(store.session_key)
    assert ended.get("draft_id") is None
    assert ended.session_key is None
