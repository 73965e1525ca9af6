"""The patient's booked visit: confirmation, calendar file, page to print, cancellation and its undoing."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.platform.refusals import Refused
from clinic.platform.told import told_above, told_in
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.opening import open_with_birth_date
from scheduling.requests.patient_pages import patient_page, show
from scheduling.visits.actions import cancel_visit, is_late
from scheduling.visits.calendar_file import visit_calendar
from scheduling.visits.change_write import undo_until
from scheduling.visits.check_in_codes import code_of, drawn
from scheduling.visits.forms import CancelForm, OtherDayForm, UndoCancelForm
from scheduling.visits.itinerary import STILL_TO_COME, is_over, last_visit, legs_in_words
from scheduling.visits.models import Visit, VisitChange
from scheduling.visits.other_day_actions import ask_for_another_day
from scheduling.visits.patient_news import news_of
from scheduling.visits.undoing import undo_change, undo_of_own

CALLED_OFF = (Visit.State.CANCELLED_BY_PATIENT, Visit.State.CANCELLED_BY_CLINIC)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_visit(request: HttpRequest, token: str) -> HttpResponse:
    """`/my/visit/<token>/`: the link of the confirmation message."""
    return open_with_birth_date(
        request, token, purpose="visit", request_of=_request_of_visit, page="visits:confirmation"
    )


def _request_of_visit(visit_id: str) -> AppointmentRequest:
    return AppointmentRequest.objects.get(visits=visit_id)


@require_safe
@patient_page
def confirmation(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """The booked day with its appointments; after a cancellation, that it is canceled and what comes next."""
    visit = last_visit(wanted)
    if visit is None:
        return redirect("requests:status", wanted.reference)
    now = timezone.now()
    if visit.state not in STILL_TO_COME or is_over(visit, now):
        return show(request, "visits/ended.html", wanted, visit=visit, **_way_back(visit, wanted, now))
    return show(
        request,
        "visits/confirmation.html",
        wanted,
        visit=visit,
        legs=legs_in_words(visit),
        can_change=visit.state == Visit.State.BOOKED,
        can_cancel=_can_cancel(visit, now),
        news=news_of(visit),
        **_for_the_desk(visit),
    )


def _can_cancel(visit: Visit, now: datetime) -> bool:
    return visit.state == Visit.State.BOOKED and now < visit.starts_at


def _way_back(visit: Visit, wanted: AppointmentRequest, now: datetime) -> dict:
    """The button that takes a cancellation of one's own back, while it can be."""
    change = undo_of_own(visit, now=now)
    if change is None:
        return {}
    action = reverse("visits:undo-cancel", args=[wanted.reference])
    return {"undo": UndoCancelForm(initial={"change": change.pk}, action=action), "undo_until": undo_until(change)}


def _for_the_desk(visit: Visit) -> dict:
    """The code that a patient shows at the desk, drawn and typed; for a booked visit at the clinic."""
    if visit.state != Visit.State.BOOKED or visit.is_at_home:
        return {}
    return {"desk_code": code_of(visit.pk), "desk_qr": drawn(visit.pk)}


@require_safe
@patient_page
def print_itinerary(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """The day in large type on paper."""
    visit = last_visit(wanted)
    if visit is None or visit.state not in STILL_TO_COME:
        return redirect("visits:confirmation", wanted.reference)
    back_url = reverse("visits:confirmation", args=[wanted.reference])
    more = {"legs": legs_in_words(visit), "back_url": back_url, **_for_the_desk(visit)}
    return show(request, "visits/print.html", wanted, visit=visit, **more)


@require_safe
@patient_page
def calendar(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """The visit for the person's own calendar: when and where, nothing of the patient; or that it is canceled."""
    visit = last_visit(wanted)
    if visit is None or visit.state not in (*STILL_TO_COME, *CALLED_OFF):
        return redirect("visits:confirmation", wanted.reference)
    visit.request = wanted  # known here already
    name = "clinic-visit-canceled.ics" if visit.state in CALLED_OFF else "clinic-visit.ics"
    return HttpResponse(
        visit_calendar(visit),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def cancel(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """ "Cancel your visit?", asked once; a visit that is canceled already only says so."""
    visit, now = last_visit(wanted), timezone.now()
    if visit is None or (request.method != "POST" and not _can_cancel(visit, now)):
        return redirect("visits:confirmation", wanted.reference)
    shown = {"visit": visit.pk, "version": visit.calendar_sequence}
    form = CancelForm(request.POST if request.method == "POST" else None, initial=shown)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _canceled(wanted, form, request):
            return redirect("visits:confirmation", wanted.reference)
        visit = last_visit(wanted) or visit
        form.sees(visit.pk, visit.calendar_sequence)
    context = {"visit": visit, "legs": legs_in_words(visit), "is_late": is_late(visit, now), "form": form}
    return show(request, "visits/cancel.html", wanted, status=status, undo_minutes=settings.UNDO_MINUTES, **context)


@require_POST
@patient_page
def undo_cancel(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """Take the cancellation back, for some minutes: the same day and times, if they are still free."""
    form = UndoCancelForm(request.POST)
    change = None
    if form.is_valid():
        change = VisitChange.objects.filter(pk=form.cleaned_data["change"], visit__request=wanted).first()
    if change is None:
        messages.warning(request, _("This page was too old. Look at your visit as it is now."))
        return redirect("visits:confirmation", wanted.reference)
    with told_above(request):
        undo_change(change, by=request.actor, key=form.cleaned_data["key"], now=timezone.now())
        messages.success(request, _("Your visit is booked again: the same day, the same times."))
    return redirect("visits:confirmation", wanted.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def other_day(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """Ask for another day: the booked one stays until staff have found one that suits."""
    visit = last_visit(wanted)
    if visit is None or visit.state != Visit.State.BOOKED or is_over(visit, timezone.now()):
        return redirect("visits:confirmation", wanted.reference)
    form = OtherDayForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = form.cleaned_data
            with told_in(form):
                ask_for_another_day(
                    visit, words=answer["words"], by=request.actor, key=answer["key"], now=timezone.now()
                )
                messages.success(request, _("We got your message. We will call or write to you."))
                return redirect("visits:confirmation", wanted.reference)
    return show(request, "visits/other_day.html", wanted, visit=visit, form=form, status=status)


def _canceled(wanted: AppointmentRequest, form: CancelForm, request: HttpRequest) -> bool:
    """True when the visit page can tell what became of the visit, also if it was canceled before."""
    answer = form.cleaned_data
    # the visit that the page showed: a page gone Back to must not cancel one booked since
    shown = wanted.visits.filter(pk=answer["visit"], booked_at__isnull=False).first()
    if shown is None:
        return True
    try:
        seen = {"version": answer["version"], "reason": answer["reason"]}
        cancel_visit(shown, by=request.actor, key=answer["key"], now=timezone.now(), **seen)
    except Refused as no:
        if not wanted.visits.filter(pk=shown.pk, state=Visit.State.BOOKED).exists():
            return True
        form.add_error(None, str(no))
        form.renew_key()
        return False
    return True
