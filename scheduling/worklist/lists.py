"""The rows of one page of the worklist. Order: urgency, then waiting time."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.utils import timezone

from clinic.platform.words import duration
from intake.patients.models import Patient
from intake.records.counts import with_record_counts
from intake.records.words import progress_words
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.filters import Filter
from scheduling.worklist.reasons import first_reason

Status = AppointmentRequest.Status
ROWS_A_PAGE = 30


def open_requests(user):
    """Open requests in the worklist's order."""
    rows = AppointmentRequest.objects.visible_to(user).still_open()
    return rows.order_by("urgency_rank", "submitted_at", "pk")


def page_of(chosen: Filter, user, *, number: str | int, now: datetime, total: int | None = None) -> Page:
    """One page of a list as `Row`s; a page number that does not exist gives the nearest one.

    One query, and one more to count when `total` is not known. The keys of the page are found first, inside it: what a
    row shows is read and counted for the rows of one page only, however many lie before them.
    """
    fitting = chosen.narrow(open_requests(user), user, now)
    paginator = Paginator(fitting, ROWS_A_PAGE)
    paginator.count = fitting.count() if total is None else total
    page = paginator.get_page(number)
    rows = AppointmentRequest.objects.filter(pk__in=page.object_list.values("pk"))
    rows = with_record_counts(rows.select_related("patient", "triage", "taken_by"), "report")
    rows = rows.order_by("urgency_rank", "submitted_at", "pk")
    page.object_list = [Row.of(wanted, now=now) for wanted in rows]
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
