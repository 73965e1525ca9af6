"""Several members of staff press at the same moment: a task is closed once, two records are merged once."""

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.models import PatientMerge, StaffTask
from intake.tasks.actions import close_task
from scheduling.requests.merge import merge_records
from tests.concurrency.test_booking_collisions import all_at_once, several_connections, wins
from tests.scheduling.staff_rows import a_member, a_patient_row

__all__ = ["several_connections"]
CROWD = 8
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


def test_one_of_many_closes_a_task():
    task = StaffTask.objects.create(kind="insurance_help", patient=a_patient_row())
    people = [a_member("nurse") for _number in range(CROWD)]

    def close(user):
        return close_task(task, state="done", note="", user=user, by=staff_actor(user), key=new_key())

    results = all_at_once([lambda user=user: close(user) for user in people])

    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} == {"closed"}
    task.refresh_from_db()
    assert AuditEntry.objects.get(action="task_closed").actor_id == str(task.done_by_id)


def test_one_of_many_merges_two_records_in_either_direction():
    one, other = a_patient_row(), a_patient_row("Marie")
    people = [a_member("nurse") for _number in range(CROWD)]

    def merge(user, kept, absorbed):
        return merge_records(kept, absorbed, user=user, by=staff_actor(user), key=new_key())

    pairs = [(one, other), (other, one)]
    results = all_at_once([lambda n=n, user=user: merge(user, *pairs[n % 2]) for n, user in enumerate(people)])

    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"merged", "busy"}
    assert PatientMerge.objects.count() == 1
