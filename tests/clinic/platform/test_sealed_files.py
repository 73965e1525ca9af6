"""Sealed files: open to what was sealed, and to nothing else."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.platform.crypto.files import PIECE, TAG, key_id_of_file, open_sealed_file, seal_file
from clinic.platform.crypto.sealing import CannotOpen


def sealed(data: bytes, *, place: str = "here") -> bytes:
    out = io.BytesIO()
    seal_file(io.BytesIO(data), out, place=place)
    return out.getvalue()


def opened(data: bytes, *, place: str = "here") -> bytes:
    with open_sealed_file(io.BytesIO(data), place=place) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5])
def test_what_was_sealed_comes_back(size):
    data = os.urandom(size)
    assert opened(sealed(data)) == data


def test_sealed_twice_looks_different_and_shows_nothing():
    data = b"Maribelle" * 1000
    one, other = sealed(data), sealed(data)
    assert one != other
    assert b"Maribelle" not in one
    assert key_id_of_file(io.BytesIO(one)) == "demo"


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_changed_byte_is_noticed(at, change):
    data = bytearray(sealed(b"x" * 5000))
    data[at % len(data)] ^= change
    with pytest.raises(CannotOpen):
        opened(bytes(data))


@pytest.mark.parametrize("lost", [1, TAG, PIECE + TAG, 2 * (PIECE + TAG)])
def test_file_that_was_cut_off_is_noticed(lost):
    with pytest.raises(CannotOpen):
        opened(sealed(os.urandom(3 * PIECE))[:-lost])


def test_pieces_in_another_order_or_left_out_are_noticed():
    whole = sealed(os.urandom(3 * PIECE))
    head = len(whole) - 3 * (PIECE + TAG)
    pieces = [whole[head + n * (PIECE + TAG) : head + (n + 1) * (PIECE + TAG)] for n in range(3)]
    for order in ((1, 0, 2), (0, 2), (1, 2), (0, 1, 2, 2)):
        with pytest.raises(CannotOpen):
            opened(whole[:head] + b"".join(pieces[n] for n in order))


def test_sealed_file_opens_only_in_its_place():
    with pytest.raises(CannotOpen):
        opened(sealed(b"x"), place="elsewhere")


def test_file_whose_key_is_gone_does_not_open(settings):
    data = sealed(b"x")
    settings.FIELD_KEYS = {"other": settings.FIELD_KEYS["demo"]}
    with pytest.raises(CannotOpen):
        opened(data)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"SEALED1"])
def test_file_that_is_not_sealed_does_not_open(data):
    with pytest.raises(CannotOpen):
        opened(data)
