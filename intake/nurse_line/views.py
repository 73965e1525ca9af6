"""Questions and wishes to be called: what it is about, the urgent check for symptoms, whom to call, what comes next.

The form lives in its own corner of the browser's session: a registration that is open here stays open.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.education.models import Trial
from clinic.platform.limits import take
from clinic.platform.refusals import Refused
from clinic.platform.told import told_in
from clinic.site.public_pages import public_page
from intake.access.sessions import patient_session
from intake.access.tries import network_of
from intake.flow.flow import Step
from intake.flow.forms import StepForm
from intake.nurse_line.actions import ask_nurse, begin_question
from intake.nurse_line.forms import CallBackForm, QuestionForm, TopicForm
from intake.nurse_line.models import NurseQuestion, Topic
from intake.patients.models import Patient
from intake.registration.actions import Saved, person, save_step, would_interrupt
from intake.registration.emergency import Around, alert_of, show_emergency, take_answer
from intake.registration.models import Draft
from intake.registration.nurse_line_steps import NURSE_LINE
from intake.registration.pages import show
from intake.registration.steps import build_form
from intake.triage.clinic_clock import nurses_are_back, nurses_are_there

DRAFT, SEEN, SENT = "question_draft_id", "question_seen", "question_sent_id"
QUESTIONS_AN_HOUR = 20  # from one network address
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def question_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the question begun in this browser; without one, or after 20 idle minutes, back to the beginning."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seen = request.session.get(SEEN, 0)
        draft = None
        if time.time() - seen <= settings.PATIENT_IDLE_MINUTES * 60:
            draft = Draft.objects.filter(pk=request.session.get(DRAFT), purpose=Draft.Purpose.NURSE_LINE).first()
        if draft is None:
            return show(request, "nurse_line/lost.html", status=403)
        if time.time() - seen > 60:
            request.session[SEEN] = int(time.time())
        request.actor = person(draft.pk, draft.filled_by)
        return view(request, draft, *args, **kwargs)

    return login_not_required(page)


def _address(step: Step | None) -> str:
    return reverse("nurse-line:step", args=[step.slug]) if step else reverse("nurse-line:details")


def _first_gap(draft: Draft) -> Step | None:
    return NURSE_LINE.first_gap(draft.answers, draft.steps_done)


def _hour() -> str:
    """What the first page says of the hour changes with this; days off are looked up once a minute."""
    return str(_hour_in(int(timezone.now().timestamp()) // 60))


@lru_cache(maxsize=2)
def _hour_in(minute: int) -> tuple[bool, datetime | None]:
    """Whether the nurse line is open, and if not, when it opens again."""
    at = datetime.fromtimestamp(minute * 60, tz=UTC)
    return nurses_are_there(at), nurses_are_back(at)


@public_page(reads_content=False, has_form=True, also=_hour)
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """`/ask-a-nurse/` and `/call-me-back/`: hours, what happens next, and what it is about."""
    form = TopicForm(request.POST if request.method == "POST" else None, initial={"topic": request.GET.get("topic")})
    if form.is_bound and form.is_valid():
        if take("nurse_line", network_of(request), capacity=QUESTIONS_AN_HOUR, per_seconds=3600):
            draft = begin_question(kind=kind, **form.cleaned_data)
            request.session.cycle_key()
            request.session[DRAFT], request.session[SEEN] = str(draft.pk), int(time.time())
            return redirect(_address(_first_gap(draft)))
        form.add_error(None, _("Too many questions came from here in the last hour. Call the nurse line."))
    is_open, opens_at = _hour_in(int(timezone.now().timestamp()) // 60)
    context = {"form": form, "is_call_back": kind == "call_back", "is_open": is_open, "opens_at": opens_at}
    context["back_url"] = reverse("site:contact")
    return show(request, "nurse_line/start.html", status=422 if form.is_bound else 200, **context)


@get_or_post
@question_page
def step(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    """One page of the urgent check. Nobody skips ahead of a page that is still open."""
    found, gap = NURSE_LINE.get(step), _first_gap(draft)
    if found is None:
        raise Http404
    if draft.state != Draft.State.OPEN:
        return redirect("nurse-line:sent")
    if not found.applies(draft.answers) or (gap and NURSE_LINE.is_before(gap, found)):
        return redirect(_address(gap))
    typed = request.POST if request.method == "POST" else None
    version = draft.step_versions.get(found.slug, 0)
    form = build_form(found, typed, answers=draft.answers, version=version, flow=NURSE_LINE)
    if form.is_bound:
        way_on = _save(request, draft, found, form) or _help_first(request, draft, found, form)
        if way_on is not None:
            return way_on
        form.show_again()
    back = NURSE_LINE.back(found, draft.answers)
    context = {
        "form": form,
        "step": found,
        "heading": found.heading(caregiver=draft.filled_by == "caregiver"),
        "back_url": _address(back) if back else _start_of(draft),
        "save_url": "",
    }
    return show(request, "registration/step.html", draft=draft, status=422 if form.errors else 200, **context)


def _start_of(draft: Draft) -> str:
    return reverse("nurse-line:call-back" if draft.answers.get("kind") == "call_back" else "nurse-line:ask")


def _save(request: HttpRequest, draft: Draft, step: Step, form: StepForm) -> HttpResponse | None:
    """Save a page and lead on; None when the form now says what is wrong, or that another window was faster."""
    if not form.is_valid():
        return None
    try:
        saved = save_step(draft, step.slug, form.answers(), by=request.actor, version=form.cleaned_data["version"])
    except Refused as no:
        if no.code in ("expired", "sent"):
            return redirect("nurse-line:sent" if no.code == "sent" else "nurse-line:ask")
        draft.refresh_from_db()
        form.show_again(version=draft.step_versions.get(step.slug, 0))
        form.add_error(None, str(no))
        return None
    return redirect(_after(step, saved))


def _after(step: Step, saved: Saved) -> str:
    if saved.alert is not None:
        return reverse("nurse-line:emergency")
    return _address(NURSE_LINE.next(step, saved.draft.answers) or _first_gap(saved.draft))


def _help_first(request: HttpRequest, draft: Draft, step: Step, form: StepForm) -> HttpResponse | None:
    """A slip in a date or a temperature never holds up an emergency: the sign is saved, the slip asked again."""
    sure = form.sure_answers()
    if not sure or not would_interrupt(draft, sure):
        return None
    try:
        save_step(draft, step.slug, sure, by=request.actor)
    except Refused:
        return None
    return redirect("nurse-line:emergency")


@get_or_post
@question_page
def details(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Whom to call, when, and the question itself; the button sends."""
    if draft.state != Draft.State.OPEN:
        return redirect("nurse-line:sent")
    gap = _first_gap(draft)
    if gap is not None:
        return redirect(_address(gap))
    is_call_back = draft.answers.get("kind") == "call_back"
    form = (CallBackForm if is_call_back else QuestionForm)(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (question := _asked(request, draft, form)):
        request.session[SENT] = str(question.pk)
        return redirect("nurse-line:sent")
    last = NURSE_LINE.applicable(draft.answers)
    context = {
        "form": form,
        "is_call_back": is_call_back,
        "had_emergency": bool(draft.emergency_rules),
        "trials": _trials_to_name(draft),
        "back_url": _address(last[-1]) if last else _start_of(draft),
        "save_url": "",
    }
    return show(request, "nurse_line/details.html", draft=draft, status=422 if form.errors else 200, **context)


def _trials_to_name(draft: Draft) -> list[Trial]:
    """The studies on our list, for who asks about one: so that nobody has to guess which one is meant."""
    if draft.answers.get("topic") != Topic.TRIALS:
        return []
    return list(Trial.objects.shown(timezone.localdate()))


def _asked(request: HttpRequest, draft: Draft, form: CallBackForm) -> NurseQuestion | None:
    said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
    said["is_our_patient"], said["language"] = said.get("is_our_patient") or "", said.get("language") or "en"
    key = form.cleaned_data["key"]
    with told_in(form):
        patient = _who_asks(request, draft)
        return ask_nurse(draft, said, patient=patient, by=request.actor, key=key, at=timezone.now())
    return None


def _who_asks(request: HttpRequest, draft: Draft) -> Patient | None:
    """The patient who is signed in here and asks about themselves; None for everybody else."""
    session = patient_session(request)
    if session is None or session.kind != "patient" or session.actor.kind != "patient" or draft.filled_by != "patient":
        return None
    return Patient.objects.filter(pk=session.subject_id, merged_into=None).first()


@get_or_post
@question_page
def emergency(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What to do now, as in the registration; a post keeps the number and what the person will do."""
    alert = alert_of(draft)
    if alert is None:
        return redirect(_address(_first_gap(draft)))
    here = reverse("nurse-line:emergency")
    is_sent = draft.state == Draft.State.SENT
    next_url = reverse("nurse-line:sent") if is_sent else _address(_first_gap(draft))
    around = Around(answer_url=here, next_url=next_url)
    if request.method != "POST":
        return show_emergency(request, draft, alert, around)
    answer, form = take_answer(request, alert)
    if not form.is_valid():
        return show_emergency(request, draft, alert, around, form=form)
    if answer == "mistake" and draft.steps_done and not is_sent:
        return redirect(_address(NURSE_LINE.get(draft.steps_done[-1])))
    return redirect(here)


@require_safe
@question_page
def sent(request: HttpRequest, draft: Draft) -> HttpResponse:
    """By when somebody calls, and what to do if it gets worse."""
    question = NurseQuestion.objects.filter(pk=request.session.get(SENT), draft_id=draft.pk).first()
    if question is None:
        return redirect("nurse-line:ask")
    context = {"question": question, "is_call_back": question.kind == "call_back", "save_url": ""}
    return show(request, "nurse_line/sent.html", draft=draft, **context)
