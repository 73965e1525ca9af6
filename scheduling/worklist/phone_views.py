"""Staff: taking down a registration by phone, and what the visit needs, on the same pages that patients fill in.

The pages speak to staff about the patient, but where a wording is fixed and read aloud. The answers are kept as the
patient's, the one who acts is the member of staff.
"""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from intake.access.sessions import close_patient_session, open_phone_session, phone_session
from intake.before_visit.pages import answer
from intake.before_visit.place import Place
from intake.registration.actions import start_draft
from intake.registration.models import Draft
from intake.registration.pages import address_of
from intake.registration.steps import FLOW
from scheduling.requests.wishes import FOLLOWER
from scheduling.worklist.staff_views import find_wanted, note_look


@requires(Permission.VIEW_PATIENT, Permission.ENTER_BY_PHONE)
@require_http_methods(["GET", "HEAD", "POST"])
def phone_entry(request: HttpRequest) -> HttpResponse:
    """Begin a form for a caller, or go on with the one that is open here."""
    draft = _open_draft(request)
    if request.method == "POST":
        draft = start_draft(filled_by="staff_phone", by=staff_actor(request.user))
        open_phone_session(request, draft.pk)
        return redirect(address_of(FLOW.first_gap(draft.answers, draft.steps_done)))
    go_on = address_of(FLOW.first_gap(draft.answers, draft.steps_done)) if draft else ""
    crumbs = [(_("Worklist"), reverse("worklist:home")), (_("Phone entry"), "")]
    return render(request, "worklist/phone_entry.html", {"go_on": go_on, "crumbs": crumbs})


def _open_draft(request: HttpRequest) -> Draft | None:
    session = phone_session(request)
    return session and Draft.objects.filter(pk=session.subject_id, state=Draft.State.OPEN).first()


@requires(Permission.VIEW_PATIENT, Permission.ENTER_BY_PHONE)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the form here. Without a birth date its answers end soon; with one they wait for the caller's code."""
    close_patient_session(request)
    messages.success(request, _("The form is closed in this browser."))
    return redirect("worklist:phone-entry")


@requires(Permission.VIEW_PATIENT, Permission.ENTER_BY_PHONE)
@require_http_methods(["GET", "HEAD", "POST"])
def before_visit(request: HttpRequest, reference: str, *, page: str, **names: str) -> HttpResponse:
    """`/staff/requests/<ref>/before-visit/…`: the task list of a patient on the phone. A closed request takes none."""
    wanted = find_wanted(request, reference)
    back = reverse("worklist:request", args=[wanted.reference])
    if wanted.closed_at is not None:
        return redirect(back)
    note_look(request, wanted, "before_visit")
    place = Place(
        actor=staff_actor(request.user),
        reference=wanted.reference,
        namespace="staff-before-visit",
        caregiver=True,  # the wording: about the patient
        back_url=back,
        followers=(FOLLOWER,),
        context={
            "wanted": wanted,
            "by_phone": True,
            "by_phone_url": back,
            "session_idle_seconds": settings.STAFF_IDLE_MINUTES * 60,
        },
    )
    return answer(request, wanted.report, place, page, **names)
