"""Sealing and opening one value: AES-256-GCM, written as `v1:keyid:nonce:ciphertext` (base64url without padding).

The additional data is `table.column`, so a ciphertext moved to another column does not open. Keys come from
settings.FIELD_KEYS (key id -> 32 bytes in base64); the first one seals, every one opens.
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "v1"
NONCE_BYTES = 12


class CannotOpen(ValueError):  # noqa: N818  (said as it is)
    """The stored text is no sealed value, its key is gone, or it was changed or moved. Never carries the value."""


@lru_cache(maxsize=32)
def cipher_of(encoded: str) -> AESGCM:
    """The cipher of a key in base64, as FIELD_KEYS holds it. Raises ImproperlyConfigured."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise ImproperlyConfigured("FIELD_KEYS holds a key that is not base64") from error
    if len(key) != 32:
        raise ImproperlyConfigured("FIELD_KEYS needs keys of 32 bytes")
    return AESGCM(key)


def current_key_id() -> str:
    """The id of the key that seals now."""
    try:
        return next(iter(settings.FIELD_KEYS))
    except StopIteration:
        raise ImproperlyConfigured("FIELD_KEYS is empty") from None


def key_id_of(sealed: str) -> str:
    """The id of the key a stored value was sealed with, "" when it is no sealed value."""
    parts = sealed.split(":", 2)
    return parts[1] if len(parts) == 3 and parts[0] == VERSION else ""


def seal(text: str, *, place: str) -> str:
    """The sealed form of a text for the column `place` (table.column)."""
    key_id = current_key_id()
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = cipher_of(settings.FIELD_KEYS[key_id]).encrypt(nonce, text.encode(), place.encode())
    return f"{VERSION}:{key_id}:{_encode(nonce)}:{_encode(ciphertext)}"


def open_sealed(sealed: str, *, place: str) -> str:
    """The text sealed for the column `place`; raises CannotOpen."""
    try:
        version, key_id, nonce, ciphertext = sealed.split(":")
    except ValueError:
        raise CannotOpen(f"not a sealed value in {place}") from None
    if version != VERSION or key_id not in settings.FIELD_KEYS:
        raise CannotOpen(f"unknown key or version in {place}")
    try:
        opened = cipher_of(settings.FIELD_KEYS[key_id]).decrypt(_decode(nonce), _decode(ciphertext), place.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen(f"changed or moved value in {place}") from None
    return opened.decode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
