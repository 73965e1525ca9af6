"""Staff: checking a patient in at the desk by the code that they show, drawn or typed, or by a reference."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from clinic.platform.forms import SubmitForm, TextField
from clinic.platform.numbers import whole_number
from clinic.platform.told import told_above
from clinic.platform.words import clock
from clinic.platform.words import day as day_words
from scheduling.visits import day_actions
from scheduling.visits.check_in_codes import visits_of
from scheduling.visits.day_board import VisitRow, born_words, visit_rows, with_clicks
from scheduling.visits.day_list import day_bounds
from scheduling.visits.models import Appointment, Visit
from scheduling.visits.states import (
    APPOINTMENT_CLAIMS_TIME,
    BOOKED,
    CANCELLED_BY_CLINIC,
    CANCELLED_BY_PATIENT,
    CHECKED_IN,
    COMPLETED,
    IN_VISIT,
    NO_SHOW,
    VISIT_CLAIMS_TIME,
)

at_the_desk = requires(Permission.VIEW_PATIENT, Permission.RUN_DAY)
HERE = (CHECKED_IN, IN_VISIT)
ENDED = {
    COMPLETED: gettext_lazy("This visit is completed"),
    NO_SHOW: gettext_lazy("Marked as: did not come"),
    CANCELLED_BY_PATIENT: gettext_lazy("Canceled by the patient"),
    CANCELLED_BY_CLINIC: gettext_lazy("Canceled by the clinic"),
}
_ENDED_TEXT = gettext_lazy("The patient cannot be checked in with this code.")
_LATER_TEXT = gettext_lazy("Check the patient in on that day. If the day is wrong, change the visit.")
MOST_TYPED = 300  # a scanner types a whole address


class CodeForm(SubmitForm):
    """One field, in which a scanner types as a keyboard does. What is typed comes by POST, never in an address."""

    submit_label = gettext_lazy("Find the visit")
    code = TextField(
        label=gettext_lazy("Code or reference"),
        help_text=gettext_lazy("Scan the patient's code, or type the code or the reference"),
        missing=gettext_lazy("Scan or type a code, or enter a reference"),
        max_length=MOST_TYPED,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        more = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        self.fields["code"].widget.attrs |= {**more, "autofocus": True, "class": "width-20"}


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """A code or reference leads to the page of its visit: today's, or else the next, or else the last one."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = visits_of(form.cleaned_data["code"], Visit.objects.visible_to(request.user))
        if visits := list(found.only("pk", "starts_at", "state")[:50]):
            return redirect("staff-check-in:visit", min(visits, key=_nearest).pk)
        form.add_error("code", _("No visit has this code or reference. Check it, or look for the patient by name"))
    crumbs = [(_("Today"), reverse("staff-visits:today")), (_("Check in"), "")]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "visits/check_in_find.html", context, status=422 if form.errors else 200)


def _nearest(visit: Visit) -> tuple:
    """Today's first, then the next to come, then what was last; a visit that takes place before one that does not."""
    today, on = timezone.localdate(), timezone.localdate(visit.starts_at)
    return visit.state not in VISIT_CLAIMS_TIME, abs((on - today).days), on < today


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Who it is, when and where, and one button; or why the patient cannot be checked in with this code."""
    rows = Visit.objects.visible_to(request.user).select_related(
        "patient", "request", "room", "site", "visit_type", "interpreter"
    )
    row = get_object_or_404(rows, pk=visit_id)
    if request.method == "POST":
        return _check_in(request, row)
    with transaction.atomic():
        record_view(row, by=staff_actor(request.user), purpose="check_in")
    return _show(request, row)


def _check_in(request: HttpRequest, row: Visit) -> HttpResponse:
    """One press; whatever comes of it, the page shows the visit as it is now."""
    shown = whole_number(request.POST.get("version", ""))
    how = {"by": staff_actor(request.user), "key": request.POST.get("key", ""), "now": timezone.now()}
    with told_above(request):
        day_actions.check_in(row, version=-1 if shown is None else shown, **how)
        messages.success(request, _("The patient is checked in."))
    return redirect("staff-check-in:visit", row.pk)


def _show(request: HttpRequest, row: Visit) -> HttpResponse:
    legs = Appointment.objects.filter(visit=row).select_related("visit", "clinician", "specialty", "room")
    if row.state in VISIT_CLAIMS_TIME:  # what was taken out of a visit that takes place is not shown
        legs = legs.filter(state__in=APPOINTMENT_CLAIMS_TIME)
    now = timezone.now()
    board = visit_rows(with_clicks(legs), now=now, may_run=True)
    shown = board[0] if board else None
    told = _told(row, shown, now=now)
    on = timezone.localdate(row.starts_at)
    crumbs = [(_("Today"), reverse("staff-visits:today")), (_("Check in"), reverse("staff-check-in:find"))]
    context = {
        "visit": row,
        "row": shown,
        "told": told,
        "born": born_words(row.patient.date_of_birth),
        "other": None if told.can_check_in or row.state in HERE else _other_visit(row, now=now),
        "day_url": f"{reverse('staff-visits:day', args=[on.isoformat()])}#visit-{row.pk}",
        "crumbs": [*crumbs, (row.patient.full_name, "")],
    }
    return render(request, "visits/check_in.html", context)


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk must know of a visit at once: a heading, a sentence, the kind of notice."""

    kind: str
    heading: str
    text: str = ""
    can_check_in: bool = False


def _told(row: Visit, shown: VisitRow | None, *, now: datetime) -> Told:
    """Whether the patient can be checked in now, and if not, why."""
    today, on = timezone.localdate(now), timezone.localdate(row.starts_at)
    if row.state in HERE:
        since = shown.legs[0].leg.visit_came_at if shown else None
        heading = _("Already here since %(time)s") % {"time": clock(since)} if since else _("Already here")
        return Told("info", heading, shown.words if shown else "")
    if row.state != BOOKED:
        return Told("warning", ENDED.get(row.state, _("This visit was never booked")), _ENDED_TEXT)
    if on > today:
        return Told("warning", _("Not today: the visit is on %(day)s") % {"day": day_words(on)}, _LATER_TEXT)
    if on < today:
        words = {"day": day_words(on)}
        return Told("warning", _("Not today: the visit was on %(day)s") % words, _("Look at the list of that day."))
    if row.is_at_home:
        return Told("info", _("By video or phone: the patient need not come"), shown.words if shown else "", True)
    return Told("info", shown.words if shown else "", "", True)


def _other_visit(row: Visit, *, now: datetime) -> Visit | None:
    """Another visit of this patient, today or else the next one, that takes place."""
    start = day_bounds(timezone.localdate(now))[0]
    others = Visit.objects.filter(patient_id=row.patient_id, state__in=[BOOKED, *HERE], starts_at__gte=start)
    return others.exclude(pk=row.pk).order_by("starts_at").first()
