"""What PrivacyHeaders puts on every page."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.views.decorators.cache import cache_control

from clinic.site.middleware import PrivacyHeaders


def answer_of(view):
    return PrivacyHeaders(view)(RequestFactory().get("/"))


def page(request):
    return HttpResponse("ok")


@cache_control(public=True, max_age=60)
def public_page(request):
    return HttpResponse("ok")


def test_page_is_kept_nowhere_by_default():
    assert answer_of(page)["Cache-Control"] == "no-store"


def test_public_page_keeps_what_its_view_allows():
    assert "max-age=60" in answer_of(public_page)["Cache-Control"]


def test_public_page_that_sets_a_cookie_is_kept_nowhere():
    def with_cookie(request):
        response = public_page(request)
        response.set_cookie("text", "large")
        return response

    assert answer_of(with_cookie)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("feature", ["camera", "geolocation", "microphone", "payment"])
def test_browser_features_are_switched_off(feature):
    response = answer_of(page)
    assert f"{feature}=()" in response["Permissions-Policy"].split(", ")
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
