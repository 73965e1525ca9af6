"""Staff book a day with an appointment over another one: what lies below is told first, then a reason is given."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.refusals import Refused
from intake.patients.reach import addresses_of
from scheduling.itineraries.legs import Itinerary
from scheduling.offers.day_words import read_day
from scheduling.offers.over_forms import OverForm
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.book_over import book_over, drawn_day, lies_over, seen_print
from scheduling.visits.today_free import claim_words
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


def can_overbook(request: HttpRequest) -> bool:
    """Whether the clinic allows overbooking and this person may do it."""
    return settings.OVERBOOKING_ALLOWED and request.user.has_perm(Permission.OVERBOOK)


@requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER, Permission.OVERBOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def over(request: HttpRequest, reference: str) -> HttpResponse:
    """A day of the builder with what each appointment would lie over; sent again with a reason, booked."""
    if not settings.OVERBOOKING_ALLOWED:
        raise Http404
    wanted, now = find_wanted(request, reference), timezone.now()
    value = request.POST.get("pick", "")
    one = read_day(wanted, value, None) if value else None
    if one is None:
        if request.method == "POST":
            messages.warning(request, _("This page is too old. Here is what is possible now."))
        return redirect("staff-offers:build", wanted.reference)
    if "seen" not in request.POST:  # from the builder; this page's own form has it
        note_look(request, wanted, "overbook")
        return _show(request, wanted, one, OverForm(initial={"pick": value}), now)
    form = OverForm(request.POST)
    if form.is_valid():
        answer = form.cleaned_data
        try:
            visit = book_over(
                wanted, one, reason=answer["reason"], seen=answer["seen"], by=staff_actor(request.user),
                key=answer["key"], now=now,
            )  # fmt: skip
        except Refused as no:
            if no.code in ("not_over", "not_ready"):  # nothing to confirm here any more
                messages.warning(request, str(no))
                return redirect("staff-offers:build", wanted.reference)
            form.add_error(None, str(no))
            form.renew_key()
        else:
            _say_booked(request, wanted)
            return redirect("staff-visits:visit", visit.pk)
    return _show(request, wanted, one, form, now)


def _say_booked(request: HttpRequest, wanted: AppointmentRequest) -> None:
    if addresses_of(wanted.patient):
        messages.success(request, _("The day is booked and the confirmation is on its way to the patient."))
    else:
        messages.warning(request, _("The day is booked. The patient has not agreed to messages: call them."))


def _show(
    request: HttpRequest, wanted: AppointmentRequest, one: Itinerary, form: OverForm, now: datetime
) -> HttpResponse:
    visit, legs = drawn_day(wanted, one, now=now)
    below = lies_over(visit, legs, now=now)
    form.tell(seen_print(below))
    claims = {each.leg.pk: each.claims for each in below}
    context = {
        "wanted": wanted,
        "visit": visit,
        "legs": [(leg, [claim_words(claim) for claim in claims.get(leg.pk, ())]) for leg in legs],
        "below": below,
        "form": form,
        "crumbs": crumbs_to(wanted, _("Put an appointment over another one")),
    }
    return render(request, "staff/over.html", context, status=422 if form.errors else 200)
