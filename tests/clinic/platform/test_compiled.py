"""A statement that is compiled once answers like the queryset, whatever the values."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.directory.models import Holiday
from clinic.platform.db.compiled import Compiled, StandIns
from clinic.platform.jobs.models import Job

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 1, 4)
NOW = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)


def test_dates_and_keys_are_exchanged_and_columns_prepared():
    ids = [Holiday.objects.create(on=MONDAY + timedelta(days=n), name=f"Day {n}").pk for n in range(4)]
    stand_ins = StandIns()
    first, last, keys = stand_ins.day(), stand_ins.day(), stand_ins.numbers(2)
    found = Holiday.objects.filter(on__gte=first, on__lte=last, pk__in=keys).order_by("on").values_list("on", "name")
    statement = Compiled(found, stand_ins)
    for low, high, some in [(0, 3, ids[1:3]), (2, 3, ids[:2]), (1, 1, ids[1:3])]:
        values = [MONDAY + timedelta(days=low), MONDAY + timedelta(days=high), *some]
        wanted = [(MONDAY + timedelta(days=n), f"Day {n}") for n in range(4) if low <= n <= high and ids[n] in some]
        assert list(statement.rows(values)) == wanted


def test_moments_are_exchanged():
    jobs = [Job.objects.create(kind="x", run_after=NOW + timedelta(hours=n)) for n in range(3)]
    stand_ins = StandIns()
    found = Job.objects.filter(run_after__lte=stand_ins.moment()).order_by("pk").values_list("pk", "run_after")
    statement = Compiled(found, stand_ins)
    assert list(statement.rows([NOW + timedelta(hours=1)])) == [(job.pk, job.run_after) for job in jobs[:2]]
    assert list(statement.rows([NOW - timedelta(days=1)])) == []


def test_stand_in_that_is_not_used_is_refused():
    stand_ins = StandIns()
    stand_ins.key()
    with pytest.raises(ValueError, match="not among the parameters"):
        Compiled(Holiday.objects.filter(on=stand_ins.day()).values_list("pk"), stand_ins)


def test_rows_come_in_portions_without_loss():
    Holiday.objects.bulk_create(Holiday(on=MONDAY + timedelta(days=n), name="Day") for n in range(7))
    stand_ins = StandIns()
    statement = Compiled(Holiday.objects.filter(on__gte=stand_ins.day()).order_by("on").values_list("on"), stand_ins)
    assert [on for (on,) in statement.rows([MONDAY], at_once=3)] == [MONDAY + timedelta(days=n) for n in range(7)]
