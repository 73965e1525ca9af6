"""Tagged PDF files (PDF/UA) from our own pages, where WeasyPrint and its libraries are installed."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from django.template.loader import render_to_string

CHILD = Path(__file__).with_name("child.py")
WAIT_SECONDS = 60


class NoPdf(Exception):  # noqa: N818  (said as it is)
    """No PDF can be made here and now."""


def is_installed() -> bool:
    """Whether the library is there; its system libraries may still be missing (`make_pdf` tells)."""
    return find_spec("weasyprint") is not None


def make_pdf(template: str, context: dict, *, style: str) -> bytes:
    """The file of a template in the style of another (CSS). Raises NoPdf when it cannot be made.

    Made in a child process that knows none of our settings, and kept nowhere.
    """
    html = render_to_string(template, context)
    sheet = render_to_string(style)
    known = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "HOME") if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  (our own file)
            [sys.executable, "-I", str(CHILD)],
            input=json.dumps({"html": html, "css": sheet}).encode(),
            capture_output=True,
            timeout=WAIT_SECONDS,
            env=known,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise NoPdf from failed
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        raise NoPdf
    return done.stdout
