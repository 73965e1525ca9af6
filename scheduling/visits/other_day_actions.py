"""The patient asks for another day: a task for the staff. The booked day stays until another one is found."""

from datetime import datetime

from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.db.sql import lock_keys
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import submit_once
from intake.tasks.actions import open_task
from intake.tasks.models import StaffTask
from scheduling.requests.may import require_own_or_staff
from scheduling.requests.models import RequestNote
from scheduling.visits.models import Visit


def _replayed(stored: str) -> StaffTask:
    return StaffTask.objects.get(pk=stored)


@submit_once("ask_for_another_day", store=lambda task: str(task.pk), replay=_replayed)
def ask_for_another_day(visit: Visit, *, words: str, by: Actor, key: str, now: datetime) -> StaffTask:
    """Keep what suits the person with the request, and open a task that stands until staff close it.

    Asking again while it is open adds their words. Raises Refused: "not_allowed", "ended" (it is not booked any more).
    """
    require_own_or_staff(visit.request_id, by, Permission.MOVE_VISIT)
    lock_keys(("request", str(visit.request_id)))
    row = Visit.objects.select_for_update(of=("self",)).select_related("request", "patient").get(pk=visit.pk)
    if row.state != Visit.State.BOOKED:
        raise Refused(_("This visit cannot be changed any more."), code="ended")
    RequestNote.objects.create(
        request=row.request, kind="other_day_asked", text=words.strip(), by_label=by.label or by.kind, at=now
    )
    record("other_day_asked", by=by, subject=row)
    waiting = StaffTask.objects.filter(
        kind=StaffTask.Kind.OTHER_DAY, patient=row.patient_id, state=StaffTask.State.OPEN
    ).first()
    if waiting is not None:
        return waiting
    return open_task(
        StaffTask.Kind.OTHER_DAY,
        patient=row.patient,
        report=row.request.report,
        data={"visit": str(row.pk)},
        by=by,
    )
