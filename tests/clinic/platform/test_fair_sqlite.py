"""The queue of writers: eight processes on one file, none waits long, none is refused."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connections

from clinic.platform.db.fair_sqlite.base import DatabaseWrapper, WriterQueue

ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import json, sys, time
import django
from django.conf import settings
settings.configure(DATABASES={"default": {
    "ENGINE": "clinic.platform.db.fair_sqlite", "NAME": sys.argv[1],
    "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"}}}, USE_TZ=True)
django.setup()
from django.db import connection, transaction
stop, slowest, done, errors = time.time() + float(sys.argv[2]), 0.0, 0, 0
while time.time() < stop:
    began = time.perf_counter()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM t WHERE a = 1")
            cursor.execute("INSERT INTO t (a) VALUES (%s)", [done])
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO t (a) VALUES (%s)", [done])
        done += 2
    except django.db.OperationalError:
        errors += 1
    slowest = max(slowest, time.perf_counter() - began)
print(json.dumps({"slowest": slowest, "done": done, "errors": errors}))
"""


@pytest.fixture(autouse=True)
def databases_of_our_own(django_db_blocker):
    """The connections here are the tests' own files, not the suite's database."""
    with django_db_blocker.unblock():
        yield


def wrapper(path):
    values = {**connections["default"].settings_dict, "ENGINE": "clinic.platform.db.fair_sqlite", "NAME": str(path)}
    values["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    return DatabaseWrapper(values, alias="other")


def test_eight_writers_share_fairly(tmp_path):
    path = tmp_path / "clinic.sqlite3"
    first = wrapper(path)
    with first.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("CREATE TABLE t (a INTEGER)")
    first.close()
    command = [sys.executable, "-c", WRITER, str(path), "2.5"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) for _ in range(8)]
    results = [json.loads(writer.communicate(timeout=60)[0]) for writer in writers]
    assert sum(result["errors"] for result in results) == 0
    assert max(result["slowest"] for result in results) < 1.0
    assert min(result["done"] for result in results) > 0


def test_second_connection_waits_until_the_first_has_committed(tmp_path):
    path = tmp_path / "clinic.sqlite3"
    first, order = wrapper(path), []
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a INTEGER)")
    started = threading.Event()

    def second():
        other = wrapper(path)
        started.set()
        other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        order.append("second")
        other.rollback()
        other.close()

    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    thread = threading.Thread(target=second)
    thread.start()
    started.wait(5)
    thread.join(0.2)
    assert thread.is_alive()
    order.append("first")
    first.commit()
    thread.join(5)
    first.close()
    assert order == ["first", "second"]


@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_turn_is_given_back_at_every_ending(tmp_path, ending):
    path = tmp_path / "clinic.sqlite3"
    one = wrapper(path)
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert one.queue.held
    getattr(one, ending)()
    assert not one.queue.held
    one.close()


def test_queue_is_entered_once_however_often_asked(tmp_path):
    queue = WriterQueue(str(tmp_path / "q"))
    queue.enter()
    queue.enter()
    queue.leave()
    other = WriterQueue(str(tmp_path / "q"))
    other.enter()
    assert other.held
    other.close()
    queue.close()


def test_database_in_memory_has_no_queue():
    assert wrapper(":memory:").queue is None
