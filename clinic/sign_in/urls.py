"""Sign-in of the staff: allauth's views at our addresses, and only those we need (no sign-up, no e-mail pages)."""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

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
    path("password/", views.password_change, name="account_change_password"),
    path("second-factor/", include("clinic.sign_in.second_factor_urls")),
]
