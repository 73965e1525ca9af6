"""Opening a link from an e-mail: following it changes nothing, posting the birth date opens the patient's session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic.platform.refusals import Refused
from intake.access.links import is_dead, open_link
from intake.access.sessions import open_patient_session
from intake.access.tries import network_of
from scheduling.requests.forms import BirthDateForm
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.patient_pages import way_to_kept


def open_with_birth_date(
    request: HttpRequest, token: str, *, purpose: str, request_of: Callable[[str], AppointmentRequest], page: str
) -> HttpResponse:
    """Ask for the birth date and, if it fits the link, go on to `page` of the request that `request_of` finds.

    `request_of` gets the id of the row that the link was made for. An unknown link is answered like one that has ended.
    """
    if is_dead(token, purpose=purpose):
        return render(request, "requests/link_expired.html", status=410)
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                link = open_link(token, form.cleaned_data["birth_date"], purpose=purpose, network=network_of(request))
            except Refused as no:
                form.add_error(None, str(no))
            else:
                return _enter(request, request_of(link.subject_id), page)
    return render(request, "requests/open_link.html", {"form": form, "purpose": purpose}, status=status)


def _enter(request: HttpRequest, wanted: AppointmentRequest, page: str) -> HttpResponse:
    """Go on to an address without the token, so that neither history nor referrer keeps it."""
    open_patient_session(request, kind="request", subject_id=wanted.pk, caregiver=wanted.filled_by == "caregiver")
    return way_to_kept(request, [wanted]) or redirect(page, wanted.reference)
