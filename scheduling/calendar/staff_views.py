"""Staff: the calendar. A grid with its list beside it for a day by clinician or by room and for a week; a month."""

from calendar import monthrange
from datetime import date, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician
from clinic.platform.audit.record import record_view
from clinic.platform.words import day as day_words
from clinic.platform.words import short_day
from scheduling.calendar.blocks import APART, May
from scheduling.calendar.columns import Column, draw, people_columns, room_columns, week_columns
from scheduling.calendar.filters import Filters, key_in
from scheduling.calendar.load import month_load
from scheduling.calendar.read import Facts, facts
from scheduling.calendar.tabs import MONTH, PEOPLE, ROOMS, WEEK, schedule_tabs
from scheduling.visits.staff_views import read_day

allowed = requires(Permission.VIEW_PATIENT)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MONTHS_AROUND = 120


@allowed
@require_safe
def by_clinician(request: HttpRequest, on: str) -> HttpResponse:
    """One day, a column for each clinician who works or has something."""
    shown = read_day(on)
    filters, may = Filters.of(request.GET), May.of(request.user)
    if (asked := _asked_date(request) or shown) != shown:
        return redirect(reverse("staff-calendar:day", args=[asked.isoformat()]) + filters.query)
    _note(request, ("clinic_day", shown.isoformat()), "day_by_clinician")
    known = facts(request.user, shown, shown, now=timezone.now())
    columns, others = people_columns(known, may, filters)
    context = _day_context(request, known, columns, filters, current=PEOPLE)
    context |= {"title": _("Day by clinician"), "page_url": "staff-calendar:day"}
    context["left_out"] = [] if filters.query else others
    return render(request, "calendar/day.html", context)


@allowed
@require_safe
def by_room(request: HttpRequest, on: str) -> HttpResponse:
    """One day, a column for each room in use, and what takes place by video or phone."""
    shown = read_day(on)
    filters, may = Filters.of(request.GET), May.of(request.user)
    if (asked := _asked_date(request) or shown) != shown:
        return redirect(reverse("staff-calendar:rooms", args=[asked.isoformat()]) + filters.query)
    _note(request, ("clinic_day", shown.isoformat()), "day_by_room")
    known = facts(request.user, shown, shown, now=timezone.now())
    columns = room_columns(known, may, filters)
    context = _day_context(request, known, columns, filters, current=ROOMS)
    context |= {
        "title": _("Day by room"),
        "first_head": _("Room"),
        "page_url": "staff-calendar:rooms",
        "is_by_room": True,
    }
    return render(request, "calendar/day.html", context)


def _asked_date(request: HttpRequest) -> date | None:
    """The date that the form above the grid names; one that means nothing is told, and the page stays as it is."""
    typed = request.GET.get("on", "").strip()
    if not typed:
        return None
    try:
        return read_day(typed)
    except Http404:
        messages.warning(request, _("Enter a date such as 2027-01-31, within ten years of today."))
        return None


def _note(request: HttpRequest, subject: tuple[str, str], purpose: str) -> None:
    with transaction.atomic():
        record_view(subject, by=staff_actor(request.user), purpose=purpose)


def _day_context(request: HttpRequest, known: Facts, columns: list[Column], filters: Filters, *, current: str) -> dict:
    on, today = known.first, timezone.localdate(known.now)
    return _grid_context(known, columns, draw(columns)) | {
        "on": on,
        "is_today": on == today,
        "previous": on - A_DAY,
        "following": on + A_DAY,
        "today": today,
        "tabs": schedule_tabs(on, current),
        "filters": filters,
        "choices": _choices(known, filters, by_person=current == PEOPLE),
        "why_closed": known.why_closed(on),
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (day_words(on), "")],
        "can_see_outside": request.user.has_perm(Permission.MANAGE_AVAILABILITY),
    }


def _grid_context(known: Facts, columns: list[Column], hours: list[str]) -> dict:
    return {
        "columns": columns,
        "hours": hours,
        "now": known.now,
        "has_lines": any(one.listed for one in columns),
        "has_apart": any(block.kind == APART for one in columns for block in one.ground),
        "gone": [one for one in columns if one.person and one.warning and one.solids],
        "can_drag": any(block.drag for one in columns for block in one.solids),
    }


