"""Epidural spinal cord compression, graded by Bilsky at one level (domain 5.4). Pure."""

from collections.abc import Mapping

from scheduling.scores.items import ItemError, Scored
from scheduling.scores.sins import location_of

SOURCES = ("Bilsky 2010, epidural spinal cord compression scale",)
GRADES: Mapping[str, str] = {  # axial T2 images at the worst level -> group
    "0": "low",
    "1a": "low",
    "1b": "low",
    "1c": "intermediate",
    "2": "high",
    "3": "high",
}


def grade(level: str, chosen: str | None) -> Scored:
    """The grade of a level: a word, no number. Raises ItemError: "unknown_level", "unknown"."""
    location_of(level)
    if not chosen:
        return Scored({}, {}, missing=("grade",))
    if chosen not in GRADES:
        raise ItemError("grade", "unknown")
    return Scored({"grade": chosen}, {}, result=chosen, band=GRADES[chosen])
