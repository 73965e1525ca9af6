"""The pages of a registration, from the start page to check answers. Sending belongs to `scheduling.requests`."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.platform.forms import new_key
from clinic.platform.refusals import Refused
from clinic.site.notices import current_notice
from clinic.site.public_pages import public_page
from intake.access.sessions import open_patient_session, patient_session
from intake.flow.flow import Step
from intake.flow.forms import StepForm
from intake.registration import actions
from intake.registration.emergency import Around, alert_of, show_emergency, take_answer
from intake.registration.forms import WhoForm
from intake.registration.models import Draft
from intake.registration.pages import address_of, draft_page, lost, show
from intake.registration.steps import FLOW, build_form, is_read_aloud, speaks_of_patient
from intake.registration.summary import groups_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@public_page(reads_content=False)
def start(request: HttpRequest) -> HttpResponse:
    """Who this is for, what is needed, how long it takes, and the other ways."""
    return show(request, "registration/start.html")


@get_or_post
@login_not_required
def who(request: HttpRequest) -> HttpResponse:
    """Who the form is for. The answer begins a draft, or changes the wording of the one that is open here."""
    draft = _open_draft(request)
    if draft is not None and draft.filled_by == "staff_phone":  # taken down by staff: stays the patient's words
        return redirect(address_of(_first_gap(draft)))
    form = WhoForm(request.POST if request.method == "POST" else None)
    if draft is not None:
        form.initial["filled_by"] = draft.filled_by
    if not form.is_bound or not form.is_valid():
        page = {"form": form, "back_url": reverse("registration:start")}
        return show(request, "registration/who.html", status=422 if form.is_bound else 200, **page)
    filled_by = form.cleaned_data["filled_by"]
    if filled_by == "clinic":
        return redirect("registration:clinic")
    if draft is None:
        draft = actions.start_draft(filled_by=filled_by)
    elif draft.filled_by != filled_by:
        draft = actions.change_filled_by(draft, filled_by, by=actions.person(draft.pk, filled_by))
    open_patient_session(request, kind="draft", subject_id=draft.pk, caregiver=filled_by == "caregiver")
    return redirect(address_of(_first_gap(draft)))


def _open_draft(request: HttpRequest) -> Draft | None:
    session = patient_session(request)
    if session is None or session.kind != "draft":
        return None
    return Draft.objects.filter(pk=session.subject_id, state=Draft.State.OPEN).first()


def _first_gap(draft: Draft) -> Step | None:
    return FLOW.first_gap(draft.answers, draft.steps_done)


@require_safe
@login_not_required
def from_a_clinic(request: HttpRequest) -> HttpResponse:
    """Referrals are taken by phone: the number, and what to have at hand."""
    return show(request, "registration/clinic.html")


@get_or_post
@draft_page
def step(request: HttpRequest, draft: Draft, section: str, step: str) -> HttpResponse:
    """One page of questions. Nobody skips ahead of a page that is still open."""
    found = FLOW.get(step, section)
    if found is None:
        raise Http404
    if not found.applies(draft.answers) or FLOW.first_gap_before(found, draft.answers, draft.steps_done):
        return redirect(address_of(_first_gap(draft)))
    change = request.GET.get("change") == "1"
    version = draft.step_versions.get(found.slug, 0)
    typed = request.POST if request.method == "POST" else None
    form = build_form(found, typed, answers=draft.answers, version=version)
    if form.is_bound:
        way_on = _save(request, draft, found, form, change=change) or _help_first(request, draft, found, form)
        if way_on is not None:
            return way_on
        form.show_again()
    return _show_step(request, draft, found, form, change=change)


def _save(request: HttpRequest, draft: Draft, step: Step, form: StepForm, *, change: bool) -> HttpResponse | None:
    """Save a page and lead on; None when it has errors or another window has saved it since: the form then says so."""
    if not form.is_valid():
        return None
    try:
        saved = actions.save_step(
            draft, step.slug, form.answers(), by=request.actor, version=form.cleaned_data["version"]
        )
    except Refused as refused:
        if refused.code == "expired":
            return lost(request)
        if refused.code == "sent":
            return redirect("requests:sent")
        draft.refresh_from_db()
        form.show_again(version=draft.step_versions.get(step.slug, 0))
        form.add_error(None, str(refused))
        return None
    return redirect(_after(step, saved, change=change))


def _help_first(request: HttpRequest, draft: Draft, step: Step, form: StepForm) -> HttpResponse | None:
    """A slip in a date or a temperature never holds up an emergency: the sign is saved, the slip asked again."""
    sure = form.sure_answers()
    if not sure or not actions.would_interrupt(draft, sure):
        return None
    try:
        actions.save_step(draft, step.slug, sure, by=request.actor)
    except Refused:
        return None
    return redirect("registration:emergency")


def _after(step: Step, saved: actions.Saved, *, change: bool) -> str:
    """Where Continue leads: an emergency first; a change back to check answers, by way of what it newly asks."""
    if saved.alert is not None:
        return reverse("registration:emergency")
    if saved.unchecked:
        return reverse("registration:unchecked")
    if change:
        return address_of(_first_gap(saved.draft), change=True)
    return address_of(FLOW.next(step, saved.draft.answers) or _first_gap(saved.draft))


def _show_step(request: HttpRequest, draft: Draft, step: Step, form: StepForm, *, change: bool) -> HttpResponse:
    back = None if change else FLOW.back(step, draft.answers)
    context = {
        "form": form,
        "step": step,
        "heading": step.heading(caregiver=speaks_of_patient(step, draft.answers)),
        "read_aloud": is_read_aloud(step, draft.answers),
        "back_url": address_of(back) if back or change else reverse("registration:who"),
        "notice": current_notice() if step.slug == "privacy" else None,
    }
    return show(request, step.template, draft=draft, status=422 if form.errors else 200, **context)


@require_safe
@draft_page
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Check answers before sending. The button posts to `requests:send`."""
    return show_check(request, draft)


