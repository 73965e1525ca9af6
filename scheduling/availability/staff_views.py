"""Staff: who works when, and changing it; each change first shows which appointments it would leave outside."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician
from clinic.platform.db.together import read_together
from clinic.platform.numbers import whole_number
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.availability import sessions as values
from scheduling.availability.actions import check_change, save_buffer, save_change
from scheduling.availability.bits import unit_of
from scheduling.availability.changes import (
    AddClosure,
    AddException,
    AddSession,
    Change,
    ChangeSession,
    EndSession,
    RemoveClosure,
    RemoveException,
)
from scheduling.availability.models import Buffer, WeeklySession
from scheduling.availability.sessions import in_rhythm
from scheduling.availability.staff_forms import (
    BufferForm,
    ChangeForm,
    ChangeSessionForm,
    ClosureForm,
    EndSessionForm,
    ExceptionForm,
    RemoveForm,
    SessionForm,
)
from scheduling.availability.staff_lists import (
    choices,
    clinicians_with_weeks,
    closures_from,
    exceptions_from,
    sessions_from,
)
from scheduling.availability.what_if import MOST_SHOWN, effect_of, outside_now
from scheduling.availability.words import (
    change_words,
    closure_words,
    exception_words,
    kind_words,
    long_date,
    outside_rows,
    session_words,
    weeks_words,
)
from scheduling.itineraries.models import VisitType

allowed = requires(Permission.VIEW_PATIENT, Permission.MANAGE_AVAILABILITY)
HOME = "staff-availability:home"


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Worklist"), reverse("worklist:home")), (_("Working time"), reverse(HOME)), *more]


def _address(clinician: Clinician) -> str:
    return reverse("staff-availability:clinician", args=[clinician.pk])


@allowed
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Clinicians with their weeks, what is closed ahead, and how many appointments lie outside working time."""
    now, today = timezone.now(), timezone.localdate()
    people = clinicians_with_weeks(today)
    closures, kinds = read_together(closures_from(now), VisitType.objects.filter(is_active=True))
    for one in people:
        one.lines = weeks_words(one.weeks)
        one.ahead_lines = [exception_words(exception) for exception in one.ahead]
    context = {
        "people": people,
        "closures": _closure_rows(sorted(closures, key=lambda one: one.starts_at)),
        "outside": outside_now(user=request.user, now=now, count=0),
        "kinds": [(kind, kind_words(kind)) for kind in sorted(kinds, key=lambda kind: kind.name)],
        "may_change_kinds": request.user.has_perm("scheduling.change_visittype"),
        "crumbs": [*_crumbs()[:1], (_("Working time"), "")],
    }
    return render(request, "availability/home.html", context)


def _closure_rows(closures) -> list[dict]:
    return [
        {
            "closure": one,
            "closes": str(one.clinician or one.room or one.site or _("The whole clinic")),
            "when": closure_words(one.starts_at, one.ends_at),
        }
        for one in closures
    ]


@allowed
@require_safe
def clinician(request: HttpRequest, clinician_id: int) -> HttpResponse:
    """The sessions, exceptions and closures ahead of one clinician, with the ways to change them."""
    one = get_object_or_404(Clinician.objects.select_related("specialty", "site", "buffer"), pk=clinician_id)
    today = timezone.localdate()
    weeks = list(sessions_from(today).filter(clinician=one).prefetch_related("visit_types"))
    for session in weeks:
        session.words = session_words(session)
        session.kinds = [str(kind) for kind in session.visit_types.all()]
        session.from_words = long_date(session.valid_from)
        session.until_words = long_date(session.valid_until) if session.valid_until else ""
    ahead = list(exceptions_from(today).filter(clinician=one))
    for exception in ahead:
        exception.words = exception_words(exception)
    context = {
        "clinician": one,
        "buffer": getattr(one, "buffer", None),
        "weeks": weeks,
        "ahead": ahead,
        "closures": _closure_rows(closures_from(timezone.now()).filter(clinician=one)),
        "today": today,
        "crumbs": _crumbs((one.name, "")),
    }
    return render(request, "availability/clinician.html", context)


@allowed
@require_safe
def outside(request: HttpRequest) -> HttpResponse:
    """Appointments outside working time. They are not canceled: they stand here until somebody repairs them."""
    now = timezone.now()
    number = max(whole_number(request.GET.get("page", ""), digits=5) or 1, 1)
    effect = outside_now(user=request.user, now=now, start=(number - 1) * MOST_SHOWN)
    page = Paginator(range(effect.visits), MOST_SHOWN).get_page(number)
    if page.number != number:  # past the end: the last page there is
        return redirect(f"{request.path}?page={page.number}")
    context = {
        "effect": effect,
        "rows": outside_rows(effect.shown),
        "page": page,
        "now": now,
        "crumbs": _crumbs((_("Outside working time"), "")),
    }
    return render(request, "availability/outside.html", context)


