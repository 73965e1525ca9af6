"""Sealing the audit in batches, and proving that nothing was changed since."""

import hashlib
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry, Seal
from clinic.platform.audit.record import entry_hash
from clinic.platform.db.sql import lock_keys

BATCH = 10_000


def seal_new() -> Seal | None:
    """Seals the rows that carry no seal yet (at most 10,000 at once); None when there are none."""
    with transaction.atomic():
        lock_keys("audit seal")  # two workers must not seal the same rows
        last = Seal.objects.order_by("-pk").first()
        rows = list(AuditEntry.objects.filter(seal=None).order_by("pk").values_list("pk", "hash")[:BATCH])
        if not rows:
            return None
        previous = last.hash if last else ""
        seal = Seal.objects.create(
            at=timezone.now(),
            entries=len(rows),
            previous_hash=previous,
            hash=seal_hash(previous, [entry for _, entry in rows]),
        )
        keys = [key for key, _ in rows]
        for start in range(0, len(keys), 500):
            AuditEntry.objects.filter(pk__in=keys[start : start + 500], seal=None).update(seal=seal)
    return seal


def seal_hash(previous: str, hashes: list[str]) -> str:
    """SHA-256 over the seal before and the hashes of the sealed rows in the order of their keys."""
    return hashlib.sha256("\n".join([previous, *hashes]).encode()).hexdigest()


def first_fault() -> str | None:
    """What is wrong first, naming the row; None when all chains and seals hold."""
    return next(faults(), None)


def faults() -> Iterator[str]:
    """Everything that is wrong: changed rows, gaps in a chain, broken or changed seals."""
    before: tuple[tuple[str, str], int, str] | None = None
    for row in AuditEntry.objects.order_by("subject_kind", "subject_id", "sequence").iterator(chunk_size=2000):
        subject = (row.subject_kind, row.subject_id)
        number, previous = (before[1], before[2]) if before and before[0] == subject else (0, "")
        if row.sequence != number + 1:
            yield f"row {row.pk}: a row before it is missing (sequence {row.sequence} after {number})"
        elif row.previous_hash != previous:
            yield f"row {row.pk}: does not follow the row before it"
        if row.hash != entry_hash(row):
            yield f"row {row.pk}: changed after it was written"
        before = (subject, row.sequence, row.hash)
    previous = ""
    for seal in Seal.objects.order_by("pk"):
        hashes = list(AuditEntry.objects.filter(seal=seal).order_by("pk").values_list("hash", flat=True))
        if seal.previous_hash != previous:
            yield f"seal {seal.pk}: does not follow the seal before it"
        if len(hashes) != seal.entries or seal.hash != seal_hash(seal.previous_hash, hashes):
            yield f"seal {seal.pk}: its rows were changed or are missing"
        previous = seal.hash
