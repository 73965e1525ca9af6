"""Staff: the queue of follow-up calls, and one call with what was tried and what the patient said."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.refusals import Refused
from clinic.platform.told import told_above
from intake.tasks.models import StaffTask
from scheduling.follow_up.call_lists import DUE, SHOWS, CallRow, calls_page, waiting_questions, with_tries
from scheduling.follow_up.calls import ask_nurse, close_follow_up, log_follow_up, task_key, was_in_time, why_closed
from scheduling.follow_up.forms import AttemptForm, CloseCallForm
from scheduling.follow_up.models import FollowUpCall
from scheduling.follow_up.plan_staff_views import written_by
from scheduling.follow_up.rules import FEWEST_TRIES, needs_a_nurse, pain_change
from scheduling.follow_up.words import change_words, daily_life_words

State = FollowUpCall.State


@requires(Permission.VIEW_PATIENT)
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Calls that are due, the longest overdue first, with what the nurse line has waiting; `?show=` other lists."""
    show = request.GET.get("show") if request.GET.get("show") in SHOWS else DUE
    now = timezone.now()
    page, counts = calls_page(request.user, show, number=request.GET.get("page", 1), now=now)
    with transaction.atomic():
        record_view(("follow_up_calls", show), by=staff_actor(request.user), purpose="list")
    tabs = [
        {"text": text, "url": f"?show={name}", "count": counts[name], "current": name == show}
        for name, (text, _empty) in SHOWS.items()
    ]
    context = {
        "page": page,
        "tabs": tabs,
        "now": now,
        "show": show,
        "caption": SHOWS[show][0],
        "empty": SHOWS[show][1],
        "page_query": f"show={show}",
        "questions": waiting_questions(request.user) if show == DUE else [],
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (_("Follow-up calls"), "")],
    }
    return render(request, "follow_up/calls.html", context)


def _found(request: HttpRequest, call_id) -> FollowUpCall:
    rows = with_tries(FollowUpCall.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("request__patient", "request__report", "visit"), pk=call_id)


@requires(Permission.VIEW_PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, call_id) -> HttpResponse:
    """One call: whom to call and how, what was tried, and the form that writes down another try."""
    found = _found(request, call_id)
    may_call = request.user.has_perm(Permission.FOLLOW_UP)
    if request.method != "POST":
        with transaction.atomic():
            record_view(found, by=staff_actor(request.user), purpose="follow_up_call")
        return _show(request, found, may_call=may_call)
    form = AttemptForm(request.POST)
    if not may_call:
        return _show(request, found, may_call=False, status=403)
    if form.is_valid():
        try:
            said = form.facts() | written_by(request)
            made = log_follow_up(found, **said, key=form.cleaned_data["key"], now=timezone.now())
        except Refused as no:
            found = _found(request, call_id)
            form.add_error(None, str(no))
            form.renew_key()
            return _show(request, found, may_call=True, form=form, status=409 if no.code == "closed" else 422)
        if made.state == State.REACHED:
            messages.success(request, _("The call is saved."))
            return redirect("staff-follow-up:call", call_id)
        messages.success(request, _("The try is saved. The call stays on the list."))
        return redirect("staff-follow-up:calls")
    return _show(request, found, may_call=True, form=form, status=422)


def _show(
    request: HttpRequest,
    found: FollowUpCall,
    *,
    may_call: bool,
    form: AttemptForm | None = None,
    close_form: CloseCallForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a call; a form with errors is shown again."""
    row, is_due = CallRow.of(found, now=timezone.now()), found.state == State.DUE
    task = None if is_due else StaffTask.objects.filter(kind=StaffTask.Kind.NEW_SYMPTOMS, dedupe=task_key(found))
    left = FEWEST_TRIES - found.tries
    few = ngettext("After %(count)s more try", "After %(count)s more tries", left) % {"count": left} if left > 0 else ""
    context = {
        "row": row,
        "call": found,
        "wanted": found.request,
        "patient": found.request.patient,
        "attempts": found.attempts.select_related("by"),
        "form": form or close_form,
        "try_form": (form or AttemptForm()) if may_call and (is_due or form) else None,
        "close_form": (close_form or _close_form(found, few)) if may_call and is_due else None,
        "close_is_open": close_form is not None,
        "life": daily_life_words(found.ecog_self),
        "life_at_first": daily_life_words(found.request.report.answers.get("ecog_self")),
        "change": change_words(pain_change(row.baseline, found.pain_worst)),
        "needs_a_nurse": needs_a_nurse(row.baseline, found.pain_worst),
        "task": task.first() if task is not None else None,
        "in_time": was_in_time(found),
        "why": why_closed(found) if found.state == State.CLOSED else None,
        "can_follow_up": may_call,
        "can_phone": request.user.has_perm(Permission.ENTER_BY_PHONE),
        "can_task": request.user.has_perm(Permission.HANDLE_TASKS),
        "crumbs": [
            (_("Worklist"), reverse("worklist:home")),
            (_("Follow-up calls"), reverse("staff-follow-up:calls")),
            (str(found.get_kind_display()), ""),
        ],
    }
    return render(request, "follow_up/call.html", context, status=status)


def _close_form(found: FollowUpCall, few: str, *data) -> CloseCallForm:
    return CloseCallForm(*data, action=reverse("staff-follow-up:call-close", args=[found.pk]), few_tries=few)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_POST
def call_close(request: HttpRequest, call_id) -> HttpResponse:
    """Make no more calls, and say why; then the queue."""
    found = _found(request, call_id)
    form = _close_form(found, "", request.POST)
    status = 422
    if form.is_valid():
        said = form.cleaned_data
        try:
            facts = {"why": said["why"], "note": said["why_note"] or ""}
            close_follow_up(found, **facts, **written_by(request), key=said["key"], now=timezone.now())
        except Refused as no:
            found, status = _found(request, call_id), 409 if no.code == "closed" else 422
            form.add_error("why" if no.code == "too_few_tries" else "why_note" if no.code == "note" else None, str(no))
            form.renew_key()
        else:
            messages.success(request, _("The call is closed."))
            return redirect("staff-follow-up:calls")
    return _show(request, found, may_call=True, close_form=form, status=status)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_POST
def call_task(request: HttpRequest, call_id) -> HttpResponse:
    """Hand what was said to the nurse as a task; then the call."""
    found = _found(request, call_id)
    with told_above(request):
        ask_nurse(found, **written_by(request), key=request.POST.get("key", ""))
        messages.success(request, _("A task for the nurse is open."))
    return redirect("staff-follow-up:call", call_id)
