"""Everything the pages of a request show: one query beside the request's own, two with its history. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.platform.db.together import read_together
from intake.before_visit.actions import cleared
from intake.before_visit.summary import groups_of
from intake.patients.languages import language_words
from intake.patients.models import PatientMerge
from intake.records.file_rows import FileRow, rows_of
from intake.records.models import ReadinessItem
from intake.records.rules import SETTLED
from intake.records.uploads import uploads_of
from intake.records.words import name_of, summary_words
from intake.registration.summary import NOT_PROVIDED, Group
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask
from intake.triage.models import Alert, ContactAttempt, TriageReview
from intake.triage.vocabulary import SAFETY_KEYS
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Appointment, Visit
from scheduling.worklist.history import Event, by_time, filled_by_words, history_of
from scheduling.worklist.lists import Clock, age_on
from scheduling.worklist.plan_words import payer_words
from scheduling.worklist.proxy_words import AUTHORITY_WORDS, relation_words
from scheduling.worklist.reasons import Fired, fired_rules

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
class Told:
    """New symptoms that were told later, with what the rules made of them; open answers are left out."""

    report: SymptomReport
    level: str
    rules: list[FiredWithAnswers]
    answers: list[Answer]

    @classmethod
    def of(cls, report: SymptomReport) -> "Told":
        """From a report with its triage."""
        given = {entry["key"]: Answer.of(entry) for entry in report.snapshot if entry.get("value") is not None}
        fired = fired_rules(report.triage.rules, report.answers)
        rules = [FiredWithAnswers(rule, [given[key] for key in rule.keys if key in given]) for rule in fired]
        return cls(report, report.triage.level, rules, list(given.values()))


@dataclass(frozen=True, slots=True)
class ToldSection:
    """What was told in one section before the visit, and what stands open there."""

    title: str
    rows: list[dict[str, Any]]
    left_open: list[str]

    @classmethod
    def of(cls, group: Group) -> "ToldSection":
        """From all rows of a section."""
        told = [row for row in group.rows if row["value"] != NOT_PROVIDED]
        return cls(str(group.title), told, [str(row["key"]) for row in group.rows if row["value"] == NOT_PROVIDED])


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
        return filled_by_words(self.wanted.filled_by)

    @cached_property
    def _found(self) -> dict[str, list]:
        """The rows of everything that hangs on the request: one query."""
        report, patient = self.report.pk, self.patient.pk
        mine = Q(report=report) | Q(alert__report=report)
        parts = {
            "proxies": self.patient.proxies.all(),
            "merges": PatientMerge.objects.filter(kept_id=patient, undone_at=None),
            "coverages": self.patient.coverages.all(),
            "tasks": StaffTask.objects.filter(patient_id=patient, state=StaffTask.State.OPEN),
            "records": ReadinessItem.objects.filter(report_id=report),
            "files": uploads_of(self.report, now=self.now),
            "later": SymptomReport.objects.filter(follows_id=report).select_related("triage"),
            "reviews": TriageReview.objects.filter(triage=self.triage).select_related("reviewed_by"),
            "alerts": Alert.objects.filter(report_id=report).select_related("acknowledged_by"),
            "contacts": ContactAttempt.objects.filter(mine).select_related("by"),
            "offers": Offer.objects.filter(request=self.wanted),
            "visits": Visit.objects.filter(request=self.wanted).select_related("visit_type", "site", "room"),
            "legs": Appointment.objects.filter(visit__request=self.wanted).select_related(
                "specialty", "clinician", "room"
            ),
        }
        return dict(zip(parts, read_together(*parts.values()), strict=True))

    @cached_property
    def proxies(self) -> list:
        """Who speaks for the patient."""
        found = sorted(self._found["proxies"], key=lambda proxy: proxy.pk)
        for proxy in found:
            proxy.relation_words = relation_words(proxy.relation)
            proxy.claim = AUTHORITY_WORDS.get(proxy.authority, proxy.authority)
        return found

    @cached_property
    def new_symptoms(self) -> list[Told]:
        """What was told after the request was sent, the last first."""
        later = sorted(self._found["later"], key=lambda report: report.sent_at, reverse=True)
        return [Told.of(report) for report in later]

    @cached_property
    def records(self) -> list[ReadinessItem]:
        """The records that the visit needs."""
        return sorted(self._found["records"], key=lambda item: item.pk)

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
        return sorted(
            self._found["tasks"], key=lambda task: (task.due_at is None, task.due_at, task.created_at, task.pk)
        )

    @cached_property
    def merges(self) -> list[PatientMerge]:
        """Records that were merged into this person's."""
        return sorted(self._found["merges"], key=lambda merge: merge.merged_at)

    @cached_property
    def before_visit(self) -> list["ToldSection"]:
        """What was told before the visit, by section; empty when nothing was. Loaded with the request."""
        told = getattr(self.report, "before_visit", None)
        if told is None:
            return []
        return [ToldSection.of(group) for group in groups_of(cleared(told.answers), caregiver=True, for_staff=True)]

    @cached_property
    def coverages(self) -> list[dict]:
        """Plans of insurance, primary first: position, words, member_id."""
        return [
            {"position": plan.position, "words": payer_words(plan), "member_id": plan.member_id}
            for plan in sorted(self._found["coverages"], key=lambda plan: plan.position)
        ]

    @cached_property
    def reviews(self) -> list[TriageReview]:
        """Decisions, oldest first."""
        return sorted(self._found["reviews"], key=lambda review: (review.reviewed_at, review.pk))

    @cached_property
    def alerts(self) -> list[Alert]:
        """Emergencies shown for this report."""
        return sorted(self._found["alerts"], key=lambda alert: alert.detected_at)

    @cached_property
    def contacts(self) -> list[ContactAttempt]:
        """Calls about the request or one of its alerts, oldest first."""
        return sorted(self._found["contacts"], key=by_time)

    @cached_property
    def files(self) -> list[FileRow]:
        """The files that were added, in their order, with those refused in the last day."""
        return rows_of(sorted(self._found["files"], key=lambda file: (file.added_at, file.pk)))

    @cached_property
    def visits(self) -> list[Visit]:
        """Every visit, the newest first, each with its legs in order as `legs`."""
        legs = sorted(self._found["legs"], key=lambda leg: leg.position)
        found = sorted(self._found["visits"], key=lambda visit: visit.starts_at, reverse=True)
        for visit in found:
            visit.legs = [leg for leg in legs if leg.visit_id == visit.pk]
        return found

    @cached_property
    def offers(self) -> list[Offer]:
        """Every offer, the newest first."""
        return sorted(self._found["offers"], key=lambda offer: offer.made_at, reverse=True)

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
    def history(self) -> list[Event]:
        """What happened, the newest first."""
        return history_of(self)

    def since(self, moment: datetime) -> list[Event]:
        """What happened after a moment, the newest first: what a colleague did while a page stood open."""
        return [event for event in self.history if event.at > moment]
