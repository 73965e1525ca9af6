"""Staff: the pages of one request (overview, answers, timeline), taking it, and the calls."""

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.told import told_above, told_in
from scheduling.requests.actions import hand_back, take_request
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.actions import add_note, log_call
from scheduling.worklist.dossier import Dossier
from scheduling.worklist.history import KINDS
from scheduling.worklist.staff_forms import ContactForm, NoteForm
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look

OVERVIEW, ANSWERS, RECORDS, TIMELINE = "request", "answers", "records", "timeline"
SCORES, PLAN = "scores", "plan"


def shell(request: HttpRequest, wanted: AppointmentRequest, here: str) -> dict:
    """What the pages of a request have in common: its head with the tabs, and what this person may do."""
    user = request.user
    tabs = {  # in the order of the page: name -> words, where
        OVERVIEW: (_("Overview"), "worklist:request"),
        ANSWERS: (_("Answers"), "worklist:answers"),
        RECORDS: (_("Records and files"), "worklist:records"),
        SCORES: (_("Scores"), "staff-scores:list"),
        PLAN: (_("Plan"), "staff-follow-up:plan"),
        TIMELINE: (_("Timeline"), "worklist:timeline"),
    }
    return {
        "wanted": wanted,
        "crumbs": crumbs_to(wanted) if here == OVERVIEW else crumbs_to(wanted, tabs[here][0]),
        "tabs": [
            {"text": text, "url": reverse(page, args=[wanted.reference]), "current": name == here}
            for name, (text, page) in tabs.items()
        ],
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


@requires(Permission.VIEW_PATIENT)
@require_safe
def overview(request: HttpRequest, reference: str) -> HttpResponse:
    """What matters now: safety answers first, then rules, alerts, calls, days, records."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "request_page")
    return _show_overview(request, wanted)


def _show_overview(
    request: HttpRequest,
    wanted: AppointmentRequest,
    *,
    call_form: ContactForm | None = None,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The overview; a form given is one with errors to show again."""
    context = {
        **shell(request, wanted, OVERVIEW),
        "dossier": Dossier(wanted, now=timezone.now(), reader=request.user),
        "form": call_form or note_form,
        "call_failed": call_form is not None,
        "note_failed": note_form is not None,
        "call_form": call_form or _call_form(wanted),
        "note_form": note_form or _note_form(wanted),
    }
    return render(request, "worklist/request.html", context, status=status)


def _call_form(wanted: AppointmentRequest, data: QueryDict | None = None) -> ContactForm:
    return ContactForm(data, action=reverse("worklist:call", args=[wanted.reference]))


def _note_form(wanted: AppointmentRequest, data: QueryDict | None = None) -> NoteForm:
    """Beside the form of the calls: ids of its own."""
    return NoteForm(data, action=reverse("worklist:note", args=[wanted.reference]), auto_id="note_%s")


@requires(Permission.VIEW_PATIENT)
@require_safe
def answers(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything the person told, as asked: before the visit, and at first contact."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "answers")
    context = {**shell(request, wanted, ANSWERS), "dossier": Dossier(wanted, now=timezone.now(), reader=request.user)}
    return render(request, "worklist/answers.html", context)


@requires(Permission.VIEW_PATIENT)
@require_safe
def timeline(request: HttpRequest, reference: str) -> HttpResponse:
    """What happened, the newest first; `?kind=` shows one kind of it."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "timeline")
    dossier = Dossier(wanted, now=timezone.now(), reader=request.user)
    chosen = request.GET.get("kind", "")
    chosen = chosen if chosen in KINDS else ""
    counts = Counter(event.kind for event in dossier.history)
    filters = [{"text": _("Everything"), "url": "?", "count": len(dossier.history), "current": not chosen}]
    filters += [
        {"text": label, "url": f"?kind={kind}", "count": counts[kind], "current": kind == chosen}
        for kind, label in KINDS.items()
        if counts[kind] or kind == chosen
    ]
    context = {
        **shell(request, wanted, TIMELINE),
        "dossier": dossier,
        "filters": filters,
        "events": [event for event in dossier.history if chosen in ("", event.kind)],
        "heading": KINDS.get(chosen) or _("Everything"),
    }
    return render(request, "worklist/timeline.html", context)


@requires(Permission.VIEW_PATIENT)
@require_safe
def changed(request: HttpRequest, reference: str) -> HttpResponse:
    """For a page that stands open: 204 while the request is as it was at `?version=`, else a notice to reload it.

    A look without a patient's data in it, so it is not written down as one.
    """
    wanted = find_wanted(request, reference)
    if request.GET.get("version") == str(wanted.version):
        return HttpResponse(status=204)
    return render(request, "worklist/_changed.html", {"wanted": wanted})


@requires(Permission.VIEW_PATIENT, Permission.TAKE_REQUEST)
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a request, also over from a colleague; then its page. `held_by` says who held it on the page pressed."""
    wanted = find_wanted(request, reference)
    key = request.POST.get("key", "")
    with told_above(request):
        take_request(
            wanted,
            user=request.user,
            by=staff_actor(request.user),
            key=key,
            held_by=request.POST.get("held_by", "")[:20],
        )
        messages.success(request, _("You hold this request now."))
    return redirect("worklist:triage" if request.POST.get("then") == "triage" else "worklist:request", wanted.reference)


@requires(Permission.VIEW_PATIENT, Permission.TAKE_REQUEST)
@require_POST
def hand_back_request(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand a request back to the team; then its page."""
    wanted = find_wanted(request, reference)
    with told_above(request):
        hand_back(wanted, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("The request is back with the team."))
    return redirect("worklist:request", wanted.reference)


@requires(Permission.VIEW_PATIENT, Permission.LOG_CONTACT)
@require_POST
def contact(request: HttpRequest, reference: str) -> HttpResponse:
    """Save a call; only one that reached the person stops the clock."""
    wanted = find_wanted(request, reference)
    form = _call_form(wanted, request.POST)
    if form.is_valid():
        with told_in(form):
            call = log_call(
                wanted,
                reached=form.cleaned_data["reached"] == "yes",
                note=form.cleaned_data["note"] or "",
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
            saved = _("Call saved. The clock has stopped.") if call.reached else _("Call saved. The clock goes on.")
            messages.success(request, saved)
            return redirect("worklist:request", wanted.reference)
    return _show_overview(request, wanted, call_form=form, status=422)


@requires(Permission.VIEW_PATIENT, Permission.LOG_CONTACT)
@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Save a note for colleagues."""
    wanted = find_wanted(request, reference)
    form = _note_form(wanted, request.POST)
    if form.is_valid():
        with told_in(form):
            add_note(
                wanted,
                text=form.cleaned_data["text"],
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
            messages.success(request, _("Note saved."))
            return redirect("worklist:request", wanted.reference)
    return _show_overview(request, wanted, note_form=form, status=422)
