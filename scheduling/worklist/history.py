"""What happened to a request, line by line with its time. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from clinic.platform.db.together import read_together
from intake.triage.models import Alert, ContactAttempt, TriageReview
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.visits.models import StateChange, Visit
from scheduling.visits.staff_forms import REASONS
from scheduling.worklist.staff_forms import DISPOSITION_WORDS

if TYPE_CHECKING:
    from scheduling.worklist.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: datetime
    title: str
    by: str = ""
    text: str = ""


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
    notes, changes, staff = read_together(RequestNote.objects.filter(request=wanted), moved, users)
    names = {user.key: str(user) for user in staff}
    events = [Event(wanted.submitted_at, _("Request sent"), filled_by_words(wanted.filled_by))]
    # the reason of a review stands with the review
    events += [_of_note(note) for note in sorted(notes, key=by_time) if note.kind not in DISPOSITION_WORDS]
    events += [_of_review(review) for review in dossier.reviews]
    events += [_of_contact(contact) for contact in dossier.contacts]
    events += [event for alert in dossier.alerts for event in events_of_alert(alert)]
    events += [_of_change(change, names) for change in sorted(changes, key=by_time)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def by_time(row: RequestNote | StateChange | ContactAttempt) -> tuple:
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


def _of_note(note) -> Event:
    titles = {
        "taken": _("Taken"),
        "handed_back": _("Handed back"),
        "withdrawn": _("Withdrawn"),
        "visit_cancelled": _("Visit canceled"),
        "visit_changed": _("Visit changed"),
        "visit_change_undone": _("Change of the visit undone"),
        "other_day_asked": _("Another day asked for"),
        "overbooked": _("Overbooked"),
        "visit_replaced": _("Visit canceled for an earlier day"),
        "offer_declined": _("Offer declined"),
        "record_added": _("Record put on the list"),
        "record_needed": _("Record needed again"),
        "record_requested": _("Record requested"),
        "record_received": _("Record received"),
        "record_not_needed": _("Record not needed"),
    }
    return Event(note.at, titles.get(note.kind, _("Note")), note.by_label, note.text)


def _of_review(review: TriageReview) -> Event:
    title = _("Review: %(decision)s") % {"decision": DISPOSITION_WORDS[review.disposition]}
    return Event(review.reviewed_at, title, str(review.reviewed_by), review.reason)


def _of_contact(contact: ContactAttempt) -> Event:
    return Event(
        contact.at, _("Call: reached") if contact.reached else _("Call: not reached"), str(contact.by), contact.note
    )


def events_of_alert(alert: Alert) -> list[Event]:
    """The steps of an alert, each with its time."""
    found = [Event(alert.detected_at, _("Emergency shown (%(message)s)") % {"message": alert.message})]
    if alert.paged_at:
        found.append(Event(alert.paged_at, _("On-call staff paged")))
    if alert.acknowledged_at:
        found.append(Event(alert.acknowledged_at, _("Alert acknowledged"), str(alert.acknowledged_by)))
    if alert.closed_at:
        found.append(Event(alert.closed_at, _("Alert closed"), text=alert.outcome))
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
    return Event(change.at, _("%(thing)s: %(state)s") % {"thing": thing, "state": to_words}, by, _reason_words(change))


def _reason_words(change: StateChange) -> str:
    return str(dict(REASONS).get(change.reason, ""))


def _state_words(states, state: str) -> str:
    return str(states(state).label) if states is not None and state in states.values else state.replace("_", " ")


def _actor_words(kind: str) -> str:
    return {"patient": _("the patient"), "caregiver": _("a caregiver"), "system": _("the system")}.get(kind, kind)
