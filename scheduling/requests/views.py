"""Sending a request, and the patient's page about where it is."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.platform.audit.record import record_view
from clinic.platform.kept.safe import forget, kept_for
from clinic.platform.leaving import clear_site_data
from clinic.platform.pdf.render import is_installed
from clinic.platform.refusals import Refused
from intake.access.sessions import close_patient_session, patient_session
from intake.patients.reach import addresses_of
from intake.records.words import waiting_words
from intake.registration.models import Draft
from intake.registration.pages import draft_page
from intake.registration.views import show_check
from intake.triage.models import Level
from scheduling.offers.self_booking import may_pick
from scheduling.requests.actions import send_request
from scheduling.requests.after_review import question_of
from scheduling.requests.cards import card_of, cards_of
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import own_requests
from scheduling.requests.patient_pages import owner_of, patient_page, show
from scheduling.requests.patient_words import emergency_words, what_they_are_told


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
    if request.actor.kind == "staff":  # taken down by phone: the form is closed here, its request goes on with staff
        close_patient_session(request)
        return redirect("worklist:request", wanted.reference)
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
    told = what_they_are_told(wanted, draft, now=timezone.now())
    to = addresses_of(wanted.patient)
    return show(request, "requests/sent.html", wanted, has_pdf=is_installed(), is_written_to=bool(to), **told)


@require_POST
@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """On a shared computer: forget in this browser what was open."""
    forget(request)
    request.session.flush()
    return clear_site_data(redirect("requests:closed"))


@require_safe
@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Says that nothing is open here any more."""
    return render(request, "requests/closed.html")


@require_safe
@login_not_required
def mine(request: HttpRequest) -> HttpResponse:
    """`/my/`: a card for each request that this session opens. Nobody in leads to signing in."""
    session = patient_session(request)
    if session is None:
        return redirect("requests:sign_in")
    rows = own_requests(session).select_related("patient").order_by("-submitted_at")
    cards = cards_of(rows)
    if not cards and session.kind == "draft":  # a form is open here that was not sent yet
        return redirect("requests:sign_in")
    with transaction.atomic():
        whose = cards[0].wanted.patient if cards else ("intake.patient", session.subject_id)
        record_view(whose, by=session.actor, purpose="mine")
    current = [card for card in cards if card.is_open]
    return render(
        request,
        "requests/mine.html",
        {
            "current": current,
            "earlier": [card for card in cards if not card.is_open],
            "visits": sorted((card for card in current if card.visit), key=lambda card: card.visit.starts_at),
            "session_idle_seconds": settings.PATIENT_IDLE_MINUTES * 60,
        },
    )


@require_safe
@patient_page
def kept(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/kept/`: what was typed when the page was closed; its button shows it on its page again."""
    path = kept_for(request, owner_of(wanted))
    way_on = reverse("requests:status", args=[wanted.reference])
    if not path:
        return redirect(way_on)
    return show(request, "requests/kept.html", wanted, kept_path=path, way_on=way_on)


@require_safe
@patient_page
def status(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/`: where the request is, in plain words, and the next step."""
    card = card_of(wanted)
    tells = card.is_open and card.tells_back
    waiting = waiting_words(wanted.report_id, caregiver=wanted.filled_by == "caregiver") if tells else []
    danger = emergency_words(wanted, now=timezone.now()) if tells else {}
    asked = question_of(wanted) if tells and wanted.status == AppointmentRequest.Status.NEEDS_INFO else ""
    page = {"card": card, "offer": card.offer, "visit": card.visit, "waiting": waiting, **card.words, **danger}
    page["asked"] = asked
    can_pick = tells and may_pick(wanted)
    return show(request, "requests/status.html", wanted, can_pick=can_pick, **page)
