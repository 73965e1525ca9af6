"""Staff: somebody who speaks for a patient, and whether that is verified."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.told import told_above
from intake.patients.models import Proxy
from intake.patients.proxies import unverify_proxy, verify_proxy
from scheduling.worklist.staff_views import find_wanted


@requires(Permission.VIEW_PATIENT, Permission.HANDLE_TASKS)
@require_POST
def proxy(request: HttpRequest, reference: str, proxy_id: int) -> HttpResponse:
    """Mark a person's authority as verified, or take the mark back (`then` is "undo"); then the request."""
    wanted = find_wanted(request, reference)
    row = get_object_or_404(Proxy, pk=proxy_id, patient=wanted.patient)
    is_undo = request.POST.get("then") == "undo"
    action = unverify_proxy if is_undo else verify_proxy
    with told_above(request):
        action(row, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        said = _("Not verified any more. Tell them nothing about the patient.") if is_undo else _("Authority verified.")
        messages.success(request, said)
    return redirect("worklist:request", wanted.reference)
