"""Staff: the waitlist, putting a request on it, taking it off, offering now."""

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
from clinic.directory.models import Specialty
from clinic.platform.audit.record import record_view
from clinic.platform.told import told_above, told_in
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Visit
from scheduling.waitlist.actions import join_waitlist, leave_waitlist, offer_now
from scheduling.waitlist.forms import wishes_shown
from scheduling.waitlist.lists import page_of
from scheduling.waitlist.models import WaitlistEntry
from scheduling.waitlist.staff_forms import StaffWaitForm
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


@requires(Permission.VIEW_PATIENT, Permission.MANAGE_WAITLIST)
@require_safe
def waitlist(request: HttpRequest) -> HttpResponse:
    """`/staff/waitlist/`: who waits, in turn."""
    now = timezone.now()
    with transaction.atomic():
        record_view(("waitlist", "all"), by=staff_actor(request.user), purpose="waitlist")
    page = page_of(request.user, number=request.GET.get("page", 1), now=now)
    crumbs = [(_("Worklist"), reverse("worklist:home")), (_("Waitlist"), "")]
    return render(request, "waitlist/list.html", {"page": page, "now": now, "crumbs": crumbs})


@requires(Permission.VIEW_PATIENT, Permission.MANAGE_WAITLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a request on the list, or change what it waits for."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "waitlist_entry")
    visit = wanted.visits.filter(state=Visit.State.BOOKED).order_by("-booked_at").first()
    there = wanted.waitlist_entries.filter(state__in=WaitlistEntry.LIVE).first()
    form = StaffWaitForm(
        request.POST if request.method == "POST" else None,
        specialties=_specialties_of(visit),
        initial=_shown(there),
        submit_label=_("Save") if there else None,
    )
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            join_waitlist(wanted, **form.wishes, by=staff_actor(request.user), key=form.cleaned_data["key"])
            messages.success(request, _("The request is on the waitlist."))
            return redirect("staff-waitlist:list")
    context = {
        "wanted": wanted,
        "visit": visit,
        "there": there,
        "form": form,
        "crumbs": crumbs_to(wanted, _("Waitlist")),
        "can_wait": visit is not None or wanted.status == AppointmentRequest.Status.READY or there is not None,
    }
    return render(request, "waitlist/entry.html", context, status=422 if form.errors else 200)


def _specialties_of(visit: Visit | None) -> list[Specialty]:
    """Those of the visit, each once, in the order of the day."""
    if visit is None:
        return []
    legs = visit.appointments.select_related("specialty").order_by("position")
    return list({leg.specialty_id: leg.specialty for leg in legs}.values())


def _shown(there: WaitlistEntry | None) -> dict:
    if there is None:
        return {"notice": "24"}
    return wishes_shown(there) | {"specialty": str(there.specialty_id or "")}


def _find(request: HttpRequest, entry_id) -> WaitlistEntry:
    rows = WaitlistEntry.objects.visible_to(request.user).select_related("request")
    return get_object_or_404(rows, pk=entry_id)


@requires(Permission.VIEW_PATIENT, Permission.MANAGE_WAITLIST, Permission.MAKE_OFFER)
@require_POST
def offer(request: HttpRequest, entry_id) -> HttpResponse:
    """Offer the first time that helps this person, now."""
    found = _find(request, entry_id)
    with told_above(request):
        offer_now(found, by=staff_actor(request.user), key=request.POST.get("key", ""), now=timezone.now())
        is_leg = found.specialty_id is not None
        messages.success(
            request,
            _("A task names the earlier time.") if is_leg else _("A day is held, and the offer is on its way."),
        )
    return redirect("staff-waitlist:list")


@requires(Permission.VIEW_PATIENT, Permission.MANAGE_WAITLIST)
@require_POST
def remove(request: HttpRequest, entry_id) -> HttpResponse:
    """Take a request off the list."""
    found = _find(request, entry_id)
    with told_above(request):
        leave_waitlist(found, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("The request is off the waitlist. A booked visit stays as it is."))
    return redirect("staff-waitlist:list")
