"""The few places where PostgreSQL and SQLite need different SQL."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, models
from django.utils.translation import gettext as _

from clinic.platform.refusals import Refused

UNIT_SECONDS = 300
LOCK_NOT_AVAILABLE = "55P03"


class EpochUnits(models.Func):
    """A moment as whole 5-minute units since the epoch, computed by the database: `EpochUnits("starts_at")`.

    `up=True` rounds up to the next unit, otherwise down. Integers are four times cheaper to read than datetimes.
    """

    arity = 1
    output_field = models.BigIntegerField()
    convert_value = staticmethod(models.Expression._convert_value_noop)  # an integer already: no call for each row

    def __init__(self, expression, *, up: bool = False, **extra) -> None:
        super().__init__(expression, **extra)
        self.rounding = UNIT_SECONDS - 1 if up else 0

    def as_postgresql(self, compiler, connection, **context):
        rounded = "CEIL" if self.rounding else "FLOOR"
        return self.as_sql(
            compiler,
            connection,
            template=f"({rounded}(DATE_PART('epoch', %(expressions)s) / {UNIT_SECONDS})::bigint)",
            **context,
        )  # as a double, exact to the microsecond for centuries, and quicker to divide than EXTRACT's numeric

    def as_sqlite(self, compiler, connection, **context):
        # '%%s' is what is left of '%%%%s' after the two rounds of formatting; stored text is always UTC
        return self.as_sql(
            compiler,
            connection,
            template=f"((CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) + {self.rounding}) / {UNIT_SECONDS})",
            **context,
        )


class Unindexed(models.Func):
    """A key as it is, which SQLite does not look up in the key's own index: for conditions that name very many keys.

    There the index on time reads the same rows faster, and SQLite's choice would depend on how many lie in the past.
    PostgreSQL weighs this rightly by itself.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def lock_number(key: object) -> int:
    """A stable 64-bit number for a key of strings and numbers."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def lock_statements(*keys: object) -> list[tuple[str, list[int]]]:
    """What waits at most 3 seconds for the locks of all keys, in one fixed order; empty on SQLite, see `lock_keys`."""
    if connection.vendor != "postgresql" or not keys:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("locks need a transaction")
    numbers = sorted({lock_number(key) for key in keys})
    calls = ", ".join(["pg_advisory_xact_lock(%s)"] * len(numbers))
    return [("SET LOCAL lock_timeout = '3s'", []), (f"SELECT {calls}", numbers)]


@contextmanager
def busy_is_refused() -> Iterator[None]:
    """Turns a lock that another one held for too long into Refused(code="busy")."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise Refused(_("Many people are booking right now. Try again in a moment."), code="busy") from error


def lock_keys(*keys: object) -> None:
    """Waits at most 3 seconds for the locks of all keys, taken in one fixed order, kept to the transaction's end.

    Call it inside a transaction before claiming several things, so that two claimants cannot deadlock. Nothing happens
    on SQLite, where one writer runs at a time. Raises Refused(code="busy") when another one holds a lock for long.
    """
    statements = lock_statements(*keys)
    if statements:
        with busy_is_refused(), connection.cursor() as cursor:  # one way there and back
            cursor.execute("; ".join(sql for sql, _values in statements), statements[-1][1])
