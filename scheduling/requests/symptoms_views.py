"""A patient who has sent a request tells us of new symptoms: urgent check first, then a short form."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.platform.forms import new_key
from clinic.platform.refusals import Refused
from intake.flow.flow import Step
from intake.flow.forms import StepForm
from intake.registration.actions import Saved, would_interrupt
from intake.registration.emergency import Around, alert_of, show_emergency, take_answer
from intake.registration.models import Draft
from intake.registration.new_symptoms import open_symptoms
from intake.registration.new_symptoms_steps import NEW_SYMPTOMS, entries_of
from intake.registration.steps import build_form
from intake.symptoms.models import SymptomReport
from intake.triage.models import Alert
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.new_symptoms import save_new_symptoms, send_new_symptoms, start_new_symptoms
from scheduling.requests.own import tells_back
from scheduling.requests.patient_pages import patient_page, show
from scheduling.requests.patient_words import new_symptoms_words, nurse_line_is_open

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def symptoms_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the short form that is open for this request; without one, the page where it begins."""

    @wraps(view)
    def page(request: HttpRequest, wanted: AppointmentRequest, *args, **kwargs) -> HttpResponse:
        draft = open_symptoms(wanted.report)
        if draft is None:
            return redirect("requests:symptoms", wanted.reference)
        return view(request, wanted, draft, *args, **kwargs)

    return patient_page(page)


def _address(wanted: AppointmentRequest, step: Step | None) -> str:
    if step is None:
        return reverse("requests:symptoms_check", args=[wanted.reference])
    return reverse("requests:symptoms_step", args=[wanted.reference, step.slug])


def _first_gap(draft: Draft) -> Step | None:
    return NEW_SYMPTOMS.first_gap(draft.answers, draft.steps_done)


