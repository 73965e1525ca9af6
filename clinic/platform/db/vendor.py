"""SQL of one vendor inside a migration: exclusion constraints and functions on PostgreSQL, triggers on SQLite.

SQLite loses a table's triggers when a later migration rebuilds that table: such a migration must name them again.
"""

from collections.abc import Sequence

from django.db import migrations


class VendorSQL(migrations.RunPython):
    """Runs the statements of the database at hand; `undo_*` are run backwards. One list item is one statement."""

    def __init__(
        self,
        *,
        postgresql: Sequence[str],
        sqlite: Sequence[str],
        undo_postgresql: Sequence[str] = (),
        undo_sqlite: Sequence[str] = (),
    ) -> None:
        forwards = {"postgresql": tuple(postgresql), "sqlite": tuple(sqlite)}
        backwards = {"postgresql": tuple(undo_postgresql), "sqlite": tuple(undo_sqlite)}
        super().__init__(_runner(forwards), _runner(backwards))

    def deconstruct(self):
        raise NotImplementedError("vendor SQL is written by hand and cannot be squashed by a program")


def _runner(statements: dict[str, tuple[str, ...]]):
    def run(apps, schema_editor) -> None:
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)

    return run
