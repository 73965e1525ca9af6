"""Rows -> facts of visits, working time, letters, calls, conferences, questions and forms. Constant queries each."""

from collections.abc import Hashable
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from clinic.directory.models import Clinician, Room
from clinic.platform.db.sql import Unindexed
from clinic.platform.db.together import read_together
from intake.nurse_line.models import NurseQuestion, Topic
from intake.registration.models import Draft
from scheduling.availability.bits import datetime_of, runs, unit_of
from scheduling.availability.read import calendar
from scheduling.conference.models import ConferenceCase
from scheduling.follow_up.models import FollowUpCall, Letter, PlanItem
from scheduling.follow_up.rules import DAYS_AFTER, LONGEST_CLOSURE, baseline_pain
from scheduling.measures.service.facts import (
    BookedTime,
    CallFact,
    CaseFact,
    DraftFact,
    LegFact,
    QuestionFact,
    ReportFact,
    VisitFact,
    WorkingTime,
)
from scheduling.measures.service.figures import Period
from scheduling.measures.service.reads import who_counts
from scheduling.measures.service.visiting import SCHEDULED
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Appointment, Visit

PLANNED_AROUND = timedelta(days=LONGEST_CLOSURE)  # a call is planned at most so far from its day
NO_INTERPRETER = ("", "no", "none")


def _visits(period: Period, states: tuple[str, ...]) -> QuerySet[Visit]:
    """Visits of the period in these states, of patients who count: the index on state and time finds them."""
    return Visit.objects.filter(
        who_counts("patient__"), state__in=states, starts_at__gte=period.starts_at, starts_at__lt=period.ends_at
    ).order_by()


def _earlier(of: str) -> QuerySet[Visit]:
    """Completed visits before this one, of the same patient or the same request: few, so found by that key alone.

    SQLite would otherwise read all completed visits before it by their time, for each visit anew.
    """
    rows = Visit.objects.alias(any_state=Unindexed("state"), any_start=Unindexed("starts_at"))
    return rows.filter(
        **{of: OuterRef(of)}, any_state=Visit.State.COMPLETED, any_start__lt=OuterRef("starts_at")
    ).order_by()


def visit_facts(period: Period) -> list[VisitFact]:
    """Visits that were booked, with their appointments that took place: three queries."""
    visits = _visits(period, SCHEDULED)
    legs = _legs(visits.filter(state=Visit.State.COMPLETED))
    plans = _radiation(visits.filter(state=Visit.State.COMPLETED))
    rows = visits.annotate(
        came_before=Exists(_earlier("patient")), was_here_for_it=Exists(_earlier("request"))
    ).values_list(
        "pk", "patient_id", "request_id", "state", "starts_at", "ends_at", "is_late_cancellation",
        "patient__interpreter_needed", "interpreter_id", "came_before", "was_here_for_it",
    )  # fmt: skip
    return [
        VisitFact(
            key=key,
            who=who,
            state=state,
            starts_at=starts,
            ends_at=ends,
            is_late_cancellation=is_late,
            needs_interpreter=needs not in NO_INTERPRETER,
            has_interpreter=interpreter is not None,
            is_first_of_patient=not came_before,
            is_first_of_request=not was_here,
            has_radiation_plan=request in plans,
            radiation_on=frozenset(plans.get(request, ())),
            legs=tuple(legs.get(key, ())),
        )
        for key, who, request, state, starts, ends, is_late, needs, interpreter, came_before, was_here in rows
    ]


def _legs(visits: QuerySet[Visit]) -> dict[Hashable, list[LegFact]]:
    found: dict[Hashable, list[LegFact]] = {}
    rows = Appointment.objects.filter(visit__in=visits, state=Appointment.State.DONE).order_by()
    for key, code, starts, ends, room in rows.values_list(
        "visit_id", "specialty__code", "starts_at", "ends_at", "room__kind"
    ):
        found.setdefault(key, []).append(LegFact(code, starts, ends, room == Room.Kind.CT))
    return found


def _radiation(visits: QuerySet[Visit]) -> dict[Hashable, set[date]]:
    """Days on which planned radiation was begun or simulated, by request; an empty set where it is only planned."""
    found: dict[Hashable, set[date]] = {}
    rows = PlanItem.objects.filter(kind=PlanItem.Kind.RADIATION, request__in=visits.values("request")).order_by()
    for key, on in rows.exclude(state=PlanItem.State.DROPPED).values_list("request_id", "done_on"):
        found.setdefault(key, set()).update([on] if on else [])
    return found


