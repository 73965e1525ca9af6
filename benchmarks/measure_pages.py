"""The pages a patient sees: queries of each, and how many compressed bytes the first and the later ones take.

The journey goes from the home page to a booked visit, and once into an emergency. Bytes are gzip as the server or its
proxy sends them (level 6). The first page counts with style sheet and script; later pages only with their HTML, since
style sheet and script have hashed names and are kept for a year.
"""

import gzip
import re
from pathlib import Path

from django.conf import settings

from benchmarks.journey import Journey, Page
from benchmarks.measuring import count_queries
from benchmarks.rows import Row, row
from scheduling.requests.models import AppointmentRequest

LIMIT_QUERIES, LIMIT_FIRST_KB, LIMIT_LATER_KB = 8, 40, 15
ASSETS = re.compile(r'(?:src|href)="/static/([^"]+\.(?:css|js))"')


def measure() -> list[Row]:
    """The worst page of each kind is the one that counts; its address stands in the row."""
    pages = walk()
    most = max(pages, key=lambda page: page.queries)
    first, later = pages[0], max(pages[1:], key=lambda page: _kilobytes(page.body))
    first_kb = _kilobytes(first.body) + sum(_kilobytes(asset) for asset in _assets(first))
    return [
        row(f"pages: queries, most of {len(pages)}, {_kind(most)}", most.queries, "queries", limit=LIMIT_QUERIES),
        row("pages: first, HTML + CSS + JS", first_kb, "KB gzip", limit=LIMIT_FIRST_KB),
        row(f"pages: largest later HTML, {_kind(later)}", _kilobytes(later.body), "KB gzip", limit=LIMIT_LATER_KB),
    ]


def walk() -> list[Page]:
    """Every page of the journey, and the emergency page."""
    journey = Journey(count_queries)
    check = journey.register()
    path, answer = journey.get(check)
    journey.get("/register/save/")
    journey.get(journey.send(path, answer))
    wanted = AppointmentRequest.objects.latest("submitted_at")
    journey.offered(wanted)
    journey.choose(wanted)
    hurt = Journey(count_queries)
    hurt.register(bladder_change="leaking_no_control", bladder_onset_days_when="today")
    return [*journey.pages, *hurt.pages]


def _kilobytes(content: bytes) -> float:
    return len(gzip.compress(content, compresslevel=6, mtime=0)) / 1024


def _assets(page: Page) -> list[bytes]:
    names = sorted(set(ASSETS.findall(page.body.decode())))
    if not names:
        raise RuntimeError("the first page names no style sheet")
    return [Path(settings.STATIC_ROOT, name).read_bytes() for name in names]


def _kind(page: Page) -> str:
    """The address without a reference or a token."""
    return re.sub(r"/my/(offer|visit)/[^/]+/|/my/[^/]+/", lambda found: f"/my/{found.group(1) or '...'}/", page.path)
