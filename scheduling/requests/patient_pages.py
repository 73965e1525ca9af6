"""The one way a patient's page reaches its request: one that the session opens, or nothing."""

from collections.abc import Callable, Iterable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic.platform.audit.record import record_view
from clinic.platform.kept.safe import COOKIE, hand_out, is_asked_for, keep, kept_for, restore
from intake.access.sessions import lapsed_session, patient_session
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import own_request, own_requests, person_of, tells_back

PLANS = frozenset({"offers", "visits", "waitlist"})  # rooms of the clinic's own plans: days, specialties, people


def patient_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make `view(request, wanted, ...)` a page of the patient whose session this is; `request.actor` is that person.

    Without a session (20 minutes idle, another browser) a plain page says how to come back; another person's reference
    is answered like one that does not exist. A caregiver who was not verified sees plans only by the link that we sent
    about them. Every look is written down.
    """

    @wraps(view)
    def page(request: HttpRequest, reference: str, *args, **kwargs) -> HttpResponse:
        session = patient_session(request)
        if session is None:
            return signed_out(request, reference)
        if request.method in ("GET", "HEAD"):  # a page is shown: with what its templates name
            rows = own_requests(session).filter(reference=reference)
            wanted = rows.select_related("patient", "visit_type").first()
        else:
            wanted = own_request(session, reference)
        if wanted is None:
            if session.kind == "draft":  # a form is open here, not sent yet
                return signed_out(request)
            raise Http404
        if is_asked_for(request) and not restore(request, owner=owner_of(wanted)):
            return redirect(request.get_full_path())
        request.actor = person_of(wanted)
        if session.kind != "request" and not tells_back(wanted) and _is_about_plans(request):
            return show(request, "requests/not_yet.html", wanted, status=403)
        if request.method in ("GET", "HEAD"):
            with transaction.atomic():
                record_view(wanted, by=request.actor, purpose=view.__name__)
        return view(request, wanted, *args, **kwargs)

    return login_not_required(page)


def signed_out(request: HttpRequest, reference: str = "") -> HttpResponse:
    """Nothing is open in this browser: how to come back. What was posted to a page that was open here is kept."""
    lapsed = lapsed_session(request)
    wanted = own_request(lapsed, reference) if lapsed is not None and request.method == "POST" else None
    is_typed_kept = wanted is not None and keep(request, owner=owner_of(wanted))
    page = render(request, "requests/signed_out.html", {"is_typed_kept": is_typed_kept}, status=403)
    return hand_out(request, page)


def owner_of(wanted: AppointmentRequest) -> str:
    """Whose page it was, for what is kept of it: whoever opens the request again."""
    return f"request:{wanted.pk}"


def way_to_kept(request: HttpRequest, rows: Iterable[AppointmentRequest]) -> HttpResponse | None:
    """To the page that offers back what was typed when the session ended, if this browser has any of these requests."""
    for wanted in rows if COOKIE in request.COOKIES else ():
        if kept_for(request, owner_of(wanted)):
            return redirect("requests:kept", wanted.reference)
    return None


def _is_about_plans(request: HttpRequest) -> bool:
    """Whether the page shows what the clinic plans, rather than what the person told us."""
    return request.resolver_match is not None and request.resolver_match.app_name in PLANS


def show(
    request: HttpRequest, template: str, wanted: AppointmentRequest, *, status: int = 200, **context
) -> HttpResponse:
    """A page about `wanted`, with the warning before its session ends."""
    idle = settings.PATIENT_IDLE_MINUTES * 60
    return render(request, template, {"wanted": wanted, "session_idle_seconds": idle, **context}, status=status)
