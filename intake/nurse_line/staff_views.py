"""Staff: the questions that wait, one question with its safety answers, and what was done about it."""

from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.told import told_above, told_in
from intake.access.sessions import open_phone_session
from intake.nurse_line.actions import convert_question, note_question, take_question
from intake.nurse_line.forms import NoteForm
from intake.nurse_line.models import NurseQuestion
from intake.patients.languages import language_words
from intake.registration.pages import address_of
from intake.registration.steps import FLOW
from intake.triage.models import Alert
from intake.triage.rules import BY_ID

ROWS_A_PAGE = 30
SHOWS = ("waiting", "mine", "closed")


def calls_back(view):
    """A page for those who call people back, the trials coordinator among them; which rows, the query says."""

    @requires(Permission.VIEW_PATIENT)
    @wraps(view)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not any(request.user.has_perm(one) for one in (Permission.LOG_CONTACT, Permission.HANDLE_TRIALS)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return page


@calls_back
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Those that wait, the most urgent first; `?show=` mine or closed."""
    shown = request.GET.get("show") if request.GET.get("show") in SHOWS else "waiting"
    rows = NurseQuestion.objects.visible_to(request.user).select_related("assigned_to")
    if shown == "closed":
        rows = rows.filter(closed_at__isnull=False).order_by("-closed_at", "pk")
    else:
        rows = rows.still_open()
        rows = rows.filter(assigned_to=request.user) if shown == "mine" else rows
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    with transaction.atomic():
        record_view(("nurse_questions", shown), by=staff_actor(request.user), purpose="list")
    tabs = [
        {"text": text, "url": f"{reverse('staff-questions:list')}?show={name}", "current": name == shown}
        for name, text in zip(SHOWS, (_("Waiting"), _("Mine"), _("Closed")), strict=True)
    ]
    context = {
        "page": page,
        "page_query": f"show={shown}",
        "tabs": tabs,
        "now": timezone.now(),
        "shown": shown,
        "crumbs": _crumbs(_("Questions")),
    }
    return render(request, "nurse_line/staff_list.html", context)


def _crumbs(*last: str) -> list[tuple[str, str]]:
    first = [(_("Worklist"), reverse("worklist:home"))]
    if len(last) > 1:
        first.append((last[0], reverse("staff-questions:list")))
    return [*first, (last[-1], "")]


def _question(request: HttpRequest, pk) -> NurseQuestion:
    rows = NurseQuestion.objects.visible_to(request.user).select_related("assigned_to")
    return get_object_or_404(rows, pk=pk)


@calls_back
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, pk) -> HttpResponse:
    """One question: what was asked, what safety said, what was done; the form writes down a call or closes it."""
    row = _question(request, pk)
    actor = staff_actor(request.user)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        with transaction.atomic():
            record_view(row, by=actor, purpose="question")
    elif form.is_valid() and _noted(request, row, form):
        messages.success(request, _("It is noted."))
        return redirect("staff-questions:question", pk)
    context = {
        "question": row,
        "form": form,
        "language": language_words(row.language),
        "rules": [BY_ID[rule] for rule in row.rules if rule in BY_ID],
        "notes": row.notes.select_related("by"),
        "alerts": Alert.objects.filter(draft_id=row.draft_id) if row.draft_id else [],
        "is_overdue": _is_overdue(row, timezone.now()),
        "may_convert": request.user.has_perm(Permission.ENTER_BY_PHONE),
        "crumbs": _crumbs(_("Questions"), _("Question")),
    }
    return render(request, "nurse_line/staff_question.html", context, status=422 if form.errors else 200)


def _is_overdue(row: NurseQuestion, now: datetime) -> bool:
    return row.answered_at is None and row.closed_at is None and row.due_at < now


def _noted(request: HttpRequest, row: NurseQuestion, form: NoteForm) -> bool:
    said = form.cleaned_data
    actor = staff_actor(request.user)
    with told_in(form):
        note_question(row, what=said["what"], note=said["note"], user=request.user, by=actor, key=said["key"])
        return True
    return False


@calls_back
@require_POST
def take(request: HttpRequest, pk) -> HttpResponse:
    """Say that one answers it."""
    row = _question(request, pk)
    with told_above(request):
        take_question(row, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("You have taken this question."))
    return redirect("staff-questions:question", pk)


@calls_back
@requires(Permission.ENTER_BY_PHONE)
@require_POST
def convert(request: HttpRequest, pk) -> HttpResponse:
    """The person needs a visit: on to the phone entry with what is known."""
    row = _question(request, pk)
    with told_above(request):
        draft = convert_question(row, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        open_phone_session(request, draft.pk)
        return redirect(address_of(FLOW.first_gap(draft.answers, draft.steps_done)))
    return redirect("staff-questions:question", pk)
