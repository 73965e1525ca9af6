"""Blood tests a person can copy from a report: units, believable ranges and codes. Pure.

Ranges are wide on purpose: they catch a wrong unit or a slipped decimal point, not an ill person. Calcium and albumin
are those of the corrected-calcium rule (domain 5.3); the others are proposals to be signed off with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Range:
    """The believable values of a test in one unit, both ends included."""

    low: Decimal
    high: Decimal


def _range(low: str, high: str) -> Range:
    return Range(Decimal(low), Decimal(high))


OTHER_UNIT = "other"
# Units are UCUM codes. Test -> unit -> range
TESTS: Mapping[str, Mapping[str, Range]] = {
    "calcium": {"mg/dL": _range("4.0", "20.0"), "mmol/L": _range("1.0", "5.0")},
    "albumin": {"g/dL": _range("0.5", "6.5"), "g/L": _range("5", "65")},
    "creatinine": {"mg/dL": _range("0.1", "20"), "umol/L": _range("9", "1770")},
    "alkaline_phosphatase": {"U/L": _range("5", "5000")},
    "psa": {"ng/mL": _range("0", "10000"), "ug/L": _range("0", "10000")},
    "ca_15_3": {"U/mL": _range("0", "20000")},
    "ca_27_29": {"U/mL": _range("0", "20000")},
    "cea": {"ng/mL": _range("0", "20000"), "ug/L": _range("0", "20000")},
    "other_marker": {
        "ng/mL": _range("0", "1000000"),
        "ug/L": _range("0", "1000000"),
        "U/mL": _range("0", "1000000"),
        "U/L": _range("0", "1000000"),
    },
    "hemoglobin": {"g/dL": _range("2", "25"), "g/L": _range("20", "250")},
    "platelets": {"10*3/uL": _range("1", "3000"), "10*9/L": _range("1", "3000")},
}
UNITS = tuple(dict.fromkeys(unit for units in TESTS.values() for unit in units))
# LOINC codes of domain 2.2; each belongs to the unit of a mass or an activity, not to another one
LOINC: Mapping[tuple[str, str], str] = {
    ("calcium", "mg/dL"): "17861-6",
    ("albumin", "g/dL"): "1751-7",
    ("psa", "ng/mL"): "2857-1",
    ("ca_15_3", "U/mL"): "6875-9",
    ("cea", "ng/mL"): "2039-6",
    ("alkaline_phosphatase", "U/L"): "6768-6",
}


def fits_test(test: str, unit: str) -> bool:
    """Whether reports give this test in this unit; "another unit" always may be."""
    return unit == OTHER_UNIT or unit in TESTS.get(test, {})


def is_plausible(test: str, unit: str, value: Decimal) -> bool:
    """Whether a value can be meant as it stands; without a known range everything can."""
    limits = TESTS.get(test, {}).get(unit)
    return limits is None or limits.low <= value <= limits.high


def plausible_range(test: str, unit: str) -> Range | None:
    """The believable range of a test in a unit, or None when there is no table for it."""
    return TESTS.get(test, {}).get(unit)


def better_unit(test: str, unit: str, value: Decimal) -> str:
    """The unit in which this value would be believable ("Did you mean g/L?"), or "" when none is."""
    others = (other for other in TESTS.get(test, {}) if other != unit)
    return next(
        (other for other in others if not is_plausible(test, unit, value) and is_plausible(test, other, value)), ""
    )


def loinc_of(test: str, unit: str) -> str | None:
    """The LOINC code of a test given in this unit, when domain 2.2 names one."""
    return LOINC.get((test, unit))
