"""Sealing a file: AES-256-GCM in pieces, so that neither sealing nor opening holds more than one piece in memory.

A sealed file is a head (`SEALED1`, the key's id, seven random bytes) and pieces of 64 KiB, each with its tag. A piece's
nonce is the random bytes, its number and whether it is the last: pieces cannot be left out, put in another order, or
taken from another file, and a file that was cut off does not open. Head and `place` are the additional data, so a
sealed file that was renamed does not open either. Keys are those of the encrypted columns (settings.FIELD_KEYS).
"""

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from django.conf import settings

from clinic.platform.crypto.sealing import CannotOpen, cipher_of, current_key_id

MARK = b"SEALED1"
PIECE = 64 * 1024
TAG = 16
RANDOM = 7


def seal_file(source: BinaryIO, target: BinaryIO, *, place: str) -> None:
    """Write `source` to `target`, sealed with the current key for the place of that name."""
    key_id = current_key_id()
    random = os.urandom(RANDOM)
    head = MARK + bytes([len(key_id.encode())]) + key_id.encode() + random
    cipher, bound = cipher_of(settings.FIELD_KEYS[key_id]), head + place.encode()
    target.write(head)
    number, piece = 0, source.read(PIECE)
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        target.write(cipher.encrypt(_nonce(random, number, is_last=not following), piece, bound))
        if not following:
            return
        number, piece = number + 1, following


def key_id_of_file(file: BinaryIO) -> str:
    """The id of the key that a file was sealed with, from its head. Raises CannotOpen for a file that is not sealed."""
    if file.read(len(MARK)) != MARK:
        raise CannotOpen("not a sealed file")
    size = file.read(1)
    try:
        return file.read(size[0] if size else 0).decode()
    except UnicodeDecodeError:
        raise CannotOpen("not a sealed file") from None


def open_sealed_file(file: BinaryIO, *, place: str) -> BinaryIO:
    """What was sealed, for reading from its beginning; closing it closes `file`. Reading raises CannotOpen."""
    return io.BufferedReader(_Opened(file, place), PIECE)


def _nonce(random: bytes, number: int, *, is_last: bool) -> bytes:
    return random + number.to_bytes(4, "big") + bytes([is_last])


class _Opened(io.RawIOBase):
    """The plain bytes of a sealed file, one piece after the other."""

    def __init__(self, file: BinaryIO, place: str) -> None:
        key_id = key_id_of_file(file)
        if key_id not in settings.FIELD_KEYS:
            raise CannotOpen("the key of this file is gone")
        self._file, self._random = file, file.read(RANDOM)
        self._cipher = cipher_of(settings.FIELD_KEYS[key_id])
        self._bound = MARK + bytes([len(key_id.encode())]) + key_id.encode() + self._random + place.encode()
        self._number, self._plain = 0, b""
        self._sealed = file.read(PIECE + TAG)
        self._has_more = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if not self._plain and self._has_more:
            self._plain = self._next_piece()
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def _next_piece(self) -> bytes:
        following = self._file.read(PIECE + TAG)
        try:
            nonce = _nonce(self._random, self._number, is_last=not following)
            plain = self._cipher.decrypt(nonce, self._sealed, self._bound)
        except (InvalidTag, ValueError):
            raise CannotOpen("a changed, moved or cut off file") from None
        self._number, self._sealed, self._has_more = self._number + 1, following, bool(following)
        return plain

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
