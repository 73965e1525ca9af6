"""Plain SQL for the few actions that many people press: several statements in one trip to the database.

Building a statement by the ORM costs more than running it, and each trip to PostgreSQL more than what it carries. A
booking therefore writes with two batches. Everything else goes on using the ORM. Values pass through the fields of the
models on their way in and out, so sealed columns are sealed and a moment is a moment on both databases.
"""

# ruff: noqa: S608  (statements are put together from names of our own tables and columns; values are always passed)

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from clinic.platform.db.sql import busy_is_refused

AS_THEY_ARE: dict[type, type] = {  # fields whose values of this very type go to the database as they are
    models.CharField: str,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
}


class Answer:
    """What one statement came to, once its batch was sent: `count` rows written or found, `rows` as tuples."""

    __slots__ = ("_as_objects", "_gives_rows", "_must_change", "_refusal", "count", "rows")

    def __init__(self, *, gives_rows: bool = False) -> None:
        self.count = 0
        self.rows: list[tuple] = []
        self._gives_rows = gives_rows
        self._as_objects: Callable[[list[tuple]], list] = list
        self._must_change: int | None = None
        self._refusal: Callable[[], Exception] = LookupError

    def objects(self) -> list:
        """The rows of `select` as instances of its model."""
        return self._as_objects(self.rows)

    def take(self, cursor) -> None:
        """Keep what the cursor has; raises what was agreed when a row had changed meanwhile."""
        self.rows = cursor.fetchall() if self._gives_rows else []
        self.count = len(self.rows) if self._gives_rows else cursor.rowcount
        if self._must_change is not None and self.count != self._must_change:
            raise self._refusal()


