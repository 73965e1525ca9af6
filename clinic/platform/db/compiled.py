"""A read that is compiled once and then run with other values: for SQL that takes longer to build than to run.

The queryset is built with stand-ins in place of the values. Each stand-in is unlike any other value, so that its place
among the parameters is known, and the statement can be sent again with other values in those places.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models

FAR = 4 * 10**12  # no key comes near it; dates and moments stand in years that nobody books


class StandIns:
    """Hands out stand-ins and remembers their order."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def number(self) -> int:
        """For a key that is an integer."""
        return self._give(FAR + len(self.given))

    def key(self) -> UUID:
        """For a key of 128 bits."""
        return self._give(UUID(int=FAR + len(self.given)))

    def day(self) -> date:
        """For a date."""
        return self._give(date(1800, 1, 1) + timedelta(days=len(self.given)))

    def moment(self) -> datetime:
        """For a moment."""
        return self._give(datetime(1850, 1, 1, tzinfo=UTC) + timedelta(days=len(self.given)))

    def text(self) -> str:
        """For a word."""
        return self._give(f"stands in {FAR + len(self.given)}")

    def numbers(self, count: int) -> list[int]:
        """For so many keys."""
        return [self.number() for _n in range(count)]

    def keys(self, count: int) -> list[UUID]:
        """The same for keys of 128 bits."""
        return [self.key() for _n in range(count)]

    def texts(self, count: int) -> list[str]:
        """For so many words."""
        return [self.text() for _n in range(count)]

    def _give(self, value: Any) -> Any:
        self.given.append(value)
        return value


class Compiled:
    """The statement of a `values_list` in which `stand_ins` were used; good for one kind of database."""

    def __init__(self, found: models.QuerySet, stand_ins: StandIns) -> None:
        compiler = found.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, parameters = compiler.as_sql()
        places = {as_sent(value): number for number, value in enumerate(stand_ins.given)}
        if len(places) != len(stand_ins.given):
            raise ValueError("two stand-ins are the same")
        self.parameters = [(places.get(value), value) for value in parameters]
        if {place for place, _value in self.parameters if place is not None} != set(places.values()):
            raise ValueError("a stand-in is not among the parameters")
        columns = [one[0] for one in compiler.select]
        self.converters = [
            (place, converters, column) for place, (converters, column) in compiler.get_converters(columns).items()
        ]

    def rows(self, values: Sequence[Any], *, prepared: bool = True, at_once: int = 5000) -> Iterator[tuple]:
        """The rows with these values in the order of the stand-ins; as the driver gives them unless `prepared`."""
        sent = [as_sent(value) for value in values]
        parameters = [value if place is None else sent[place] for place, value in self.parameters]
        with connection.cursor() as own:
            cursor: Any = own
            if connection.vendor == "postgresql":
                [cursor] = connection.together([(self.sql, parameters)])  # planned once a connection, not at each call
            else:
                own.execute(self.sql, parameters)
            while found := cursor.fetchmany(at_once):
                yield from self._prepared(found) if prepared and self.converters else found

    def _prepared(self, found: Sequence[Sequence]) -> Iterator[tuple]:
        rows = [list(row) for row in found]
        for place, converters, column in self.converters:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], column, connection)
        return map(tuple, rows)


def as_sent(value: Any) -> Any:
    """A value as the driver of this database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return value
