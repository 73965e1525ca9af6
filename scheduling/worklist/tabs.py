"""The lists of requests as tabs: which open requests belong in each, and how many there are.

The counts of all tabs are one query, whatever the number of requests; those of the other queues are a second one.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.accounts.roles import Permission
from intake.nurse_line.models import NurseQuestion
from intake.triage.models import Alert
from scheduling.follow_up.models import FollowUpCall
from scheduling.requests.models import AppointmentRequest
from scheduling.waitlist.lists import still_waiting
from scheduling.worklist.call_rows import calls_beside

Status = AppointmentRequest.Status
REFERRED = "referring_clinician"  # who filled the request in (domain 2.1)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its word in the address, its label, and which open requests belong in it."""

    slug: str
    label: Any
    holds: Callable[..., Q]
    empty: Any


def is_overdue(now: datetime) -> Q:
    """The call, or the visit, is past its target and has not happened."""
    today = timezone.localdate(now)
    late_call = Q(contacted_at__isnull=True, contact_due_at__lt=now)
    late_visit = Q(visit_due_on__lt=today) & ~Q(status=Status.SCHEDULED)
    return late_call | late_visit


TABS = (
    Tab("new", _("New"), lambda user, now: Q(status=Status.SUBMITTED), _("No requests waiting.")),
    Tab(  # an offer waits for the patient and a booked visit for its day, no longer for the one who holds the request
        "mine",
        _("Mine"),
        lambda user, now: Q(taken_by=user) & ~Q(status__in=[Status.OFFERED, Status.SCHEDULED]),
        _("You hold no requests."),
    ),
    Tab(
        "waiting",
        _("Waiting for information"),
        lambda user, now: Q(status__in=[Status.NEEDS_INFO, Status.RECORDS_PENDING]),
        _("No request waits for information."),
    ),
    Tab(
        "to-schedule",
        _("To schedule"),
        lambda user, now: Q(status=Status.READY),
        _("No request waits for a day."),
    ),
    Tab(
        "offered",
        _("Offered"),
        lambda user, now: Q(status=Status.OFFERED),
        _("No offer waits for an answer."),
    ),
    Tab(
        "scheduled",
        _("Scheduled"),
        lambda user, now: Q(status=Status.SCHEDULED),
        _("No visit is booked."),
    ),
    Tab("overdue", _("Overdue"), lambda user, now: is_overdue(now), _("Nothing is overdue.")),
    Tab(
        "referrals",
        _("Referrals"),
        lambda user, now: Q(filled_by=REFERRED),
        _("No referral is open."),
    ),
    Tab("all", _("All open"), lambda user, now: Q(), _("No open requests.")),
)
TO_CALL = "to-call"  # a tab of its own page: not only requests are called
TAB_BY_SLUG = {tab.slug: tab for tab in TABS}


def tab_counts(user, *, now: datetime, since: datetime | None = None) -> dict[str, int]:
    """How many open requests each tab holds for this person, and how many wait for their first call: one query.

    With `since`, also how many were sent after that moment, under "since".
    """
    rows = AppointmentRequest.objects.visible_to(user).still_open()
    # a column of the index `request_open_counts`, so that nothing but it is read; every request has a status
    is_row = Q(status__isnull=False)  # the tab of all open requests has no condition of its own
    asked = {tab.slug.replace("-", "_"): Count("status", filter=is_row & tab.holds(user, now)) for tab in TABS}
    asked[TO_CALL.replace("-", "_")] = Count("status", filter=Q(contacted_at__isnull=True))
    if since is not None:
        asked["since"] = Count("status", filter=Q(submitted_at__gt=since))
    return {name.replace("_", "-"): count for name, count in rows.aggregate(**asked).items()}


@dataclass(frozen=True, slots=True)
class Queue:
    """Another list that waits for this person, kept on pages of its own."""

    slug: str
    label: Any
    address: str  # the name of its address
    needs: Permission
    rows: Callable[[Any, datetime], QuerySet]


def _questions(user, now: datetime) -> QuerySet:
    return NurseQuestion.objects.visible_to(user).still_open()


def _calls_due(user, now: datetime) -> QuerySet:
    rows = FollowUpCall.objects.visible_to(user)
    return rows.filter(state=FollowUpCall.State.DUE, due_on__lte=timezone.localdate(now))


def _emergencies(user, now: datetime) -> QuerySet:
    """Those that nobody has taken on, which the banner shows as well, and those that no call has reached."""
    return Alert.objects.visible_to(user).filter(Q(acknowledged_at=None) | Q(closed_at=None))


QUEUES = (
    Queue("emergencies", _("Emergencies"), "worklist:alerts", Permission.LOG_CONTACT, _emergencies),
    Queue("questions", _("Questions"), "staff-questions:list", Permission.LOG_CONTACT, _questions),
    Queue("calls", _("Follow-up calls"), "staff-follow-up:calls", Permission.FOLLOW_UP, _calls_due),
    Queue(
        "waitlist",
        _("Waitlist"),
        "staff-waitlist:list",
        Permission.MANAGE_WAITLIST,
        lambda user, now: still_waiting(user),
    ),
)


def queues_of(user, *, now: datetime) -> tuple[list[dict], int]:
    """The other queues of this person with their counts, as lines of a list of tabs, and how many calls wait beside the
    first calls of requests: one query.
    """
    shown = [(queue, url) for queue in QUEUES if user.has_perm(queue.needs) and (url := _address(queue.address))]
    parts = [_counted(queue.slug, queue.rows(user, now)) for queue, _url in shown]
    if user.has_perm(Permission.LOG_CONTACT):
        parts += [_counted(TO_CALL, rows) for rows in calls_beside(user, now)]
    counts: Counter[str] = Counter()
    for name, count in parts[0].union(*parts[1:], all=True) if parts else ():
        counts[name] += count
    lines = [{"slug": queue.slug, "text": queue.label, "url": url, "count": counts[queue.slug]} for queue, url in shown]
    return lines, counts[TO_CALL]


def tabs_of(user, counts: dict[str, int], *, chosen: Any = None, current: str = "") -> list[dict]:
    """The tabs as lines, with their counts; `chosen` is the filter that they keep, `current` the one shown.

    Calls stand before the referrals, for who makes them.
    """
    home = reverse("worklist:home")
    lines = [
        {
            "slug": one.slug,
            "text": one.label,
            "url": f"?{chosen.in_tab(one)}" if chosen else f"{home}?tab={one.slug}",
        }
        for one in TABS
    ]
    if user.has_perm(Permission.LOG_CONTACT):
        at = next(n for n, one in enumerate(TABS) if one.slug == "referrals")
        lines.insert(at, {"slug": TO_CALL, "text": _("Calls"), "url": reverse("worklist:to-call")})
    return [line | {"count": counts[line["slug"]], "current": line["slug"] == current} for line in lines]


def _counted(slug: str, rows: QuerySet) -> QuerySet:
    """One row, the name of the queue and how many it holds; none for an empty one."""
    return rows.order_by().values(queue=Value(slug)).annotate(n=Count("pk")).values_list("queue", "n")


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # an area that this installation does not have
        return ""


def new_words(count: int) -> str:
    """What the page says of requests that came since it was made; nothing for none."""
    return ngettext("%(n)s new request.", "%(n)s new requests.", count) % {"n": count} if count else ""
