"""Which rows wait for a call: first calls of requests, emergencies, tasks, questions, follow-up calls.

Who waits in two ways is one row: an emergency or new symptoms of a request whose first call is due are that call.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.accounts.roles import Permission
from intake.nurse_line.models import NurseQuestion
from intake.tasks.models import StaffTask
from intake.triage.models import Alert
from scheduling.follow_up.models import FollowUpCall
from scheduling.requests.models import AppointmentRequest

TASKS = (StaffTask.Kind.CALL, StaffTask.Kind.NEW_SYMPTOMS)
# its request waits for no first call: that there is none, that it was made, that the request is closed
NO_FIRST_CALL = (
    Q(report=None)
    | Q(report__request=None)
    | Q(report__request__contacted_at__isnull=False)
    | Q(report__request__closed_at__isnull=False)
)


def first_calls(user) -> QuerySet:
    """Open requests whose person nobody has reached yet, in the order of the list."""
    rows = AppointmentRequest.objects.visible_to(user).still_open().filter(contacted_at=None)
    return rows.order_by("urgency_rank", "contact_due_at", "pk")


def calls_beside(user, now: datetime) -> list[QuerySet]:
    """What else waits for a call: emergencies, tasks, questions, follow-up calls, each as far as the person may."""
    alerts = Alert.objects.visible_to(user).filter(NO_FIRST_CALL, closed_at=None)
    tasks = StaffTask.objects.visible_to(user).filter(NO_FIRST_CALL, kind__in=TASKS, state=StaffTask.State.OPEN)
    questions = NurseQuestion.objects.visible_to(user).filter(closed_at=None, answered_at=None)
    due = FollowUpCall.objects.visible_to(user).filter(
        state=FollowUpCall.State.DUE, due_on__lte=timezone.localdate(now)
    )
    return [
        alerts,
        tasks if user.has_perm(Permission.HANDLE_TASKS) else tasks.none(),
        questions,
        due if user.has_perm(Permission.FOLLOW_UP) else due.none(),
    ]
