"""The question catalogue: the 12 safety questions, asked first, one a page, and the rest of the intake.

Every wording stands here once for patients and once for caregivers. Values are those of `intake.triage.vocabulary`;
a system check compares the two. Left and right are the patient's own.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from intake.symptoms.body_map import REGIONS, SIDES_HELP, SITE_LABELS
from intake.symptoms.catalogue import (
    NONE,
    UNKNOWN,
    Answers,
    FollowUp,
    Option,
    Page,
    Question,
    Words,
    same,
    stored,
)
from intake.triage.rules import LOWER, SPINE, UPPER

CATALOGUE_VERSION = "BM-QUESTIONS/1"

SAFETY_SECTION, CANCER, PAIN, MEDICINE, DAILY_LIFE = "safety", "cancer", "pain", "medicine", "daily-life"
SECTION_TITLES = {
    SAFETY_SECTION: _("Urgent check"),
    CANCER: _("Cancer"),
    PAIN: _("Pain and bones"),
    MEDICINE: _("Medicine"),
    DAILY_LIFE: _("Daily life"),
}
SAFETY_HELP = _("This form is not watched all the time. If you think you have an emergency, call 911.")
NOT_ANSWERED = _("Not answered")
DAYS, TIMES = _("days"), _("times")

_YES, _NO, _UNSURE = same(_("Yes")), same(_("No")), same(_("I am not sure"))
_NONE_OF_THESE = Option(NONE, same(_("None of these")), [], exclusive=True)
_NONE = Option(NONE, same(_("None")), [], exclusive=True)
NO, YES, NOT_SURE = Option("no", _NO), Option("yes", _YES), Option("not_sure", _UNSURE)
NO_YES, NO_YES_UNSURE, YES_NO_UNSURE = (NO, YES), (NO, YES, NOT_SURE), (YES, NO, NOT_SURE)


def _o(value: str, patient: Any, caregiver: Any = None, **more: Any) -> Option:
    return Option(value, Words(patient, caregiver if caregiver is not None else patient), **more)


# Branching: who is asked what. An answer that is hidden is not answered; a safety question is never hidden.


def has_pain(answers: Answers) -> bool:
    """Pain pages: only for those who said that they have pain."""
    return answers.get("pain_present") == "yes"


def fever_positive(answers: Answers) -> bool:
    """The treatment question then stands on the page of the fever."""
    return answers.get("fever") in ("yes", "chills_only")


def _no_fever(answers: Answers) -> bool:
    return not fever_positive(answers)


def _bones_known(answers: Answers) -> bool:
    return answers.get("bone_mets_status") in ("confirmed", "suspected")


def _places(answers: Answers) -> frozenset[str]:
    return frozenset(answers.get("pain_sites") or ()) if has_pain(answers) else frozenset()


def _back_hurts(answers: Answers) -> bool:
    return not SPINE.isdisjoint(_places(answers))


def limb_concern(answers: Answers) -> bool:
    """A limb or the pelvis hurts, or a safety answer about arms or legs is not a plain "no"."""
    return (
        not (LOWER | UPPER).isdisjoint(_places(answers))
        or answers.get("can_bear_weight") in ("with_pain", "no", "not_sure")
        or answers.get("limb_deformity") in ("yes", "not_sure")
        or answers.get("limb_cold_or_blue") == "yes"
        or any(answers.get(key) in ("mild", "severe", "not_sure") for key in ("leg_weakness", "arm_weakness"))
    )


def _on_opioids(answers: Answers) -> bool:
    return answers.get("opioid_use") in ("as_needed", "daily")


def _on_bone_drug(answers: Answers) -> bool:
    """Also when the person is not sure of the drug: the rules count that answer too."""
    return answers.get("bone_agent") not in (None, "none")


_STARTED = same(_("When did this start?"))
_NEWEST_STARTED = Words(_("When did the newest one start?"), _("When did the newest one start?"))


def _onset(key: str, *when: str, many: bool = False) -> FollowUp:
    question = Question(
        key,
        "days_ago",
        _NEWEST_STARTED if many else _STARTED,
        _("Start of the newest one") if many else _("Start"),
        section=SAFETY_SECTION,
    )
    return FollowUp(question, frozenset(when))


SYSTEMIC_THERAPY = Question(
    "systemic_therapy_6wk",
    "one",
    Words(
        _("In the past 6 weeks, did you have cancer treatment with drugs, such as chemo, pills, or a drip?"),
        _("In the past 6 weeks, did the patient have cancer treatment with drugs, such as chemo, pills, or a drip?"),
    ),
    _("Cancer drugs in the past 6 weeks"),
    YES_NO_UNSURE,
    section=CANCER,
)

SAFETY: tuple[Question, ...] = (
    Question(
        "acute_general",
        "many",
        same(_("Is any of this happening right now?")),
        _("Happening right now"),
        (
            _o("chest_pain", _("Chest pain or pressure")),
            _o("trouble_breathing", _("Hard to breathe")),
            _o("fainted", _("Fainted or passed out")),
            _o("seizure", _("A seizure")),
            _o("stroke_signs", _("Face drooping, slurred speech, or one side suddenly weak")),
            _o("heavy_bleeding", _("Bleeding that will not stop")),
            _o("hard_to_wake", _("Very hard to wake up")),
            _o("suicidal_thoughts", _("Thoughts of ending my life"), _("Thoughts of ending their life")),
            _NONE_OF_THESE,
            NOT_SURE,
        ),
        section=SAFETY_SECTION,
    ),
    Question(
        "leg_weakness",
        "one",
        Words(_("Are your legs weak in a new way?"), _("Are the patient's legs weak in a new way?")),
        _("Leg weakness"),
        (
            Option("none", _NO),
            _o("mild", _("Yes, a little. Stairs or getting up from a chair is harder")),
            _o(
                "severe",
                _("Yes, a lot. My legs give way or will not move"),
                _("Yes, a lot. Their legs give way or will not move"),
            ),
            NOT_SURE,
        ),
        follow_ups=(_onset("leg_weakness_onset_days", "mild", "severe"),),
        section=SAFETY_SECTION,
    ),
    Question(
        "arm_weakness",
        "one",
        Words(
            _("Are your arms or hands weak in a new way?"),
            _("Are the patient's arms or hands weak in a new way?"),
        ),
        _("Arm weakness"),
        (
            Option("none", _NO),
            _o(
                "mild",
                _("Yes, a little. I drop things or buttons are hard"),
                _("Yes, a little. They drop things or buttons are hard"),
            ),
            _o(
                "severe",
                _("Yes, a lot. I cannot lift my arm or use my hand"),
                _("Yes, a lot. They cannot lift their arm or use their hand"),
            ),
            NOT_SURE,
        ),
        follow_ups=(_onset("arm_weakness_onset_days", "mild", "severe"),),
        section=SAFETY_SECTION,
    ),
    Question(
        "walking_change",
        "one",
        Words(_("Has your walking changed?"), _("Has the patient's walking changed?")),
        _("Walking"),
        (
            Option("none", _NO),
            _o("unsteady", _("I feel unsteady"), _("They feel unsteady")),
            _o("hard_but_can", _("It is hard, but I can walk"), _("It is hard, but they can walk")),
            _o("cannot", _("I can no longer walk"), _("They can no longer walk")),
            NOT_SURE,
        ),
        follow_ups=(_onset("walking_change_days", "unsteady", "hard_but_can", "cannot"),),
        section=SAFETY_SECTION,
    ),
    Question(
        "numbness",
        "many",
        Words(
            _("Do you have new numbness or tingling? Pick all that fit."),
            _("Does the patient have new numbness or tingling? Pick all that fit."),
        ),
        _("Numbness"),
        (
            _o(
                "saddle",
                _("Around my bottom, private parts, or inner thighs"),
                _("Around their bottom, private parts, or inner thighs"),
            ),
            _o("legs", _("In my legs or feet"), _("In their legs or feet")),
            _o("arms", _("In my arms or hands"), _("In their arms or hands")),
            _o(
                "trunk_band",
                _("In a band around my chest or belly"),
                _("In a band around their chest or belly"),
            ),
            _o(
                "hands_feet_tips",
                _("Only in the tips of my fingers or toes"),
                _("Only in the tips of their fingers or toes"),
            ),
            _NONE,
            NOT_SURE,
        ),
        follow_ups=(
            _onset("numbness_onset_days", "saddle", "legs", "arms", "trunk_band", "hands_feet_tips", many=True),
        ),
        section=SAFETY_SECTION,
    ),
    Question(
        "bladder_change",
        "one",
        Words(_("Do you have trouble with peeing?"), _("Does the patient have trouble with peeing?")),
        _("Bladder"),
        (
            Option("none", _NO),
            _o("hard_to_start", _("It is hard to start, or the flow is weak")),
            _o("cannot_pass_urine", _("I cannot pee at all"), _("They cannot pee at all")),
            _o(
                "leaking_no_control",
                _("I leak or cannot control it, and this is new"),
                _("They leak or cannot control it, and this is new"),
            ),
            _o("long_term_unchanged", _("Yes, but it has been the same for a long time")),
            NOT_SURE,
        ),
        follow_ups=(_onset("bladder_onset_days", "hard_to_start", "cannot_pass_urine", "leaking_no_control"),),
        section=SAFETY_SECTION,
    ),
    Question(
        "bowel_change",
        "one",
        Words(
            _("Do you have trouble with your bowels?"),
            _("Does the patient have trouble with their bowels?"),
        ),
        _("Bowels"),
        (
            Option("none", _NO),
            _o("constipation_only", _("I am constipated"), _("They are constipated")),
            _o(
                "no_control",
                _("I lost control, or I cannot feel when I need to go"),
                _("They lost control, or they cannot feel when they need to go"),
            ),
            _o("long_term_unchanged", _("Yes, but it has been the same for a long time")),
            NOT_SURE,
        ),
        follow_ups=(_onset("bowel_onset_days", "constipation_only", "no_control"),),
        section=SAFETY_SECTION,
    ),
    Question(
        "can_bear_weight",
        "one",
        Words(_("Can you put weight on each leg?"), _("Can the patient put weight on each leg?")),
        _("Weight on each leg"),
        (
            YES,
            _o("with_pain", _("Yes, but it hurts")),
            NO,
            _o(
                "not_applicable",
                _("I do not walk. I use a wheelchair or stay in bed"),
                _("They do not walk. They use a wheelchair or stay in bed"),
            ),
            NOT_SURE,
        ),
        section=SAFETY_SECTION,
    ),
    Question(
        "limb_deformity",
        "one",
        same(_("Does an arm or leg look bent, twisted, or shorter than before?")),
        _("Shape of an arm or leg"),
        NO_YES_UNSURE,
        follow_ups=(
            FollowUp(
                Question(
                    "limb_cold_or_blue",
                    "tick",
                    same(_("An arm or leg is cold, blue, or numb")),
                    _("Cold, blue, or numb arm or leg"),
                    section=SAFETY_SECTION,
                )
            ),
        ),
        section=SAFETY_SECTION,
    ),
    Question(
        "very_drowsy",
        "one",
        Words(
            _("Are you much sleepier than normal, or hard to wake?"),
            _("Is the patient much sleepier than normal, or hard to wake?"),
        ),
        _("Sleepiness"),
        NO_YES_UNSURE,
        section=SAFETY_SECTION,
    ),
    Question(
        "fever",
        "one",
        Words(
            _("Do you have a fever of 100.4 °F (38 °C) or more, or shaking chills?"),
            _("Does the patient have a fever of 100.4 °F (38 °C) or more, or shaking chills?"),
        ),
        _("Fever"),
        (
            NO,
            _o("yes", _("Yes, I have a fever"), _("Yes, they have a fever")),
            _o(
                "chills_only",
                _("I have chills but no thermometer"),
                _("They have chills, but we have no thermometer"),
            ),
            NOT_SURE,
        ),
        follow_ups=(
            FollowUp(
                Question(
                    "temp_f",
                    "temperature",
                    Words(_("What is your temperature?"), _("What is their temperature?")),
                    _("Temperature"),
                    unit=_("°F"),
                    section=SAFETY_SECTION,
                ),
                frozenset({"yes"}),
            ),
            FollowUp(SYSTEMIC_THERAPY, frozenset({"yes", "chills_only"})),
        ),
        section=SAFETY_SECTION,
    ),
    Question(
        "hyperca_symptoms",
        "many",
        Words(
            _("In the past week, have you had any of these more than normal? Pick all that fit."),
            _("In the past week, has the patient had any of these more than normal? Pick all that fit."),
        ),
        _("In the past week, more than normal"),
        (
            _o("fatigue", _("Very tired")),
            _o("muscle_weakness", _("Weak muscles")),
            _o("muscle_joint_aches", _("Sore muscles or joints")),
            _o("constipation", _("Hard to pass stool")),
            _o("frequent_urination", _("Peeing often")),
            _o("excess_thirst", _("Very thirsty")),
            _o("loss_of_appetite", _("Not hungry")),
            _o("nausea", _("Sick to my stomach"), _("Sick to their stomach")),
            _o("vomiting", _("Throwing up")),
            _o("confusion", _("Confused or mixed up")),
            _NONE_OF_THESE,
            NOT_SURE,
        ),
        follow_ups=(
            _onset(
                "hyperca_onset_days",
                "fatigue",
                "muscle_weakness",
                "muscle_joint_aches",
                "constipation",
                "frequent_urination",
                "excess_thirst",
                "loss_of_appetite",
                "nausea",
                "vomiting",
                "confusion",
                many=True,
            ),
        ),
        section=SAFETY_SECTION,
    ),
)

_SITE_OPTIONS = tuple(Option(value, same(label)) for region in REGIONS for value, label in region.sites)

_CANCER_PAGES: tuple[Page, ...] = (
    Page(
        "cancer",
        _("About the cancer"),
        CANCER,
        (
            Question(
                "cancer_history",
                "one",
                Words(
                    _("Has a doctor told you that you have, or had, cancer?"),
                    _("Has a doctor said that the patient has, or had, cancer?"),
                ),
                _("Cancer"),
                (
                    _o("yes_current", _("Yes, I have cancer now"), _("Yes, they have cancer now")),
                    _o("yes_past", _("Yes, in the past")),
                    NO,
                    NOT_SURE,
                ),
                section=CANCER,
            ),
            Question(
                "primary_site",
                "one",
                same(_("Where did the cancer start?")),
                _("Where the cancer started"),
                (
                    _o("breast", _("Breast")),
                    _o("prostate", _("Prostate")),
                    _o("lung", _("Lung")),
                    _o("kidney", _("Kidney")),
                    _o("thyroid", _("Thyroid")),
                    _o("melanoma", _("Melanoma, a skin cancer")),
                    _o("myeloma", _("Myeloma")),
                    _o("lymphoma", _("Lymphoma")),
                    _o("colorectal", _("Colon or rectum")),
                    _o("other_gi", _("Stomach, liver, pancreas, or food pipe")),
                    _o("gynecologic", _("Womb, ovary, or cervix")),
                    _o("bladder", _("Bladder")),
                    _o("head_neck", _("Mouth, throat, or neck")),
                    _o("sarcoma", _("Sarcoma")),
                    _o("unknown_primary", _("The doctors do not know where")),
                    _o("other", _("Another place")),
                    _o("not_sure", _("I do not know")),
                ),
                section=CANCER,
            ),
        ),
    ),
    Page(
        "cancer-in-bone",
        _("Cancer in the bones"),
        CANCER,
        (
            Question(
                "bone_mets_status",
                "one",
                Words(
                    _("Has a doctor said the cancer is in your bones?"),
                    _("Has a doctor said the cancer is in the patient's bones?"),
                ),
                _("Cancer in the bones"),
                (
                    _o("confirmed", _("Yes, it is sure")),
                    _o("suspected", _("Maybe, tests are not done")),
                    Option("none_known", _NO),
                    NOT_SURE,
                ),
                section=CANCER,
            ),
        ),
    ),
    Page(
        "bones-named",
        _("Bones with cancer"),
        CANCER,
        (
            Question(
                "bone_mets_sites",
                "sites",
                same(_("Which bones did the doctor name?")),
                _("Bones the doctor named"),
                (*_SITE_OPTIONS, Option(UNKNOWN, same(_("I do not know")), None, exclusive=True)),
                help=Words(*SIDES_HELP),
                applies=_bones_known,
                section=CANCER,
            ),
        ),
    ),
    Page(
        "cancer-drugs",
        _("Cancer drugs"),
        CANCER,
        (
            # The same question as on the fever page, asked here of those who have no fever
            Question(
                SYSTEMIC_THERAPY.key,
                SYSTEMIC_THERAPY.kind,
                SYSTEMIC_THERAPY.text,
                SYSTEMIC_THERAPY.short,
                SYSTEMIC_THERAPY.options,
                applies=_no_fever,
                section=CANCER,
            ),
            Question(
                "bone_agent",
                "one",
                Words(
                    _("Do you get a drug to make your bones stronger?"),
                    _("Does the patient get a drug to make their bones stronger?"),
                ),
                _("Bone drug"),
                (
                    Option("none", _NO),
                    _o("zoledronic_acid", _("Zoledronic acid (Zometa), by drip")),
                    _o("pamidronate", _("Pamidronate (Aredia), by drip")),
                    _o("denosumab", _("Denosumab (Xgeva, Prolia), a shot")),
                    _o("other", _("Another drug")),
                    NOT_SURE,
                ),
                section=CANCER,
            ),
        ),
    ),
)

_PAIN_PAGES: tuple[Page, ...] = (
    Page(
        "pain",
        _("Pain"),
        PAIN,
        (
            Question(
                "pain_present",
                "one",
                Words(
                    _("Do you have pain in your bones, back, or joints?"),
                    _("Does the patient have pain in their bones, back, or joints?"),
                ),
                _("Pain in bones, back, or joints"),
                (YES, NO),
                section=PAIN,
            ),
        ),
    ),
    Page(
        "pain-where",
        _("Where it hurts"),
        PAIN,
        (
            Question(
                "pain_sites",
                "sites",
                same(_("Where does it hurt? Pick all places. You can tap the picture or use the list.")),
                _("Where it hurts"),
                _SITE_OPTIONS,
                help=Words(*SIDES_HELP),
                applies=has_pain,
                section=PAIN,
            ),
        ),
    ),
    Page(
        "pain-level",
        _("How bad the pain is"),
        PAIN,
        (
            Question(
                "pain_worst",
                "scale",
                Words(
                    _("Think about the past 24 hours. How bad was your pain at its worst?"),
                    _("Think about the past 24 hours. How bad was the patient's pain at its worst?"),
                ),
                _("Worst pain in 24 hours"),
                help=Words(
                    _("0 is no pain. 10 is the worst pain you can think of."),
                    _("0 is no pain. 10 is the worst pain they can think of."),
                ),
                applies=has_pain,
                section=PAIN,
            ),
            Question(
                "pain_average",
                "scale",
                Words(
                    _("In the past 24 hours, how bad was your pain most of the time?"),
                    _("In the past 24 hours, how bad was the patient's pain most of the time?"),
                ),
                _("Usual pain in 24 hours"),
                applies=has_pain,
                section=PAIN,
            ),
            Question(
                "pain_now",
                "scale",
                Words(_("How bad is your pain right now?"), _("How bad is the patient's pain right now?")),
                _("Pain now"),
                applies=has_pain,
                section=PAIN,
            ),
        ),
    ),
    Page(
        "pain-time",
        _("When the pain started"),
        PAIN,
        (
            Question(
                "pain_onset_days",
                "days_ago",
                same(_("When did this pain start?")),
                _("Start of the pain"),
                applies=has_pain,
                section=PAIN,
            ),
            Question(
                "pain_trend",
                "one",
                same(_("In the past 2 weeks, how has the pain changed?")),
                _("Change in 2 weeks"),
                (
                    _o("better", _("It is getting better")),
                    _o("same", _("It is the same")),
                    _o("worse_slowly", _("It is slowly getting worse")),
                    _o("worse_fast", _("It got much worse in the past few days")),
                ),
                applies=has_pain,
                section=PAIN,
            ),
        ),
    ),
    Page(
        "pain-pattern",
        _("What the pain is like"),
        PAIN,
        (
            Question(
                "pain_pattern",
                "many",
                same(_("What is the pain like? Pick all that fit.")),
                _("What the pain is like"),
                (
                    _o(
                        "night_or_lying",
                        _("Worse at night or when I lie down"),
                        _("Worse at night or when they lie down"),
                    ),
                    _o("wakes_from_sleep", _("It wakes me up"), _("It wakes them up")),
                    _o(
                        "with_movement",
                        _("Worse when I move or use that part"),
                        _("Worse when they move or use that part"),
                    ),
                    _o(
                        "with_standing_or_walking",
                        _("Worse when I stand or walk"),
                        _("Worse when they stand or walk"),
                    ),
                    _o(
                        "with_cough_strain",
                        _("Worse when I cough, sneeze, or strain"),
                        _("Worse when they cough, sneeze, or strain"),
                    ),
                    _o(
                        "band_like",
                        _("Like a tight band around my chest or belly"),
                        _("Like a tight band around their chest or belly"),
                    ),
                    _o("shoots_one_side", _("It shoots down one arm or leg")),
                    _o("shoots_both_sides", _("It shoots down both arms or both legs")),
                    _o("constant_rest", _("It is there all the time, even at rest")),
                    _o("comes_and_goes", _("It comes and goes")),
                    _o("relieved_by_rest", _("Rest makes it better")),
                ),
                applies=has_pain,
                section=PAIN,
            ),
        ),
    ),
    Page(
        "pain-relief",
        _("Pain medicine"),
        PAIN,
        (
            Question(
                "pain_relief",
                "one",
                Words(
                    _("How well does your pain medicine work?"),
                    _("How well does the patient's pain medicine work?"),
                ),
                _("How well pain medicine works"),
                (
                    _o("good", _("It works well")),
                    _o("some", _("It helps some")),
                    _o("little_none", _("It helps little or not at all")),
                    _o("no_medicine", _("I do not take pain medicine"), _("They do not take pain medicine")),
                ),
                applies=has_pain,
                section=PAIN,
            ),
        ),
    ),
    Page(
        "back",
        _("Back pain"),
        PAIN,
        (
            Question(
                "spine_tender",
                "one",
                Words(
                    _("Does it hurt when someone taps or presses on your backbone?"),
                    _("Does it hurt when someone taps or presses on the patient's backbone?"),
                ),
                _("Backbone sore to touch"),
                NO_YES_UNSURE,
                applies=_back_hurts,
                section=PAIN,
            ),
            Question(
                "cannot_sit_or_stand",
                "one",
                Words(
                    _("Is your back pain so bad that you cannot sit or stand up?"),
                    _("Is the patient's back pain so bad that they cannot sit or stand up?"),
                ),
                _("Cannot sit or stand for pain"),
                NO_YES_UNSURE,
                applies=_back_hurts,
                section=PAIN,
            ),
        ),
    ),
    Page(
        "limb",
        _("Arms and legs"),
        PAIN,
        (
            Question(
                "snap_or_sudden_pain",
                "one",
                Words(
                    _("Did you hear or feel a snap, or did strong pain start all at once?"),
                    _("Did the patient hear or feel a snap, or did strong pain start all at once?"),
                ),
                _("Snap or sudden strong pain"),
                NO_YES_UNSURE,
                applies=limb_concern,
                section=PAIN,
            ),
            Question(
                "cannot_use_arm",
                "one",
                Words(
                    _("Have you lost the use of an arm because of pain?"),
                    _("Has the patient lost the use of an arm because of pain?"),
                ),
                _("Lost use of an arm"),
                NO_YES_UNSURE,
                applies=limb_concern,
                section=PAIN,
            ),
        ),
    ),
    Page(
        "injury",
        _("Falls and weak bones"),
        PAIN,
        (
            Question(
                "injury_recent",
                "one",
                Words(
                    _("Did you fall or get hurt in the past week?"),
                    _("Did the patient fall or get hurt in the past week?"),
                ),
                _("Injury in the past week"),
                (
                    Option("none", _NO),
                    _o("minor", _("A small bump or twist")),
                    _o("fall", _("A fall")),
                    _o("major", _("A hard hit, such as a car crash")),
                ),
                follow_ups=(
                    FollowUp(
                        Question(
                            "injury_days",
                            "number",
                            same(_("How many days ago?")),
                            _("Days since the injury"),
                            unit=DAYS,
                            section=PAIN,
                        ),
                        frozenset({"minor", "fall", "major"}),
                    ),
                ),
                section=PAIN,
            ),
            Question(
                "told_fracture_risk",
                "one",
                Words(
                    _("Has a doctor told you that a bone may break?"),
                    _("Has a doctor said that one of the patient's bones may break?"),
                ),
                _("Told that a bone may break"),
                NO_YES_UNSURE,
                section=PAIN,
            ),
        ),
    ),
)

_MEDICINE_PAGES: tuple[Page, ...] = (
    Page(
        "fluids",
        _("Fluids"),
        MEDICINE,
        (
            Question(
                "cannot_keep_fluids",
                "one",
                Words(
                    _("In the past day, have you been able to keep fluids down?"),
                    _("In the past day, has the patient been able to keep fluids down?"),
                ),
                _("Keeps fluids down"),
                # The question is put the other way round than the key: "Yes" means no trouble
                (Option("no", _YES), Option("yes", _NO), NOT_SURE),
                section=MEDICINE,
            ),
        ),
    ),
    Page(
        "strong-pain-pills",
        _("Strong pain pills"),
        MEDICINE,
        (
            Question(
                "opioid_use",
                "one",
                Words(
                    _("Do you take strong pain pills, such as oxycodone, morphine, hydrocodone, or a fentanyl patch?"),
                    _(
                        "Does the patient take strong pain pills, such as oxycodone, morphine, hydrocodone, "
                        "or a fentanyl patch?"
                    ),
                ),
                _("Strong pain pills"),
                (
                    Option("none", _NO),
                    _o("as_needed", _("Some days")),
                    _o("daily", _("Every day")),
                ),
                section=MEDICINE,
            ),
        ),
    ),
    Page(
        "pain-pill-safety",
        _("Taking strong pain pills safely"),
        MEDICINE,
        (
            Question(
                "opioid_days_left",
                "number",
                Words(
                    _("How many days of this medicine do you have left?"),
                    _("How many days of this medicine does the patient have left?"),
                ),
                _("Days of medicine left"),
                applies=_on_opioids,
                unit=DAYS,
                section=MEDICINE,
            ),
            Question(
                "bm_days_since",
                "number",
                Words(
                    _("How many days ago was your last bowel movement?"),
                    _("How many days ago was the patient's last bowel movement?"),
                ),
                _("Days since last bowel movement"),
                applies=_on_opioids,
                unit=DAYS,
                section=MEDICINE,
            ),
            Question(
                "opioid_bowel_regimen",
                "one",
                Words(
                    _("Do you take something each day to keep your bowels moving?"),
                    _("Does the patient take something each day to keep their bowels moving?"),
                ),
                _("Daily bowel medicine"),
                (YES, NO),
                applies=_on_opioids,
                section=MEDICINE,
            ),
            Question(
                "opioid_side_effects",
                "many",
                same(_("Does this medicine cause any of these?")),
                _("Effects of the medicine"),
                (
                    _o("very_sleepy", _("I am very sleepy"), _("They are very sleepy")),
                    _o("slow_breathing", _("My breathing gets slow"), _("Their breathing gets slow")),
                    _o("nausea", _("Sick to my stomach"), _("Sick to their stomach")),
                    _o("itch", _("Itching")),
                    _o("other", _("Something else")),
                    _NONE,
                ),
                applies=_on_opioids,
                section=MEDICINE,
            ),
            Question(
                "naloxone_at_home",
                "one",
                Words(
                    _("Do you have naloxone (Narcan) spray at home?"),
                    _("Does the patient have naloxone (Narcan) spray at home?"),
                ),
                _("Naloxone at home"),
                YES_NO_UNSURE,
                applies=_on_opioids,
                section=MEDICINE,
            ),
        ),
    ),
    Page(
        "bone-drug-effects",
        _("Effects of the bone drug"),
        MEDICINE,
        (
            Question(
                "jaw_problem",
                "one",
                Words(
                    _("Do you have jaw pain, a loose tooth, or a sore in your mouth that will not heal?"),
                    _("Does the patient have jaw pain, a loose tooth, or a sore in their mouth that will not heal?"),
                ),
                _("Jaw or mouth problem"),
                NO_YES,
                applies=_on_bone_drug,
                section=MEDICINE,
            ),
            Question(
                "hypoca_symptoms",
                "many",
                Words(
                    _("Since your last bone shot or drip, have you had tingling around your mouth, or muscle cramps?"),
                    _(
                        "Since their last bone shot or drip, has the patient had tingling around the mouth, "
                        "or muscle cramps?"
                    ),
                ),
                _("Tingling or cramps after the bone drug"),
                (
                    _o("tingling_mouth_fingers", _("Tingling")),
                    _o("muscle_cramps_spasm", _("Cramps")),
                    Option(NONE, _NO, [], exclusive=True),
                ),
                applies=_on_bone_drug,
                section=MEDICINE,
            ),
        ),
    ),
)

_DAILY_LIFE_PAGES: tuple[Page, ...] = (
    Page(
        "daily-life",
        _("Daily life"),
        DAILY_LIFE,
        (
            Question(
                "ecog_self",
                "one",
                Words(
                    _("Which one fits you best in the past week?"),
                    _("Which one fits the patient best in the past week?"),
                ),
                _("Daily life in the past week"),
                (
                    _o(
                        "0",
                        _("I can do all that I did before I got sick"),
                        _("They can do all that they did before they got sick"),
                    ),
                    _o(
                        "1",
                        _("Hard work is tough, but I walk and can do light work"),
                        _("Hard work is tough, but they walk and can do light work"),
                    ),
                    _o(
                        "2",
                        _("I care for myself but cannot work. I am up more than half of the day"),
                        _("They care for themselves but cannot work. They are up more than half of the day"),
                    ),
                    _o(
                        "3",
                        _("I need some help to care for myself. I am in bed or a chair more than half of the day"),
                        _(
                            "They need some help to care for themselves. "
                            "They are in bed or a chair more than half of the day"
                        ),
                    ),
                    _o(
                        "4",
                        _("I need help with all things. I am in bed or a chair all day"),
                        _("They need help with all things. They are in bed or a chair all day"),
                    ),
                ),
                section=DAILY_LIFE,
            ),
            Question(
                "function_drop_2wk",
                "one",
                Words(
                    _("Can you do much less now than you could 2 weeks ago?"),
                    _("Can the patient do much less now than they could 2 weeks ago?"),
                ),
                _("Does much less than 2 weeks ago"),
                NO_YES,
                section=DAILY_LIFE,
            ),
            Question(
                "falls_30d",
                "number",
                Words(
                    _("How many times did you fall in the past month?"),
                    _("How many times did the patient fall in the past month?"),
                ),
                _("Falls in the past month"),
                unit=TIMES,
                section=DAILY_LIFE,
            ),
        ),
    ),
    Page(
        "weight",
        _("Weight"),
        DAILY_LIFE,
        (
            Question(
                "weight_loss_unplanned",
                "one",
                Words(
                    _("In the past 3 months, did you lose weight without trying?"),
                    _("In the past 3 months, did the patient lose weight without trying?"),
                ),
                _("Weight loss"),
                (
                    NO,
                    _o("a_little", _("A little")),
                    _o("a_lot", _("A lot, more than 10 pounds")),
                    NOT_SURE,
                ),
                section=DAILY_LIFE,
            ),
        ),
    ),
    Page(
        "face-and-leg",
        _("Face and legs"),
        DAILY_LIFE,
        (
            Question(
                "face_eye_swallow_change",
                "one",
                Words(
                    _("Do you have new double vision, a numb face or chin, or trouble when you swallow?"),
                    _("Does the patient have new double vision, a numb face or chin, or trouble when they swallow?"),
                ),
                _("Vision, face, or swallowing"),
                NO_YES_UNSURE,
                section=DAILY_LIFE,
            ),
            Question(
                "leg_swelling_one_side",
                "one",
                same(_("Is one leg more swollen, red, or sore than the other?")),
                _("One leg swollen, red, or sore"),
                NO_YES_UNSURE,
                section=DAILY_LIFE,
            ),
        ),
    ),
    Page(
        "support",
        _("Support"),
        DAILY_LIFE,
        (
            Question(
                "mood_help_wanted",
                "one",
                Words(
                    _("Would you like to talk with someone about worry, sadness, money, rides, or help at home?"),
                    _(
                        "Would the patient like to talk with someone about worry, sadness, money, rides, "
                        "or help at home?"
                    ),
                ),
                _("Wants to talk about worry, money, rides, or help"),
                (YES, NO),
                section=DAILY_LIFE,
            ),
        ),
    ),
    Page(
        "what-matters",
        _("What matters most"),
        DAILY_LIFE,
        (
            Question(
                "what_matters",
                "text",
                Words(
                    _("What matters most to you right now? What would you like us to help you do?"),
                    _("What matters most to the patient right now? What would they like us to help them do?"),
                ),
                _("What matters most"),
                help=same(_("Up to 1,000 letters")),
                section=DAILY_LIFE,
            ),
        ),
    ),
)

SAFETY_PAGES: tuple[Page, ...] = tuple(
    Page(question.key.replace("_", "-"), question.short, SAFETY_SECTION, (question,), help=SAFETY_HELP)
    for question in SAFETY
)
INTAKE: tuple[Page, ...] = (*_CANCER_PAGES, *_PAIN_PAGES, *_MEDICINE_PAGES, *_DAILY_LIFE_PAGES)
PAGES: tuple[Page, ...] = (*SAFETY_PAGES, *INTAKE)


def wording_for(filled_by: str | None) -> str:
    """ "caregiver" when somebody answers for the patient, else "patient": what staff take down is kept in that one."""
    return "caregiver" if filled_by == "caregiver" else "patient"


# Checked for danger, or a scale whose words are part of it (pain of 0 to 10, domain 2.3): staff on the phone read these
# aloud as they stand. Everything else they may ask in their own words.
READ_ALOUD = frozenset(question.key for page in SAFETY_PAGES for question in page.questions) | {
    "pain_worst", "pain_average", "pain_now"
}  # fmt: skip


def find_question(key: str) -> Question | None:
    """The question of an answer key, follow-ups included; None for keys no patient is asked."""
    return _BY_KEY.get(key)


def asked(answers: Answers) -> Iterator[Question]:
    """Every question these answers call for, follow-ups included, in the order of the pages."""
    for page in PAGES:
        for question in page.questions:
            yield from question.asked(answers)


def cleared(answers: Answers) -> dict[str, Any]:
    """The answers with None for every question that is no longer asked; other keys are left as they are.

    Repeated until nothing changes: a question that goes may take others with it.
    """
    kept = dict(answers)
    while True:
        wanted = {question.key for question in asked(kept)}
        hidden = [key for key in _BY_KEY if key not in wanted and kept.get(key) is not None]
        if not hidden:
            return kept
        kept.update(dict.fromkeys(hidden))


def label_for(question: Question, value: Any, wording: str = "patient") -> str:
    """A stored answer in the words that were shown."""
    if value is None:
        return str(NOT_ANSWERED)
    if question.options:
        if isinstance(value, list):
            chosen = question.posted(value)
            return "; ".join(o.label.shown(wording) for o in question.options if o.value in chosen)
        return "; ".join(o.label.shown(wording) for o in question.options if stored(question, o) == value) or str(value)
    if question.kind == "days_ago":
        days = int(value)
        return _now("Today") if days == 0 else ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    if question.kind == "tick":
        return _now("Yes") if value == "yes" else _now("No")
    if question.kind == "scale":
        return _now("%(number)s of 10") % {"number": value}
    if question.unit is DAYS:
        return ngettext("%(count)d day", "%(count)d days", value) % {"count": value}
    if question.unit is TIMES:
        return ngettext("%(count)d time", "%(count)d times", value) % {"count": value}
    return f"{value} {question.unit}".strip()


def snapshot(answers: Answers, wording: str = "patient") -> list[dict[str, Any]]:
    """Every question asked, as asked: `{"key", "question", "value", "label"}`, in the order of the pages.

    Questions that were asked and left open are listed with value None, so that staff see the gap.
    """
    return [
        {
            "key": question.key,
            "question": question.text.shown(wording),
            "value": answers.get(question.key),
            "label": label_for(question, answers.get(question.key), wording),
        }
        for question in asked(answers)
    ]


_BY_KEY: dict[str, Question] = {}
for _page in PAGES:
    for _question in _page.questions:
        for _one in _question.walk():
            _BY_KEY.setdefault(_one.key, _one)

__all__ = [
    "CATALOGUE_VERSION",
    "INTAKE",
    "NOT_ANSWERED",
    "PAGES",
    "SAFETY",
    "SAFETY_HELP",
    "SAFETY_PAGES",
    "SECTION_TITLES",
    "SITE_LABELS",
    "asked",
    "cleared",
    "find_question",
    "label_for",
    "snapshot",
    "wording_for",
]
