"""What happened with a patient over all requests, the newest first, and its filters. Reads only."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.words import day
from scheduling.follow_up.calls import said_words
from scheduling.follow_up.models import Letter
from scheduling.patient_page.reading import PatientFile
from scheduling.patient_page.words import field_words
from scheduling.scores.reading import Shown
from scheduling.worklist.history import NOTE_WORDS, filled_by_words
from scheduling.worklist.staff_forms import DISPOSITION_WORDS

REQUESTS, CALLS, VISITS, SCORES, LETTERS, PLAN, FILES, RECORD = (
    "requests", "calls", "visits", "scores", "letters", "plan", "files", "record"
)  # fmt: skip
KINDS = {  # word in the address -> label of the filter
    REQUESTS: gettext_lazy("Requests"),
    CALLS: gettext_lazy("Calls and emergencies"),
    VISITS: gettext_lazy("Visits"),
    SCORES: gettext_lazy("Scores"),
    LETTERS: gettext_lazy("Letters"),
    PLAN: gettext_lazy("Plan"),
    FILES: gettext_lazy("Files"),
    RECORD: gettext_lazy("Changes of the record"),
}
PAGE_ROWS = 40
PLAN_NOTES, VISIT_NOTES = ("plan_", "follow_up_"), ("visit_", "offer_", "other_day", "overbooked")
FILE_NOTES = ("record_",)
WITH_OWN_ROW = ("letter_sent", "follow_up_reached", "hospital_event")  # what they note stands here as itself


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; `reference` leads to the request it belongs to."""

    kind: str
    at: datetime
    title: str
    by: str = ""
    text: str = ""
    reference: str = ""


