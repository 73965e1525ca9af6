"""The floor of a booking: the rows that the product wrote, read off afterwards, and written again as bare SQL.

`rows_of_all_tables()` before and after one run of an action gives a `Recording`: the rows it inserted, changed and
deleted in whatever table. `Recording.statements(names)` is the same work for another request, ready to execute: keys
of the first case are exchanged for those of the other one (`names`), new rows get new keys. One statement a table and
kind of work, no SELECT, no lock, no check but what the database itself guards: nobody can write these rows with less.
"""

# ruff: noqa: S608  (statements are put together from names of our own tables only)

import itertools
import re
import sqlite3
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

UUID_IN_TEXT = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
Rows = dict[str, dict[Any, dict[str, Any]]]
Statement = tuple[str, list[Any]]
HIGH_NUMBERS = itertools.count(int(time.time() * 1000), -1)  # higher in each run on one database


def bare_connection():
    """A connection of its own to the same database, without Django; durable commits, guards and foreign keys on."""
    where = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        bare = sqlite3.connect(where["NAME"], isolation_level=None, timeout=20)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            bare.execute(f"PRAGMA {pragma}")
        return bare
    import psycopg
    from psycopg.types.string import TextLoader

    bare = psycopg.connect(
        host=where["HOST"], port=where["PORT"], user=where["USER"], dbname=where["NAME"], autocommit=True
    )
    bare.adapters.register_loader("jsonb", TextLoader)
    return bare


def rows_of_all_tables(bare) -> Rows:
    """Every row of every table of the product, by table and primary key, as the driver gives it."""
    found: Rows = {}
    for model in (one for one in apps.get_models(include_auto_created=True) if one._meta.managed):
        table, key = model._meta.db_table, model._meta.pk.column
        cursor = bare.execute(f'SELECT * FROM "{table}"')
        columns = [one[0] for one in cursor.description]
        rows = (dict(zip(columns, values, strict=True)) for values in cursor.fetchall())
        found[table] = {one[key]: one for one in rows}
    return found


@dataclass
class Recording:
    """What one run of an action did to the tables."""

    inserted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    changed: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=dict)
    deleted: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def between(cls, before: Rows, after: Rows) -> "Recording":
        """The difference of two readings."""
        found = cls()
        for table, rows in after.items():
            old = before[table]
            if new := [one for key, one in rows.items() if key not in old]:
                found.inserted[table] = new
            changed = {
                key: {column: value for column, value in one.items() if value != old[key][column]}
                for key, one in rows.items()
                if key in old and one != old[key]
            }
            if changed:
                found.changed[table] = changed
            if gone := [key for key in old if key not in rows]:
                found.deleted[table] = gone
        return found

    @property
    def shape(self) -> dict[str, int]:
        """How many rows of which table were inserted, changed and deleted: two runs of one action have the same."""
        counts = {f"insert {table}": len(rows) for table, rows in self.inserted.items()}
        counts |= {f"update {table}": len(rows) for table, rows in self.changed.items()}
        return counts | {f"delete {table}": len(rows) for table, rows in self.deleted.items()}

    def statements(self, names: "Names") -> list[Statement]:
        """The same work for another case, parents before children; `names` learns the keys of the new rows."""
        models_by_table = {one._meta.db_table: one for one in apps.get_models(include_auto_created=True)}
        ordered = _parents_first({models_by_table[table]: rows for table, rows in self.inserted.items()})
        for model in ordered:
            names.mint_keys(model, self.inserted[model._meta.db_table])
        made = [_delete(models_by_table[table], keys, names) for table, keys in self.deleted.items()]
        made += [_insert(model, self.inserted[model._meta.db_table], names) for model in ordered]
        for table, rows in self.changed.items():
            made += _updates(models_by_table[table], rows, names)
        return made


