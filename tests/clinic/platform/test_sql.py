"""SQL that differs between vendors."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from clinic.accounts.models import User
from clinic.platform.db.sql import EpochUnits, lock_keys, lock_number

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 1, 5, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 57, 30, tzinfo=UTC),
        datetime(2026, 3, 8, 7, 4, 59, 999000, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
    ],
)
def test_epoch_units_equal_the_integer_arithmetic(moment):
    User.objects.create_user("a@example.org", "A", roles=[])
    User.objects.update(created_at=moment)
    seconds = int(moment.timestamp())
    units = (
        User.objects.annotate(down=EpochUnits("created_at"), up=EpochUnits(F("created_at"), up=True))
        .values_list("down", "up")
        .get()
    )
    assert units[0] == seconds // 300
    assert units[1] in {-(-seconds // 300), -(-(seconds + 1) // 300)}
    assert units[1] * 300 >= seconds
    assert User.objects.annotate(down=EpochUnits("created_at")).filter(down=seconds // 300).exists()


def test_epoch_units_on_the_grid_are_exact_both_ways():
    moment = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
    User.objects.create_user("a@example.org", "A", roles=[])
    for step in range(3):
        User.objects.update(created_at=moment + timedelta(minutes=5 * step))
        down, up = User.objects.values_list(EpochUnits("created_at"), EpochUnits("created_at", up=True)).get()
        assert down == up == int(moment.timestamp()) // 300 + step


def test_lock_numbers_are_stable_and_different():
    assert lock_number(("clinician", 3)) == lock_number(("clinician", 3))
    assert lock_number(("clinician", 3)) != lock_number(("room", 3))
    assert -(2**63) <= lock_number("x") < 2**63


def test_lock_keys_ask_only_postgresql():
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        lock_keys(("clinician", 2), ("clinician", 1), ("clinician", 2))
    assert len(queries) == (1 if connection.vendor == "postgresql" else 0)
