"""Tasks that propose freed time to staff: they end with the time, and with the wait; then the next may come."""

from datetime import datetime, timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from intake.tasks.models import StaffTask
from scheduling.visits.actions import cancel_visit
from scheduling.waitlist.actions import leave_waitlist, match_waitlist
from scheduling.waitlist.models import WaitlistEntry
from scheduling.waitlist.settling import settle_entries
from tests import factories
from tests.factories import a_coordinator, a_request, person_of
from tests.scheduling.waitlist_rows import booked_on, joined

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture(autouse=True)
def clinic(db, settings):
    settings.WAITLIST_MODE = "task"
    return factories.a_clinic(people_each=1, rooms=1)


def proposed(entry) -> tuple[StaffTask, datetime]:
    """The task about this entry, and when the time that it names begins."""
    task = StaffTask.objects.get(kind="waitlist", patient=entry.request.patient, state="open")
    return task, datetime.fromisoformat(task.data["starts_at"])


def settled(entry, now) -> tuple[str, str, str]:
    """The state of the entry, of its last match and of the task of that, as of `now`."""
    settle_entries(WaitlistEntry.objects.all(), now=now)
    entry.refresh_from_db()
    match = entry.matches.order_by("-pk").first()
    return entry.state, match.outcome, StaffTask.objects.get(dedupe=f"match:{match.pk}").state


def test_proposal_ends_when_its_time_begins_and_the_person_waits_again(now):
    entry = joined(a_request(), notice_hours=0)
    assert match_waitlist(now) == 1
    _task, begins = proposed(entry)
    assert settled(entry, begins - timedelta(minutes=1)) == ("offered", "open", "open")
    assert settled(entry, begins) == ("waiting", "gone", "dismissed")
    assert match_waitlist(begins) == 1
    assert proposed(entry)[1] > begins


def test_nobody_is_called_about_an_earlier_time_of_a_visit_that_is_canceled(now, clinic):
    visit = booked_on(3, now)
    entry = joined(visit.request, specialty=clinic.specialties["RAD_ONC"])
    assert match_waitlist(now) == 1
    proposed(entry)
    cancel_visit(visit, by=person_of(visit.request), key=new_key(), reason="", now=now)
    assert settled(entry, now + timedelta(minutes=9)) == ("offered", "open", "open")
    assert settled(entry, now + timedelta(minutes=10)) == ("ended", "gone", "dismissed")


def test_who_leaves_the_list_is_not_called(now):
    entry = joined(a_request())
    match_waitlist(now)
    task, _begins = proposed(entry)
    leave_waitlist(entry, by=staff_actor(a_coordinator()), key=new_key())
    task.refresh_from_db()
    assert (task.state, entry.matches.get().outcome) == ("dismissed", "gone")


def test_task_that_a_colleague_has_closed_stays_as_they_left_it(now):
    entry = joined(a_request(), notice_hours=0)
    match_waitlist(now)
    task, begins = proposed(entry)
    StaffTask.objects.filter(pk=task.pk).update(state="done", note="Called")
    assert settled(entry, begins)[1:] == ("accepted", "done")
