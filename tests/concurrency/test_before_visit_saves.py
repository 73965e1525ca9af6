"""Several windows on one task list at once: nothing is lost, and only the same page meets itself."""

import pytest

from intake.before_visit.actions import answers_of, save_row, save_section_step
from intake.before_visit.models import BeforeVisit
from tests.concurrency.test_booking_collisions import all_at_once, several_connections  # noqa: F401  (a fixture)
from tests.factories import person_of
from tests.intake.before_visit.row_data import ROWS, new_id
from tests.scheduling.patient_steps import a_wanted_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("several_connections")]
PAGES = {
    "other-names": {"middle_name": "Ana"},
    "address": {"address_instead": ["prefer_not"]},
    "needs": {"mobility_aid": "cane"},
    "stage": {"current_stage": "II"},
    "spread": {"other_mets": ["lung"]},
    "diagnosis": {"diagnosis_date": "2023"},
    "allergies": {"allergies_status": "none"},
    "status": {"insurance_status": "unsure"},
    "travel": {"lives_far": "no"},
    "sex": {"sex_assigned_at_birth": "female"},
}


def test_first_saves_of_ten_pages_at_once_are_all_kept_in_one_row():
    wanted = a_wanted_request()
    by, report = person_of(wanted), wanted.report

    def save(slug):
        return lambda: save_section_step(report, slug, PAGES[slug], by=by, version=0)

    results = all_at_once([save(slug) for slug in PAGES])
    assert [result for result in results if isinstance(result, str)] == []
    found = answers_of(report)
    assert {key: found[key] for answers in PAGES.values() for key in answers} == {
        key: value for answers in PAGES.values() for key, value in answers.items()
    }
    assert set(BeforeVisit.objects.get().steps_done) == set(PAGES)


def test_one_of_four_windows_saves_the_same_page_and_the_others_are_told():
    wanted = a_wanted_request()
    by, report = person_of(wanted), wanted.report

    def save(stage):
        return lambda: save_section_step(report, "stage", {"current_stage": stage}, by=by, version=0)

    results = all_at_once([save(stage) for stage in ("I", "II", "III", "IV")])
    assert sorted(result for result in results if isinstance(result, str)) == ["stale"] * 3
    [won] = [result for result in results if not isinstance(result, str)]
    assert answers_of(report)["current_stage"] == won.answers["current_stage"]


def test_rows_added_at_once_are_all_kept():
    wanted = a_wanted_request()
    by, report = person_of(wanted), wanted.report
    ids = {new_id() for _row in range(8)}

    def add(row_id):
        return lambda: save_row(report, "medicines", row_id, ROWS["medicines"], by=by, version=0)

    all_at_once([add(row_id) for row_id in ids])
    assert {row["id"] for row in answers_of(report)["medications"]} == ids
