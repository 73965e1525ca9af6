"""Which specialties the answers suggest (D01 to D15). Staff decide; nothing here books anything. Pure.

D06 (interventional radiology for one to three painful sites) is chosen by staff and never computed. RADIOLOGY is
preparation by staff and DENTAL a check: tasks, not legs of a visit. Hematology and nuclear medicine are notes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from intake.triage.conditions import Condition, Facts, answer, any_of, has, meets, number
from intake.triage.engine import assess
from intake.triage.rules import DEFINED, LOWER, SPINE, UPPER
from intake.triage.vocabulary import known

# Order of the legs of a coordinated visit: nurse first, spine surgery before radiation; the rest only ranks
LEG_ORDER = (
    "NURSE_NAV",
    "SPINE_SURG",
    "ORTHO_ONC",
    "RAD_ONC",
    "MED_ONC",
    "INT_RAD",
    "PALLIATIVE",
    "PMR_PT",
    "SOCIAL_WORK",
    "PHARMACY",
    "NUTRITION",
    "CLIN_TRIALS",
)
TASK_ORDER = ("RADIOLOGY", "DENTAL")
NOTE_ORDER = ("BIOPSY_AFTER_REVIEW", "NUCLEAR_MEDICINE", "HEMATOLOGY")
_ORDER = {code: place for place, code in enumerate((*LEG_ORDER, *TASK_ORDER, *NOTE_ORDER))}

# Rules that ask for a look at the calcium
_CALCIUM_RULES = frozenset({"E18", "E19", "U08", "U10", "S06", "S07"})

_BONE_DRUGS = ("zoledronic_acid", "pamidronate", "denosumab", "other")
_SPINE_OR_SKULL = SPINE | {"skull"}
_LIMB_OR_PELVIS = LOWER | UPPER


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A specialty, task or note with the ids of the lines that ask for it and why, in words for staff."""

    code: str
    ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`legs` in the order of a coordinated visit; `tasks` for staff; `notes` to read, nothing to book."""

    legs: tuple[Suggestion, ...]
    tasks: tuple[Suggestion, ...]
    notes: tuple[Suggestion, ...]

    @property
    def leg_codes(self) -> tuple[str, ...]:
        return tuple(leg.code for leg in self.legs)


@dataclass(frozen=True, slots=True)
class _Line:
    id: str
    codes: tuple[str, ...]
    reason: str
    holds: Callable[["_Case"], bool]


@dataclass(frozen=True, slots=True)
class _Case:
    answers: Mapping[str, Any]
    facts: Facts
    rules: frozenset[str]

    def chose(self, key: str, *values: str) -> bool:
        """Whether an answer outside the rules' vocabulary is or holds one of the values."""
        given = self.answers.get(key)
        if isinstance(given, str):
            return given in values
        return isinstance(given, Iterable) and not set(values).isdisjoint(given)

    def holds_something(self, key: str) -> bool:
        """Whether such an answer is given and says more than "none" or "I do not know"."""
        given = self.answers.get(key)
        given = [given] if isinstance(given, str) else given or []
        return bool(set(given) - NOTHING)


def _if(condition: Condition) -> Callable[[_Case], bool]:
    return lambda case: condition.test(case.facts)


def _sites(area: str, items: frozenset[str]) -> Callable[[_Case], bool]:
    return _if(meets("pain_sites", area, items) | meets("bone_mets_sites", area, items))


def _no_oncologist(case: _Case) -> bool:
    return "oncologist_name" in case.answers and not str(case.answers["oncologist_name"] or "").strip()


NOTHING = {"none", "unknown", "prefer_not"}
_CALCIUM_HIGH = number("calcium_corrected_mgdl", at_least=Decimal("10.5")) | has(
    "ref_findings", "hypercalcemia_reported"
)

_PAIN_OR_IN_BED = any_of(
    number("pain_average", at_least=4),
    answer("pain_relief", "little_none"),
    answer("opioid_use", "daily"),
    number("ecog_self", at_least=3),
)
_FALLS_OR_WALKING = number("falls_30d", at_least=1) | answer("walking_change", "unsteady", "hard_but_can", "cannot")
_MOOD = answer("mood_help_wanted", "yes")

# Reasons for contact that are questions for one specialty; registration stores these codes
_TREATMENT_QUESTION = ("treatment_choice",)
_TRIAL = ("trial",)

