"""How long a member of staff stays signed in, and that a second factor is there where it must be."""

import time

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

STARTED, SEEN = "staff_started", "staff_seen"
NOTE_EVERY_SECONDS = 30  # a session row is not written for each request
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
            if now - seen > idle or now - started > whole:
                logout(request)
                messages.info(request, _("You were signed out because nothing happened for a while. Sign in again."))
                if request.method == "GET":
                    return redirect_to_login(request.get_full_path())
                return redirect(settings.LOGIN_URL)
            if STARTED not in session:
                session[STARTED] = now
            if SEEN not in session or now - seen > NOTE_EVERY_SECONDS:
                session[SEEN] = now
        return self.get_response(request)


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