def time_facts(period: Period, now: datetime) -> tuple[list[WorkingTime], list[BookedTime]]:
    """Working time that could be booked until `now`, as it is kept today, and what was booked in it: three queries."""
    who = list(
        Clinician.objects.filter(specialty__is_leg=True).order_by().values_list("pk", "specialty__name")
    )  # fmt: skip
    last = min(period.end - timedelta(days=1), period.local(now))
    if not who or last < period.first:
        return [], []
    found = calendar([key for key, _name in who], period.first, last)
    names = dict(who)
    working = [
        WorkingTime(key, names[key], datetime_of(start + found.base), datetime_of(end + found.base))
        for key, time in found.open_time(names).items()
        for start, end in runs(time.open)
        if start + found.base <= unit_of(now)
    ]
    return working, _booked(period)


def _booked(period: Period) -> list[BookedTime]:
    rows = Appointment.objects.filter(
        who_counts("visit__patient__"),
        visit__state__in=SCHEDULED,
        visit__starts_at__gte=period.starts_at,
        visit__starts_at__lt=period.ends_at,
    ).order_by()
    return [
        BookedTime(clinician, starts, ends, booked, state == Appointment.State.DONE, cancelled)
        for clinician, starts, ends, state, booked, cancelled in rows.values_list(
            "clinician_id", "starts_at", "ends_at", "state", "visit__booked_at", "visit__cancelled_at"
        ).iterator(chunk_size=5000)
    ]


def report_facts(period: Period) -> list[ReportFact]:
    """First completed visits of requests with the first report that was sent about them: one query."""
    letters = Letter.objects.filter(
        Q(visit=OuterRef("pk")) | Q(visit=None, request=OuterRef("request")),
        kind=Letter.Kind.REPORT,
        state=Letter.State.SENT,
    ).order_by("sent_at")
    rows = (
        _visits(period, (Visit.State.COMPLETED,))
        .exclude(Exists(_earlier("request")))
        .annotate(sent=Subquery(letters.values("sent_at")[:1]))
    )
    return [ReportFact(ended, sent) for ended, sent in rows.values_list("ends_at", "sent")]


def call_facts(period: Period) -> list[CallFact]:
    """Follow-up calls of the period, with worst pain before and then: two queries.

    A call belongs to the 7th or 28th day after its visit. It is planned for the next day with nurse hours, so some more
    are read than belong to the period; who sums them up leaves those out.
    """
    rows = FollowUpCall.objects.filter(
        who_counts("request__patient__"),
        state__in=FollowUpCall.State.values,
        due_on__gte=period.first - PLANNED_AROUND,
        due_on__lt=period.end + PLANNED_AROUND,
    ).order_by()
    told = rows.filter(state=FollowUpCall.State.REACHED, pain_worst__isnull=False)
    reports = told.values_list("pk", "request__report__answers")
    before = {key: baseline_pain(answers) for key, answers in reports}
    columns = rows.values_list("pk", "kind", "visit__starts_at", "state", "reached_at", "pain_worst")
    return [
        CallFact(
            kind=kind,
            due_on=period.local(visit) + timedelta(days=DAYS_AFTER[kind]),
            reached_at=reached,
            is_closed=state == FollowUpCall.State.CLOSED,
            pain_before=before.get(key),
            pain_then=pain,
        )
        for key, kind, visit, state, reached, pain in columns
    ]


def case_and_question_facts(period: Period) -> tuple[list[CaseFact], list[QuestionFact]]:
    """Cases that conferences of the period discussed, and questions asked in it: one query."""
    cases = ConferenceCase.objects.filter(
        who_counts("request__patient__"),
        state=ConferenceCase.State.DISCUSSED,
        conference__on__gte=period.first,
        conference__on__lt=period.end,
    )
    questions = NurseQuestion.objects.filter(asked_at__gte=period.starts_at, asked_at__lt=period.ends_at)
    found, asked = read_together(
        cases.select_related("conference").only("records_complete", "conference__on"),
        questions.only("asked_at", "answered_at", "topic"),
    )
    return (
        [CaseFact(one.conference.on, one.records_complete) for one in found],
        [QuestionFact(one.asked_at, one.answered_at, one.topic == Topic.SYMPTOMS) for one in asked],
    )


def draft_facts(period: Period) -> list[DraftFact]:
    """Registrations begun in the period: one query. What was typed is not read."""
    tried = AppointmentRequest.objects.filter(reference=OuterRef("request_reference")).exclude(who_counts("patient__"))
    rows = Draft.objects.filter(
        purpose=Draft.Purpose.REGISTRATION,
        created_at__gte=period.starts_at,
        created_at__lt=period.ends_at,
    ).order_by()
    return [
        DraftFact(begun, state == Draft.State.SENT, pages[-1] if pages else "")
        for begun, state, pages in rows.exclude(Exists(tried)).values_list("created_at", "state", "steps_done")
    ]
