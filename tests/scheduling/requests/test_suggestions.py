"""Specialties that answers and scores suggest: what is told before the visit counts once its page was saved."""

from decimal import Decimal

import pytest
from django.utils import timezone

from intake.before_visit.models import BeforeVisit
from intake.symptoms.models import SymptomReport
from scheduling.requests.suggestions import suggestions_for
from tests.scheduling.patient_steps import a_wanted_request
from tests.scheduling.scores.score_rows import CALCIUM, MIRELS, recorded, revised
from tests.scheduling.staff_rows import a_member

pytestmark = pytest.mark.django_db
SINS_OF_7 = {
    "pain": "mechanical",
    "lesion": "lytic",
    "alignment": "normal",
    "collapse": "none_of_above",
    "posterolateral": "none",
}


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


@pytest.mark.parametrize(
    ("kind", "target", "values", "code", "line"),
    [
        ("sins", "L3", SINS_OF_7, "SPINE_SURG", "D04"),
        ("escc", "T8", {"grade": "1c"}, "SPINE_SURG", "D04"),
        ("mirels", "femur_left", MIRELS, "ORTHO_ONC", "D05"),
        ("calcium", "", {**CALCIUM, "calcium": Decimal("10.5")}, "MED_ONC", "D09"),
        ("ecog", "", {"ecog": "3"}, "PALLIATIVE", "D07"),
    ],
)
def test_score_suggests_the_specialty_that_it_calls_for(kind, target, values, code, line):
    wanted = a_wanted_request()
    assert code not in {one.code for one in suggestions_for(wanted).legs}
    recorded(wanted, kind, values, target=target, user=a_member("nurse"))
    found = {one.code: one.ids for one in suggestions_for(wanted).legs}
    assert line in found[code]


def test_score_corrected_downward_suggests_nothing_any_more():
    wanted, nurse = a_wanted_request(), a_member("nurse")
    score = recorded(wanted, "sins", SINS_OF_7, target="L3", user=nurse)
    revised(score, {**SINS_OF_7, "lesion": "blastic"}, user=nurse)
    assert "SPINE_SURG" not in {one.code for one in suggestions_for(wanted).legs}


def test_person_who_has_died_is_suggested_nobody_for_being_in_bed():
    wanted = a_wanted_request()
    recorded(wanted, "ecog", {"ecog": "5"}, user=a_member("nurse"))
    assert "PALLIATIVE" not in {one.code for one in suggestions_for(wanted).legs}


def test_symptoms_told_since_suggest_like_the_first_ones():
    wanted = a_wanted_request()
    told = {"pain_present": "yes", "pain_sites": ["spine_lumbar"], "pain_worst": 3}
    SymptomReport.objects.create(
        patient=wanted.patient,
        filled_by="patient",
        answers=told,
        snapshot=[],
        sent_at=timezone.now(),
        follows=wanted.report,
    )
    assert "SPINE_SURG" in {one.code for one in suggestions_for(wanted).legs}
