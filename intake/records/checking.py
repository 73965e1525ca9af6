"""What becomes of a received file: scanned for viruses, then checked and written anew in a child process."""

import json
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from intake.records import clamd, storage
from intake.records.models import Upload
from intake.records.quarantine import QuarantinedFile

PROGRAM = Path(__file__).with_name("check_file.py")
WAIT_SECONDS = 60.0
LONGEST_ANSWER = 1000
CONTENT_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/tiff")
# Nothing of the clinic's environment: no key, no database. One memory arena, so that the limit counts what is used
CHILD_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}


class Verdict(NamedTuple):
    """`refusal` is a code of refusals.py, or "" and the clean copy lies at `path`."""

    refusal: str = ""
    path: Path | None = None
    content_type: str = ""
    size: int = 0
    scan: str = Upload.Scan.NOT_SCANNED


def examine(file: QuarantinedFile) -> Verdict:
    """Look at a received file; its own bytes are deleted, a clean copy may remain in quarantine for the caller."""
    try:
        if file.is_too_large:
            return Verdict("too_large")
        if file.size == 0 or file.path is None:
            return Verdict("empty")
        scan = scan_of(file.path)
        if scan == Upload.Scan.INFECTED:
            return Verdict("virus", scan=scan)
        return clean_copy(file.path)._replace(scan=scan)
    finally:
        file.close()


def scan_of(path: Path) -> str:
    """What the virus scanner says; "not scanned" when it says nothing."""
    try:
        with path.open("rb") as file:
            return Upload.Scan.INFECTED if clamd.is_infected(file) else Upload.Scan.CLEAN
    except clamd.ScannerAway:
        return Upload.Scan.NOT_SCANNED


def clean_copy(source: Path, *, wait_seconds: float = WAIT_SECONDS) -> Verdict:
    """Run the checking program on `source`. Whatever goes wrong in it, nothing but its verdict comes out."""
    target = storage.new_quarantine_path()
    try:
        with storage.checking_slot(), tempfile.TemporaryFile() as told:
            done = subprocess.run(  # noqa: S603  (our own program, two random paths, no shell)
                [sys.executable, "-I", str(PROGRAM), str(source), str(target)],
                stdin=subprocess.DEVNULL,
                stdout=told,  # a file: however much a child that was taken over says, little of it is read
                stderr=subprocess.DEVNULL,
                env=CHILD_ENVIRONMENT,
                cwd="/",
                timeout=wait_seconds,
                check=False,
            )
            told.seek(0)
            answer = told.read(LONGEST_ANSWER)
    except (subprocess.TimeoutExpired, storage.NoSlot):
        target.unlink(missing_ok=True)
        return Verdict("timeout")
    verdict = _read(answer, target) if done.returncode == 0 else Verdict("damaged")
    if verdict.refusal:
        target.unlink(missing_ok=True)
    return verdict


def _read(answer: bytes, target: Path) -> Verdict:
    """The child's word is taken for a refusal and for one of four types; size and kind of file are looked up."""
    try:
        told = json.loads(answer)
        if "refused" in told:
            return Verdict(str(told["refused"])[:40])
        content_type, facts = told["content_type"], target.lstat()
    except (ValueError, KeyError, TypeError, OSError):
        return Verdict("damaged")
    if content_type not in CONTENT_TYPES or not stat.S_ISREG(facts.st_mode):
        return Verdict("damaged")
    return Verdict(path=target, content_type=content_type, size=facts.st_size)
