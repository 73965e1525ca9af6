"""The red-flag rules: rule set BM-TRIAGE/1, as data.

69 rules (25 EMERGENCY, 25 URGENT, 19 SOON). `R00` stands for "none fired". Each rule has an id that is never used
again for another meaning, a level, a condition that prints itself, the reason staff read, and its source. A change of
any rule needs a new RULE_SET; stored results keep the rule set they were made with.

Sources: S1 and S2 are the two public patient pages the service is modelled on, R numbers published references,
K is general clinical knowledge, P a proposal without a published source. All need the
sign-off of docs/clinical-safety.md. Pure: no Django, no models.
"""

from dataclasses import dataclass
from decimal import Decimal

from intake.triage.conditions import (
    Condition,
    all_of,
    answer,
    any_of,
    chronic,
    has,
    items_counted,
    meets,
    missing,
    named,
    not_empty,
    not_fired,
    number,
    recent,
    soon_domains,
    subacute,
    within90,
)
from intake.triage.vocabulary import SAFETY_KEYS, VOCABULARY

RULE_SET = "BM-TRIAGE/1"
NOTHING_FIRED = "R00"

EMERGENCY, URGENT, SOON, ROUTINE = "emergency", "urgent", "soon", "routine"
LEVELS = (ROUTINE, SOON, URGENT, EMERGENCY)  # low to high

