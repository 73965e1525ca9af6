"""Leave a registration, and come back by code, by link, or in the same browser: always with the birth date."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.messages.send import resume_link as send_resume_link
from clinic.platform import words
from clinic.platform.crypto.index import number_index
from clinic.platform.forms import PageForm
from clinic.platform.kept.safe import forget, kept_for
from clinic.platform.leaving import clear_site_data
from clinic.platform.limits import take
from clinic.platform.qr import qr_svg
from clinic.platform.refusals import Refused
from intake.access.codes import shown
from intake.access.links import is_dead
from intake.access.sessions import lapsed_subject, open_patient_session, patient_session
from intake.access.tries import network_of
from intake.registration import actions
from intake.registration.models import Draft
from intake.registration.other_device import PURPOSE as OTHER_DEVICE
from intake.registration.other_device import address_for_device, open_on_device
from intake.registration.pages import address_of, draft_page, lost, show
from intake.registration.resume_forms import ResumeForm, ResumeHereForm, SaveForm
from intake.registration.steps import FLOW

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAILS, MAIL_SECONDS = 5, 60 * 60  # links a network may have sent: nobody uses us to write to strangers
TEXTS = 3  # links that one telephone gets in that time, from wherever they were asked for


@get_or_post
@draft_page
def save(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Ask for the date of birth, then show the resume code, once. A link goes where it is asked for: e-mail, text."""
    known = {name: draft.answers.get(name) for name in ("date_of_birth", "email")}
    if draft.answers.get("consent_sms"):
        known["phone"] = draft.answers.get("phone_primary")
    form = SaveForm(
        request.POST if request.method == "POST" else None,
        initial=known,
        for_someone_else=draft.filled_by == "caregiver",
    )
    back_url = address_of(FLOW.first_gap(draft.answers, draft.steps_done))
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return show(
            request, "registration/save.html", draft=draft, form=form, back_url=back_url, save_url="", status=status
        )
    born_on = form.cleaned_data["date_of_birth"]
    try:
        code = actions.save_for_later(draft, born_on, by=request.actor, network=network_of(request))
    except Refused:
        return lost(request)
    asked = [to for name in ("email", "phone") if (to := form.cleaned_data.get(name))]
    sent = bool(asked) and _send_link(request, draft, born_on, asked)
    return show(
        request,
        "registration/saved.html",
        draft=draft,
        code=shown(code),
        sent_to=[words.phone(to) if to.startswith("+") else to for to in asked] if sent else [],
        not_sent=bool(asked) and not sent,
        days=settings.DRAFT_DAYS,
        qr=_qr_of(draft),
        continue_url=back_url,
        save_url="",
    )


def _send_link(request: HttpRequest, draft: Draft, born_on: date, to: list[str]) -> bool:
    """Have the link sent to an address, a number or both; False when there were too many of late."""
    buckets = [("resume-mail", network_of(request), MAILS)]
    buckets += [("resume-text", number_index(number), TEXTS) for number in to if number.startswith("+")]
    may = [take(name, key, capacity=most, per_seconds=MAIL_SECONDS) for name, key, most in buckets]
    if not all(may):
        return False
    token = actions.make_resume_link(draft, born_on)
    send_resume_link(to, link=settings.PUBLIC_URL + reverse("registration:resume-link", args=[token]))
    return True


@require_POST
@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """On a shared computer: forget in this browser what was open. What was saved stays saved."""
    forget(request)
    request.session.flush()
    return clear_site_data(redirect("registration:resume"))


def _qr_of(draft: Draft) -> str:
    """The code for another device; nothing where staff fill in for a caller, whose device it would be."""
    if draft.filled_by == "staff_phone":
        return ""
    draft.refresh_from_db(fields=["birth_date_index"])
    address = address_for_device(draft)
    return qr_svg(address) if address else ""


@require_POST
@draft_page(sent_too=True)
def qr_code(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A fresh code that opens on another device, once and for ten minutes, what is open here."""
    back_url = reverse("requests:sent") if draft.state == Draft.State.SENT else address_of(None)
    return show(request, "registration/qr.html", draft=draft, qr=_qr_of(draft), back_url=back_url, save_url="")


@get_or_post
@login_not_required
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """From the code's address, on the other device. Looking changes nothing; the posted date of birth opens it."""
    if is_dead(token, purpose=OTHER_DEVICE):
        return show(request, "registration/link_expired.html", status=410)
    form = ResumeHereForm(request.POST if request.method == "POST" else None)
    network = network_of(request)
    return _ask(
        request,
        form,
        lambda: open_on_device(token, form.cleaned_data["date_of_birth"], network=network),
        intro=_("You can go on here. Only the date of birth opens it."),
    )


@get_or_post
@login_not_required
def resume(request: HttpRequest) -> HttpResponse:
    """By code and date of birth."""
    form = ResumeForm(request.POST if request.method == "POST" else None)
    network = network_of(request)
    return _ask(
        request,
        form,
        lambda: actions.resume(form.cleaned_data["code"], form.cleaned_data["date_of_birth"], network=network),
        intro="",
        is_open_here=_is_open_here(request),
    )


def _is_open_here(request: HttpRequest) -> bool:
    session = patient_session(request)
    return session is not None and session.kind == "draft"


@get_or_post
@login_not_required
def resume_here(request: HttpRequest) -> HttpResponse:
    """In the browser where the form was open before the idle time ran out: the date of birth is enough."""
    subject = lapsed_subject(request, "draft")
    if subject is None:
        return redirect("registration:resume")
    form = ResumeHereForm(request.POST if request.method == "POST" else None)
    network = network_of(request)
    return _ask(
        request,
        form,
        lambda: actions.resume_here(subject, form.cleaned_data["date_of_birth"], network=network),
        intro=_("You were away for a while, so we closed your form. Your answers are kept."),
    )


@get_or_post
@login_not_required
def resume_link(request: HttpRequest, token: str) -> HttpResponse:
    """From the link of a message. Looking changes nothing; the posted date of birth leads to an address without it."""
    if is_dead(token, purpose="draft"):
        return show(request, "registration/link_expired.html", status=410)
    form = ResumeHereForm(request.POST if request.method == "POST" else None)
    network = network_of(request)
    return _ask(
        request,
        form,
        lambda: actions.resume_by_link(token, form.cleaned_data["date_of_birth"], network=network),
        intro=_("Your answers are kept. Only the date of birth opens them."),
    )


@require_safe
@draft_page
def kept(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What was typed when the form was closed: its button shows it on its page again, to be checked and sent."""
    path = kept_for(request, f"draft:{draft.pk}")
    way_on = address_of(FLOW.first_gap(draft.answers, draft.steps_done))
    if not path:
        return redirect(way_on)
    return show(request, "registration/kept.html", draft=draft, kept_path=path, way_on=way_on)


def _ask(
    request: HttpRequest, form: PageForm, open_draft: Callable[[], Draft], *, intro: str, is_open_here: bool = False
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            draft = open_draft()
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            caregiver = draft.filled_by == "caregiver"
            open_patient_session(request, kind="draft", subject_id=draft.pk, caregiver=caregiver)
            if draft.state == Draft.State.SENT:
                return redirect("requests:sent")
            if kept_for(request, f"draft:{draft.pk}"):
                return redirect("registration:kept")
            return redirect(address_of(FLOW.first_gap(draft.answers, draft.steps_done)))
    return show(
        request,
        "registration/resume.html",
        form=form,
        intro=intro,
        is_open_here=is_open_here,
        status=422 if form.errors else 200,
    )
