"""The pages on which new symptoms of somebody who has sent a request are told: urgent check first, then a short form.

The same pages for the person themselves and for staff who take down what a caller says: `Telling` says whose they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.platform.audit.actors import Actor
from clinic.platform.forms import new_key
from clinic.platform.refusals import Refused
from intake.flow.flow import Step
from intake.flow.forms import StepForm
from intake.registration.actions import Saved, would_interrupt
from intake.registration.emergency import Around, alert_of, show_emergency, take_answer
from intake.registration.models import Draft
from intake.registration.new_symptoms import of_whom, open_symptoms
from intake.registration.new_symptoms_steps import NEW_SYMPTOMS, entries_of
from intake.registration.steps import build_form, is_read_aloud, speaks_of_patient
from intake.symptoms.models import SymptomReport
from intake.triage.models import Alert
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.new_symptoms import save_new_symptoms, send_new_symptoms, start_new_symptoms
from scheduling.requests.patient_pages import show
from scheduling.requests.patient_words import new_symptoms_words, nurse_line_is_open


@dataclass(frozen=True)
class Telling:
    """Whose pages these are, and what is around them.

    `namespace` names their addresses, `home_url` is where the pages lead back to. `tells_back`: the number of the
    patient may be shown. `by_phone`: staff fill in for a caller; `context` is for every page.
    """

    wanted: AppointmentRequest
    actor: Actor
    home_url: str
    namespace: str = "requests"
    tells_back: bool = True
    by_phone: bool = False
    context: Mapping[str, Any] = field(default_factory=dict)

    def to(self, page: str = "") -> str:
        """The address of the start, or of check, send, sent, emergency."""
        name = f"symptoms_{page}" if page else "symptoms"
        return reverse(f"{self.namespace}:{name}", args=[self.wanted.reference])

    def step(self, step: Step | None) -> str:
        """The address of a page of questions; of check answers when none is left."""
        if step is None:
            return self.to("check")
        return reverse(f"{self.namespace}:symptoms_step", args=[self.wanted.reference, step.slug])

    @cached_property
    def draft(self) -> Draft | None:
        """The short form that is open: staff and the person themselves each have their own."""
        return open_symptoms(self.wanted.report, by_phone=self.by_phone)

    def show(self, request: HttpRequest, template: str, *, status: int = 200, **context) -> HttpResponse:
        """A page of the short form."""
        return show(request, template, self.wanted, status=status, telling=self, **{**self.context, **context})


Page = Callable[..., HttpResponse]


def answer(request: HttpRequest, telling: Telling, page: str, **names: str) -> HttpResponse:
    """The page of this name; where no short form is open, all but the first and the last lead to the first."""
    if page in ("start", "sent"):
        return PAGES[page](request, telling, **names)
    if telling.draft is None:
        return redirect(telling.to("sent" if page == "send" else ""))
    return PAGES[page](request, telling, telling.draft, **names)


def patterns(view: Callable[..., HttpResponse]) -> list[URLPattern]:
    """The addresses of all pages, led to `view(request, …, page=…, **names)`."""
    safe, post, both = require_safe(view), require_POST(view), require_http_methods(["GET", "HEAD", "POST"])(view)
    return [
        path("", both, {"page": "start"}, name="symptoms"),
        path("check/", safe, {"page": "check"}, name="symptoms_check"),
        path("send/", post, {"page": "send"}, name="symptoms_send"),
        path("sent/", safe, {"page": "sent"}, name="symptoms_sent"),
        path("emergency/", both, {"page": "emergency"}, name="symptoms_emergency"),
        path("<slug:step>/", both, {"page": "step"}, name="symptoms_step"),
    ]


def first_gap(draft: Draft) -> Step | None:
    """The first page that is still open."""
    return NEW_SYMPTOMS.first_gap(draft.answers, draft.steps_done)


def _start(request: HttpRequest, telling: Telling) -> HttpResponse:
    """That this is not for emergencies, and when a nurse reads it; the button begins."""
    refusal = ""
    if request.method == "POST":
        try:
            draft = start_new_symptoms(telling.wanted, by=telling.actor, anew="anew" in request.POST)
        except Refused as no:
            refusal = str(no)
        else:
            return redirect(telling.step(first_gap(draft)))
    return telling.show(
        request,
        "symptoms/start_by_phone.html" if telling.by_phone else "symptoms/start.html",
        refusal=refusal,
        begun=telling.draft,
        nurse_line_open=nurse_line_is_open(timezone.now()),
        back_url=telling.home_url,
        status=422 if refusal else 200,
    )


def _step(request: HttpRequest, telling: Telling, draft: Draft, step: str) -> HttpResponse:
    """One page of the short form. Nobody skips ahead of a page that is still open."""
    found, gap = NEW_SYMPTOMS.get(step), first_gap(draft)
    if found is None:
        raise Http404
    if not found.applies(draft.answers) or (gap and NEW_SYMPTOMS.is_before(gap, found)):
        return redirect(telling.step(gap))
    typed = request.POST if request.method == "POST" else None
    version = draft.step_versions.get(found.slug, 0)
    form = build_form(found, typed, answers=draft.answers, version=version, flow=NEW_SYMPTOMS)
    if form.is_bound:
        way_on = _save(request, telling, draft, found, form) or _help_first(telling, draft, found, form)
        if way_on is not None:
            return way_on
        form.show_again()
    return _show_step(request, telling, draft, found, form)


def _save(request: HttpRequest, telling: Telling, draft: Draft, step: Step, form: StepForm) -> HttpResponse | None:
    """Save a page and lead on; None when the form now says what is wrong, or that another window was faster."""
    if not form.is_valid():
        return None
    try:
        saved = save_new_symptoms(
            telling.wanted, draft, step.slug, form.answers(), by=telling.actor, version=form.cleaned_data["version"]
        )
    except Refused as no:
        if no.code in ("expired", "sent"):
            return redirect(telling.to())
        draft.refresh_from_db()
        form.show_again(version=draft.step_versions.get(step.slug, 0))
        form.add_error(None, str(no))
        return None
    return redirect(_after(request, telling, step, saved))


def _after(request: HttpRequest, telling: Telling, step: Step, saved: Saved) -> str:
    if saved.alert is not None:
        return telling.to("emergency")
    gap = first_gap(saved.draft)
    if request.GET.get("change") == "1":
        return telling.step(gap)
    return telling.step(NEW_SYMPTOMS.next(step, saved.draft.answers) or gap)


def _help_first(telling: Telling, draft: Draft, step: Step, form: StepForm) -> HttpResponse | None:
    """A slip in a date or a temperature never holds up an emergency: the sign is saved, the slip asked again."""
    sure = form.sure_answers()
    if not sure or not would_interrupt(draft, sure):
        return None
    try:
        save_new_symptoms(telling.wanted, draft, step.slug, sure, by=telling.actor)
    except Refused:
        return None
    return redirect(telling.to("emergency"))


def _show_step(request: HttpRequest, telling: Telling, draft: Draft, step: Step, form: StepForm) -> HttpResponse:
    change = request.GET.get("change") == "1"
    back = None if change else NEW_SYMPTOMS.back(step, draft.answers)
    context = {
        "form": form,
        "step": step,
        "heading": step.heading(caregiver=speaks_of_patient(step, draft.answers)),
        "read_aloud": is_read_aloud(step, draft.answers),
        "back_url": telling.step(back) if back or change else telling.to(),
    }
    return telling.show(request, "registration/step.html", status=422 if form.errors else 200, **context)


def _check(request: HttpRequest, telling: Telling, draft: Draft, *, refusal: str = "") -> HttpResponse:
    """What was answered, with a way to change it; the button sends."""
    gap = first_gap(draft)
    if gap is not None:
        return redirect(telling.step(gap))
    step_of = {key: step for step in NEW_SYMPTOMS.steps for key in step.keys}
    rows = [
        {
            "key": entry["question"],
            "value": entry["label"],
            "change_url": f"{telling.step(step_of[entry['key']])}?change=1",
        }
        for entry in entries_of(draft.answers)
    ]
    page = {"rows": rows, "key": new_key(), "refusal": refusal, "had_emergency": bool(draft.emergency_rules)}
    page |= {"send_url": telling.to("send"), "emergency_url": telling.to("emergency")}
    back_url = telling.step(NEW_SYMPTOMS.applicable(draft.answers)[-1])
    return telling.show(request, "symptoms/check.html", status=422 if refusal else 200, back_url=back_url, **page)


def _send(request: HttpRequest, telling: Telling, draft: Draft) -> HttpResponse:
    """Send the short form of this request; sent twice, it is sent once."""
    try:
        send_new_symptoms(telling.wanted, draft, by=telling.actor, key=request.POST.get("key", ""))
    except Refused as no:
        draft.refresh_from_db()
        if draft.state == Draft.State.OPEN:
            return _check(request, telling, draft, refusal=str(no))
    return redirect(telling.to("sent"))


def _sent(request: HttpRequest, telling: Telling) -> HttpResponse:
    """What they are told after sending: by when a nurse calls, or once more what to do in an emergency."""
    told = SymptomReport.objects.filter(of_whom(telling.by_phone), follows=telling.wanted.report_id)
    report = told.select_related("triage").order_by("-sent_at").first()
    if report is None:
        return redirect(telling.to())
    words = new_symptoms_words(telling.wanted, report, now=timezone.now()) | {"report": report}
    return telling.show(request, "symptoms/sent_by_phone.html" if telling.by_phone else "symptoms/sent.html", **words)


def _emergency(request: HttpRequest, telling: Telling, draft: Draft) -> HttpResponse:
    """What to do now, as in the registration; a post keeps the number and what the person will do."""
    alert: Alert | None = alert_of(draft)
    if alert is None:
        return redirect(telling.to())
    here = telling.to("emergency")
    around = Around(
        answer_url=here,
        next_url=telling.step(first_gap(draft)),
        reference=telling.wanted.reference,
        phone=telling.wanted.patient.phone_primary if telling.tells_back else "",
        leave_url=telling.home_url if telling.by_phone else "",
    )
    if request.method != "POST":
        return show_emergency(request, draft, alert, around)
    said, form = take_answer(request, alert)
    if not form.is_valid():
        return show_emergency(request, draft, alert, around, form=form)
    if said == "mistake" and draft.steps_done:
        return redirect(telling.step(NEW_SYMPTOMS.get(draft.steps_done[-1])))
    return redirect(here)


PAGES: dict[str, Page] = {
    "start": _start,
    "check": _check,
    "send": _send,
    "sent": _sent,
    "emergency": _emergency,
    "step": _step,
}
