"""Writes about a request whose records changed: the fact and the status, in the transaction of the change.

A review moves a request to "waiting for records" or "to schedule" by this fact; URGENT and EMERGENCY never wait
(status.py). The status column is refreshed here and nowhere else for this reason.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.records.actions import add_item, change_item, lock_records, records_complete
from intake.records.models import ReadinessItem
from intake.records.words import by_words, name_of
from intake.symptoms.models import SymptomReport
from scheduling.requests.may import locked_request, require_user
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.refresh import CLOSED, refresh_status


@transaction.atomic
def records_changed(report: SymptomReport, by: Actor, item: ReadinessItem | None = None) -> None:
    """Keep the request's `records_complete` and status equal to the records of its report. A closed one stays closed.

    `item` came by an added file, or went with a removed one: a line of the history says so. Before the request is made
    (a report without one) there is nothing to keep.
    """
    wanted = AppointmentRequest.objects.select_for_update(of=("self",)).filter(report_id=report.pk).first()
    if wanted is None or wanted.status in CLOSED:
        return
    if item is not None:
        _note(wanted, f"record_{item.state}", item, by)
    complete = records_complete(report.pk)
    if complete == wanted.records_complete:
        return
    AppointmentRequest.objects.filter(pk=wanted.pk).update(records_complete=complete, version=F("version") + 1)
    record("records_complete" if complete else "records_open", by=by, subject=wanted)
    refresh_status(wanted, by=by, reason="records")


def _stored(item: ReadinessItem) -> str:
    return str(item.pk)


def _replayed(stored: str) -> ReadinessItem:
    return ReadinessItem.objects.get(pk=stored)


@submit_once("add_record", store=_stored, replay=_replayed)
def add_record(
    wanted: AppointmentRequest,
    *,
    kind: str,
    detail: str,
    source: str,
    is_required: bool,
    user,
    by: Actor,
    key: str,
) -> ReadinessItem:
    """Put a record on the request's list by hand. Raises Refused("not_allowed", "closed", "unknown_kind",
    "detail_missing")."""
    require_user(user, Permission.CHASE_RECORDS)
    lock_records(wanted.report_id)
    row = _open(wanted)
    item = add_item(row.report, kind=kind, detail=detail, source=source, is_required=is_required, by=by)
    _note(row, "record_added", item, by)
    return item


@submit_once("change_record", store=_stored, replay=_replayed)
def change_record(
    wanted: AppointmentRequest,
    item: ReadinessItem,
    *,
    state: str,
    source: str,
    is_required: bool,
    version: int,
    user,
    by: Actor,
    key: str,
) -> ReadinessItem:
    """What became of a record of this request. Raises Refused("not_allowed", "closed", "unknown_state", "stale")."""
    require_user(user, Permission.CHASE_RECORDS)
    lock_records(wanted.report_id)
    row = _open(wanted)
    before = ReadinessItem.objects.get(pk=item.pk, report_id=row.report_id).state
    changed = change_item(
        item, state=state, source=source, is_required=is_required, version=version, by=by, at=timezone.now()
    )
    if changed.state != before:
        _note(row, f"record_{changed.state}", changed, by)
    return changed


def _open(wanted: AppointmentRequest) -> AppointmentRequest:
    row = locked_request(wanted)
    if row.status in CLOSED:
        raise Refused(_("This request is closed."), code="closed")
    return row


def _note(wanted: AppointmentRequest, kind: str, item: ReadinessItem, by: Actor) -> None:
    """One line of the request's history, as the record was called then."""
    RequestNote.objects.create(
        request=wanted,
        kind=kind,
        text=name_of(item),
        by_label=by.label or by_words(by.kind) or by.kind,
        at=timezone.now(),
    )
