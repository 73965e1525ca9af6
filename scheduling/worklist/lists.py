"""What the worklist shows: its tabs with their counts, and the rows of one page.

Order: urgency, then waiting time. The counts of every tab are one query, whatever the number of requests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.platform.words import duration
from intake.patients.models import Patient
from intake.records.counts import with_record_counts
from intake.records.words import progress_words
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.reasons import first_reason

Status = AppointmentRequest.Status
ROWS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its word in the address, its label, and which open requests belong in it."""

    slug: str
    label: str
    holds: Callable[..., Q]
    empty: str


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
    Tab("to-schedule", _("To schedule"), lambda user, now: Q(status=Status.READY), _("No request waits for a day.")),
    Tab("offered", _("Offered"), lambda user, now: Q(status=Status.OFFERED), _("No offer waits for an answer.")),
    Tab("scheduled", _("Scheduled"), lambda user, now: Q(status=Status.SCHEDULED), _("No visit is booked.")),
    Tab("overdue", _("Overdue"), lambda user, now: is_overdue(now), _("Nothing is overdue.")),
    Tab("all", _("All open"), lambda user, now: Q(), _("No open requests.")),
)
TAB_BY_SLUG = {tab.slug: tab for tab in TABS}


def tab_counts(user, *, now: datetime) -> dict[str, int]:
    """How many open requests each tab holds for this person: one query."""
    rows = AppointmentRequest.objects.visible_to(user).still_open()
    is_row = Q(pk__isnull=False)  # the tab of all open requests has no condition of its own
    found = rows.aggregate(
        **{tab.slug.replace("-", "_"): Count("pk", filter=is_row & tab.holds(user, now)) for tab in TABS}
    )
    return {tab.slug: found[tab.slug.replace("-", "_")] for tab in TABS}


def open_requests(user):
    """Open requests in the worklist's order, with what a row needs."""
    rows = AppointmentRequest.objects.visible_to(user).still_open().select_related("patient", "triage", "taken_by")
    return with_record_counts(rows, "report").order_by("urgency_rank", "submitted_at", "pk")


def page_of(tab: Tab, user, *, number: str | int, total: int, now: datetime) -> Page:
    """One page of a tab as `Row`s; a page number that does not exist gives the nearest one. One query."""
    paginator = Paginator(open_requests(user).filter(tab.holds(user, now)), ROWS_A_PAGE)
    paginator.count = total  # known from the tab's count: not asked twice
    page = paginator.get_page(number)
    page.object_list = [Row.of(wanted, now=now) for wanted in page.object_list]
    return page


def age_on(birth_date: str, today: date) -> int | None:
    """Whole years between a YYYY-MM-DD birth date and a day; None when the date cannot be read."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a request: how long it waited, what is due next, and whether that is past."""

    waited: str
    is_contacted: bool
    contact_due_at: datetime
    contacted_at: datetime | None
    is_contact_overdue: bool
    visit_due_on: date
    is_visit_overdue: bool

    @classmethod
    def of(cls, wanted: AppointmentRequest, *, now: datetime) -> "Clock":
        """Read the clock of a request at `now`; a closed request is never overdue."""
        is_open = wanted.closed_at is None
        stopped = wanted.contacted_at is not None
        return cls(
            waited=duration((wanted.contacted_at or now) - wanted.submitted_at).replace(" ", "\N{NO-BREAK SPACE}"),
            is_contacted=stopped,
            contact_due_at=wanted.contact_due_at,
            contacted_at=wanted.contacted_at,
            is_contact_overdue=is_open and not stopped and wanted.contact_due_at < now,
            visit_due_on=wanted.visit_due_on,
            is_visit_overdue=is_open
            and wanted.status != Status.SCHEDULED
            and wanted.visit_due_on < timezone.localdate(now),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the worklist."""

    wanted: AppointmentRequest
    patient: Patient
    age: int | None
    clock: Clock
    reason: str
    records: str = ""  # "1 of 3 records received", where the request waits for them

    @classmethod
    def of(cls, wanted: AppointmentRequest, *, now: datetime) -> "Row":
        """The line of one request; its patient, triage and owner should be loaded with it."""
        return cls(
            wanted=wanted,
            patient=wanted.patient,
            age=age_on(wanted.patient.date_of_birth, timezone.localdate(now)),
            clock=Clock.of(wanted, now=now),
            reason=first_reason(wanted.triage),
            records=_records_words(wanted),
        )


def _records_words(wanted: AppointmentRequest) -> str:
    if wanted.status != Status.RECORDS_PENDING:
        return ""
    return progress_words(getattr(wanted, "records_here", 0) or 0, getattr(wanted, "records_asked", 0) or 0)
