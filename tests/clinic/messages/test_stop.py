"""STOP: who answers it gets no more texts, whoever asks for them; only the provider can pass answers on."""

import json

import pytest
from django.test import Client

from clinic.messages.models import Message, StoppedNumber
from clinic.messages.send import resume_link
from clinic.messages.texts.stop import is_stopped, take_answer
from clinic.platform.jobs.worker import run_due

pytestmark = pytest.mark.django_db
NUMBER, TOKEN = "+12025550142", "canary-answer-token"
ADDRESS = "/texts/answered/"


@pytest.fixture
def provider(settings):
    """The provider's program: our token, no cookie."""
    settings.SMS_ANSWER_TOKEN = TOKEN
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop! ", "unsubscribe", "Opt out"])
def test_stop_ends_texts_to_a_number_and_start_allows_them(word):
    assert take_answer(NUMBER, word) == "stopped"
    assert take_answer(NUMBER, word) == "stopped"
    assert is_stopped("+1 (202) 555-0142")
    assert NUMBER[2:] not in str(StoppedNumber.objects.values())
    assert take_answer(NUMBER, "start") == "started"
    assert not is_stopped(NUMBER)


@pytest.mark.parametrize("text", ["", "please stop calling me at noon", "My leg hurts", "STOPWATCH"])
def test_other_answers_change_nothing(text):
    assert take_answer(NUMBER, text) == ""
    assert not StoppedNumber.objects.exists()


def test_nothing_is_texted_to_a_stopped_number(settings, tmp_path):
    settings.SMS_FILE_PATH = str(tmp_path)
    take_answer(NUMBER, "STOP")
    resume_link(NUMBER, link="https://clinic.example/resume/x/")
    run_due()
    assert list(tmp_path.iterdir()) == []
    assert Message.objects.get().state == "failed"


@pytest.mark.parametrize("as_json", [True, False])
def test_the_provider_passes_answers_on(provider, as_json):
    fields = {"from": NUMBER, "text": "STOP"}
    if as_json:
        answer = provider.post(ADDRESS, json.dumps(fields), content_type="application/json")
    else:
        answer = provider.post(ADDRESS, fields)
    assert (answer.status_code, answer.content) == (204, b"")
    assert is_stopped(NUMBER)


def test_nobody_else_stops_texts(client, settings, provider):
    fields = {"from": NUMBER, "text": "STOP"}
    assert client.post(ADDRESS, fields).status_code == 401
    assert client.post(ADDRESS, fields, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert provider.get(ADDRESS).status_code == 405
    settings.SMS_ANSWER_TOKEN = ""
    for token in ("", "Bearer ", f"Bearer {TOKEN}"):
        assert client.post(ADDRESS, fields, headers={"Authorization": token}).status_code == 404
    assert not StoppedNumber.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"from": ""}', '{"from": "%s"}' % ("1" * 30), '{"from": []}'])
def test_what_cannot_be_read_is_refused(provider, body):
    answer = provider.post(ADDRESS, body, content_type="application/json")
    assert answer.status_code == 400
