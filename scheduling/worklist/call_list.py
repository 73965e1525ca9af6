"""Everybody who waits for a call, in one list: first calls of requests, emergencies, tasks, questions, follow-up calls.

Order: urgency, then what is due first. Which rows these are, and that nobody stands here twice: call_rows.py.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.platform.db.together import read_together
from clinic.platform.words import duration
from intake.nurse_line.models import NurseQuestion, QuestionNote
from intake.patients.languages import language_words
from intake.patients.models import Patient
from intake.tasks.models import StaffTask
from intake.triage.models import Alert, ContactAttempt, Level
from scheduling.follow_up.models import FollowUpAttempt, FollowUpCall
from scheduling.follow_up.rules import is_overdue
from scheduling.follow_up.words import times_words, tongue_words, voicemail_words
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.actions import number_of
from scheduling.worklist.call_rows import calls_beside, first_calls

ROWS_A_PAGE = 30
MOST_BESIDE = 300  # of each kind beside the requests; more than a team calls in a day
END_OF_DAY = time(17)  # follow-up calls are due on a day: they stand with what is due by its end
RANK: dict[str, int] = {Level.EMERGENCY: 0, Level.URGENT: 1, Level.SOON: 2, Level.ROUTINE: 3}


@dataclass(frozen=True, slots=True)
class Call:
    """One line: whom to call, about what, by when, how to reach them, and how often that was tried."""

    key: Any  # of the row it stands for: what tries are counted by
    rank: int
    level: str  # empty where no level was set
    due_at: datetime
    since: str
    name: str
    url: str
    about: str
    phone: str
    hints: tuple[str, ...]
    owner: Any = None
    is_overdue: bool = False
    tries: int = 0
    last_try: datetime | None = None

    @property
    def order(self) -> tuple:
        """Urgency, then what is due first."""
        return self.rank, self.due_at, str(self.key)


def page_of_calls(user, *, number: str, now: datetime, beside: int, first: int) -> Page:
    """One page of the list as `Call`s: two queries. `first` and `beside` are how many calls there are of each sort."""
    paginator = Paginator(range(first + beside), ROWS_A_PAGE)
    page = paginator.get_page(number)
    end = page.number * ROWS_A_PAGE
    # Requests before this one cannot stand on the page, even when all that is beside them stands before it
    begin = max(0, end - ROWS_A_PAGE - beside)
    requests = first_calls(user).select_related("patient", "taken_by")[begin:end]
    alerts, tasks, questions, due, wanted = read_together(*_read_beside(user, now), requests)
    found = [
        *(_of_alert(one, now) for one in alerts),
        *(_of_task(one, now) for one in tasks),
        *(_of_question(one, now) for one in questions),
        *(_of_follow_up(one, now) for one in due),
        *(_of_request(one, now) for one in wanted),
    ]
    shown = sorted(found, key=lambda call: call.order)[end - ROWS_A_PAGE - begin : end - begin]
    page.object_list = _with_tries(shown)  # type: ignore[assignment]  # in place of the numbers that were counted
    return page


def _read_beside(user, now: datetime) -> list[QuerySet]:
    alerts, tasks, questions, due = calls_beside(user, now)
    return [
        alerts.select_related("report__patient", "acknowledged_by").order_by("detected_at", "pk")[:MOST_BESIDE],
        tasks.select_related("patient").order_by("due_at", "pk")[:MOST_BESIDE],
        questions.select_related("assigned_to").order_by("urgency_rank", "due_at", "pk")[:MOST_BESIDE],
        due.select_related("request__patient").order_by("due_on", "pk")[:MOST_BESIDE],
    ]


def _reach(patient: Patient) -> tuple[str, ...]:
    return tuple(words for words in (voicemail_words(patient), tongue_words(patient), times_words(patient)) if words)


def _of_request(wanted: AppointmentRequest, now: datetime) -> Call:
    return Call(
        key=wanted.report_id,
        rank=wanted.urgency_rank,
        level=wanted.level,
        due_at=wanted.contact_due_at,
        since=duration(now - wanted.submitted_at),
        name=wanted.patient.full_name or wanted.reference,
        url=reverse("worklist:request", args=[wanted.reference]),
        about=_("First call"),
        phone=wanted.patient.phone_primary,
        hints=_reach(wanted.patient),
        owner=wanted.taken_by,
        is_overdue=wanted.contact_due_at < now,
    )


def _of_alert(alert: Alert, now: datetime) -> Call:
    patient = alert.report.patient if alert.report else None
    return Call(
        key=alert.report_id or alert.pk,
        rank=RANK[Level.EMERGENCY],
        level=Level.EMERGENCY,
        due_at=alert.contact_due_at,
        since=duration(now - alert.detected_at),
        name=patient.full_name if patient else _("Emergency %(code)s") % {"code": alert.find_code},
        url=reverse("worklist:alert", args=[alert.pk]),
        about=_("Emergency"),
        phone=number_of(alert),
        hints=_reach(patient) if patient else (),
        owner=alert.acknowledged_by,
        is_overdue=alert.contact_due_at < now,
    )


def _of_task(task: StaffTask, now: datetime) -> Call:
    level = task.data.get("level", "") if task.kind == StaffTask.Kind.NEW_SYMPTOMS else ""
    due_at = task.due_at or task.created_at
    return Call(
        key=("task", task.pk),
        rank=RANK.get(level, RANK[Level.SOON]),
        level=level,
        due_at=due_at,
        since=duration(now - task.created_at),
        name=task.patient.full_name if task.patient else _("Nobody we know"),
        url=reverse("worklist:task", args=[task.pk]),
        about=str(task.get_kind_display()),
        phone=task.patient.phone_primary if task.patient else "",
        hints=_reach(task.patient) if task.patient else (),
        is_overdue=due_at < now,
    )


VOICEMAIL = {True: gettext_lazy("voicemail allowed"), False: gettext_lazy("no voicemail")}


def _of_question(question: NurseQuestion, now: datetime) -> Call:
    best = question.get_best_time_display() if question.best_time != NurseQuestion.BestTime.ANY else ""
    hints = (VOICEMAIL[question.ok_voicemail], language_words(question.language), best)
    return Call(
        key=question.pk,
        rank=question.urgency_rank,
        level=question.level,
        due_at=question.due_at,
        since=duration(now - question.asked_at),
        name=question.name,
        url=reverse("staff-questions:question", args=[question.pk]),
        about=_("Nurse line: %(topic)s") % {"topic": question.get_topic_display()},
        phone=question.phone,
        hints=tuple(str(words) for words in hints if words),
        owner=question.assigned_to,
        is_overdue=question.due_at < now,
    )


def _of_follow_up(call: FollowUpCall, now: datetime) -> Call:
    patient = call.request.patient
    due_at = datetime.combine(call.due_on, END_OF_DAY, tzinfo=timezone.get_current_timezone())
    return Call(
        key=call.pk,
        rank=RANK[Level.ROUTINE],
        level="",
        due_at=due_at,
        since="",
        name=patient.full_name,
        url=reverse("staff-follow-up:call", args=[call.pk]),
        about=str(call.get_kind_display()),
        phone=patient.phone_primary,
        hints=_reach(patient),
        is_overdue=is_overdue(call.due_on, timezone.localdate(now)),
    )


def _with_tries(shown: Iterable[Call]) -> list[Call]:
    """The calls with how often and when last somebody tried in vain: one query."""
    calls = list(shown)
    keys = [call.key for call in calls if not isinstance(call.key, tuple)]
    contacts, notes, attempts = read_together(
        ContactAttempt.objects.filter(Q(report__in=keys) | Q(alert__in=keys), reached=False),
        QuestionNote.objects.filter(question__in=keys, kind=QuestionNote.Kind.NOT_REACHED),
        FollowUpAttempt.objects.filter(call__in=keys, reached=False),
    )
    tries = [(one.report_id or one.alert_id, one.at) for one in contacts]
    tries += [(one.question_id, one.at) for one in notes] + [(one.call_id, one.at) for one in attempts]
    counts = Counter(key for key, _at in tries)
    last: dict[Any, datetime] = {}
    for key, at in tries:
        last[key] = max(at, last.get(key, at))
    return [replace(call, tries=counts[call.key], last_try=last.get(call.key)) for call in calls]
