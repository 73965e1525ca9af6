"""Staff: new symptoms that a caller tells about a request that was sent, on the pages of the patients' own form."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from scheduling.requests.symptoms_pages import Telling, answer
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


@requires(Permission.VIEW_PATIENT, Permission.ENTER_BY_PHONE)
def new_symptoms(request: HttpRequest, reference: str, *, page: str, **names: str) -> HttpResponse:
    """`/staff/requests/<ref>/new-symptoms/…`: what is told is kept as the patient's words, taken down by staff."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "new_symptoms")
    actor = staff_actor(request.user)
    request.actor = actor  # type: ignore[attr-defined]  # the emergency page is read aloud: it asks who sits before it
    home_url = reverse("worklist:request", args=[wanted.reference])
    telling = Telling(
        wanted=wanted,
        actor=actor,
        home_url=home_url,
        namespace="staff-symptoms",
        by_phone=True,
        context={
            "by_phone": True,
            "by_phone_url": home_url,
            "is_open": wanted.closed_at is None,
            "crumbs": crumbs_to(wanted, _("New symptoms told by phone")),
            "session_idle_seconds": settings.STAFF_IDLE_MINUTES * 60,
        },
    )
    return answer(request, telling, page, **names)
