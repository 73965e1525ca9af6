"""Several members of staff write one score or one patient's record at the same moment: one wins, nothing is lost."""

from datetime import date

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from intake.models import Alert, NamePrefix, Patient
from intake.patients.identity import name_prefixes
from scheduling.models import Score
from scheduling.patient_page.actions import edit_patient
from scheduling.scores.actions import Assessment, record_score, revise_score
from tests.concurrency.test_booking_collisions import all_at_once, several_connections, wins
from tests.scheduling.staff_rows import a_member, a_row

__all__ = ["several_connections"]
CROWD = 8
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]


def grade(value) -> Assessment:
    return Assessment(values={"grade": value}, assessed_on=date(2026, 11, 2), study_on=date(2026, 11, 2))


def test_one_of_many_records_the_first_grade_of_a_level():
    first = a_row()
    requests = [first, a_row(patient=first.patient)]
    people = [a_member("nurse") for _number in range(CROWD)]

    def record(user, wanted):
        by = staff_actor(user)
        return record_score(wanted, grade("3"), kind="escc", target="T12", user=user, by=by, key=new_key())

    results = all_at_once([lambda n=n, user=user: record(user, requests[n % 2]) for n, user in enumerate(people)])

    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"exists", "busy"}
    assert Alert.objects.count() == 1


def test_one_of_many_changes_a_score_and_the_others_are_told():
    first = a_row()
    requests = [first, a_row(patient=first.patient)]
    people = [a_member("nurse") for _number in range(CROWD)]
    by = staff_actor(people[0])
    score = record_score(first, grade("0"), kind="escc", target="T12", user=people[0], by=by, key=new_key())

    def revise(user, wanted):
        by = staff_actor(user)
        return revise_score(score, wanted, grade("1c"), target="T12", version=1, user=user, by=by, key=new_key())

    results = all_at_once([lambda n=n, user=user: revise(user, requests[n % 2]) for n, user in enumerate(people)])

    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"stale", "busy"}
    assert list(Score.objects.order_by("version").values_list("version", "is_current")) == [(1, False), (2, True)]


def test_one_of_many_changes_a_name_and_the_search_knows_that_one():
    patient = a_row().patient
    people = [a_member("coordinator") for _number in range(CROWD)]

    def change(user, name):
        values, by = {"legal_last_name": name}, staff_actor(user)
        return edit_patient(patient, values, version=1, user=user, by=by, key=new_key())

    results = all_at_once(
        [lambda n=n, user=user: change(user, f"Name{'abcdefgh'[n]}") for n, user in enumerate(people)]
    )

    assert len(wins(results)) == 1
    assert {result for result in results if isinstance(result, str)} <= {"stale", "busy"}
    row = Patient.objects.get()
    found = set(NamePrefix.objects.values_list("prefix_index", flat=True))
    assert found == set(name_prefixes(row.legal_first_name, row.legal_last_name))
    assert row.version == 2
