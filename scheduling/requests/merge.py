"""Writes that merge two records of one person with their requests, visits and time, and undo it.

Intake moves what is intake's (intake/patients/merge.py), in the same transaction.
"""

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from clinic.platform.words import moment
from intake.patients.merge import locked_merge, locked_pair, merge_patients, move, unmerge_patients
from intake.patients.models import Patient, PatientMerge
from intake.tasks.actions import end_task, reopen_merge_tasks
from intake.tasks.models import StaffTask
from scheduling.requests.may import require_user
from scheduling.requests.models import AppointmentRequest
from scheduling.scores.models import Score
from scheduling.visits.models import Claim, Visit

REQUESTS, VISITS, CLAIMS = "scheduling.appointmentrequest", "scheduling.visit", "scheduling.claim"
SCORES = "scheduling.score"


def _stored(merge: PatientMerge) -> str:
    return str(merge.pk)


def _replayed(stored: str) -> PatientMerge:
    return PatientMerge.objects.get(pk=stored)


@submit_once("merge_records", store=_stored, replay=_replayed)
def merge_records(
    kept: Patient, absorbed: Patient, *, task: StaffTask | None = None, user, by: Actor, key: str
) -> PatientMerge:
    """Make `absorbed` part of `kept`; with `task`, that task is done with it.

    Raises Refused: "not_allowed", "same", "merged", "overlap" (both have a visit at the same time), "closed" (a
    colleague has settled the task).
    """
    require_user(user, Permission.MERGE_PATIENTS)
    kept, absorbed = locked_pair(kept, absorbed)
    _refuse_two_visits_at_once(kept, absorbed)
    _lock_requests(AppointmentRequest.objects.filter(patient__in=[kept, absorbed]))
    requests = AppointmentRequest.objects.filter(patient=absorbed)
    requests.update(version=F("version") + 1)  # pages that stand open show the other record
    also = {REQUESTS: move(requests, kept), VISITS: move(Visit.objects.filter(patient=absorbed), kept)}
    also[CLAIMS] = _move_claims(Claim.objects.filter(patient=absorbed), kept)
    also[SCORES] = move(Score.objects.filter(patient=absorbed), kept)
    merge = merge_patients(kept, absorbed, also_moved=also, by=by)
    if task is not None:
        end_task(task, state=StaffTask.State.DONE, note="", user=user, by=by)
    return merge


@submit_once("undo_merge", store=_stored, replay=_replayed)
def undo_merge(merge: PatientMerge, *, user, by: Actor, key: str) -> PatientMerge:
    """Two records again: what was moved goes back. A visit goes with its request, also one planned since. The task
    that the merge settled is open again.

    Raises Refused: "not_allowed", "undone", "merged".
    """
    require_user(user, Permission.MERGE_PATIENTS)
    merge = locked_merge(merge)
    requests = AppointmentRequest.objects.filter(pk__in=merge.moved[REQUESTS], patient=merge.kept)
    _lock_requests(requests)
    keys = list(requests.values_list("pk", flat=True))
    visits = list(Visit.objects.filter(request__in=keys, patient=merge.kept).values_list("pk", flat=True))
    AppointmentRequest.objects.filter(pk__in=keys).update(patient=merge.absorbed, version=F("version") + 1)
    Visit.objects.filter(pk__in=visits).update(patient=merge.absorbed)
    _move_claims(Claim.objects.filter(patient=merge.kept, visit__in=visits), merge.absorbed)
    scores = Score.objects.filter(Q(pk__in=merge.moved.get(SCORES, [])) | Q(request__in=keys), patient=merge.kept)
    scores.update(patient=merge.absorbed)
    reopen_merge_tasks(merge.kept, merge.absorbed, by=by)
    return unmerge_patients(merge, by=by)


def _lock_requests(rows) -> None:
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def _refuse_two_visits_at_once(kept: Patient, absorbed: Patient) -> None:
    theirs = list(Claim.objects.filter(patient=absorbed).values_list("starts_at", "ends_at"))
    for starts_at, ends_at in (
        Claim.objects.filter(patient=kept).order_by("starts_at").values_list("starts_at", "ends_at")
    ):
        if any(starts_at < end and start < ends_at for start, end in theirs):
            raise Refused(
                _("Both records have a visit on %(moment)s. Cancel or move one of them, then merge.")
                % {"moment": moment(starts_at)},
                code="overlap",
            )


def _move_claims(claims, to: Patient) -> list:
    """The claims go over in a savepoint: the database refuses two at the same time, whatever was seen before."""
    try:
        with transaction.atomic():
            return move(claims, to)
    except IntegrityError as error:
        raise Refused(
            _("Both records have a visit at the same time. Cancel or move one, then merge."), code="overlap"
        ) from error
