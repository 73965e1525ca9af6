"""Token buckets in one table: one statement decides and counts, and no worker needs to share memory."""

import time

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Least

from clinic.platform.crypto.index import blind_index
from clinic.platform.limits.models import TokenBucket

_SMALLEST = {"postgresql": "LEAST", "sqlite": "MIN"}
_LARGEST = {"postgresql": "GREATEST", "sqlite": "MAX"}


def take(bucket: str, key: str, *, capacity: int, per_seconds: float) -> bool:
    """Takes one token: False when the bucket is empty. It holds `capacity` tokens and is refilled in `per_seconds`.

    `bucket` names the limit ("sign_in"), `key` whom it limits (an address, a code); the key is kept only as a keyed
    hash. Outside a transaction the try is counted for good at once; inside one it is undone with it, so call it first.
    """
    if capacity < 1 or per_seconds <= 0:
        raise ValueError("a bucket needs at least one token and some time")
    table = connection.ops.quote_name(TokenBucket._meta.db_table)
    smallest, largest = _SMALLEST[connection.vendor], _LARGEST[connection.vendor]
    number = "%s::float8" if connection.vendor == "postgresql" else "%s"
    filled = f"{smallest}({number}, b.tokens + {largest}(0.0, {number} - b.refilled_at) * {number})"
    statement = (
        f"INSERT INTO {table} AS b (name, tokens, refilled_at) VALUES (%s, {number}, {number})"  # noqa: S608
        f" ON CONFLICT (name) DO UPDATE SET tokens = {filled} - 1, refilled_at = excluded.refilled_at"
        f" WHERE {filled} >= 1 RETURNING tokens"
    )
    now = time.time()
    fill = [float(capacity), now, capacity / per_seconds]
    name = _name(bucket, key)
    with connection.cursor() as cursor:
        cursor.execute(statement, [name, float(capacity - 1), now, *fill, *fill])
        return cursor.fetchone() is not None


def give_back(bucket: str, key: str, *, capacity: int) -> None:
    """Gives one token back, for a try that was right: many people behind one address are not a guesser."""
    TokenBucket.objects.filter(name=_name(bucket, key)).update(tokens=Least(F("tokens") + 1, Value(float(capacity))))


def _name(bucket: str, key: str) -> str:
    return f"{bucket}:{blind_index(key, purpose=f'limit:{bucket}')}"


def forget_full(*, older_than_seconds: float = 86400) -> int:
    """Deletes buckets not touched for a day, which are full again; the number deleted."""
    return TokenBucket.objects.filter(refilled_at__lt=time.time() - older_than_seconds).delete()[0]
