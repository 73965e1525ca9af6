"""The patient chooses among the held days."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.platform.db.batch import Batch, stored
from clinic.platform.refusals import Refused
from clinic.platform.told import told_in
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import can_extend, decline_offer, extend_offer
from scheduling.offers.forms import ChangeDayForm, ChooseDayForm, DeclineForm, KeepDayForm, MoreTimeForm
from scheduling.offers.holds import hold_ends
from scheduling.offers.models import Offer
from scheduling.offers.self_views import show_picked
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.opening import open_with_birth_date
from scheduling.requests.patient_pages import patient_page, show
from scheduling.visits.itinerary import booked_visit, held_days, legs_in_words
from scheduling.visits.models import Visit


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_offer(request: HttpRequest, token: str) -> HttpResponse:
    """`/my/offer/<token>/`: the link of the message "your days are ready"."""
    return open_with_birth_date(request, token, purpose="offer", request_of=_request_of_offer, page="offers:choose")


def _request_of_offer(offer_id: str) -> AppointmentRequest:
    return AppointmentRequest.objects.get(offers=offer_id)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def choose(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """The held days as radios; posting one books it with all its appointments, or nothing."""
    if request.method == "POST":
        offer, days = _offer_and_days(wanted)
        if offer is not None:
            return _book(request, wanted, offer, days)
    if visit := booked_visit(wanted):
        return _earlier_day(request, wanted, visit) or redirect("visits:confirmation", wanted.reference)
    return _show_days(request, wanted, _latest_offer(wanted))


def _earlier_day(
    request: HttpRequest, wanted: AppointmentRequest, visit: Visit, *, refused: Refused | None = None
) -> HttpResponse | None:
    """Keep the booked day or change to the earlier one; None when no earlier one is held and nothing was refused."""
    offer, day = _latest_offer(wanted), None
    if offer is not None and is_for_change(offer):
        day = next((one for one in held_days(offer) if hold_ends(one.starts_at) > timezone.now()), None)
    if day is None and refused is None:
        return None
    context = {"offer": offer, "visit": visit, "day": day, "refused": refused}
    if day is not None:
        context |= {
            "form": ChangeDayForm(initial={"visit": day.pk}),
            "keep": KeepDayForm(action=reverse("offers:decline", args=[wanted.reference]), auto_id="keep-%s"),
            "legs": legs_in_words(day),
        }
    return show(request, "offers/earlier_day.html", wanted, **context, status=409 if refused else 200)


def is_for_change(offer: Offer) -> bool:
    """Whether it waits for the answer of somebody who has a day already."""
    return offer.replaces_id is not None and offer.state == Offer.State.OPEN and offer.expires_at > timezone.now()


def _book(request: HttpRequest, wanted: AppointmentRequest, offer: Offer, days: list[Visit]) -> HttpResponse:
    # a day gone by now is a known answer too: the action decides, and a repeated submit gets its first answer again
    form = ChooseDayForm(request.POST, days=days)
    if not form.is_valid():
        if booked_visit(wanted):
            return redirect("visits:confirmation", wanted.reference)
        return _show_days(request, wanted, offer, typed=request.POST, status=422)
    try:
        accept_offer(offer, form.chosen, by=request.actor, key=form.cleaned_data["key"], now=timezone.now())
    except Refused as no:
        if visit := booked_visit(wanted):
            if offer.replaces_id == visit.pk:
                return _earlier_day(request, wanted, visit, refused=no)
            return show(request, "offers/already_booked.html", wanted, visit=visit, status=409)
        gone = form.chosen if no.code in ("taken", "too_late") else None
        return _show_days(request, wanted, _latest_offer(wanted), refused=no, gone=gone, status=409)
    return redirect("visits:confirmation", wanted.reference)


def _show_days(
    request: HttpRequest,
    wanted: AppointmentRequest,
    offer: Offer | None,
    *,
    typed: QueryDict | None = None,
    refused: Refused | None = None,
    gone: Visit | None = None,
    status: int = 200,
) -> HttpResponse:
    """The days that can still be booked, or a page that says why there are none; `gone` was just taken.

    A day whose own hold has ended, 2 hours before it begins, is left out though the offer lives on.
    """
    context = {"offer": offer, "refused": refused}
    days, now = [], timezone.now()
    if offer is not None and offer.state == Offer.State.OPEN and offer.expires_at > now:
        days = [day for day in held_days(offer) if day != gone and hold_ends(day.starts_at) > now]
    if offer is not None and offer.origin == Offer.Origin.SELF:
        return show_picked(request, wanted, offer, days, typed=typed, refused=refused, status=status)
    if not days:
        return show(request, "offers/no_days.html", wanted, **context, status=status)
    context |= {"form": ChooseDayForm(typed, days=days), "days": days}
    if can_extend(offer):
        context["more_time"] = MoreTimeForm(
            action=reverse("offers:extend", args=[wanted.reference]), auto_id="more-time-%s"
        )
    return show(request, "offers/choose.html", wanted, **context, status=status)


@require_POST
@patient_page
def extend(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """More time to choose, once."""
    offer = _latest_offer(wanted)
    form = MoreTimeForm(request.POST)
    if offer is None or not form.is_valid():
        return redirect("offers:choose", wanted.reference)
    try:
        extend_offer(offer, by=request.actor, key=form.cleaned_data["key"])
    except Refused as no:
        return _show_days(request, wanted, _latest_offer(wanted), refused=no, status=409)
    messages.success(request, _("You have more time now. Your days are still held for you."))
    return redirect("offers:choose", wanted.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def decline(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """None of the days work: a reason if they like, and whether we call."""
    offer = _latest_offer(wanted)
    if offer is None or (request.method != "POST" and offer.state != Offer.State.OPEN):
        return redirect("offers:choose", wanted.reference)
    if request.method != "POST" and offer.replaces_id is not None and booked_visit(wanted):
        return redirect("offers:choose", wanted.reference)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _declined(offer, form, request):
            if offer.replaces_id is not None and booked_visit(wanted):
                messages.success(request, _("The booked day stays."))
            return redirect("offers:choose", wanted.reference)
    return show(request, "offers/decline.html", wanted, form=form, status=status)


def _declined(offer: Offer, form: DeclineForm, request: HttpRequest) -> bool:
    answer = form.cleaned_data
    with told_in(form):
        decline_offer(
            offer, reason=answer["reason"], wants_call=answer["wants_call"], by=request.actor, key=answer["key"]
        )
        return True
    return False


def _latest_offer(wanted: AppointmentRequest) -> Offer | None:
    return wanted.offers.order_by("-made_at").first()


def _offer_and_days(wanted: AppointmentRequest) -> tuple[Offer | None, list[Visit]]:
    """The latest offer and its days, in plain SQL: many people press the button of that page."""
    batch, key = Batch(), [stored(AppointmentRequest._meta.pk, wanted.pk)]
    offers = batch.select(Offer, "WHERE t.request_id = %s ORDER BY t.made_at DESC LIMIT 1", key)
    latest = "SELECT o.id FROM scheduling_offer o WHERE o.request_id = %s ORDER BY o.made_at DESC LIMIT 1"
    days = batch.select(Visit, f"WHERE t.offer_id = ({latest}) ORDER BY t.starts_at", key)
    batch.send()
    return next(iter(offers.objects()), None), days.objects()
