"""Staff: the dates of the case conference, the list of one, who was there, and putting a request on a list."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician
from clinic.platform.audit.record import Entry, record_many, record_view
from clinic.platform.db.together import read_together
from clinic.platform.told import told_above, told_in
from clinic.platform.words import day as day_words
from intake.records.counts import with_record_counts
from intake.records.words import progress_words
from scheduling.conference.actions import (
    add_case,
    can_open_again,
    close_conference,
    create_conference,
    open_again,
    save_attendance,
)
from scheduling.conference.days import OF_THE_LIST, coming, next_day, start_of, with_counts
from scheduling.conference.forms import AddCaseForm, AttendanceForm, NewConferenceForm
from scheduling.conference.models import Attendance, Conference, ConferenceCase, Recommendation
from scheduling.conference.summary import summaries_of, with_persons
from scheduling.itineraries.interpreters import INTERPRETER
from scheduling.requests.refresh import CLOSED
from scheduling.worklist.lists import age_on
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look

may_see = requires(Permission.VIEW_PATIENT, Permission.VIEW_CONFERENCE)
may_run = requires(Permission.VIEW_PATIENT, Permission.VIEW_CONFERENCE, Permission.RUN_CONFERENCE)
ROWS_A_PAGE = 20


def find_conference(request: HttpRequest, on: str) -> Conference:
    """The conference of this date; 404 for anything else."""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    if day.isoformat() != on:
        raise Http404
    return get_object_or_404(Conference.objects.visible_to(request.user).select_related("created_by"), on=day)


def address_of(conference: Conference) -> str:
    """The page of its list."""
    return reverse("staff-conference:conference", args=[conference.on.isoformat()])


def crumbs(conference: Conference | None = None, *here: str) -> list[tuple[str, str]]:
    """Dates, the conference, then the page's own name."""
    way = [(_("Conferences"), reverse("staff-conference:dates"))]
    if conference is not None:
        way.append((day_words(conference.on), address_of(conference) if here else ""))
    return [*way, *((name, "") for name in here)]


@may_see
@require_safe
def next_one(request: HttpRequest) -> HttpResponse:
    """The list of today's conference or of the next one; without one, the dates."""
    on = next_day(request.user)
    return redirect("staff-conference:conference", on.isoformat()) if on else redirect("staff-conference:dates")


@may_see
@require_safe
def dates(request: HttpRequest) -> HttpResponse:
    """Conferences to come and over, with how many patients each has."""
    rows, today = with_counts(Conference.objects.visible_to(request.user)), timezone.localdate()
    over = Paginator(rows.filter(on__lt=today).order_by("-on"), ROWS_A_PAGE)
    context = {
        "coming": list(rows.filter(on__gte=today).order_by("on")),
        "page": over.get_page(request.GET.get("page", 1)),
        "today": today,
        "crumbs": [(_("Conferences"), "")],
    }
    return render(request, "conference/dates.html", context)


