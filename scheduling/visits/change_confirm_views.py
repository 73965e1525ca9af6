"""Staff confirm a change of a visit, having read what it does and who is told; and undo it for some minutes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.actors import staff_actor
from clinic.platform.refusals import Refused
from intake.patients.reach import addresses_of
from scheduling.availability.bits import datetime_of
from scheduling.itineraries.legs import Itinerary
from scheduling.visits.actions import is_late
from scheduling.visits.change_options import (
    confirm_address,
    day_with,
    legs_of_day,
    lines_of,
    read_day,
    sign_day,
    unit_in,
)
from scheduling.visits.change_staff_forms import ConfirmForm
from scheduling.visits.change_staff_views import (
    about,
    allowed,
    crumbs_to_visit,
    find_leg,
    find_visit,
    note_look,
    show_visit,
)
from scheduling.visits.changes import (
    drop_leg,
    move_day,
    move_leg,
    require_possible,
    rest_without,
    swap_clinician,
    undo_change,
)
from scheduling.visits.models import Appointment, Visit, VisitChange
from scheduling.visits.replan import Replan, look_at

Kind = VisitChange.Kind


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that an address names: the day as it would be, what does it, and what refuses it at once."""

    look: Replan
    one: Itinerary
    act: Callable[..., VisitChange]
    dropped: Appointment | None = None
    check: Callable[[], None] | None = None


def _on_another_day(request: HttpRequest, visit: Visit, legs: list[Appointment]) -> HttpResponse:
    """An appointment let go on another day: to the confirmation of the best whole day with it there.

    The address of that page names every time, so that what is confirmed is what was read. Raises Refused.
    """
    if visit.state != Visit.State.BOOKED:
        raise Refused(_("Only a visit that has not begun can be moved to another day."), code="not_bookable")
    leg, unit = _leg_in(request, legs), unit_in(request.GET.get("at", ""))
    if unit is None:
        raise Http404
    look = look_at(visit, legs, now=timezone.now(), first=timezone.localdate(datetime_of(unit)))
    if leg.pk not in look.keys:
        raise Refused(_("This appointment cannot be changed any more."), code="stale")
    one = day_with(look, leg, unit)
    if one is None:
        raise Refused(
            _(
                "The visit cannot be on that day with this appointment at that time. "
                "Choose Move the whole visit to see the days that are possible."
            ),
            code="not_bookable",
        )
    return redirect(confirm_address(visit.pk, do="day", day=sign_day(visit.pk, one)))


def _key_in(text: str) -> int:
    """A key of an address; 404 for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)


def _leg_in(request: HttpRequest, legs: list[Appointment]) -> Appointment:
    try:
        return find_leg(legs, UUID(request.GET.get("leg", "")))
    except ValueError:
        raise Http404 from None


def _proposal(request: HttpRequest, visit: Visit, legs: list[Appointment]) -> Proposal:
    """The change that the address names. Raises Refused when it cannot be made now, Http404 when it names none."""
    what, now = request.GET.get("do", ""), timezone.now()
    if what == "day":
        one = read_day(visit.pk, request.GET.get("day", ""))
        if one is None:
            raise Refused(_("The list of days is too old. Look for days again."), code="stale")
        look = look_at(visit, legs, now=now, first=one.day)
        return Proposal(look, one, partial(move_day, visit, one))
    if what not in ("move", "swap", "drop"):
        raise Http404
    leg = _leg_in(request, legs)
    look = look_at(visit, legs, now=now)
    if leg.pk not in look.keys or leg.state != Appointment.State.BOOKED:
        raise Refused(_("This appointment cannot be changed any more."), code="stale")
    if what == "drop":
        return Proposal(look, rest_without(look, leg), partial(drop_leg, leg), dropped=leg)
    to = _key_in(request.GET.get("to", ""))
    if what == "swap":
        one = look.with_leg(leg, clinician_id=to)
        check = partial(require_possible, look, one, Kind.SWAP_CLINICIAN, leg)
        return Proposal(look, one, partial(swap_clinician, leg, clinician_id=to), check=check)
    unit = unit_in(request.GET.get("at", ""))
    if unit is None:
        raise Http404
    act = partial(move_leg, leg, starts_at=datetime_of(unit), clinician_id=to)
    one = look.with_leg(leg, start=unit, clinician_id=to)
    return Proposal(look, one, act, check=partial(require_possible, look, one, Kind.MOVE_LEG, leg))


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """What the change does and who is told of it; its button makes it."""
    visit, legs = find_visit(request, visit_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"version": visit.calendar_sequence})
    if request.method != "POST":
        note_look(request, visit, "confirm_change")
    try:
        if request.GET.get("do") == "there":
            return _on_another_day(request, visit, legs)
        proposal = _proposal(request, visit, legs)
        if request.method == "POST" and form.is_valid():
            return _make(request, visit, proposal, form)
        lines = _lines(proposal)
    except Refused as no:  # somebody else was faster, or the time has gone: the visit as it is now, with its history
        return show_visit(request, *find_visit(request, visit_id), refusal=str(no), status=409)
    context = about(
        visit,
        form=form,
        lines=lines,
        day=legs_of_day(proposal.look, proposal.one),
        starts_at=datetime_of(proposal.one.start),
        ends_at=datetime_of(proposal.one.end),
        is_told=visit.state == Visit.State.BOOKED,
        is_soon=is_late(visit, timezone.now()),
        late_hours=settings.LATE_CANCELLATION_HOURS,
        undo_minutes=settings.UNDO_MINUTES,
        crumbs=crumbs_to_visit(visit, _("Confirm")),
    )
    return render(request, "staff/visit_confirm.html", context, status=422 if form.errors else 200)


def _lines(proposal: Proposal) -> list[str]:
    if proposal.check is not None:  # the address may come from a drag to anywhere
        proposal.check()
    lines = lines_of(proposal.look, proposal.one, dropped=proposal.dropped)
    if not lines:
        raise Refused(_("Nothing would change."), code="not_bookable")
    return lines


def _make(request: HttpRequest, visit: Visit, proposal: Proposal, form: ConfirmForm) -> HttpResponse:
    cleaned = form.cleaned_data
    how = {"key": cleaned["key"], "reason": cleaned["reason"], "version": cleaned["version"], "now": timezone.now()}
    proposal.act(by=staff_actor(request.user), **how)
    if visit.state == Visit.State.BOOKED and not addresses_of(visit.patient):
        messages.warning(request, _("The visit is changed. The patient has not agreed to messages: call them."))
    else:
        messages.success(request, _("The visit is changed."))
    return redirect("staff-visits:visit", visit.pk)


@allowed
@require_POST
def undo(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Undo the last change of the visit; then its page."""
    visit, _legs = find_visit(request, visit_id)
    try:
        change_id = UUID(request.POST.get("change", ""))
    except ValueError:
        raise Http404 from None
    change = get_object_or_404(VisitChange, pk=change_id, visit=visit)
    try:
        undo_change(change, by=staff_actor(request.user), key=request.POST.get("key", ""), now=timezone.now())
    except Refused as no:
        return show_visit(request, *find_visit(request, visit_id), refusal=str(no), status=409)
    messages.success(request, _("Undone. The visit is as it was."))
    return redirect("staff-visits:visit", visit.pk)