def show_check(request: HttpRequest, draft: Draft, *, refusal: str = "") -> HttpResponse:
    """Check answers; `refusal` says why a request was not taken. Leads to the first page that is missing."""
    gap = _first_gap(draft)
    if gap is not None:
        return redirect(address_of(gap, change=True))
    last = FLOW.applicable(draft.answers)[-1]
    return show(
        request,
        "registration/check.html",
        draft=draft,
        groups=groups_of(draft.answers),
        refusal=refusal,
        key=new_key(),
        back_url=address_of(last),
        had_emergency=bool(draft.emergency_rules),
        status=422 if refusal else 200,
    )


@require_safe
@draft_page(sent_too=True)
def emergency(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What to do now, word for word as signed off, with the number to call. The form can be gone on with after it."""
    alert = alert_of(draft)
    if alert is None:
        return redirect(address_of(_first_gap(draft)))
    return show_emergency(request, draft, alert, _around_emergency(draft))


@require_POST
@draft_page(sent_too=True)
def emergency_answer(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A number for the nurse, and what the person will do. A wrong number never holds up the answer."""
    alert = alert_of(draft)
    if alert is None:
        return redirect(address_of(_first_gap(draft)))
    answer, form = take_answer(request, alert)
    if not form.is_valid():
        return show_emergency(request, draft, alert, _around_emergency(draft), form=form)
    if answer == "mistake" and draft.state == Draft.State.OPEN and draft.steps_done:
        return redirect(address_of(FLOW.get(draft.steps_done[-1])))
    return redirect("registration:emergency")


def _around_emergency(draft: Draft) -> Around:
    is_sent = draft.state == Draft.State.SENT
    return Around(
        answer_url=reverse("registration:emergency-answer"),
        next_url=reverse("requests:sent") if is_sent else address_of(_first_gap(draft)),
        reference=draft.request_reference,
        save_url="" if is_sent else reverse("registration:save"),
        phone=str(draft.answers.get("phone_primary") or "") if is_sent else "",
    )


@require_safe
@draft_page
def unchecked(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The rules could not be run: treat it as urgent and show the clinic's number."""
    return show(request, "registration/unchecked.html", draft=draft, next_url=address_of(_first_gap(draft)))
