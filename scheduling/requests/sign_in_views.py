"""A patient signs in without a password: ask for a message, then type its code or open its link."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic.platform.forms import PageForm
from clinic.platform.refusals import Refused
from intake.access.links import is_dead
from intake.access.sessions import open_patient_session, patient_session
from intake.access.sign_in import CODE, LINK, ask_to_sign_in, enter
from intake.access.tries import network_of
from scheduling.requests.forms import BirthDateForm, SignInCodeForm, SignInForm
from scheduling.requests.own import own_requests
from scheduling.requests.patient_pages import way_to_kept

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """`/sign-in/`: ask for a message. The answer is the same for everybody."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, "requests/sign_in.html", form)
    contact, value = form.cleaned_data["contact"]
    ask_to_sign_in(contact, value, form.cleaned_data["birth_date"], network=network_of(request))
    return redirect("requests:sign_in_code")


@get_or_post
@login_not_required
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """`/sign-in/code/`: says that a message is on its way, if we know them, and takes its code."""
    form = SignInCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (way_in := _enter(request, form, form.cleaned_data["code"], CODE)):
        return way_in
    return _page(request, "requests/sign_in_code.html", form)


@get_or_post
@login_not_required
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """`/sign-in/<token>/`: the link of the message. Looking changes nothing; the posted birth date opens it, once."""
    if is_dead(token, purpose=LINK):
        return render(request, "requests/sign_in_expired.html", status=410)
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (way_in := _enter(request, form, token, LINK)):
        return way_in
    return _page(request, "requests/open_link.html", form)


def _enter(request: HttpRequest, form: PageForm, secret: str, purpose: str) -> HttpResponse | None:
    """Open the patient's pages, at an address without the token; None when the form now says why not."""
    try:
        patient = enter(secret, form.cleaned_data["birth_date"], purpose=purpose, network=network_of(request))
    except Refused as no:
        form.add_error(None, str(no))
        return None
    open_patient_session(request, kind="patient", subject_id=patient.pk)
    session = patient_session(request)
    return (session and way_to_kept(request, own_requests(session))) or redirect("requests:mine")


def _page(request: HttpRequest, template: str, form: PageForm) -> HttpResponse:
    minutes = settings.PATIENT_IDLE_MINUTES
    return render(request, template, {"form": form, "idle_minutes": minutes}, status=422 if form.errors else 200)