@get_or_post
@patient_page
def symptoms(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """`/my/<ref>/symptoms/`: that this is not for emergencies, and when a nurse reads it; the button begins."""
    refusal = ""
    if request.method == "POST":
        try:
            draft = start_new_symptoms(wanted, by=request.actor)
        except Refused as no:
            refusal = str(no)
        else:
            return redirect(_address(wanted, _first_gap(draft)))
    return show(
        request,
        "symptoms/start.html",
        wanted,
        refusal=refusal,
        is_begun=open_symptoms(wanted.report) is not None,
        nurse_line_open=nurse_line_is_open(timezone.now()),
        back_url=reverse("requests:status", args=[wanted.reference]),
        status=422 if refusal else 200,
    )


@get_or_post
@symptoms_page
def symptoms_step(request: HttpRequest, wanted: AppointmentRequest, draft: Draft, step: str) -> HttpResponse:
    """One page of the short form. Nobody skips ahead of a page that is still open."""
    found, gap = NEW_SYMPTOMS.get(step), _first_gap(draft)
    if found is None:
        raise Http404
    if not found.applies(draft.answers) or (gap and NEW_SYMPTOMS.is_before(gap, found)):
        return redirect(_address(wanted, gap))
    typed = request.POST if request.method == "POST" else None
    version = draft.step_versions.get(found.slug, 0)
    form = build_form(found, typed, answers=draft.answers, version=version, flow=NEW_SYMPTOMS)
    if form.is_bound:
        way_on = _save(request, wanted, draft, found, form) or _help_first(request, wanted, draft, found, form)
        if way_on is not None:
            return way_on
        form.show_again()
    return _show_step(request, wanted, draft, found, form)


def _save(
    request: HttpRequest, wanted: AppointmentRequest, draft: Draft, step: Step, form: StepForm
) -> HttpResponse | None:
    """Save a page and lead on; None when the form now says what is wrong, or that another window was faster."""
    if not form.is_valid():
        return None
    try:
        saved = save_new_symptoms(
            wanted, draft, step.slug, form.answers(), by=request.actor, version=form.cleaned_data["version"]
        )
    except Refused as no:
        if no.code in ("expired", "sent"):
            return redirect("requests:symptoms", wanted.reference)
        draft.refresh_from_db()
        form.show_again(version=draft.step_versions.get(step.slug, 0))
        form.add_error(None, str(no))
        return None
    return redirect(_after(request, wanted, step, saved))


def _after(request: HttpRequest, wanted: AppointmentRequest, step: Step, saved: Saved) -> str:
    if saved.alert is not None:
        return reverse("requests:symptoms_emergency", args=[wanted.reference])
    gap = _first_gap(saved.draft)
    if request.GET.get("change") == "1":
        return _address(wanted, gap)
    return _address(wanted, NEW_SYMPTOMS.next(step, saved.draft.answers) or gap)


def _help_first(
    request: HttpRequest, wanted: AppointmentRequest, draft: Draft, step: Step, form: StepForm
) -> HttpResponse | None:
    """A slip in a date or a temperature never holds up an emergency: the sign is saved, the slip asked again."""
    sure = form.sure_answers()
    if not sure or not would_interrupt(draft, sure):
        return None
    try:
        save_new_symptoms(wanted, draft, step.slug, sure, by=request.actor)
    except Refused:
        return None
    return redirect("requests:symptoms_emergency", wanted.reference)


def _show_step(
    request: HttpRequest, wanted: AppointmentRequest, draft: Draft, step: Step, form: StepForm
) -> HttpResponse:
    change = request.GET.get("change") == "1"
    back = None if change else NEW_SYMPTOMS.back(step, draft.answers)
    start = reverse("requests:symptoms", args=[wanted.reference])
    context = {
        "form": form,
        "step": step,
        "heading": step.heading(caregiver=draft.filled_by == "caregiver"),
        "back_url": _address(wanted, back) if back or change else start,
    }
    return show(request, "registration/step.html", wanted, status=422 if form.errors else 200, **context)


@require_safe
@symptoms_page
def symptoms_check(request: HttpRequest, wanted: AppointmentRequest, draft: Draft) -> HttpResponse:
    """What was answered, with a way to change it; the button sends."""
    return _show_check(request, wanted, draft)


def _show_check(request: HttpRequest, wanted: AppointmentRequest, draft: Draft, refusal: str = "") -> HttpResponse:
    gap = _first_gap(draft)
    if gap is not None:
        return redirect(_address(wanted, gap))
    step_of = {key: step for step in NEW_SYMPTOMS.steps for key in step.keys}
    rows = [
        {
            "key": entry["question"],
            "value": entry["label"],
            "change_url": f"{_address(wanted, step_of[entry['key']])}?change=1",
        }
        for entry in entries_of(draft.answers)
    ]
    page = {"rows": rows, "key": new_key(), "refusal": refusal, "had_emergency": bool(draft.emergency_rules)}
    back_url = _address(wanted, NEW_SYMPTOMS.applicable(draft.answers)[-1])
    return show(request, "symptoms/check.html", wanted, status=422 if refusal else 200, back_url=back_url, **page)


@require_POST
@patient_page
def symptoms_send(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """Send the short form of this request; sent twice, it is sent once."""
    draft = open_symptoms(wanted.report)
    if draft is None:  # another window was faster, or nothing was begun
        return redirect("requests:symptoms_sent", wanted.reference)
    try:
        send_new_symptoms(wanted, draft, by=request.actor, key=request.POST.get("key", ""))
    except Refused as no:
        draft.refresh_from_db()
        if draft.state != Draft.State.OPEN:
            return redirect("requests:symptoms_sent", wanted.reference)
        return _show_check(request, wanted, draft, str(no))
    return redirect("requests:symptoms_sent", wanted.reference)


@require_safe
@patient_page
def symptoms_sent(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """What they are told after sending: by when a nurse calls, or once more what to do in an emergency."""
    report = (
        SymptomReport.objects.filter(follows=wanted.report_id).select_related("triage").order_by("-sent_at").first()
    )
    if report is None:
        return redirect("requests:symptoms", wanted.reference)
    return show(request, "symptoms/sent.html", wanted, **new_symptoms_words(wanted, report, now=timezone.now()))


@get_or_post
@patient_page
def symptoms_emergency(request: HttpRequest, wanted: AppointmentRequest) -> HttpResponse:
    """What to do now, as in the registration; a post keeps the number and what the person will do."""
    draft = open_symptoms(wanted.report)
    alert: Alert | None = alert_of(draft) if draft is not None else None
    if draft is None or alert is None:
        return redirect("requests:symptoms", wanted.reference)
    here = reverse("requests:symptoms_emergency", args=[wanted.reference])
    around = Around(
        answer_url=here,
        next_url=_address(wanted, _first_gap(draft)),
        reference=wanted.reference,
        phone=wanted.patient.phone_primary if tells_back(wanted) else "",
    )
    if request.method != "POST":
        return show_emergency(request, draft, alert, around)
    answer, form = take_answer(request, alert)
    if not form.is_valid():
        return show_emergency(request, draft, alert, around, form=form)
    if answer == "mistake" and draft.steps_done:
        return redirect(_address(wanted, NEW_SYMPTOMS.get(draft.steps_done[-1])))
    return redirect(here)