def timeline_of(patient_file: PatientFile) -> list[Entry]:
    """Every line, the newest first."""
    found = [
        *_of_requests(patient_file),
        *_of_calls(patient_file),
        *_of_papers(patient_file),
        *_of_record(patient_file),
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def page_of(entries: list[Entry], kind: str, number: Any) -> Page:
    """One page of the lines of a kind, or of all."""
    return Paginator([one for one in entries if kind in ("", one.kind)], PAGE_ROWS).get_page(number)


def filters_of(entries: list[Entry], chosen: str) -> list[dict[str, Any]]:
    """The filters with their counts; a kind without lines is left out."""
    counts = Counter(entry.kind for entry in entries)
    found = [{"text": _("Everything"), "url": "?#timeline", "count": len(entries), "current": not chosen}]
    return found + [
        {"text": label, "url": f"?kind={kind}#timeline", "count": counts[kind], "current": kind == chosen}
        for kind, label in KINDS.items()
        if counts[kind] or kind == chosen
    ]


def _kind_of_note(kind: str) -> str:
    for prefixes, found in ((PLAN_NOTES, PLAN), (VISIT_NOTES, VISITS), (FILE_NOTES, FILES), (("letter_",), LETTERS)):
        if kind.startswith(prefixes):
            return found
    return REQUESTS


def _of_requests(patient_file: PatientFile) -> Iterator[Entry]:
    references, by_report = patient_file.reference_of_request, patient_file.reference_of_report
    report_of_triage = {wanted.triage_id: wanted.reference for wanted in patient_file.requests}
    for wanted in patient_file.requests:
        sender = filled_by_words(wanted.filled_by)
        yield Entry(REQUESTS, wanted.submitted_at, _("Request sent"), sender, "", wanted.reference)
    for report in patient_file.rows("later"):
        title = _("New symptoms told: %(level)s") % {"level": report.triage.get_level_display().lower()}
        yield Entry(REQUESTS, report.sent_at, title, filled_by_words(report.filled_by), "", by_report[report.pk])
    for review in patient_file.history["reviews"]:
        title = _("Review: %(decision)s") % {"decision": DISPOSITION_WORDS[review.disposition]}
        at, by = review.reviewed_at, str(review.reviewed_by)
        yield Entry(REQUESTS, at, title, by, review.reason, report_of_triage.get(review.triage_id, ""))
    for note in patient_file.history["notes"]:
        if note.kind in DISPOSITION_WORDS or note.kind in WITH_OWN_ROW:
            continue
        title = str(NOTE_WORDS.get(note.kind, ("", _("Note")))[1])
        kind = _kind_of_note(note.kind)
        yield Entry(kind, note.at, title, note.by_label, note.text, references.get(note.request_id, ""))


def _of_calls(patient_file: PatientFile) -> Iterator[Entry]:
    by_report, references = patient_file.reference_of_report, patient_file.reference_of_request
    for call in patient_file.history["calls"]:
        title = _("Call: reached") if call.reached else _("Call: not reached")
        yield Entry(CALLS, call.at, title, str(call.by), call.note, by_report.get(call.report_id, ""))
    for attempt in patient_file.history["after_calls"]:
        kind = attempt.call.get_kind_display()
        title = _("%(call)s: reached") if attempt.reached else _("%(call)s: not reached")
        reference = references.get(attempt.call.request_id, "")
        said = said_words(attempt.call) if attempt.reached else ""
        text = "\n".join(part for part in (said, attempt.note) if part)
        yield Entry(CALLS, attempt.at, title % {"call": kind}, str(attempt.by), text, reference)
    for step in patient_file.history["steps"]:
        title = _("Emergency %(code)s: %(step)s") % {
            "code": step.alert.find_code,
            "step": str(step.get_kind_display()).lower(),
        }
        yield Entry(CALLS, step.at, title, step.by_label, step.note, by_report.get(step.alert.report_id, ""))
    for event in patient_file.history["hospital"]:
        title = f"{event.get_kind_display()}: {event.get_cause_display()}"
        text = "\n".join(part for part in (day(event.on), event.note) if part)
        yield Entry(CALLS, event.at, title, str(event.by), text, references.get(event.request_id, ""))


def _of_papers(patient_file: PatientFile) -> Iterator[Entry]:
    references = patient_file.reference_of_request
    for visit in patient_file.visits:
        title = _("Visit: %(state)s") % {"state": str(visit.get_state_display()).lower()}
        reference = references.get(visit.request_id, "")
        at = visit.cancelled_at or visit.starts_at
        if at <= patient_file.now:  # what is still to come stands above
            yield Entry(VISITS, at, title, "", str(visit.visit_type), reference)
        if visit.booked_at:
            yield Entry(VISITS, visit.booked_at, _("Visit booked"), "", str(visit.visit_type), reference)
    for score in patient_file.rows("scores"):
        shown = Shown.of_score(score)
        title = (
            _("Score: %(name)s") % {"name": shown.name}
            if score.version == 1
            else _("Score again: %(name)s") % {"name": shown.name}
        )
        reference = references.get(score.request_id, "")
        yield Entry(SCORES, score.recorded_at, title, str(score.assessed_by), shown.line, reference)
    for letter in patient_file.letters:
        if letter.state == Letter.State.SENT:
            kind, sender = str(letter.get_kind_display()), str(letter.sent_by or "")
            yield Entry(LETTERS, letter.sent_at, _("Letter sent"), sender, kind, letter.reference)
    for row, reference in patient_file.files:
        yield Entry(FILES, row.added_at, _("File added"), row.by, f"{row.kind}: {row.name}", reference)


def _of_record(patient_file: PatientFile) -> Iterator[Entry]:
    yield Entry(RECORD, patient_file.patient.npp_at, _("Registered"))
    for change in patient_file.history["changes"]:
        by = change.by_name if change.actor_kind == "staff" else _("the patient")
        yield Entry(RECORD, change.at, _("Record changed"), by or "", field_words(change.data.get("fields", [])))
    for merge in patient_file.merges:
        yield Entry(RECORD, merge.merged_at, _("Another record was merged into this one"), merge.merged_by)
