"""What is told after a post waits in a cookie that nobody else can read."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory

from clinic.platform.sealed_messages import SealedMessages
from tests.scheduling.staff_rows import a_member, a_row

pytestmark = pytest.mark.django_db
WORDS = "Maria Alvarez: not taken. Somebody else has this request."


def a_browser(**cookies):
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    request.session = {}
    return request


def cookie_with(storage, words: str) -> str:
    answer = HttpResponse()
    storage.add(messages.INFO, words)
    storage.update(answer)
    return answer.cookies["messages"].value


def test_words_come_back_and_the_cookie_does_not_tell_them():
    cookie = cookie_with(SealedMessages(a_browser()), WORDS)

    assert cookie.startswith("v1:")
    assert [one.message for one in SealedMessages(a_browser(messages=cookie))] == [WORDS]
    assert list(CookieStorage(a_browser(messages=cookie))) == []  # Django's own storage cannot read it


@pytest.mark.parametrize("cookie", ["", "x", "v1:a:b:c", "v1:é:é:é", "a:b"])
def test_a_cookie_that_is_not_ours_tells_nothing_and_goes(cookie):
    request, answer = a_browser(messages=cookie), HttpResponse()
    storage = SealedMessages(request)

    assert list(storage) == []
    storage.update(answer)
    assert "messages" not in answer.cookies or answer.cookies["messages"].value == ""


def test_a_cookie_that_is_only_signed_is_not_believed():
    signed = cookie_with(CookieStorage(a_browser()), WORDS)

    assert list(SealedMessages(a_browser(messages=signed))) == []


def test_what_is_too_long_for_a_cookie_waits_in_the_session():
    request, answer = a_browser(), HttpResponse()
    storage = SealedMessages(request)
    for number in range(40):
        storage.add(
            messages.INFO, f"{number} " + "".join(chr(33 + (number * 7 + place * 11) % 90) for place in range(90))
        )
    storage.update(answer)
    again = a_browser(messages=answer.cookies["messages"].value)
    again.session = request.session

    assert len(list(SealedMessages(again))) == 40


def test_staff_pages_use_it(client):
    client.force_login(a_member("nurse"))
    client.post(f"/staff/requests/{a_row().reference}/note/", {"text": "Called her sister", "key": "a" * 32})

    assert client.cookies["messages"].value.startswith("v1:")
