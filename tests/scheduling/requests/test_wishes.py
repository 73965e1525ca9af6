"""What is told before the visit about days and walking reaches the request that is planned."""

import pytest

from clinic.platform.audit.models import AuditEntry
from scheduling.requests.wishes import wishes_from
from tests.scheduling.patient_steps import a_wanted_request
from tests.scheduling.requests.before_visit_pages import enter, post_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(client):
    """A request whose patient is in this browser."""
    found = a_wanted_request(preferences={"distance_limit": "far"})
    enter(client, found)
    return found


def test_wish_for_nothing_is_no_wish():
    answers = {"weekdays": ["any"], "times_of_day": ["unknown"], "visit_mode": "any", "escort": "yes", "city": "X"}
    assert wishes_from(answers) == {"escort": "yes"}


def test_days_are_planned_with_and_other_preferences_stay(client, wanted):
    post_step(client, wanted, "wishes", {"weekdays": ["0", "3"], "visit_mode": "video"})
    wanted.refresh_from_db()
    assert wanted.preferences == {"distance_limit": "far", "weekdays": ["0", "3"], "visit_mode": "video"}
    assert wanted.version == 2
    assert AuditEntry.objects.get(action="request_wishes_taken").data == {
        "keys": ["distance_limit", "visit_mode", "weekdays"],
        "is_frail": False,
    }


def test_wheelchair_makes_the_day_short_and_a_correction_long_again(client, wanted):
    post_step(client, wanted, "needs", {"mobility_aid": "wheelchair"})
    wanted.refresh_from_db()
    assert wanted.is_frail
    post_step(client, wanted, "needs", {"mobility_aid": "cane"})
    wanted.refresh_from_db()
    assert not wanted.is_frail


def test_day_that_is_short_for_another_reason_stays_short(client, wanted):
    type(wanted).objects.update(is_frail=True)
    post_step(client, wanted, "needs", {"mobility_aid": "none"})
    wanted.refresh_from_db()
    assert wanted.is_frail


def test_page_without_a_new_wish_changes_nothing(client, wanted):
    post_step(client, wanted, "travel", {"lives_far": "no"})
    wanted.refresh_from_db()
    assert wanted.version == 1
    assert not AuditEntry.objects.filter(action="request_wishes_taken").exists()
