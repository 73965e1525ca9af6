"""Staff book a free gap of the calendar: choose the request, then hold the time, or go where the day is planned.

Nothing new is written here: one appointment is offered as any other day is (scheduling/offers), a patient who is here
today gets a visit as who walks in does (scheduling/visits/walk_in), and a visit with more appointments is planned in
the builder with this clinician, date and time of day filled in.
"""

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician
from clinic.platform.audit.record import record_view
from clinic.platform.refusals import Refused
from clinic.platform.words import clock, short_day
from intake.patients.reach import addresses_of
from scheduling.availability.bits import datetime_of
from scheduling.calendar.blocks import moment_value
from scheduling.calendar.forms import HoldForm, ReferenceForm
from scheduling.calendar.gaps import Fit, Gap, fit_at, gap_at, patient_says_later, ready_requests
from scheduling.offers.actions import make_offer
from scheduling.offers.planning import planning_of
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.reference import read_reference
from scheduling.worklist.staff_views import find_wanted, note_look

allowed = requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
DAYS_AROUND = 3650


@allowed
@require_safe
def choose(request: HttpRequest, clinician_id: int, at: str) -> HttpResponse:
    """The gap, and the requests that are ready: one is chosen from the list or found by its reference."""
    gap = _gap(clinician_id, at)
    with transaction.atomic():
        record_view(("clinic_day", gap.on.isoformat()), by=staff_actor(request.user), purpose="book_gap")
    form = ReferenceForm(request.GET if "reference" in request.GET else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["reference"]
        reference = read_reference(typed) or typed.strip().upper()
        if AppointmentRequest.objects.visible_to(request.user).filter(reference=reference).exists():
            return redirect("staff-calendar:book-for", clinician_id, at, reference)
        form.add_error("reference", _("No request has this reference. Check it and try again"))
    fit, others, has_more = ready_requests(request.user, gap.clinician.specialty.code)
    context = _about(gap) | {"form": form, "fit": fit, "others": others, "has_more": has_more}
    return render(request, "calendar/book.html", context, status=422 if form.errors else 200)


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, clinician_id: int, at: str, reference: str) -> HttpResponse:
    """What can become of this request in the gap; the button holds the time and sends the offer."""
    wanted, moment, now = find_wanted(request, reference), _moment(at), timezone.now()
    note_look(request, wanted, "book_gap")
    planning = planning_of(wanted)
    clinician = planning.clinicians.get(clinician_id)
    if clinician is None or not clinician.specialty.is_leg:
        raise Http404
    if request.method == "POST" and planning.offer is not None:  # held already, as by a second press
        return redirect("staff-offers:build", wanted.reference)
    is_ready = wanted.status == AppointmentRequest.Status.READY and planning.offer is None
    if is_ready and moment > now:
        fit = fit_at(wanted, planning, clinician, moment, now=now)
    else:
        fit = Fit(gap_at(clinician, moment, now=now))
    form, gap = HoldForm(request.POST if request.method == "POST" else None), fit.gap
    if request.method == "POST" and form.is_valid():
        if fit.itinerary is not None:
            try:
                return _hold(request, wanted, fit, form, now)
            except Refused as no:
                form.add_error(None, str(no))
        else:
            form.add_error(None, _("This time cannot be held any more. Look at what is possible now."))
        form.renew_key()
    context = _about(gap, wanted) | {
        "wanted": wanted,
        "form": form,
        "fit": fit,
        "leg": _leg(fit),
        "place": fit.place,
        "is_ready": is_ready,
        "is_over": gap.at <= now,
        "later": patient_says_later(wanted, gap),
        "is_late": wanted.visit_due_on is not None and gap.on > wanted.visit_due_on,
        "today_url": _today_url(wanted, gap, now) if is_ready and request.user.has_perm(Permission.RUN_DAY) else "",
        "build_url": _build_url(wanted, gap),
        "is_written_to": bool(addresses_of(wanted.patient)),
    }
    return render(request, "calendar/book_for.html", context, status=409 if form.errors else 200)