LINES: tuple[_Line, ...] = (
    _Line("D01", ("NURSE_NAV", "RAD_ONC"), "Every patient", lambda case: True),
    _Line("D02", ("SPINE_SURG",), "Spine, tailbone area or skull named", _sites("SPINE, skull", _SPINE_OR_SKULL)),
    _Line("D03", ("ORTHO_ONC",), "Pelvis, arm or leg named", _sites("LOWER, UPPER", _LIMB_OR_PELVIS)),
    _Line(
        "D04",
        ("SPINE_SURG",),
        "Spine may be unstable, or the tumor touches the cord: surgery opinion before radiation",
        _if(number("sins_total", at_least=7) | answer("escc_grade", "1c", "2", "3")),
    ),
    _Line(
        "D05",
        ("ORTHO_ONC", "PMR_PT"),
        "Bone may break: score, doctor's warning, or limb pain with use",
        _if(
            any_of(
                number("mirels_total", at_least=8), answer("told_fracture_risk", "yes"), DEFINED["functional_limb_pain"]
            )
        ),
    ),
    _Line(
        "D07",
        ("PALLIATIVE", "PHARMACY"),
        "Pain of 4 or more, little relief, daily opioid, or in bed or a chair most of the day",
        lambda case: _PAIN_OR_IN_BED.test(case.facts) or case.answers.get("ecog_clinician") in (3, 4),
    ),
    _Line(
        "D08",
        ("PMR_PT",),
        "Falls, changed walking, or a walking aid or brace",
        lambda case: _FALLS_OR_WALKING.test(case.facts) or case.holds_something("mobility_aid"),
    ),
    _Line(
        "D09",
        ("MED_ONC",),
        "Calcium, no oncologist named, or a question about treatment",
        lambda case: (
            _CALCIUM_HIGH.test(case.facts)
            or not _CALCIUM_RULES.isdisjoint(case.rules)
            or _no_oncologist(case)
            or case.chose("reason_for_contact", *_TREATMENT_QUESTION)
        ),
    ),
    _Line(
        "D10",
        ("ORTHO_ONC", "MED_ONC", "RADIOLOGY", "BIOPSY_AFTER_REVIEW"),
        "Unknown primary or solitary lesion: no biopsy before the sarcoma center has looked, within 72 hours",
        _if(answer("primary_site", "unknown_primary") | has("ref_findings", "solitary_lesion_unknown_primary")),
    ),
    _Line(
        "D11",
        ("SOCIAL_WORK",),
        "Wants to talk about worry, money, rides or help at home",
        lambda case: _MOOD.test(case.facts) or case.holds_something("transport_need"),
    ),
    _Line("D12", ("DENTAL",), "Bone drug: dental check", _if(answer("bone_agent", *_BONE_DRUGS))),
    _Line("D13", ("NUTRITION",), "Lost a lot of weight", _if(answer("weight_loss_unplanned", "a_lot"))),
    _Line(
        "D14", ("CLIN_TRIALS",), "Asked about clinical trials", lambda case: case.chose("reason_for_contact", *_TRIAL)
    ),
    _Line(
        "D15",
        ("MED_ONC", "NUCLEAR_MEDICINE"),
        "Prostate or breast: bone drugs and radiopharmaceuticals",
        _if(answer("primary_site", "prostate", "breast")),
    ),
    _Line(
        "D15",
        ("INT_RAD",),
        "Kidney or thyroid: lesions bleed easily, embolization before surgery",
        _if(answer("primary_site", "kidney", "thyroid")),
    ),
    _Line("D15", ("HEMATOLOGY",), "Myeloma, lymphoma: hematology", _if(answer("primary_site", "myeloma", "lymphoma"))),
    _Line("D15", ("MED_ONC",), "Lung: medical oncology", _if(answer("primary_site", "lung"))),
)


def suggest(answers: Mapping[str, Any]) -> Suggestions:
    """Specialties, tasks and notes for the answers of a request.

    `answers` may hold more than the rules read: `oncologist_name` (asked and empty means "no oncologist"),
    `reason_for_contact` ("trial", "treatment_choice"), `mobility_aid`, `transport_need` and `ecog_clinician` (0 to 5)
    are used where they are present.
    """
    case = _Case(answers, Facts(known(answers)), frozenset(assess(answers).rules))
    ids: dict[str, list[str]] = {}
    reasons: dict[str, list[str]] = {}
    for line in LINES:
        if line.holds(case):
            for code in line.codes:
                ids.setdefault(code, []).append(line.id)
                reasons.setdefault(code, []).append(line.reason)
    found = [
        Suggestion(code, tuple(dict.fromkeys(ids[code])), "; ".join(reasons[code]))
        for code in sorted(ids, key=_ORDER.__getitem__)
    ]
    return Suggestions(
        legs=tuple(one for one in found if one.code in LEG_ORDER),
        tasks=tuple(one for one in found if one.code in TASK_ORDER),
        notes=tuple(one for one in found if one.code in NOTE_ORDER),
    )


def is_frail(answers: Mapping[str, Any], *, mobility_aid: str | None = None, caregiver_request: bool = False) -> bool:
    """Whether a coordinated visit must be short: ECOG 3 or more, wheelchair or stretcher, or the caregiver asks.

    "I do not walk. I use a wheelchair or stay in bed" at `can_bear_weight` counts as a wheelchair.
    """
    ecog = answers.get("ecog_self")
    return (
        caregiver_request
        or (ecog is not None and ecog >= 3)
        or answers.get("can_bear_weight") == "not_applicable"
        or mobility_aid in ("wheelchair", "stretcher")
    )
