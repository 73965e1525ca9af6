"""What happened to a request, line by line with its time. Reads only."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.db.together import read_together
from intake.records.file_rows import FileRow
from intake.symptoms.models import SymptomReport
from intake.triage.actions import BY_REVIEW
from intake.triage.models import Alert, AlertStep, ContactAttempt, TriageReview
from scheduling.follow_up.models import Letter
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.visits.models import StateChange, Visit
from scheduling.visits.staff_forms import REASONS
from scheduling.worklist.staff_forms import DISPOSITION_WORDS

if TYPE_CHECKING:
    from scheduling.worklist.dossier import Dossier


Step = AlertStep.Kind
CALLS, DECISIONS, ALERTS, VISITS, RECORDS, NOTES, AFTER, WORK = (
    "calls", "decisions", "alerts", "visits", "records", "notes", "after", "work"
)  # fmt: skip
KINDS = {  # word in the address -> label of the filter
    CALLS: gettext_lazy("Calls"),
    DECISIONS: gettext_lazy("Decisions"),
    ALERTS: gettext_lazy("Emergencies"),
    VISITS: gettext_lazy("Offers and visits"),
    RECORDS: gettext_lazy("Records and files"),
    NOTES: gettext_lazy("Notes and letters"),
    AFTER: gettext_lazy("Plan and calls after the visit"),
    WORK: gettext_lazy("Status and owner"),
}
# Notes that actions write: kind -> filter and title
NOTE_WORDS = {
    "taken": (WORK, gettext_lazy("Taken")),
    "handed_back": (WORK, gettext_lazy("Handed back")),
    "handed_over": (WORK, gettext_lazy("Handed over")),
    "withdrawn": (WORK, gettext_lazy("Withdrawn")),
    "asked": (DECISIONS, gettext_lazy("Asked the patient")),
    "new_symptoms": (DECISIONS, gettext_lazy("New symptoms raised the level")),
    "score": (DECISIONS, gettext_lazy("A score raised the level")),
    "conference_listed": (DECISIONS, gettext_lazy("Put on the list of a conference")),
    "conference_removed": (DECISIONS, gettext_lazy("Taken off the list of a conference")),
    "conference_outcome": (DECISIONS, gettext_lazy("Outcome of the conference")),
    "visit_cancelled": (VISITS, gettext_lazy("Visit canceled")),
    "visit_changed": (VISITS, gettext_lazy("Visit changed")),
    "visit_change_undone": (VISITS, gettext_lazy("Change of the visit undone")),
    "other_day_asked": (VISITS, gettext_lazy("Another day asked for")),
    "overbooked": (VISITS, gettext_lazy("Overbooked")),
    "visit_replaced": (VISITS, gettext_lazy("Visit canceled for an earlier day")),
    "offer_declined": (VISITS, gettext_lazy("Offer declined")),
    "record_added": (RECORDS, gettext_lazy("Record put on the list")),
    "record_needed": (RECORDS, gettext_lazy("Record needed again")),
    "record_requested": (RECORDS, gettext_lazy("Record requested")),
    "record_received": (RECORDS, gettext_lazy("Record received")),
    "record_not_needed": (RECORDS, gettext_lazy("Record not needed")),
    "plan_added": (AFTER, gettext_lazy("Put on the plan")),
    "plan_done": (AFTER, gettext_lazy("Done from the plan")),
    "plan_dropped": (AFTER, gettext_lazy("Taken off the plan")),
    "plan_reopened": (AFTER, gettext_lazy("Open again on the plan")),
    "follow_up_reached": (AFTER, gettext_lazy("Follow-up call: reached")),
    "follow_up_closed": (AFTER, gettext_lazy("Follow-up call closed")),
    "hospital_event": (AFTER, gettext_lazy("Emergency department or hospital")),
    "letter_sent": (NOTES, gettext_lazy("Letter sent")),
    "letter_discarded": (NOTES, gettext_lazy("Draft of a letter thrown away")),
    "letter_taken_up": (NOTES, gettext_lazy("Draft of a letter taken up again")),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history; `kind` is one of KINDS."""

    at: datetime
    title: str
    by: str = ""
    text: str = ""
    kind: str = WORK


