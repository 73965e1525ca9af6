"""Mirels score of one lesion of a long bone, 4 to 12 points (domain 5.1). Pure: tables and the sum."""

from collections.abc import Mapping
from typing import Any

from scheduling.scores.items import Item, ItemError, Scored, add_up, band

SOURCES = (
    "Mirels 1989, Clin Orthop 249:256",
    "Ramsey 2020, JAAOS Glob Res Rev",
    "Humerus Mirels, PMC10132712",
    "richtlijnendatabase.nl, fracture risk",
)
ITEMS = (
    Item("site", {"upper_limb": 1, "lower_limb": 2, "peritrochanteric": 3}),
    Item("pain", {"mild": 1, "moderate": 2, "functional": 3}),
    Item("lesion", {"blastic": 1, "mixed": 2, "lytic": 3}),
    Item("size", {"lt_1_3": 1, "1_3_to_2_3": 2, "gt_2_3": 3}),
)
BANDS = (band("low", 4, 7), band("borderline", 8, 8), band("high", 9, 12))
_UPPER, _FEMUR, _LOWER = ("upper_limb",), ("peritrochanteric", "lower_limb"), ("lower_limb",)
# long bones of the body map and which sites of the score they can be; nothing else is scored
BONES: Mapping[str, tuple[str, ...]] = {
    "humerus_left": _UPPER,
    "humerus_right": _UPPER,
    "forearm_left": _UPPER,
    "forearm_right": _UPPER,
    "hip_left": _FEMUR,
    "hip_right": _FEMUR,
    "femur_left": _FEMUR,
    "femur_right": _FEMUR,
    "lower_leg_left": _LOWER,
    "lower_leg_right": _LOWER,
}


def score(bone: str, codes: Mapping[str, Any]) -> Scored:
    """The score of a lesion of `bone`, a site of the body map.

    Raises ItemError: "not_long" (spine, pelvis, ribs and all that is no long bone), "site_does_not_fit" (such as a
    peritrochanteric lesion of an arm), "unknown".
    """
    if bone not in BONES:
        raise ItemError("target", "not_long")
    site = codes.get("site")
    scored = add_up(ITEMS, BANDS, codes)
    if site and site not in BONES[bone]:
        raise ItemError("site", "site_does_not_fit")
    return scored
