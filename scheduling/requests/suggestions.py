"""Which specialties the answers of a request suggest, those told after sending included."""

from typing import Any

from intake.before_visit.models import BeforeVisit
from intake.triage.disciplines import Suggestions, suggest
from scheduling.requests.models import AppointmentRequest

# Page before the visit -> what the lines of domain 1.6 read from it, once the page was saved (D08, D09, D11)
TOLD_LATER = {"needs": ("mobility_aid",), "travel": ("transport_need",), "doctors": ("oncologist_name",)}


def told_so_far(wanted: AppointmentRequest, *, is_loaded: bool = False) -> dict[str, Any]:
    """The answers that suggestions read. A page that was not saved yet says nothing: nobody was asked.

    `is_loaded`: what was told before the visit came with the request, and is not asked for again.
    """
    answers = {**wanted.report.answers, "reason_for_contact": wanted.reason_for_contact}
    if is_loaded:
        before = getattr(wanted.report, "before_visit", None)
    else:
        before = BeforeVisit.objects.filter(report_id=wanted.report_id).only("answers", "steps_done").first()
    if before is not None:
        keys = [key for step, keys in TOLD_LATER.items() if step in before.steps_done for key in keys]
        answers |= {key: before.answers.get(key) for key in keys}
    return answers


def suggestions_for(wanted: AppointmentRequest, *, is_loaded: bool = False) -> Suggestions:
    """Specialties, tasks and notes that the answers of a request suggest."""
    return suggest(told_so_far(wanted, is_loaded=is_loaded))
