"""Sign-in of the staff: allauth's views at our addresses, and only those we need: nobody signs up."""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from clinic.platform.leaving import clear_site_data


@login_not_required
def signed_out(request: HttpRequest) -> HttpResponse:
    """Asks, then signs out; the browser then forgets what it kept, for the next person at this computer."""
    response = views.logout(request)
    return clear_site_data(response) if request.method == "POST" else response


urlpatterns = [
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
    path("password/", views.password_change, name="account_change_password"),
    path("second-factor/", include("clinic.sign_in.second_factor_urls")),
]
