"""Every worked example of the clinical description: what goes in, the points, the total and the band."""

from decimal import Decimal

import pytest

from scheduling.scores import calcium, mirels, sins

UPPER, LOWER, PERI = "upper_limb", "lower_limb", "peritrochanteric"
SMALL, MIDDLE, LARGE = "lt_1_3", "1_3_to_2_3", "gt_2_3"
BONE = {UPPER: "humerus_left", LOWER: "femur_right", PERI: "hip_left"}

MIRELS = [
    ("M01", UPPER, "mild", "blastic", SMALL, (1, 1, 1, 1), 4, "low"),
    ("M02", UPPER, "functional", "lytic", SMALL, (1, 3, 3, 1), 8, "borderline"),
    ("M03", UPPER, "functional", "lytic", MIDDLE, (1, 3, 3, 2), 9, "high"),
    ("M04", UPPER, "moderate", "mixed", MIDDLE, (1, 2, 2, 2), 7, "low"),
    ("M05", LOWER, "mild", "blastic", MIDDLE, (2, 1, 1, 2), 6, "low"),
    ("M06", LOWER, "functional", "lytic", MIDDLE, (2, 3, 3, 2), 10, "high"),
    ("M07", LOWER, "moderate", "mixed", MIDDLE, (2, 2, 2, 2), 8, "borderline"),
    ("M08", LOWER, "mild", "lytic", MIDDLE, (2, 1, 3, 2), 8, "borderline"),
    ("M09", PERI, "functional", "lytic", LARGE, (3, 3, 3, 3), 12, "high"),
    ("M10", PERI, "mild", "lytic", SMALL, (3, 1, 3, 1), 8, "borderline"),
    ("M11", PERI, "mild", "blastic", SMALL, (3, 1, 1, 1), 6, "low"),
    ("M12", PERI, "moderate", "mixed", MIDDLE, (3, 2, 2, 2), 9, "high"),
    ("M13", LOWER, "moderate", "lytic", MIDDLE, (2, 2, 3, 2), 9, "high"),
    ("M14", UPPER, "mild", "lytic", LARGE, (1, 1, 3, 3), 8, "borderline"),
]
MECHANICAL, OCCASIONAL, PAINLESS = "mechanical", "occasional_not_mechanical", "painless"
NORMAL, DEFORMITY, SUBLUX = "normal", "de_novo_deformity", "subluxation_translation"
NO_COLLAPSE, BODY, LESS, MORE = "none_of_above", "none_gt_50_body_involved", "lt_50", "gt_50"
STABLE, POTENTIALLY, UNSTABLE = "stable", "potentially_unstable", "unstable"
SINS = [
    ("S01", "S3", "rigid", PAINLESS, "blastic", NORMAL, NO_COLLAPSE, "none", (0, 0, 0, 0, 0, 0), 0, STABLE),
    ("S02", "T6", "semirigid", OCCASIONAL, "mixed", NORMAL, BODY, "none", (1, 1, 1, 0, 1, 0), 4, STABLE),
    ("S03", "T8", "semirigid", MECHANICAL, "lytic", NORMAL, NO_COLLAPSE, "none", (1, 3, 2, 0, 0, 0), 6, STABLE),
    ("S04", "L3", "mobile", MECHANICAL, "lytic", NORMAL, NO_COLLAPSE, "none", (2, 3, 2, 0, 0, 0), 7, POTENTIALLY),
    ("S05", "L3", "mobile", MECHANICAL, "mixed", NORMAL, NO_COLLAPSE, "none", (2, 3, 1, 0, 0, 0), 6, STABLE),
    ("S06", "T12", "junctional", MECHANICAL, "lytic", NORMAL, LESS, "unilateral", (3, 3, 2, 0, 2, 1), 11, POTENTIALLY),
    ("S07", "C7", "junctional", MECHANICAL, "lytic", NORMAL, LESS, "unilateral", (3, 3, 2, 0, 2, 1), 11, POTENTIALLY),
    ("S08", "T12", "junctional", MECHANICAL, "lytic", NORMAL, LESS, "bilateral", (3, 3, 2, 0, 2, 3), 13, UNSTABLE),
    ("S09", "L1", "junctional", MECHANICAL, "lytic", DEFORMITY, LESS, "none", (3, 3, 2, 2, 2, 0), 12, POTENTIALLY),
    ("S10", "L1", "junctional", MECHANICAL, "lytic", DEFORMITY, LESS, "unilateral", (3, 3, 2, 2, 2, 1), 13, UNSTABLE),
    ("S11", "C2", "junctional", MECHANICAL, "lytic", SUBLUX, MORE, "bilateral", (3, 3, 2, 4, 3, 3), 18, UNSTABLE),
    ("S12", "T5", "semirigid", PAINLESS, "blastic", NORMAL, NO_COLLAPSE, "none", (1, 0, 0, 0, 0, 0), 1, STABLE),
    ("S13", "L5", "junctional", OCCASIONAL, "blastic", NORMAL, NO_COLLAPSE, "none", (3, 1, 0, 0, 0, 0), 4, STABLE),
    ("S14", "T10", "semirigid", OCCASIONAL, "lytic", DEFORMITY, BODY, "none", (1, 1, 2, 2, 1, 0), 7, POTENTIALLY),
    ("S15", "L4", "mobile", OCCASIONAL, "mixed", NORMAL, BODY, "unilateral", (2, 1, 1, 0, 1, 1), 6, STABLE),
]
MG, SI = ("mg/dL", "g/dL"), ("mmol/L", "g/L")
CALCIUM = [  # total calcium, albumin, units, corrected in mg/dL, in mmol/L, band
    ("C01", "9.0", "4.0", MG, "9.0", "", "normal"),
    ("C02", "9.0", "2.0", MG, "10.6", "", "mild"),
    ("C03", "9.6", "3.0", MG, "10.4", "", "normal"),
    ("C04", "10.2", "3.6", MG, "10.5", "", "mild"),
    ("C05", "10.2", "3.7", MG, "10.4", "", "normal"),
    ("C06", "8.0", "3.5", MG, "8.4", "", "low"),
    ("C07", "11.0", "3.0", MG, "11.8", "", "mild"),
    ("C08", "11.2", "3.0", MG, "12.0", "", "moderate"),
    ("C09", "11.1", "3.0", MG, "11.9", "", "mild"),
    ("C10", "12.4", "2.1", MG, "13.9", "", "moderate"),
    ("C11", "13.0", "2.8", MG, "14.0", "", "severe"),
    ("C12", "13.1", "2.8", MG, "14.1", "", "severe"),
    ("C13", "14.0", "4.0", MG, "14.0", "", "severe"),
    ("C14", "10.0", "4.8", MG, "9.4", "", "normal"),
    ("C15", "2.25", "40", SI, "9.0", "2.25", "normal"),
    ("C16", "2.40", "30", SI, "10.4", "2.60", "normal"),
    ("C17", "2.60", "25", SI, "11.6", "2.90", "mild"),
    ("C18", "3.20", "28", SI, "13.8", "3.44", "moderate"),
]


