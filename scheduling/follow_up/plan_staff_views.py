"""Staff: the plan of a request, its items, what happened in a hospital, and the list of everybody's items."""

from django.contrib import messages
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
from clinic.platform.numbers import whole_number
from clinic.platform.refusals import Refused
from clinic.platform.told import told_above, told_in
from scheduling.follow_up.actions import add_hospital_event, add_item, change_item, close_item, owners, reopen_item
from scheduling.follow_up.call_lists import ANYBODY, ITEM_SHOWS, ME, OPEN, OUTSIDE, items_page
from scheduling.follow_up.forms import OUTSIDE as SOMEBODY_OUTSIDE
from scheduling.follow_up.forms import ChangeItemForm, CloseItemForm, HospitalEventForm, PlanItemForm
from scheduling.follow_up.models import FollowUpCall, PlanItem
from scheduling.follow_up.plan_page import ItemRow, plan_page
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.request_views import PLAN, shell
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look

State = FollowUpCall.State
STALE = ("stale", "closed", "sent", "discarded")  # refusals because somebody else was faster


def crumbs(wanted: AppointmentRequest, here: str) -> list[tuple[str, str]]:
    """The way to a page below the plan of a request."""
    to_plan = (_("Plan"), reverse("staff-follow-up:plan", args=[wanted.reference]))
    return [*crumbs_to(wanted, _("Plan"))[:-1], to_plan, (here, "")]


def written_by(request: HttpRequest) -> dict:
    """Who acts, as the actions take it."""
    return {"user": request.user, "by": staff_actor(request.user)}


def to_plan(wanted: AppointmentRequest) -> HttpResponse:
    """Back to the plan of a request."""
    return redirect("staff-follow-up:plan", wanted.reference)


@requires(Permission.VIEW_PATIENT)
@require_safe
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """What was planned, by whom, until when; letters; follow-up calls; the hospital."""
    wanted, now = find_wanted(request, reference), timezone.now()
    note_look(request, wanted, "plan")
    context = {
        **shell(request, wanted, PLAN),
        "plan": plan_page(wanted, now=now),
        "can_follow_up": request.user.has_perm(Permission.FOLLOW_UP),
    }
    return render(request, "follow_up/plan.html", context)


@requires(Permission.VIEW_PATIENT)
@require_safe
def plan_print(request: HttpRequest, reference: str) -> HttpResponse:
    """The plan on paper for the patient to take home (domain 1.4): what, who, by when, the calls, when to get help."""
    wanted, now = find_wanted(request, reference), timezone.now()
    note_look(request, wanted, "print_plan")
    page, today = plan_page(wanted, now=now), timezone.localdate(now)
    context = {
        "wanted": wanted,
        "plan": page,
        "done": [row for row in page.closed if row.item.state == PlanItem.State.DONE],
        "calls": [line for line in page.calls if line.call.state == State.DUE and line.call.due_on >= today],
        "back_url": reverse("staff-follow-up:plan", args=[wanted.reference]),
    }
    return render(request, "follow_up/plan_print.html", context)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def item_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Plan one more thing."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "plan_item_add")
    form = PlanItemForm(request.POST or None, owners=owners())
    if request.method == "POST" and form.is_valid():
        with told_in(form, owner="owner"):
            facts = form.facts() | written_by(request)
            add_item(wanted, **facts, key=form.cleaned_data["key"], now=timezone.now())
            messages.success(request, _("It is on the plan."))
            return to_plan(wanted)
    context = {"wanted": wanted, "form": form, "title": _("Add to the plan")}
    context["crumbs"] = crumbs(wanted, _("Add to the plan"))
    return render(request, "follow_up/item.html", context, status=422 if form.errors else 200)


def _found_item(request: HttpRequest, wanted: AppointmentRequest, item_id) -> PlanItem:
    rows = PlanItem.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(rows, request=wanted, pk=item_id)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, reference: str, item_id) -> HttpResponse:
    """Change an open item; with a colleague's change in between both are shown, and nothing is lost."""
    wanted = find_wanted(request, reference)
    found, status = _found_item(request, wanted, item_id), 200
    note_look(request, wanted, "plan_item")
    form = ChangeItemForm(request.POST or None, initial=_initial(found), owners=_with_owner(found))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                facts = form.facts() | written_by(request)
                change_item(found, **facts, version=form.cleaned_data["version"], key=form.cleaned_data["key"])
            except Refused as no:
                found = _found_item(request, wanted, item_id)
                form.add_error("owner" if no.code == "owner" else None, str(no))
                form.show_newer(found.version)
                status = 409 if no.code in STALE else 422
            else:
                messages.success(request, _("Saved."))
                return to_plan(wanted)
    return _show_item(request, wanted, found, form, "follow_up/item.html", _("Change the plan"), status)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def item_close(request: HttpRequest, reference: str, item_id) -> HttpResponse:
    """Done on a day, or not needed for a reason."""
    wanted = find_wanted(request, reference)
    found, status = _found_item(request, wanted, item_id), 200
    note_look(request, wanted, "plan_item_close")
    initial = {"version": found.version, "done_on": timezone.localdate()}
    form = CloseItemForm(request.POST or None, initial=initial, item=found)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _close(request, found, form.cleaned_data)
            except Refused as no:
                found = _found_item(request, wanted, item_id)
                form.add_error(None, str(no))
                form.show_newer(found.version)
                status = 409 if no.code in STALE else 422
            else:
                messages.success(request, _("Saved."))
                return to_plan(wanted)
    return _show_item(request, wanted, found, form, "follow_up/item.html", _("Done or not needed"), status)


