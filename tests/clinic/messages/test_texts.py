"""Text messages: one segment each, sent by the backend of the settings, tried again or given up, told to no log."""

import base64
import json
import logging
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from clinic.checks import all_problems
from clinic.messages import send
from clinic.messages.deliver import deliver, rendered
from clinic.messages.models import Message
from clinic.messages.texts.backends import GatewayBackend, GatewayBusy, Undeliverable
from clinic.messages.texts.checks import GATEWAY, ROOM
from clinic.messages.texts.segment import SEGMENT, foreign_characters, segment_length
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from tests.clinic.messages.test_messages import every_message

NUMBER, TOKEN = "+12025550142", "canary-token-of-the-gateway"
LONGEST_PATHS = {
    "offer_ready": "/my/offer/", "resume_link": "/resume/", "sign_in": "/sign-in/", "request_received": "/my/",
}  # fmt: skip


class Gateway:
    """A stand-in for the provider: answers what it is told, keeps what it got."""

    def __init__(self, *answers: int):
        self.answers, self.got = list(answers), []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gateway.got.append((self.path, dict(self.headers), body))
                status = gateway.answers.pop(0) if gateway.answers else 201
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_args):
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/messages"


@contextmanager
def gateway(settings, *answers, **values):
    """The settings point to a gateway that answers these statuses one after the other."""
    stand_in = Gateway(*answers)
    thread = threading.Thread(target=stand_in.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.SMS_BACKEND, settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = GATEWAY, stand_in.url, TOKEN
    for name, value in values.items():
        setattr(settings, name, value)
    try:
        yield stand_in
    finally:
        stand_in.server.shutdown()
        stand_in.server.server_close()
        thread.join()


def a_text() -> Message:
    (message,) = send.offer_ready(NUMBER, link="https://clinic.example/my/offer/x/")
    return message


@pytest.mark.django_db
def test_every_text_is_one_segment_with_the_longest_name_and_address(settings):
    settings.MESSAGE_NAME = "N" * (ROOM - len(address := "https://clinic.example.org"))
    for message in every_message(NUMBER):
        path = LONGEST_PATHS.get(message.template, "/my/visit/")
        link = address + path + ("" if message.template == "request_received" else "T" * 22 + "/")
        message.context = {**message.context, "link": link}
        subject, text = rendered(message)
        assert (subject, "\n" in text) == ("", False)
        assert link in text
        assert "STOP" in text
        assert not foreign_characters(text), message.template
        assert segment_length(text) <= SEGMENT, (message.template, segment_length(text))


def test_segment_counts_as_phones_do():
    assert segment_length("a" * 160) == 160
    assert segment_length("{}") == 4
    assert foreign_characters("day’s – naïve") == "ï–’"


@pytest.mark.django_db
def test_a_text_goes_to_the_gateway_with_the_number_only_in_the_body(settings):
    with gateway(settings, SMS_SENDER="20255501") as provider:
        message = a_text()
        run_due()
    ((path, headers, body),) = provider.got
    assert path == "/v1/messages"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Idempotency-Key"] == str(message.pk)
    assert "555" not in json.dumps(headers)
    assert json.loads(body) == {"to": NUMBER, "text": rendered(message)[1], "from": "20255501"}
    message.refresh_from_db()
    assert (message.channel, message.state, message.attempts) == ("sms", "sent", 1)


def test_a_gateway_that_wants_a_form_and_a_password_gets_them(settings):
    names = {"SMS_GATEWAY_TO_FIELD": "To", "SMS_GATEWAY_TEXT_FIELD": "Body", "SMS_GATEWAY_AUTH": "Basic"}
    with gateway(settings, SMS_GATEWAY_FORMAT="form", **names) as provider:
        GatewayBackend().send(NUMBER, "Hello & welcome", key="k")
    ((_path, headers, body),) = provider.got
    assert parse_qs(body) == {"To": [NUMBER], "Body": ["Hello & welcome"]}
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode() == TOKEN


@pytest.mark.parametrize(
    ("status", "raised"),
    [(400, Undeliverable), (401, Undeliverable), (404, Undeliverable), (302, Undeliverable), (307, Undeliverable),
     (429, GatewayBusy), (408, GatewayBusy), (500, GatewayBusy), (503, GatewayBusy)],
)  # fmt: skip
def test_each_answer_of_the_gateway_is_final_or_not(settings, status, raised):
    with gateway(settings, status) as provider, pytest.raises(raised) as error:
        GatewayBackend().send(NUMBER, "text", key="k")
    assert len(provider.got) == 1  # a redirect is not followed
    assert not str(error.value)


@pytest.mark.django_db
def test_a_refused_text_is_given_up_at_once_and_names_nobody(settings, caplog):
    caplog.set_level(logging.DEBUG)
    with gateway(settings, 400) as provider:
        message = a_text()
        run_due()
        run_due()
    message.refresh_from_db()
    assert (message.state, len(provider.got)) == ("failed", 1)
    assert Job.objects.get().done_at is not None
    told = caplog.text + json.dumps([job.last_error for job in Job.objects.all()])
    assert "could not be sent" in told
    for secret in (NUMBER, NUMBER[2:], "555-0142", TOKEN, "offer/x"):
        assert secret not in told


@pytest.mark.django_db
def test_a_busy_gateway_is_asked_again_later_until_it_takes_the_text(settings, time_machine, caplog):
    caplog.set_level(logging.DEBUG)
    with gateway(settings, 503, 429, 202) as provider:
        message = a_text()
        for _attempt in range(3):
            run_due()
            assert run_due() == 0  # not at once
            time_machine.move_to(timezone.now() + timedelta(minutes=2))
    message.refresh_from_db()
    assert (message.state, message.attempts, len(provider.got)) == ("sent", 3, 3)
    assert NUMBER not in caplog.text
    keys = {headers["Idempotency-Key"] for _path, headers, _body in provider.got}
    assert keys == {str(message.pk)}


@pytest.mark.django_db
def test_a_code_is_not_sent_after_it_has_ended(settings, time_machine):
    with gateway(settings, 503) as provider:
        (message,) = send.sign_in(NUMBER, link="https://clinic.example/sign-in/x/", code="7K4Q-92MX")
        run_due()
        time_machine.move_to(timezone.now() + timedelta(minutes=11))
        run_due()
    message.refresh_from_db()
    assert (message.state, len(provider.got)) == ("failed", 1)


@pytest.mark.django_db
def test_a_gateway_that_is_away_or_silent_is_tried_again(settings):
    with gateway(settings) as provider:
        pass
    message = a_text()  # nobody listens there any more
    with pytest.raises(GatewayBusy):
        deliver(str(message.pk))
    silent = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # takes the connection, never answers
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TIMEOUT = f"http://127.0.0.1:{silent.server_port}/", 0.1
    with pytest.raises(GatewayBusy):
        deliver(str(message.pk))
    silent.server_close()
    message.refresh_from_db()
    assert (message.state, provider.got) == ("queued", [])


@pytest.mark.django_db
def test_the_demonstration_writes_texts_beside_its_mails(settings, tmp_path):
    settings.SMS_FILE_PATH = str(tmp_path / "mail")
    message = a_text()
    run_due()
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name.endswith(".log")
    assert "555" not in file.name
    assert f"To: {NUMBER}" in file.read_text()
    assert rendered(message)[1] in file.read_text()


@pytest.mark.django_db
def test_the_console_shows_a_text(settings, capsys):
    settings.SMS_BACKEND = "clinic.messages.texts.backends.ConsoleBackend"
    a_text()
    run_due()
    assert NUMBER in capsys.readouterr().out


@pytest.mark.django_db
def test_a_text_queued_before_texts_were_turned_off_is_given_up(settings):
    message = a_text()
    settings.SMS_BACKEND = ""
    run_due()
    message.refresh_from_db()
    assert message.state == "failed"


WHOLE = {
    "DEMONSTRATION": False,
    "PUBLIC_URL": "https://a.example.org",
    "SMS_BACKEND": GATEWAY,
    "MESSAGE_NAME": "Juniper",
    "SMS_GATEWAY_URL": "https://texts.example.org/v1",
    "SMS_GATEWAY_TOKEN": "t",
    "SMS_GATEWAY_FORMAT": "json",
    "SMS_GATEWAY_AUTH": "Bearer",
}


def problems(**changed) -> list[str]:
    return [one for one in all_problems({**WHOLE, **changed}) if "SMS_" in one or "MESSAGE_NAME" in one]


@pytest.mark.parametrize(
    "changed",
    [
        {"SMS_GATEWAY_URL": ""},
        {"SMS_GATEWAY_TOKEN": ""},
        {"SMS_BACKEND": ""},
        {"SMS_GATEWAY_URL": "http://texts.example.org/v1"},
        {"SMS_GATEWAY_URL": "https://"},
        {"SMS_GATEWAY_FORMAT": "xml"},
        {"SMS_GATEWAY_AUTH": "Digest"},
        {"MESSAGE_NAME": ""},
        {"MESSAGE_NAME": "Júniper’s"},
        {
            "MESSAGE_NAME": "Juniper Center for Quite Long Names",
            "PUBLIC_URL": "https://appointments.of.juniper.example.org",
        },
        {"SMS_BACKEND": "clinic.messages.texts.backends.FileBackend", "SMS_GATEWAY_URL": "", "SMS_GATEWAY_TOKEN": ""},
    ],
)
def test_a_half_configured_gateway_refuses_to_start(changed):
    assert problems(**changed)


def test_a_whole_gateway_and_none_at_all_start():
    assert problems() == []
    assert problems(SMS_BACKEND="", SMS_GATEWAY_URL="", SMS_GATEWAY_TOKEN="", MESSAGE_NAME="") == []
