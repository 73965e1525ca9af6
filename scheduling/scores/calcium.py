"""Calcium corrected for albumin (domain 5.3). Pure, in decimals.

corrected (mg/dL) = calcium + 0.8 x (4.0 - albumin g/dL); in SI units calcium + 0.02 x (40 - albumin g/L). Rounded half
up to 0.1 mg/dL or 0.01 mmol/L; the rounded value is banded, one in mmol/L after x 4.008. Ionized calcium is never
corrected.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scheduling.scores.items import ItemError, Scored, band, band_of, half_up

SOURCES = ("StatPearls, Resistant hypercalcemia", "mindthebleep.com after Society for Endocrinology")
MG, MMOL = "mg/dL", "mmol/L"
G_DL, G_L = "g/dL", "g/L"
MG_OF_MMOL = Decimal("4.008")
TENTH, HUNDREDTH = "0.1", "0.01"
BANDS = (
    band("low", "-10", "8.4"),
    band("normal", "8.5", "10.4"),
    band("mild", "10.5", "11.9"),
    band("moderate", "12.0", "13.9"),
    band("severe", "14.0", "40"),
)
# believable values, both ends included; what lies beyond is most often another unit
LIMITS: Mapping[tuple[str, str], tuple[Decimal, Decimal]] = {
    ("calcium", MG): (Decimal("4.0"), Decimal("20.0")),
    ("calcium", MMOL): (Decimal("1.00"), Decimal("5.00")),
    ("albumin", G_DL): (Decimal("0.5"), Decimal("6.5")),
    ("albumin", G_L): (Decimal(5), Decimal(65)),
    ("ionized", MG): (Decimal("2.0"), Decimal("14.0")),
    ("ionized", MMOL): (Decimal("0.50"), Decimal("3.50")),
}
# too high or too low in this unit -> what was probably meant
MEANT: Mapping[tuple[str, str, str], str] = {
    ("calcium", MG, "low"): MMOL,
    ("calcium", MMOL, "high"): MG,
    ("albumin", G_DL, "high"): G_L,
    ("albumin", G_L, "low"): G_DL,
    ("ionized", MG, "low"): MMOL,
    ("ionized", MMOL, "high"): MG,
}
READ_BY_RULES = (Decimal("4.0"), Decimal("20.0"))  # the range of the key calcium_corrected_mgdl


def score(values: Mapping[str, Any]) -> Scored:
    """Corrected calcium in mg/dL as `total`; in SI units also in mmol/L, as `result`.

    `values`: calcium, albumin and ionized as Decimal or None, each with `<name>_unit`; lab_low and lab_high in the unit
    of the calcium, kept as they are. Raises ItemError: "unit_missing", "unknown_unit", "range", "mean:<unit>",
    "nothing" (no value at all), "lab_range" (its ends are the wrong way round).
    """
    for name in ("calcium", "albumin", "ionized"):
        _check(name, values.get(name), values.get(f"{name}_unit"))
    if values.get("calcium") is None and values.get("ionized") is None:
        raise ItemError("calcium", "nothing")
    low, high = values.get("lab_low"), values.get("lab_high")
    if low is not None and high is not None and low >= high:
        raise ItemError("lab_high", "lab_range")
    kept = _kept(values)
    missing = tuple(name for name in ("calcium", "albumin") if values.get(name) is None)
    if missing:
        return Scored(kept, {}, missing=missing)
    return _corrected(values, kept)


def _corrected(values: Mapping[str, Any], kept: dict[str, str]) -> Scored:
    calcium, albumin = values["calcium"], values["albumin"]
    in_grams_a_liter = albumin if values["albumin_unit"] == G_L else albumin * 10
    if values["calcium_unit"] == MG:
        total = half_up(calcium + Decimal("0.8") * (4 - in_grams_a_liter / 10), TENTH)
        return Scored(kept, {}, total=total, band=band_of(BANDS, total))
    result = half_up(calcium + Decimal("0.02") * (40 - in_grams_a_liter), HUNDREDTH)
    total = half_up(result * MG_OF_MMOL, TENTH)
    return Scored(kept, {}, total=total, result=str(result), band=band_of(BANDS, total))


def for_rules(total: Decimal) -> Decimal:
    """The value as the triage rules read it: they know 4.0 to 20.0 and nothing beyond."""
    return min(max(total, READ_BY_RULES[0]), READ_BY_RULES[1])


def _check(name: str, value: Decimal | None, unit: str | None) -> None:
    if value is None:
        return
    if not unit:
        raise ItemError(f"{name}_unit", "unit_missing")
    limits = LIMITS.get((name, unit))
    if limits is None:
        raise ItemError(f"{name}_unit", "unknown_unit")
    if limits[0] <= value <= limits[1]:
        return
    end = "low" if value < limits[0] else "high"
    other = MEANT.get((name, unit, end))
    fits_other = other is not None and LIMITS[(name, other)][0] <= value <= LIMITS[(name, other)][1]
    raise ItemError(name, f"mean:{other}" if fits_other else "range")


def _kept(values: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, as text: JSON knows no decimals. A unit without its value says nothing."""
    names = ("calcium", "albumin", "ionized", "lab_low", "lab_high")
    kept = {name: str(values[name]) for name in names if values.get(name) is not None}
    for name in ("calcium", "albumin", "ionized"):
        if name in kept:
            kept[f"{name}_unit"] = values[f"{name}_unit"]
    return kept
