"""Adding, listing, sending and removing files of a report: every write about files. The bytes lie in storage."""

from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.platform.audit.actors import SYSTEM, Actor
from clinic.platform.audit.record import record
from clinic.platform.jobs.queue import enqueue
from clinic.platform.limits.buckets import take
from clinic.platform.refusals import Refused
from clinic.platform.submits.models import Submit
from clinic.platform.submits.once import submit_once
from intake.records import checking, clamd, storage
from intake.records.actions import lock_records, lose_file, receive_by_file
from intake.records.kinds import KINDS
from intake.records.models import Upload
from intake.records.quarantine import QuarantinedFile
from intake.records.refusals import MOST_FILES, sentence_for
from intake.symptoms.models import SymptomReport

MOST_AN_HOUR = 60
REFUSED_SHOWN = timedelta(days=1)
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tiff"}


# Reading


def uploads_of(report: SymptomReport, *, now: datetime | None = None) -> QuerySet[Upload]:
    """The files of a report in the order they were added: kept, being checked, and those refused in the last day."""
    since = (now or timezone.now()) - REFUSED_SHOWN
    shown = Q(state__in=[Upload.State.KEPT, Upload.State.CHECKING]) | Q(state=Upload.State.REFUSED, added_at__gt=since)
    return Upload.objects.filter(shown, report=report).order_by("added_at", "pk")


def uploads_shown_to(report: SymptomReport, by: Actor, *, sees_all: bool) -> QuerySet[Upload]:
    """What this person may see listed. Without `sees_all` (a caregiver whom staff did not verify yet) only what came
    from people of the same kind: nothing flows back to a proxy before staff verify (domain 2.2).
    """
    rows = uploads_of(report)
    return rows if sees_all else rows.filter(by_kind=by.kind)


# Adding


class _Received:
    """A received file as an argument of an action. As a text it is what the person sent: same bytes, same name."""

    def __init__(self, file: QuarantinedFile, verdict: checking.Verdict, kept: str) -> None:
        self.name, self.digest, self.verdict, self.kept = file.original_name, file.digest, verdict, kept

    def __str__(self) -> str:
        return f"{self.digest} {self.name}"


def add_upload(
    report: SymptomReport, kind: str, file: QuarantinedFile, *, by: Actor, key: str, item_id: int | None = None
) -> Upload:
    """Check a received file and keep its clean copy. Sent twice with one key, it is added once.

    The record that staff wait for and that this file is, `item_id` or the only one of its kind, is then received.

    A file that is not kept leaves a row with the reason, and Refused is raised with the sentence for the person; its
    code is one of refusals.py. The checking runs outside of any transaction: it may take a minute.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of file: {kind}")
    verdict = checking.Verdict("damaged")
    if not Submit.objects.filter(key=key).exists():  # else the answer is known, or the key was for something else
        _refuse_if_full(report, by)
        if not take("uploads", str(report.pk), capacity=MOST_AN_HOUR, per_seconds=3600):
            raise Refused(sentence_for("too_fast"), code="too_fast")
        verdict = checking.examine(file)
    kept = storage.keep(verdict.path) if verdict.path else ""  # before the transaction: sealing takes its time
    upload = None
    try:
        upload = _add(report, kind, _Received(file, verdict, kept), item_id, by=by, key=key)
    finally:
        if kept and (upload is None or upload.stored_name != kept):  # no room after all, or another post was faster
            storage.delete(kept)
    if upload.state == Upload.State.REFUSED:
        raise Refused(sentence_for(upload.refusal), code=upload.refusal)
    return upload


@submit_once("add_upload", store=lambda one: str(one.pk), replay=lambda pk: Upload.objects.get(pk=pk))
def _add(report: SymptomReport, kind: str, received: _Received, item_id: int | None, *, by: Actor, key: str) -> Upload:
    lock_records(report.pk)  # the count stays true under two posts at once
    if not received.verdict.refusal:
        _refuse_if_full(report, by)
    return write_row(report, kind, received.name, received.verdict, kept=received.kept, by=by, item_id=item_id)


def write_row(
    report: SymptomReport,
    kind: str,
    name: str,
    verdict: checking.Verdict,
    *,
    kept: str,
    by: Actor,
    item_id: int | None = None,
) -> Upload:
    """The row of a file that was looked at; `kept` names its clean copy in storage. The caller has a transaction."""
    now = timezone.now()
    upload = Upload(
        report=report, kind=kind, original_name=name, size_bytes=verdict.size, content_type=verdict.content_type,
        scan=verdict.scan, refusal=verdict.refusal, by_kind=by.kind, by_id=by.id, by_label=by.label,
        added_at=now, stored_name=kept,
    )  # fmt: skip
    upload.state = Upload.State.REFUSED if verdict.refusal else Upload.State.KEPT
    upload.save(force_insert=True)
    data = {"kind": kind, "refusal": verdict.refusal, "scan": verdict.scan}
    record("file_refused" if verdict.refusal else "file_added", by=by, subject=upload, data=data)
    if kept:
        receive_by_file(upload, item_id=item_id, by=by, at=now)
        plan_tidying(now)
        if clamd.is_configured() and verdict.scan == Upload.Scan.NOT_SCANNED:
            enqueue("scan_upload", {"upload_id": str(upload.pk)}, dedupe=f"scan_upload {upload.pk}")
    return upload


def _refuse_if_full(report: SymptomReport, by: Actor) -> None:
    """What staff add takes no place away from the patient's own files, nor the other way round."""
    rows = Upload.objects.filter(report=report, state__in=[Upload.State.KEPT, Upload.State.CHECKING])
    kept = (rows.filter(by_kind="staff") if by.kind == "staff" else rows.exclude(by_kind="staff")).count()
    if kept >= MOST_FILES:
        raise Refused(sentence_for("too_many"), code="too_many")


