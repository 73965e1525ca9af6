"""Each rule: cases that fire it and near misses that leave it quiet, over an adult with nothing to report."""

import pytest

from intake.triage.checks import rule_problems
from intake.triage.engine import assess
from intake.triage.rules import BY_ID, RULES
from intake.triage.vocabulary import SAFETY_KEYS, validate
from tests.support.answers import answers

BACK = {"pain_present": "yes", "pain_sites": ["spine_lumbar"]}
NECK = {"pain_present": "yes", "pain_sites": ["spine_cervical"]}
THIGH = {"pain_present": "yes", "pain_sites": ["femur_left"]}
ARM = {"pain_present": "yes", "pain_sites": ["humerus_right"]}
OLD = {"pain_onset_days": 91}
SPINE_KNOWN = {"bone_mets_status": "suspected", "bone_mets_sites": ["sacrum"]}
NO_CANCER = {"cancer_history": "no", "bone_mets_status": "none_known"}

# rule: (fires, quiet)
CASES = {
    "E01": (
        [{"acute_general": [sign]} for sign in ("chest_pain", "trouble_breathing", "fainted", "seizure")]
        + [{"acute_general": [sign, "not_sure"]} for sign in ("stroke_signs", "heavy_bleeding", "hard_to_wake")],
        [{"acute_general": ["suicidal_thoughts"]}, {"acute_general": ["not_sure"]}],
    ),
    "E02": ([{"acute_general": ["suicidal_thoughts", "chest_pain"]}], [{"acute_general": ["chest_pain"]}]),
    "E03": (
        [
            {"bladder_change": "cannot_pass_urine"},
            {"bladder_change": "leaking_no_control", "bladder_onset_days": 3650},
        ],
        [{"bladder_change": "hard_to_start"}, {"bladder_change": "long_term_unchanged"}, {"bladder_onset_days": 1}],
    ),
    "E04": (
        [{"bowel_change": "no_control", "bowel_onset_days": 3650}],
        [{"bowel_change": "constipation_only"}, {"bowel_change": "long_term_unchanged"}, {"bowel_change": None}],
    ),
    "E05": (
        [{"numbness": ["saddle"]}, {"numbness": ["saddle", "not_sure"], "numbness_onset_days": 90}],
        [{"numbness": ["saddle"], "numbness_onset_days": 91}, {"numbness": ["legs"], "numbness_onset_days": 1}],
    ),
    "E06": (
        [
            {"leg_weakness": "severe"},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 14},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 90, **BACK},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 90, **SPINE_KNOWN},
        ],
        [
            {"leg_weakness": "severe", "leg_weakness_onset_days": 15},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 91, **BACK},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 15, **SPINE_KNOWN, "bone_mets_status": "not_sure"},
            {"leg_weakness": "mild", **BACK},
        ],
    ),
    "E07": (
        [{"leg_weakness": "mild", **BACK}, {"leg_weakness": "mild", "leg_weakness_onset_days": 14, **SPINE_KNOWN}],
        [{"leg_weakness": "mild"}, {"leg_weakness": "mild", "leg_weakness_onset_days": 15, **BACK}],
    ),
    "E08": (
        [{"walking_change": "cannot"}, {"walking_change": "cannot", "walking_change_days": 90, **BACK}],
        [
            {"walking_change": "cannot", "walking_change_days": 15},
            {"walking_change": "cannot", "walking_change_days": 91, **BACK},
            {"walking_change": "hard_but_can"},
        ],
    ),
    "E09": (
        [{"walking_change": "unsteady", **BACK}, {"walking_change": "hard_but_can", **SPINE_KNOWN}],
        [{"walking_change": "unsteady"}, {"walking_change": "unsteady", "walking_change_days": 15, **BACK}],
    ),
    "E10": (
        [{"numbness": ["legs"], **BACK}, {"numbness": ["trunk_band"], "numbness_onset_days": 14, **SPINE_KNOWN}],
        [
            {"numbness": ["arms"], **BACK},
            {"numbness": ["legs"]},
            {"numbness": ["legs"], "numbness_onset_days": 15, **BACK},
            {"numbness": ["hands_feet_tips"], **BACK},
        ],
    ),
    "E11": (
        [
            {"arm_weakness": "severe"},
            {"arm_weakness": "mild", **NECK},
            {"arm_weakness": "mild", "bone_mets_sites": ["spine_thoracic"]},
        ],
        [
            {"arm_weakness": "mild", **BACK},
            {"arm_weakness": "severe", "arm_weakness_onset_days": 15, **NECK},
            {"arm_weakness": "mild", "bone_mets_sites": ["spine_lumbar"]},
        ],
    ),
    "E12": (
        [
            {"bladder_change": "hard_to_start", **BACK},
            {"bladder_change": "hard_to_start", "leg_weakness": "mild", "leg_weakness_onset_days": 3000},
            {"bladder_change": "hard_to_start", "numbness": ["legs"], "numbness_onset_days": 3000},
        ],
        [
            {"bladder_change": "hard_to_start"},
            {"bladder_change": "hard_to_start", "bladder_onset_days": 15, **BACK},
            {"bladder_change": "hard_to_start", "numbness": ["arms"]},
        ],
    ),
    "E13": (
        [{**BACK, "pain_pattern": ["shoots_both_sides"]}],
        [{**THIGH, "pain_pattern": ["shoots_both_sides"]}, {**BACK, "pain_pattern": ["shoots_one_side"]}],
    ),
    "E14": (
        [{**BACK, "pain_pattern": [sign], "pain_trend": "worse_fast"} for sign in ("shoots_one_side", "band_like")],
        [
            {**BACK, "pain_pattern": ["band_like"], "pain_trend": "worse_slowly"},
            {**THIGH, "pain_pattern": ["shoots_one_side"], "pain_trend": "worse_fast"},
        ],
    ),
    "E15": (
        [{**BACK, "cannot_sit_or_stand": "yes"}],
        [{**BACK, "cannot_sit_or_stand": "not_sure"}, {**THIGH, "cannot_sit_or_stand": "yes"}],
    ),
    "E16": (
        [
            {**BACK, "injury_recent": "fall", "pain_worst": 7},
            {**BACK, "injury_recent": "major", "injury_days": 7, "pain_worst": 9},
        ],
        [
            {**BACK, "injury_recent": "minor", "pain_worst": 7},
            {**BACK, "injury_recent": "fall", "injury_days": 8, "pain_worst": 7},
            {**BACK, "injury_recent": "fall", "pain_worst": 6},
            {**BACK, "injury_recent": "fall", "pain_worst": 7, "bone_mets_status": "none_known"},
        ],
    ),
    "E17": (
        [
            {"hyperca_symptoms": ["confusion"]},
            {"hyperca_symptoms": ["confusion"], "hyperca_onset_days": 90},
            {"very_drowsy": "yes", "hyperca_onset_days": 3000},
        ],
        [{"hyperca_symptoms": ["confusion"], "hyperca_onset_days": 91}, {"very_drowsy": "not_sure"}],
    ),
    "E18": (
        [{"cannot_keep_fluids": "yes", "hyperca_symptoms": ["fatigue", "nausea", "constipation", "not_sure"]}],
        [
            {"cannot_keep_fluids": "yes", "hyperca_symptoms": ["fatigue", "nausea", "not_sure"]},
            {"cannot_keep_fluids": "yes", "hyperca_symptoms": ["fatigue", "nausea", "nausea"]},
            {"cannot_keep_fluids": "not_sure", "hyperca_symptoms": ["fatigue", "nausea", "constipation"]},
        ],
    ),
    "E19": (
        [{"calcium_corrected_mgdl": 14}, {"calcium_corrected_mgdl": 14.0}],
        [{"calcium_corrected_mgdl": 13.9}, {"calcium_corrected_mgdl": 13.99}],
    ),
    "E20": (
        [{"limb_deformity": "yes"}, {"limb_cold_or_blue": "yes"}],
        [{"limb_deformity": "not_sure", "limb_cold_or_blue": "not_sure"}],
    ),
    "E21": (
        [
            {"can_bear_weight": "no", **THIGH},
            {"can_bear_weight": "no", "snap_or_sudden_pain": "yes"},
            {"can_bear_weight": "no", "injury_recent": "minor", "injury_days": 300},
        ],
        [
            {"can_bear_weight": "no", **ARM},
            {"can_bear_weight": "with_pain", **THIGH},
            {"can_bear_weight": "not_applicable", **THIGH},
            {"can_bear_weight": None, **THIGH},
        ],
    ),
    "E22": (
        [
            {"cannot_use_arm": "yes", **ARM, "snap_or_sudden_pain": "yes"},
            {"cannot_use_arm": "yes", **ARM, "injury_recent": "minor", "injury_days": 300},
        ],
        [
            {"cannot_use_arm": "yes", **ARM},
            {"cannot_use_arm": "yes", **THIGH, "injury_recent": "fall"},
            {"cannot_use_arm": "not_sure", **ARM, "injury_recent": "fall"},
        ],
    ),
    "E23": (
        [
            {"fever": "chills_only", "systemic_therapy_6wk": "yes"},
            {"fever": "no", "temp_f": 100.4, "systemic_therapy_6wk": "not_sure"},
            {"fever": "yes", "systemic_therapy_6wk": None},
        ],
        [
            {"fever": "yes", "systemic_therapy_6wk": "no"},
            {"fever": "not_sure", "systemic_therapy_6wk": "yes", "temp_f": 100.3},
        ],
    ),
    "E24": ([{"opioid_side_effects": ["slow_breathing"]}], [{"opioid_side_effects": ["very_sleepy"]}]),
    "E25": (
        [{"ref_findings": [finding]} for finding in ("cord_compression_imaging", "cauda_equina_imaging")]
        + [{"ref_findings": ["pathologic_fracture"]}, {"escc_grade": "2"}, {"escc_grade": "3"}],
        [{"escc_grade": "1c"}, {"ref_findings": ["impending_fracture"]}],
    ),
    "U01": (
        [
            {**BACK, "pain_pattern": ["band_like"]},
            {**BACK, "pain_pattern": ["shoots_one_side"], "pain_trend": "better"},
        ],
        [
            {**BACK, "pain_pattern": ["band_like"], "pain_trend": "worse_fast"},
            {**THIGH, "pain_pattern": ["shoots_one_side"]},
        ],
    ),
    "U02": (
        [
            {**BACK, "spine_tender": "yes"},
            {**NECK, "pain_onset_days": 90},
            {**BACK, **OLD, "pain_trend": "worse_slowly"},
            {**BACK, "pain_pattern": ["constant_rest"], "pain_worst": 7},
            {**BACK, "pain_pattern": ["with_movement"], **NO_CANCER, "cancer_history": "not_sure"},
            {**BACK, "pain_pattern": ["wakes_from_sleep"], **NO_CANCER, "bone_mets_status": "not_sure"},
        ],
        [
            {**BACK},
            {**NECK, **OLD},
            {**NECK, **NO_CANCER},
            {**BACK, "pain_pattern": ["constant_rest"], "pain_worst": 6},
            {**THIGH, "pain_pattern": ["night_or_lying"]},
        ],
    ),
    "U03": (
        [
            {"leg_weakness": "mild"},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 15},
            {"leg_weakness": "mild", "leg_weakness_onset_days": 90, **BACK},
        ],
        [
            {"leg_weakness": "mild", **BACK},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 91},
            {"leg_weakness": "severe", "leg_weakness_onset_days": 14},
        ],
    ),
    "U04": (
        [{"arm_weakness": "mild", **BACK}, {"arm_weakness": "severe", "arm_weakness_onset_days": 90, **NECK}],
        [{"arm_weakness": "mild", **NECK}, {"arm_weakness": "mild", "arm_weakness_onset_days": 91}],
    ),
    "U05": (
        [{"walking_change": "unsteady"}, {"walking_change": "cannot", "walking_change_days": 15}],
        [{"walking_change": "unsteady", **BACK}, {"walking_change": "cannot"}, {"walking_change": "not_sure"}],
    ),
    "U06": (
        [
            {"numbness": ["arms"]},
            {"numbness": ["legs"]},
            {"numbness": ["arms"], **BACK},
            {"numbness": ["arms"], "numbness_onset_days": 90, **BACK},
            {"numbness": ["saddle"], "numbness_onset_days": 91},
        ],
        [
            {"numbness": ["legs", "arms"], **BACK},
            {"numbness": ["arms"], "numbness_onset_days": 15},
            {"numbness": ["hands_feet_tips"]},
        ],
    ),
    "U07": (
        [{"bladder_change": "hard_to_start"}, {"bladder_change": "hard_to_start", "bladder_onset_days": 90, **BACK}],
        [
            {"bladder_change": "hard_to_start", "bladder_onset_days": 91},
            {"bladder_change": "hard_to_start", **BACK},
        ],
    ),
    "U08": (
        [
            {"hyperca_symptoms": ["excess_thirst", "fatigue", "nausea"]},
            {"hyperca_symptoms": ["fatigue", "nausea", "constipation", "muscle_weakness", "loss_of_appetite"]},
            {"hyperca_symptoms": ["confusion"], "hyperca_onset_days": 91},
        ],
        [
            {"hyperca_symptoms": ["excess_thirst", "fatigue", "not_sure"]},
            {"hyperca_symptoms": ["fatigue", "nausea", "constipation", "muscle_weakness", "not_sure"]},
        ],
    ),
    "U09": ([{"cannot_keep_fluids": "yes"}], [{"cannot_keep_fluids": "not_sure"}]),
    "U10": (
        [
            {"calcium_corrected_mgdl": 12},
            {"calcium_corrected_mgdl": 13.9},
            {"calcium_corrected_mgdl": 10.5, "hyperca_symptoms": ["fatigue", "nausea"]},
        ],
        [
            {"calcium_corrected_mgdl": 14},
            {"calcium_corrected_mgdl": 11.9, "hyperca_symptoms": ["fatigue"]},
            {"calcium_corrected_mgdl": 10.4, "hyperca_symptoms": ["fatigue", "nausea"]},
        ],
    ),
    "U11": (
        [
            {**THIGH, "pain_pattern": ["with_movement"], "pain_worst": 7},
            {**THIGH, "pain_pattern": ["with_standing_or_walking"], "can_bear_weight": "with_pain"},
            {**ARM, "pain_pattern": ["with_movement"], "pain_worst": 7},
        ],
        [
            {**THIGH, "pain_pattern": ["with_movement"], "pain_worst": 6},
            {**ARM, "pain_pattern": ["with_standing_or_walking"], "pain_worst": 9},
            {**ARM, "pain_pattern": ["with_movement"], "can_bear_weight": "with_pain"},
        ],
    ),
    "U12": (
        [{**THIGH, "told_fracture_risk": "yes"}, {**ARM, "told_fracture_risk": "yes"}],
        [{**BACK, "told_fracture_risk": "yes"}, {**THIGH, "told_fracture_risk": "not_sure"}],
    ),
    "U13": (
        [
            {"snap_or_sudden_pain": "yes"},
            {"can_bear_weight": "no"},
            {"cannot_use_arm": "yes"},
            {"cannot_sit_or_stand": "yes"},
        ],
        [
            {"can_bear_weight": "no", **THIGH},
            {"cannot_use_arm": "yes", **ARM, "injury_recent": "fall"},
            {"cannot_sit_or_stand": "yes", **BACK},
        ],
    ),
    "U14": (
        [{**ARM, "injury_recent": "minor"}, {**ARM, "injury_recent": "fall", "injury_days": 7}],
        [
            {**ARM, "injury_recent": "fall", "injury_days": 8},
            {"injury_recent": "fall"},
            {**ARM, **NO_CANCER, "injury_recent": "fall"},
        ],
    ),
    "U15": (
        [
            {"pain_now": 8},
            {"pain_average": 7},
            {"pain_worst": 9},
            {"pain_worst": 8, "pain_relief": "little_none"},
            {"pain_worst": 8, "pain_relief": "no_medicine"},
        ],
        [{"pain_now": 7, "pain_average": 6, "pain_worst": 8}, {"pain_worst": 7, "pain_relief": "little_none"}],
    ),
    "U16": (
        [{"fever": "yes"}, {"temp_f": 100.4}],
        [{"fever": "yes", "systemic_therapy_6wk": None}, {"temp_f": 100.39}],
    ),
    "U17": (
        [
            {"opioid_side_effects": ["very_sleepy"]},
            {"opioid_use": "daily", "opioid_days_left": 2},
            {"opioid_use": "as_needed", "bm_days_since": 4},
        ],
        [
            {"opioid_use": "daily"},
            {"opioid_use": "as_needed", "opioid_days_left": 0},
            {"opioid_use": "none", "bm_days_since": 9},
            {"opioid_use": "daily", "opioid_days_left": 3, "bm_days_since": 3},
        ],
    ),
    "U18": (
        [
            {"hypoca_symptoms": ["muscle_cramps_spasm"], "bone_agent": "not_sure"},
            {"hypoca_symptoms": ["tingling_mouth_fingers"], "bone_agent": "other"},
        ],
        [{"hypoca_symptoms": ["muscle_cramps_spasm"]}, {"bone_agent": "denosumab"}],
    ),
    "U19": ([{"face_eye_swallow_change": "yes"}], [{"face_eye_swallow_change": "not_sure"}]),
    "U20": ([{"leg_swelling_one_side": "yes"}], [{"leg_swelling_one_side": "not_sure"}]),
    "U21": (
        [{"function_drop_2wk": "yes", "ecog_self": 3}],
        [
            {"function_drop_2wk": "yes", "ecog_self": 2},
            {"ecog_self": 4},
            {"function_drop_2wk": "yes", "ecog_self": None},
        ],
    ),
    "U22": (
        [
            {key: ["not_sure"] if key in ("acute_general", "numbness", "hyperca_symptoms") else "not_sure"}
            for key in SAFETY_KEYS
        ]
        + [
            {key: "not_sure"}
            for key in (
                "limb_cold_or_blue",
                "cannot_keep_fluids",
                "cannot_sit_or_stand",
                "snap_or_sudden_pain",
                "cannot_use_arm",
            )
        ],
        [
            {"cancer_history": "not_sure", "bone_mets_status": "not_sure", "told_fracture_risk": "not_sure"},
            dict.fromkeys(SAFETY_KEYS),
        ],
    ),
    "U23": (
        [{"escc_grade": "1c"}, {"sins_total": 13}, {"mirels_total": 9}]
        + [
            {"ref_findings": [finding]}
            for finding in (
                "impending_fracture",
                "uncontrolled_pain",
                "hypercalcemia_reported",
                "radicular_pain_reported",
            )
        ],
        [{"escc_grade": "1b"}, {"sins_total": 12}, {"mirels_total": 8}, {"escc_grade": "2"}],
    ),
    "U24": (
        [
            {"weight_loss_unplanned": "a_lot", "mirels_total": 8, "calcium_corrected_mgdl": 8},
            {"weight_loss_unplanned": "a_lot", "mirels_total": 8, "pain_worst": 7, "acute_general": ["chest_pain"]},
        ],
        [
            {"weight_loss_unplanned": "a_lot", "falls_30d": 2, "function_drop_2wk": "yes"},
            {"weight_loss_unplanned": "a_lot", "mirels_total": 8, "age_years": 17, "fever": None},
        ],
    ),
    "U25": ([{"calcium_corrected_mgdl": 7.4}], [{"calcium_corrected_mgdl": 7.5}]),
    "S01": (
        [{**THIGH}, {**THIGH, **OLD, "pain_trend": "worse_slowly"}, {**THIGH, "pain_onset_days": 90}],
        [{**THIGH, **OLD}, {**THIGH, **NO_CANCER}, {"pain_onset_days": 1}, {**THIGH, **OLD, "pain_trend": "better"}],
    ),
    "S02": (
        [{"pain_worst": 7}, {"pain_average": 4, "pain_relief": "little_none"}],
        [
            {"pain_worst": 6},
            {"pain_average": 4},
            {"pain_average": 3, "pain_relief": "little_none"},
            {"pain_average": 7, "pain_relief": "little_none"},
        ],
    ),
    "S03": (
        [{**NECK, **OLD}, {**BACK, **OLD, "pain_pattern": ["with_cough_strain"]}],
        [{**BACK, **OLD}, {**NECK}, {**NECK, **OLD, **NO_CANCER}],
    ),
    "S04": (
        [{**THIGH, "pain_pattern": ["with_standing_or_walking"]}, {**ARM, "pain_pattern": ["with_movement"]}],
        [
            {**THIGH, "pain_pattern": ["with_movement"], "pain_worst": 7},
            {**ARM, "pain_pattern": ["with_standing_or_walking"]},
        ],
    ),
    "S05": (
        [
            {"leg_weakness": "severe", "leg_weakness_onset_days": 91},
            {"arm_weakness": "mild", "arm_weakness_onset_days": 91},
            {"walking_change": "cannot", "walking_change_days": 91},
            {"numbness": ["arms"], "numbness_onset_days": 15},
            {"numbness": ["legs"], "numbness_onset_days": 91, **BACK},
            {"bladder_change": "hard_to_start", "bladder_onset_days": 91},
        ],
        [
            {"leg_weakness": "mild"},
            {"numbness": ["arms"], "numbness_onset_days": 15, **BACK},
            {"numbness": ["saddle"], "numbness_onset_days": 91},
            {"bladder_change": "long_term_unchanged", "bladder_onset_days": 91},
        ],
    ),
    "S06": (
        [
            {"hyperca_symptoms": ["excess_thirst", "fatigue"]},
            {"hyperca_symptoms": ["fatigue", "nausea", "constipation"]},
            {"hyperca_symptoms": ["fatigue", "nausea", "constipation", "loss_of_appetite"]},
        ],
        [
            {"hyperca_symptoms": ["excess_thirst", "fatigue", "nausea"]},
            {"hyperca_symptoms": ["fatigue", "nausea"]},
            {"hyperca_symptoms": ["fatigue", "nausea", "confusion"], "hyperca_onset_days": 91},
        ],
    ),
    "S07": (
        [{"calcium_corrected_mgdl": 10.5}, {"calcium_corrected_mgdl": 11.9, "hyperca_symptoms": ["fatigue"]}],
        [
            {"calcium_corrected_mgdl": 10.4},
            {"calcium_corrected_mgdl": 12},
            {"calcium_corrected_mgdl": 11, "hyperca_symptoms": ["fatigue", "nausea"]},
        ],
    ),
    "S08": ([{"jaw_problem": "yes", "bone_agent": "not_sure"}], [{"jaw_problem": "yes"}, {"bone_agent": "other"}]),
    "S09": (
        [{**THIGH, "bone_agent": "denosumab"}, {"pain_sites": ["hip_right"], "bone_agent": "other"}],
        [{**THIGH, "bone_agent": "not_sure"}, {"pain_sites": ["pelvis_left"], "bone_agent": "denosumab"}],
    ),
    "S10": ([{"weight_loss_unplanned": "a_lot"}], [{"weight_loss_unplanned": "a_little"}]),
    "S11": ([{"falls_30d": 2}], [{"falls_30d": 1}]),
    "S12": (
        [{"function_drop_2wk": "yes"}, {"function_drop_2wk": "yes", "ecog_self": None}],
        [{"function_drop_2wk": "yes", "ecog_self": 3}, {"function_drop_2wk": "not_sure"}],
    ),
    "S13": (
        [{"opioid_use": "daily", "opioid_days_left": days} for days in (3, 5)]
        + [{"opioid_use": "as_needed", "bm_days_since": 3}],
        [
            {"opioid_use": "daily", "opioid_days_left": 6, "bm_days_since": 2},
            {"opioid_use": "as_needed", "opioid_days_left": 4},
            {"opioid_use": "daily", "opioid_days_left": 2, "bm_days_since": 4},
        ],
    ),
    "S14": (
        [
            {"mirels_total": 8},
            {"sins_total": 7},
            {"sins_total": 12},
            {"ref_findings": ["solitary_lesion_unknown_primary"]},
        ],
        [{"mirels_total": 7, "sins_total": 6}, {"mirels_total": 9, "sins_total": 13}],
    ),
    "S15": ([{key: None} for key in SAFETY_KEYS], [{"temp_f": None, "cannot_keep_fluids": None}]),
    "S16": (
        [
            NO_CANCER,
            {"cancer_history": "not_sure", "bone_mets_status": "not_sure"},
            {"cancer_history": None, "bone_mets_status": None},
        ],
        [{**NO_CANCER, "cancer_history": "yes_past"}, {**NO_CANCER, "bone_mets_status": "suspected"}],
    ),
    "S17": ([{"age_years": 17}], [{"age_years": 18}, {"age_years": None}]),
    "S18": (
        [{"told_fracture_risk": "yes"}, {**BACK, "told_fracture_risk": "yes"}],
        [{**THIGH, "told_fracture_risk": "yes"}, {"told_fracture_risk": "not_sure"}],
    ),
    "S19": (
        [{"calcium_corrected_mgdl": 7.5}, {"calcium_corrected_mgdl": 8.4}],
        [{"calcium_corrected_mgdl": 8.5}, {"calcium_corrected_mgdl": 7.4}],
    ),
}


