"""Keep a record: all answers to print, as a PDF, and everything we have of the person as data."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.views.decorators.http import require_safe

from clinic.platform.pdf.render import NoPdf, is_installed, make_pdf
from clinic.platform.words import clinic_facts
from scheduling.requests.before_visit_views import place_of
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import tells_back
from scheduling.requests.own_data import own_data_of
from scheduling.requests.patient_pages import patient_page, show
from scheduling.requests.summary import record_of


@require_safe
@patient_page
def summary(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/summary/`: every question with its answer, skipped ones too, to read or to print."""
    groups = _groups(request, wanted)
    context = {"groups": groups, "site": settings.PUBLIC_URL, "made_at": timezone.now(), "has_pdf": is_installed()}
    context["back_url"] = reverse("requests:status", args=[wanted.reference])
    return show(request, "summary/print.html", wanted, **context)


def _groups(request: HttpRequest, wanted: AppointmentRequest) -> list:
    return record_of(wanted, place_of(request, wanted), tells_back=tells_back(wanted))


@require_safe
@patient_page
def summary_pdf(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/summary.pdf`: the same as a tagged PDF; where none can be made, a page that offers print."""
    context: dict[str, Any] = {
        "groups": _groups(request, wanted),
        "wanted": wanted,
        "clinic": clinic_facts(),
        "site": settings.PUBLIC_URL,
        "made_at": timezone.now(),
        "reference": wanted.reference,
        "sent_at": wanted.submitted_at,
        "language": to_locale(get_language() or "en").replace("_", "-"),
    }
    try:
        document = make_pdf("summary/document.html", context, style="summary/style.css")
    except NoPdf:
        return show(request, "summary/no_pdf.html", wanted, status=503)
    return HttpResponse(
        document,
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="clinic-answers.pdf"'},
    )


@require_safe
@patient_page
def own_data(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/data.json`: at once, all that the person gave us and all that came of it."""
    return JsonResponse(
        own_data_of(wanted, place_of(request, wanted), tells_back=tells_back(wanted)),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": 'attachment; filename="clinic-data.json"'},
    )
