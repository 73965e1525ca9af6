"""Keeping third next available each Monday: planned by the worker, once a week, honest about gaps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.housekeeping import every_minute
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from scheduling.measures.access import Measure
from scheduling.measures.access_table import kept_figures
from scheduling.measures.actions import plan_measuring, take_snapshot
from scheduling.measures.models import TnaSnapshot
from scheduling.measures.third_next import third_next_available

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 1, 4)  # `now` is its 9 a.m.
NEXT = datetime(2027, 1, 11, 14, tzinfo=UTC)


def planned() -> list[Job]:
    return list(Job.objects.filter(kind="measure_access").order_by("run_after"))


def test_worker_plans_the_next_monday_once(standing_clock, now):
    for _minute in range(3):
        every_minute()

    (job,) = planned()
    assert job.run_after == NEXT  # Monday 9 a.m. of this week is now: the next one is in a week
    assert job.args == {"week_of": "2027-01-11"}


def test_two_workers_at_once_plan_one_job(now, monkeypatch):
    # given a second worker that looked before the first one wrote
    plan_measuring(now)
    monkeypatch.setattr("scheduling.measures.actions.Job.objects.filter", lambda **_name: Job.objects.none())

    plan_measuring(now)

    assert Job.objects.count() == 1


def test_worker_keeps_the_figures_on_monday_and_plans_the_week_after(standing_clock, small_clinic, now):
    every_minute()
    run_due()
    assert not TnaSnapshot.objects.exists()

    standing_clock.move_to(NEXT, tick=False)
    every_minute()
    run_due()

    kept = TnaSnapshot.objects.get(kind="specialty", what="RAD_ONC")
    assert (kept.week_of, kept.measured_at) == (NEXT.date(), NEXT)
    assert [job.run_after for job in planned() if job.done_at is None] == [NEXT + timedelta(days=7)]


def test_snapshot_keeps_every_figure_as_it_is(small_clinic, now):
    stored = take_snapshot(MONDAY, by=SYSTEM, now=now)

    figures = {figure.key: figure.measure for figure in third_next_available(now)}
    assert stored == len(figures) == TnaSnapshot.objects.count()
    for one in TnaSnapshot.objects.all():
        now_is = figures[one.kind, one.visit_type, one.what]
        assert (one.measure.counted, one.measure.total_days, one.measure.beyond) == (
            now_is.counted, now_is.total_days, now_is.beyond,
        )  # fmt: skip
        assert one.measure.average == now_is.average


def test_snapshot_is_taken_once_a_week_whatever_changes(small_clinic, now):
    take_snapshot(MONDAY, by=SYSTEM, now=now)
    for one in small_clinic.people["RAD_ONC"]:
        one.sessions.filter(weekday=0).delete()

    assert take_snapshot(MONDAY, by=SYSTEM, now=now + timedelta(hours=1)) == 0
    assert TnaSnapshot.objects.get(kind="specialty", what="RAD_ONC").total_days == 0
    assert AuditEntry.objects.filter(action="measure_access").count() == 1


def test_late_worker_measures_within_the_week_and_says_when(small_clinic, now):
    late = now + timedelta(days=6, hours=14)  # Sunday, 11 p.m.

    assert take_snapshot(MONDAY, by=SYSTEM, now=late)
    assert TnaSnapshot.objects.values_list("measured_at", flat=True).distinct().get() == late


@pytest.mark.parametrize("off", [timedelta(days=7), timedelta(days=21), timedelta(days=-1)])
def test_week_that_is_over_or_not_begun_stays_a_gap(small_clinic, now, off):
    assert take_snapshot(MONDAY, by=SYSTEM, now=now + off) == 0
    assert not TnaSnapshot.objects.exists()


def test_specialties_without_working_time_are_not_kept(small_clinic, now):
    for one in small_clinic.people["RAD_ONC"]:
        one.sessions.all().delete()

    take_snapshot(MONDAY, by=SYSTEM, now=now)

    assert not TnaSnapshot.objects.filter(kind="specialty", what="RAD_ONC").exists()
    assert TnaSnapshot.objects.filter(kind="specialty", what="MED_ONC").exists()


def test_history_has_the_latest_weeks_first(standing_clock, now):
    for week in range(10):
        a_kept_figure(MONDAY - timedelta(days=7 * week), total_days=week)

    found = kept_figures(now, 8)

    assert list(found) == [MONDAY - timedelta(days=7 * week) for week in range(8)]
    assert found[MONDAY]["specialty", "", "RAD_ONC"].measure == Measure(1, 0, 0)


def a_kept_figure(week_of: date, **changes) -> TnaSnapshot:
    facts = {
        "week_of": week_of, "measured_at": datetime(2027, 1, 4, 14, tzinfo=UTC), "kind": "specialty", "what": "RAD_ONC",
        "minutes": 45, "counted": 1, "total_days": 3, "beyond": 0,
    }  # fmt: skip
    return TnaSnapshot.objects.create(**facts | changes)


def test_database_refuses_a_second_figure_of_a_week():
    a_kept_figure(MONDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        a_kept_figure(MONDAY, total_days=9)


def test_database_refuses_more_without_a_slot_than_there_are():
    with pytest.raises(IntegrityError), transaction.atomic():
        a_kept_figure(MONDAY, counted=1, beyond=2)
