"""Borders of the bands, refusals, and what must hold for every combination of items."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.scores import calcium, ecog, escc, mirels, sins
from scheduling.scores.items import ItemError, band_of
from scheduling.scores.scoring import compute, rule_value, rule_values
from scheduling.scores.words import BANDS, CODE_WORDS, ITEM_WORDS, choices

# a busy machine is no fault of what is drawn
CALMLY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FULL = {"site": "lower_limb", "pain": "mild", "lesion": "lytic", "size": "1_3_to_2_3"}
FULL_SINS = {"pain": "painless", "lesion": "blastic", "alignment": "normal", "collapse": "none_of_above"}
FULL_SINS |= {"posterolateral": "none"}


class Row:
    """What is read of a stored score."""

    def __init__(self, kind, total=None, result=""):
        self.kind, self.total, self.result = kind, None if total is None else Decimal(total), result


@pytest.mark.parametrize(
    ("bands", "value", "key"),
    [
        (mirels.BANDS, "4", "low"), (mirels.BANDS, "7", "low"), (mirels.BANDS, "8", "borderline"),
        (mirels.BANDS, "9", "high"), (mirels.BANDS, "12", "high"),
        (sins.BANDS, "0", "stable"), (sins.BANDS, "6", "stable"), (sins.BANDS, "7", "potentially_unstable"),
        (sins.BANDS, "12", "potentially_unstable"), (sins.BANDS, "13", "unstable"), (sins.BANDS, "18", "unstable"),
        (calcium.BANDS, "8.4", "low"), (calcium.BANDS, "8.5", "normal"), (calcium.BANDS, "10.4", "normal"),
        (calcium.BANDS, "10.5", "mild"), (calcium.BANDS, "11.9", "mild"), (calcium.BANDS, "12.0", "moderate"),
        (calcium.BANDS, "13.9", "moderate"), (calcium.BANDS, "14.0", "severe"),
    ],
)  # fmt: skip
def test_band_begins_and_ends_where_the_table_says(bands, value, key):
    assert band_of(bands, Decimal(value)) == key


@pytest.mark.parametrize(
    ("level", "location"),
    [
        ("C1", "junctional"), ("C2", "junctional"), ("C3", "mobile"), ("C6", "mobile"), ("C7", "junctional"),
        ("T1", "junctional"), ("T2", "junctional"), ("T3", "semirigid"), ("T10", "semirigid"), ("T11", "junctional"),
        ("T12", "junctional"), ("L1", "junctional"), ("L2", "mobile"), ("L4", "mobile"), ("L5", "junctional"),
        ("S1", "junctional"), ("S2", "rigid"), ("S5", "rigid"),
    ],
)  # fmt: skip
def test_location_comes_from_the_level(level, location):
    assert sins.location_of(level) == location


def test_every_level_has_a_location():
    assert len(sins.LEVELS) == 29
    assert {sins.location_of(level) for level in sins.LEVELS} == set(sins.LOCATION.points)


def test_typed_location_does_not_count():
    assert sins.score("S3", {**FULL_SINS, "location": "junctional"}).total == 0


@pytest.mark.parametrize("level", ["", "C8", "T13", "t12", "S6", "sacrum", "femur_left"])
def test_level_that_does_not_exist_is_refused(level):
    for kind, values in (("sins", FULL_SINS), ("escc", {"grade": "2"})):
        with pytest.raises(ItemError) as refused:
            compute(kind, level, values)
        assert refused.value.code == "unknown_level"


@pytest.mark.parametrize(
    "bone", ["spine_thoracic", "sacrum", "pelvis_left", "ribs_right", "sternum", "skull", "", "T12"]
)
def test_mirels_refuses_what_is_no_long_bone(bone):
    with pytest.raises(ItemError) as refused:
        mirels.score(bone, FULL)

    assert refused.value.code == "not_long"


@pytest.mark.parametrize(("bone", "site"), [("humerus_left", "peritrochanteric"), ("lower_leg_right", "upper_limb")])
def test_mirels_refuses_a_site_that_does_not_fit_the_bone(bone, site):
    with pytest.raises(ItemError) as refused:
        mirels.score(bone, {**FULL, "site": site})

    assert (refused.value.item, refused.value.code) == ("site", "site_does_not_fit")


@pytest.mark.parametrize("item", FULL)
def test_mirels_without_an_item_has_no_total(item):
    scored = mirels.score("femur_left", {key: code for key, code in FULL.items() if key != item})

    assert (scored.total, scored.band, scored.missing) == (None, "", (item,))
    assert sum(scored.points.values()) > 0


@pytest.mark.parametrize("item", FULL_SINS)
def test_sins_without_an_item_has_no_total(item):
    scored = sins.score("T12", FULL_SINS | {item: None})

    assert (scored.total, scored.missing) == (None, (item,))


@pytest.mark.parametrize(("kind", "target", "codes"), [
    ("mirels", "femur_left", FULL | {"pain": "mechanical"}),
    ("sins", "T12", FULL_SINS | {"pain": "functional"}),
    ("escc", "T12", {"grade": "4"}),
    ("ecog", "", {"ecog": "6"}),
])  # fmt: skip
def test_unknown_code_is_refused(kind, target, codes):
    with pytest.raises(ItemError) as refused:
        compute(kind, target, codes)

    assert refused.value.code == "unknown"


@pytest.mark.parametrize(("percent", "code"), [(49.9, "lt_50"), (50, "lt_50"), (50.1, "gt_50")])
def test_exactly_half_a_collapse_counts_as_less(percent, code):
    assert sins.collapse_code(percent) == code


@pytest.mark.parametrize(
    ("grade", "group"),
    [("0", "low"), ("1a", "low"), ("1b", "low"), ("1c", "intermediate"), ("2", "high"), ("3", "high")],
)
def test_grade_of_compression_has_its_group(grade, group):
    scored = escc.grade("T12", grade)

    assert (scored.result, scored.band, scored.total) == (grade, group, None)


@pytest.mark.parametrize(
    ("clinician", "told", "flagged"),
    [("2", 0, True), ("0", 2, True), ("2", 1, False), ("5", 4, False), ("4", None, False)],
)
def test_two_steps_between_clinician_and_patient_are_flagged(clinician, told, flagged):
    scored = ecog.status(clinician, told=told)

    assert ecog.differs(scored.codes["ecog"], scored.codes["ecog_self"]) is flagged


@pytest.mark.parametrize("told", [5, -1, "2", True, 1.5])
def test_own_answer_outside_its_range_is_not_kept(told):
    assert ecog.status("1", told=told).codes["ecog_self"] is None


CALCIUM = {"calcium": Decimal("9.0"), "calcium_unit": "mg/dL", "albumin": Decimal("4.0"), "albumin_unit": "g/dL"}


@pytest.mark.parametrize(
    ("changed", "item", "code"),
    [
        ({"calcium_unit": None}, "calcium_unit", "unit_missing"),
        ({"albumin_unit": ""}, "albumin_unit", "unit_missing"),
        ({"ionized": Decimal("1.3")}, "ionized_unit", "unit_missing"),
        ({"calcium_unit": "g/L"}, "calcium_unit", "unknown_unit"),
        ({"albumin": Decimal("6.6")}, "albumin", "mean:g/L"),
        ({"albumin": Decimal(40)}, "albumin", "mean:g/L"),
        ({"albumin": Decimal("4.0"), "albumin_unit": "g/L"}, "albumin", "mean:g/dL"),
        ({"albumin": Decimal(70)}, "albumin", "range"),
        ({"albumin": Decimal("0.4")}, "albumin", "range"),
        ({"calcium": Decimal("2.25")}, "calcium", "mean:mmol/L"),
        ({"calcium": Decimal("9.0"), "calcium_unit": "mmol/L"}, "calcium", "mean:mg/dL"),
        ({"calcium": Decimal("20.1")}, "calcium", "range"),
        ({"calcium": None, "albumin": None}, "calcium", "nothing"),
        ({"lab_low": Decimal("10.5"), "lab_high": Decimal("8.5")}, "lab_high", "lab_range"),
    ],
)  # fmt: skip
def test_calcium_that_cannot_be_is_refused(changed, item, code):
    with pytest.raises(ItemError) as refused:
        calcium.score(CALCIUM | changed)

    assert (refused.value.item, refused.value.code) == (item, code)


@pytest.mark.parametrize(
    ("name", "value"), [("calcium", "4.0"), ("calcium", "20.0"), ("albumin", "0.5"), ("albumin", "6.5")]
)
def test_ends_of_the_limits_are_allowed(name, value):
    assert calcium.score(CALCIUM | {name: Decimal(value)}).is_complete


def test_units_may_be_mixed():
    mixed = calcium.score(CALCIUM | {"calcium": Decimal("11.2"), "albumin": Decimal(30), "albumin_unit": "g/L"})

    assert str(mixed.total) == "12.0"


def test_half_rounds_up():
    scored = calcium.score(CALCIUM | {"calcium": Decimal("10.45")})

    assert (str(scored.total), scored.band) == ("10.5", "mild")


def test_ionized_calcium_is_kept_and_never_corrected():
    scored = calcium.score({"ionized": Decimal("1.45"), "ionized_unit": "mmol/L"})

    assert scored.codes == {"ionized": "1.45", "ionized_unit": "mmol/L"}
    assert (scored.total, scored.missing) == (None, ("calcium", "albumin"))


def test_range_of_the_laboratory_is_kept():
    scored = calcium.score(CALCIUM | {"lab_low": Decimal("8.6"), "lab_high": Decimal("10.2")})

    assert (scored.codes["lab_low"], scored.codes["lab_high"], scored.band) == ("8.6", "10.2", "normal")


ITEMS_OF = {"mirels": mirels.ITEMS, "sins": sins.ASKED}
CODES = {
    kind: st.fixed_dictionaries({i.key: st.sampled_from([*i.points, None]) for i in items})
    for kind, items in ITEMS_OF.items()
}


@CALMLY
@given(CODES["mirels"])
def test_any_mirels_total_is_the_sum_of_its_points(codes):
    codes["site"] = codes["site"] and "lower_limb"
    scored = mirels.score("femur_left", codes)

    assert scored.is_complete == (None not in codes.values())
    assert scored.total == (sum(scored.points.values()) if scored.is_complete else None)
    assert scored.total is None or 4 <= scored.total <= 12


@CALMLY
@given(st.sampled_from(sins.LEVELS), CODES["sins"])
def test_any_sins_total_is_the_sum_of_its_points(level, codes):
    scored = sins.score(level, codes)

    assert scored.total == (sum(scored.points.values()) if scored.is_complete else None)
    assert scored.total is None or 0 <= scored.total <= 18


@CALMLY
@given(st.decimals("4.0", "20.0", places=1), st.decimals("0.5", "6.5", places=1))
def test_any_allowed_calcium_has_a_band_and_a_value_for_the_rules(total, albumin):
    scored = calcium.score(CALCIUM | {"calcium": total, "albumin": albumin})

    assert scored.band in BANDS["calcium"]
    assert Decimal(4) <= rule_value(Row("calcium", scored.total)) <= Decimal(20)
    assert (scored.total >= total) == (albumin <= 4)


def test_worst_lesion_and_worst_level_count_for_the_rules():
    rows = [Row("mirels", 8), Row("mirels", 10), Row("sins", 3), Row("escc", result="1c"), Row("escc", result="1b")]
    rows += [Row("calcium", "11.9"), Row("ecog", 4, "4"), Row("mirels"), Row("escc")]

    assert rule_values(rows) == {
        "mirels_total": 10, "sins_total": 3, "escc_grade": "1c", "calcium_corrected_mgdl": Decimal("11.9")
    }  # fmt: skip


def test_every_code_and_band_has_words():
    for kind, items in {"mirels": mirels.ITEMS, "sins": sins.ITEMS}.items():
        for item in items:
            assert {code for code, _words in choices(kind, item.key)} == set(item.points)
            assert item.key in ITEM_WORDS
    assert list(CODE_WORDS["grade"]) == list(escc.GRADES)
    assert tuple(CODE_WORDS["ecog"]) == ecog.GRADES
    bands = {"mirels": mirels.BANDS, "sins": sins.BANDS, "calcium": calcium.BANDS}
    assert {kind: set(BANDS[kind]) for kind in bands} == {kind: {b.key for b in all_} for kind, all_ in bands.items()}
    assert set(BANDS["escc"]) == set(escc.GRADES.values())
