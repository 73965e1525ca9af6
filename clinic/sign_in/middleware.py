"""How long a member of staff stays signed in, and that a second factor is there where it must be."""

import time

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.platform.kept.safe import hand_out, has_pointers, is_asked_for, keep, restore

STARTED, SEEN = "staff_started", "staff_seen"
NOTE_EVERY_SECONDS = 30  # a session row is not written for each request
STAFF_PAGES = "/staff/"
QUIET_PAGES = "/staff/quiet/"  # asked by an open page itself, not by a person: they keep no session alive
ENROLMENT_VIEWS = frozenset({"account_logout", "account_reauthenticate"})


class StaffSessionLimits:
    """Ends a staff session after STAFF_IDLE_MINUTES without a request and after STAFF_SESSION_HOURS in any case."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            session = request.session
            started, seen = session.get(STARTED, now), session.get(SEEN, now)
            idle, whole = settings.STAFF_IDLE_MINUTES * 60, settings.STAFF_SESSION_HOURS * 3600
            is_over = now - seen > idle or now - started > whole
            if request.path.startswith(QUIET_PAGES):
                # the next page that the person asks for signs them out, and keeps what they typed
                return HttpResponse(status=401) if is_over else self.get_response(request)
            if is_over:
                return self._sign_out(request)
            if STARTED not in session:
                session[STARTED] = now
            if SEEN not in session or now - seen > NOTE_EVERY_SECONDS:
                session[SEEN] = now
            if is_asked_for(request) and _is_from_our_page(request) and not _brought_back(request):
                return redirect(request.get_full_path())
        return self.get_response(request)

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        """To the sign-in; what a form brought is kept for the same account, so that nothing typed is lost."""
        is_theirs = request.path.startswith(STAFF_PAGES) or has_pointers(request)  # or a form for a caller
        is_kept = is_theirs and _is_from_our_page(request) and keep(request, owner=staff_owner(request.user))
        logout(request)
        text = _("You were signed out because nothing happened for a while. Sign in again.")
        if is_kept:
            text = f"{text} {_('What you typed is kept for 30 minutes: you see it after signing in on this computer.')}"
        messages.info(request, text)
        if request.method == "GET":
            return redirect_to_login(request.get_full_path())
        return hand_out(request, redirect_to_login(reverse("staff_kept")) if is_kept else redirect(settings.LOGIN_URL))


def staff_owner(user) -> str:
    """Whose page it was, for what is kept of it."""
    return f"staff:{user.pk}"


def _brought_back(request: HttpRequest) -> bool:
    """Put what was kept for this account in the place of the post; a page that is not of staff has other owners."""
    return restore(request, owner=staff_owner(request.user)) or not request.path.startswith(STAFF_PAGES)


def _is_from_our_page(request: HttpRequest) -> bool:
    """Whether a form was sent from one of our pages: the CSRF check, before its turn."""
    if request.method != "POST":
        return False
    return CsrfViewMiddleware(lambda _request: HttpResponse()).process_view(request, _nothing, (), {}) is None


def _nothing(request: HttpRequest) -> HttpResponse:
    """A view in name only: the CSRF check asks whether one is exempt."""
    return HttpResponse()


class SecondFactorRequired:
    """With STAFF_MFA_REQUIRED, staff without a second factor reach public pages and enrolment, nothing else."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not settings.STAFF_MFA_REQUIRED or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name or ""
        if name.startswith("mfa_") or name in ENROLMENT_VIEWS or not getattr(view, "login_required", True):
            return None
        return None if is_mfa_enabled(request.user) else redirect("mfa_index")
