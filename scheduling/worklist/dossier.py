"""Everything the request page shows, gathered in a fixed number of queries. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from intake.before_visit.actions import cleared
from intake.before_visit.summary import Group, groups_of
from intake.patients.languages import language_words
from intake.patients.models import PatientMerge
from intake.records.file_rows import FileRow, rows_of
from intake.records.models import ReadinessItem
from intake.records.rules import SETTLED
from intake.records.uploads import uploads_of
from intake.records.words import name_of, summary_words
from intake.tasks.models import StaffTask
from intake.triage.models import Alert, ContactAttempt, TriageReview
from intake.triage.vocabulary import SAFETY_KEYS
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Appointment, StateChange, Visit
from scheduling.visits.staff_forms import REASONS
from scheduling.worklist.lists import Clock, age_on
from scheduling.worklist.plan_words import payer_words
from scheduling.worklist.proxy_words import AUTHORITY_WORDS, relation_words
from scheduling.worklist.reasons import Fired, fired_rules
from scheduling.worklist.staff_forms import DISPOSITION_WORDS

PAIN_KEYS = (
    "pain_sites", "pain_worst", "pain_average", "pain_now", "pain_onset_days", "pain_trend", "pain_pattern",
    "pain_relief", "opioid_use",
)  # fmt: skip

INTERPRETER_WORDS = {
    "yes": _lazy("interpreter needed"),
    "spoken": _lazy("interpreter needed"),
    "asl": _lazy("sign language interpreter needed"),
    "other": _lazy("interpreter needed"),
    "no": _lazy("no interpreter needed"),
}
CONTACT_WORDS = {
    "phone": _lazy("phone"),
    "text": _lazy("text message"),
    "email": _lazy("email"),
    "portal": _lazy("this website"),
    "mail": _lazy("mail"),
    "morning": _lazy("mornings"),
    "afternoon": _lazy("afternoons"),
    "evening": _lazy("evenings"),
    "any": _lazy("any time"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was asked: the wording shown and the words chosen."""

    key: str
    wording: str
    label: str
    is_given: bool = True

    @classmethod
    def of(cls, entry: dict) -> "Answer":
        """From one entry of the stored snapshot; an answer left open says so."""
        label = entry.get("label")
        if label in (None, "", []):
            label = entry.get("value")
        if isinstance(label, list):
            label = ", ".join(str(one) for one in label)
        is_given = entry.get("value") is not None
        return cls(entry["key"], str(entry.get("question", entry["key"])), str(label or _("Not answered")), is_given)


@dataclass(frozen=True, slots=True)
class FiredWithAnswers:
    """A rule and the answers behind it."""

    rule: Fired
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: datetime
    title: str
    by: str = ""
    text: str = ""


