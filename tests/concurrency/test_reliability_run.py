"""The reliability run in small, with processes killed in the middle; and that it finds what it is there to find.

`make reliability` is the same with 10,000 attempts.
"""

import os

import pytest
from django.db import connection, transaction

from benchmarks.reliability import world
from benchmarks.reliability.check import check
from benchmarks.reliability.crowd import Crowd
from benchmarks.reliability.history import marks
from clinic.platform.submits.models import Submit
from tests.concurrency.test_booking_collisions import several_connections

__all__ = ["several_connections"]
ATTEMPTS = int(os.environ.get("RELIABILITY_ATTEMPTS", "240"))
GUARDS = "claim_no_overlap%"
PROCESSES = {"postgresql": 8, "sqlite": 4}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


@pytest.fixture
def crowd(tmp_path):
    """A crowd for the database of this test, in which a small clinic has begun."""
    with transaction.atomic():
        world.make_world(requests=24, people_each=2, rooms=2)
    where = connection.settings_dict
    url = f"sqlite:///{where['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    return Crowd(tmp_path, url, PROCESSES[connection.vendor], ATTEMPTS, speed=7200.0)


def test_many_processes_leave_a_history_that_could_have_come_one_after_the_other(crowd):
    crowd.kills = 2
    audit, history = marks()

    crowd.run()

    verdict = check(crowd.folder, audit=audit, history=history)
    assert verdict["faults"] == []
    counts = verdict["counts"]
    assert sum(count for name, count in counts.items() if " " in name) >= ATTEMPTS
    assert counts["commits"] >= ATTEMPTS // 8
    assert min(counts.get(name, 0) for name in ("make_offer made", "accept made", "make_offer refused")) > 0
    assert Submit.objects.filter(state="refused").exists()


@pytest.fixture
def without_guard(several_connections):
    """A database that refuses no overlap; put right again afterwards (on SQLite the file is thrown away)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER claim_no_overlap_insert")
            cursor.execute("DROP TRIGGER claim_no_overlap_update")
            yield
            return
        cursor.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE %s", [GUARDS])
        guards = cursor.fetchall()
        for name, _definition in guards:
            cursor.execute(f"ALTER TABLE scheduling_claim DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM scheduling_claim")
        for name, definition in guards:
            cursor.execute(f"ALTER TABLE scheduling_claim ADD CONSTRAINT {name} {definition}")


def test_a_database_without_its_guard_is_found_out(crowd, without_guard):
    audit, history = marks()
    crowd.attempts //= 2

    crowd.run()

    faults = check(crowd.folder, audit=audit, history=history)["faults"]
    assert any("overlap" in fault for fault in faults)
    assert any("should have been refused: ['taken']" in fault for fault in faults)
