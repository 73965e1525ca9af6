"""PostgreSQL as Django drives it, with two things fewer for the server to do.

A kept connection that was found usable less than 5 seconds ago is not asked again with a statement of its own at the
begin of a request: a look at its socket tells whether the server has hung up. After an error it is always asked.

`together` runs several statements in one trip that the server has parsed and planned before: `OPTIONS` say from which
use on (`prepare_threshold`; None never, for a pooler between that shares connections among transactions).
"""

import select
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.db.backends.postgresql import base

TRUSTED_SECONDS = 5


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection; Django looks for this name."""

    trusted_until = 0.0  # on the monotonic clock

    def get_new_connection(self, conn_params):
        self.trusted_until = 0.0
        return super().get_new_connection(conn_params)

    def is_usable(self):
        trusted = not self.errors_occurred and time.monotonic() < self.trusted_until
        if self.connection is not None and trusted and not self._has_something_to_say():
            return True
        usable = super().is_usable()
        self.trusted_until = time.monotonic() + TRUSTED_SECONDS if usable else 0.0
        return usable

    def _has_something_to_say(self) -> bool:
        """Whether the idle server has sent anything: a goodbye, the end of the connection, or a notice."""
        if self.connection.closed:
            return True
        watched = select.poll()
        watched.register(self.connection.fileno(), select.POLLIN)
        return bool(watched.poll(0))

    def together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list:
        """Run the statements in order in one trip; a cursor for each, holding what it came to.

        Raises the error of the first that fails; those after it are not run.
        """
        with self.cursor() as cursor:  # for Django's log of queries, its checks and its errors
            cursor.cursor = _Together(self, statements)
            cursor.execute("; ".join(sql for sql, _values in statements), None)
            return cursor.cursor.cursors


class _Together:
    """Stands in for the driver's cursor below Django's."""

    def __init__(self, wrapper: DatabaseWrapper, statements: Sequence[tuple[str, Sequence[Any]]]) -> None:
        self.wrapper, self.connection, self.statements = wrapper, wrapper.connection, statements
        self.cursors = [base.ServerBindingCursor(self.connection) for _ in statements]

    @property
    def _query(self) -> SimpleNamespace:
        """What Django's log of queries asks the driver's cursor for."""
        merged = "; ".join(self.wrapper.ops.compose_sql(sql, values) for sql, values in self.statements)
        return SimpleNamespace(query=merged.encode())

    def execute(self, _sql: str) -> None:
        if len(self.statements) == 1:
            self._execute_each()
            return
        with self.connection.pipeline():
            self._execute_each()

    def _execute_each(self) -> None:
        for cursor, (sql, values) in zip(self.cursors, self.statements, strict=True):
            cursor.execute(sql, values)

    def close(self) -> None:
        """Nothing to close: what the server answered is here already."""
