"""What a patient or caregiver tells between sending and the visit: thin pages over `intake.before_visit`."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from intake.before_visit.pages import answer
from intake.before_visit.place import Place
from intake.symptoms.models import SymptomReport
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import reader_of
from scheduling.requests.patient_pages import patient_page
from scheduling.requests.wishes import FOLLOWER


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def before_visit(request: HttpRequest, wanted: AppointmentRequest, *, page: str, **names: str) -> HttpResponse:
    """`/my/<ref>/before-visit/…`: the task list and its pages. A closed request takes no more answers."""
    if wanted.closed_at is not None:
        return redirect("requests:status", wanted.reference)
    report = SymptomReport.objects.select_related("patient").get(pk=wanted.report_id)
    return answer(request, report, place_of(request, wanted), page, **names)


def place_of(request: HttpRequest, wanted: AppointmentRequest) -> Place:
    """The pages under a patient's own request; the wording follows who filled it in.

    Where somebody who was not verified may sit before the page, it is used as a caregiver's.
    """
    return Place(
        actor=reader_of(wanted),
        reference=wanted.reference,
        caregiver=wanted.filled_by == "caregiver",
        files_url=reverse("files:list", args=[wanted.reference]),
        print_url=reverse("requests:summary", args=[wanted.reference]),
        sign_in_url=reverse("requests:sign_in"),
        back_url=reverse("requests:status", args=[wanted.reference]),
        followers=(FOLLOWER,),
        context={"wanted": wanted, "session_idle_seconds": settings.PATIENT_IDLE_MINUTES * 60},
    )
