"""The answers of a form that was not sent, worded as the person saw them."""

from intake.registration.models import Draft
from intake.symptoms.questions import snapshot, wording_for
from scheduling.worklist.told import Answer


def answers_of_draft(draft: Draft) -> list[Answer]:
    """What has been answered so far, in the order asked; questions still open are left out."""
    entries = snapshot(draft.answers, wording_for(draft.filled_by))
    return [Answer.of(entry) for entry in entries if entry["value"] is not None]
