"""Staff add an appointment to a visit of today, or give who walks in a visit of today.

The page tells what an appointment would lie over and which rules it would bend; only what it has told can be confirmed.
"""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician
from clinic.platform.audit.record import record_view
from clinic.platform.told import told_above, told_in
from clinic.platform.words import day as day_words
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.change_options import read_day, sign_day
from scheduling.visits.day_staff_forms import AddLegForm, WalkInForm, WholeDayForm
from scheduling.visits.day_staff_views import day_address
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.replan import CHANGEABLE, live_legs, read_visit
from scheduling.visits.today_free import (
    WorksToday,
    claim_words,
    clinician_choices,
    moment_today,
    stay_rooms,
    times_until,
    working_today,
)
from scheduling.visits.walk_in import NewLeg, add_walk_in_leg, add_walk_in_visit
from scheduling.visits.walk_in_look import Findings, look_at_leg
from scheduling.visits.walk_in_rules import BUFFER, GAP_LONG, GAP_SHORT, NO_REST, ORDER, PHYSICIANS, TOO_LONG
from scheduling.visits.whole_day_today import day_in_words, legs_of_day, site_of_day, whole_day_today
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look

allowed = requires(Permission.VIEW_PATIENT, Permission.RUN_DAY)


def rule_words(code: str) -> str:
    """A bent rule as a sentence for staff."""
    return {
        GAP_SHORT: _("A pause between two appointments is shorter than usual, or there is none."),
        GAP_LONG: _("A pause between two appointments is longer than usual."),
        TOO_LONG: _("The visit is longer than this patient’s day should be."),
        NO_REST: _("A visit this long has no longer pause to rest."),
        PHYSICIANS: _("There are more physician consults than a frail patient’s day should have."),
        ORDER: _("Spine surgery should come before radiation oncology."),
        BUFFER: _("The clinician has another appointment too near: the time kept free between two is not there."),
    }[code]


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def add_leg(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Add an appointment to a visit of today."""
    get_object_or_404(Visit.objects.visible_to(request.user), pk=visit_id)
    visit, legs = read_visit(visit_id)
    now = timezone.now()
    working = working_today(now, site_id=visit.site_id, visit_type_id=visit.visit_type_id)
    form = _form(AddLegForm, request, working, now)
    live = live_legs(legs)
    findings = None
    if request.method != "POST":
        with transaction.atomic():
            record_view(visit, by=staff_actor(request.user), purpose="add_appointment")
    elif form.is_valid():
        new = _new_leg(form, working, now)
        findings = _findings(new, visit, live, now)

        def add(how: dict) -> str:
            keys = {"specialty_id": new.specialty_id, "clinician_id": new.clinician_id}
            leg = add_walk_in_leg(visit, **keys, starts_at=new.starts_at, minutes=new.minutes, **how)
            return (
                _("The appointment is added and marked as overbooked.")
                if leg.is_overbooked
                else _("The appointment is added.")
            )

        if _is_done(request, form, findings, add, now):
            return redirect(day_address(visit))
    form.show(can_overbook=_can_overbook(request))
    today = timezone.localdate(visit.starts_at)
    context = {
        "visit": visit,
        "legs": live,
        "form": form,
        "working": working,
        "crumbs": [
            (_("Worklist"), reverse("worklist:home")),
            (day_words(today), reverse("staff-visits:day", args=[today.isoformat()])),
            (_("Add an appointment"), ""),
        ],
        "is_possible": visit.state in CHANGEABLE and today == timezone.localdate(now),
        "day_url": day_address(visit),
    } | _told(findings)
    return render(request, "staff/add_leg.html", context, status=422 if form.errors else 200)


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a request that is ready the whole visit as it still fits today, with one press."""
    wanted = find_wanted(request, reference)
    now, key = timezone.now(), f"today.{wanted.pk}"
    if request.method == "POST":
        return _book_whole_day(request, wanted, key, now)
    note_look(request, wanted, "walk_in")
    is_possible = wanted.status == AppointmentRequest.Status.READY
    found = whole_day_today(wanted, now=now) if is_possible else None
    context = {
        "wanted": wanted,
        "crumbs": crumbs_to(wanted, _("See the patient today")),
        "is_possible": is_possible,
        "found": day_in_words(*found) if found else None,
        "form": WholeDayForm(initial={"day": sign_day(key, found[0])}) if found else None,
    }
    return render(request, "staff/walk_in.html", context)


def _book_whole_day(request: HttpRequest, wanted: AppointmentRequest, key: str, now) -> HttpResponse:
    """Whatever is refused, the page is shown again with what is possible now."""
    form = WholeDayForm(request.POST)
    one = read_day(key, form.cleaned_data["day"]) if form.is_valid() else None
    if one is None:
        messages.warning(request, _("This page is too old. Here is what is possible now."))
        return redirect("staff-visits:walk-in", wanted.reference)
    with told_above(request):
        visit = add_walk_in_visit(
            wanted,
            legs=legs_of_day(one),
            site_id=site_of_day(one),
            room_id=one.room_id,
            interpreter_id=one.interpreter_id,
            is_here=form.cleaned_data["is_here"],
            by=staff_actor(request.user),
            key=form.cleaned_data["key"],
            now=now,
        )
        messages.success(request, _("The patient has a visit today."))
        return redirect(day_address(visit))
    return redirect("staff-visits:walk-in", wanted.reference)


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in_leg(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a request that is ready a visit of today with one appointment. Others are added to it afterwards."""
    wanted = find_wanted(request, reference)
    now = timezone.now()
    working = working_today(now, visit_type_id=wanted.visit_type_id)
    rooms = stay_rooms()
    choices = [(str(room.pk), f"{room.site}, {room}") for room in rooms]
    form = _form(WalkInForm, request, working, now, rooms=choices)
    findings = None
    if request.method != "POST":
        note_look(request, wanted, "walk_in")
    elif form.is_valid():
        new = _new_leg(form, working, now)
        room = next(one for one in rooms if str(one.pk) == form.cleaned_data["room"])
        visit = Visit(request=wanted, patient=wanted.patient, visit_type=wanted.visit_type, site=room.site, room=room)
        visit.starts_at, visit.ends_at = new.starts_at, new.ends_at
        findings, made = _findings(new, visit, [], now), []

        def book(how: dict) -> str:
            is_here = form.cleaned_data["is_here"]
            made.append(
                add_walk_in_visit(wanted, legs=[new], site_id=room.site_id, room_id=room.pk, is_here=is_here, **how)
            )
            return _("The patient has a visit today. Add its other appointments here.")

        if _is_done(request, form, findings, book, now):
            return redirect(day_address(made[0]))
    form.show(can_overbook=_can_overbook(request))
    context = {
        "wanted": wanted,
        "form": form,
        "working": working,
        "crumbs": crumbs_to(wanted, _("One appointment today")),
        "is_possible": wanted.status == AppointmentRequest.Status.READY,
    } | _told(findings)
    return render(request, "staff/walk_in_leg.html", context, status=422 if form.errors else 200)


def _form(kind, request: HttpRequest, working: list[WorksToday], now, **more):
    """The form with today's clinicians and times; a link of the list of free times fills in two of its fields."""
    last = max((one.until for one in working), default=now)
    lists = {"clinicians": clinician_choices(working), "times": times_until(now, last)} | more
    if request.method == "POST":
        return kind(request.POST, **lists)
    initial = {"clinician": request.GET.get("with", ""), "starts": request.GET.get("at", "")}
    return kind(initial=initial, **lists)


def _new_leg(form: AddLegForm, working: list[WorksToday], now) -> NewLeg:
    cleaned = form.cleaned_data
    who = next(one.clinician for one in working if str(one.clinician.pk) == cleaned["clinician"])
    return NewLeg(who.specialty_id, who.pk, moment_today(cleaned["starts"], now), cleaned["minutes"])


def _findings(new: NewLeg, visit: Visit, live: list[Appointment], now) -> Findings:
    who = Clinician.objects.select_related("specialty").get(pk=new.clinician_id)
    leg = Appointment(visit=visit, clinician=who, specialty=who.specialty, starts_at=new.starts_at, ends_at=new.ends_at)
    return look_at_leg(leg, live, visit, now=now)


def _is_done(request: HttpRequest, form: AddLegForm, found: Findings, work: Callable[[dict], str], now) -> bool:
    """Do it if the page has told all that stands against it and the person goes on; otherwise say what is missing."""
    cleaned = form.cleaned_data
    over, bent = ",".join(str(claim.pk) for claim in found.over), ",".join(found.rules)
    is_told = (cleaned["over"], cleaned["bent"]) == (over, bent)
    form.data = form.data.copy()
    form.data["over"], form.data["bent"] = over, bent
    if found.is_own_time:
        form.add_error("starts", _("The patient has another appointment of this visit then"))
    elif not is_told and (over or bent):
        form.add_error(None, _("Look at what stands against this time, then go on or choose another one."))
    elif over and _can_overbook(request) and not cleaned["reason"].strip():
        form.add_error("reason", _("Enter why it is put over another appointment"))
    elif bent and not cleaned["anyway"]:
        form.add_error("anyway", _("Tick the box to go on, or choose another time"))
    if form.errors:
        return False
    reason = cleaned["reason"] if over else ""
    how = {"overbook_reason": reason, "despite_rules": cleaned["anyway"], "by": staff_actor(request.user)}
    with told_in(form):
        messages.success(request, work(how | {"key": cleaned["key"], "now": now}))
        return True
    return False


def _can_overbook(request: HttpRequest) -> bool:
    return settings.OVERBOOKING_ALLOWED and request.user.has_perm(Permission.OVERBOOK)


def _told(found: Findings | None) -> dict:
    """What the page says stands against the appointment."""
    if found is None:
        return {}
    return {"over": [claim_words(claim) for claim in found.over], "bent": [rule_words(code) for code in found.rules]}
