"""Prepared statements in one trip, and kept connections that are believed for some seconds. PostgreSQL only."""

import time
from unittest.mock import patch

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.platform.db.batch import Batch

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="about PostgreSQL's connections"),
]


def own_backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def terminate_own_backend():
    where = connection.get_connection_params()
    with psycopg.connect(**{name: where[name] for name in ("dbname", "user", "host", "port")}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 3000)", [own_backend()])


def trips(work):
    """How many cursors the driver was asked for meanwhile."""
    connection.ensure_connection()
    with patch.object(connection.connection, "cursor", wraps=connection.connection.cursor) as asked:
        work()
    return asked.call_count


def test_a_connection_found_usable_is_not_asked_again_for_some_seconds():
    connection.ensure_connection()
    connection.trusted_until = 0.0
    assert trips(connection.is_usable) == 1
    assert trips(connection.is_usable) == 0
    assert connection.is_usable()


def test_a_connection_is_asked_again_when_its_time_is_over():
    connection.ensure_connection()
    assert connection.is_usable()
    connection.trusted_until = time.monotonic() - 1
    assert trips(connection.is_usable) == 1


def test_a_connection_is_asked_again_after_an_error():
    connection.ensure_connection()
    assert connection.is_usable()
    connection.errors_occurred = True
    try:
        assert trips(connection.is_usable) == 1
    finally:
        connection.errors_occurred = False


def test_a_connection_that_the_server_ended_is_replaced_at_the_next_request():
    connection.ensure_connection()
    assert connection.is_usable()
    before = own_backend()
    terminate_own_backend()
    assert connection.trusted_until > time.monotonic()
    assert not connection.is_usable()
    connection.close()
    assert own_backend() != before


def test_a_batch_is_one_trip_and_one_query_in_the_log():
    batch = Batch()
    one, text = batch.add("SELECT %s + 1", [41]), batch.add("SELECT %s::text", ["100% 'é'"])
    with CaptureQueriesContext(connection) as log:
        batch.send()
    assert (one.rows, text.rows) == ([(42,)], [("100% 'é'",)])
    assert [query["sql"] for query in log.captured_queries] == ["SELECT 41 + 1; SELECT '100% ''é'''::text"]


def test_statements_used_often_are_prepared_once():
    connection.close()
    for number in range(6):
        batch = Batch()
        answers = [batch.add("SELECT %s + 7001", [number]), batch.add("SELECT %s + 7002", [number])]
        batch.send()
        assert [answer.rows[0][0] for answer in answers] == [number + 7001, number + 7002]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%+ 700%'")
        assert cursor.fetchone()[0] == 2


def test_the_first_error_of_a_batch_is_raised_and_nothing_of_it_stays():
    batch = Batch()
    batch.add("INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', now())", ["k"])
    batch.add("SELECT nothing_like_it")
    batch.add("SELECT 1 / %s", [0])
    with pytest.raises(ProgrammingError, match="nothing_like_it"), transaction.atomic():
        batch.send()
    after = Batch()
    left = after.add("SELECT count(*) FROM django_session WHERE session_key = %s", ["k"])
    after.send()
    assert left.rows == [(0,)]


def test_a_batch_in_a_broken_transaction_is_refused():
    batch = Batch()
    batch.add("SELECT 1")
    with transaction.atomic():
        with pytest.raises(DatabaseError), transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_like_it")
        with pytest.raises(transaction.TransactionManagementError):
            batch.send()
        transaction.set_rollback(True)