def _choices(known: Facts, filters: Filters, *, by_person: bool) -> list[dict]:
    """The lists of the filter, each with a name and (value, words) pairs; those with one choice are left out."""
    specialties = {one.specialty.code: one.specialty.name for one in known.people}
    people = {str(one.pk): one.name for one in sorted(known.people, key=lambda one: one.name)}
    sites = {str(one.site_id): one.site.name for one in known.rooms if one.site.is_active}
    rooms = {
        str(one.pk): f"{one.name}, {one.site.name}" if len(sites) > 1 else one.name
        for one in known.rooms
        if one.is_active
    }
    kinds = {str(one.pk): one.name for one in known.kinds}
    lists = [
        {"name": "specialty", "label": _("Specialty"), "values": list(specialties.items()) if by_person else []},
        {"name": "clinician", "label": _("Clinician"), "values": list(people.items()) if by_person else []},
        {"name": "site", "label": _("Site"), "values": list(sites.items())},
        {"name": "room", "label": _("Room"), "values": list(rooms.items())},
        {"name": "kind", "label": _("Kind of visit"), "values": list(kinds.items())},
    ]
    chosen = {"specialty": filters.specialty, "clinician": filters.clinician, "site": filters.site}
    chosen |= {"room": filters.room, "kind": filters.kind}
    return [one | {"chosen": str(chosen[one["name"]] or "")} for one in lists if len(one["values"]) > 1]


# The week


@allowed
@require_safe
def find_week(request: HttpRequest) -> HttpResponse:
    """To the week of the clinician asked for, by default of whoever looks, else of the first of the list."""
    on = _asked_date(request) or timezone.localdate()
    key = key_in(request.GET.get("clinician", ""))
    people = Clinician.objects.filter(is_active=True, specialty__is_leg=True)
    if key is None:
        key = people.filter(user=request.user).values_list("pk", flat=True).first()
    if key is None:
        key = people.order_by("specialty__position", "name", "pk").values_list("pk", flat=True).first()
    if key is None:
        return redirect("staff-calendar:day", on.isoformat())
    return redirect("staff-calendar:week", key, on.isoformat())


@allowed
@require_safe
def week(request: HttpRequest, clinician_id: int, on: str) -> HttpResponse:
    """The week of one clinician, Monday first; Saturday and Sunday when there is something."""
    shown = read_day(on)
    monday = shown - timedelta(days=shown.weekday())
    if clinician_id >= 2**31:
        raise Http404
    _note(request, ("clinician_week", f"{clinician_id}.{monday.isoformat()}"), "week")
    known = facts(request.user, monday, monday + timedelta(days=6), now=timezone.now(), only=[clinician_id])
    person = known.person_by_key.get(clinician_id) or _anybody(clinician_id)
    columns, window = week_columns(known, person, May.of(request.user))
    hours = draw(columns, window)
    context = _grid_context(known, columns, hours) | {
        "person": person,
        "on": shown,
        "monday": monday,
        "previous": monday - A_WEEK,
        "following": monday + A_WEEK,
        "today": timezone.localdate(known.now),
        "tabs": schedule_tabs(shown, WEEK),
        "people": [one for one in known.people if one.is_active or one == person],
        "when": _("%(first)s to %(last)s") % {"first": short_day(monday), "last": short_day(monday + 6 * A_DAY)},
        "closed": [(one, why) for one in columns if (why := one.note)],
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (_("Week"), "")],
    }
    return render(request, "calendar/week.html", context)


def _anybody(clinician_id: int) -> Clinician:
    """Somebody who has left and has nothing in this week; nobody at all is 404."""
    try:
        return Clinician.objects.select_related("specialty", "site").get(pk=clinician_id)
    except Clinician.DoesNotExist:
        raise Http404 from None


# The month


@allowed
@require_safe
def month(request: HttpRequest, month: str) -> HttpResponse:
    """Each day of a month: how much of the working time is booked and how many hours are free. Names nobody."""
    first = _read_month(month)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    filters, now = Filters.of(request.GET), timezone.now()
    load = month_load(first, last, now=now, specialty=filters.specialty)
    context = {
        "first": first,
        "name": date_format(first, "F Y"),
        "load": load,
        "filters": filters,
        "specialties": load.specialties,
        "previous": (first - A_DAY).replace(day=1),
        "following": last + A_DAY,
        "today": timezone.localdate(now),
        "is_this_month": first == timezone.localdate(now).replace(day=1),
        "tabs": schedule_tabs(_day_of_month(first, last), MONTH),
        "weekdays": [date_format(date(2026, 11, 23) + n * A_DAY, "l") for n in range(7)],
        "crumbs": [(_("Worklist"), reverse("worklist:home")), (date_format(first, "F Y"), "")],
    }
    return render(request, "calendar/month.html", context)


def _read_month(text: str) -> date:
    """The first of the month of an address, some years around now; anything else does not exist."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
    today = timezone.localdate()
    if f"{first:%Y-%m}" != text or abs((first.year - today.year) * 12 + first.month - today.month) > MONTHS_AROUND:
        raise Http404
    return first


def _day_of_month(first: date, last: date) -> date:
    """Where the other tabs lead from a month: today if it lies in it."""
    today = timezone.localdate()
    return today if first <= today <= last else first
