"""The staff's home (the worklist), search, and the page of one request."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.backend import ADMIN_ANY
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.refusals import Refused
from scheduling.requests.actions import hand_back, take_request
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.actions import log_call
from scheduling.worklist.dossier import Dossier
from scheduling.worklist.lists import TAB_BY_SLUG, TABS, Row, page_of, tab_counts
from scheduling.worklist.search import find_alerts, find_requests
from scheduling.worklist.staff_forms import ContactForm, SearchForm


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
    """The worklist; for roles without patients, a page that leads to what they may do."""
    if not request.user.has_perm(Permission.VIEW_WORKLIST):
        return render(request, "staff/welcome.html", {"can_admin": any(map(request.user.has_perm, ADMIN_ANY))})
    now = timezone.now()
    tab = TAB_BY_SLUG.get(request.GET.get("tab", ""), TABS[0])
    counts = tab_counts(request.user, now=now)
    page = page_of(tab, request.user, number=request.GET.get("page", 1), total=counts[tab.slug], now=now)
    tabs = [
        {"text": one.label, "url": f"?tab={one.slug}", "count": counts[one.slug], "current": one is tab} for one in TABS
    ]
    context = {"tab": tab, "tabs": tabs, "page": page, "now": now, "search_form": SearchForm()}
    context["can_take"] = request.user.has_perm(Permission.TAKE_REQUEST)
    return render(request, "worklist/home.html", context)


@requires(Permission.VIEW_WORKLIST)
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


@requires(Permission.VIEW_PATIENT)
@require_safe
def request_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything about one request: safety answers first, then rules, answers, alerts, calls, days, history."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "request_page")
    return show_request(request, wanted)


def show_request(
    request: HttpRequest, wanted: AppointmentRequest, *, call_form: ContactForm | None = None, status: int = 200
) -> HttpResponse:
    """The request page; `call_form` is one with errors to show again."""
    user = request.user
    context = {
        "dossier": Dossier(wanted, now=timezone.now()),
        "wanted": wanted,
        "crumbs": crumbs_to(wanted),
        "form": call_form,
        "call_form": call_form or ContactForm(action=reverse("worklist:call", args=[wanted.reference])),
        "is_mine": wanted.taken_by_id == user.pk,
        "is_open": wanted.closed_at is None,
        "can_take": user.has_perm(Permission.TAKE_REQUEST),
        "can_review": user.has_perm(Permission.REVIEW_TRIAGE),
        "can_plan": user.has_perm(Permission.MAKE_OFFER),
        "can_cancel": user.has_perm(Permission.CANCEL_VISIT),
        "can_chase": user.has_perm(Permission.CHASE_RECORDS),
        "can_verify": user.has_perm(Permission.HANDLE_TASKS),
        "can_phone": user.has_perm(Permission.ENTER_BY_PHONE),
        "can_call": user.has_perm(Permission.LOG_CONTACT),
    }
    return render(request, "worklist/request.html", context, status=status)


@requires(Permission.VIEW_PATIENT, Permission.TAKE_REQUEST)
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a request, also over from a colleague; then its page."""
    wanted = find_wanted(request, reference)
    key = request.POST.get("key", "")
    try:
        take_request(wanted, user=request.user, by=staff_actor(request.user), key=key)
        messages.success(request, _("You hold this request now."))
    except Refused as no:
        messages.warning(request, str(no))
    return redirect("worklist:triage" if request.POST.get("then") == "triage" else "worklist:request", wanted.reference)


@requires(Permission.VIEW_PATIENT, Permission.TAKE_REQUEST)
@require_POST
def hand_back_request(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand a request back to the team; then its page."""
    wanted = find_wanted(request, reference)
    try:
        hand_back(wanted, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("The request is back with the team."))
    except Refused as no:
        messages.warning(request, str(no))
    return redirect("worklist:request", wanted.reference)


@requires(Permission.VIEW_PATIENT, Permission.LOG_CONTACT)
@require_POST
def contact(request: HttpRequest, reference: str) -> HttpResponse:
    """Save a call; only one that reached the person stops the clock."""
    wanted = find_wanted(request, reference)
    form = ContactForm(request.POST, action=request.path)
    if form.is_valid():
        try:
            call = log_call(
                wanted,
                reached=form.cleaned_data["reached"] == "yes",
                note=form.cleaned_data["note"] or "",
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
        except Refused as no:
            form.add_error(None, str(no))
            form.renew_key()
        else:
            saved = _("Call saved. The clock has stopped.") if call.reached else _("Call saved. The clock goes on.")
            messages.success(request, saved)
            return redirect("worklist:request", wanted.reference)
    return show_request(request, wanted, call_form=form, status=422)
