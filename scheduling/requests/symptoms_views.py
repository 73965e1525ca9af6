"""A patient who has sent a request tells us of new symptoms, on their own pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import tells_back
from scheduling.requests.patient_pages import patient_page
from scheduling.requests.symptoms_pages import Telling, answer

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _telling(request: HttpRequest, wanted: AppointmentRequest) -> Telling:
    return Telling(
        wanted=wanted,
        actor=request.actor,
        home_url=reverse("requests:status", args=[wanted.reference]),
        tells_back=tells_back(wanted),
    )


@get_or_post
@patient_page
def symptoms(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/symptoms/`: that this is not for emergencies, and when a nurse reads it; the button begins."""
    return answer(request, _telling(request, wanted), "start")


@get_or_post
@patient_page
def symptoms_step(request: HttpRequest, wanted: AppointmentRequest, step: str) -> HttpResponse:
    """One page of the short form."""
    return answer(request, _telling(request, wanted), "step", step=step)


@require_safe
@patient_page
def symptoms_check(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """What was answered, with a way to change it; the button sends."""
    return answer(request, _telling(request, wanted), "check")


@require_POST
@patient_page
def symptoms_send(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """Send the short form of this request; sent twice, it is sent once."""
    return answer(request, _telling(request, wanted), "send")


@require_safe
@patient_page
def symptoms_sent(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """What they are told after sending: by when a nurse calls, or once more what to do in an emergency."""
    return answer(request, _telling(request, wanted), "sent")


@get_or_post
@patient_page
def symptoms_emergency(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """What to do now; a post keeps the number and what the person will do."""
    return answer(request, _telling(request, wanted), "emergency")
