"""Specialties that answers suggest: what is told before the visit counts once its page was saved."""

import pytest

from intake.before_visit.models import BeforeVisit
from scheduling.requests.suggestions import suggestions_for
from tests.scheduling.patient_steps import a_wanted_request

pytestmark = pytest.mark.django_db


def suggested(wanted, answers, *steps):
    """Codes and the lines behind them after these pages were saved."""
    BeforeVisit.objects.update_or_create(report=wanted.report, defaults={"answers": answers, "steps_done": list(steps)})
    return {one.code: one.ids for one in suggestions_for(wanted).legs}


def test_request_without_later_answers_is_judged_by_the_first_ones():
    assert {one.code for one in suggestions_for(a_wanted_request()).legs} == {"NURSE_NAV", "RAD_ONC"}


def test_no_oncologist_counts_only_when_it_was_asked():
    wanted = a_wanted_request()
    assert "MED_ONC" not in suggested(wanted, {"oncologist_name": None})
    assert suggested(wanted, {"oncologist_name": None}, "doctors")["MED_ONC"] == ("D09",)
    assert "MED_ONC" not in suggested(wanted, {"oncologist_name": "Dr. Kim"}, "doctors")


def test_aid_for_walking_suggests_physical_medicine_and_help_with_the_way_social_work():
    wanted = a_wanted_request()
    assert suggested(wanted, {"mobility_aid": "walker"}, "needs")["PMR_PT"] == ("D08",)
    assert suggested(wanted, {"transport_need": ["ride"]}, "travel")["SOCIAL_WORK"] == ("D11",)


@pytest.mark.parametrize("nothing", ["none", "unknown", "prefer_not"])
def test_answer_that_says_nothing_suggests_nothing(nothing):
    found = suggested(a_wanted_request(), {"mobility_aid": nothing, "transport_need": [nothing]}, "needs", "travel")
    assert found.keys().isdisjoint({"PMR_PT", "SOCIAL_WORK"})