class Batch:
    """Statements in the order in which they are run; nothing happens before `send()`.

    PostgreSQL gets them in one trip, SQLite one after the other: a statement must not need the answer of one before it.
    Writing needs a transaction around it, which ends with an error of any of them.
    """

    def __init__(self) -> None:
        self._statements: list[tuple[str, Sequence[Any], Answer]] = []
        self._afterwards: list[Callable[[], None]] = []

    def add(
        self,
        sql: str,
        values: Sequence[Any] = (),
        *,
        must_change: int | None = None,
        otherwise: Callable[[], Exception] = LookupError,
    ) -> Answer:
        """One statement with `%s` for each value; `otherwise()` is raised unless it writes `must_change` rows."""
        answer = Answer(gives_rows=sql.startswith("SELECT") or " RETURNING " in sql)
        answer._must_change, answer._refusal = must_change, otherwise
        self._statements.append((sql, values, answer))
        return answer

    def select(
        self,
        model: type[models.Model],
        rest: str,
        values: Sequence[Any] = (),
        *,
        only: tuple[str, ...] = (),
        more: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """Rows of a model, named `t` in `rest` ("WHERE t.id = %s ..."): all columns, or `only` some fields.

        `more` are further attributes of the instances, (name, SQL), given as the database says them.
        """
        columns, read = _reader(model, only, more, connections[DEFAULT_DB_ALIAS].vendor)
        answer = self.add(f'SELECT {columns} FROM "{model._meta.db_table}" t {rest}', values)
        answer._as_objects = read
        return answer

    def insert(self, rows: Sequence[models.Model], *, tail: str = "") -> Answer:
        """New rows of one model, which count as stored from here on. `tail` follows the values, such as RETURNING."""
        if not rows:
            return Answer()
        model = type(rows[0])
        head, marks, fields = _insert_parts(model)
        connection = connections[DEFAULT_DB_ALIAS]
        values = []
        for row in rows:
            for field, plain in fields:
                value = field.pre_save(row, True)
                if value is not None and type(value) is not plain:
                    value = field.get_db_prep_save(value, connection)
                values.append(value)
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return self.add(f"{head} VALUES {', '.join([marks] * len(rows))} {tail}", values)

    def update(
        self,
        model: type[models.Model],
        keys: Sequence[Any],
        changes: Mapping[str, Any],
        *,
        only_if: Mapping[str, Any] = {},
        otherwise: Callable[[], Exception] = LookupError,
    ) -> Answer:
        """Set the fields `changes` of the rows with these keys, each of which must still be as `only_if` says."""
        meta = model._meta
        where = [f'"{meta.get_field(name).column}" = %s' for name in only_if]
        sets = [f'"{meta.get_field(name).column}" = %s' for name in changes]
        sql = f'UPDATE "{meta.db_table}" SET {", ".join(sets)} WHERE {_in(meta.pk, keys)}'
        connection = connections[DEFAULT_DB_ALIAS]
        given = [*changes.items(), *((meta.pk.name, key) for key in keys), *only_if.items()]
        values = [meta.get_field(name).get_db_prep_save(value, connection) for name, value in given]
        return self.add(" AND ".join([sql, *where]), values, must_change=len(keys), otherwise=otherwise)

    def delete(self, model: type[models.Model], name: str, keys: Sequence[Any]) -> Answer:
        """Delete the rows whose field `name` has one of these values. For models nothing else points to."""
        field = model._meta.get_field(name)
        sql = f'DELETE FROM "{model._meta.db_table}" WHERE {_in(field, keys)}'
        return self.add(sql, [stored(field, key) for key in keys])

    def after_send(self, work: Callable[[], None]) -> None:
        """Have `work` done as soon as the answers are here."""
        self._afterwards.append(work)

    def send(self) -> None:
        """Run all statements; their answers are filled in. Raises Refused(code="busy") after 3 seconds at a lock."""
        statements, self._statements = self._statements, []
        if statements:
            connection = connections[DEFAULT_DB_ALIAS]
            with busy_is_refused():
                if connection.vendor == "postgresql":
                    cursors = connection.together([(sql, values) for sql, values, _answer in statements])
                    for cursor, (_sql, _values, answer) in zip(cursors, statements, strict=True):
                        answer.take(cursor)
                else:
                    with connection.cursor() as cursor:
                        for sql, values, answer in statements:
                            cursor.execute(sql, values)
                            answer.take(cursor)
        afterwards, self._afterwards = self._afterwards, []
        for work in afterwards:
            work()


def stored(field: Any, value: Any) -> Any:
    """A value as the column of `field` takes it on this database."""
    return field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


def row_lock() -> str:
    """What ends a SELECT that locks its rows: nothing on SQLite, where one writer runs at a time."""
    return "FOR UPDATE" if connections[DEFAULT_DB_ALIAS].vendor == "postgresql" else ""


def _in(field: Any, keys: Sequence[Any]) -> str:
    if len(keys) == 1:
        return f'"{field.column}" = %s'
    return f'"{field.column}" IN ({", ".join(["%s"] * len(keys))})'


@cache
def _insert_parts(model: type[models.Model]) -> tuple[str, str, list[tuple[Any, type | None]]]:
    """How an INSERT begins, its marks for one row, and each field with the type that needs no preparing."""
    fields = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    return (
        f'INSERT INTO "{model._meta.db_table}" ({columns})',
        marks,
        [(field, AS_THEY_ARE.get(type(field))) for field in fields],
    )


@cache
def _reader(
    model: type[models.Model], only: tuple[str, ...], more: tuple[tuple[str, str], ...], vendor: str
) -> tuple[str, Callable[[list[tuple]], list]]:
    """The columns to select, and how their tuples become instances; `vendor` decides how values are read."""
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not only or field.name in only]  # the order from_db expects
    names = [field.attname for field in fields]
    readers, connection = [], connections[DEFAULT_DB_ALIAS]
    for place, field in enumerate(fields):
        column = field.get_col(meta.db_table)
        steps = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        if steps:
            readers.append((place, steps, column))

    def read(rows: list[tuple]) -> list:
        found, connection = [], connections[DEFAULT_DB_ALIAS]  # this thread's
        for row in rows:
            values = list(row[: len(names)])
            for place, steps, column in readers:
                for step in steps:
                    values[place] = step(values[place], column, connection)
            instance = model.from_db(connection.alias, names, values)
            for (name, _sql), value in zip(more, row[len(names) :], strict=True):
                setattr(instance, name, value)
            found.append(instance)
        return found

    columns = [f't."{field.column}"' for field in fields] + [f"{sql} AS {name}" for name, sql in more]
    return ", ".join(columns), read
