"""Staff: taking requests from the list, one or several at a time, and handing one over to a colleague."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.kept.data import ShownAgain
from clinic.platform.refusals import Refused
from scheduling.requests.handing import hand_over, take_free_request
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.filters import read_filter, those_who_take
from scheduling.worklist.home import choices_of
from scheduling.worklist.list_forms import HandOverForm
from scheduling.worklist.lists import ROWS_A_PAGE
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


@requires(Permission.VIEW_WORKLIST, Permission.TAKE_REQUEST)
@require_POST
def take_several(request: HttpRequest) -> HttpResponse:
    """Take the requests that are ticked, or the one of the button in a row. Each that was taken meanwhile is named.

    One taken by its own button opens; after several the list is shown again as it was.
    """
    if isinstance(request.POST, ShownAgain):  # ticked before the session ended: the person looks at the list first
        messages.info(request, _("You were signed out before this was sent. Nobody took a request. Tick them again."))
        return redirect(_back(request))
    single = request.POST.get("one", "")
    named = [single] if single else list(dict.fromkeys(request.POST.getlist("reference")))[:ROWS_A_PAGE]
    rows = AppointmentRequest.objects.visible_to(request.user).select_related("patient")
    known = {wanted.reference: wanted for wanted in rows.filter(reference__in=[one.replace("\0", "") for one in named])}
    if not known:
        messages.warning(request, _("Tick at least one request first."))
        return redirect(_back(request))
    taken = [wanted for wanted in known.values() if _take(request, wanted)]
    if single and taken:
        messages.success(request, _("You hold this request now."))
        return redirect("worklist:request", taken[0].reference)
    if taken:
        words = ngettext("You hold %(n)s more request now.", "You hold %(n)s more requests now.", len(taken))
        messages.success(request, words % {"n": len(taken)})
    return redirect(_back(request))


def _take(request: HttpRequest, wanted: AppointmentRequest) -> bool:
    """Whether it could be taken; if not, a message says why, with the patient's name."""
    key = request.POST.get("key", "")
    try:
        take_free_request(
            wanted,
            user=request.user,
            by=staff_actor(request.user),
            key=f"{key}:{wanted.reference}" if key else "",
        )
    except Refused as no:
        words = {"name": wanted.patient.full_name or wanted.reference, "why": str(no)}
        messages.warning(request, _("%(name)s: not taken. %(why)s") % words)
        return False
    return True


def _back(request: HttpRequest) -> str:
    """The list that the person came from: made anew of what was understood of the address, never of its text."""
    home = reverse("worklist:home")
    people, specialties, _saved = choices_of(request.user)
    chosen = read_filter(request.POST.get("back", ""), people=people, specialties=specialties)
    return home if chosen is None else f"{home}?{chosen.query}"


@requires(Permission.VIEW_PATIENT, Permission.TAKE_REQUEST)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand a request over to a colleague who may hold requests; a page that is old says so and keeps what was typed."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "hand_over")
    others = get_user_model().objects.filter(is_active=True).exclude(pk=wanted.taken_by_id)
    people = those_who_take(others.only("name", "email", "roles", "is_active"))
    data = request.POST if request.method == "POST" else None
    form = HandOverForm(data, people=people, me=request.user, initial={"version": wanted.version})
    if form.is_valid() and (given := _given(request, wanted, form)):
        messages.success(request, _("%(name)s holds this request now.") % {"name": given.taken_by})
        return redirect("worklist:request", wanted.reference)
    context = {
        "wanted": wanted,
        "form": form,
        "is_open": wanted.closed_at is None,
        "crumbs": crumbs_to(wanted, _("Hand over")),
    }
    return render(request, "worklist/hand_over.html", context, status=422 if form.errors else 200)


def _given(request: HttpRequest, wanted: AppointmentRequest, form: HandOverForm) -> AppointmentRequest | None:
    said = form.cleaned_data
    try:
        return hand_over(
            wanted,
            to=form.people[said["colleague"]],
            reason=said["reason"] or "",
            version=said["version"],
            user=request.user,
            by=staff_actor(request.user),
            key=said["key"],
        )
    except Refused as no:
        form.add_error(None, str(no))
        form.renew(wanted.version)
        return None
