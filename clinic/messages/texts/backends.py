"""Ways to send a text message. `settings.SMS_BACKEND` names one, as Django's EMAIL_BACKEND does; empty: none are sent.

A backend has `send(number, text, *, key)`: the number in E.164, at most one segment of GSM characters, and the key of
the outbox row, by which a gateway can recognize a second try. It raises `Undeliverable` when trying again is useless,
anything else when it may help. Neither number nor text ever goes into an error, a log line or a file name.
"""

import base64
import json
import os
import secrets
import sys
from email.message import Message as Headers
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

TRY_AGAIN = frozenset({408, 425, 429})  # of the answers that begin with 4: too slow, too early, too many


class Undeliverable(Exception):  # noqa: N818  (said as it is)
    """The gateway refuses this message for good: no such number, texts stopped, or we are not let in."""


class GatewayBusy(Exception):  # noqa: N818
    """The gateway did not answer, or could not now: try again later."""


class Backend(Protocol):
    """What every backend can do."""

    def send(self, number: str, text: str, *, key: str) -> None: ...


def texts_are_on() -> bool:
    """Whether this clinic sends text messages at all. If not, no page offers them."""
    return bool(settings.SMS_BACKEND)


def backend() -> Backend:
    """The backend of the settings. Only to be asked for when `texts_are_on`."""
    return import_string(settings.SMS_BACKEND)()


class ConsoleBackend:
    """Prints each text: for trying things out by hand."""

    def send(self, number: str, text: str, *, key: str) -> None:
        sys.stdout.write(f"To: {number}\n\n{text}\n{'-' * 79}\n")
        sys.stdout.flush()


class FileBackend:
    """Writes each text into a file of its own beside the demonstration's e-mails."""

    def send(self, number: str, text: str, *, key: str) -> None:
        folder = Path(settings.SMS_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{timezone.now():%Y%m%d-%H%M%S}-text-{secrets.token_hex(4)}.log"
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"To: {number}\nText message\n\n{text}\n")


class _NoRedirect(HTTPRedirectHandler):
    """A gateway that sends us elsewhere is not followed: the number goes to the configured address only."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Headers, newurl: str) -> None:
        return None


class GatewayBackend:
    """Posts each text to the gateway of the clinic's provider, as JSON or as a form.

    The number stands in the body only, never in the address. An answer from 200 to 299 means that the gateway has
    taken the message over. Redirects and answers that begin with 4 are final, but for those that ask to come later.
    """

    def send(self, number: str, text: str, *, key: str) -> None:
        try:
            with build_opener(_NoRedirect).open(self._request(number, text, key), timeout=settings.SMS_GATEWAY_TIMEOUT):
                return
        except HTTPError as error:
            status = error.code
            error.close()
        except (
            OSError,
            HTTPException,
        ):  # no connection, broken off, no certificate, or no HTTP: its text may repeat us
            status = 0
        if 300 <= status < 500 and status not in TRY_AGAIN:
            raise Undeliverable
        raise GatewayBusy

    def _request(self, number: str, text: str, key: str) -> Request:
        fields = {settings.SMS_GATEWAY_TO_FIELD: number, settings.SMS_GATEWAY_TEXT_FIELD: text}
        if settings.SMS_SENDER:
            fields[settings.SMS_GATEWAY_SENDER_FIELD] = settings.SMS_SENDER
        as_json = settings.SMS_GATEWAY_FORMAT == "json"
        headers: dict[str, Any] = {
            "Authorization": _authorization(),
            "Content-Type": "application/json" if as_json else "application/x-www-form-urlencoded",
            "Idempotency-Key": key,
        }
        body = (json.dumps(fields) if as_json else urlencode(fields)).encode()
        # the address is the clinic's own, checked at the start to be https outside the demonstration
        return Request(settings.SMS_GATEWAY_URL, data=body, headers=headers, method="POST")  # noqa: S310


def _authorization() -> str:
    token = settings.SMS_GATEWAY_TOKEN
    if settings.SMS_GATEWAY_AUTH == "Basic":  # account and password, joined by a colon
        token = base64.b64encode(token.encode()).decode()
    return f"{settings.SMS_GATEWAY_AUTH} {token}"
