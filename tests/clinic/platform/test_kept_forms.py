"""What was typed when a session ended is kept sealed, for the same owner and browser, once and for half an hour."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from clinic.platform.forms import PageForm, TextField
from clinic.platform.jobs.housekeeping import every_minute
from clinic.platform.kept.models import KeptForm
from clinic.platform.kept.safe import COOKIE, MARK, forget, hand_out, is_asked_for, keep, kept_for, restore

pytestmark = pytest.mark.django_db
OWNER, PATH = "draft:1", "/register/health/pain/?change=1"


def post(fields, cookie="", path=PATH, **more):
    request = RequestFactory().post(path, fields, **more)
    if cookie:
        request.COOKIES[COOKIE] = cookie
    return request


def form_post(fields, cookie="", path=PATH):
    body = urlencode(fields, doseq=True)
    return post(body, cookie, path, content_type="application/x-www-form-urlencoded")


def kept(fields=None) -> str:
    """Keep it; the cookie."""
    request = form_post(fields or {"pain": "canary words", "where": ["a", "b"], "version": "3"})
    assert keep(request, owner=OWNER)
    cookie = hand_out(request, HttpResponse()).cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 1800
    return cookie.value


def test_the_same_browser_and_owner_get_the_fields_back_once():
    cookie = kept()
    assert kept_for(post({}, cookie), OWNER) == PATH
    again = form_post({MARK: "1", "csrfmiddlewaretoken": "new"}, cookie)
    assert is_asked_for(again)
    assert restore(again, owner=OWNER)
    fields = dict(again.POST.lists())
    expected = {"pain": ["canary words"], "where": ["a", "b"], "version": ["3"], "csrfmiddlewaretoken": ["new"]}
    assert fields == expected
    assert not restore(form_post({MARK: "1"}, cookie), owner=OWNER)


def test_nobody_else_gets_them():
    cookie = kept()
    for request, owner in (
        (form_post({MARK: "1"}, "x" * 22), OWNER),  # another browser
        (form_post({MARK: "1"}), OWNER),
        (form_post({MARK: "1"}, cookie), "draft:2"),  # another draft in the same browser
        (form_post({MARK: "1"}, cookie), "request:1"),
        (form_post({MARK: "1"}, cookie, path="/register/health/other/"), OWNER),
    ):
        assert not restore(request, owner=owner)
        assert "canary" not in str(request.POST)
    assert kept_for(post({}, cookie), "draft:2", "staff:1") == ""
    assert kept_for(post({}, cookie)) == ""


def test_the_row_tells_neither_who_nor_what():
    cookie = kept()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clinic_keptform")
        stored = str(cursor.fetchall())
    for secret in ("canary", "pain", "draft", "register", cookie):
        assert secret not in stored


def test_after_half_an_hour_it_is_gone(time_machine):
    cookie = kept()
    time_machine.move_to(timezone.now() + timedelta(minutes=30, seconds=1))
    assert kept_for(post({}, cookie), OWNER) == ""
    assert not restore(form_post({MARK: "1"}, cookie), owner=OWNER)
    every_minute()
    assert not KeptForm.objects.exists()


def test_a_later_page_takes_the_place_of_an_earlier_one_and_leaving_forgets():
    first = kept({"pain": "first"})
    second = kept({"pain": "second"})
    assert KeptForm.objects.count() == 1
    assert kept_for(post({}, first), OWNER) == ""
    forget(post({}, second))
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    "request_",
    [
        form_post({"version": "1", "key": "a" * 32, "csrfmiddlewaretoken": "t"}),  # a button, nothing typed
        form_post({"pain": " "}),
        form_post({"pain": "x" * 70_000}),
        post({"pain": "typed beside a file"}),  # multipart: read by nobody here
        RequestFactory().get(PATH, {"pain": "in the address"}),
    ],
)
def test_buttons_files_and_endless_texts_are_not_kept(request_):
    assert not keep(request_, owner=OWNER)
    assert COOKIE not in hand_out(request_, HttpResponse()).cookies
    assert not KeptForm.objects.exists()


class OneLine(PageForm):
    pain = TextField(label="Pain", max_length=20, required=False)


def test_a_form_with_what_came_back_shows_it_and_is_never_valid():
    again = form_post({MARK: "1"}, kept({"pain": "back"}))
    restore(again, owner=OWNER)
    form = OneLine(again.POST)
    assert not form.is_valid()
    assert "We kept what you typed" in str(form.non_field_errors())
    assert form["pain"].value() == "back"
    assert OneLine(form_post({"pain": "back"}).POST).is_valid()
