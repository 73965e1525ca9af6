"""A single booking through HTTP against the bare Django booking view `/book` of floors/floor_web.py.

Both run under gunicorn (two workers of four threads), are asked by the same loader over 16 connections, and take
turns. Product: the patient's POST that accepts an offer of one day with one leg, with its session, its CSRF token,
the checks, audit, history and the queued confirmation; offers and open patient sessions are prepared beforehand.
The stick is run as it stands; a package `crispy_bootstrap5`, which its settings name and its booking never uses, is
an empty one on its path.
"""

import os
import statistics
import tempfile
import uuid
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from subprocess import run
from sys import executable

from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from benchmarks.clinic import coordinator, find_by_hand, free_days, make_request, make_team
from benchmarks.rows import Row, row
from benchmarks.serving import Call, gunicorn, rate
from clinic.platform.submits.once import new_key
from intake.access.sessions import open_patient_session
from scheduling.offers.actions import make_offer
from scheduling.visits.models import Visit

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
BOOKINGS = 120  # of the product in each round
FLOOR_BOOKINGS = 800
WARM_UP = 40
TEAMS, SPECIALTY, MINUTES = 12, "MED_ONC", 40
LIMIT_RATIO = 4  # a quarter of the floor's rate


def measure() -> list[Row]:
    """How many times slower than the bare view."""
    calls = _accepting_calls(WARM_UP + ROUNDS * BOOKINGS)
    floor_call = Call("/book", 201, "POST")
    products, floors = [], []
    with floor_server() as floor, gunicorn("clinic.wsgi", folder=ROOT) as product:
        rate(product.port, calls[:WARM_UP])
        rate(floor.port, [floor_call] * WARM_UP * 4)
        for number in range(ROUNDS):
            part = WARM_UP + number * BOOKINGS
            floors.append(rate(floor.port, [floor_call] * FLOOR_BOOKINGS))
            products.append(rate(product.port, calls[part : part + BOOKINGS]))
    name = "http: a booking by POST, 16 connections"
    return [row(name, statistics.median(products), "bookings/s", floor=statistics.median(floors), limit=LIMIT_RATIO)]


@contextmanager
def floor_server():
    """The bare view under gunicorn, on the same kind of database."""
    with tempfile.TemporaryDirectory(dir=os.environ["BENCH_FOLDER"]) as folder:
        package = Path(folder, "crispy_bootstrap5")
        package.mkdir()
        package.joinpath("__init__.py").touch()
        where = connection.settings_dict
        environment = {"PYTHONPATH": f"{folder}:{ROOT / 'benchmarks' / 'floors'}"}
        if connection.vendor == "postgresql":
            dsn = f"host={where['HOST']} port={where['PORT']} user={where['USER']} dbname={where['NAME']}"
            environment |= {"BENCH_DB": "pg", "BENCH_DSN": dsn}
        else:
            environment |= {"BENCH_SQLITE": str(Path(folder, "floor.sqlite3"))}
        stick = str(ROOT / "benchmarks" / "floors" / "floor_web.py")
        run([executable, stick, "migrate"], env=os.environ | environment, cwd=folder, check=True)
        with gunicorn("floor_web:application", folder=Path(folder), environment=environment) as server:
            yield server


def _accepting_calls(count: int) -> list[Call]:
    """Each a POST that books another patient's offered day."""
    teams, days = [make_team([SPECIALTY]) for _ in range(TEAMS)], free_days(12)
    starts = [(minute, MINUTES) for minute in (0, 45, 90, 135)]
    staff, calls = coordinator(), []
    for number in range(count):
        place, team = divmod(number, TEAMS)
        day, start = divmod(place, len(starts))
        wanted = make_request("single_new", [SPECIALTY])
        found = find_by_hand(teams[team], [SPECIALTY], [starts[start]], days[day])
        make_offer(wanted, [found], by=staff, key=new_key(), now=timezone.now())
        calls.append(_accepting_call(wanted, Visit.objects.get(request=wanted)))
    return calls


def _accepting_call(wanted, visit: Visit) -> Call:
    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    open_patient_session(request, kind="request", subject_id=wanted.pk)
    request.session.save()
    secret = uuid.uuid4().hex
    return Call(
        reverse("offers:choose", args=[wanted.reference]),
        302,
        "POST",
        body=f"visit={visit.pk}&key={new_key()}&csrfmiddlewaretoken={secret}",
        cookies=f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}; {settings.CSRF_COOKIE_NAME}={secret}",
    )
