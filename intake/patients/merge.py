"""Writes that make two records of one person one, and two again. Nothing is deleted.

Requests, visits and their claims belong to `scheduling`, which calls this inside its own transaction
(scheduling/requests/merge.py) and adds to `moved` what it moved itself.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from intake.patients.models import Coverage, Patient, PatientMerge, Proxy
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask

Moved = dict[str, list]
MOVES = {"intake.symptomreport": SymptomReport, "intake.proxy": Proxy, "intake.stafftask": StaffTask}


def locked_pair(kept: Patient, absorbed: Patient) -> tuple[Patient, Patient]:
    """Both rows as they are now, held until the end of the transaction.

    Raises Refused: "same" (one record), "merged" (one of them was merged meanwhile).
    """
    if kept.pk == absorbed.pk:
        raise Refused(_("This is one record already."), code="same")
    lock_keys(*(("patient", str(one.pk)) for one in (kept, absorbed)))
    both = Patient.objects.select_for_update(no_key=True)  # a booking may still point to them: it holds its request
    rows = {row.pk: row for row in both.filter(pk__in=[kept.pk, absorbed.pk]).order_by("pk")}
    if any(row.merged_into_id for row in rows.values()):
        raise Refused(_("A colleague has merged one of these records already. Look again."), code="merged")
    return rows[kept.pk], rows[absorbed.pk]


def merge_patients(kept: Patient, absorbed: Patient, *, also_moved: Mapping[str, list], by: Actor) -> PatientMerge:
    """Move what hangs on `absorbed` to `kept` and remember which rows; uploads, answers and alerts follow the report.

    Both rows come from `locked_pair`. A plan of insurance moves unless the kept record has one of that rank: then it
    stays where it is, to be seen in the history. Tasks about possible duplicates stay as well: they name both records.
    """
    moved: Moved = {name: list(keys) for name, keys in also_moved.items()}
    for name, model in MOVES.items():
        rows = model.objects.filter(patient=absorbed)
        if model is StaffTask:
            rows = rows.exclude(kind=StaffTask.Kind.MERGE)
        moved[name] = move(rows, kept)
    taken = Coverage.objects.filter(patient=kept).values_list("position", flat=True)
    moved["intake.coverage"] = move(Coverage.objects.filter(patient=absorbed).exclude(position__in=list(taken)), kept)
    earlier = Patient.objects.filter(merged_into=absorbed)
    moved["intake.patient"] = [str(key) for key in earlier.values_list("pk", flat=True)]
    earlier.update(merged_into=kept)
    Patient.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    absorbed.merged_into = kept
    merge = PatientMerge.objects.create(
        kept=kept, absorbed=absorbed, moved=moved, merged_at=timezone.now(), merged_by=by.label or by.kind
    )
    counts = {name.partition(".")[2]: len(keys) for name, keys in moved.items()}
    record("patients_merged", by=by, subject=kept, data={"absorbed": absorbed.pk, "moved": counts})
    record("patient_absorbed", by=by, subject=absorbed, data={"kept": kept.pk})
    return merge


def move(rows: Any, to: Patient) -> list:
    """Give these rows to another patient; their keys as JSON keeps them."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=keys).update(patient=to)
    return [key if isinstance(key, int) else str(key) for key in keys]


def locked_merge(merge: PatientMerge) -> PatientMerge:
    """The merge as it is now, with its records held.

    Raises Refused: "undone" (already), "merged" (the kept record was itself merged later: undo that first).
    """
    lock_keys(*(("patient", str(key)) for key in (merge.kept_id, merge.absorbed_id)))
    row = PatientMerge.objects.select_for_update(of=("self",)).select_related("kept", "absorbed").get(pk=merge.pk)
    if row.undone_at is not None:
        raise Refused(_("This merge was undone already."), code="undone")
    if row.kept.merged_into_id or row.absorbed.merged_into_id != row.kept_id:
        raise Refused(_("The record that stayed was merged again later. Undo that merge first."), code="merged")
    return row


def unmerge_patients(merge: PatientMerge, *, by: Actor) -> PatientMerge:
    """Give back exactly the rows that were moved, as far as they still are with the kept record.

    What was added later stays with the kept record, but for new symptoms and tasks about a report that goes
    back: they follow it.
    """
    kept, absorbed = merge.kept, merge.absorbed
    for name, model in {**MOVES, "intake.coverage": Coverage}.items():
        model.objects.filter(pk__in=merge.moved.get(name, []), patient=kept).update(patient=absorbed)
    reports = merge.moved["intake.symptomreport"]
    later = Q(pk__in=reports) | Q(follows__in=reports)
    SymptomReport.objects.filter(later, patient=kept).update(patient=absorbed)
    about = StaffTask.objects.filter(Q(report__in=reports) | Q(report__follows__in=reports), patient=kept)
    about.exclude(kind=StaffTask.Kind.MERGE).update(patient=absorbed)
    Patient.objects.filter(pk__in=merge.moved["intake.patient"], merged_into=kept).update(merged_into=absorbed)
    Patient.objects.filter(pk=absorbed.pk).update(merged_into=None)
    absorbed.merged_into = None
    merge.undone_at, merge.undone_by = timezone.now(), by.label or by.kind
    merge.save(update_fields=["undone_at", "undone_by"])
    record("merge_undone", by=by, subject=kept, data={"absorbed": absorbed.pk})
    record("patient_separated", by=by, subject=absorbed, data={"kept": kept.pk})
    return merge
