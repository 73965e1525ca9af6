"""The patient asks to be told when an earlier day opens, changes that, or stops it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.platform.told import told_above, told_in
from intake.patients.reach import addresses_of
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.patient_pages import patient_page, show
from scheduling.visits.itinerary import booked_visit, is_over
from scheduling.visits.models import Visit
from scheduling.waitlist.actions import join_waitlist, leave_waitlist
from scheduling.waitlist.forms import LeaveForm, WaitForm, wishes_shown
from scheduling.waitlist.models import WaitlistEntry
from scheduling.waitlist.settling import LIVE


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def join(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/earlier-day/`: what works for them; on the list already, the same form with what they said."""
    visit = booked_visit(wanted)
    if visit is None or visit.state != Visit.State.BOOKED or is_over(visit, timezone.now()):
        return redirect("requests:status", wanted.reference)
    entry = _entry(wanted)
    form = WaitForm(
        request.POST if request.method == "POST" else None,
        initial=wishes_shown(entry) if entry else {"notice": "24"},
        submit_label=_("Save") if entry else None,
    )
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            join_waitlist(wanted, **form.wishes, by=request.actor, key=form.cleaned_data["key"])
            messages.success(request, _("Saved. We will tell you when an earlier day opens that works for you."))
            return redirect("visits:confirmation", wanted.reference)
    context = {"form": form, "visit": visit, "entry": entry, "is_written_to": bool(addresses_of(wanted.patient))}
    if entry is not None:
        context["leave"] = LeaveForm(action=reverse("waitlist:leave", args=[wanted.reference]), auto_id="leave-%s")
    return show(request, "waitlist/join.html", wanted, **context, status=422 if form.errors else 200)


def _entry(wanted: AppointmentRequest) -> WaitlistEntry | None:
    """Their place on the list; one that waits for staff (a single appointment) is not theirs to change."""
    return wanted.waitlist_entries.filter(state__in=LIVE, visit__state=Visit.State.BOOKED).first()


@require_POST
@patient_page
def leave(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """They want no earlier day any more."""
    entry, form = _entry(wanted), LeaveForm(request.POST)
    with told_above(request):
        if entry is not None:
            leave_waitlist(entry, by=request.actor, key=form.cleaned_data["key"] if form.is_valid() else "")
        messages.success(request, _("We will not tell you about earlier days any more. Your visit stays as it is."))
    return redirect("visits:confirmation", wanted.reference)