def history_of(dossier: "Dossier") -> list[Event]:
    """What happened, the newest first: one query more than the dossier's own."""
    wanted = dossier.wanted
    moved = StateChange.objects.filter(
        Q(thing="request", thing_id=wanted.pk)
        | Q(thing="offer", thing_id__in=[offer.pk for offer in dossier.offers])
        | Q(thing="visit", thing_id__in=[visit.pk for visit in dossier.visits])
    )  # not of single legs
    movers = moved.filter(by_kind="staff").order_by().values("by_id")
    users = get_user_model().objects.annotate(key=Cast("pk", CharField())).filter(key__in=movers)
    changes, staff = read_together(moved, users)
    names = {user.key: str(user) for user in staff}
    events = [Event(wanted.submitted_at, _("Request sent"), filled_by_words(wanted.filled_by))]
    # the reason of a review stands with the review
    events += [_of_note(note) for note in dossier.all_notes if note.kind not in DISPOSITION_WORDS]
    events += [_of_review(review) for review in dossier.reviews]
    events += [_of_contact(contact) for contact in dossier.contacts]
    events += [event for alert in dossier.alerts for event in _of_alert(alert, dossier.steps_by_alert.get(alert.pk))]
    events += [_of_told(told.report) for told in dossier.new_symptoms]
    events += [_of_file(file) for file in dossier.files if file.is_kept]
    events += [_of_letter(letter) for letter in dossier.letters]
    events += [_of_change(change, names) for change in sorted(changes, key=by_time)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def by_time(row: RequestNote | StateChange | ContactAttempt | AlertStep) -> tuple:
    """The order of rows that have a time `at`."""
    return row.at, row.pk


def filled_by_words(filled_by: str) -> str:
    """Who filled in a form, as staff say it."""
    return {
        "patient": _("the patient"),
        "caregiver": _("a caregiver"),
        "staff_phone": _("staff, by phone"),
        "referring_clinician": _("the referring clinician"),
    }.get(filled_by, "")


def _of_note(note: RequestNote) -> Event:
    kind, title = NOTE_WORDS.get(note.kind, (NOTES, _("Note")))
    return Event(note.at, str(title), note.by_label, note.text, kind)


def _of_review(review: TriageReview) -> Event:
    title = _("Review: %(decision)s") % {"decision": DISPOSITION_WORDS[review.disposition]}
    return Event(review.reviewed_at, title, str(review.reviewed_by), review.reason, DECISIONS)


def _of_contact(contact: ContactAttempt) -> Event:
    title = _("Call: reached") if contact.reached else _("Call: not reached")
    return Event(contact.at, title, str(contact.by), contact.note, CALLS)


def _of_told(report: SymptomReport) -> Event:
    title = _("New symptoms told: %(level)s") % {"level": report.triage.get_level_display().lower()}
    return Event(report.sent_at, title, filled_by_words(report.filled_by), kind=DECISIONS)


def _of_file(file: FileRow) -> Event:
    return Event(file.added_at, _("File added: %(kind)s") % {"kind": file.kind}, file.by, kind=RECORDS)


def _of_letter(letter: Letter) -> Event:
    return Event(letter.written_at, _("Letter drafted"), text=str(letter.get_kind_display()), kind=NOTES)


def _of_alert(alert: Alert, steps: list[AlertStep] | None) -> list[Event]:
    """The steps of an alert but its calls, which stand with the calls."""
    if not steps:
        return events_of_alert(alert)
    calls = (Step.REACHED, Step.NOT_REACHED)
    told = [Event(one.at, step_words(one), one.by_label, one.note, ALERTS) for one in steps if one.kind not in calls]
    return [replace(one, title=f"{_('Emergency')} {alert.find_code}: {one.title}") for one in told]


def step_words(step: AlertStep) -> str:
    """What a step was, its detail included."""
    details = {
        (Step.DETECTED, BY_REVIEW): _("Decided at the review"),
        (Step.DETECTED, "staff"): _("Found by a score"),
        (Step.PERSON_SAID, "going"): _("The person said: I have called 911 or I am going"),
        (Step.PERSON_SAID, "cannot"): _("The person said: I cannot do this now"),
        (Step.PERSON_SAID, "mistake"): _("The person said: I chose this by mistake"),
        (Step.PAGED, "cannot"): _("On call paged again: the person cannot do it now"),
        (Step.PAGED, "escalation"): _("On call paged again: nobody had taken it on"),
        (Step.PAGED, "number_given"): _("On call paged again: there is a number now"),
        (Step.CLOSED, "reached"): _("Closed: the person was reached"),
        (Step.CLOSED, "no_number"): _("Closed: cannot be reached, no number"),
    }
    return details.get((Step(step.kind), step.detail), str(step.get_kind_display()))


def events_of_alert(alert: Alert) -> list[Event]:
    """The steps of an alert by its own times, for one written before each step was kept."""
    found = [Event(alert.detected_at, _("Emergency shown (%(message)s)") % {"message": alert.message}, kind=ALERTS)]
    if alert.paged_at:
        found.append(Event(alert.paged_at, _("On-call staff paged"), kind=ALERTS))
    if alert.acknowledged_at:
        found.append(Event(alert.acknowledged_at, _("Alert acknowledged"), str(alert.acknowledged_by), kind=ALERTS))
    if alert.closed_at:
        found.append(Event(alert.closed_at, _("Alert closed"), text=alert.outcome, kind=ALERTS))
    return found


def _of_change(change: StateChange, names: dict[str, str]) -> Event:
    words = {
        "request": (_("Request"), AppointmentRequest.Status),
        "offer": (_("Offer"), Offer.State),
        "visit": (_("Visit"), Visit.State),
    }
    thing, states = words.get(change.thing, (change.thing, None))
    to_words = _state_words(states, change.to_state)
    by = names.get(change.by_id, "") if change.by_kind == "staff" else _actor_words(change.by_kind)
    title = _("%(thing)s: %(state)s") % {"thing": thing, "state": to_words}
    return Event(change.at, title, by, _reason_words(change), WORK if change.thing == "request" else VISITS)


def _reason_words(change: StateChange) -> str:
    return str(dict(REASONS).get(change.reason, ""))


def _state_words(states, state: str) -> str:
    return str(states(state).label) if states is not None and state in states.values else state.replace("_", " ")


def _actor_words(kind: str) -> str:
    return {"patient": _("the patient"), "caregiver": _("a caregiver"), "system": _("the system")}.get(kind, kind)