@may_run
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan a conference; on a closed day only knowingly."""
    form = NewConferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        with told_in(form, there="on", past="on", closed_day="on"):
            made = create_conference(
                on=cleaned["on"],
                starts_at=start_of(cleaned["on"], cleaned["at"]),
                place=cleaned["place"],
                on_closed_day=bool(cleaned.get("anyway")),
                user=request.user,
                by=staff_actor(request.user),
                key=cleaned["key"],
            )
            messages.success(request, _("The conference is planned. Put requests on its list from their pages."))
            return redirect(address_of(made))
    context = {"form": form, "crumbs": crumbs(None, _("New conference"))}
    return render(request, "conference/new.html", context, status=422 if form.errors else 200)


@may_see
@require_safe
def conference(request: HttpRequest, on: str) -> HttpResponse:
    """The list of one conference in order, who was there, and what can be done."""
    meeting = find_conference(request, on)
    with transaction.atomic():
        record_view(meeting, by=staff_actor(request.user), purpose="conference_list")
    return _show(request, meeting)


def _show(
    request: HttpRequest, meeting: Conference, *, form: AttendanceForm | None = None, status: int = 200
) -> HttpResponse:
    """The list; `form` is the attendance with errors to show again."""
    cases, people, there, said = _read(request, meeting)
    written = max((one.at for one in there), default=None)
    present = {one.clinician_id for one in there if one.is_present}
    now, today = timezone.now(), timezone.localdate()
    is_open, runs = meeting.closed_at is None, request.user.has_perm(Permission.RUN_CONFERENCE)
    if form is None:
        form_shown = AttendanceForm(
            people=people,
            action=reverse("staff-conference:attendance", args=[meeting.on.isoformat()]),
            initial={"present": [str(one) for one in present], "opened_at": written.isoformat() if written else ""},
        )
    else:
        form_shown = form
        form_shown.data["opened_at"] = written.isoformat() if written else ""
    for case in cases:
        case.age = age_on(case.request.patient.date_of_birth, today)
        case.records = progress_words(case.records_here or 0, case.records_asked or 0)
        case.said = len({one.specialty_id for one in said if one.case_id == case.pk})
    context = {
        "meeting": meeting,
        "cases": [case for case in cases if case.state in OF_THE_LIST],
        "gone": [case for case in cases if case.state not in OF_THE_LIST],
        "present": [one for one in people if one.pk in present],
        "is_written": written is not None,
        "form": form,
        "attendance_form": form_shown,
        "is_open": is_open,
        "may_order": runs and is_open,
        "may_close": runs and is_open and meeting.on <= today,
        "may_open_again": runs and can_open_again(meeting, now=now),
        "is_today": meeting.on == today,
        "crumbs": crumbs(meeting),
    }
    return render(request, "conference/conference.html", context, status=status)


def _read(request: HttpRequest, meeting: Conference) -> tuple[list, list, list, list]:
    """Cases in order, active clinicians, attendance, recommendations without their text: two queries."""
    rows = ConferenceCase.objects.visible_to(request.user).filter(conference=meeting)
    rows = rows.select_related("request__patient", "request__visit_type").order_by("position", "added_at")
    cases = list(with_record_counts(rows, "request__report"))
    people, there, said = read_together(
        Clinician.objects.filter(is_active=True).exclude(specialty__code=INTERPRETER).select_related("specialty"),
        Attendance.objects.filter(conference=meeting),
        Recommendation.objects.filter(case__in=cases).only("case", "specialty"),
    )
    people = sorted(people, key=lambda one: (one.specialty.position, one.specialty.code, one.name, one.pk))
    return cases, people, there, said


@may_run
@require_POST
def attendance(request: HttpRequest, on: str) -> HttpResponse:
    """Save who was there; a list that somebody wrote meanwhile is told, and the ticks stay."""
    meeting = find_conference(request, on)
    people = _read(request, meeting)[1]
    form = AttendanceForm(request.POST, people=people, action=request.path)
    if form.is_valid():
        cleaned = form.cleaned_data
        with told_in(form):
            save_attendance(
                meeting,
                present=[int(one) for one in cleaned["present"]],
                seen=cleaned["opened_at"],
                user=request.user,
                by=staff_actor(request.user),
                key=cleaned["key"],
            )
            messages.success(request, _("Saved who was there."))
            return redirect(address_of(meeting))
    return _show(request, meeting, form=form, status=422)


@may_run
@require_POST
def close(request: HttpRequest, on: str) -> HttpResponse:
    """The conference is over; its outcomes stand."""
    meeting = find_conference(request, on)
    with told_above(request):
        close_conference(meeting, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("The conference is closed."))
    return redirect(address_of(meeting))


@may_run
@require_POST
def reopen(request: HttpRequest, on: str) -> HttpResponse:
    """Take the closing back, for a few minutes."""
    meeting = find_conference(request, on)
    with told_above(request):
        open_again(meeting, user=request.user, by=staff_actor(request.user), key=request.POST.get("key", ""))
        messages.success(request, _("Undone: the conference is open again."))
    return redirect(address_of(meeting))


@may_see
@require_safe
def print_conference(request: HttpRequest, on: str) -> HttpResponse:
    """The list on paper, then one page a patient; every patient's record counts as looked at."""
    meeting = find_conference(request, on)
    cases = list(
        with_persons(ConferenceCase.objects.visible_to(request.user).filter(conference=meeting))
        .filter(state__in=OF_THE_LIST)
        .order_by("position", "added_at")
    )
    there = Attendance.objects.filter(conference=meeting, is_present=True).select_related("clinician__specialty")
    summaries, found = summaries_of(cases, now=timezone.now(), more={"there": there})
    by, seen = staff_actor(request.user), {"purpose": "print_conference"}
    with transaction.atomic():
        record_many(Entry("viewed", by, subject, seen) for subject in (meeting, *(case.request for case in cases)))
    context = {
        "meeting": meeting,
        "summaries": summaries,
        "present": sorted(
            (one.clinician for one in found["there"]), key=lambda one: (one.specialty.position, one.name)
        ),
        "now": timezone.now(),
        "back_url": address_of(meeting),
    }
    return render(request, "conference/print.html", context)


@may_run
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a request on the list of a coming conference, with the question to ask."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "conference_add")
    meetings = list(coming(request.user))
    initial = {"conference": str(meetings[0].pk)} if meetings else {}
    form = AddCaseForm(request.POST or None, conferences=meetings, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            case = add_case(
                form.chosen,
                wanted,
                question=form.cleaned_data["question"],
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
            messages.success(request, _("The patient is on the list."))
            return redirect("staff-conference:case", case.pk)
    context = {
        "wanted": wanted,
        "form": form,
        "meetings": meetings,
        "is_open": wanted.status not in CLOSED,
        "earlier": list(wanted.conference_cases.select_related("conference").order_by("-conference__on")),
        "crumbs": crumbs_to(wanted, _("Case conference")),
    }
    return render(request, "conference/add.html", context, status=422 if form.errors else 200)
