"""Sign-in of the staff: allauth's views at our addresses, and only those we need: nobody signs up."""

from allauth.account import views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe

from clinic.platform.kept.safe import forget, kept_for
from clinic.platform.leaving import clear_site_data
from clinic.sign_in.middleware import staff_owner


@login_not_required
def signed_out(request: HttpRequest) -> HttpResponse:
    """Asks, then signs out; the browser then forgets what it kept, for the next person at this computer."""
    if request.method == "POST":
        forget(request)
    response = views.logout(request)
    return clear_site_data(response) if request.method == "POST" else response


def password(request: HttpRequest) -> HttpResponse:
    """A new password; who never had one gets the link that sets it, as after forgetting."""
    if not request.user.has_usable_password():
        return redirect("account_reset_password")
    return views.password_change(request)


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """What was typed when the session ended: its button shows it on its page again, to be checked and sent."""
    path, way_on = kept_for(request, staff_owner(request.user)), resolve_url(settings.LOGIN_REDIRECT_URL)
    if not path:
        return redirect(way_on)
    return render(request, "sign_in/kept.html", {"kept_path": path, "way_on": way_on})


urlpatterns = [
    path("kept/", kept, name="staff_kept"),
    path("sign-in/", login_not_required(views.login), name="account_login"),
    path("sign-out/", signed_out, name="account_logout"),
    path("switched-off/", login_not_required(views.account_inactive), name="account_inactive"),
    path("confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("password/forgotten/", login_not_required(views.password_reset), name="account_reset_password"),
    path("password/forgotten/sent/", login_not_required(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_not_required(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/",
        login_not_required(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("password/", password, name="account_change_password"),
    path("second-factor/", include("clinic.sign_in.second_factor_urls")),
]
