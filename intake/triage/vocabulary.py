"""The answers the rules read: every key, its type, its values and whether it is a safety key.

Pure: no Django, no models. `validate` reads an answer set as the rules mean it: an absent key and None are the
same, an unknown key is a fault even when its value is None, and each key is judged alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, Literal

Kind = Literal["enum", "set", "int", "decimal", "text"]

YES_NO_UNSURE = ("yes", "no", "not_sure")

SITES = (
    "skull", "jaw", "spine_cervical", "spine_thoracic", "spine_lumbar", "sacrum", "ribs_left", "ribs_right", "sternum",
    "shoulder_left", "shoulder_right", "humerus_left", "humerus_right", "forearm_left", "forearm_right",
    "pelvis_left", "pelvis_right", "hip_left", "hip_right", "femur_left", "femur_right",
    "lower_leg_left", "lower_leg_right", "other",
)  # fmt: skip

# Problems never repeat the value: it may be health information and ends in logs
UNKNOWN_KEY = "unknown key"
NOT_TEXT = "must be a string"
NOT_LIST = "must be a list of strings"
NOT_ALLOWED = "is not one of the allowed values"
NOT_NUMBER = "must be a number"
NOT_WHOLE = "must be a whole number"
NOT_FINITE = "must be a finite number"
OUT_OF_RANGE = "is out of range"
TOO_LONG = "is too long"


@dataclass(frozen=True, slots=True)
class Key:
    """One answer. `minimum` and `maximum` are both allowed; for text `maximum` counts Unicode code points."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 0
    safety: bool = False
    clinician_only: bool = False


def _enum(name: str, *values: str, safety: bool = False, clinician_only: bool = False) -> Key:
    return Key(name, "enum", values, safety=safety, clinician_only=clinician_only)


def _set(name: str, *values: str, safety: bool = False, clinician_only: bool = False) -> Key:
    return Key(name, "set", values, safety=safety, clinician_only=clinician_only)


def _int(name: str, minimum: int, maximum: int, *, clinician_only: bool = False) -> Key:
    return Key(name, "int", minimum=minimum, maximum=maximum, clinician_only=clinician_only)


def _decimal(name: str, minimum: int, maximum: int, *, clinician_only: bool = False) -> Key:
    return Key(name, "decimal", minimum=minimum, maximum=maximum, clinician_only=clinician_only)


def _onset(name: str) -> Key:
    """Days since something began; a form stores 3650 for anything older."""
    return _int(name, 0, 3650)


