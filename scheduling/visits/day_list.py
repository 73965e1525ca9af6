"""One day of the clinic by clinician, and why it is closed if it is. Reads only, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import DateTimeField, Exists, OuterRef, Prefetch, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.directory.closed_days import holiday_names
from clinic.directory.models import Clinician, Holiday
from intake.records.counts import with_record_counts
from intake.records.words import progress_words
from scheduling.availability.models import Closure
from scheduling.itineraries.interpreters import INTERPRETER
from scheduling.visits.day_board import VisitRow, visit_rows, with_clicks
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.states import APPOINTMENT_CLAIMS_TIME, HELD, NO_SHOW

HOLIDAY = "\x1fholiday"  # stands where a clinician's name would; no name begins like this


@dataclass(frozen=True, slots=True)
class ClosedTime:
    """A closure that touches the day, and whom or what it closes."""

    reason: str
    closes: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """A day: clinicians with their appointments in `busy`, the others in `free`; those who did not come in `missed`."""

    on: date
    holiday: str
    closed: list[ClosedTime]
    whole_day_reason: str
    busy: list[Clinician]
    free: list[Clinician]
    missed: list[Appointment]

    @property
    def appointments(self) -> int:
        """How many appointments the day has."""
        return sum(len(clinician.today) for clinician in self.busy)

    def visits(self, *, now: datetime, may_run: bool) -> list[VisitRow]:
        """Every visit of the day that is booked, under way, over or missed, in order of its start."""
        legs = [leg for clinician in self.busy for leg in clinician.today]
        return visit_rows([*legs, *self.missed], now=now, may_run=may_run)


def day_bounds(on: date) -> tuple[datetime, datetime]:
    """Local midnight to the next one; 23, 24 or 25 hours."""
    zone = timezone.get_default_timezone()
    return datetime.combine(on, time(), zone), datetime.combine(on + timedelta(days=1), time(), zone)


def clinic_day(on: date, user) -> ClinicDay:
    """The day with every clinician's appointments, in three queries; held ones too, as long as their offer stands.

    Each appointment carries `records`, such as "2 of 3 records received".
    """
    start, end = day_bounds(on)
    alive = ~Q(state=HELD) | Q(visit__offer__expires_at__gt=timezone.now())
    rows = with_record_counts(
        Appointment.objects.filter(
            alive,
            starts_at__lt=end,
            ends_at__gt=start,
            state__in=APPOINTMENT_CLAIMS_TIME | {NO_SHOW},
            visit__in=visible_visits(user),
        )
        .select_related("visit__patient", "visit__room", "visit__visit_type", "visit__request", "room", "specialty")
        .select_related("visit__interpreter")
        .order_by("starts_at", "pk"),
        "visit__request__report",
    )
    appointments = with_clicks(rows)
    has_time = Appointment.objects.filter(
        clinician=OuterRef("pk"), starts_at__lt=end, ends_at__gt=start, state__in=APPOINTMENT_CLAIMS_TIME
    )
    clinicians = list(
        Clinician.objects.filter(Q(is_active=True) | Exists(has_time))  # who has left may have appointments still
        .select_related("specialty")
        .order_by("specialty__position", "name", "pk")
        .prefetch_related(Prefetch("appointments", queryset=appointments, to_attr="today"))
    )
    missed = []
    for clinician in clinicians:
        missed += [one for one in clinician.today if one.state == NO_SHOW]
        clinician.today = [one for one in clinician.today if one.state != NO_SHOW]
    for appointment in (*missed, *(one for clinician in clinicians for one in clinician.today)):
        appointment.records = progress_words(appointment.records_here or 0, appointment.records_asked or 0)
    closed, whole_day, holiday = _closed(on, start, end)
    return ClinicDay(
        on=on,
        holiday=holiday,
        closed=closed,
        whole_day_reason=whole_day or holiday,
        busy=[one for one in clinicians if one.today],
        free=[one for one in clinicians if not one.today and one.specialty.code != INTERPRETER],
        missed=missed,
    )


def visible_visits(user):
    """The visits this person may see, for use inside another query."""
    return Visit.objects.visible_to(user).values("pk")


def _closed(on: date, start: datetime, end: datetime) -> tuple[list[ClosedTime], str, str]:
    """Closures that touch the day, the reason if the whole clinic is closed all day, and the holiday's name, a public
    one or the clinic's own.

    One query: a holiday is read as a row beside the closures.
    """
    names = ("reason", "clinician__name", "room__name", "site__name", "starts_at", "ends_at")
    closures = Closure.objects.filter(starts_at__lt=end, ends_at__gt=start).order_by().values_list(*names)
    columns = [Value(HOLIDAY), Value(""), Value(""), Value(start, DateTimeField()), Value(end, DateTimeField())]
    holidays = Holiday.objects.filter(on=on).order_by().values_list("name", *columns)
    found, whole_day, holiday = [], "", holiday_names(on, on).get(on, "")
    for reason, clinician, room, site, starts_at, ends_at in closures.union(holidays, all=True):
        if clinician == HOLIDAY:
            holiday = reason
            continue
        found.append(ClosedTime(reason, clinician or room or site or _("The whole clinic"), starts_at, ends_at))
        if not (clinician or room or site) and starts_at <= start and ends_at >= end:
            whole_day = reason
    return sorted(found, key=lambda one: one.starts_at), whole_day, holiday
