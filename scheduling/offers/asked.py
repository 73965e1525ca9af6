"""What a link to the builder asks for: a clinician, the first date and a time of day, as the calendar's free gaps do.

Parameters that mean nothing are left out: the builder then opens as it always does.
"""

from dataclasses import dataclass
from datetime import date, time

from django.http import QueryDict
from django.utils import timezone

from clinic.directory.models import Clinician
from clinic.platform.numbers import whole_number
from scheduling.itineraries.legs import PARTS_OF_DAY
from scheduling.offers.planning import Planning

MOST_DAYS_AHEAD = 730


@dataclass(frozen=True, slots=True)
class Asked:
    """Nothing, or who must be among the legs, from which date on, in which part of the day."""

    clinician: Clinician | None = None
    earliest: date | None = None
    part: str = ""


def asked_in(given: QueryDict, planning: Planning) -> Asked:
    """The parameters `with` (a clinician's key), `from` (2026-11-23) and `at` (11:00)."""
    key = whole_number(given.get("with", ""))
    clinician = planning.clinicians.get(key) if key is not None else None
    if clinician is not None and not clinician.specialty.is_leg:
        clinician = None
    return Asked(clinician, _date(given.get("from", "")), _part(given.get("at", "")))


def _date(text: str) -> date | None:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if 0 <= (on - timezone.localdate()).days <= MOST_DAYS_AHEAD else None


def _part(text: str) -> str:
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return ""
    minute = at.hour * 60 + at.minute
    return next((name for name, (first, last) in PARTS_OF_DAY.items() if first <= minute < last), "")


def filled_in(initial: dict, asked: Asked, planning: Planning) -> dict:
    """The first values of the builder with what was asked for; a day before which the patient cannot come stays."""
    values = dict(initial)
    if asked.earliest is not None:
        values["earliest"] = max(asked.earliest, values.get("earliest") or asked.earliest)
    if asked.part:
        values["parts"] = [asked.part]
    if asked.clinician is None:
        return values
    code = asked.clinician.specialty.code
    choosable = {one.code: one.default_minutes for one in planning.choosable}
    if code not in choosable and all(leg.code != code for leg in planning.fixed):
        return values  # this kind of visit has no place for them
    values[f"who_{code}"] = str(asked.clinician.pk)
    if code in choosable and not values.get(f"leg_{code}"):
        if planning.places is not None:  # the one asked for takes the place of another
            ticked = [one for one in choosable if values.get(f"leg_{one}")]
            for one in ticked[max(0, planning.places - 1) :]:
                values[f"leg_{one}"] = False
        values |= {f"leg_{code}": True, f"minutes_{code}": choosable[code]}
    return values
