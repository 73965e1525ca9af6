"""Staff: send the link to an offer or a visit once more. The form stands on the pages of both."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform import words
from clinic.platform.forms import RadioField, SubmitForm
from clinic.platform.told import told_in
from intake.patients.models import Patient
from intake.patients.reach import ways_to
from scheduling.offers.send_again import send_link_again
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


class SendAgainForm(SubmitForm):
    """The ways that the patient agreed to, with the address of each."""

    submit_label = gettext_lazy("Send the link again")
    way = RadioField(
        label=gettext_lazy("How should we send it?"), choices=(), missing=gettext_lazy("Select how to send it")
    )

    def __init__(self, *args, patient: Patient, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        shown = {"email": gettext_lazy("Email to %(to)s"), "text": gettext_lazy("Text message to %(to)s")}
        ways = ways_to(patient)
        field: Any = self.fields["way"]
        field.choices = [
            (way, shown[way] % {"to": words.phone(to) if way == "text" else to}) for way, to in ways.items()
        ]
        if len(ways) == 1:
            self.initial["way"] = next(iter(ways))


@requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
@require_http_methods(["GET", "HEAD", "POST"])
def send_again(request: HttpRequest, reference: str) -> HttpResponse:
    """`/staff/requests/<ref>/send-link/`: choose a way; the message and its page are those of the first time."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "send_link")
    form = SendAgainForm(request.POST if request.method == "POST" else None, patient=wanted.patient)
    if form.is_bound and form.is_valid() and _sent(request, wanted, form):
        return redirect("worklist:request", wanted.reference)
    context = {
        "wanted": wanted,
        "form": form,
        "crumbs": crumbs_to(wanted, _("Send the link again")),
        "can_write": bool(ways_to(wanted.patient)),
        "back_url": reverse("worklist:request", args=[wanted.reference]),
    }
    return render(request, "staff/send_again.html", context, status=422 if form.errors else 200)


def _sent(request: HttpRequest, wanted: AppointmentRequest, form: SendAgainForm) -> bool:
    answer = form.cleaned_data
    with told_in(form):
        send_link_again(wanted, way=answer["way"], by=staff_actor(request.user), key=answer["key"])
        messages.success(request, _("The link is on its way to the patient."))
        return True
    return False
