"""Files in words, for the lists of patients and staff."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from intake.records.kinds import kind_words
from intake.records.models import Upload
from intake.records.refusals import sentence_for
from intake.records.words import by_words


class FileRow(NamedTuple):
    """One file as a list shows it. `reason` says why it was not added; `state` is for patients, `scan` for staff."""

    id: UUID
    name: str
    kind: str
    size: str
    state: str
    tag: str
    is_kept: bool
    reason: str
    scan: str
    scan_tag: str
    by: str
    is_from_staff: bool
    added_at: datetime


def rows_of(uploads: Iterable[Upload]) -> list[FileRow]:
    """The rows of these files, in their order."""
    return [_row(upload) for upload in uploads]


def _row(upload: Upload) -> FileRow:
    is_kept = upload.state == Upload.State.KEPT
    waits = is_kept and upload.scan == Upload.Scan.NOT_SCANNED
    return FileRow(
        id=upload.pk,
        name=upload.original_name or _("File without a name"),
        kind=str(kind_words(upload.kind)),
        size=filesizeformat(upload.size_bytes) if is_kept else "",
        state=_("Added, not checked for viruses yet") if waits else str(upload.get_state_display()),
        tag="done" if is_kept and not waits else "waiting",
        is_kept=is_kept,
        reason=str(sentence_for(upload.refusal)) if upload.refusal else "",
        scan=str(upload.get_scan_display()),
        scan_tag=_SCAN_TAGS[upload.scan],
        by=upload.by_label or by_words(upload.by_kind),
        is_from_staff=upload.by_kind == "staff",
        added_at=upload.added_at,
    )


_SCAN_TAGS = {"clean": "done", "not_scanned": "waiting", "infected": "urgent"}
