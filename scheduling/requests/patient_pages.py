"""The one way a patient's page reaches its request: the session's own request, or nothing."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.platform.audit.record import record_view
from intake.access.sessions import patient_session
from scheduling.requests.models import AppointmentRequest


def patient_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make `view(request, wanted, ...)` a page of the patient whose session this is; `request.actor` is that person.

    Without a session (20 minutes idle, another browser) a plain page says how to come back; another person's reference
    is answered like one that does not exist. Every look is written down.
    """

    @wraps(view)
    def page(request: HttpRequest, reference: str, *args, **kwargs) -> HttpResponse:
        session = patient_session(request)
        if session is None or session.kind != "request":
            return render(request, "requests/signed_out.html", status=403)
        rows = AppointmentRequest.objects.filter(pk=session.subject_id, reference=reference)
        if request.method in ("GET", "HEAD"):  # a page is shown: with what its templates name
            rows = rows.select_related("patient", "visit_type")
        wanted = rows.first()
        if wanted is None:
            raise Http404
        request.actor = session.actor
        if request.method in ("GET", "HEAD"):
            with transaction.atomic():
                record_view(wanted, by=session.actor, purpose=view.__name__)
        return view(request, wanted, *args, **kwargs)

    return login_not_required(page)


def show(
    request: HttpRequest, template: str, wanted: AppointmentRequest, *, status: int = 200, **context
) -> HttpResponse:
    """A page about `wanted`, with the warning before its session ends."""
    idle = settings.PATIENT_IDLE_MINUTES * 60
    return render(request, template, {"wanted": wanted, "session_idle_seconds": idle, **context}, status=status)
