"""Everything the pages of a request show: one query beside the request's own, two with its history. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.platform.audit.models import AuditEntry
from clinic.platform.audit.record import subject_key
from clinic.platform.db.together import read_together
from clinic.platform.words import duration
from intake.before_visit.actions import cleared
from intake.before_visit.summary import groups_of
from intake.patients.languages import language_words
from intake.patients.models import PatientMerge
from intake.records.file_rows import FileRow, rows_of
from intake.records.models import ReadinessItem
from intake.records.rules import SETTLED
from intake.records.uploads import uploads_of
from intake.records.words import name_of, summary_words
from intake.symptoms.models import SymptomReport
from intake.tasks.models import StaffTask
from intake.triage.actions import NO_NUMBER, REACHED
from intake.triage.models import Alert, AlertStep, ContactAttempt, TriageReview
from intake.triage.tries import within_the_hour
from scheduling.follow_up.models import Letter
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest, RequestNote
from scheduling.requests.suggestions import with_newest
from scheduling.scores.effect import rules_on
from scheduling.scores.models import Score
from scheduling.scores.reading import Shown, series_of
from scheduling.scores.scoring import rule_values
from scheduling.visits.models import Appointment, Visit
from scheduling.worklist.actions import NOTE
from scheduling.worklist.alert_words import SomebodyToCall, Unreached, people_to_call
from scheduling.worklist.history import Event, by_time, filled_by_words, history_of
from scheduling.worklist.lists import Clock, age_on
from scheduling.worklist.plan_words import payer_words
from scheduling.worklist.proxy_words import in_words
from scheduling.worklist.reasons import Fired, fired_rules
from scheduling.worklist.told import PAIN_KEYS, AnswersOfReport, Told, ToldSection

__all__ = ["PAIN_KEYS", "Dossier", "Told"]

LOOKS_SINCE = timedelta(minutes=30)  # a look longer ago says nothing about who works on it now
LOOKS_READ = 50
LATEST = 5  # lines of the history on the overview

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
class Look:
    """Somebody else who opened this request a short time ago."""

    name: str
    ago: str


class Dossier(AnswersOfReport):
    """A request with its answers, rules, alerts, calls, offers, visits and history.

    `reader` is who looks: of the others it is said when they looked last.
    """

    def __init__(self, wanted: AppointmentRequest, *, now: datetime, reader=None):
        self.wanted, self.now, self.reader = wanted, now, reader
        self.patient, self.report, self.triage = wanted.patient, wanted.report, wanted.triage
        self.age = age_on(self.patient.date_of_birth, timezone.localdate(now))
        self.clock = Clock.of(wanted, now=now)

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
            "scores": Score.objects.filter(patient_id=patient).current(),
            "reviews": TriageReview.objects.filter(triage=self.triage).select_related("reviewed_by"),
            "alerts": Alert.objects.filter(report_id=report).select_related("acknowledged_by"),
            "steps": AlertStep.objects.filter(alert__report=report),
            "contacts": ContactAttempt.objects.filter(mine).select_related("by"),
            "notes": RequestNote.objects.filter(request=self.wanted),
            "letters": Letter.objects.filter(request=self.wanted),
            **self._looks_of_others(),
            "offers": Offer.objects.filter(request=self.wanted),
            "visits": Visit.objects.filter(request=self.wanted).select_related("visit_type", "site", "room"),
            "legs": Appointment.objects.filter(visit__request=self.wanted).select_related(
                "specialty", "clinician", "room"
            ),
        }
        return dict(zip(parts, read_together(*parts.values()), strict=True))

    def _looks_of_others(self) -> dict[str, Any]:
        """Who else of the staff looked at this request a short time ago, by the audit."""
        if self.reader is None:
            return {}
        kind, identity = subject_key(self.wanted)
        looks = AuditEntry.objects.filter(
            subject_kind=kind, subject_id=identity, actor_kind="staff", at__gte=self.now - LOOKS_SINCE
        ).exclude(actor_id=str(self.reader.pk))
        users = get_user_model().objects.annotate(key=Cast("pk", CharField()))
        return {
            "looks": looks.order_by("-sequence")[:LOOKS_READ],
            "lookers": users.filter(key__in=looks.order_by().values("actor_id")),
        }

    @cached_property
    def looks(self) -> list[Look]:
        """Others who had this request open within the last half hour, the last first."""
        names = {user.key: str(user) for user in self._found.get("lookers", [])}
        last: dict[str, datetime] = {}
        for entry in self._found.get("looks", []):
            last[entry.actor_id] = max(entry.at, last.get(entry.actor_id, entry.at))
        found = sorted(last.items(), key=lambda one: one[1], reverse=True)
        return [Look(names[key], duration(self.now - at)) for key, at in found if key in names]

    @cached_property
    def proxies(self) -> list:
        """Who speaks for the patient."""
        return in_words(self._found["proxies"])

    @cached_property
    def new_symptoms(self) -> list[Told]:
        """What was told after the request was sent, the last first."""
        later = sorted(self._found["later"], key=lambda report: report.sent_at, reverse=True)
        return [Told.of(report) for report in later]

    @cached_property
    def scores(self) -> list[Shown]:
        """The scores of the patient as they stand."""
        return [one.now for one in series_of(self._found["scores"])]

    @cached_property
    def score_rules(self) -> list[Fired]:
        """The rules that fire on these scores with what was told, the most urgent first."""
        scores = rule_values(shown.score for shown in self.scores)
        told = with_newest(self.report.answers, self._found["later"])
        return fired_rules(list(rules_on(set(scores), {**told, **scores})))

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

    @property
    def calls(self) -> list[ContactAttempt]:
        """The same, the newest first."""
        return self.contacts[::-1]

    @property
    def tries(self) -> int:
        """How many calls of the last hour did not reach the person."""
        return within_the_hour([(call.at, call.reached) for call in self.contacts], self.now)

    @property
    def open_alert(self) -> Alert | None:
        """The last alert that is not closed, else the last that was closed without a number."""
        waiting = [alert for alert in self.alerts if alert.outcome != REACHED]
        return waiting[-1] if waiting else None

    @property
    def unreached(self) -> Unreached | None:
        """How far staff got in reaching the person of an open emergency."""
        alert = self.open_alert
        if alert is None:
            return None
        calls = [call for call in self.contacts if call.at >= alert.detected_at]
        return Unreached.of(calls, self.steps_by_alert.get(alert.pk, []), outcome=alert.outcome, now=self.now)

    @cached_property
    def steps_by_alert(self) -> dict:
        """The steps of each alert by its key, oldest first."""
        found: dict = {}
        for step in sorted(self._found["steps"], key=by_time):
            found.setdefault(step.alert_id, []).append(step)
        return found

    @property
    def has_no_number(self) -> bool:
        """Whether the open emergency has no number to call."""
        return self.open_alert is not None and self.open_alert.outcome == NO_NUMBER

    @property
    def people(self) -> list[SomebodyToCall]:
        """Whom to call when the patient cannot be reached."""
        told = getattr(self.report, "before_visit", None)
        return people_to_call(told.answers if told is not None else {}, self.proxies)

    @cached_property
    def all_notes(self) -> list[RequestNote]:
        """What was written down about the request, also by other actions, oldest first."""
        return sorted(self._found["notes"], key=by_time)

    @property
    def notes(self) -> list[RequestNote]:
        """Notes for colleagues, the newest first."""
        return [note for note in reversed(self.all_notes) if note.kind == NOTE]

    @cached_property
    def letters(self) -> list[Letter]:
        """Letters about the request, the newest first."""
        return sorted(self._found["letters"], key=lambda letter: letter.written_at, reverse=True)

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

    @property
    def latest(self) -> list[Event]:
        """The newest lines of the history."""
        return self.history[:LATEST]

    def since(self, moment: datetime) -> list[Event]:
        """What happened after a moment, the newest first: what a colleague did while a page stood open."""
        return [event for event in self.history if event.at > moment]
