"""Sealing everything anew with the current key, in batches, while the clinic goes on working."""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import connection, models

from clinic.platform.crypto.fields import SealedMixin
from clinic.platform.crypto.sealing import VERSION, current_key_id, open_sealed, seal

BATCH = 500
# What is sealed outside of encrypted columns: its name and the function that seals it anew
others: dict[str, Callable[[], int]] = {}


def also_rotates(name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Registers a function that seals something else anew with the current key and says how many it sealed."""

    def register(run: Callable[[], int]) -> Callable[[], int]:
        others[name] = run
        return run

    return register


def sealed_fields() -> Iterator[tuple[type[models.Model], SealedMixin]]:
    """Every encrypted column of the project."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedMixin):
                yield model, field


def rotate_field(model: type[models.Model], field: SealedMixin) -> int:
    """Seals a column's older values with the current key; how many.

    Each value is replaced only if it is still the one that was read, so that nobody's change is lost.
    """
    quote = connection.ops.quote_name
    table, column, key = quote(model._meta.db_table), quote(field.column), quote(model._meta.pk.column)
    current = f"{VERSION}:{current_key_id()}:"
    select = (
        f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608  (names of ours)
        f" AND SUBSTR({column}, 1, %s) <> %s LIMIT %s"
    )
    update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
    done = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(select, [len(current), current, BATCH])
            rows = cursor.fetchall()
            if not rows:
                return done
            for identity, sealed in rows:
                anew = seal(open_sealed(sealed, place=field.place), place=field.place)
                cursor.execute(update, [anew, identity, sealed])
                done += cursor.rowcount
