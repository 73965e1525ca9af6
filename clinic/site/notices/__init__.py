"""The notice of privacy practices: versioned text files, newest last. A patient's acknowledgment keeps the version."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import markdown
import nh3
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent


class Notice(NamedTuple):
    """One version; `version` is its file name's date, `html` its cleaned text."""

    version: str
    since: date
    html: SafeString


def versions() -> list[str]:
    """All versions, oldest first: privacy-2026-11-01.md gives 2026-11-01."""
    return sorted(path.stem.removeprefix("privacy-") for path in FOLDER.glob("privacy-*.md"))


@lru_cache
def read_notice(version: str) -> Notice:
    if version not in versions():
        raise LookupError(f"no notice of privacy practices {version!r}")
    text = (FOLDER / f"privacy-{version}.md").read_text(encoding="utf-8")
    return Notice(version, date.fromisoformat(version), mark_safe(nh3.clean(markdown.markdown(text))))  # noqa: S308 - cleaned


def current_notice() -> Notice:
    """The newest version, the one that a person acknowledges today."""
    return read_notice(versions()[-1])
