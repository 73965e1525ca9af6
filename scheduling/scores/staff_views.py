"""Staff: the scores of a patient, adding one, and a new version of one."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.directory.models import Specialty
from clinic.platform.db.together import read_together
from clinic.platform.refusals import Refused
from intake.symptoms.models import SymptomReport
from intake.triage.disciplines import suggest
from intake.triage.models import Alert
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import CLOSED
from scheduling.requests.suggestions import judged_by, with_newest
from scheduling.scores import words
from scheduling.scores.actions import BadScore, record_score, revise_score
from scheduling.scores.effect import answers_of, rules_on
from scheduling.scores.forms import FORMS, OPEN, ScoreForm
from scheduling.scores.models import Score
from scheduling.scores.reading import Shown, series_of
from scheduling.scores.scoring import ECOG, RULE_KEYS, SOURCES, rule_values
from scheduling.worklist.reasons import fired_rules
from scheduling.worklist.request_views import SCORES, shell
from scheduling.worklist.staff_views import crumbs_to, find_wanted, note_look


@requires(Permission.VIEW_PATIENT)
@require_safe
def scores(request: HttpRequest, reference: str) -> HttpResponse:
    """The newest version of every score with its band, cautions and sources; the earlier ones below."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "scores")
    rows, later, alerts, legs = read_together(
        Score.objects.visible_to(request.user).filter(patient_id=wanted.patient_id).select_related("assessed_by"),
        SymptomReport.objects.filter(follows_id=wanted.report_id),
        Alert.objects.filter(report_id=wanted.report_id, acknowledged_at=None),
        Specialty.objects.filter(is_leg=True),
    )
    found = series_of(rows)
    current = [one.now.score for one in found]
    answers = {**with_newest(wanted.report.answers, later), **rule_values(current)}
    once = {one.kind for one in found} & {"ecog", "calcium"}  # of the whole patient: there is one, which is changed
    context = {
        **shell(request, wanted, SCORES),
        "groups": [
            {
                "kind": kind,
                "name": name,
                "hint": words.KIND_HINTS[kind],
                "series": [one for one in found if one.kind == kind],
                "cautions": words.CAUTIONS[kind],
                "sources": SOURCES[kind],
                "can_add": kind not in once,
            }
            for kind, name in words.KIND_WORDS.items()
        ],
        "rules": fired_rules(list(rules_on(set(RULE_KEYS.values()), answers))),
        "not_planned": _not_planned(wanted, later, current, {one.code: one.name for one in legs}),
        "emergencies": _emergencies(alerts),
        "ecog_self": answers.get("ecog_self"),
        "can_record": request.user.has_perm(Permission.RECORD_SCORES),
    }
    return render(request, "scores/list.html", context)


def _emergencies(waiting: list[Alert]) -> list[dict]:
    """What to do about emergencies that a score found and nobody has taken on yet."""
    return [
        {"alert": alert, "title": words.TO_DO[rule][0], "text": words.TO_DO[rule][1]}
        for alert in sorted(waiting, key=lambda alert: alert.detected_at)
        for rule in alert.rules
        if rule in words.TO_DO
    ]


def _not_planned(
    wanted: AppointmentRequest, later: list[SymptomReport], scores: list[Score], names: dict[str, str]
) -> list[tuple[str, str]]:
    """Specialties that these scores ask for and the plan of an open request does not have: name and reason."""
    if wanted.status in CLOSED:
        return []
    before = getattr(wanted.report, "before_visit", None)
    without = {leg.code: set(leg.ids) for leg in suggest(judged_by(wanted, later, [], before)).legs}
    return [
        (names[leg.code], f"{', '.join(leg.ids)}: {leg.reason}")
        for leg in suggest(judged_by(wanted, later, scores, before)).legs
        if leg.code in names and leg.code not in wanted.specialties and set(leg.ids) - without.get(leg.code, set())
    ]