@dataclass
class Names:
    """Which keys and moments of the recorded case stand for which of another case."""

    texts: dict[str, str] = field(default_factory=dict)  # keys of 128 bits, as 32 hexadecimal digits
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)  # (table, key) -> key
    values: dict[Any, Any] = field(default_factory=dict)  # moments, as the driver gives them

    @classmethod
    def of(cls, recorded: Sequence[models.Model], other: Sequence[models.Model]) -> "Names":
        """Row by row of two cases: their keys, and when they start and end."""
        names = cls()
        for one, its in zip(recorded, other, strict=True):
            if isinstance(one.pk, uuid.UUID):
                names.texts[one.pk.hex] = its.pk.hex
            else:
                names.numbers[one._meta.db_table, one.pk] = its.pk
            for column in ("starts_at", "ends_at"):
                if hasattr(one, column):
                    names.add_moment(getattr(one, column), getattr(its, column))
        return names

    def add_moment(self, recorded: datetime, its: datetime) -> None:
        """A start or an end."""
        if connection.vendor == "sqlite":  # where a moment is a text
            adapt = connection.ops.adapt_datetimefield_value
            self.values[adapt(recorded)] = adapt(its)
        else:
            self.values[recorded] = its

    def mint_keys(self, model: type[models.Model], rows: list[dict[str, Any]]) -> None:
        """New keys for new rows; numbers far above those in use, so that children can name them beforehand.

        They count down: SQLite counts the product's own keys up from the highest one it has seen.
        """
        for one in rows:
            key = one[model._meta.pk.column]
            if isinstance(key, int):
                self.numbers[model._meta.db_table, key] = next(HIGH_NUMBERS)
            else:
                self.texts.setdefault(_hex(key), uuid.uuid4().hex)

    def of_cell(self, model: type[models.Model], column: str, value: Any) -> Any:
        """The value of a column for the other case."""
        if isinstance(value, bool) or value is None:
            return value
        its = next(one for one in model._meta.concrete_fields if one.column == column)
        if isinstance(value, int):
            target = its.related_model if its.is_relation else model
            return (
                self.numbers.get((target._meta.db_table, value), value) if its.is_relation or its.primary_key else value
            )
        if isinstance(value, uuid.UUID):
            return uuid.UUID(self.texts.get(value.hex, value.hex))
        if isinstance(value, str) and column not in ("starts_at", "ends_at"):
            if its.unique and not its.primary_key and _hex(value) not in self.texts:
                return _another(value)
            return UUID_IN_TEXT.sub(lambda found: self._text(found.group()), value)
        return self.values.get(value, value)

    def _text(self, found: str) -> str:
        its = self.texts.get(found.replace("-", ""))
        if its is None:
            return found
        return str(uuid.UUID(its)) if "-" in found else its


def _hex(value: Any) -> str:
    return value.hex if isinstance(value, uuid.UUID) else str(value).replace("-", "")


def _another(value: str) -> str:
    """Another text of the same length, for a column in which none comes twice."""
    return (uuid.uuid4().hex * 8)[: len(value)]


def _mark() -> str:
    return "?" if connection.vendor == "sqlite" else "%s"


def _insert(model: type[models.Model], rows: list[dict[str, Any]], names: Names) -> Statement:
    columns = list(rows[0])
    marks = "(" + ", ".join([_mark()] * len(columns)) + ")"
    quoted = ", ".join(f'"{column}"' for column in columns)
    sql = f'INSERT INTO "{model._meta.db_table}" ({quoted}) VALUES {", ".join([marks] * len(rows))}'
    return sql, [names.of_cell(model, column, one[column]) for one in rows for column in columns]


def _delete(model: type[models.Model], keys: list[Any], names: Names) -> Statement:
    column = model._meta.pk.column
    marks = ", ".join([_mark()] * len(keys))
    sql = f'DELETE FROM "{model._meta.db_table}" WHERE "{column}" IN ({marks})'
    return sql, [names.of_cell(model, column, key) for key in keys]


def _updates(model: type[models.Model], rows: Mapping[Any, dict[str, Any]], names: Names) -> list[Statement]:
    """One UPDATE for all rows that get the same values."""
    column, groups = model._meta.pk.column, defaultdict(list)
    for key, changes in rows.items():
        new = tuple((name, names.of_cell(model, name, value)) for name, value in changes.items())
        groups[new].append(names.of_cell(model, column, key))
    made = []
    for new, keys in groups.items():
        sets = ", ".join(f'"{name}" = {_mark()}' for name, _value in new)
        marks = ", ".join([_mark()] * len(keys))
        sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{column}" IN ({marks})'
        made.append((sql, [value for _name, value in new] + keys))
    return made


def _parents_first(inserted: Mapping[type[models.Model], list[dict[str, Any]]]) -> list[type[models.Model]]:
    """By the keys that these rows really carry: two tables may name each other, the rows of one booking do not."""
    ordered: list[type[models.Model]] = []
    waiting = list(inserted)
    while waiting:
        for model in waiting:
            named = [one for one in model._meta.concrete_fields if one.is_relation]
            parents = {one.related_model for one in named if any(row[one.column] for row in inserted[model])} - {model}
            if not parents & set(waiting):
                ordered.append(model)
                waiting.remove(model)
                break
        else:
            raise RuntimeError("rows that name each other")
    return ordered


def run_in_one_transaction(bare, statements: list[Statement]) -> None:
    """Execute them with the raw cursor, the commit included."""
    cursor = bare.cursor()
    cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
    for sql, values in statements:
        cursor.execute(sql, values)
    cursor.execute("COMMIT")
