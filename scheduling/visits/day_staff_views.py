"""Staff run the day: one press each for who came, who is with whom, who is late, who did not come, and its undoing.

Every press is a small form on the day list. Whatever comes of it, the list is shown again as it is now.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.numbers import whole_number
from clinic.platform.refusals import Refused
from clinic.platform.told import told_above
from clinic.platform.words import clock, minutes_words
from scheduling.visits import after_the_day, day_actions
from scheduling.visits.changes import undo_change
from scheduling.visits.day_actions import MOST_MINUTES_LATE
from scheduling.visits.day_board import A_MINUTE, late_legs
from scheduling.visits.models import Appointment, Visit, VisitChange
from scheduling.visits.moves import stale
from scheduling.visits.replan import live_legs


@requires(Permission.VIEW_PATIENT, Permission.RUN_DAY)
@require_POST
def visit_step(request: HttpRequest, visit_id: UUID, step: str) -> HttpResponse:
    """Check in, did not come, late, has left, or the undoing of one of these."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related("request", "patient"), pk=visit_id)
    work = VISIT_STEPS.get(step)
    if work is None:
        raise Http404
    return _press(request, visit, lambda how: work(visit, request, how))


@requires(Permission.VIEW_PATIENT, Permission.RUN_DAY)
@require_POST
def leg_step(request: HttpRequest, leg_id: UUID, step: str) -> HttpResponse:
    """Start or finish an appointment, or undo that."""
    visits = Visit.objects.visible_to(request.user).values("pk")
    legs = Appointment.objects.filter(visit__in=visits).select_related("visit__request", "clinician")
    leg = get_object_or_404(legs, pk=leg_id)
    work = LEG_STEPS.get(step)
    if work is None:
        raise Http404
    return _press(request, leg.visit, lambda how: work(leg, request, how))


def _press(request: HttpRequest, visit: Visit, work: Callable[[dict], str]) -> HttpResponse:
    """Do it and say so, back at the visit on the list; or say why not, at the top of it."""
    how = {"by": staff_actor(request.user), "key": request.POST.get("key", ""), "now": timezone.now()}
    with told_above(request):
        messages.success(request, work(how))
        return redirect(day_address(visit))
    return redirect(day_address(visit).partition("#")[0])


def day_address(visit: Visit) -> str:
    """The day list at this visit."""
    on = timezone.localdate(visit.starts_at).isoformat()
    return f"{reverse('staff-visits:day', args=[on])}#visit-{visit.pk}"


def _version(request: HttpRequest) -> int | None:
    """The calendar sequence that the page showed; a page that says nothing is taken as it is."""
    return whole_number(request.POST.get("version", ""))


def _check_in(visit: Visit, request: HttpRequest, how: dict) -> str:
    day_actions.check_in(visit, version=_version(request), **how)
    return _("The patient is checked in.")


def _no_show(visit: Visit, request: HttpRequest, how: dict) -> str:
    day_actions.mark_no_show(visit, version=_version(request), **how)
    return _("The patient did not come. All times of the visit are free, and the request is ready again.")


def _late(visit: Visit, request: HttpRequest, how: dict) -> str:
    """The sentence names the appointments that the patient misses in part or whole."""
    minutes = whole_number(request.POST.get("minutes", "").strip(), digits=3)
    if minutes is None:
        words = {"most": MOST_MINUTES_LATE}
        raise Refused(_("Enter minutes from 0 to %(most)s.") % words, code="minutes")
    row = day_actions.report_late(visit, minutes=minutes, version=_version(request), **how)
    if not row.late_minutes:
        return _("The patient is expected on time again.")
    arrives_at = row.starts_at + row.late_minutes * A_MINUTE
    legs = live_legs(list(row.appointments.select_related("clinician")))
    said = [_("The patient comes at about %(time)s.") % {"time": clock(arrives_at)}]
    for one in late_legs(legs, arrives_at):
        words = {"clinician": one.leg.clinician.name, "time": clock(one.leg.starts_at)}
        if one.is_impossible:
            said.append(_("%(clinician)s at %(time)s: over before the patient comes.") % words)
        else:
            words["minutes"] = minutes_words(one.minutes_left)
            said.append(_("%(clinician)s at %(time)s: %(minutes)s left of it.") % words)
    return " ".join(said)


def _left(visit: Visit, request: HttpRequest, how: dict) -> str:
    row = day_actions.patient_left(visit, version=_version(request), **how)
    if row.state == Visit.State.COMPLETED:
        return _("The patient has left: the visit is completed, and what was still to come is free.")
    return _("The patient has left unseen. All times of the visit are free, and the request is ready again.")


def _took_place(visit: Visit, request: HttpRequest, how: dict) -> str:
    after_the_day.took_place(visit, version=_version(request), **how)
    return _("The visit is completed, and the follow-up calls are planned.")


def _undo_took_place(visit: Visit, request: HttpRequest, how: dict) -> str:
    after_the_day.undo_took_place(visit, **how)
    return _("Undone: the visit is as it was before.")


def _undo_check_in(visit: Visit, request: HttpRequest, how: dict) -> str:
    day_actions.undo_check_in(visit, **how)
    return _("Undone: the patient is not checked in.")


def _undo_no_show(visit: Visit, request: HttpRequest, how: dict) -> str:
    last = VisitChange.objects.filter(visit=visit).order_by("-at", "-pk").first()
    if last is None or last.kind != VisitChange.Kind.NO_SHOW:
        raise stale()
    undo_change(last, **how)
    return _("Undone: the visit is as it was before.")


def _start(leg: Appointment, request: HttpRequest, how: dict) -> str:
    day_actions.start_leg(leg, version=_version(request), **how)
    return _("The patient is with %(clinician)s now.") % {"clinician": leg.clinician.name}


def _finish(leg: Appointment, request: HttpRequest, how: dict) -> str:
    row = day_actions.finish_leg(leg, version=_version(request), **how)
    if Visit.objects.get(pk=row.visit_id).state == Visit.State.COMPLETED:
        return _("That was the last appointment: the visit is completed.")
    return _("The appointment with %(clinician)s is done.") % {"clinician": leg.clinician.name}


def _undo_leg(leg: Appointment, request: HttpRequest, how: dict) -> str:
    day_actions.undo_leg(leg, **how)
    return _("Undone.")


VISIT_STEPS = {
    "check-in": _check_in,
    "no-show": _no_show,
    "late": _late,
    "left": _left,
    "took-place": _took_place,
    "undo-took-place": _undo_took_place,
    "undo-check-in": _undo_check_in,
    "undo-no-show": _undo_no_show,
}
LEG_STEPS = {"start": _start, "finish": _finish, "undo": _undo_leg}
