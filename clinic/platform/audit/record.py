"""Writing the audit: one select and one insert a record, inside the transaction of what it tells of."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.db.batch import Batch
from clinic.platform.db.sql import lock_keys

Subject = models.Model | tuple[str, str]
TRIES = 20  # others writing on the same subject at the same moment
LONGEST_TEXT = 200  # audit data are codes and keys; a longer text is somebody's words and does not belong here
UNLESS_TAKEN = "ON CONFLICT (subject_kind, subject_id, sequence) DO NOTHING"
HEAD = (
    "SELECT sequence, hash FROM clinic_auditentry WHERE subject_kind = %s AND subject_id = %s"
    " ORDER BY sequence DESC LIMIT 1"
)
HASHED = ["actor_kind", "actor_id", "action", "subject_kind", "subject_id", "sequence", "data", "previous_hash"]


@dataclass(frozen=True)
class Entry:
    """One record for `record_many`."""

    action: str
    by: Actor
    subject: Subject
    data: Mapping[str, Any] = field(default_factory=dict)


def record(action: str, *, by: Actor, subject: Subject, data: Mapping[str, Any] | None = None) -> None:
    """Appends to the subject's chain. `data` holds codes, keys and numbers, never what a patient wrote.

    Raises TypeError or ValueError for data that may not be kept. Call it in the transaction of the change.
    """
    row = _row(Entry(action, by, subject, data or {}))
    for _attempt in range(TRIES):
        _link(row, _head(row.subject_kind, row.subject_id))
        if _insert_unless_taken(row):
            return
        if connection.in_atomic_block:
            lock_keys(("audit", row.subject_kind, row.subject_id))  # from here on contenders wait in turn
    raise IntegrityError("the audit chain of this subject is too busy")


def record_view(subject: Subject, *, by: Actor, purpose: str = "", shown: Sequence[str | int] = ()) -> None:
    """Appends that somebody looked at a patient's record; `purpose` is a word such as the page's name.

    Of a list that is no record of its own, `shown` are the keys of the rows that were seen.
    """
    data = {"purpose": purpose, "shown": shown}
    record("viewed", by=by, subject=subject, data={name: value for name, value in data.items() if value})


def record_many(entries: Iterable[Entry]) -> None:
    """Appends many records in order with one select and one insert."""
    rows = [_row(entry) for entry in entries]
    if not rows:
        return
    for attempt in range(TRIES):
        heads = _heads({(row.subject_kind, row.subject_id) for row in rows})
        for row in rows:
            subject = (row.subject_kind, row.subject_id)
            _link(row, heads.get(subject))
            heads[subject] = (row.sequence, row.hash)
        try:
            with transaction.atomic():
                AuditEntry.objects.bulk_create(rows, batch_size=500)
            return
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
            if connection.in_atomic_block:
                lock_keys(*(("audit", row.subject_kind, row.subject_id) for row in rows))


class Chains:
    """Records of an action that writes with two batches: the ends of the chains are read with the first.

    One record a subject. A place in a chain that another transaction took meanwhile is looked for anew.
    """

    def __init__(self, first: Batch, subjects: Iterable[Subject]) -> None:
        self._heads = {key: first.add(HEAD, key) for key in map(subject_key, subjects)}

    def append(self, last: Batch, entries: Sequence[Entry]) -> None:
        """Has the records written with `last`. Raises KeyError for a subject not named before, or named twice."""
        rows = {}
        for entry in entries:
            row = _row(entry)
            head = self._heads.pop((row.subject_kind, row.subject_id)).rows
            _link(row, head[0] if head else None)
            rows[row.hash] = (row, entry)
        made = last.insert([row for row, _entry in rows.values()], tail=f"{UNLESS_TAKEN} RETURNING hash")

        def again() -> None:
            written = {found for (found,) in made.rows}
            record_many(entry for found, (_row, entry) in rows.items() if found not in written)

        last.after_send(again)


def subject_key(subject: Subject) -> tuple[str, str]:
    """Kind and id of a subject: `("intake.patient", "<key>")` for a row, a tuple as it is."""
    if isinstance(subject, models.Model):
        if subject.pk is None:
            raise ValueError("a row without a key cannot be audited")
        return subject._meta.label_lower, str(subject.pk)
    kind, identity = subject
    return kind, str(identity)


def entry_hash(entry: AuditEntry) -> str:
    """The hash a row must carry: SHA-256 of its canonical JSON, `previous_hash` included."""
    content = {name: getattr(entry, name) for name in HASHED}
    content["at"] = entry.at.astimezone(UTC).isoformat()
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def plain(value: Any) -> Any:
    """`value` as JSON that every database gives back unchanged; raises TypeError (floats, objects), ValueError."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError("audit data are codes and keys, not texts")
        return str(value).replace("\0", "")
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(part) for part in value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} cannot be kept in the audit")


def _row(entry: Entry) -> AuditEntry:
    kind, identity = subject_key(entry.subject)
    return AuditEntry(
        at=timezone.now(),
        actor_kind=entry.by.kind,
        actor_id=entry.by.id,
        action=entry.action,
        subject_kind=kind,
        subject_id=identity,
        data=plain(entry.data),
    )


def _link(row: AuditEntry, head: tuple[int, str] | None) -> None:
    row.sequence, row.previous_hash = (head[0] + 1, head[1]) if head else (1, "")
    row.hash = entry_hash(row)


def _head(kind: str, identity: str) -> tuple[int, str] | None:
    """The last row of one chain. Plain SQL: every write of the product comes through here."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD, [kind, identity])
        return cursor.fetchone()


def _insert_unless_taken(row: AuditEntry) -> bool:
    """Inserts; False when another transaction has just taken this place in the chain (no savepoint needed)."""
    batch = Batch()
    made = batch.insert([row], tail=UNLESS_TAKEN)
    batch.send()
    return made.count == 1


def _heads(subjects: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    by_kind: dict[str, list[str]] = {}
    for kind, identity in subjects:
        by_kind.setdefault(kind, []).append(identity)
    wanted = Q()
    for kind, identities in by_kind.items():
        wanted |= Q(subject_kind=kind, subject_id__in=identities)
    newer = AuditEntry.objects.filter(
        subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id"), sequence__gt=OuterRef("sequence")
    )
    rows = AuditEntry.objects.filter(wanted).filter(~Exists(newer))
    return {(k, i): (s, h) for k, i, s, h in rows.values_list("subject_kind", "subject_id", "sequence", "hash")}
