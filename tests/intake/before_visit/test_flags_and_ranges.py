"""What a medicine's name calls for, and which results of blood tests can be meant."""

from decimal import Decimal

import pytest

from intake.before_visit import lab_tests, medicine_flags
from intake.before_visit.record_choices import LAB_TESTS, LAB_UNITS, MEDICINE_TICKS


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("Eliquis 5 mg", "anticoagulant"),
        ("WARFARIN", "anticoagulant"),
        ("zoledronic acid", "bisphosphonate"),
        ("Xgeva", "denosumab"),
        ("Dexamethasone", "steroid"),
        ("fentanyl-patch", "opioid"),
        ("Xeloda®", "chemo_pill"),
        ("tamoxifen", "hormone"),
    ],
)
def test_name_of_a_medicine_gives_its_flag(name, flag):
    assert medicine_flags.flags_of_name(name) == {flag}


@pytest.mark.parametrize("name", ["", "Tylenol", "aspirin", "heparinoid cream", "морфин", "x" * 100])
def test_other_names_give_no_flag(name):
    assert medicine_flags.flags_of_name(name) == set()


def test_flags_join_the_name_and_the_ticks_in_one_order():
    assert medicine_flags.flags_of("Xarelto", ["opioid", "none", "unknown"]) == ["anticoagulant", "opioid"]


def test_every_flag_can_be_ticked_and_has_names():
    assert {code for code, _words in MEDICINE_TICKS} - {"none", "unknown"} == set(medicine_flags.FLAGS)
    assert set(medicine_flags.NAMES) == set(medicine_flags.FLAGS)


def test_no_name_stands_under_two_flags():
    names = [name for under in medicine_flags.NAMES.values() for name in under]
    assert len(names) == len(set(names))
    assert all(name.isascii() and name.islower() and name.isalpha() for name in names)


@pytest.mark.parametrize(
    ("test", "unit", "value", "plausible"),
    [
        ("calcium", "mg/dL", "4.0", True),
        ("calcium", "mg/dL", "20.0", True),
        ("calcium", "mg/dL", "3.9", False),
        ("calcium", "mg/dL", "20.1", False),
        ("albumin", "g/dL", "0.5", True),
        ("albumin", "g/dL", "6.5", True),
        ("albumin", "g/dL", "6.6", False),
        ("albumin", "g/dL", "0.4", False),
        ("platelets", "other", "1000000", True),
    ],
)
def test_range_of_a_result(test, unit, value, plausible):
    assert lab_tests.is_plausible(test, unit, Decimal(value)) is plausible


@pytest.mark.parametrize(
    ("test", "unit", "value", "other"),
    [("albumin", "g/dL", "35", "g/L"), ("calcium", "mg/dL", "2.4", "mmol/L"), ("albumin", "g/dL", "4", "")],
)
def test_better_unit_is_one_in_which_the_value_can_be_meant(test, unit, value, other):
    assert lab_tests.better_unit(test, unit, Decimal(value)) == other


def test_every_test_and_unit_can_be_chosen():
    assert [code for code, _words in LAB_TESTS if code not in lab_tests.TESTS] == []
    assert {code for code, _words in LAB_UNITS} == {*lab_tests.UNITS, lab_tests.OTHER_UNIT}
    assert all(lab_tests.fits_test(test, unit) for test, unit in lab_tests.LOINC)
