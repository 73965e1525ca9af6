"""The staff's home (the worklist), search, and what every page about one request starts with."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.home import show_worklist
from scheduling.worklist.lists import Row
from scheduling.worklist.my_day_views import show_my_day, show_welcome
from scheduling.worklist.search import find_alerts, find_requests
from scheduling.worklist.staff_forms import SearchForm


def find_wanted(request: HttpRequest, reference: str) -> AppointmentRequest:
    """The request of this reference if the person may see it; otherwise 404, so that nothing is told."""
    if not reference.isprintable():
        raise Http404  # PostgreSQL cannot be asked for a NUL byte
    rows = AppointmentRequest.objects.visible_to(request.user)
    rows = rows.select_related("patient", "report__before_visit", "triage", "taken_by", "visit_type")
    return get_object_or_404(rows, reference=reference)


def note_look(request: HttpRequest, wanted: AppointmentRequest, purpose: str) -> None:
    """Write down that this person looked at a patient's record; one row a look."""
    if request.method in ("GET", "HEAD"):
        with transaction.atomic():
            record_view(wanted, by=staff_actor(request.user), purpose=purpose)


def crumbs_to(wanted: AppointmentRequest, *here: str) -> list[tuple[str, str]]:
    """The way to a page of a request: worklist, request, then the page's own name."""
    way = [(_("Worklist"), reverse("worklist:home"))]
    if not here:
        return [*way, (wanted.reference, "")]
    return [
        *way,
        (wanted.reference, reverse("worklist:request", args=[wanted.reference])),
        *((name, "") for name in here),
    ]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The worklist; for who sees only their own patients, their day; for roles without patients, what they may do."""
    if not request.user.has_perm(Permission.VIEW_WORKLIST):
        return show_my_day(request) if request.user.has_perm(Permission.VIEW_PATIENT) else show_welcome(request)
    asked = request.GET
    if "" in asked.values():  # an unfilled part of the filter form asks for nothing: keep the address short
        kept = asked.copy()
        for name, values in asked.lists():
            kept.setlist(name, [value for value in values if value != ""])
        return redirect(f"{request.path}?{kept.urlencode()}")
    return show_worklist(request, asked)


@requires(Permission.VIEW_PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Results of a search. What was typed comes by POST: it never gets into an address."""
    form = SearchForm(request.POST or None)
    context = {"form": form, "searched": False, "can_take": request.user.has_perm(Permission.TAKE_REQUEST)}
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        found, more = find_requests(form.cleaned_data["words"], user=request.user)
        rows = [Row.of(wanted, now=now) for wanted in found]
        context["alerts"] = find_alerts(form.cleaned_data["words"], user=request.user)
        context |= {"rows": rows, "more": more, "searched": True}
    return render(request, "worklist/search.html", context, status=422 if form.errors else 200)
