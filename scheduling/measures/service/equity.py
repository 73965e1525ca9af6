"""The equity view: the first five measures by language, ZIP area, payer, age band, race and ethnicity. Pure.

The clinic keeps no table of distances. What stands for the distance band is how far a ZIP code agrees with the
clinic's: the same first three digits (one sorting area of the mail), the same first digit (one group of states), or
neither. Where no ZIP code of the clinic is known, the area from which most people of the period come takes its place.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from scheduling.measures.service.facts import PersonFact
from scheduling.measures.service.figures import Item, Line, Period, line_of

AGE_BANDS = ((50, "under_50"), (65, "50_64"), (75, "65_74"), (200, "75_over"))
SAME_AREA, SAME_REGION, ELSEWHERE, UNKNOWN = "same_area", "same_region", "elsewhere", "unknown"
SEVERAL = "several"
ATTRIBUTES = ("language", "area", "payer", "age", "race")
Band = Callable[[PersonFact, date], str]


def age_band(born_on: date | None, on: date) -> str:
    """The band of somebody's age in whole years on a day."""
    if born_on is None:
        return UNKNOWN
    years = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return next(name for below, name in AGE_BANDS if years < below)


def area_band(zip_code: str, clinic_zip: str) -> str:
    """How far a ZIP code agrees with the clinic's."""
    if not clinic_zip or len(zip_code) < 5:
        return UNKNOWN
    if zip_code[:3] == clinic_zip[:3]:
        return SAME_AREA
    return SAME_REGION if zip_code[0] == clinic_zip[0] else ELSEWHERE


def usual_area(people: Iterable[PersonFact]) -> str:
    """The first three digits that most ZIP codes share, the lower ones of two that are as frequent; empty of none."""
    counts = Counter(one.zip_code[:3] for one in people if len(one.zip_code) >= 5)
    return min(counts, key=lambda area: (-counts[area], area), default="")


def race_band(race: tuple[str, ...]) -> str:
    """The one category told, `several`, or `unknown` when nothing was told."""
    if not race:
        return UNKNOWN
    return race[0] if len(race) == 1 else SEVERAL


def bands(clinic_zip: str) -> dict[str, Band]:
    """How each attribute of a person is read on the day of a case."""
    return {
        "language": lambda one, _on: one.language or UNKNOWN,
        "area": lambda one, _on: area_band(one.zip_code, clinic_zip),
        "payer": lambda one, _on: one.payer or UNKNOWN,
        "age": lambda one, on: age_band(one.born_on, on),
        "race": lambda one, _on: race_band(one.race),
    }


def equity_lines(
    items: Mapping[str, list[Item]], people: Mapping[Hashable, PersonFact], period: Period, clinic_zip: str
) -> dict[str, dict[str, Line]]:
    """By attribute and measure the line whose groups are the bands. Cases without a known person count nowhere."""
    known = {key: [item for item in found if item.who in people] for key, found in items.items()}
    return {
        attribute: {
            key: line_of(key, [replace(item, group=band(people[item.who], item.on)) for item in found], period)
            for key, found in known.items()
        }
        for attribute, band in bands(clinic_zip).items()
    }
