"""Asking the virus scanner, with a stand-in behind the socket."""

import os

import pytest

from intake.records import clamd
from tests.intake.records.some_files import EICAR


@pytest.fixture
def some_file(tmp_path):
    """A function that writes bytes into a file."""

    def written(data: bytes):
        path = tmp_path / "file"
        path.write_bytes(data)
        return path.open("rb")

    return written


@pytest.mark.parametrize(
    ("data", "infected"),
    [(b"", False), (b"x", False), (EICAR, True), (os.urandom(300_000), False), (os.urandom(200_000) + EICAR, True)],
    ids=["empty", "one byte", "test virus", "several pieces", "virus at the end"],
)
def test_scanner_gives_its_verdict(scanner, some_file, data, infected):
    assert clamd.is_infected(some_file(data)) is infected
    assert scanner.asked == 1


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: what\0", b"OK" * 5000])
def test_scanner_without_a_verdict_is_away(scanner, some_file, says):
    scanner.says = says
    with pytest.raises(clamd.ScannerAway):
        clamd.is_infected(some_file(b"x"))


def test_scanner_that_was_never_started_is_away(settings, some_file, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "nobody")
    with pytest.raises(clamd.ScannerAway):
        clamd.is_infected(some_file(b"x"))


def test_scanner_that_does_not_answer_is_away(scanner, some_file, monkeypatch):
    monkeypatch.setattr(clamd, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(scanner, "answer", lambda line: line.recv(1_000_000) and __import__("time").sleep(1))
    with pytest.raises(clamd.ScannerAway):
        clamd.is_infected(some_file(b"x"))


def test_scanner_that_is_not_configured_is_away(settings, some_file):
    settings.CLAMD_SOCKET = ""
    assert not clamd.is_configured()
    with pytest.raises(clamd.ScannerAway):
        clamd.is_infected(some_file(b"x"))
