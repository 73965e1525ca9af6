"""Staff: the page of one case of a conference: its summary, what is recommended, and the outcome."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.roles import Permission
from clinic.directory.models import Clinician, Specialty
from clinic.platform.audit.record import record_view
from clinic.platform.forms import SubmitForm
from clinic.platform.numbers import whole_number
from clinic.platform.refusals import Refused
from clinic.platform.told import told_above
from scheduling.conference import outcomes
from scheduling.conference.actions import change_question, move_case, put_off, recommend, take_off
from scheduling.conference.days import OF_THE_LIST, coming
from scheduling.conference.forms import OutcomeForm, PutOffForm, QuestionForm, RecommendForm
from scheduling.conference.models import ConferenceCase
from scheduling.conference.staff_views import address_of, crumbs, may_run, may_see
from scheduling.conference.summary import Summary, differs_from_visit, summaries_of, with_persons
from scheduling.itineraries.interpreters import INTERPRETER
from scheduling.itineraries.models import VisitType
from scheduling.worklist.suggestion_words import leg_reasons

CHANGED = 409


def find_case(request: HttpRequest, case_id: UUID) -> ConferenceCase:
    """The case if this person may open the patient's record; otherwise 404."""
    return get_object_or_404(with_persons(ConferenceCase.objects.visible_to(request.user)), pk=case_id)


def _note_look(request: HttpRequest, case: ConferenceCase, purpose: str) -> None:
    with transaction.atomic():
        record_view(case.request, by=staff_actor(request.user), purpose=purpose)


class _Desk:
    """A case with its summary, what this person may do, and the forms for it."""

    def __init__(self, request: HttpRequest, case: ConferenceCase) -> None:
        self.user, self.case = request.user, case
        more = {
            "specialties": Specialty.objects.exclude(code=INTERPRETER),
            "visit_types": VisitType.objects.filter(is_active=True),
            "own": Clinician.objects.filter(user=request.user).select_related("specialty"),
        }
        summaries, found = summaries_of([case], now=timezone.now(), more=more)
        self.summary: Summary = summaries[0]
        self.specialties = sorted(found["specialties"], key=lambda one: (one.position, one.code))
        self.visit_types = sorted(found["visit_types"], key=lambda one: one.name)
        self.own = found["own"][0].specialty if found["own"] else None
        self.is_open = case.conference.closed_at is None and case.state in OF_THE_LIST
        self.runs = self.user.has_perm(Permission.RUN_CONFERENCE)
        self.may_conclude = self.is_open and self.runs and case.conference.on <= timezone.localdate()

    @property
    def writes_for(self) -> list[Specialty]:
        """The specialties for which this person may recommend."""
        if self.runs:
            return self.specialties
        return [self.own] if self.own and self.user.has_perm(Permission.RECOMMEND) else []

    @property
    def _own_code(self) -> str:
        """The specialty that stands chosen; who writes down what others say chooses it each time."""
        return self.own.code if self.own and self.user.has_perm(Permission.RECOMMEND) else ""

    def names_of(self, codes: list[str]) -> list[str]:
        """Specialties as they are called."""
        names = {one.code: one.name for one in self.specialties}
        return [names.get(code, code) for code in codes]

    def form(self, kind: type[SubmitForm], name: str, data=None) -> SubmitForm:
        """One of the forms of the page; `name` is also the last part of its address."""
        more = {
            "question": {"initial": {"question": self.case.question, "version": self.case.version}},
            "recommend": {
                "specialties": self.writes_for,
                "initial": {"specialty": self._own_code, **self._hidden("seen")},
            },
            "outcome": {
                "specialties": self.specialties,
                "visit_types": self.visit_types,
                "suggested_for": leg_reasons(self.summary.suggested),
                "initial": {
                    "outcome": self.case.outcome,
                    "specialties": self.case.specialties if self.case.discussed_at else self.case.request.specialties,
                    **self._hidden("version", "request_version"),
                },
            },
        }[name]
        action = reverse(f"staff-conference:{name}", args=[self.case.pk])
        return kind(data, auto_id=f"{name}-%s", action=action, **more)

    def _hidden(self, *names: str) -> dict[str, int]:
        """How things stand, for the hidden fields that tell an old page."""
        stand = {
            "version": self.case.version,
            "request_version": self.case.request.version,
            "seen": self.summary.newest_recommendation,
        }
        return {name: stand[name] for name in names}

    def renew(self, form: SubmitForm) -> None:
        """A page that was old knows how things stand now, with what was typed."""
        form.renew_key()
        for name, value in self._hidden(*(one for one in ("version", "request_version", "seen"))).items():
            if name in form.fields:
                form.data[name] = value


