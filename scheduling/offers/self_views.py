"""The patient picks a time, for kinds of visit that are opened for it. For any other there is no page."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.platform.refusals import Refused
from scheduling.itineraries.times import find_times
from scheduling.offers.day_words import read_day
from scheduling.offers.forms import ChooseDayForm
from scheduling.offers.models import Offer
from scheduling.offers.self_booking import held_by_person, hold_time, may_pick
from scheduling.offers.self_forms import LookForm, PickForm, TakeForm, legs_key
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.patient_pages import patient_page, show
from scheduling.visits.itinerary import booked_visit, held_days
from scheduling.visits.models import Visit

DAYS_SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def pick(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/pick/`: days with free times, the times of one of them; posting one holds it for some minutes."""
    if booked_visit(wanted):
        return redirect("visits:confirmation", wanted.reference)
    if not may_pick(wanted):
        raise Http404
    if request.method == "POST":
        return _hold(request, wanted)
    return show_times(request, wanted)


def _hold(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    form = TakeForm(request.POST)
    if not form.is_valid():
        return show_times(request, wanted, typed=True)
    itinerary = read_day(wanted, form.cleaned_data["time"], legs_key(wanted))
    if itinerary is None:
        return show_times(request, wanted, refused=Refused(_("This page was open for too long."), code="stale"))
    try:
        hold_time(wanted, itinerary, by=request.actor, key=form.cleaned_data["key"], now=timezone.now())
    except Refused as no:
        return show_times(request, wanted, refused=no, earliest_on=itinerary.day)
    return redirect("offers:choose", wanted.reference)


def show_picked(
    request: HttpRequest,
    wanted: AppointmentRequest,
    offer: Offer,
    days: list[Visit],
    *,
    typed: QueryDict | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The time that is held, to be checked and booked; once it is not held any more, the free times again."""
    if not days:
        if not may_pick(wanted):
            return show(request, "offers/no_days.html", wanted, offer=None, refused=refused, status=status)
        over = Refused(_("We do not hold your time any more. Pick a time again."), code="expired")
        return show_times(request, wanted, refused=over)
    form = ChooseDayForm(typed, days=days, initial={"visit": str(days[0].pk)}, submit_label=_("Book this time"))
    form.fields["visit"].label = _("Your time")
    context = {"offer": offer, "form": form, "refused": refused}
    return show(request, "offers/book_picked.html", wanted, **context, status=status)


def show_times(
    request: HttpRequest,
    wanted: AppointmentRequest,
    *,
    refused: Refused | None = None,
    typed: bool = False,
    earliest_on: date | None = None,
) -> HttpResponse:
    """The next days with a free time from the one looked at, and its times; after a refusal those of today's rows."""
    look = LookForm(request.GET)
    earliest_on, part = earliest_on or look.chosen_day, look.chosen_part
    days = find_times(wanted, now=timezone.now(), days=DAYS_SHOWN + 1, earliest_on=earliest_on, part_of_day=part)
    day = days[0] if days else None
    links = [(one, look.address(day=str(one.on))) for one in days]
    form = PickForm(
        request.POST if typed else None,
        wanted=wanted,
        times=day.itineraries() if day else [],
        action=request.path + look.address(),
    )
    context = {
        "day": day,
        "days": links[1:DAYS_SHOWN],
        "later_url": links[DAYS_SHOWN][1] if len(links) > DAYS_SHOWN else "",
        "first_url": request.path + look.address(day="") if earliest_on is not None else "",
        "parts": look.parts(),
        "part": part,
        "form": form,
        "refused": refused,
        "held": _held(wanted),
    }
    status = 409 if refused else 422 if typed else 200
    return show(request, "offers/pick.html", wanted, **context, status=status)


def _held(wanted: AppointmentRequest) -> Offer | None:
    offer = held_by_person(wanted)
    return offer if offer is not None and offer.expires_at > timezone.now() and held_days(offer) else None
