"""Resident memory of a web worker after it has served the pages of the whole journey, over and over.

gunicorn as in production (two workers of four threads, the application loaded by each); the largest worker counts.
The pages are looked at within the sessions that the journey left open: one in the middle of a registration, one with
an open offer, one with a booked visit.
"""

from pathlib import Path

from benchmarks.journey import Journey, Page
from benchmarks.rows import Row, row
from benchmarks.serving import Call, gunicorn, load
from scheduling.requests.models import AppointmentRequest

ROOT = Path(__file__).resolve().parents[1]
SERVED = 200  # times each page, as far as the seconds go
LIMIT_SECONDS = 45
LIMIT_MEBIBYTES = 150


def measure() -> list[Row]:
    """One row; pages with a link that opens only once are left out."""
    pages = [page for page in _open_pages() if "/offer/" not in page.path]
    calls = [Call(page.path, 200, cookies=page.cookies) for page in pages]
    with gunicorn("clinic.wsgi", folder=ROOT) as server:
        served, _seconds = load(server.port, calls * SERVED, connections=8, seconds=LIMIT_SECONDS)
        resident = server.worker_mebibytes()
    name = f"memory: a worker, {len(pages)} pages served {served // len(pages)} times each"
    return [row(name, resident, "MiB", limit=LIMIT_MEBIBYTES)]


def _open_pages() -> list[Page]:
    """Pages that the session of their browser may still see."""
    filling_in = Journey(_uncounted)
    filling_in.register()
    filling_in.get("/register/save/")
    booked = Journey(_uncounted)
    path, answer = booked.get(booked.register())
    booked.get(booked.send(path, answer))
    wanted = AppointmentRequest.objects.latest("submitted_at")
    booked.offered(wanted)
    booked.pages.clear()
    booked.choose(wanted)
    offered = [page for page in booked.pages if not page.path.endswith(("/times/", "/none-work/"))]
    return [*_with_last_session(filling_in.pages), *_with_last_session(offered)]


def _with_last_session(pages: list[Page]) -> list[Page]:
    for page in pages:
        page.cookies = pages[-1].cookies
    return pages


def _uncounted(work) -> int:
    work()
    return 0
