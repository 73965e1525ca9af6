"""Sending a request, and the patient's page about where it is."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.platform.audit.record import record_view
from clinic.platform.refusals import Refused
from intake.access.sessions import close_patient_session
from intake.registration.models import Draft
from intake.registration.pages import draft_page
from intake.registration.views import show_check
from intake.triage.models import Level
from scheduling.offers.models import Offer
from scheduling.requests.actions import send_request
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.patient_pages import patient_page, show
from scheduling.requests.patient_words import status_words, what_they_are_told
from scheduling.visits.itinerary import last_visit


@require_POST
@draft_page(sent_too=True)
def send(request: HttpRequest, draft: Draft) -> HttpResponse:
    """`/register/send/`: make the request of the draft in this browser. Sent twice, it is sent once."""
    if draft.state == Draft.State.SENT:
        return redirect("requests:sent")
    try:
        wanted = send_request(draft, by=request.actor, key=request.POST.get("key", ""))
    except Refused as no:
        draft.refresh_from_db()
        if draft.state == Draft.State.SENT:  # another window was faster
            return redirect("requests:sent")
        return show_check(request, draft, refusal=str(no))
    return redirect("registration:emergency" if wanted.level == Level.EMERGENCY else "requests:sent")


@require_safe
@draft_page(sent_too=True)
def sent(request: HttpRequest, draft: Draft) -> HttpResponse:
    """`/register/sent/`: the reference, what they are told, what happens next. No reference in the address."""
    if draft.state != Draft.State.SENT:
        return redirect("registration:check")
    wanted = AppointmentRequest.objects.select_related("patient", "triage").get(reference=draft.request_reference)
    with transaction.atomic():
        record_view(wanted, by=request.actor, purpose="sent")
    return show(request, "requests/sent.html", wanted, **what_they_are_told(wanted, draft, now=timezone.now()))


@require_POST
@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """On a shared computer: forget in this browser what was open."""
    close_patient_session(request)
    request.session.cycle_key()
    return redirect("requests:closed")


@require_safe
@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Says that nothing is open here any more."""
    return render(request, "requests/closed.html")


@require_safe
@patient_page
def status(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/`: where the request is, in plain words, and the next step."""
    offer = wanted.offers.filter(state=Offer.State.OPEN, expires_at__gt=timezone.now()).first()
    visit = last_visit(wanted)
    words = status_words(wanted, has_live_offer=offer is not None)
    return show(request, "requests/status.html", wanted, offer=offer, visit=visit, **words)
