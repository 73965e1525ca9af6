"""Writes about the records that a visit needs: items from answers, from a review, by hand, and what became of them.

Every function runs inside a transaction of its caller and ends by telling who follows the records (follow.py).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from intake.records.details import detail_of
from intake.records.follow import tell
from intake.records.models import ReadinessItem, Upload
from intake.records.rules import KINDS, RECORD_OF_FILE, ROWS, is_answered, is_complete, standard_kinds, wanted_items
from intake.records.words import by_words
from intake.symptoms.models import SymptomReport

State = ReadinessItem.State
FROM_REVIEW = "review"


def lock_records(report_id) -> None:
    """Taken first by everything that changes the records of a report, before any row is locked: no deadlocks."""
    lock_keys(("records", str(report_id)))


def records_complete(report_id) -> bool:
    """Whether no required item of this report is open. One query."""
    return is_complete(ReadinessItem.objects.filter(report_id=report_id).values_list("is_required", "state"))


@transaction.atomic
def items_from_answers(report: SymptomReport, answers: Mapping[str, Any], *, by: Actor) -> list[ReadinessItem]:
    """Make the items of these answers equal to what they say lies elsewhere; called after every saved step.

    An answer makes its item once. What the person corrects is corrected in it, also while staff chase it. A row that
    was removed, or is in hand after all, makes an item that nobody has asked for yet "not needed"; one that was
    requested or received stays as it is.
    """
    if not any(is_answered(answers, short) for short in ROWS):
        return []
    lock_records(report.pk)
    there = {item.from_answer: item for item in ReadinessItem.objects.filter(report=report).exclude(from_answer="")}
    wanted = {one.from_answer: one for one in wanted_items(answers)}
    found, changed = [], False
    for name, one in wanted.items():
        item = there.get(name)
        told = {"kind": one.kind, "detail": detail_of(one.key, one.row), "source": one.source}
        if item is None:
            item = ReadinessItem.objects.create(report=report, from_answer=name, is_required=one.is_required, **told)
            record("record_needed", by=by, subject=item, data={"kind": item.kind, "from": name.partition(":")[0]})
            changed = True
        elif _differs(item, told) or _was_taken_back(item):
            again = {"state": State.NEEDED, "is_required": one.is_required} if _was_taken_back(item) else {}
            _write(item, by=by, why="answer_changed", **told, **again)
            changed = True
        found.append(item)
    covered = {one.kind for one in wanted.values()}
    for name, item in there.items():
        origin = name.partition(":")[0]
        is_gone = origin in ROWS and is_answered(answers, origin) and name not in wanted
        is_covered = name == f"{FROM_REVIEW}:{item.kind}" and item.kind in covered
        if item.state == State.NEEDED and (is_gone or is_covered):
            _write(item, by=by, why="answer_changed", state=State.NOT_NEEDED, is_required=False)
            changed = True
    if changed:
        tell(report, by)
    return found


def _differs(item: ReadinessItem, values: Mapping[str, Any]) -> bool:
    return any(getattr(item, name) != value for name, value in values.items())


def _was_taken_back(item: ReadinessItem) -> bool:
    """An item that the answers closed is no longer required; what staff call not needed keeps that mark."""
    return item.state == State.NOT_NEEDED and not item.is_required and not item.requested_at


@transaction.atomic
def items_from_review(report: SymptomReport, specialties: Iterable[str], *, by: Actor) -> list[ReadinessItem]:
    """Put what these specialties look at as a rule on the list, once a kind, never required (rules.py says why).

    A kind that is on the list already, from an answer or by hand, is not put there again.
    """
    lock_records(report.pk)
    there = set(ReadinessItem.objects.filter(report=report).values_list("kind", flat=True))
    made = []
    for kind in standard_kinds(specialties):
        if kind not in there:
            item = ReadinessItem.objects.create(
                report=report, kind=kind, is_required=False, from_answer=f"{FROM_REVIEW}:{kind}"
            )
            record("record_needed", by=by, subject=item, data={"kind": kind, "from": FROM_REVIEW})
            made.append(item)
    if made:
        tell(report, by)
    return made


@transaction.atomic
def add_item(
    report: SymptomReport, *, kind: str, detail: str, source: str, is_required: bool, by: Actor
) -> ReadinessItem:
    """Put a record on the list by hand. Raises Refused(code="unknown_kind", "detail_missing")."""
    if kind not in KINDS:
        raise Refused(_("Select what kind of record it is."), code="unknown_kind")
    if kind == "other" and not detail.strip():
        raise Refused(_("Enter which record it is."), code="detail_missing")
    lock_records(report.pk)
    item = ReadinessItem.objects.create(
        report=report, kind=kind, detail=detail.strip(), source=source.strip(), is_required=is_required
    )
    record("record_needed", by=by, subject=item, data={"kind": kind, "from": "hand", "required": is_required})
    tell(report, by)
    return item


@transaction.atomic
def change_item(
    item: ReadinessItem, *, state: str, source: str, is_required: bool, version: int, by: Actor, at: datetime
) -> ReadinessItem:
    """What became of a record. Raises Refused: "unknown_state", "stale" (changed since `version`).

    Who requested and who received it are kept with their time; a step back forgets the later of the two.
    """
    if state not in State.values:
        raise Refused(_("Select what became of this record."), code="unknown_state")
    lock_records(item.report_id)
    row = ReadinessItem.objects.select_for_update(of=("self",)).select_related("report").get(pk=item.pk)
    if row.version != version:
        raise Refused(_("Somebody changed this record while you had it open. Look again."), code="stale")
    if state == State.NOT_NEEDED:
        is_required = row.is_required
    asked, here = (row.requested_at, row.requested_by), (row.received_at, row.received_by)
    now = (at, by.label or by.kind)
    if state == State.REQUESTED:
        asked, here = (now if row.state != state else asked), (None, "")
    elif state == State.RECEIVED:
        here = now if row.state != state else here
    else:
        here = (None, "")
        asked = (None, "") if state == State.NEEDED else asked
    _write(
        row,
        by=by,
        why="staff",
        state=state,
        source=source.strip(),
        is_required=is_required,
        requested_at=asked[0],
        requested_by=asked[1],
        received_at=here[0],
        received_by=here[1],
        by_file=row.by_file if state == row.state == State.RECEIVED else None,
    )
    tell(row.report, by)
    return row


@transaction.atomic
def receive_by_file(upload: Upload, *, item_id: int | None = None, by: Actor, at: datetime) -> ReadinessItem | None:
    """Mark the record that staff wait for and that this file is: the chosen one, or the only one of its kind.

    None when there is none, or when there are several and nobody has chosen: which of two scans came, staff must say.
    """
    lock_records(upload.report_id)
    waiting = ReadinessItem.objects.select_for_update(of=("self",)).select_related("report")
    waiting = waiting.filter(report=upload.report_id, state__in=[State.NEEDED, State.REQUESTED])
    if item_id is not None:
        found = list(waiting.filter(pk=item_id))
    else:
        found = list(waiting.filter(kind=RECORD_OF_FILE.get(upload.kind, "")))
    if len(found) != 1:
        return None
    [item] = found
    who = by.label or by_words(by.kind)
    _write(item, by=by, why="file_added", state=State.RECEIVED, received_at=at, received_by=who, by_file=upload)
    tell(item.report, by, item)
    return item


@transaction.atomic
def lose_file(upload: Upload, *, by: Actor) -> None:
    """A file is gone (removed, or a virus was found): the record that came by it is waited for as before."""
    lock_records(upload.report_id)
    rows = ReadinessItem.objects.select_for_update(of=("self",)).select_related("report")
    for item in rows.filter(by_file=upload, state=State.RECEIVED):
        state = State.REQUESTED if item.requested_at else State.NEEDED
        _write(item, by=by, why="file_gone", state=state, received_at=None, received_by="", by_file=None)
        tell(item.report, by, item)


def _write(item: ReadinessItem, *, by: Actor, why: str, **values: Any) -> None:
    """Save the values and count the version; the audit tells codes, never what was typed."""
    before = item.state
    for name, value in values.items():
        setattr(item, name, value)
    item.version += 1
    ReadinessItem.objects.filter(pk=item.pk).update(**values, version=F("version") + 1)
    record(
        "record_changed",
        by=by,
        subject=item,
        data={"from": before, "to": item.state, "required": item.is_required, "why": why},
    )