def _ask(
    request: HttpRequest, form: ChangeForm, change_of: Callable[[dict], Change], *, title: str, lead: str, then: str
) -> HttpResponse:
    """The form; sent, what it would do; sent again from there, done. Nothing is saved that was not seen."""
    now, crumbs = timezone.now(), _crumbs((title, ""))
    context = {"form": form, "title": title, "lead": lead, "crumbs": crumbs, "then": then}
    if not (form.is_bound and form.is_valid()):
        return render(request, "availability/form.html", context, status=422 if form.errors else 200)
    change, notice = change_of(form.cleaned_data), ""
    try:
        if request.POST.get("do") == "save":
            seen, key = request.POST.get("seen", ""), form.cleaned_data["key"]
            by = staff_actor(request.user)
            count = save_change(change, seen=seen, user=request.user, by=by, key=key, now=now)
            messages.success(request, _saved_words(count))
            return redirect(then)
        check_change(change)
    except Refused as no:
        if no.code != "changed":
            form.add_error(None, str(no))
            form.renew_key()
            return render(request, "availability/form.html", context, status=422)
        notice = str(no)
    effect = effect_of(change, user=request.user, now=now)
    context |= {
        "change": change_words(change),
        "effect": effect,
        "rows": outside_rows(effect.shown),
        "notice": notice,
        "key": new_key(),
        "sent": [
            (name, value)
            for name, values_ in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "key", "do", "seen")
            for value in values_
        ],
        "form": None,
    }
    return render(request, "availability/what_if.html", context, status=422 if notice else 200)


def _saved_words(count: int) -> str:
    if not count:
        return _("Saved. No appointment lies outside working time because of it.")
    return ngettext(
        "Saved. %(n)s appointment now lies outside working time. It is not canceled.",
        "Saved. %(n)s appointments now lie outside working time. They are not canceled.",
        count,
    ) % {"n": count}


def _data(request: HttpRequest):
    return request.POST if request.method == "POST" else None


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def add_session(request: HttpRequest, clinician_id: int) -> HttpResponse:
    """A new weekly session."""
    one, offered = get_object_or_404(Clinician, pk=clinician_id), choices()
    initial = {"every_n_weeks": 1, "reserve_minutes": 30, "site": one.site_id, "valid_from": timezone.localdate()}
    form = SessionForm(_data(request), initial=initial, sites=offered.sites, visit_types=offered.visit_types)

    def change_of(cleaned: dict) -> Change:
        return AddSession(_asked_session(one, cleaned))

    return _ask(request, form, change_of, title=_("Add a session"), lead=one.name, then=_address(one))


