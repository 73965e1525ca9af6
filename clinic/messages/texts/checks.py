"""What the settings of text messages must never be. Pure: values in, sentences out (`clinic.checks` asks)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from clinic.messages.texts.segment import foreign_characters, segment_length

GATEWAY = "clinic.messages.texts.backends.GatewayBackend"
SHOWING = ("clinic.messages.texts.backends.ConsoleBackend", "clinic.messages.texts.backends.FileBackend")
ROOM = 66  # for MESSAGE_NAME and PUBLIC_URL together: a test holds every message to it


def text_problems(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong; nothing when text messages are off and none of their settings is given."""
    chosen = str(values.get("SMS_BACKEND") or "")
    needed = [name for name in ("SMS_GATEWAY_URL", "SMS_GATEWAY_TOKEN") if not values.get(name)]
    if chosen != GATEWAY:
        if len(needed) < 2:
            yield "SMS_GATEWAY_URL or SMS_GATEWAY_TOKEN is given, but SMS_BACKEND does not use a gateway"
        if chosen in SHOWING and not values.get("DEMONSTRATION"):
            yield "SMS_BACKEND shows text messages instead of sending them: only for the demonstration"
    else:
        yield from (f"{name} is empty: SMS_BACKEND needs it" for name in needed)
        yield from _gateway_problems(values)
    if chosen:
        yield from _length_problems(values)


def _gateway_problems(values: Mapping[str, Any]) -> Iterator[str]:
    address = urlsplit(str(values.get("SMS_GATEWAY_URL") or ""))
    if address.scheme and address.scheme != "https" and not values.get("DEMONSTRATION"):
        yield "SMS_GATEWAY_URL must begin with https://"
    elif values.get("SMS_GATEWAY_URL") and (address.scheme not in ("http", "https") or not address.hostname):
        yield "SMS_GATEWAY_URL is no address of the web"
    if values.get("SMS_GATEWAY_FORMAT") not in ("json", "form"):
        yield "SMS_GATEWAY_FORMAT must be json or form"
    if values.get("SMS_GATEWAY_AUTH") not in ("Bearer", "Basic"):
        yield "SMS_GATEWAY_AUTH must be Bearer or Basic"


def _length_problems(values: Mapping[str, Any]) -> Iterator[str]:
    name, address = str(values.get("MESSAGE_NAME") or ""), str(values.get("PUBLIC_URL") or "")
    if not name.strip():
        yield "MESSAGE_NAME is empty: nobody could tell who writes"
    if foreign_characters(name + address):
        yield "MESSAGE_NAME or PUBLIC_URL has characters that text messages do not know"
    if segment_length(name + address) > ROOM:
        yield f"MESSAGE_NAME and PUBLIC_URL have more than {ROOM} characters together: texts would arrive in pieces"
