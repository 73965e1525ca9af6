"""The job that goes down the list: when it stops, how it goes on, how often it runs."""

from datetime import date, timedelta

import pytest

from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due
from scheduling.offers.models import Offer
from scheduling.waitlist.actions import match_waitlist
from scheduling.waitlist.job_kinds import plan_match
from tests import factories
from tests.factories import a_request
from tests.scheduling.waitlist_rows import closed_until, joined, open_offers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2027, 1, day) for day in (5, 6, 7, 8))


@pytest.fixture(autouse=True)
def clinic(db, settings):
    """One person of each specialty and one room: one coordinated day fills a morning, two fill a day."""
    settings.WAITLIST_MODE = "offer"
    return factories.a_clinic(people_each=1, rooms=1)


def test_run_stops_before_giving_anything_away_when_more_time_became_free(now):
    joined(a_request())
    assert match_waitlist(now, stops=lambda: True) == 0
    assert not Offer.objects.exists()


def test_long_list_is_worked_off_by_several_jobs_and_each_person_is_looked_at(now, monkeypatch, clinic):
    monkeypatch.setattr("scheduling.waitlist.actions.MOST_A_RUN", 2)
    closed_until(FRIDAY)
    for _n in range(4):
        joined(a_request(), latest_on=WEDNESDAY)
    last = joined(a_request(), latest_on=FRIDAY)
    run_due()
    assert [offer.request for offer in open_offers()] == [last.request]
    assert Job.objects.filter(kind="match_waitlist", args__has_key="after").count() == 2
    assert not Job.objects.filter(kind="match_waitlist", done_at=None).exists()


def test_many_freed_times_of_one_moment_are_one_search(now, monkeypatch):
    runs = []
    monkeypatch.setattr("scheduling.waitlist.job_kinds.match_waitlist", lambda *args, **more: runs.append(more))
    joined(a_request())
    joined(a_request())
    run_due()
    assert len(runs) == 1


def test_plan_asks_every_five_minutes_while_somebody_waits(now, standing_clock):
    plan_match()
    assert not Job.objects.exists()
    joined(a_request())
    Job.objects.all().delete()
    for minutes in (0, 1, 5):
        standing_clock.move_to(now + timedelta(minutes=minutes), tick=False)
        plan_match()
    assert Job.objects.count() == 2
