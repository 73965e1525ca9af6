"""Sending a request, and the patient's page about where it is."""

from clinic.platform.audit.record import record_view
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.platform.refusals import Refused
from intake.access.sessions import PatientSession, patient_session
from intake.registration.models import Draft
from intake.triage.models import Level
from scheduling.offers.models import Offer
from scheduling.requests.actions import send_request
from scheduling.requests.forms import SendForm
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.patient_pages import patient_page, show
from scheduling.requests.patient_words import status_words, what_they_are_told
from scheduling.visits.itinerary import last_visit


@require_POST
@login_not_required
def send(request: HttpRequest) -> HttpResponse:
    """`/register/send/`: make the request of the draft in this session. Sent twice, it is sent once."""
    session, draft = _draft_of(request)
    if draft is None:
        return render(request, "requests/not_sent.html", status=403)
    if draft.state != Draft.State.SENT:
        form = SendForm(request.POST)
        key = form.data.get("key", "")
        try:
            wanted = send_request(draft, by=session.actor, key=key)
        except Refused as no:
            messages.error(request, str(no))
            return redirect("registration:check")
        if wanted.level == Level.EMERGENCY:
            return redirect("registration:emergency")
    return redirect("requests:sent")


@require_safe
@login_not_required
def sent(request: HttpRequest) -> HttpResponse:
    """`/register/sent/`: the reference, what they are told, what happens next. No reference in the address."""
    session, draft = _draft_of(request)
    if draft is None:
        return render(request, "requests/not_sent.html", status=403)
    if draft.state != Draft.State.SENT:
        return redirect("registration:check")
    wanted = AppointmentRequest.objects.select_related("patient", "triage").get(reference=draft.request_reference)
    with transaction.atomic():
        record_view(wanted, by=session.actor, purpose="sent")
    return show(request, "requests/sent.html", wanted, **what_they_are_told(wanted, draft, now=timezone.now()))


def _draft_of(request: HttpRequest) -> tuple[PatientSession | None, Draft | None]:
    session = patient_session(request)
    if session is None or session.kind != "draft":
        return session, None
    return session, Draft.objects.filter(pk=session.subject_id).first()


@require_safe
@patient_page
def status(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/`: where the request is, in plain words, and the next step."""
    offer = wanted.offers.filter(state=Offer.State.OPEN, expires_at__gt=timezone.now()).first()
    visit = last_visit(wanted)
    words = status_words(wanted, has_live_offer=offer is not None)
    return show(request, "requests/status.html", wanted, offer=offer, visit=visit, **words)
