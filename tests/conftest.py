"""What every test may use."""

import itertools
from datetime import UTC, datetime

import pytest
from django.dispatch import receiver
from django.test import SimpleTestCase
from django.test.signals import setting_changed

from clinic.platform.submits.once import new_key
from tests import factories

NOW = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)  # Monday, 9 a.m. in Detroit


@receiver(setting_changed)
def forget_pages_made_with_other_settings(**_named):
    """Public pages are kept as long as a process lives, and so do settings, but in a test."""
    from clinic.site.public_pages import forget_pages

    forget_pages()


def pytest_addoption(parser):
    """For a second database: what asks none has been run with the first."""
    parser.addoption("--asks-database", action="store_true", help="only tests that ask a database")
    parser.addoption("--thorough", action="store_true", help="also what repeats a journey that has been seen")


@pytest.hookimpl(trylast=True)  # after the folders have marked theirs
def pytest_collection_modifyitems(config, items):
    """In a parallel run the tests of one file stay together; journeys in the browser, the long ones, spread freely."""
    for item in items:
        if "tests/browser/" not in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))
    if config.getoption("--asks-database"):
        left_out = [item for item in items if not asks_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if asks_database(item)]
    if not config.getoption("--thorough"):
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


def asks_database(item) -> bool:
    """Whether a test may use the database; pytest-django refuses it to all others."""
    is_django_case = item.cls is not None and issubclass(item.cls, SimpleTestCase)
    marked = any(item.get_closest_marker(name) for name in ("django_db", "skipif"))
    opens = {"db", "transactional_db", "django_db_setup", "live_server"}.intersection(getattr(item, "fixturenames", ()))
    starts_a_server = "concurrency" in item.path.parts
    return is_django_case or marked or bool(opens) or starts_a_server


@pytest.fixture
def now():
    """The moment at which the tests of scheduling stand."""
    return NOW


@pytest.fixture
def standing_clock(time_machine, now):
    """The clock stands at `now`."""
    time_machine.move_to(now, tick=False)
    return time_machine


@pytest.fixture
def small_clinic(db):
    """One site, two patient rooms, CT, and two people each of a few specialties."""
    return factories.a_clinic()


@pytest.fixture
def fresh_key():
    """A new idempotency key at each call."""
    return new_key


@pytest.fixture
def numbers():
    """1, 2, 3 ..."""
    return itertools.count(1)
