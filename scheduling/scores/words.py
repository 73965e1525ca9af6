"""Words of the scores for staff: items, codes, bands, cautions, and what to do about an emergency."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from scheduling.scores import calcium, mirels, scoring, sins

KIND_WORDS: Mapping[str, Any] = {
    scoring.MIRELS: _lazy("Mirels score"),
    scoring.SINS: _lazy("SINS"),
    scoring.ESCC: _lazy("ESCC grade (Bilsky)"),
    scoring.CALCIUM: _lazy("Corrected calcium"),
    scoring.ECOG: _lazy("ECOG performance status"),
}
KIND_HINTS: Mapping[str, Any] = {
    scoring.MIRELS: _lazy("Risk of fracture, one lesion of a long bone"),
    scoring.SINS: _lazy("Stability of the spine, one level"),
    scoring.ESCC: _lazy("Pressure on the spinal cord, one level"),
    scoring.CALCIUM: _lazy("Blood calcium, corrected for albumin"),
    scoring.ECOG: _lazy("Daily activity as you see it, beside what the patient said"),
}
BONE_WORDS: Mapping[str, Any] = {
    "humerus_left": _lazy("Left humerus"),
    "humerus_right": _lazy("Right humerus"),
    "forearm_left": _lazy("Left radius or ulna"),
    "forearm_right": _lazy("Right radius or ulna"),
    "hip_left": _lazy("Left hip (upper end of the femur)"),
    "hip_right": _lazy("Right hip (upper end of the femur)"),
    "femur_left": _lazy("Left femur"),
    "femur_right": _lazy("Right femur"),
    "lower_leg_left": _lazy("Left tibia or fibula"),
    "lower_leg_right": _lazy("Right tibia or fibula"),
}
ITEM_WORDS: Mapping[str, Any] = {
    "site": _lazy("Site"),
    "pain": _lazy("Pain"),
    "lesion": _lazy("Lesion"),
    "size": _lazy("Size, as a share of the bone's diameter"),
    "location": _lazy("Location"),
    "alignment": _lazy("Alignment"),
    "collapse": _lazy("Collapse of the vertebral body"),
    "posterolateral": _lazy("Posterolateral involvement"),
    "grade": _lazy("Grade"),
    "ecog": _lazy("ECOG"),
    "calcium": _lazy("Total calcium"),
    "albumin": _lazy("Albumin"),
    "ionized": _lazy("Ionized calcium"),
    "lab_low": _lazy("Laboratory's lower limit"),
    "lab_high": _lazy("Laboratory's upper limit"),
}
CODE_WORDS: Mapping[str, Mapping[str, Any]] = {
    "site": {
        "upper_limb": _lazy("Upper limb"),
        "lower_limb": _lazy("Lower limb"),
        "peritrochanteric": _lazy("Peritrochanteric"),
    },
    "mirels_pain": {
        "mild": _lazy("Mild or none"),
        "moderate": _lazy("Moderate"),
        "functional": _lazy("Functional: worse when the limb is used"),
    },
    "sins_pain": {
        "mechanical": _lazy("Mechanical: better lying down, or worse with movement or load"),
        "occasional_not_mechanical": _lazy("Occasional, not mechanical"),
        "painless": _lazy("No pain"),
    },
    "lesion": {"blastic": _lazy("Blastic"), "mixed": _lazy("Mixed"), "lytic": _lazy("Lytic")},
    "size": {
        "lt_1_3": _lazy("Less than 1/3"),
        "1_3_to_2_3": _lazy("1/3 to 2/3"),
        "gt_2_3": _lazy("More than 2/3"),
    },
    "location": {
        "junctional": _lazy("Junctional (C1-C2, C7-T2, T11-L1, L5-S1)"),
        "mobile": _lazy("Mobile (C3-C6, L2-L4)"),
        "semirigid": _lazy("Semirigid (T3-T10)"),
        "rigid": _lazy("Rigid (S2-S5)"),
    },
    "alignment": {
        "subluxation_translation": _lazy("Subluxation or translation"),
        "de_novo_deformity": _lazy("New deformity (kyphosis or scoliosis)"),
        "normal": _lazy("Normal"),
    },
    "collapse": {
        "gt_50": _lazy("More than 50 %"),
        "lt_50": _lazy("50 % or less"),
        "none_gt_50_body_involved": _lazy("No collapse, more than 50 % of the body involved"),
        "none_of_above": _lazy("None of these"),
    },
    "posterolateral": {"bilateral": _lazy("Both sides"), "unilateral": _lazy("One side"), "none": _lazy("None")},
    "grade": {
        "0": _lazy("0: tumor in bone only"),
        "1a": _lazy("1a: epidural, thecal sac not deformed"),
        "1b": _lazy("1b: thecal sac deformed, cord not touched"),
        "1c": _lazy("1c: thecal sac deformed, cord touched, not compressed"),
        "2": _lazy("2: cord compressed, CSF still visible"),
        "3": _lazy("3: cord compressed, no CSF visible"),
    },
    "ecog": {
        "0": _lazy("0: fully active"),
        "1": _lazy("1: no strenuous activity; walks, light work"),
        "2": _lazy("2: walks, all self-care, no work; up more than half of waking hours"),
        "3": _lazy("3: limited self-care; bed or chair more than half of waking hours"),
        "4": _lazy("4: disabled, no self-care; all day in bed or chair"),
        "5": _lazy("5: dead"),
    },
}
# (words, level of the tag, what it means)
BANDS: Mapping[str, Mapping[str, tuple[Any, str, Any]]] = {
    scoring.MIRELS: {
        "low": (_lazy("Low"), "routine", _lazy("Risk of fracture 4 % or less. Observation and radiation can be used.")),
        "borderline": (
            _lazy("Borderline"),
            "soon",
            _lazy("Risk of fracture 15 %. Clinical judgment; consider fixation."),
        ),
        "high": (
            _lazy("High"),
            "urgent",
            _lazy("Risk of fracture 33 % and up. Prophylactic fixation is recommended."),
        ),
    },
    scoring.SINS: {
        "stable": (_lazy("Stable"), "routine", _lazy("0 to 6 points.")),
        "potentially_unstable": (
            _lazy("Potentially unstable"),
            "soon",
            _lazy("7 to 12 points."),
        ),
        "unstable": (
            _lazy("Unstable"),
            "urgent",
            _lazy("13 to 18 points."),
        ),
    },
    scoring.ESCC: {
        "low": (_lazy("Low grade"), "routine", _lazy("Radiation first, if the spine is stable.")),
        "intermediate": (_lazy("Intermediate"), "urgent", _lazy("The cord is touched. What comes first is disputed.")),
        "high": (
            _lazy("High grade"),
            "emergency",
            _lazy("The cord is compressed. Surgery before radiation, unless the tumor is very radiosensitive."),
        ),
    },
    scoring.CALCIUM: {
        "low": (_lazy("Low"), "soon", _lazy("Below 8.5 mg/dL.")),
        "normal": (_lazy("Normal"), "routine", _lazy("8.5 to 10.4 mg/dL.")),
        "mild": (_lazy("Mildly high"), "soon", _lazy("10.5 to 11.9 mg/dL.")),
        "moderate": (_lazy("Moderately high"), "urgent", _lazy("12.0 to 13.9 mg/dL.")),
        "severe": (_lazy("Severely high"), "emergency", _lazy("14.0 mg/dL and up.")),
    },
    scoring.ECOG: {},
}
CAUTIONS: Mapping[str, tuple[Any, ...]] = {
    scoring.MIRELS: (
        _lazy(
            "9 or more is over 91 % sensitive but only 35 % specific: many lesions that it names would not have broken."
        ),
        _lazy(
            "In the humerus 8 or more predicted best (sensitivity 83.6 %, specificity 79.5 %). Whether the cortex is "
            "breached matters."
        ),
        _lazy(
            "The Dutch guideline advises against this score because it predicts little and leads to treatment that is "
            "not needed."
        ),
        _lazy("For long bones only: not for the spine, the pelvis or the ribs."),
    ),
    scoring.SINS: (_lazy("Exactly 50 % of collapse counts as 50 % or less."),),
    scoring.ESCC: (_lazy("Graded on axial T2 images at the worst level."),),
    scoring.CALCIUM: (
        _lazy(
            "The formula is not reliable with a very low or high albumin, with paraprotein (myeloma) or with acidosis. "
            "Measure ionized calcium then."
        ),
        _lazy("A summary from the United Kingdom uses other bands: 2.65 to 3.00, 3.01 to 3.40, over 3.40 mmol/L."),
    ),
    scoring.ECOG: (
        _lazy("Your assessment and the patient's own stand beside each other. Neither replaces the other."),
    ),
}
TO_DO: Mapping[str, tuple[Any, Any]] = {
    "E25": (
        _lazy("Emergency: the spinal cord is compressed"),
        _lazy(
            "Call the patient now and send them to the emergency department by ambulance. Call the spine surgeon and "
            "the radiation oncologist on call. Think of dexamethasone; surgery comes before radiation when the patient "
            "is eligible."
        ),
    ),
    "E19": (
        _lazy("Emergency: severe hypercalcemia"),
        _lazy(
            "Call the patient now and send them to the emergency department. They must not drive. Tell the department "
            "the calcium value and when the blood was taken."
        ),
    ),
}


def error_words(code: str) -> str:
    """The sentence for a value that a table refuses; the codes are those of `ItemError`."""
    if code.startswith("mean:"):
        return _("Check the value and its unit. Did you mean %(unit)s?") % {"unit": code.removeprefix("mean:")}
    return {
        "not_long": _("Select a long bone. This score does not fit the spine, the pelvis or the ribs"),
        "site_does_not_fit": _("Select a site that fits this bone"),
        "unknown_level": _("Select a level from C1 to S5"),
        "unit_missing": _("Select the unit. A value without its unit cannot be used"),
        "unknown_unit": _("Select a unit that fits this value"),
        "range": _("Check this value. It is outside of what is possible"),
        "nothing": _("Enter the total calcium or the ionized calcium"),
        "lab_range": _("The upper limit must be above the lower limit"),
    }.get(code, _("Select one of the answers shown"))


def target_words(kind: str, target: str, place: str) -> str:
    """Which lesion or level: "Left femur, lower third" or "T12"; nothing for scores of the whole patient."""
    name = str(BONE_WORDS.get(target, target)) if kind == scoring.MIRELS else target
    return ", ".join(part for part in (name, place) if part)


def code_words(kind: str, item: str, code: str) -> str:
    """The words of one code; a code that is no longer on the list as it stands."""
    table = CODE_WORDS.get(f"{kind}_{item}") or CODE_WORDS.get(item, {})
    return str(table.get(code, code))


def choices(kind: str, item: str) -> list[tuple[str, Any]]:
    """The codes of an item with their words, in the order of its table."""
    return list((CODE_WORDS.get(f"{kind}_{item}") or CODE_WORDS[item]).items())


ITEMS_ASKED: Mapping[str, tuple[str, ...]] = {
    scoring.MIRELS: tuple(item.key for item in mirels.ITEMS),
    scoring.SINS: tuple(item.key for item in sins.ASKED),
    scoring.ESCC: ("grade",),
    scoring.ECOG: ("ecog",),
    scoring.CALCIUM: ("calcium", "albumin"),
}
LARGEST: Mapping[str, int] = {scoring.MIRELS: 12, scoring.SINS: 18}
UNITS: Mapping[str, tuple[str, ...]] = {
    "calcium": (calcium.MG, calcium.MMOL),
    "albumin": (calcium.G_DL, calcium.G_L),
    "ionized": (calcium.MMOL, calcium.MG),
}