@may_see
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The one-page summary with recommendations and outcome."""
    found = find_case(request, case_id)
    _note_look(request, found, "conference_case")
    return _show(request, _Desk(request, found))


def _show(
    request: HttpRequest, desk: _Desk, *, again: tuple[str, SubmitForm] | None = None, status: int = 200
) -> HttpResponse:
    """The page; `again` is the form with errors to show once more, and its name."""
    name, form = again or ("", None)
    case = desk.case
    context = {
        "case": case,
        "meeting": case.conference,
        "summary": desk.summary,
        "form": form,
        "is_stale": status == CHANGED,
        "is_open": desk.is_open,
        "runs": desk.runs,
        "may_conclude": desk.may_conclude,
        "to_see": desk.names_of(case.specialties),
        "is_other_plan": differs_from_visit(case, case.request),
        "has_no_specialty": not desk.writes_for and request.user.has_perm(Permission.RECOMMEND),
        "crumbs": crumbs(case.conference, case.request.patient.full_name),
    }
    forms = (
        ("question", QuestionForm, desk.is_open and desk.runs),
        ("recommend", RecommendForm, desk.is_open and bool(desk.writes_for)),
        ("outcome", OutcomeForm, desk.may_conclude),
    )
    for one, kind, may_write in forms:
        if one == name:  # also when the conference was closed meanwhile: what was typed stays to be read
            context[f"{one}_form"] = form
        elif may_write:
            context[f"{one}_form"] = desk.form(kind, one)
    context["opened"] = name
    return render(request, "conference/case.html", context, status=status)


def _save(
    request: HttpRequest, case_id: UUID, kind: type[SubmitForm], name: str, work: Callable[..., str]
) -> HttpResponse:
    """Save one form of the page and come back to its part; what is refused is told, and what was typed stays."""
    desk = _Desk(request, find_case(request, case_id))
    form = desk.form(kind, name, request.POST)
    if not form.is_valid():
        return _show(request, desk, again=(name, form), status=422)
    try:
        said = work(desk, form.cleaned_data, {"user": request.user, "by": staff_actor(request.user)})
    except Refused as no:
        desk = _Desk(request, find_case(request, case_id))
        form.add_error(None, str(no))
        desk.renew(form)
        return _show(request, desk, again=(name, form), status=CHANGED if no.code == "stale" else 422)
    messages.success(request, said)
    return redirect(f"{reverse('staff-conference:case', args=[case_id])}#{name}")


@may_run
@require_POST
def question(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Change the question to ask."""

    def work(desk: _Desk, cleaned: dict, who: dict) -> str:
        fields = {name: cleaned[name] for name in ("question", "version", "key")}
        change_question(desk.case, **fields, **who)
        return _("The question is saved.")

    return _save(request, case_id, QuestionForm, "question", work)


