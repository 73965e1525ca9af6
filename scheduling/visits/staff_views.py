"""Staff: canceling a visit, and the list of a day by clinician."""

from dataclasses import replace
from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.numbers import whole_number
from clinic.platform.told import told_in
from clinic.platform.words import day as day_words
from intake.patients.reach import addresses_of
from scheduling.calendar.tabs import BOARD, schedule_tabs
from scheduling.visits.actions import cancel_visit, is_late
from scheduling.visits.after_the_day import open_days
from scheduling.visits.day_list import clinic_day, day_bounds
from scheduling.visits.itinerary import with_legs
from scheduling.visits.models import Visit
from scheduling.visits.staff_forms import CancelVisitForm


@requires(Permission.VIEW_PATIENT, Permission.CANCEL_VISIT)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, visit_id) -> HttpResponse:
    """Cancel a booked visit with a reason: every appointment of the day is freed with it."""
    visits = with_legs(Visit.objects.visible_to(request.user).select_related("patient", "request"))
    visit = get_object_or_404(visits, pk=visit_id)
    actor = staff_actor(request.user)
    form = CancelVisitForm(request.POST or None, initial={"version": visit.calendar_sequence})
    if request.method != "POST":
        with transaction.atomic():
            record_view(visit, by=actor, purpose="cancel_page")
    elif form.is_valid():
        cleaned = form.cleaned_data
        with told_in(form):
            seen = {"version": cleaned["version"], "reason": cleaned["reason"]}
            cancel_visit(visit, by=actor, key=cleaned["key"], now=timezone.now(), **seen)
            messages.success(request, _("The visit is canceled and its times are free. The request is ready again."))
            can_undo = request.user.has_perm(Permission.MOVE_VISIT)
            where = ["staff-visits:visit", visit.pk] if can_undo else ["worklist:request", visit.request.reference]
            return redirect(*where)
        form.sees(visit.calendar_sequence)
    reference = visit.request.reference
    crumbs = [
        (_("Worklist"), reverse("worklist:home")),
        (reference, reverse("worklist:request", args=[reference])),
        (_("Cancel the visit"), ""),
    ]
    context = {"visit": visit, "form": form, "crumbs": crumbs, "can_cancel": visit.state == Visit.State.BOOKED}
    context["is_written_to"] = bool(addresses_of(visit.patient))
    context |= {"is_late": is_late(visit, timezone.now()), "late_hours": settings.LATE_CANCELLATION_HOURS}
    return render(request, "staff/cancel_visit.html", context, status=422 if form.errors else 200)


@requires(Permission.VIEW_PATIENT)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The list of today, under the address of its date."""
    return redirect("staff-visits:day", timezone.localdate().isoformat())


@requires(Permission.VIEW_PATIENT)
@require_safe
def day(request: HttpRequest, on: str) -> HttpResponse:
    """One day by clinician, with the days around it."""
    shown = read_day(on)
    previous, following = shown - timedelta(days=1), shown + timedelta(days=1)
    context = _day_context(request, shown) | {"previous": previous, "following": following}
    context["tabs"] = schedule_tabs(shown, BOARD)
    may_run = request.user.has_perm(Permission.RUN_DAY)
    context["rows"] = context["day"].visits(now=context["now"], may_run=may_run)
    if context["is_today"] and may_run:
        context["open_days"] = open_days(request.user, day_bounds(shown)[0])
    return render(request, "staff/day.html", context)


@requires(Permission.VIEW_PATIENT)
@require_safe
def print_day(request: HttpRequest, on: str) -> HttpResponse:
    """The same list on paper, of everybody or of one clinician, with who printed it and when."""
    asked = request.GET.get("clinician", "")
    if asked and whole_number(asked) is None:
        raise Http404
    context = _day_context(request, read_day(on), purpose="print_day")
    whole = context["day"]
    people = [(str(one.pk), one.name) for one in whole.busy]
    if asked:
        busy = [one for one in whole.busy if str(one.pk) == asked]
        context["day"] = replace(whole, busy=busy, free=[])
        context["only"] = dict(people).get(asked, "")
    return render(request, "staff/print_day.html", context | {"people": people, "asked": asked})


def read_day(on: str) -> date:
    """The date of an address, a year or two around now; anything else does not exist."""
    try:
        shown = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    if on != shown.isoformat() or abs(shown - timezone.localdate()) > timedelta(days=3650):
        raise Http404
    return shown


def _day_context(request: HttpRequest, shown: date, *, purpose: str = "day_list") -> dict:
    with transaction.atomic():
        record_view(("clinic_day", shown.isoformat()), by=staff_actor(request.user), purpose=purpose)
    return {
        "day": clinic_day(shown, request.user),
        "is_today": shown == timezone.localdate(),
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (day_words(shown), "")],
        "now": timezone.now(),
    }
