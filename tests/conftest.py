"""What every test may use."""

import itertools
from datetime import UTC, datetime

import pytest

from clinic.platform.submits.once import new_key
from tests import factories

NOW = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)  # Monday, 9 a.m. in Detroit


def pytest_collection_modifyitems(items):
    """In a parallel run the tests of one file stay together; journeys in the browser, the long ones, spread freely."""
    for item in items:
        if "tests/browser/" not in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))


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