LEVEL_MESSAGE = {URGENT: "M-URGENT", SOON: "M-SOON", ROUTINE: "M-ROUTINE"}
# Which message wins when EMERGENCY rules with different messages fire
PRECEDENCE = ("M-911", "M-OPIOID", "M-SPINE", "M-FRACTURE", "M-CALCIUM", "M-FEVER", "M-988")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the rule table.

    `message` is the patient message of an EMERGENCY rule; `message_unless` holds a condition and the message that
    replaces it when the condition is true. `domain` groups SOON rules for U24. `contact_hours` shortens the first
    contact. `visit_days` with `visit_if` shortens the time to the visit.
    """

    id: str
    level: str
    when: Condition
    reason: str
    source: str
    message: str = ""
    message_unless: tuple[Condition, str] | None = None
    domain: str = ""
    contact_hours: int | None = None
    visit_days: int | None = None
    visit_if: Condition | None = None
    after_others: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """Every answer the rule may read."""
        return self.when.keys


def _sides(*bones: str) -> frozenset[str]:
    return frozenset(f"{bone}_{side}" for bone in bones for side in ("left", "right"))


# Sites
SPINE = frozenset({"spine_cervical", "spine_thoracic", "spine_lumbar", "sacrum"})
UPPER_SPINE = frozenset({"spine_cervical", "spine_thoracic"})
LOWER = _sides("pelvis", "hip", "femur", "lower_leg")
UPPER = _sides("shoulder", "humerus", "forearm")
HIPFEM = _sides("hip", "femur")

# Signs of too much calcium: HC counts all of them
_HC_ITEMS = frozenset(VOCABULARY["hyperca_symptoms"].values) - {"not_sure"}
_CORE_ITEMS = frozenset({"excess_thirst", "frequent_urination", "vomiting"})


def _hc(text: str, at_least: int = 0, at_most: int | None = None) -> Condition:
    return items_counted("hyperca_symptoms", text, _HC_ITEMS, at_least=at_least, at_most=at_most)


CORE = items_counted("hyperca_symptoms", "one in CORE", _CORE_ITEMS, at_least=1)
NO_CORE = items_counted("hyperca_symptoms", "none in CORE", _CORE_ITEMS, at_most=0)

_METASTASES = answer("bone_mets_status", "confirmed", "suspected")

DEFINED: dict[str, Condition] = {
    "pain": answer("pain_present", "yes") | not_empty("pain_sites"),
    "spine_pain": meets("pain_sites", "SPINE", SPINE),
    "lower_pain": meets("pain_sites", "LOWER", LOWER),
    "upper_pain": meets("pain_sites", "UPPER", UPPER),
    "known_spine": _METASTASES & meets("bone_mets_sites", "SPINE", SPINE),
    "has_cancer": answer("cancer_history", "yes_current", "yes_past") | _METASTASES,
    "febrile": answer("fever", "yes", "chills_only") | number("temp_f", at_least=Decimal("100.4")),
    "AREA": has("numbness", "legs", "trunk_band", "arms"),
    "injury_this_week": number("injury_days", at_most=7, or_missing=True),
}
PAIN = named("pain", DEFINED["pain"])
SPINE_PAIN = named("spine_pain", DEFINED["spine_pain"])
LOWER_PAIN = named("lower_pain", DEFINED["lower_pain"])
UPPER_PAIN = named("upper_pain", DEFINED["upper_pain"])
KNOWN_SPINE = named("known_spine", DEFINED["known_spine"])
HAS_CANCER = named("has_cancer", DEFINED["has_cancer"])
FEBRILE = named("febrile", DEFINED["febrile"])
AREA = named("AREA", DEFINED["AREA"])
INJURY_THIS_WEEK = named("injury_this_week", DEFINED["injury_this_week"])

_UPPER_SPINE_PAIN = meets("pain_sites", "UPPER_SPINE", UPPER_SPINE)
_WORSE = answer("pain_trend", "worse_slowly", "worse_fast")
DEFINED |= {
    "spine_context": SPINE_PAIN | KNOWN_SPINE,
    "upper_spine_context": _UPPER_SPINE_PAIN | (KNOWN_SPINE & meets("bone_mets_sites", "UPPER_SPINE", UPPER_SPINE)),
    "new_or_worse": PAIN & (within90("pain") | _WORSE),
    "nice_feature": any_of(
        _UPPER_SPINE_PAIN,
        _WORSE,
        has("pain_pattern", "constant_rest") & number("pain_worst", at_least=7),
        has(
            "pain_pattern",
            "with_cough_strain",
            "night_or_lying",
            "wakes_from_sleep",
            "with_movement",
            "with_standing_or_walking",
        ),
        answer("spine_tender", "yes"),
    ),
    "may_have_cancer": any_of(HAS_CANCER, answer("cancer_history", "not_sure"), answer("bone_mets_status", "not_sure")),
    # The pattern of U11 and S04: pain in a limb when it is used
    "functional_limb_pain": (LOWER_PAIN & has("pain_pattern", "with_standing_or_walking", "with_movement"))
    | (UPPER_PAIN & has("pain_pattern", "with_movement")),
}
SPINE_CONTEXT = named("spine_context", DEFINED["spine_context"])
UPPER_SPINE_CONTEXT = named("upper_spine_context", DEFINED["upper_spine_context"])
NEW_OR_WORSE = named("new_or_worse", DEFINED["new_or_worse"])
NICE_FEATURE = named("nice_feature", DEFINED["nice_feature"])
MAY_HAVE_CANCER = named("may_have_cancer", DEFINED["may_have_cancer"])
FUNCTIONAL_LIMB_PAIN = named("functional_limb_pain", DEFINED["functional_limb_pain"])

# Phrases that several rules share
_RADICULAR = has("pain_pattern", "shoots_one_side", "band_like")
_FELL_OR_HIT = answer("injury_recent", "fall", "major")
_ANY_INJURY = answer("injury_recent", "minor", "fall", "major")
_SNAP = answer("snap_or_sudden_pain", "yes")
_NO_WEIGHT = answer("can_bear_weight", "no")
_ARM_LOST = answer("cannot_use_arm", "yes")
_CANNOT_SIT = answer("cannot_sit_or_stand", "yes")
_FLUIDS_LOST = answer("cannot_keep_fluids", "yes")
_UNSTEADY = answer("walking_change", "unsteady", "hard_but_can")
_WALKING_CHANGED = answer("walking_change", "unsteady", "hard_but_can", "cannot")
_LEG_WEAK = answer("leg_weakness", "mild", "severe")
_ARM_WEAK = answer("arm_weakness", "mild", "severe")
_HESITANCY = answer("bladder_change", "hard_to_start")
_BONE_DRUG = ("zoledronic_acid", "pamidronate", "denosumab", "other")
_ON_OPIOID = answer("opioid_use", "as_needed", "daily")
_DAILY_OPIOID = answer("opioid_use", "daily")
_PAIN_NOT_RELIEVED = answer("pain_relief", "little_none", "no_medicine")
_LIMB_MOVES_HURT = has("pain_pattern", "with_movement")
_LOWER_USE_HURTS = has("pain_pattern", "with_standing_or_walking", "with_movement")
_CALCIUM = "calcium_corrected_mgdl"
_CORD_REPORTED = has("ref_findings", "cord_compression_imaging", "cauda_equina_imaging") | answer(
    "escc_grade", "2", "3"
)
_SAFETY_SETS = ("acute_general", "numbness", "hyperca_symptoms")
_UNSURE_MATTERS_TOO = (
    "limb_cold_or_blue",
    "cannot_keep_fluids",
    "cannot_sit_or_stand",
    "snap_or_sudden_pain",
    "cannot_use_arm",
)


def _emergency(
    rule_id: str, when: Condition, reason: str, message: str, source: str, unless: tuple[Condition, str] | None = None
) -> Rule:
    return Rule(rule_id, EMERGENCY, when, reason, source, message=message, message_unless=unless)


def _urgent(
    rule_id: str,
    when: Condition,
    reason: str,
    source: str,
    *,
    contact_hours: int | None = None,
    after_others: bool = False,
) -> Rule:
    return Rule(rule_id, URGENT, when, reason, source, contact_hours=contact_hours, after_others=after_others)


def _soon(
    rule_id: str,
    domain: str,
    when: Condition,
    reason: str,
    source: str,
    *,
    visit_days: int | None = None,
    visit_if: Condition | None = None,
) -> Rule:
    return Rule(rule_id, SOON, when, reason, source, domain=domain, visit_days=visit_days, visit_if=visit_if)


EMERGENCY_RULES: tuple[Rule, ...] = (
    _emergency(
        "E01",
        has(
            "acute_general",
            "chest_pain",
            "trouble_breathing",
            "fainted",
            "seizure",
            "stroke_signs",
            "heavy_bleeding",
            "hard_to_wake",
        ),
        "General emergency reported",
        "M-911",
        "R44, K",
    ),
    _emergency(
        "E02", has("acute_general", "suicidal_thoughts"), "Suicidal thoughts: crisis path", "M-988", "988 Lifeline, K"
    ),
    _emergency(
        "E03",
        answer("bladder_change", "cannot_pass_urine", "leaking_no_control"),
        "New retention or incontinence: suspect cord or cauda equina",
        "M-SPINE",
        "S2 (medical emergency), S1, R41, R45",
    ),
    _emergency("E04", answer("bowel_change", "no_control"), "New bowel incontinence", "M-SPINE", "S2, R41"),
    _emergency(
        "E05",
        has("numbness", "saddle") & within90("numbness"),
        "Saddle numbness: suspect cauda equina",
        "M-SPINE",
        "R45 (under 14 days), R46 (under 3 months): the wider one used",
    ),
    _emergency(
        "E06",
        answer("leg_weakness", "severe") & (recent("leg_weakness") | (within90("leg_weakness") & SPINE_CONTEXT)),
        "Severe recent leg weakness",
        "M-SPINE",
        "S1, S2, R41; 90 days with spine context: P",
    ),
    _emergency(
        "E07",
        all_of(answer("leg_weakness", "mild"), recent("leg_weakness"), SPINE_CONTEXT),
        "Any leg weakness with spine pain or spine metastasis",
        "M-SPINE",
        "R41 (any limb weakness)",
    ),
    _emergency(
        "E08",
        answer("walking_change", "cannot") & (recent("walking_change") | (within90("walking_change") & SPINE_CONTEXT)),
        "Lost walking",
        "M-SPINE",
        "R41; 90 days with spine context: P",
    ),
    _emergency(
        "E09",
        all_of(_UNSTEADY, recent("walking_change"), SPINE_CONTEXT),
        "Gait change with spine pain or metastasis",
        "M-SPINE",
        "S1, R41, R47",
    ),
    _emergency(
        "E10",
        all_of(has("numbness", "legs", "trunk_band"), recent("numbness"), SPINE_CONTEXT),
        "Sensory loss with spine pain or metastasis",
        "M-SPINE",
        "S1 (legs, abdomen), R41",
    ),
    _emergency(
        "E11",
        recent("arm_weakness")
        & (answer("arm_weakness", "severe") | (answer("arm_weakness", "mild") & UPPER_SPINE_CONTEXT)),
        "Arm weakness: cervical or upper thoracic cord, or stroke",
        "M-SPINE",
        "S2, R41",
    ),
    _emergency(
        "E12",
        all_of(
            _HESITANCY, recent("bladder_change"), any_of(SPINE_CONTEXT, _LEG_WEAK, has("numbness", "saddle", "legs"))
        ),
        "Early bladder change with spinal signs",
        "M-SPINE",
        "R45",
    ),
    _emergency(
        "E13",
        SPINE_PAIN & has("pain_pattern", "shoots_both_sides"),
        "Pain down both legs or arms",
        "M-SPINE",
        "R45 (bilateral signs), R48",
    ),
    _emergency(
        "E14",
        all_of(SPINE_PAIN, _RADICULAR, answer("pain_trend", "worse_fast")),
        "Radicular pain worsening over days",
        "M-SPINE",
        "R41 (radicular pain: immediate contact), R47 (escalating pain)",
    ),
    _emergency(
        "E15",
        SPINE_PAIN & _CANNOT_SIT,
        "Movement-related pain suggesting unstable spine",
        "M-SPINE",
        "NG234 stabilization advice (K), SINS mechanical pain (R14)",
    ),
    _emergency(
        "E16",
        all_of(SPINE_PAIN, _FELL_OR_HIT, INJURY_THIS_WEEK, _METASTASES, number("pain_worst", at_least=7)),
        "Injury with severe spine pain and bone metastases",
        "M-SPINE",
        "S1 (fragile bones); threshold: P",
    ),
    _emergency(
        "E17",
        (has("hyperca_symptoms", "confusion") & within90("hyperca_symptoms")) | answer("very_drowsy", "yes"),
        "New confusion or drowsiness: calcium, brain, infection, medicine",
        "M-CALCIUM",
        "S2 (confusion, coma, kidney failure), R49",
    ),
    _emergency(
        "E18",
        _FLUIDS_LOST & _hc("HC ≥ 3", 3),
        "Dehydration with hypercalcemia signs",
        "M-CALCIUM",
        "S2 (IV fluids protect kidneys); threshold: P",
    ),
    _emergency("E19", number(_CALCIUM, at_least=14), "Severe hypercalcemia", "M-CALCIUM", "R50 (crisis band)"),
    _emergency(
        "E20",
        answer("limb_deformity", "yes") | answer("limb_cold_or_blue", "yes"),
        "Possible displaced fracture, or limb at risk",
        "M-FRACTURE",
        "S1 (fracture), K",
    ),
    _emergency(
        "E21",
        _NO_WEIGHT & any_of(LOWER_PAIN, _SNAP, _ANY_INJURY),
        "Cannot bear weight: suspected fracture",
        "M-FRACTURE",
        "R51 (red flag: inability to bear weight); minor injury: P",
    ),
    _emergency(
        "E22",
        all_of(_ARM_LOST, UPPER_PAIN, _SNAP | _ANY_INJURY),
        "Suspected arm fracture",
        "M-FRACTURE",
        "S1, R1 (sudden severe pain)",
    ),
    _emergency(
        "E23",
        FEBRILE & ~answer("systemic_therapy_6wk", "no"),
        "Fever on cancer treatment",
        "M-FEVER",
        "R52 (100.4 °F, call at any hour, can be an emergency); unanswered counts as not sure: P",
    ),
    _emergency("E24", has("opioid_side_effects", "slow_breathing"), "Opioid toxicity", "M-OPIOID", "R53"),
    _emergency(
        "E25",
        _CORD_REPORTED | has("ref_findings", "pathologic_fracture"),
        "Clinician-reported emergency",
        "M-FRACTURE",
        "R15, R13 (radiation plus dexamethasone, surgery first when eligible)",
        unless=(_CORD_REPORTED, "M-SPINE"),
    ),
)

URGENT_RULES: tuple[Rule, ...] = (
    _urgent(
        "U01",
        all_of(SPINE_PAIN, _RADICULAR, not_fired("E14")),
        "Radicular or band-like pain, contact within 1 hour",
        "R41 lists radicular pain under immediate contact: our 1-hour nurse call is that contact; P",
        contact_hours=1,
    ),
    _urgent(
        "U02",
        all_of(MAY_HAVE_CANCER, SPINE_PAIN, NEW_OR_WORSE, NICE_FEATURE),
        "Spinal pain suggesting metastases, contact within 24 hours, ask about MRI within 1 week",
        "R41 (upper or middle spine, progressive, severe unremitting, straining, tender, night), "
        "mechanical pain from NG234 (K); cancer not sure counts: P",
    ),
    _urgent(
        "U03",
        all_of(answer("leg_weakness", "mild"), recent("leg_weakness"), ~SPINE_CONTEXT)
        | (_LEG_WEAK & subacute("leg_weakness")),
        "Leg weakness",
        "R41; windows: P",
    ),
    _urgent(
        "U04",
        all_of(answer("arm_weakness", "mild"), recent("arm_weakness"), ~UPPER_SPINE_CONTEXT)
        | (_ARM_WEAK & subacute("arm_weakness")),
        "Arm weakness",
        "R41; windows: P",
    ),
    _urgent(
        "U05",
        all_of(_UNSTEADY, recent("walking_change"), ~SPINE_CONTEXT) | (_WALKING_CHANGED & subacute("walking_change")),
        "Walking change",
        "R41; windows: P",
    ),
    _urgent(
        "U06",
        any_of(
            all_of(AREA, recent("numbness"), not_fired("E10")),
            all_of(AREA, subacute("numbness"), SPINE_CONTEXT),
            has("numbness", "saddle") & chronic("numbness"),
        ),
        "Sensory change",
        "S2 (arms or legs); windows: P",
    ),
    _urgent("U07", all_of(_HESITANCY, within90("bladder_change"), not_fired("E12")), "Bladder hesitancy", "R45"),
    _urgent(
        "U08",
        any_of(
            _hc("HC ≥ 3", 3) & CORE,
            _hc("HC ≥ 5", 5),
            has("hyperca_symptoms", "confusion") & chronic("hyperca_symptoms"),
        ),
        "Possible hypercalcemia: same-day calcium, albumin, creatinine",
        "S2 (list); counts: P",
    ),
    _urgent("U09", _FLUIDS_LOST, "Dehydration risk", "K"),
    _urgent(
        "U10",
        number(_CALCIUM, at_least=12, below=14)
        | (number(_CALCIUM, at_least=Decimal("10.5"), below=12) & _hc("HC ≥ 2", 2)),
        "Moderate or symptomatic hypercalcemia",
        "R50 (bands)",
    ),
    _urgent(
        "U11",
        all_of(LOWER_PAIN, _LOWER_USE_HURTS, number("pain_worst", at_least=7) | answer("can_bear_weight", "with_pain"))
        | all_of(UPPER_PAIN, _LIMB_MOVES_HURT, number("pain_worst", at_least=7)),
        "Functional pain: impending fracture risk, protect limb, X-ray of whole bone",
        "S1 (activity pain, impending fracture), R16 (functional pain most accurate predictor), "
        "R54 (pain over 6 predicts fracture)",
    ),
    _urgent("U12", answer("told_fracture_risk", "yes") & (LOWER_PAIN | UPPER_PAIN), "Known impending fracture", "S1"),
    _urgent(
        "U13",
        any_of(_SNAP, _NO_WEIGHT & not_fired("E21"), _ARM_LOST & not_fired("E22"), _CANNOT_SIT & not_fired("E15")),
        "Possible fracture",
        "R1, R51; cannot_sit_or_stand: P",
    ),
    _urgent("U14", all_of(_ANY_INJURY, INJURY_THIS_WEEK, PAIN, HAS_CANCER), "Injury with bone pain", "S1"),
    _urgent(
        "U15",
        any_of(
            number("pain_now", at_least=8),
            number("pain_average", at_least=7),
            number("pain_worst", at_least=9),
            number("pain_worst", at_least=8) & _PAIN_NOT_RELIEVED,
        ),
        "Uncontrolled pain",
        "severe = 7 to 10: K; numbers: P",
    ),
    _urgent("U16", FEBRILE & answer("systemic_therapy_6wk", "no"), "Fever (with spine pain think of infection)", "K"),
    _urgent(
        "U17",
        any_of(
            has("opioid_side_effects", "very_sleepy"),
            _DAILY_OPIOID & number("opioid_days_left", at_most=2),
            _ON_OPIOID & number("bm_days_since", at_least=4),
        ),
        "Opioid safety, supply or bowel",
        "R53, K",
    ),
    _urgent(
        "U18",
        not_empty("hypoca_symptoms") & answer("bone_agent", *_BONE_DRUG, "not_sure"),
        "Possible low calcium after bone drug",
        "R18 (label)",
    ),
    _urgent("U19", answer("face_eye_swallow_change", "yes"), "Skull-base or cranial nerve sign", "K"),
    _urgent("U20", answer("leg_swelling_one_side", "yes"), "Possible clot", "K"),
    _urgent("U21", answer("function_drop_2wk", "yes") & number("ecog_self", at_least=3), "Rapid decline", "K"),
    _urgent(
        "U22",
        any_of(
            *(
                has(key, "not_sure") if key in _SAFETY_SETS else answer(key, "not_sure")
                for key in (*SAFETY_KEYS, *_UNSURE_MATTERS_TOO)
            )
        ),
        "Unsure on a question about an emergency",
        "P",
    ),
    _urgent(
        "U23",
        any_of(
            answer("escc_grade", "1c"),
            number("sins_total", at_least=13),
            number("mirels_total", at_least=9),
            has(
                "ref_findings",
                "impending_fracture",
                "uncontrolled_pain",
                "hypercalcemia_reported",
                "radicular_pain_reported",
            ),
        ),
        "Clinician finding",
        "R14, R15, R16; radicular pain as U01: R41, P",
    ),
    _urgent(
        "U24", soon_domains(3), "Several concerns together", "R55 (2 or more ambers escalate); 3: P", after_others=True
    ),
    _urgent(
        "U25",
        number(_CALCIUM, below=Decimal("7.5")),
        "Low calcium: same-day contact, blood test, ask about bone drug",
        "limit: P",
    ),
)

SOON_RULES: tuple[Rule, ...] = (
    _soon(
        "S01",
        "pain",
        HAS_CANCER & NEW_OR_WORSE,
        "New or growing bone pain",
        "S2 (sudden new pain), S1 (gradually increasing)",
    ),
    _soon(
        "S02",
        "pain",
        number("pain_worst", at_least=7) | (number("pain_average", at_least=4, at_most=6) & _PAIN_NOT_RELIEVED),
        "Pain needs a plan",
        "K",
    ),
    _soon(
        "S03",
        "pain",
        all_of(SPINE_PAIN, HAS_CANCER, ~NEW_OR_WORSE, NICE_FEATURE),
        "Long-standing spine pain with features",
        "R41, P",
    ),
    _soon("S04", "pain", not_fired("U11") & FUNCTIONAL_LIMB_PAIN, "Mild functional limb pain", "R16"),
    _soon(
        "S05",
        "neuro",
        any_of(
            _LEG_WEAK & chronic("leg_weakness"),
            _ARM_WEAK & chronic("arm_weakness"),
            _WALKING_CHANGED & chronic("walking_change"),
            AREA & (chronic("numbness") | (subacute("numbness") & ~SPINE_CONTEXT)),
            _HESITANCY & chronic("bladder_change"),
        ),
        "Long-standing nerve sign",
        "P",
    ),
    _soon(
        "S06",
        "calcium",
        not_fired("U08") & ((_hc("HC = 2", 2, 2) & CORE) | (_hc("HC in (3, 4)", 3, 4) & NO_CORE)),
        "Some calcium signs: check blood",
        "S2, P",
    ),
    _soon(
        "S07",
        "calcium",
        number(_CALCIUM, at_least=Decimal("10.5"), below=12) & _hc("HC < 2", 0, 1),
        "Mild hypercalcemia",
        "R50",
    ),
    _soon(
        "S08",
        "bone_agent",
        answer("jaw_problem", "yes") & answer("bone_agent", *_BONE_DRUG, "not_sure"),
        "Possible jaw osteonecrosis",
        "R18 (label)",
    ),
    _soon(
        "S09",
        "bone_agent",
        meets("pain_sites", "HIPFEM", HIPFEM) & answer("bone_agent", *_BONE_DRUG),
        "Think of atypical femoral fracture too; image both femurs",
        "R18 (label)",
    ),
    _soon("S10", "function", answer("weight_loss_unplanned", "a_lot"), "Weight loss", "K"),
    _soon("S11", "function", number("falls_30d", at_least=2), "Falls", "K"),
    _soon(
        "S12",
        "function",
        answer("function_drop_2wk", "yes") & number("ecog_self", below=3, or_missing=True),
        "Decline",
        "K",
    ),
    _soon(
        "S13",
        "medicine",
        (_DAILY_OPIOID & number("opioid_days_left", at_least=3, at_most=5))
        | (_ON_OPIOID & number("bm_days_since", at_least=3, at_most=3)),
        "Supply or bowel soon",
        "K",
    ),
    _soon(
        "S14",
        "clinician",
        any_of(
            number("mirels_total", at_least=8, at_most=8),
            number("sins_total", at_least=7, at_most=12),
            has("ref_findings", "solitary_lesion_unknown_primary"),
        ),
        "Clinician finding",
        "R14, R16, R17",
        visit_days=3,
        visit_if=has("ref_findings", "solitary_lesion_unknown_primary"),
    ),
    _soon("S15", "admin", any_of(*(missing(key) for key in SAFETY_KEYS)), "Incomplete: nurse completes by phone", "P"),
    _soon("S16", "admin", ~HAS_CANCER, "Check right clinic; suggest primary care", "P"),
    _soon("S17", "admin", number("age_years", below=18), "Adult clinic: staff redirect", "P"),
    _soon(
        "S18",
        "pain",
        answer("told_fracture_risk", "yes") & ~(LOWER_PAIN | UPPER_PAIN),
        "Known impending fracture without limb pain",
        "S1, P",
    ),
    _soon(
        "S19",
        "calcium",
        number(_CALCIUM, at_least=Decimal("7.5"), below=Decimal("8.5")),
        "Calcium below normal",
        "low band; limit: P",
    ),
)

RULES: tuple[Rule, ...] = (*EMERGENCY_RULES, *URGENT_RULES, *SOON_RULES)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}


def rule(rule_id: str) -> Rule | None:
    """The rule with this id, for showing its reason and source; None for `R00` and ids this rule set does not have."""
    return BY_ID.get(rule_id)
