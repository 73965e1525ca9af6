"""Staff change a booked visit: its page with its history, and what there is to choose from for each change.

Every choice is a link to the confirmation (change_confirm_views.py); nothing is changed here. Links carry keys and
times, nothing of the patient.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.patients.reach import addresses_of
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import PARTS_OF_DAY, Itinerary, Wishes
from scheduling.itineraries.visit_kinds import kind_of_visit
from scheduling.offers.day_words import reason_words, why_not_words
from scheduling.visits.change_options import (
    colleagues,
    confirm_address,
    days_around,
    leg_starts,
    legs_of_day,
    other_days,
    sign_day,
)
from scheduling.visits.change_rows import is_as_left, snapshot
from scheduling.visits.change_staff_forms import REASONS, DayForm
from scheduling.visits.change_words import changed_lines, names_in
from scheduling.visits.change_write import undo_until
from scheduling.visits.models import Appointment, Visit, VisitChange
from scheduling.visits.replan import CHANGEABLE, Replan, live_legs, look_at, read_visit

allowed = requires(Permission.VIEW_PATIENT, Permission.MOVE_VISIT)
SEARCH_DAYS = 28


def find_visit(request: HttpRequest, visit_id: UUID) -> tuple[Visit, list[Appointment]]:
    """The visit with its legs if the person may see it; otherwise 404."""
    try:
        return read_visit(visit_id, Visit.objects.visible_to(request.user))
    except Visit.DoesNotExist:
        raise Http404 from None


def find_leg(legs: list[Appointment], leg_id: UUID) -> Appointment:
    """The leg of the visit with this key; otherwise 404."""
    leg = next((leg for leg in legs if leg.pk == leg_id), None)
    if leg is None:
        raise Http404
    return leg


def note_look(request: HttpRequest, visit: Visit, purpose: str) -> None:
    """Write down that this person looked at a visit."""
    with transaction.atomic():
        record_view(visit, by=staff_actor(request.user), purpose=purpose)


def crumbs_to_visit(visit: Visit, *here: str) -> list[tuple[str, str]]:
    """The way to the visit's page, or from it to a page of its own."""
    reference = visit.request.reference
    way = [
        (_("Worklist"), reverse("worklist:home")),
        (reference, reverse("worklist:request", args=[reference])),
    ]
    if not here:
        return [*way, (_("Change the visit"), "")]
    return [*way, (_("Change the visit"), reverse("staff-visits:visit", args=[visit.pk])), *((one, "") for one in here)]


def about(visit: Visit, **more) -> dict:
    """What every page about a visit shows of it."""
    return {"visit": visit, "is_written_to": bool(addresses_of(visit.patient)), **more}


# The visit


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history of changes."""

    change: VisitChange
    title: str
    lines: list[str]
    reason: str


@allowed
@require_safe
def visit_page(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The visit with its appointments, what can be done with each, and what was changed."""
    visit, legs = find_visit(request, visit_id)
    note_look(request, visit, "visit_page")
    return show_visit(request, visit, legs)


