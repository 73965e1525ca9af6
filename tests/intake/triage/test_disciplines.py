"""Which specialties the answers suggest, and who needs a short day."""

import pytest

from intake.triage.disciplines import LEG_ORDER, is_frail, suggest
from tests.support.answers import answers

CLEAR = {"primary_site": "melanoma"}  # asks for no specialty of its own


def codes(**changed):
    found = suggest(answers(**{**CLEAR, **changed}))
    return [one.code for part in (found.legs, found.tasks, found.notes) for one in part]


def ids_of(code, **changed):
    found = suggest(answers(**{**CLEAR, **changed}))
    return next(one.ids for part in (found.legs, found.tasks, found.notes) for one in part if one.code == code)


def test_every_patient_sees_the_nurse_and_radiation():
    assert codes() == ["NURSE_NAV", "RAD_ONC"]


@pytest.mark.parametrize(
    ("line", "changed", "more"),
    [
        ("D02", {"pain_sites": ["sacrum"]}, ["SPINE_SURG"]),
        ("D02", {"bone_mets_sites": ["skull"]}, ["SPINE_SURG"]),
        ("D03", {"bone_mets_sites": ["forearm_left"]}, ["ORTHO_ONC"]),
        ("D03", {"pain_sites": ["pelvis_right"]}, ["ORTHO_ONC"]),
        ("D04", {"sins_total": 7}, ["SPINE_SURG"]),
        ("D04", {"escc_grade": "1c"}, ["SPINE_SURG"]),
        ("D05", {"mirels_total": 8}, ["ORTHO_ONC", "PMR_PT"]),
        ("D05", {"told_fracture_risk": "yes"}, ["ORTHO_ONC", "PMR_PT"]),
        ("D05", {"pain_sites": ["humerus_left"], "pain_pattern": ["with_movement"]}, ["ORTHO_ONC", "PMR_PT"]),
        ("D07", {"pain_average": 4}, ["PALLIATIVE", "PHARMACY"]),
        ("D07", {"pain_relief": "little_none"}, ["PALLIATIVE", "PHARMACY"]),
        ("D07", {"opioid_use": "daily"}, ["PALLIATIVE", "PHARMACY"]),
        ("D07", {"ecog_self": 3}, ["PALLIATIVE", "PHARMACY"]),
        ("D08", {"falls_30d": 1}, ["PMR_PT"]),
        ("D08", {"walking_change": "unsteady"}, ["PMR_PT"]),
        ("D08", {"mobility_aid": "brace"}, ["PMR_PT"]),
        ("D09", {"calcium_corrected_mgdl": 10.5}, ["MED_ONC"]),
        ("D09", {"hyperca_symptoms": ["excess_thirst", "fatigue"]}, ["MED_ONC"]),
        ("D09", {"oncologist_name": " "}, ["MED_ONC"]),
        ("D09", {"reason_for_contact": ["treatment_choice"]}, ["MED_ONC"]),
        ("D11", {"mood_help_wanted": "yes"}, ["SOCIAL_WORK"]),
        ("D11", {"transport_need": ["ride"]}, ["SOCIAL_WORK"]),
        ("D12", {"bone_agent": "other"}, ["DENTAL"]),
        ("D13", {"weight_loss_unplanned": "a_lot"}, ["NUTRITION"]),
        ("D14", {"reason_for_contact": "trial"}, ["CLIN_TRIALS"]),
        ("D15", {"primary_site": "prostate"}, ["MED_ONC", "NUCLEAR_MEDICINE"]),
        ("D15", {"primary_site": "kidney"}, ["INT_RAD"]),
        ("D15", {"primary_site": "lymphoma"}, ["HEMATOLOGY"]),
        ("D15", {"primary_site": "lung"}, ["MED_ONC"]),
    ],
)
def test_each_line_adds_its_specialties(line, changed, more):
    assert set(codes(**changed)) == {"NURSE_NAV", "RAD_ONC", *more}
    assert all(line in ids_of(code, **changed) for code in more)


@pytest.mark.parametrize(
    "changed",
    [
        {"sins_total": 6, "escc_grade": "1b", "mirels_total": 7},
        {"pain_average": 3, "opioid_use": "as_needed", "ecog_self": 2},
        {"walking_change": "not_sure", "mobility_aid": "none"},
        {"oncologist_name": "A. Doctor"},
        {"calcium_corrected_mgdl": 10.4, "hyperca_symptoms": ["fatigue"]},
        {"bone_agent": "not_sure", "transport_need": ["none"], "reason_for_contact": ["second_opinion"]},
        {"pain_sites": ["ribs_left", "sternum", "jaw"]},
        {"primary_site": "not_sure"},
    ],
)
def test_near_misses_add_nothing(changed):
    assert codes(**changed) == ["NURSE_NAV", "RAD_ONC"]


def test_unknown_primary_asks_for_a_look_before_any_biopsy():
    found = suggest(answers(primary_site="unknown_primary"))
    assert found.leg_codes == ("NURSE_NAV", "ORTHO_ONC", "RAD_ONC", "MED_ONC")
    assert [task.code for task in found.tasks] == ["RADIOLOGY"]
    assert [note.code for note in found.notes] == ["BIOPSY_AFTER_REVIEW"]
    assert "no biopsy" in found.notes[0].reason


def test_spine_surgery_comes_before_radiation_and_the_nurse_first():
    found = suggest(
        answers(
            pain_sites=["spine_lumbar", "femur_left"],
            pain_average=8,
            weight_loss_unplanned="a_lot",
            mood_help_wanted="yes",
            reason_for_contact=["trial"],
        )
    )
    assert found.leg_codes[0] == "NURSE_NAV"
    assert found.leg_codes.index("SPINE_SURG") < found.leg_codes.index("RAD_ONC")
    assert list(found.leg_codes) == sorted(found.leg_codes, key=LEG_ORDER.index)


def test_interventional_radiology_is_never_computed_from_pain_sites():
    assert "INT_RAD" not in codes(pain_sites=["pelvis_left"])


@pytest.mark.parametrize(
    ("given", "more", "frail"),
    [
        ({"ecog_self": 3}, {}, True),
        ({"ecog_self": 2}, {}, False),
        ({"ecog_self": None}, {}, False),
        ({}, {"mobility_aid": "wheelchair"}, True),
        ({}, {"mobility_aid": "cane"}, False),
        ({}, {"caregiver_request": True}, True),
        ({"can_bear_weight": "not_applicable"}, {}, True),
    ],
)
def test_frail_patients_get_a_short_day(given, more, frail):
    assert is_frail(given, **more) is frail
