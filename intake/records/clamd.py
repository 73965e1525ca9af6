"""Asking the virus scanner: clamd's INSTREAM over its Unix socket, the file in pieces, one answer back."""

import socket
import struct
from typing import BinaryIO

from django.conf import settings

PIECE = 64 * 1024
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 30.0
LONGEST_ANSWER = 4096


class ScannerAway(Exception):  # noqa: N818  (said as it is)
    """The scanner is not configured, cannot be reached, or did not give a verdict: the file stays "not scanned"."""


def is_configured() -> bool:
    """Whether the clinic runs a virus scanner."""
    return bool(settings.CLAMD_SOCKET)


def is_infected(file: BinaryIO) -> bool:
    """Whether the scanner finds a virus in what is read from `file`. Raises ScannerAway when it gives no verdict."""
    if not is_configured():
        raise ScannerAway("not configured")
    try:
        answer = _ask(file)
    except OSError as error:
        raise ScannerAway(type(error).__name__) from None
    if answer.endswith(b" FOUND"):
        return True
    if answer.endswith(b": OK"):
        return False
    raise ScannerAway("no verdict")  # such as a file larger than its StreamMaxLength


def _ask(file: BinaryIO) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(CONNECT_SECONDS)
        line.connect(settings.CLAMD_SOCKET)
        line.settimeout(ANSWER_SECONDS)
        line.sendall(b"zINSTREAM\0")
        try:
            while piece := file.read(PIECE):
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
        except BrokenPipeError:
            pass  # it may answer before it has heard everything, and hang up
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER and (more := line.recv(LONGEST_ANSWER)):
            answer += more
    return answer.split(b"\0")[0].strip()