class Dossier:
    """A request with its answers, rules, alerts, calls, offers, visits and history."""

    def __init__(self, wanted: AppointmentRequest, *, now: datetime):
        self.wanted, self.now = wanted, now
        self.patient, self.report, self.triage = wanted.patient, wanted.report, wanted.triage
        self.age = age_on(self.patient.date_of_birth, timezone.localdate(now))
        self.clock = Clock.of(wanted, now=now)

    @cached_property
    def answers(self) -> list[Answer]:
        """Every answer in the order asked."""
        return [Answer.of(entry) for entry in self.report.snapshot]

    @cached_property
    def answer_of(self) -> dict[str, Answer]:
        """The answers by key."""
        return {answer.key: answer for answer in self.answers}

    @property
    def safety_answers(self) -> list[Answer]:
        """The safety set, in the order of the rules' vocabulary."""
        return [self.answer_of[key] for key in SAFETY_KEYS if key in self.answer_of]

    @property
    def other_answers(self) -> list[Answer]:
        """What is neither safety answer nor shown in a summary of its own."""
        apart = {*SAFETY_KEYS, *PAIN_KEYS, "what_matters"}
        return [answer for answer in self.answers if answer.key not in apart and answer.is_given]

    @property
    def left_open(self) -> list[Answer]:
        """Questions that were asked and not answered; open safety questions stand among the safety answers."""
        return [answer for answer in self.answers if not answer.is_given and answer.key not in SAFETY_KEYS]

    @property
    def pain(self) -> list[Answer]:
        """The pain in a few lines."""
        return [self.answer_of[key] for key in PAIN_KEYS if key in self.answer_of and self.answer_of[key].is_given]

    @property
    def what_matters(self) -> str:
        """The patient's own words, or nothing."""
        return str(self.report.answers.get("what_matters") or "").strip()

    @cached_property
    def rules(self) -> list[FiredWithAnswers]:
        """The rules that fired, highest first, each with the answers that made it fire."""
        fired = fired_rules(self.triage.rules, self.report.answers)
        return [
            FiredWithAnswers(rule, [self.answer_of[key] for key in rule.keys if key in self.answer_of])
            for rule in fired
        ]

    @property
    def born_words(self) -> str:
        """The birth date as it is said: "March 27, 1951"."""
        try:
            return date_format(date.fromisoformat(self.patient.date_of_birth), "F j, Y")
        except ValueError:
            return self.patient.date_of_birth

    @property
    def phone_words(self) -> str:
        """What kind of phone it is and whether a voicemail may be left, in a few words."""
        kind = {"mobile": _("mobile"), "home": _("home"), "work": _("work")}.get(self.patient.phone_type, "")
        voicemail = {
            "yes": _("voicemail allowed"),
            "no": _("no voicemail"),
        }.get(self.patient.ok_voicemail, _("voicemail: name and number only"))
        return ", ".join(word for word in (kind, voicemail) if word)

    @property
    def language_words(self) -> str:
        """The language, and the interpreter if one is needed."""
        language = language_words(self.patient.preferred_language)
        interpreter = INTERPRETER_WORDS.get(self.patient.interpreter_needed, "")
        return ", ".join(str(word) for word in (language, interpreter) if word)

    @property
    def contact_words(self) -> str:
        """How and when the person wants to be reached."""
        ways = [CONTACT_WORDS.get(way, way) for way in self.patient.contact_preference]
        times = [CONTACT_WORDS.get(time, time) for time in self.patient.contact_times]
        return "; ".join(", ".join(str(word) for word in part) for part in (ways, times) if part)

    @property
    def filled_by_words(self) -> str:
        """Who filled in the form."""
        return _filled_by_words(self.wanted.filled_by)

    @cached_property
    def proxies(self) -> list:
        """Who speaks for the patient."""
        found = list(self.patient.proxies.all())
        for proxy in found:
            proxy.relation_words = relation_words(proxy.relation)
            proxy.claim = AUTHORITY_WORDS.get(proxy.authority, proxy.authority)
        return found

    @cached_property
    def records(self) -> list[ReadinessItem]:
        """The records that the visit needs."""
        return list(ReadinessItem.objects.filter(report_id=self.report.pk).order_by("pk"))

    @property
    def records_summary(self) -> str:
        """ "3 of 5 records received"."""
        return summary_words(item.state for item in self.records)

    @property
    def open_records(self) -> list[str]:
        """The names of required records that are not here yet."""
        return [name_of(item) for item in self.records if item.is_required and item.state not in SETTLED]

    @cached_property
    def tasks(self) -> list[StaffTask]:
        """What waits for somebody about this person."""
        return list(StaffTask.objects.filter(patient_id=self.patient.pk).still_open())

    @cached_property
    def merges(self) -> list[PatientMerge]:
        """Records that were merged into this person's."""
        return list(PatientMerge.objects.filter(kept_id=self.patient.pk, undone_at=None).order_by("merged_at"))

    @cached_property
    def before_visit(self) -> list[Group]:
        """What was told before the visit, by section; empty when nothing was. Loaded with the request."""
        told = getattr(self.report, "before_visit", None)
        return groups_of(cleared(told.answers), caregiver=True, for_staff=True) if told is not None else []

    @cached_property
    def coverages(self) -> list[dict]:
        """Plans of insurance, primary first: position, words, member_id."""
        return [
            {"position": plan.position, "words": payer_words(plan), "member_id": plan.member_id}
            for plan in sorted(self.patient.coverages.all(), key=lambda plan: plan.position)
        ]

    @cached_property
    def reviews(self) -> list[TriageReview]:
        """Decisions, oldest first."""
        return list(self.triage.reviews.select_related("reviewed_by"))

    @cached_property
    def alerts(self) -> list[Alert]:
        """Emergencies shown for this report."""
        return list(self.report.alerts.select_related("acknowledged_by").order_by("detected_at"))

    @cached_property
    def contacts(self) -> list[ContactAttempt]:
        """Calls about the request or one of its alerts, oldest first."""
        mine = Q(report=self.report) | Q(alert__report=self.report)
        return list(ContactAttempt.objects.filter(mine).select_related("by").order_by("at", "pk"))

    @cached_property
    def files(self) -> list[FileRow]:
        """The files that were added, in their order, with those refused in the last day."""
        return rows_of(uploads_of(self.report, now=self.now))

    @cached_property
    def notes(self) -> list:
        """What staff wrote and did; the reason of a review stands with the review."""
        return [note for note in self.wanted.notes.all() if note.kind not in DISPOSITION_WORDS]

    @cached_property
    def visits(self) -> list[Visit]:
        """Every visit, the newest first, with its legs."""
        legs = Appointment.objects.select_related("specialty", "clinician", "room").order_by("position")
        return list(
            self.wanted.visits.select_related("visit_type", "site", "room", "offer")
            .prefetch_related(Prefetch("appointments", queryset=legs))
            .order_by("-starts_at")
        )

    @cached_property
    def offers(self) -> list[Offer]:
        """Every offer, the newest first."""
        return list(self.wanted.offers.order_by("-made_at"))

    @property
    def planned_visits(self) -> list[Visit]:
        """Visits that are or were booked: days that were only held stand with their offer."""
        return [visit for visit in self.visits if visit.booked_at]

    @property
    def offers_with_days(self) -> list[tuple[Offer, list[Visit]]]:
        """Each offer with its days, earliest first."""
        return [
            (offer, [visit for visit in reversed(self.visits) if visit.offer_id == offer.pk]) for offer in self.offers
        ]

    @property
    def open_offer(self) -> Offer | None:
        """The offer that waits for an answer, if it has not run out."""
        return next((o for o in self.offers if o.state == Offer.State.OPEN and o.expires_at > self.now), None)

    @cached_property
    def changes(self) -> list[StateChange]:
        """Moves of the request, its offers and its visits; not of single legs."""
        things = [self.wanted.pk, *(offer.pk for offer in self.offers), *(visit.pk for visit in self.visits)]
        return list(StateChange.objects.filter(thing_id__in=things).order_by("at", "pk"))

    @cached_property
    def history(self) -> list[Event]:
        """What happened, the newest first."""
        events = [Event(self.wanted.submitted_at, _("Request sent"), _filled_by_words(self.wanted.filled_by))]
        events += [_of_note(note) for note in self.notes]
        events += [_of_review(review) for review in self.reviews]
        events += [_of_contact(contact) for contact in self.contacts]
        events += [event for alert in self.alerts for event in events_of_alert(alert)]
        names = _staff_names(change.by_id for change in self.changes if change.by_kind == "staff")
        events += [_of_change(change, names) for change in self.changes]
        return sorted(events, key=lambda event: event.at, reverse=True)

    def since(self, moment: datetime) -> list[Event]:
        """What happened after a moment, the newest first: what a colleague did while a page stood open."""
        return [event for event in self.history if event.at > moment]


def _staff_names(ids: Iterable[str]) -> dict[str, str]:
    wanted = {one for one in ids if one.isdigit()}
    return {str(user.pk): str(user) for user in get_user_model().objects.filter(pk__in=wanted)} if wanted else {}


def _filled_by_words(filled_by: str) -> str:
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
