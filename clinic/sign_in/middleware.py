"""How long a member of staff stays signed in, and that a second factor is there where it must be.

What was typed when a session ends is kept for the same account, also in another tab: one that is still open when the
session ends, or when somebody has signed in again beside it.
"""

import time

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from clinic.platform.kept.safe import hand_out, has_pointers, is_asked_for, is_idle_over, keep, restore

STARTED, SEEN = "staff_started", "staff_seen"
WAS = "staff_was"  # in the session of nobody: whose session ended here for idleness
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
            if is_idle_over(request):  # in another tab the work goes on
                is_kept = _is_from_our_page(request) and keep(request, owner=staff_owner(request.user))
                return hand_out(request, redirect("staff_kept" if is_kept else settings.LOGIN_REDIRECT_URL))
            if SEEN in session:
                session.pop(WAS, None)
            if _is_of_before(request) and keep(request, owner=staff_owner(request.user)):
                return self._of_before(request)
            if STARTED not in session:
                session[STARTED] = now
            if SEEN not in session or now - seen > NOTE_EVERY_SECONDS:
                session[SEEN] = now
            if is_asked_for(request) and _is_from_our_page(request) and not _brought_back(request):
                return redirect(request.get_full_path())
        elif request.method == "POST" and WAS in request.session and _is_for_staff(request):
            return self._signed_out_before(request)
        return self.get_response(request)

    def _of_before(self, request: HttpRequest) -> HttpResponse:
        """A form of an earlier session, sent from another tab: its proof of origin has ended, what it holds has not."""
        messages.info(request, _("This page was open since before you signed in. Check what you typed, then send it."))
        return hand_out(request, redirect("staff_kept"))

    def _signed_out_before(self, request: HttpRequest) -> HttpResponse:
        """A form from another tab, after the session ended for idleness: kept for the account that it was open for."""
        owner = f"staff:{request.session[WAS]}"
        if not (_is_from_our_page(request) and keep(request, owner=owner)):
            return self.get_response(request)
        messages.info(request, f"{_('You are signed out. Sign in again.')} {_kept_words()}")
        return hand_out(request, redirect_to_login(reverse("staff_kept")))

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        """To the sign-in; what a form brought is kept for the same account, so that nothing typed is lost."""
        is_theirs = request.path.startswith(STAFF_PAGES) or has_pointers(request)  # or a form for a caller
        is_kept = is_theirs and _is_from_our_page(request) and keep(request, owner=staff_owner(request.user))
        was = request.user.pk
        logout(request)
        request.session[WAS] = was
        text = _("You were signed out because nothing happened for a while. Sign in again.")
        if is_kept:
            text = f"{text} {_kept_words()}"
        messages.info(request, text)
        if request.method == "GET":
            return redirect_to_login(request.get_full_path())
        return hand_out(request, redirect_to_login(reverse("staff_kept")) if is_kept else redirect(settings.LOGIN_URL))


def _kept_words() -> str:
    return _("What you typed is kept for 30 minutes: you see it after signing in on this computer.")


def _view_of(request: HttpRequest):
    """The view that the address names; None for an address of nothing."""
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None


def _is_for_staff(request: HttpRequest) -> bool:
    """Whether the page is one for which somebody must be signed in; the sign-in itself is not."""
    view = _view_of(request)
    return view is not None and request.path.startswith(STAFF_PAGES) and getattr(view, "login_required", True)


def _takes_what_is_not_kept(request: HttpRequest) -> bool:
    """Whether the view reads the body in its own way, as one that takes a file: nobody may read it before."""
    return getattr(_view_of(request), "csrf_exempt", False)


def _is_of_before(request: HttpRequest) -> bool:
    """Whether a form of a staff page has lost its proof of origin, though the browser says that the page was ours.

    No page of somebody else can make the browser say so.
    """
    if request.method != "POST" or not request.path.startswith(STAFF_PAGES) or _takes_what_is_not_kept(request):
        return False
    if _is_from_our_page(request):
        return False
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def staff_owner(user) -> str:
    """Whose page it was, for what is kept of it."""
    return f"staff:{user.pk}"


def _brought_back(request: HttpRequest) -> bool:
    """Put what was kept for this account in the place of the post; a page that is not of staff has other owners."""
    return restore(request, owner=staff_owner(request.user)) or not request.path.startswith(STAFF_PAGES)


def _is_from_our_page(request: HttpRequest) -> bool:
    """Whether a form was sent from one of our pages: the CSRF check, before its turn."""
    if request.method != "POST" or _takes_what_is_not_kept(request):
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