@pytest.mark.parametrize(("_id", "site", "pain", "lesion", "size", "points", "total", "band"), MIRELS)
def test_mirels_example_gives_its_points(_id, site, pain, lesion, size, points, total, band):
    scored = mirels.score(BONE[site], {"site": site, "pain": pain, "lesion": lesion, "size": size})

    assert tuple(scored.points[item] for item in ("site", "pain", "lesion", "size")) == points
    assert (scored.total, scored.band) == (total, band)


@pytest.mark.parametrize(
    ("_id", "level", "location", "pain", "lesion", "alignment", "collapse", "sides", "points", "total", "band"), SINS
)
def test_sins_example_gives_its_points(
    _id, level, location, pain, lesion, alignment, collapse, sides, points, total, band
):
    codes = {"pain": pain, "lesion": lesion, "alignment": alignment, "collapse": collapse, "posterolateral": sides}

    scored = sins.score(level, codes)

    assert scored.codes["location"] == location
    assert tuple(scored.points[item.key] for item in sins.ITEMS) == points
    assert (scored.total, scored.band) == (total, band)


@pytest.mark.parametrize(("_id", "total", "albumin", "units", "corrected", "si", "band"), CALCIUM)
def test_calcium_example_is_corrected_and_banded(_id, total, albumin, units, corrected, si, band):
    values = {"calcium": Decimal(total), "albumin": Decimal(albumin)}

    scored = calcium.score({**values, "calcium_unit": units[0], "albumin_unit": units[1]})

    assert (str(scored.total), scored.result, scored.band) == (corrected, si, band)


def test_all_examples_are_here():
    assert [len(MIRELS), len(SINS), len(CALCIUM)] == [14, 15, 18]
