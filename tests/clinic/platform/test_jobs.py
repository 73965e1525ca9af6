"""Jobs: queued with their cause, done once, taken over from a worker that died."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from clinic.directory.models import Holiday
from clinic.platform.jobs import registry, worker
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.queue import enqueue
from clinic.platform.jobs.registry import job
from clinic.platform.jobs.worker import claim, run_due

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    done: list = []

    @job("note")
    def note(number):
        Holiday.objects.create(on=f"2027-01-{number:02}", name="job")
        done.append(number)

    @job("fail", on_give_up=lambda number: done.append(f"gave up {number}"))
    def fail(number):
        Holiday.objects.create(on=f"2027-02-{number:02}", name="job")
        raise RuntimeError("Jane Canary could not be reached")

    return done


def test_due_jobs_run_in_order_and_once(kinds):
    now = timezone.now()
    enqueue("note", {"number": 2})
    enqueue("note", {"number": 1}, run_after=now - timedelta(minutes=1))
    enqueue("note", {"number": 3}, run_after=now + timedelta(hours=1))
    assert run_due() == 2
    assert run_due() == 0
    assert kinds == [1, 2]
    assert Job.objects.filter(done_at=None).count() == 1


def test_job_exists_only_if_its_cause_is_committed(kinds):
    with transaction.atomic():
        enqueue("note", {"number": 1})
        transaction.set_rollback(True)
    assert run_due() == 0


def test_dedupe_key_queues_once(kinds):
    first = enqueue("note", {"number": 1}, dedupe="one")
    assert enqueue("note", {"number": 1}, dedupe="one") == first
    run_due()
    enqueue("note", {"number": 1}, dedupe="one")
    assert run_due() == 0


def test_failing_job_is_undone_tried_later_and_given_up(kinds):
    enqueue("fail", {"number": 1})
    Job.objects.update(max_attempts=2)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert run_due() == 1
        failed = Job.objects.get()
        assert failed.failed_at is None
        assert failed.run_after > timezone.now()
        assert run_due() == 0
        clock.shift(3600)
        assert run_due() == 1
        clock.shift(36000)
        assert run_due() == 0
    failed.refresh_from_db()
    assert failed.failed_at is not None
    assert failed.last_error == "RuntimeError"  # never the text, which may name somebody
    assert kinds == ["gave up 1"]
    assert not Holiday.objects.exists()


def test_job_of_a_dead_worker_is_taken_over_and_the_dead_cannot_finish(kinds):
    enqueue("note", {"number": 1})
    with time_machine.travel(timezone.now(), tick=False) as clock:
        dead = claim()
        assert claim() is None
        clock.shift(worker.LEASE + timedelta(seconds=1))
        assert run_due() == 1
    with pytest.raises(worker.LeaseLost):
        worker._complete(dead)
    worker._run(dead)  # its effect is undone together with its completion
    assert Holiday.objects.count() == 1


def test_job_that_kills_every_worker_is_given_up(kinds):
    enqueue("note", {"number": 1})
    Job.objects.update(max_attempts=2)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            assert claim() is not None
            clock.shift(worker.LEASE + timedelta(seconds=1))
        run_due()
    assert Job.objects.get().failed_at is not None
    assert kinds == []


def test_unknown_kind_does_not_stop_the_worker(kinds):
    enqueue("nobody knows", {})
    enqueue("note", {"number": 1})
    assert run_due() == 2
    assert kinds == [1]


def test_idle_worker_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert run_due() == 0
