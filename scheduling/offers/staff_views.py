"""Staff: the builder of a coordinated visit, and taking an offer back."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.refusals import Refused
from clinic.platform.told import told_above
from intake.patients.reach import addresses_of
from scheduling.itineraries.search import find_days, not_before, suggested_legs
from scheduling.offers.actions import make_offer, release_offer
from scheduling.offers.asked import asked_in, filled_in
from scheduling.offers.day_words import ShownDay, day_why_words, read_day, shown_days, why_not_words
from scheduling.offers.models import Offer
from scheduling.offers.over_views import can_overbook
from scheduling.offers.planning import Planning, planning_of
from scheduling.offers.staff_forms import BuildForm
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.itinerary import held_days
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look
from scheduling.worklist.suggestion_words import beside_the_legs, leg_reasons

DAYS_EXPLAINED = 10


@dataclass(frozen=True, slots=True)
class Listing:
    """What a search gave: days to tick, or what stands in the way; and each of the first days with its own reason."""

    days: list[ShownDay]
    why_not: list[str]
    by_day: list[tuple[date, str]]


@requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
@require_http_methods(["GET", "HEAD", "POST"])
def build(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose specialties and wishes, see ranked days, hold up to three and send the offer."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "plan_days")
    planning = planning_of(wanted)
    if request.method != "POST":
        return _show(request, wanted, _fresh_form(request, wanted, planning))
    form = BuildForm(request.POST, planning=planning, can_overbook=can_overbook(request))
    if not form.is_valid():
        return _show(request, wanted, form, status=422)
    if form.wants_hold:
        return _hold(request, wanted, form)
    return _show(request, wanted, form)


def _fresh_form(request: HttpRequest, wanted: AppointmentRequest, planning: Planning) -> BuildForm:
    """The form as first opened: what the review chose, what the patient wished, the interpreter that is needed.

    A free time that somebody chose in the calendar goes before what was wished.
    """
    told = wanted.preferences
    initial: dict = {
        "weekdays": told.get("weekdays", []),
        "parts": told.get("times_of_day", []),
        "interpreter": planning.can_interpret,
    }
    earliest = not_before(wanted)
    if earliest is not None and earliest > timezone.localdate():
        initial["earliest"] = earliest
    chosen = suggested_legs(
        wanted, kind=planning.kind, usual=planning.usual_minutes, suggested=planning.suggested.leg_codes
    )
    for code, minutes in chosen:
        initial |= {f"leg_{code}": True, f"minutes_{code}": minutes}
    initial = filled_in(initial, asked_in(request.GET, planning), planning)
    return BuildForm(planning=planning, initial=initial, can_overbook=can_overbook(request))


def _hold(request: HttpRequest, wanted: AppointmentRequest, form: BuildForm) -> HttpResponse:
    """Hold the ticked days; whatever is refused, the page comes back with a new list and everything kept."""
    legs = form.chosen_legs
    chosen = [read_day(wanted, value, legs) for value in dict.fromkeys(form.cleaned_data["day"])]
    if not all(day and (day.interpreter_id is not None) == form.wants_interpreter for day in chosen):
        form.add_error(None, _("The list was made for other specialties or is too old. Here is a new one."))
        return _show(request, wanted, form, status=409)
    try:
        make_offer(wanted, chosen, by=staff_actor(request.user), key=form.cleaned_data["key"], now=timezone.now())
    except Refused as no:
        form.add_error(None, str(no))
        form.renew_key()
        form.planning = planning_of(wanted)  # somebody else may have made an offer
        return _show(request, wanted, form, status=409)
    if addresses_of(wanted.patient):
        messages.success(request, _("The days are held and the offer is on its way to the patient."))
    else:
        messages.warning(request, _("The days are held. The patient has not agreed to messages: call them."))
    return redirect("staff-offers:build", wanted.reference)


def _search(wanted: AppointmentRequest, form: BuildForm) -> Listing:
    """Ranked days for what the form says."""
    legs, values = form.chosen_legs, form.cleaned_data if form.is_bound else form.initial
    found = find_days(
        wanted,
        legs=legs,
        wishes=form.wishes,
        interpreter=form.wants_interpreter,
        earliest_on=values.get("earliest") or timezone.localdate(),  # an emptied field takes the patient's word back
        kind=form.planning.kind,
        now=timezone.now(),
        days_explained=DAYS_EXPLAINED,
        over=form.overbooked.pk if form.overbooked else None,
    )
    planning = form.planning
    return Listing(
        days=shown_days(wanted, found.itineraries, legs, clinicians=planning.clinicians, rooms=planning.rooms),
        why_not=why_not_words(found.why_not, planning.names) if found.why_not else [],
        by_day=[(on, day_why_words(why, planning.names)) for on, why in found.by_day],
    )


def _show(request: HttpRequest, wanted: AppointmentRequest, form: BuildForm, *, status: int = 200) -> HttpResponse:
    offer = form.planning.offer
    form.suggested = leg_reasons(form.planning.suggested)
    can_plan = wanted.status == AppointmentRequest.Status.READY and offer is None
    context = {
        "wanted": wanted,
        "crumbs": crumbs_to(wanted, _("Plan the day")),
        "form": form,
        "planning": form.planning,
        "offer": offer,
        "held": held_days(offer) if offer else [],
        "can_plan": can_plan,
        "beside": beside_the_legs(form.planning.suggested),
        "listing": _search(wanted, form) if can_plan and form.has_legs else None,
        "is_written_to": bool(addresses_of(wanted.patient)),
        "ticked": set(form.data.getlist("day")) if form.is_bound else set(),
    }
    return render(request, "staff/build.html", context, status=status)


@requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the open offer back: its days are free again."""
    wanted = find_wanted(request, reference)
    offer = Offer.objects.visible_to(request.user).filter(request=wanted).order_by("-made_at").first()
    if offer is None:
        messages.warning(request, _("There is no offer to take back."))
        return redirect("staff-offers:build", wanted.reference)
    with told_above(request):
        release_offer(offer, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("The offer is taken back. Its days are free again."))
    return redirect("staff-offers:build", wanted.reference)
