"""Free time over HTTP beside django-appointment 3.12 on the same server settings and the same data.

Four clinicians on weekdays from 8:00 to 17:00, six appointments of 60 minutes each on 90 weekdays. Both are asked which
times of 60 minutes are free, by signed-in people over 16 connections, under gunicorn with two workers of four threads,
and take turns: one clinician-day, and all four for 30 days. django-appointment answers one clinician-day a call, so
that its view of 30 days takes 120 calls. The product: `/staff/availability/free.json`.

The package lives in an environment of its own below var/ (peer_environment.py), the product never imports it. Where it
cannot be installed, the rows say "not measured" and count as missed.
"""

import datetime as dt
import itertools
import json
import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import run

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.clinic import coordinator, make_sessions
from benchmarks.peer_environment import environment_with
from benchmarks.rows import Row, missed, row
from benchmarks.serving import Call, Server, gunicorn, rate
from clinic.accounts.models import User
from clinic.directory.models import Clinician, Site, Specialty
from scheduling.visits.models import Claim

PACKAGE, RELEASE = "django-appointment", "3.12.0"
ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "benchmarks" / "peers" / "django_appointment_site.py"
CLINICIANS, WEEKDAYS, HOURS, SPAN = 4, 90, (8, 9, 10, 13, 14, 15), 30
ROUNDS, WARM_UP = 3, 40
PEER_CALLS, DAY_CALLS, SPAN_CALLS = 120, 500, 150
DAY_TIMES, SPAN_TIMES = 5, 50  # at least so many times its requests a second
DAY_NAME = f"beside {PACKAGE} {RELEASE}: free time of a clinician-day"
SPAN_NAME = f"beside {PACKAGE} {RELEASE}: free time of {CLINICIANS} clinicians x {SPAN} days"


def measure() -> list[Row]:
    """Two rows; the ratio is how many times "slower" the product is, so it has to be far below 1."""
    limits = {DAY_NAME: 1 / DAY_TIMES, SPAN_NAME: 1 / SPAN_TIMES}
    python = environment_with(PACKAGE, RELEASE)
    if python is None:
        return [missed(f"{name}: not measured, it cannot be installed", limit, "") for name, limit in limits.items()]
    days, ids = _days(), _make_people()
    _book(ids, days)
    with _peer(python, days[0]) as (peer, theirs), gunicorn("clinic.wsgi", folder=ROOT) as product:
        ours = _cookies()
        _same_answer(peer, theirs, product, ours, ids, days[1])
        day_calls = _product_calls(ids, days, ours)
        span_calls = [_product_call(ids, days[0], SPAN, ours)]
        peer_days = _peer_calls(theirs, days)
        peer_span = _peer_calls(theirs, [days[0] + dt.timedelta(days=number) for number in range(SPAN)])
        day = _by_turns(product, day_calls, DAY_CALLS, peer, peer_days)
        span = _by_turns(product, span_calls, SPAN_CALLS, peer, peer_span)
    calls = CLINICIANS * SPAN
    return [
        row(DAY_NAME, day[0], "requests/s", floor=day[1], limit=limits[DAY_NAME]),
        row(SPAN_NAME, span[0], "views/s", floor=span[1] / calls, limit=limits[SPAN_NAME]),
    ]


