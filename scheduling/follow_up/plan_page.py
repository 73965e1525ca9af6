"""What the plan page of a request shows: the plan, letters, calls, and what is known of the hospital. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from clinic.platform.db.together import read_together
from scheduling.follow_up.calls import why_closed
from scheduling.follow_up.clinic_days import report_due
from scheduling.follow_up.models import FollowUpCall, HospitalEvent, Letter, PlanItem
from scheduling.follow_up.rules import baseline_pain, is_overdue, pain_change
from scheduling.follow_up.words import change_words, daily_life_words
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit

ITEM_TAGS = {PlanItem.State.OPEN: "waiting", PlanItem.State.DONE: "done", PlanItem.State.DROPPED: "neutral"}
CALL_TAGS = {
    FollowUpCall.State.DUE: "waiting",
    FollowUpCall.State.REACHED: "done",
    FollowUpCall.State.CLOSED: "neutral",
}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a plan as a line of a list."""

    item: PlanItem
    who: str
    is_overdue: bool
    tag: str

    @classmethod
    def of(cls, item: PlanItem, *, now: datetime) -> "ItemRow":
        """The line; the owner should be loaded with the item."""
        late = item.state == PlanItem.State.OPEN and is_overdue(item.due_on, timezone.localdate(now))
        who = str(item.owner) if item.owner_id else item.owner_outside
        return cls(item, who, late, ITEM_TAGS[item.state])

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.item.state == PlanItem.State.OPEN


@dataclass(frozen=True, slots=True)
class CallLine:
    """One follow-up call on the plan page."""

    call: FollowUpCall
    is_overdue: bool
    tag: str
    change: str  # of the worst pain since first contact, in words
    life: str  # daily life as it was told; empty when it was not
    why: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything on the page of one request."""

    items: list[ItemRow]  # still open
    closed: list[ItemRow]
    letters: list[Letter]
    calls: list[CallLine]
    events: list[HospitalEvent]
    visit: Visit | None  # the last completed one
    report_due: datetime | None  # of that visit, while no report of it was sent
    report_is_late: bool


def plan_page(wanted: AppointmentRequest, *, now: datetime) -> PlanPage:
    """Read the page of a request: one query, and one more while a report is due."""
    parts = (
        PlanItem.objects.filter(request=wanted).select_related("owner"),
        Letter.objects.filter(request=wanted).select_related("written_by", "sent_by"),
        FollowUpCall.objects.filter(request=wanted),
        HospitalEvent.objects.filter(request=wanted).select_related("by"),
        Visit.objects.filter(request=wanted, state=Visit.State.COMPLETED),
    )
    items, letters, calls, events, visits = read_together(*parts)
    rows = [ItemRow.of(item, now=now) for item in sorted(items, key=lambda item: (item.due_on, item.created_at))]
    visit = max(visits, key=lambda visit: visit.starts_at, default=None)
    is_sent = any(_reports(letter, visit) for letter in letters)
    due = report_due(visit) if visit is not None and not is_sent else None
    return PlanPage(
        items=[row for row in rows if row.is_open],
        closed=[row for row in rows if not row.is_open],
        letters=sorted(letters, key=lambda letter: letter.written_at, reverse=True),
        calls=[_line(call, wanted, now) for call in sorted(calls, key=lambda call: (call.due_on, call.kind))],
        events=sorted(events, key=lambda event: (event.on, event.pk), reverse=True),
        visit=visit,
        report_due=due,
        report_is_late=due is not None and due < now,
    )


def _reports(letter: Letter, visit: Visit | None) -> bool:
    """Whether this letter is a report of the visit that went out."""
    is_report = letter.kind == Letter.Kind.REPORT and letter.state == Letter.State.SENT
    return visit is not None and is_report and letter.visit_id == visit.pk


def _line(call: FollowUpCall, wanted: AppointmentRequest, now: datetime) -> CallLine:
    late = call.state == FollowUpCall.State.DUE and is_overdue(call.due_on, timezone.localdate(now))
    change = pain_change(baseline_pain(wanted.report.answers), call.pain_worst)
    life = daily_life_words(call.ecog_self) if call.ecog_self is not None else ""
    why = ": ".join(part for part in why_closed(call) if part) if call.state == FollowUpCall.State.CLOSED else ""
    return CallLine(call, late, CALL_TAGS[call.state], change_words(change), life, why)