KEYS: tuple[Key, ...] = (
    _enum("filled_by", "patient", "caregiver", "staff_phone", "referring_clinician"),
    _int("age_years", 0, 120),
    _enum("cancer_history", "yes_current", "yes_past", "no", "not_sure"),
    _enum(
        "primary_site",
        "breast", "prostate", "lung", "kidney", "thyroid", "melanoma", "myeloma", "lymphoma", "colorectal", "other_gi",
        "gynecologic", "bladder", "head_neck", "sarcoma", "unknown_primary", "other", "not_sure",
    ),
    _enum("bone_mets_status", "confirmed", "suspected", "none_known", "not_sure"),
    _set("bone_mets_sites", *SITES),
    _enum("systemic_therapy_6wk", *YES_NO_UNSURE),
    _enum("bone_agent", "none", "zoledronic_acid", "pamidronate", "denosumab", "other", "not_sure"),
    _set(
        "acute_general",
        "chest_pain", "trouble_breathing", "fainted", "seizure", "stroke_signs", "heavy_bleeding", "hard_to_wake",
        "suicidal_thoughts", "not_sure",
        safety=True,
    ),
    _enum("pain_present", "yes", "no"),
    _set("pain_sites", *SITES),
    _int("pain_worst", 0, 10),
    _int("pain_average", 0, 10),
    _int("pain_now", 0, 10),
    _onset("pain_onset_days"),
    _enum("pain_trend", "better", "same", "worse_slowly", "worse_fast"),
    _set(
        "pain_pattern",
        "night_or_lying", "wakes_from_sleep", "with_movement", "with_standing_or_walking", "with_cough_strain",
        "band_like", "shoots_one_side", "shoots_both_sides", "constant_rest", "comes_and_goes", "relieved_by_rest",
    ),
    _enum("pain_relief", "good", "some", "little_none", "no_medicine"),
    _enum("spine_tender", *YES_NO_UNSURE),
    _enum("cannot_sit_or_stand", *YES_NO_UNSURE),
    _enum("leg_weakness", "none", "mild", "severe", "not_sure", safety=True),
    _onset("leg_weakness_onset_days"),
    _enum("arm_weakness", "none", "mild", "severe", "not_sure", safety=True),
    _onset("arm_weakness_onset_days"),
    _enum("walking_change", "none", "unsteady", "hard_but_can", "cannot", "not_sure", safety=True),
    _onset("walking_change_days"),
    _set("numbness", "saddle", "legs", "arms", "trunk_band", "hands_feet_tips", "not_sure", safety=True),
    _onset("numbness_onset_days"),
    _enum(
        "bladder_change",
        "none", "hard_to_start", "cannot_pass_urine", "leaking_no_control", "long_term_unchanged", "not_sure",
        safety=True,
    ),
    _onset("bladder_onset_days"),
    _enum(
        "bowel_change", "none", "constipation_only", "no_control", "long_term_unchanged", "not_sure", safety=True
    ),
    _onset("bowel_onset_days"),
    _enum("can_bear_weight", "yes", "with_pain", "no", "not_applicable", "not_sure", safety=True),
    _enum("limb_deformity", *YES_NO_UNSURE, safety=True),
    _enum("limb_cold_or_blue", *YES_NO_UNSURE),
    _enum("cannot_use_arm", *YES_NO_UNSURE),
    _enum("snap_or_sudden_pain", *YES_NO_UNSURE),
    _enum("told_fracture_risk", *YES_NO_UNSURE),
    _enum("injury_recent", "none", "minor", "fall", "major"),
    _int("injury_days", 0, 365),
    _set(
        "hyperca_symptoms",
        "fatigue", "muscle_weakness", "muscle_joint_aches", "constipation", "frequent_urination", "excess_thirst",
        "loss_of_appetite", "nausea", "vomiting", "confusion", "not_sure",
        safety=True,
    ),
    _onset("hyperca_onset_days"),
    _enum("very_drowsy", *YES_NO_UNSURE, safety=True),
    _enum("cannot_keep_fluids", *YES_NO_UNSURE),
    _enum("fever", "yes", "chills_only", "no", "not_sure", safety=True),
    _decimal("temp_f", 90, 110),
    _enum("opioid_use", "none", "as_needed", "daily"),
    _int("opioid_days_left", 0, 365),
    _int("bm_days_since", 0, 60),
    _set("opioid_side_effects", "very_sleepy", "slow_breathing", "nausea", "itch", "other"),
    _set("hypoca_symptoms", "tingling_mouth_fingers", "muscle_cramps_spasm"),
    _enum("jaw_problem", *YES_NO_UNSURE),
    _enum("face_eye_swallow_change", *YES_NO_UNSURE),
    _enum("leg_swelling_one_side", *YES_NO_UNSURE),
    _enum("function_drop_2wk", *YES_NO_UNSURE),
    _enum("mood_help_wanted", *YES_NO_UNSURE),
    _enum("opioid_bowel_regimen", *YES_NO_UNSURE),
    _enum("naloxone_at_home", *YES_NO_UNSURE),
    _int("ecog_self", 0, 4),
    _int("falls_30d", 0, 60),
    _enum("weight_loss_unplanned", "no", "a_little", "a_lot", "not_sure"),
    Key("what_matters", "text", maximum=1000),
    _set(
        "ref_findings",
        "cord_compression_imaging", "cauda_equina_imaging", "pathologic_fracture", "impending_fracture",
        "uncontrolled_pain", "hypercalcemia_reported", "radicular_pain_reported", "solitary_lesion_unknown_primary",
        clinician_only=True,
    ),
    _enum("escc_grade", "0", "1a", "1b", "1c", "2", "3", clinician_only=True),
    _int("sins_total", 0, 18, clinician_only=True),
    _int("mirels_total", 4, 12, clinician_only=True),
    _decimal("calcium_corrected_mgdl", 4, 20, clinician_only=True),
)  # fmt: skip

VOCABULARY: dict[str, Key] = {key.name: key for key in KEYS}
SAFETY_KEYS: tuple[str, ...] = tuple(key.name for key in KEYS if key.safety)


def _check_enum(key: Key) -> Callable[[Any], str | None]:
    allowed = frozenset(key.values)

    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return NOT_TEXT
        return None if value in allowed else NOT_ALLOWED

    return check


def _check_set(key: Key) -> Callable[[Any], str | None]:
    allowed = frozenset(key.values)

    def check(value: Any) -> str | None:
        if not isinstance(value, list):
            return NOT_LIST
        for item in value:
            if not isinstance(item, str):
                return NOT_LIST
            if item not in allowed:
                return NOT_ALLOWED
        return None

    return check


def _check_number(key: Key) -> Callable[[Any], str | None]:
    minimum, maximum, whole = key.minimum, key.maximum, key.kind == "int"

    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return NOT_NUMBER
        if not isinstance(value, int):
            # The range is judged before the fraction: taking the fraction of a huge Decimal is not cheap
            if not (value.is_finite() if isinstance(value, Decimal) else isfinite(value)):
                return NOT_FINITE
            if minimum <= value <= maximum and whole and value % 1 != 0:
                return NOT_WHOLE
        return None if minimum <= value <= maximum else OUT_OF_RANGE

    return check


def _check_text(key: Key) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return NOT_TEXT
        return None if len(value) <= key.maximum else TOO_LONG

    return check


_MAKERS = {
    "enum": _check_enum,
    "set": _check_set,
    "int": _check_number,
    "decimal": _check_number,
    "text": _check_text,
}
_CHECKS: dict[str, Callable[[Any], str | None]] = {key.name: _MAKERS[key.kind](key) for key in KEYS}


def validate(answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is wrong with an answer set, in the order of its keys: `[{"key", "problem"}, ...]`; empty when valid.

    None means "not answered" and is valid for every known key. One fault means that the whole set is refused.
    """
    problems = []
    for name, value in answers.items():
        check = _CHECKS.get(name)
        if check is None:
            problems.append({"key": name, "problem": UNKNOWN_KEY})
        elif value is not None:
            problem = check(value)
            if problem is not None:
                problems.append({"key": name, "problem": problem})
    return problems


def known(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Only the answers the rules may read, without the unanswered ones: a draft also holds names and phones."""
    return {name: value for name, value in answers.items() if name in VOCABULARY and value is not None}
