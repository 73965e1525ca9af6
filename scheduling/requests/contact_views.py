"""A patient changes how and when we reach them. A new number or address needs a call: it could be somebody else's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.platform.refusals import Refused
from intake.patients.editing import OWN, values_of
from intake.patients.models import Patient
from scheduling.requests.contact_actions import change_contact
from scheduling.requests.contact_forms import OwnContactForm
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.own import tells_back
from scheduling.requests.patient_pages import patient_page, show


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def contact(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/contact/`: their choices as they stand, to be changed. Not for a caregiver who was not verified."""
    if not tells_back(wanted):
        return redirect("requests:status", wanted.reference)
    patient = Patient.objects.get(pk=wanted.patient_id)
    form = _form(request, wanted, patient)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change_contact(
                    wanted,
                    form.values(values_of(patient)),
                    version=form.cleaned_data["version"],
                    by=request.actor,
                    key=form.cleaned_data["key"],
                )
            except Refused as no:
                form.add_error("consent_sms" if no.code == "stopped" else None, str(no))
                form.renew_key()
                if no.code == "stale":  # what they chose stays on the page; saved once more it counts
                    patient.refresh_from_db()
                    form.data["version"], status = str(patient.version), 409
            else:
                messages.success(request, _("Saved."))
                return redirect("requests:status", wanted.reference)
    back_url = reverse("requests:status", args=[wanted.reference])
    return show(request, "requests/contact.html", wanted, form=form, patient=patient, back_url=back_url, status=status)


def _form(request: HttpRequest, wanted: AppointmentRequest, patient: Patient) -> OwnContactForm:
    values = values_of(patient)
    return OwnContactForm(
        request.POST if request.method == "POST" else None,
        initial={"version": patient.version, **{name: values[name] for name in OWN}},
        has_email=bool(patient.email),
        for_caregiver=wanted.filled_by == "caregiver",
    )
