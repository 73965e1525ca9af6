"""The queue of follow-up calls and the list of plan items, page by page. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy

from clinic.accounts.roles import Permission
from intake.nurse_line.models import NurseQuestion
from scheduling.follow_up.models import FollowUpAttempt, FollowUpCall, PlanItem
from scheduling.follow_up.plan_page import ItemRow
from scheduling.follow_up.rules import baseline_pain, is_overdue
from scheduling.follow_up.words import times_words, tongue_words, voicemail_words

ROWS_A_PAGE = 30
MOST_QUESTIONS = 10
DUE, COMING, REACHED, CLOSED = "due", "coming", "reached", "closed"
SHOWS = {
    DUE: (gettext_lazy("Due"), gettext_lazy("No follow-up call is due.")),
    COMING: (gettext_lazy("Coming"), gettext_lazy("No follow-up call is planned.")),
    REACHED: (gettext_lazy("Reached"), gettext_lazy("Nobody was reached yet.")),
    CLOSED: (gettext_lazy("Closed"), gettext_lazy("No call was closed without an answer.")),
}
OVERDUE, OPEN, DONE = "overdue", "open", "done"
ITEM_SHOWS = {
    OPEN: (gettext_lazy("Open"), gettext_lazy("Nothing is open in these plans.")),
    OVERDUE: (gettext_lazy("Overdue"), gettext_lazy("Nothing in these plans is overdue.")),
    DONE: (gettext_lazy("Done or not needed"), gettext_lazy("Nothing in these plans is done yet.")),
}
ME, ANYBODY, OUTSIDE = "me", "all", "outside"


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call of the queue with what a caller needs to know."""

    call: FollowUpCall
    is_overdue: bool
    baseline: int | None
    tries: int
    voicemail: str
    tongue: str
    times: str

    @classmethod
    def of(cls, call: FollowUpCall, *, now: datetime) -> "CallRow":
        """The line; request, patient and report should be loaded with the call, and `tries` counted."""
        patient = call.request.patient
        late = call.state == FollowUpCall.State.DUE and is_overdue(call.due_on, timezone.localdate(now))
        baseline = baseline_pain(call.request.report.answers)
        return cls(
            call, late, baseline, call.tries, voicemail_words(patient), tongue_words(patient), times_words(patient)
        )


def of_show(show: str, today: date) -> Q:
    """Which calls stand on a tab."""
    state = FollowUpCall.State
    return {
        DUE: Q(state=state.DUE, due_on__lte=today),
        COMING: Q(state=state.DUE, due_on__gt=today),
        REACHED: Q(state=state.REACHED),
        CLOSED: Q(state=state.CLOSED),
    }[show]


def calls_page(user, show: str, *, number, now: datetime) -> tuple[Page, dict[str, int]]:
    """One page of the queue and how many calls each tab has: two queries."""
    today = timezone.localdate(now)
    rows = FollowUpCall.objects.visible_to(user)
    counts = rows.order_by().aggregate(**{name: Count("pk", filter=of_show(name, today)) for name in SHOWS})
    shown = rows.filter(of_show(show, today)).select_related("request__patient", "request__report", "visit")
    order = ("-reached_at", "pk") if show == REACHED else ("-due_on", "pk") if show == CLOSED else ("due_on", "pk")
    page = _page(with_tries(shown).order_by(*order), counts[show], number)
    page.object_list = [CallRow.of(call, now=now) for call in page.object_list]
    return page, counts


def with_tries(rows: QuerySet) -> QuerySet:
    """The calls with the number of their tries, counted for the rows of a page only: no grouping of all calls."""
    own = FollowUpAttempt.objects.filter(call=OuterRef("pk")).order_by().values("call")
    return rows.annotate(tries=Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0))


def waiting_questions(user) -> list[NurseQuestion]:
    """The first of the questions and wishes to be called of the nurse line, most urgent first: one query."""
    if not user.has_perm(Permission.LOG_CONTACT):
        return []
    rows = NurseQuestion.objects.visible_to(user).still_open().select_related("assigned_to")
    return list(rows.order_by("urgency_rank", "due_at", "pk")[:MOST_QUESTIONS])


def items_of(user, owner: str) -> QuerySet:
    """Plan items of patients this person sees: their own, everybody's, of people outside, or of one member."""
    rows = PlanItem.objects.visible_to(user)
    if owner == ME:
        return rows.filter(owner=user)
    if owner == OUTSIDE:
        return rows.filter(owner=None)
    return rows if owner == ANYBODY else rows.filter(owner_id=int(owner))


def of_item_show(show: str, today: date) -> Q:
    """Which items stand on a tab."""
    is_open = Q(state=PlanItem.State.OPEN)
    return {OPEN: is_open, OVERDUE: is_open & Q(due_on__lt=today), DONE: ~is_open}[show]


def items_page(user, show: str, owner: str, *, number, now: datetime) -> tuple[Page, dict[str, int]]:
    """One page of plan items, those due first on top, and how many each tab has: two queries."""
    today = timezone.localdate(now)
    rows = items_of(user, owner)
    counts = rows.order_by().aggregate(**{name: Count("pk", filter=of_item_show(name, today)) for name in ITEM_SHOWS})
    order = ("-due_on", "pk") if show == DONE else ("due_on", "created_at", "pk")
    shown = rows.filter(of_item_show(show, today)).select_related("request__patient", "owner").order_by(*order)
    page = _page(shown, counts[show], number)
    page.object_list = [ItemRow.of(item, now=now) for item in page.object_list]
    return page, counts


def _page(rows: QuerySet, total: int, number) -> Page:
    paginator = Paginator(rows, ROWS_A_PAGE)
    paginator.count = total  # known from the tabs: not asked twice
    return paginator.get_page(number)
