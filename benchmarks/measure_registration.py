"""Saving a page of the registration through HTTP, and coming back to a saved one.

Saving: a draft that has an answer to every page, one of its pages posted anew, its pages in turn, against the bare
Django booking view `/book` (floors/floor_web.py) in the same way and with the same servers as measure_http.py.
Coming back: in process, from the post of resume code and date of birth up to the page that is shown: the first open
page. The draft with an answer to every page but the last against one with nothing but the date of birth.
"""

import statistics
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse

from benchmarks.clinic import BIRTH_DATE
from benchmarks.journey import ADULT, Journey, main_form
from benchmarks.measure_http import FLOOR_BOOKINGS, ROOT, ROUNDS, WARM_UP, floor_server
from benchmarks.measuring import by_turns
from benchmarks.rows import Row, row
from benchmarks.serving import Call, gunicorn, rate
from intake.access.sessions import open_patient_session
from intake.registration.actions import person, save_for_later, start_draft
from intake.registration.models import Draft
from intake.registration.pages import address_of
from intake.registration.steps import FLOW

SAVES = 240  # of the product in each round
LIMIT_SAVING, LIMIT_RESUMING = 2, 1.5
RESUMES, RESUMES_WARM_UP = 30, 5


@dataclass(frozen=True)
class Full:
    """A draft with an answer to every page, and for each page its address and what is posted to it."""

    draft: Draft
    posts: Sequence[tuple[str, dict[str, str]]]


def measure() -> list[Row]:
    """How many times slower than the bare view; how many times slower a full draft than an empty one."""
    full = _fill_in()
    saving = _saving(full)
    resuming = _resuming(full)
    return [
        row(
            "registration: a page saved by POST, 16 connections",
            saving[0],
            "pages/s",
            floor=saving[1],
            limit=LIMIT_SAVING,
        ),
        row("registration: back to a full draft", resuming[0], "ms", floor=resuming[1], limit=LIMIT_RESUMING),
    ]


def _fill_in() -> Full:
    journey = Journey(_run)
    journey.register()
    draft = Draft.objects.get(pk=journey.client.session["draft_id"])
    posts = []
    for step in FLOW.applicable(draft.answers):
        _path, page = journey.get(address_of(step, change=True))
        posts.append((address_of(step), main_form(page.content.decode()).filled()))
    return Full(draft, posts)


def _run(work: Callable[[], object]) -> int:
    work()
    return 0


def _copy(full: Full, **changes) -> Draft:
    """Another draft with the same answers."""
    draft = Draft.objects.get(pk=full.draft.pk)
    draft.pk = uuid.uuid4()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save(force_insert=True)
    return draft


def _saving(full: Full) -> tuple[float, float]:
    """Medians of pages and of bare bookings a second."""
    calls = [_saving_call(full, number) for number in range(WARM_UP + ROUNDS * SAVES)]
    floor_call = Call("/book", 201, "POST")
    products, floors = [], []
    with floor_server() as floor, gunicorn("clinic.wsgi", folder=ROOT) as product:
        rate(product.port, calls[:WARM_UP])
        rate(floor.port, [floor_call] * WARM_UP * 4)
        for number in range(ROUNDS):
            part = WARM_UP + number * SAVES
            floors.append(rate(floor.port, [floor_call] * FLOOR_BOOKINGS))
            products.append(rate(product.port, calls[part : part + SAVES]))
    return statistics.median(products), statistics.median(floors)


def _saving_call(full: Full, number: int) -> Call:
    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    open_patient_session(request, kind="draft", subject_id=_copy(full).pk)
    request.session.save()
    secret = uuid.uuid4().hex
    address, answers = full.posts[number % len(full.posts)]
    return Call(
        address,
        302,
        "POST",
        body=urlencode(answers | {"csrfmiddlewaretoken": secret}),
        cookies=f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}; {settings.CSRF_COOKIE_NAME}={secret}",
    )


def _resuming(full: Full) -> tuple[float, float]:
    """Medians in milliseconds of coming back to a full draft and to an empty one."""
    last = full.draft.steps_done[-1]
    done = [slug for slug in full.draft.steps_done if slug != last]
    return by_turns(
        [_resume_of(_copy(full, steps_done=done), number) for number in range(RESUMES)],
        [_resume_of(start_draft(filled_by="patient"), RESUMES + number) for number in range(RESUMES)],
        warm_up=RESUMES_WARM_UP,
    )


def _resume_of(draft: Draft, number: int) -> Callable[[], None]:
    """Post code and date of birth, and look at the page that answers: each from a network of its own."""
    code = save_for_later(draft, BIRTH_DATE, by=person(draft.pk, draft.filled_by))
    client = Client(REMOTE_ADDR=f"198.51.100.{number}")
    answers = {"code": code} | {f"date_of_birth_{part}": value for part, value in ADULT.items()}
    return partial(_resume, client, answers)


def _resume(client: Client, answers: dict[str, str]) -> None:
    answer = client.post(reverse("registration:resume"), answers)
    if answer.status_code != 302:
        raise RuntimeError(f"the code did not open the draft: {answer.status_code}")
    page = client.get(answer["Location"])
    if page.status_code != 200:
        raise RuntimeError(f"{answer['Location']} answered {page.status_code}")