def _close(request: HttpRequest, found: PlanItem, said: dict) -> None:
    close_item(
        found,
        state=said["state"],
        done_on=said["done_on"],
        reason=said["reason"] or "",
        version=said["version"],
        **written_by(request),
        key=said["key"],
        now=timezone.now(),
    )


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_POST
def item_reopen(request: HttpRequest, reference: str, item_id) -> HttpResponse:
    """Done or not needed was a mistake; then the plan."""
    wanted = find_wanted(request, reference)
    found, version = _found_item(request, wanted, item_id), request.POST.get("version", "")
    with told_above(request):
        shown, key = whole_number(version) or 0, request.POST.get("key", "")
        reopen_item(found, version=shown, **written_by(request), key=key, now=timezone.now())
        messages.success(request, _("It is open again."))
    return to_plan(wanted)


def _initial(found: PlanItem) -> dict:
    return {
        "version": found.version,
        "kind": found.kind,
        "text": found.text,
        "owner": str(found.owner_id) if found.owner_id else SOMEBODY_OUTSIDE,
        "owner_outside": found.owner_outside,
        "due_on": found.due_on,
    }


def _with_owner(found: PlanItem) -> list:
    """Everybody who can own an item, and who owns it now, who may have left."""
    people = owners()
    return people if found.owner is None or found.owner in people else [*people, found.owner]


def _show_item(
    request: HttpRequest, wanted: AppointmentRequest, found: PlanItem, form, template: str, title: str, status: int
) -> HttpResponse:
    context = {
        "wanted": wanted,
        "row": ItemRow.of(found, now=timezone.now()),
        "form": form,
        "title": title,
        "is_stale": status == 409,
        "crumbs": crumbs(wanted, title),
    }
    return render(request, template, context, status=status)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def event_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down an emergency department visit or an admission."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "hospital_event_add")
    form = HospitalEventForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        facts = {"kind": said["kind"], "cause": said["cause"], "on": said["on"], "note": said["note"] or ""}
        with told_in(form):
            add_hospital_event(wanted, **facts, **written_by(request), key=said["key"], now=timezone.now())
            messages.success(request, _("It is written down."))
            return to_plan(wanted)
    title = _("Emergency department visit or admission")
    context = {"wanted": wanted, "form": form, "title": title, "crumbs": crumbs(wanted, title)}
    return render(request, "follow_up/event.html", context, status=422 if form.errors else 200)


@requires(Permission.VIEW_PATIENT)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Plan items by owner: open ones with the first due on top, overdue ones, or those that are done."""
    show = request.GET.get("show") if request.GET.get("show") in ITEM_SHOWS else OPEN
    people, now = owners(), timezone.now()
    owner = request.GET.get("owner", ME)
    if owner not in {ME, ANYBODY, OUTSIDE, *(str(person.pk) for person in people)}:
        owner = ME
    page, counts = items_page(request.user, show, owner, number=request.GET.get("page", 1), now=now)
    with transaction.atomic():
        record_view(("plan_items", show), by=staff_actor(request.user), purpose="list")
    tabs = [
        {"text": text, "url": f"?owner={owner}&show={name}", "count": counts[name], "current": name == show}
        for name, (text, _empty) in ITEM_SHOWS.items()
    ]
    choices = [(ME, _("Me")), (ANYBODY, _("Everybody")), (OUTSIDE, _("Somebody outside the clinic"))]
    choices += [(str(person.pk), str(person)) for person in people if person.pk != request.user.pk]
    context = {
        "page": page,
        "tabs": tabs,
        "now": now,
        "show": show,
        "owner": owner,
        "owners": choices,
        "caption": ITEM_SHOWS[show][0],
        "empty": ITEM_SHOWS[show][1],
        "page_query": f"owner={owner}&show={show}",
        "can_follow_up": request.user.has_perm(Permission.FOLLOW_UP),
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (_("Plans"), "")],
    }
    return render(request, "follow_up/plans.html", context)
