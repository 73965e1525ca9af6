"""Rows of several models in one statement, for pages that show a little of everything about one thing.

Each part is a subquery of its own in a UNION ALL, with columns of its own that are NULL in the rows of the others: the
types stay what they are on both databases, and the ORM makes its instances of them as always.
"""

# ruff: noqa: S608  (only SQL that the ORM made is put together; values are always passed)

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet


class _Part:
    """One queryset: its SQL with a name for each column, and the rows that came for it."""

    def __init__(self, rows: QuerySet) -> None:
        self.rows_of_model = rows._chain()
        query = self.rows_of_model.query
        if not query.is_sliced:
            query.clear_ordering(force=True)
        self._compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
        self.found: list[tuple] = []
        try:
            self.sql, self.values = self._compiler.as_sql(with_col_aliases=True)
        except EmptyResultSet:
            self.sql, self.values = "", ()
        quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
        select = self._compiler.select if self.sql else []
        self.names = [quote(alias) for _expression, _sql, alias in select]
        self.types = [expression.output_field.db_type(self._compiler.connection) for expression, _sql, _alias in select]

    def objects(self) -> list[Any]:
        """What the queryset gives for the rows that were found."""
        if not self.sql:
            return []
        compiler, found = self._compiler, self.found
        compiler.execute_sql = lambda *_args, **_options: [found]  # the rows are here already
        self.rows_of_model.query.get_compiler = lambda *_args, **_options: compiler
        return list(self.rows_of_model)


def read_together(*querysets: QuerySet) -> list[list[Any]]:
    """The rows of all these querysets by one query, a list for each, in no order: sort them where it matters.

    `select_related`, `only`, annotations and slices (with their order) work as always; `prefetch_related` asks anew.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    parts = [_Part(rows) for rows in querysets]
    asked = [part for part in parts if part.sql]
    width = sum(len(part.names) for part in asked)
    selects, values, start = [], [], 0
    for number, part in enumerate(asked):
        columns = ["NULL"] * width
        if not selects and connection.vendor == "postgresql":  # the first SELECT of a union decides the types
            columns = [f"CAST(NULL AS {one})" for other in asked for one in other.types]
        columns[start : start + len(part.names)] = part.names
        selects.append(f"SELECT {number}, {', '.join(columns)} FROM ({part.sql}) AS part{number}")
        values += part.values
        start += len(part.names)
    if selects:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(selects), values)
            _hand_out(cursor.fetchall(), asked)
    return [part.objects() for part in parts]


def _hand_out(rows: list[tuple], parts: list[_Part]) -> None:
    starts = [1]
    for part in parts:
        starts.append(starts[-1] + len(part.names))
    for row in rows:
        number = row[0]
        parts[number].found.append(row[starts[number] : starts[number + 1]])