def _hold(request: HttpRequest, wanted: AppointmentRequest, fit: Fit, form: HoldForm, now: datetime) -> HttpResponse:
    """An offer of this one time; its page says until when it is held and takes the answer by phone."""
    make_offer(wanted, [fit.itinerary], by=staff_actor(request.user), key=form.cleaned_data["key"], now=now)
    if addresses_of(wanted.patient):
        messages.success(request, _("The time is held and the offer is on its way to the patient."))
    else:
        messages.warning(request, _("The time is held. The patient has not agreed to messages: call them."))
    return redirect("staff-offers:build", wanted.reference)


def _gap(clinician_id: int, at: str) -> Gap:
    """The gap of an address; 404 for a clinician or a moment that cannot be."""
    if clinician_id >= 2**31:
        raise Http404
    clinicians = Clinician.objects.filter(is_active=True, specialty__is_leg=True).select_related("specialty", "site")
    return gap_at(get_object_or_404(clinicians, pk=clinician_id), _moment(at), now=timezone.now())


def _moment(text: str) -> datetime:
    """2026-11-23T1100 of the clinic's own time, on a quarter of an hour and some years around now; 404 otherwise."""
    try:
        read = datetime.strptime(text, "%Y-%m-%dT%H%M")  # noqa: DTZ007  (the zone follows)
    except ValueError:
        raise Http404 from None
    at = read.replace(tzinfo=timezone.get_default_timezone())
    is_near = abs(at.date() - timezone.localdate()) <= timedelta(days=DAYS_AROUND)
    if not is_near or at.minute % 15 or moment_value(at) != text:
        raise Http404
    return at.astimezone(datetime_of(0).tzinfo)


def _about(gap: Gap, wanted: AppointmentRequest | None = None) -> dict:
    """What both pages say of the gap, with the other starts in it as links."""
    title = _("Book %(time)s with %(name)s") % {"time": clock(gap.at), "name": gap.clinician.name}
    day_url = reverse("staff-calendar:day", args=[gap.on.isoformat()])
    crumbs = [(_("Worklist"), reverse("worklist:home")), (short_day(gap.on), day_url), (title, "")]
    return {
        "gap": gap,
        "at": moment_value(gap.at),
        "title": title,
        "day_url": day_url,
        "starts": [(clock(one), _address(gap, one, wanted), one == gap.at) for one in gap.starts],
        "crumbs": crumbs,
    }


def _address(gap: Gap, at: datetime, wanted: AppointmentRequest | None) -> str:
    args = [gap.clinician.pk, moment_value(at)]
    if wanted is not None:
        return reverse("staff-calendar:book-for", args=[*args, wanted.reference])
    return reverse("staff-calendar:book", args=args)


def _leg(fit: Fit) -> tuple[datetime, datetime] | None:
    """From when to when the one appointment would be."""
    if fit.itinerary is None:
        return None
    return datetime_of(fit.itinerary.start), datetime_of(fit.itinerary.end)


def _today_url(wanted: AppointmentRequest, gap: Gap, now: datetime) -> str:
    """The page that gives a patient one appointment today, filled in; empty on other days and for what is over."""
    if gap.on != timezone.localdate(now) or gap.at < now:
        return ""
    asked = {"with": gap.clinician.pk, "at": timezone.localtime(gap.at).strftime("%H:%M")}
    return f"{reverse('staff-visits:walk-in-leg', args=[wanted.reference])}?{urlencode(asked)}"


def _build_url(wanted: AppointmentRequest, gap: Gap) -> str:
    """The builder with this clinician, date and time of day filled in."""
    today: date = timezone.localdate()
    asked = {
        "with": gap.clinician.pk,
        "from": max(gap.on, today).isoformat(),
        "at": timezone.localtime(gap.at).strftime("%H:%M"),
    }
    return f"{reverse('staff-offers:build', args=[wanted.reference])}?{urlencode(asked)}"