def show_visit(
    request: HttpRequest, visit: Visit, legs: list[Appointment], *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page of a visit, with a refusal of what was just tried if there is one."""
    now = timezone.now()
    changes = list(visit.changes.order_by("-at", "-pk"))
    names = names_in(one for change in changes for one in (change.before, change.after)) if changes else {}
    live = {leg.pk for leg in live_legs(legs)}
    can_change = visit.state in CHANGEABLE
    demanded = _demanded(visit, legs) if can_change else set()
    rows = [
        {
            "leg": leg,
            "is_off": leg.pk not in live and can_change,
            "can_change": can_change and leg.state == Appointment.State.BOOKED and leg.starts_at >= now,
            "can_drop": len(live) > 1 and leg.pk not in demanded,
            "drop_url": confirm_address(visit.pk, do="drop", leg=leg.pk),
        }
        for leg in legs
    ]
    context = about(
        visit,
        rows=rows,
        can_change=can_change,
        can_move_day=visit.state == Visit.State.BOOKED,
        steps=[_step(change, names) for change in changes],
        undo=_undo(visit, legs, changes, now=now),
        refusal=refusal,
        crumbs=crumbs_to_visit(visit),
    )
    return render(request, "staff/visit.html", context, status=status)


def _demanded(visit: Visit, legs: list[Appointment]) -> set:
    """The legs that every visit of its kind has: one for each that the kind brings, the earliest first."""
    left = Counter(one.code for one in kind_of_visit(visit.visit_type_id).legs if one.code)
    found = set()
    for leg in live_legs(legs):
        if left[leg.specialty.code] > 0:
            left[leg.specialty.code] -= 1
            found.add(leg.pk)
    return found


def _step(change: VisitChange, names) -> Step:
    title = str(change.get_kind_display())
    return Step(change, title, changed_lines(change, names), str(dict(REASONS).get(change.reason, "")))


def _undo(visit: Visit, legs: list[Appointment], changes: list[VisitChange], *, now: datetime) -> dict | None:
    """The change that can be undone now, and until when."""
    last = next((change for change in changes if change.undone_at is None), None)
    if last is None or now >= undo_until(last) or not is_as_left(last, snapshot(visit, legs)):
        return None
    return {"change": last, "until": undo_until(last), "key": new_key(), "title": last.get_kind_display()}


# What there is to choose from


def _look(visit: Visit, legs: list[Appointment], **days) -> tuple[Replan | None, str]:
    """The visit as a question, or why nothing of it can be changed."""
    try:
        return look_at(visit, legs, now=timezone.now(), **days), ""
    except Refused as no:
        return None, str(no)


def _leg_look(request: HttpRequest, visit_id: UUID, leg_id: UUID, purpose: str) -> tuple:
    visit, legs = find_visit(request, visit_id)
    leg = find_leg(legs, leg_id)
    note_look(request, visit, purpose)
    look, refusal = _look(visit, legs)
    if look is not None and (leg.pk not in look.keys or leg.state != Appointment.State.BOOKED):
        look, refusal = None, _("This appointment cannot be changed any more.")
    return visit, leg, look, refusal


@allowed
@require_safe
def move(request: HttpRequest, visit_id: UUID, leg_id: UUID) -> HttpResponse:
    """Free times of the same day for one appointment, by clinician; each leads to the confirmation."""
    visit, leg, look, refusal = _leg_look(request, visit_id, leg_id, "move_leg")
    found = leg_starts(look, leg) if look else []
    people = [
        {
            "person": person,
            "starts": [
                (one, confirm_address(visit.pk, do="move", leg=leg.pk, at=one.unit, to=person.key))
                for one in person.starts
            ],
        }
        for person in found
        if person.starts
    ]
    together = [
        (start.words, confirm_address(visit.pk, do="day", day=sign_day(visit.pk, one)))
        for start, one in (days_around(look, leg) if look else ())
    ]
    context = about(
        visit,
        leg=leg,
        people=people,
        nobody=[person for person in found if not person.starts],
        together=together,
        refusal=refusal,
        crumbs=crumbs_to_visit(visit, _("Move")),
    )
    return render(request, "staff/visit_move.html", context)


@allowed
@require_safe
def swap(request: HttpRequest, visit_id: UUID, leg_id: UUID) -> HttpResponse:
    """Colleagues of the specialty for the same time, or why one cannot; each leads to the confirmation."""
    visit, leg, look, refusal = _leg_look(request, visit_id, leg_id, "swap_clinician")
    people = [
        (one, confirm_address(visit.pk, do="swap", leg=leg.pk, to=one.key))
        for one in (colleagues(look, leg) if look else ())
    ]
    crumbs = crumbs_to_visit(visit, _("Another clinician"))
    context = about(visit, leg=leg, people=people, refusal=refusal, crumbs=crumbs)
    return render(request, "staff/visit_swap.html", context)


@allowed
@require_safe
def move_to_day(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Ranked days for the whole visit within 4 weeks of a chosen day; each leads to the confirmation."""
    visit, legs = find_visit(request, visit_id)
    note_look(request, visit, "move_day")
    form = DayForm(request.GET or None)
    is_fit = not form.is_bound or form.is_valid()
    values = form.cleaned_data if form.is_bound and is_fit else {}
    today = timezone.localdate()
    first = max(values.get("first") or today, today)
    look, refusal, days, why = None, "", [], None
    if visit.state != Visit.State.BOOKED:
        refusal = _("Only a visit that has not begun can be moved to another day.")
    elif is_fit:
        look, refusal = _look(visit, legs, first=first, last=first + timedelta(days=SEARCH_DAYS - 1))
    if look is not None:
        weekdays = frozenset(int(one) for one in values.get("weekdays") or ())
        windows = tuple(PARTS_OF_DAY[part] for part in values.get("parts") or ())
        days, why = other_days(look, Wishes(weekdays, windows, required=bool(values.get("only"))))
    names = {leg.specialty.code: leg.specialty.name for leg in legs}
    context = about(
        visit,
        form=form,
        refusal=refusal,
        days=[day_row(look, one) for one in days],
        why_not=why_not_words(why, names) if why else [],
        first=first,
        last=first + timedelta(days=SEARCH_DAYS - 1),
        crumbs=crumbs_to_visit(visit, _("Another day")),
    )
    return render(request, "staff/visit_day.html", context, status=200 if is_fit else 422)


def day_row(look: Replan, one: Itinerary) -> dict:
    """A found day as a page lists it."""
    return {
        "starts_at": datetime_of(one.start),
        "ends_at": datetime_of(one.end),
        "reason": reason_words(one),
        "legs": legs_of_day(look, one),
        "url": confirm_address(look.visit.pk, do="day", day=sign_day(look.visit.pk, one)),
    }