@requires(Permission.VIEW_PATIENT, Permission.RECORD_SCORES)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """The form of a new score; saved, the list shows its points."""
    wanted = find_wanted(request, reference)
    if kind not in FORMS:
        raise Http404
    note_look(request, wanted, "score")
    form = FORMS[kind](request.POST or None, initial={"assessed_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            score = record_score(
                wanted,
                form.given(),
                kind=kind,
                target=form.target,
                user=request.user,
                by=staff_actor(request.user),
                key=form.cleaned_data["key"],
            )
        except Refused as no:
            _say(form, no)
        else:
            return _saved(request, wanted, score)
    return _show(request, wanted, form, kind, status=422 if form.errors else 200)


@requires(Permission.VIEW_PATIENT, Permission.RECORD_SCORES)
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: HttpRequest, reference: str, series: uuid.UUID) -> HttpResponse:
    """A new version of a score; when a colleague saved one meanwhile, both stand beside each other."""
    wanted = find_wanted(request, reference)
    base = _current(request, wanted, series)
    note_look(request, wanted, "score")
    form = FORMS[base.kind](request.POST or None, initial=_initial(base))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                score = revise_score(
                    base,
                    wanted,
                    form.given(),
                    target=form.target,
                    version=form.cleaned_data["version"] or 0,
                    user=request.user,
                    by=staff_actor(request.user),
                    key=form.cleaned_data["key"],
                )
            except Refused as no:
                status = 409 if no.code == "stale" else 422
                _say(form, no)
                if no.code == "stale":  # what was typed stays; sent once more it becomes the next version
                    base = _current(request, wanted, series)
                    form.data["version"] = str(base.version)
            else:
                return _saved(request, wanted, score)
    return _show(request, wanted, form, base.kind, base=base, is_stale=status == 409, status=status)


def _current(request: HttpRequest, wanted: AppointmentRequest, series: uuid.UUID) -> Score:
    rows = Score.objects.visible_to(request.user).filter(patient_id=wanted.patient_id, series=series).current()
    found = rows.select_related("assessed_by").first()
    if found is None:
        raise Http404
    return found


def _initial(base: Score) -> dict:
    """The newest version in the fields of its form; items left open stand as not known."""
    form = FORMS[base.kind]
    items = {
        name: base.codes.get(name) or (OPEN if (OPEN, _("Not known yet")) in field.choices else None)
        for name in form.items
        for field in [form.base_fields[name]]
        if hasattr(field, "choices")
    }
    items |= {name: base.codes.get(name) for name in form.items if name not in items}
    kept = ("target", "place", "assessed_on", "study", "study_on", "note", "version")
    return items | {name: getattr(base, name) for name in kept}


def _say(form: ScoreForm, no: Refused) -> None:
    """Put a refusal where it belongs; the page gets a new key."""
    item = no.item if isinstance(no, BadScore) else None
    form.add_error(item if item in form.fields else None, str(no))
    form.renew_key()


def _saved(request: HttpRequest, wanted: AppointmentRequest, score: Score) -> HttpResponse:
    messages.success(request, _("Saved: %(score)s") % {"score": Shown.of_score(score).line})
    return redirect("staff-scores:list", wanted.reference)


def _show(
    request: HttpRequest,
    wanted: AppointmentRequest,
    form: ScoreForm,
    kind: str,
    *,
    base: Score | None = None,
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    name = words.KIND_WORDS[kind]
    context = {
        "wanted": wanted,
        "form": form,
        "kind": kind,
        "name": name,
        "hint": words.KIND_HINTS[kind],
        "cautions": words.CAUTIONS[kind],
        "sources": SOURCES[kind],
        "shown": Shown.of_score(base) if base else None,
        "is_stale": is_stale,
        "ecog_self": answers_of(wanted).get("ecog_self") if kind == ECOG else None,
        "crumbs": [
            *crumbs_to(wanted, _("Scores"))[:-1],
            (_("Scores"), reverse("staff-scores:list", args=[wanted.reference])),
            (name, ""),
        ],
    }
    return render(request, "scores/form.html", context, status=status)
