"""Staff enter what a patient answered by phone: a day, none of them, or more time."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.forms import SubmitForm
from clinic.platform.told import told_in
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import can_extend, decline_offer, extend_offer
from scheduling.offers.answer_forms import BookForCallerForm, MoreTimeForCallerForm, NoneWorksForCallerForm
from scheduling.offers.models import Offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.itinerary import held_days, legs_in_words
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


@requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """`/staff/requests/<ref>/days/answer/`: the held days to read out; posting one books it."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "offer_answer")
    offer = _open_offer(wanted)
    if offer is None:
        return _nothing_open(request, wanted)
    if request.method != "POST":
        return _show(request, wanted, offer)
    form = BookForCallerForm(request.POST, days=held_days(offer), auto_id="book-%s")
    by, now = staff_actor(request.user), timezone.now()
    return _settled(
        request,
        wanted,
        offer,
        form,
        lambda said: accept_offer(offer, form.chosen, by=by, key=said["key"], now=now),
        _("The day is booked."),
    )


@requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
@require_POST
def none_work(request: HttpRequest, reference: str) -> HttpResponse:
    """None of the days suits: with what would, and whether to call again."""
    wanted = find_wanted(request, reference)
    offer = _open_offer(wanted)
    if offer is None:
        return _nothing_open(request, wanted)
    by = staff_actor(request.user)
    return _settled(
        request,
        wanted,
        offer,
        NoneWorksForCallerForm(request.POST, action=request.path, auto_id="none-%s"),
        lambda said: decline_offer(offer, reason=said["reason"], wants_call=said["wants_call"], by=by, key=said["key"]),
        _("The days are free again. What the patient said stands in the timeline."),
    )


@requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
@require_POST
def more_time(request: HttpRequest, reference: str) -> HttpResponse:
    """Hold the days longer, once."""
    wanted = find_wanted(request, reference)
    offer = _open_offer(wanted)
    if offer is None:
        return _nothing_open(request, wanted)
    by = staff_actor(request.user)
    return _settled(
        request,
        wanted,
        offer,
        MoreTimeForCallerForm(request.POST, action=request.path, auto_id="more-%s"),
        lambda said: extend_offer(offer, by=by, key=said["key"]),
        _("The days are held longer."),
    )


def _open_offer(wanted: AppointmentRequest) -> Offer | None:
    return wanted.offers.filter(state=Offer.State.OPEN, expires_at__gt=timezone.now()).first()


def _nothing_open(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    messages.info(request, _("No offer waits for an answer."))
    return redirect("worklist:request", wanted.reference)


def _settled(
    request: HttpRequest,
    wanted: AppointmentRequest,
    offer: Offer,
    form: SubmitForm,
    act: Callable[[dict], object],
    done: str,
) -> HttpResponse:
    """Do what a right form asks for and go on to the request; otherwise the page again with what was typed."""
    if not form.is_valid():
        return _show(request, wanted, offer, form, status=422)
    with told_in(form):
        act(form.cleaned_data)
        messages.success(request, done)
        return redirect("worklist:request", wanted.reference)
    return _show(request, wanted, offer, form, status=409)


def _show(
    request: HttpRequest, wanted: AppointmentRequest, offer: Offer, form: SubmitForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page; `form` is one with errors, in the place of the fresh one of its kind."""
    days = held_days(offer)
    here = [wanted.reference]
    fresh: list[SubmitForm] = [
        BookForCallerForm(days=days, action=reverse("staff-offers:answer", args=here), auto_id="book-%s"),
        NoneWorksForCallerForm(action=reverse("staff-offers:answer-none", args=here), auto_id="none-%s"),
    ]
    if can_extend(offer):
        action = reverse("staff-offers:answer-more", args=here)
        fresh.append(MoreTimeForCallerForm(action=action, auto_id="more-%s"))
    context = {
        "wanted": wanted,
        "offer": offer,
        "days": [(day, legs_in_words(day)) for day in days],
        "crumbs": crumbs_to(wanted, _("Answer by phone")),
        "form": form,
        "forms": [form if isinstance(form, type(one)) else one for one in fresh],
    }
    return render(request, "staff/offer_answer.html", context, status=status)
