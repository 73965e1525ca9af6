"""Rows -> supply and demand per specialty and week: six queries, whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from intake.triage.disciplines import suggest
from scheduling.availability import read
from scheduling.availability.bits import unit_of
from scheduling.itineraries.visit_kinds import KindOfVisit, all_legs
from scheduling.measures.capacity import Bottleneck, Cell, Week, bottleneck, plan, supply, week_of, weeks_from
from scheduling.measures.people import Clinic, open_time, taken_time, the_clinic
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.suggestions import TOLD_LATER

Status = AppointmentRequest.Status
WITHOUT_A_DAY = (Status.SUBMITTED, Status.IN_REVIEW, Status.NEEDS_INFO, Status.RECORDS_PENDING, Status.READY)
BEFORE_REVIEW = "coordinated_new"  # the kind of visit that a request is taken for until a review names one


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """Weeks, the cells of each specialty by name, and where time runs out or is fullest."""

    weeks: tuple[Week, ...]
    cells: dict[str, tuple[Cell, ...]]
    names: dict[str, str]
    bottleneck: Bottleneck | None


def capacity_plan(now: datetime) -> CapacityPlan:
    """Supply against demand for 8 weeks as of `now`, for specialties that somebody works in or somebody waits for."""
    clinic = the_clinic()
    zone = read.clinic_zone()
    weeks = weeks_from(timezone.localdate(now, timezone=zone), unit_of(now, up=True), zone)
    calendar = open_time(clinic, weeks[0].first, weeks[-1].last)
    busy = taken_time(clinic, calendar, now=now).clinicians(read.NO_BUFFERS, None)
    opened = calendar.open_time(clinic.things.all_people)
    supplies = {
        code: supply(
            ((opened[one].open, busy.get(one, 0)) for one in clinic.things.homes.get(code, {})), calendar.base, weeks
        )
        for code in clinic.specialties
    }
    wanted = wanted_minutes(clinic, weeks)
    cells = {code: row for code, row in plan(supplies, wanted).items() if any(cell.open or cell.wanted for cell in row)}
    return CapacityPlan(weeks, cells, clinic.specialties, bottleneck(cells))


def wanted_minutes(clinic: Clinic, weeks: Sequence[Week]) -> dict[str, list[int]]:
    """Minutes that open requests without an offer or a visit want, by specialty and week of the due date: 1 query."""
    kinds = {kind.pk: kind.brings for kind in clinic.kinds}
    unreviewed = next((kind.brings for kind in clinic.kinds if kind.code == BEFORE_REVIEW), KindOfVisit([], True))
    waiting = list(
        AppointmentRequest.objects.still_open()
        .filter(status__in=WITHOUT_A_DAY)
        .select_related("report__before_visit")
        .only(  # nothing else of a patient is read
            "visit_type",
            "specialties",
            "visit_due_on",
            "reason_for_contact",
            "report__answers",
            "report__before_visit__answers",
            "report__before_visit__steps_done",
        )
    )
    found = {code: [0] * len(weeks) for code in clinic.specialties}
    for wanted in waiting:
        week = week_of(wanted.visit_due_on, weeks)
        if week is None:
            continue
        codes = wanted.specialties or suggested(wanted)
        chosen = [(code, None) for code in codes if code in clinic.specialties]
        for leg in all_legs(kinds.get(wanted.visit_type_id, unreviewed), chosen):
            if leg.code in found:
                found[leg.code][week] += leg.minutes if leg.minutes is not None else clinic.things.minutes[leg.code]
    return found


def suggested(wanted: AppointmentRequest) -> Sequence[str]:
    """The specialties that the answers suggest, as on the request's own page; its rows must be loaded with it."""
    answers = {**wanted.report.answers, "reason_for_contact": wanted.reason_for_contact}
    before = getattr(wanted.report, "before_visit", None)
    if before is not None:
        keys = [key for step, keys in TOLD_LATER.items() if step in before.steps_done for key in keys]
        answers |= {key: before.answers.get(key) for key in keys}
    return suggest(answers).leg_codes
