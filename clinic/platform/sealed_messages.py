"""What a page tells after a post ("Note saved.") waits in a cookie: sealed, since it may name a patient or a day.

Django only signs that cookie, and whoever uses the computer later could read it. What is too long for a cookie waits in
the session, on the server.
"""

from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

from clinic.platform.crypto.sealing import CannotOpen, open_sealed, seal

PLACE = "cookie.messages"


class SealedCookieStorage(CookieStorage):
    """Django's cookie of messages, sealed with the key of the encrypted columns."""

    def _encode_parts(self, messages: Any, encode_empty: bool = False) -> str | None:
        encoded = super()._encode_parts(messages, encode_empty=encode_empty)  # type: ignore[misc]  # unknown to the stubs
        return seal(encoded, place=PLACE) if encoded else None

    def _decode(self, data: str | None) -> Any:
        """The messages; None, and the cookie goes, where it is not one of ours."""
        try:
            return super()._decode(open_sealed(data, place=PLACE) if data else None)  # type: ignore[misc]  # the same
        except CannotOpen:
            self.used = True
            return None


class SealedMessages(FallbackStorage):
    """First the cookie, then the session."""

    storage_classes = (SealedCookieStorage, SessionStorage)