# Sending


def open_upload(upload: Upload, *, by: Actor) -> tuple[BinaryIO, str]:
    """The bytes of a kept file and the name under which they are sent, which says nothing about anybody.

    Every opening is audited; call it in a transaction. Raises FileNotFoundError when the file is gone from the disk.
    """
    earlier = Upload.objects.filter(report=upload.report_id, added_at__lt=upload.added_at).count()
    file = storage.open_kept(upload.stored_name)
    record("file_downloaded", by=by, subject=upload, data={"kind": upload.kind})
    return file, f"record-{earlier + 1}.{ENDINGS.get(upload.content_type, 'bin')}"


# Removing


@submit_once("remove_upload", store=lambda one: str(one.pk), replay=lambda pk: Upload.objects.get(pk=pk))
def remove_upload(upload: Upload, *, by: Actor, key: str) -> Upload:
    """Take a file off the list; its bytes are deleted by a job once this has been committed. Removed twice is once."""
    lock_records(upload.report_id)
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state == Upload.State.KEPT:
        upload.state, upload.removed_at = Upload.State.REMOVED, timezone.now()
        upload.save(update_fields=["state", "removed_at"])
        record("file_removed", by=by, subject=upload, data={"kind": upload.kind})
        lose_file(upload, by=by)
        enqueue("delete_upload", {"upload_id": str(upload.pk)}, dedupe=f"delete_upload {upload.pk}")
    return upload


# What the jobs do


def delete_bytes(upload_id: str) -> None:
    """Delete the bytes of a file that is not kept any more."""
    upload = Upload.objects.filter(pk=upload_id).exclude(state=Upload.State.KEPT).exclude(stored_name="").first()
    if upload is not None:
        storage.delete(upload.stored_name)
        Upload.objects.filter(pk=upload.pk).update(stored_name="")


def scan_again(upload_id: str) -> None:
    """Scan a kept file that was not scanned when it came. Raises ScannerAway: the job is tried again later."""
    upload = Upload.objects.filter(pk=upload_id, state=Upload.State.KEPT, scan=Upload.Scan.NOT_SCANNED).first()
    if upload is None:
        return
    with storage.open_kept(upload.stored_name) as file:
        infected = clamd.is_infected(file)
    with transaction.atomic():
        lock_records(upload.report_id)
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state != Upload.State.KEPT:
            return
        upload.scan = Upload.Scan.INFECTED if infected else Upload.Scan.CLEAN
        if infected:
            upload.state, upload.refusal, upload.removed_at = Upload.State.REFUSED, "virus", timezone.now()
            storage.delete(upload.stored_name)
            upload.stored_name = ""
        upload.save(update_fields=["scan", "state", "refusal", "removed_at", "stored_name"])
        action = "file_refused" if infected else "file_scanned"
        record(action, by=SYSTEM, subject=upload, data={"refusal": upload.refusal, "scan": upload.scan})
        if infected:
            lose_file(upload, by=SYSTEM)


def plan_tidying(now: datetime) -> None:
    """Have left-over files deleted tomorrow, once however often it is asked for."""
    tomorrow = now + timedelta(days=1)
    enqueue("tidy_uploads", {}, dedupe=f"tidy_uploads {tomorrow:%Y-%m-%d}", run_after=tomorrow)


def tidy(now: datetime) -> int:
    """Delete files that belong to nobody and ask the scanner again about those not scanned; how many were deleted."""
    deleted = 0
    for path in storage.old_quarantine():
        path.unlink(missing_ok=True)
        deleted += 1
    names = list(storage.old_kept_names())
    for start in range(0, len(names), 500):
        some = names[start : start + 500]
        known = set(Upload.objects.filter(stored_name__in=some).values_list("stored_name", flat=True))
        for name in set(some) - known:
            storage.delete(name)
            deleted += 1
    if clamd.is_configured():
        waiting = Upload.objects.filter(state=Upload.State.KEPT, scan=Upload.Scan.NOT_SCANNED)
        for pk in waiting.values_list("pk", flat=True)[:500]:
            enqueue("scan_upload", {"upload_id": str(pk)}, dedupe=f"scan_upload {pk} {now:%Y-%m-%d}")
    return deleted