def _by_turns(product: Server, ours: list[Call], count: int, peer: Server, theirs: list[Call]) -> tuple[float, float]:
    """Medians of answers a second."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for rates, server, calls, times in ((found[0], product, ours, count), (found[1], peer, theirs, PEER_CALLS)):
            some = list(itertools.islice(itertools.cycle(calls), times if number else WARM_UP))
            one = rate(server.port, some)
            if number:
                rates.append(one)
    return statistics.median(found[0]), statistics.median(found[1])


def _days() -> list[dt.date]:
    """90 weekdays from next Monday on."""
    today = timezone.localdate()
    monday = today + dt.timedelta(days=7 - today.weekday())
    days = (monday + dt.timedelta(days=number) for number in range(2 * WEEKDAYS))
    return [day for day in days if day.weekday() < 5][:WEEKDAYS]


def _make_people() -> list[int]:
    specialty = Specialty.objects.create(code="PEER", name="Peer", default_minutes=60, position=200)
    site, ids = Site.objects.get(name="Building B"), []
    for number in range(CLINICIANS):
        one = Clinician.objects.create(name=f"Peer {number}", specialty=specialty, site=site)
        make_sessions(one, range(5), ((dt.time(8), dt.time(17)),))
        one.sessions.update(reserve_minutes=0)
        ids.append(one.pk)
    return ids


def _book(ids: list[int], days: list[dt.date]) -> None:
    zone, hour = timezone.get_default_timezone(), dt.timedelta(hours=1)
    starts = [dt.datetime.combine(day, dt.time(at), tzinfo=zone) for day in days for at in HOURS]
    claims = [Claim(clinician_id=one, starts_at=start, ends_at=start + hour) for one in ids for start in starts]
    Claim.objects.bulk_create(claims, batch_size=500)


def _cookies() -> str:
    browser = Client()
    browser.force_login(User.objects.get(pk=coordinator().id))
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def _product_call(ids: list[int], on: dt.date, days: int, cookies: str) -> Call:
    asked = f"on={on}&days={days}&minutes=60&" + "&".join(f"clinician={one}" for one in ids)
    return Call(f"{reverse('staff-availability:free-json')}?{asked}", 200, cookies=cookies)


def _product_calls(ids: list[int], days: list[dt.date], cookies: str) -> list[Call]:
    return [_product_call([one], day, 1, cookies) for day in days[:SPAN] for one in ids]


def _peer_calls(theirs: dict, days: list[dt.date]) -> list[Call]:
    address = "/appointment/ajax/available_slots/?selected_date={}&staff_member={}&service_id={}"
    return [
        Call(address.format(day, one, theirs["service"]), 200, cookies=theirs["cookie"], more=_AJAX)
        for day in days
        for one in theirs["staff"]
    ]


_AJAX = (("X-Requested-With", "XMLHttpRequest"),)


@contextmanager
def _peer(python: Path, first_day: dt.date) -> Iterator[tuple[Server, dict]]:
    """The other site, filled, on a database of the same kind."""
    with tempfile.TemporaryDirectory(dir=os.environ["BENCH_FOLDER"]) as folder, _database(Path(folder)) as database:
        environment = {
            "PYTHONPATH": str(SITE.parent),
            "PEER_FOLDER": folder,
            "PEER_DATABASE": json.dumps(database),
            "PEER_FIRST_DAY": first_day.isoformat(),
            "PEER_TIME_ZONE": settings.TIME_ZONE,
        }
        command = [str(python), str(SITE), "prepare"]
        told = run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
        if told.returncode:
            raise RuntimeError(f"{PACKAGE} could not be prepared: {told.stderr[-2000:]}")
        theirs = json.loads(told.stdout.strip().splitlines()[-1])
        if theirs["appointments"] != CLINICIANS * WEEKDAYS * len(HOURS):
            raise RuntimeError(f"{theirs['appointments']} appointments on the other side")
        with gunicorn(SITE.stem, folder=Path(folder), environment=environment, python=str(python)) as server:
            yield server, theirs


@contextmanager
def _database(folder: Path) -> Iterator[dict]:
    """Settings of an empty database of our kind: a file in the folder, or a database on our server."""
    where = connection.settings_dict
    if connection.vendor == "sqlite":
        options = {key: value for key, value in where["OPTIONS"].items() if key != "prepare_threshold"}
        yield {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "peer.sqlite3"), "OPTIONS": options}
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS peer")
        cursor.execute("CREATE DATABASE peer")
    same = {key: where[key] for key in ("HOST", "PORT", "USER", "PASSWORD", "CONN_MAX_AGE")}
    yield same | {"ENGINE": "django.db.backends.postgresql", "NAME": "peer"}
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS peer WITH (FORCE)")


def _same_answer(peer: Server, theirs: dict, product: Server, ours: str, ids: list[int], day: dt.date) -> None:
    """Both say the same of a day: three free hours, at the same times."""
    said = json.loads(peer.answer(_peer_calls(theirs, [day])[0]))
    slots = [slot[0][11:16] for slot in said["available_slots"]]
    (one,) = json.loads(product.answer(_product_call(ids[:1], day, 1, ours)))["clinicians"]
    bookable = [at[11:16] for gap in one["free"] for at in gap["bookable"] if at[14:16] == "00"]
    if not slots or slots != bookable:
        raise RuntimeError(f"the two do not see the same free time: {slots} and {bookable}")
