"""What ends with a task about the interest in a trial: the question it came with."""

from django.utils import timezone

from clinic.platform.audit.actors import Actor
from intake.nurse_line.actions import keep_with_note
from intake.nurse_line.models import NurseQuestion, QuestionNote
from intake.tasks.actions import settled_with
from intake.tasks.models import StaffTask


@settled_with(StaffTask.Kind.TRIAL_INTEREST)
def close_question(task: StaffTask, *, user, by: Actor) -> None:
    """Who closes the task has answered the question, or found nothing to answer: it is closed with the same note."""
    waiting = NurseQuestion.objects.select_for_update(of=("self",)).filter(closed_at=None)
    for row in waiting.filter(pk=task.dedupe) if task.dedupe else ():
        row.state, row.closed_at = NurseQuestion.State.CLOSED, timezone.now()
        row.assigned_to = row.assigned_to or user
        keep_with_note(row, QuestionNote.Kind.CLOSED, task.note, user=user, by=by)