@may_see
@require_POST
def recommend_for(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A new recommendation of a specialty."""
    if not (request.user.has_perm(Permission.RECOMMEND) or request.user.has_perm(Permission.RUN_CONFERENCE)):
        raise PermissionDenied

    def work(desk: _Desk, cleaned: dict, who: dict) -> str:
        fields = {name: cleaned[name] for name in ("specialty", "text", "seen", "key")}
        recommend(desk.case, **fields, **who)
        return _("The recommendation is saved.")

    return _save(request, case_id, RecommendForm, "recommend", work)


PLAN_WORDS = {
    outcomes.PLANNED: lambda: _("The outcome is saved. The visit is planned with these specialties now."),
    outcomes.SAME: lambda: _("The outcome is saved. The plan of the visit already has these specialties."),
    outcomes.NO_VISIT: lambda: _("The outcome is saved. The plan of the visit stays as it is."),
    outcomes.BOOKED: lambda: _(
        "The outcome is saved. A visit is booked already and stays as it is: change it if it does not fit any more."
    ),
    outcomes.OVER: lambda: _("The outcome is saved. The request is closed: no visit is planned."),
}


@may_run
@require_POST
def outcome(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write the outcome down; the visit is planned with it."""

    def work(desk: _Desk, cleaned: dict, who: dict) -> str:
        fields = {name: cleaned[name] for name in ("outcome", "specialties", "version", "request_version", "key")}
        done = outcomes.conclude(desk.case, **fields, visit_type=cleaned["visit_type"] or "", **who)
        return PLAN_WORDS[getattr(done, "plan", outcomes.NO_VISIT)]()

    return _save(request, case_id, OutcomeForm, "outcome", work)


@may_see
@require_safe
def print_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The summary on paper."""
    found = find_case(request, case_id)
    _note_look(request, found, "print_conference_case")
    context = {
        "meeting": found.conference,
        "summaries": summaries_of([found], now=timezone.now())[0],
        "is_one": True,
        "now": timezone.now(),
        "back_url": reverse("staff-conference:case", args=[found.pk]),
    }
    return render(request, "conference/print.html", context)


def _version(request: HttpRequest) -> int:
    """What the page showed; a page that says nothing is an old one."""
    shown = whole_number(request.POST.get("version", ""))
    return -1 if shown is None else shown


def _press(request: HttpRequest, found: ConferenceCase, work: Callable[[dict], object], said: str) -> HttpResponse:
    """Do it and say so, back on the list."""
    how = {"user": request.user, "by": staff_actor(request.user), "key": request.POST.get("key", "")}
    with told_above(request):
        work(how)
        messages.success(request, said)
    return redirect(f"{address_of(found.conference)}#case-{found.pk}")


@may_run
@require_POST
def move(request: HttpRequest, case_id: UUID, way: str) -> HttpResponse:
    """One place up or down the list."""
    if way not in ("up", "down"):
        raise Http404
    found = find_case(request, case_id)
    position = _version(request)
    return _press(
        request, found, lambda how: move_case(found, up=way == "up", position=position, **how), _("The order is saved.")
    )


@may_run
@require_POST
def off(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take the case off the list."""
    found, version = find_case(request, case_id), _version(request)
    return _press(
        request, found, lambda how: take_off(found, version=version, **how), _("The patient is off the list.")
    )


@may_run
@require_http_methods(["GET", "HEAD", "POST"])
def another_day(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Put the case off to another conference."""
    found = find_case(request, case_id)
    if request.method != "POST":
        _note_look(request, found, "conference_another_day")
    meetings = [one for one in coming(request.user) if one.pk != found.conference_id]
    form = PutOffForm(request.POST or None, conferences=meetings, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        cleaned, by = form.cleaned_data, staff_actor(request.user)
        how = {"version": cleaned["version"], "user": request.user, "by": by, "key": cleaned["key"]}
        try:
            put_off(found, form.chosen, **how)
        except Refused as no:
            form.add_error(None, str(no))
            form.renew_key()
            form.data["version"] = find_case(request, case_id).version
        else:
            messages.success(request, _("The patient is put off to that day."))
            return redirect(address_of(found.conference))
    context = {
        "case": found,
        "meeting": found.conference,
        "meetings": meetings,
        "form": form,
        "crumbs": crumbs(found.conference, found.request.patient.full_name, _("Another day")),
    }
    return render(request, "conference/another_day.html", context, status=422 if form.errors else 200)