def _asked_session(one: Clinician, cleaned: dict) -> values.WeeklySession:
    return values.WeeklySession(
        clinician_id=one.pk,
        weekday=int(cleaned["weekday"]),
        starts=cleaned["starts"],
        ends=cleaned["ends"],
        valid_from=cleaned["valid_from"],
        valid_until=cleaned["valid_until"],
        every_n_weeks=int(cleaned["every_n_weeks"]),
        reserve_minutes=cleaned["reserve_minutes"],
        site_id=int(cleaned.get("site") or one.site_id),
        visit_type_ids=frozenset(int(key) for key in cleaned.get("visit_types") or ()),
    )


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def change_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Other times, dates, rhythm, site or kinds of a session, from some date on; the days before stay as they were."""
    today, offered = timezone.localdate(), choices()
    row = get_object_or_404(sessions_from(today).select_related("clinician"), pk=session_id)
    kinds = frozenset(row.visit_types.values_list("pk", flat=True))
    before = replace(_session_value(row), site_id=row.site_id or row.clinician.site_id, visit_type_ids=kinds)
    initial = {name: getattr(before, name) for name in ("weekday", "every_n_weeks", "reserve_minutes", "valid_until")}
    initial |= {"starts": f"{row.starts:%H:%M}", "ends": f"{row.ends:%H:%M}", "site": before.site_id}
    initial |= {"visit_types": list(kinds), "valid_from": max(today, row.valid_from)}
    form = ChangeSessionForm(
        _data(request),
        initial=initial,
        sites=offered.sites,
        visit_types=offered.visit_types,
    )

    def change_of(cleaned: dict) -> Change:
        after = _asked_session(row.clinician, cleaned)
        if after.every_n_weeks == before.every_n_weeks:  # the same rhythm goes on in the same weeks
            after = replace(after, valid_from=in_rhythm(before, after.valid_from))
        return ChangeSession(before, after)

    lead = f"{row.clinician.name}: {session_words(row)}"
    return _ask(request, form, change_of, title=_("Change a session"), lead=lead, then=_address(row.clinician))


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def buffer(request: HttpRequest, clinician_id: int) -> HttpResponse:
    """What a clinician keeps free around each appointment; appointments that stand stay as they are."""
    one = get_object_or_404(Clinician.objects.select_related("buffer"), pk=clinician_id)
    own = getattr(one, "buffer", None) or Buffer()
    form = BufferForm(_data(request), initial={"before": own.before_minutes, "after": own.after_minutes})
    if form.is_bound and form.is_valid():
        answer = form.cleaned_data
        by = staff_actor(request.user)
        save_buffer(
            one, before=answer["before"], after=answer["after"], user=request.user, by=by, key=answer["key"]
        )  # fmt: skip
        messages.success(request, _("Saved. New appointments keep this distance; those that stand stay as they are."))
        return redirect(_address(one))
    title = _("Time between appointments")
    context = {"form": form, "title": title, "lead": one.name, "then": _address(one), "saves_at_once": True}
    context["crumbs"] = _crumbs((title, ""))
    return render(request, "availability/form.html", context, status=422 if form.errors else 200)


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """The last date of a session."""
    today = timezone.localdate()
    row = get_object_or_404(sessions_from(today).select_related("clinician"), pk=session_id)
    form = EndSessionForm(_data(request), today=today)
    return _ask(
        request,
        form,
        lambda cleaned: EndSession(_session_value(row), cleaned["last_on"]),
        title=_("End a session"),
        lead=f"{row.clinician.name}: {session_words(row)}",
        then=_address(row.clinician),
    )


def _session_value(row: WeeklySession) -> values.WeeklySession:
    return values.WeeklySession(
        row.clinician_id, row.weekday, row.starts, row.ends, row.valid_from, row.valid_until, row.every_n_weeks,
        row.reserve_minutes, row.site_id, key=row.pk,
    )  # fmt: skip


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def add_exception(request: HttpRequest, clinician_id: int) -> HttpResponse:
    """Time added or taken on one date."""
    one, offered = get_object_or_404(Clinician, pk=clinician_id), choices()
    form = ExceptionForm(_data(request), initial={"site": one.site_id}, sites=offered.sites)

    def change_of(cleaned: dict) -> Change:
        adds, site = cleaned["adds"] == "yes", cleaned.get("site")
        site_id = int(site) if site and site != "every" else one.site_id if adds else None
        exception = values.SessionException(
            one.pk, cleaned["on"], adds, cleaned["starts"], cleaned["ends"], site_id=site_id
        )
        return AddException(exception, cleaned["reason"])

    title = _("Change one date")
    return _ask(request, form, change_of, title=title, lead=one.name, then=_address(one))


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def remove_exception(request: HttpRequest, exception_id: int) -> HttpResponse:
    """The date is as its weekday again."""
    row = get_object_or_404(exceptions_from(timezone.localdate()).select_related("clinician"), pk=exception_id)
    value = values.SessionException(
        row.clinician_id, row.on, row.adds, row.starts, row.ends, site_id=row.site_id, key=row.pk
    )
    return _ask(
        request,
        RemoveForm(_data(request)),
        lambda cleaned: RemoveException(value),
        title=_("Remove the change of a date"),
        lead=f"{row.clinician.name}: {exception_words(row)}",
        then=_address(row.clinician),
    )


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def add_closure(request: HttpRequest) -> HttpResponse:
    """Closed time of a clinician, a room, a site or the whole clinic."""
    offered = choices()
    chosen = request.GET.get("clinician", "")
    initial = {"what": "clinician", "clinician": chosen} if chosen else {}
    form = ClosureForm(
        _data(request), initial=initial, clinicians=offered.clinicians, rooms=offered.rooms, sites=offered.sites
    )

    def change_of(cleaned: dict) -> Change:
        start, end = form.bounds()
        named = {f"{name}_id": int(cleaned[name]) for name in ("clinician", "room", "site") if cleaned.get(name)}
        closure = values.Closure(unit_of(start), unit_of(end, up=True), **named)
        return AddClosure(closure, cleaned["reason"])

    return _ask(request, form, change_of, title=_("Close time"), lead="", then=reverse(HOME))


@allowed
@require_http_methods(["GET", "HEAD", "POST"])
def remove_closure(request: HttpRequest, closure_id: int) -> HttpResponse:
    """Open again; what has passed stays as it was."""
    row = get_object_or_404(closures_from(timezone.now()), pk=closure_id)
    value = values.Closure(
        unit_of(row.starts_at), unit_of(row.ends_at, up=True), row.clinician_id, row.room_id, row.site_id, key=row.pk
    )
    shown = _closure_rows([row])[0]
    return _ask(
        request,
        RemoveForm(_data(request)),
        lambda cleaned: RemoveClosure(value),
        title=_("Remove closed time"),
        lead=f"{shown['closes']}: {shown['when']}, {row.reason}",
        then=reverse(HOME),
    )
