"""Where files lie: UPLOAD_FOLDER, outside the static tree, under random names. Nothing here knows a patient.

`quarantine/` holds what is being received and checked, `kept/ab/cd/abcd...` what was found clean, sealed with the keys
of the encrypted columns and bound to its name.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from clinic.platform.crypto.files import key_id_of_file, open_sealed_file, seal_file
from clinic.platform.crypto.rotation import also_rotates
from clinic.platform.crypto.sealing import current_key_id

LEFT_OVER = timedelta(days=1)  # younger files may belong to work that is going on
SLOTS = 2  # files checked at one moment on this machine: each may take 512 MiB
SLOT_WAIT_SECONDS = 20.0


class NoSlot(Exception):  # noqa: N818  (said as it is)
    """Too many files are being checked at this moment."""


def _folder(name: str) -> Path:
    folder = Path(settings.UPLOAD_FOLDER) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def new_quarantine_path() -> Path:
    """A path of random name in quarantine; the file does not exist yet."""
    return _folder("quarantine") / secrets.token_hex(16)


def create(path: Path) -> BinaryIO:
    """The new file at `path`, for writing, readable by nobody else. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    return os.fdopen(descriptor, "wb", buffering=0)


def keep(path: Path) -> str:
    """Seal a clean file, on the disk for good; the random name under which it is found again. `path` is deleted."""
    name = secrets.token_hex(16)
    place = _place(name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as plain:
        _seal(plain, place, name)
    path.unlink()
    return name


def _seal(plain: BinaryIO, place: Path, name: str) -> None:
    with create(place) as file:
        seal_file(plain, file, place=f"upload {name}")
        os.fsync(file.fileno())


def open_kept(name: str) -> BinaryIO:
    """A kept file for reading. Raises FileNotFoundError, and CannotOpen for one that was changed or lost its key."""
    return open_sealed_file(kept_path(name).open("rb"), place=f"upload {name}")


@also_rotates("files")
def seal_anew() -> int:
    """Seal the kept files that an older key sealed with the current one; how many. May be stopped at any moment."""
    done = 0
    for path in _folder("kept").glob("*/*/*"):
        with path.open("rb") as file:
            if key_id_of_file(file) == current_key_id():
                continue
        anew = new_quarantine_path()
        with open_kept(path.name) as plain:
            _seal(plain, anew, path.name)
        anew.replace(path)
        done += 1
    return done


def kept_path(name: str) -> Path:
    """Where the file of this name lies. Raises FileNotFoundError for a name that cannot be one of ours."""
    if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
        raise FileNotFoundError(name)
    return _place(name)


def delete(name: str) -> None:
    """Delete a kept file, if it is there."""
    kept_path(name).unlink(missing_ok=True)


def _place(name: str) -> Path:
    return _folder("kept") / name[:2] / name[2:4] / name


def old_quarantine() -> Iterator[Path]:
    """What was left in quarantine by a process that was ended."""
    yield from _older(_folder("quarantine").iterdir())


def old_kept_names() -> Iterator[str]:
    """The names of kept files that are older than a day."""
    yield from (path.name for path in _older(_folder("kept").glob("*/*/*")))


def _older(paths: Iterator[Path]) -> Iterator[Path]:
    before = time.time() - LEFT_OVER.total_seconds()
    for path in paths:
        if path.is_file() and path.stat().st_mtime < before:
            yield path


@contextmanager
def checking_slot(*, wait_seconds: float = SLOT_WAIT_SECONDS) -> Iterator[None]:
    """Hold one of the few places for checking a file, across all processes of this machine. Raises NoSlot."""
    until = time.monotonic() + wait_seconds
    files = [(_folder("slots") / str(number)).open("wb") for number in range(SLOTS)]
    try:
        while not any(_locked(file) for file in files):
            if time.monotonic() > until:
                raise NoSlot
            time.sleep(0.05)
        yield
    finally:
        for file in files:
            file.close()  # gives the lock back


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