def cases(which):
    return [
        pytest.param(rule_id, changed, id=f"{rule_id}-{number}")
        for rule_id, both in CASES.items()
        for number, changed in enumerate(both[which], 1)
    ]


def test_every_rule_has_firing_and_quiet_cases():
    assert CASES.keys() == BY_ID.keys()
    assert all(fires and quiet for fires, quiet in CASES.values())


@pytest.mark.parametrize(("rule_id", "changed"), cases(0))
def test_rule_fires_on_its_condition(rule_id, changed):
    given = answers(**changed)
    assert validate(given) == []
    assert rule_id in assess(given).rules


@pytest.mark.parametrize(("rule_id", "changed"), cases(1))
def test_rule_stays_quiet_on_a_near_miss(rule_id, changed):
    given = answers(**changed)
    assert validate(given) == []
    assert rule_id not in assess(given).rules


def test_rule_table_has_69_rules_in_order_and_no_faults():
    ids = [rule.id for rule in RULES]
    assert ids == [
        *(f"E{n:02}" for n in range(1, 26)),
        *(f"U{n:02}" for n in range(1, 26)),
        *(f"S{n:02}" for n in range(1, 20)),
    ]
    assert rule_problems() == []


def test_rule_check_names_a_rule_without_source_or_message():
    broken = BY_ID["E01"].__class__("E99", "emergency", BY_ID["E01"].when, "reason", "")
    assert rule_problems((broken,)) == [
        "E99 needs a reason and a source",
        "E99 needs a message with a place in the precedence",
    ]


def test_no_rule_reads_who_fills_in_the_form():
    assert not any("filled_by" in rule.keys for rule in RULES)
    assert [rule.id for rule in RULES if "age_years" in rule.keys] == ["S17"]
