"""The rules of a day, read once more: plain minutes and loops, for the clinic of this run and for no other.

Everybody works Monday to Friday 8 to 12 and 1 to 5, local time, but on two holidays; nothing else is closed,
nothing reserved, nothing has a buffer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from benchmarks.reliability.words import Day, Leg

MINUTE = timedelta(minutes=1)
HALF_DAYS = ((time(8), time(12)), (time(13), time(17)))
NAVIGATOR_FIRST, NAVIGATOR_LAST = "NURSE_NAV", "NURSE_NAV.wrap_up"
SCAN_MINUTES = 45
SINGLE_MINUTES = 30
CLOSED = frozenset({date(2027, 1, 18), date(2027, 2, 15)})  # the public holidays of the first weeks of 2027


@dataclass(frozen=True)
class Clinic:
    """Who there is: clinicians by key with their specialty, rooms by key with their kind."""

    clinicians: dict[int, str]
    rooms: dict[int, str]
    zone: ZoneInfo
    scan: str = "RAD_ONC"  # how the leg of a CT simulation is called
    notice: timedelta = timedelta(hours=2)
    horizon: timedelta = timedelta(days=182)

    def who(self, specialty: str) -> list[int]:
        """Clinicians of a specialty."""
        return [key for key, its in self.clinicians.items() if its == specialty]

    def where(self, kind: str) -> list[int]:
        """Rooms of a kind."""
        return [key for key, its in self.rooms.items() if its == kind]


def broken_rules(clinic: Clinic, kind: str, day: Day, now: datetime) -> Iterator[str]:
    """The codes with which a day that breaks a rule may be refused; none when it keeps them all."""
    if day.start < now + clinic.notice:
        yield "past"
    if day.start.astimezone(clinic.zone).date() > now.astimezone(clinic.zone).date() + clinic.horizon:
        yield "horizon"
    if _is_wrong(clinic, kind, day):
        yield "not_bookable"


def _is_wrong(clinic: Clinic, kind: str, day: Day) -> bool:
    return _has_wrong_legs(clinic, kind, day) or breaks_a_rule(clinic, kind, day)


def breaks_a_rule(clinic: Clinic, kind: str, day: Day) -> bool:
    """Whether a day is wrong, whatever legs it should have."""
    return (
        clinic.rooms.get(day.room) != "stay"
        or any(not _can_be(clinic, kind, leg) for leg in day.legs)
        or has_wrong_gaps(day)
        or _has_wrong_order(day)
    )


def _has_wrong_legs(clinic: Clinic, kind: str, day: Day) -> bool:
    """A kind of visit brings its own legs at their length, and further ones only if it is a coordinated day."""
    minutes = {leg.key: (leg.end - leg.start) // MINUTE for leg in day.legs}
    if len(minutes) != len(day.legs):
        return True
    if not kind:
        return False
    if kind == "follow_up":
        return list(minutes.values()) != [SINGLE_MINUTES]
    if kind == "ct_simulation":
        return minutes != {clinic.scan: SCAN_MINUTES}
    return minutes.get(NAVIGATOR_FIRST) != 30 or minutes.get(NAVIGATOR_LAST) != 15


def _can_be(clinic: Clinic, kind: str, leg: Leg) -> bool:
    """The right person, the right room of its own, on the grid, within one half day."""
    if clinic.clinicians.get(leg.clinician) != leg.key.split(".")[0]:
        return False
    if (None if leg.room is None else clinic.rooms.get(leg.room)) != ("ct" if kind == "ct_simulation" else None):
        return False
    start, end = leg.start.astimezone(clinic.zone), leg.end.astimezone(clinic.zone)
    within = any(opens <= start.time() and end.time() <= closes for opens, closes in HALF_DAYS)
    return start.minute % 15 == 0 and start.second == 0 and _is_open(start) and within and end > start


def _is_open(start: datetime) -> bool:
    return start.weekday() < 5 and start.date() not in CLOSED


def has_wrong_gaps(day: Day) -> bool:
    """5 to 30 minutes between legs, 5 1/2 hours in all, a rest of 20 minutes in a stay of more than 2 1/2 hours."""
    gaps = [(later.start - earlier.end) // MINUTE for earlier, later in pairwise(day.legs)]
    total = (day.legs[-1].end - day.legs[0].start) // MINUTE
    return any(not 5 <= gap <= 30 for gap in gaps) or total > 330 or (total > 150 and max(gaps, default=0) < 20)


def _has_wrong_order(day: Day) -> bool:
    keys = [leg.key for leg in sorted(day.legs, key=lambda leg: leg.start)]
    place = {key: number for number, key in enumerate(keys)}
    if NAVIGATOR_FIRST in place and place[NAVIGATOR_FIRST] != 0:
        return True
    if NAVIGATOR_LAST in place and place[NAVIGATOR_LAST] != len(keys) - 1:
        return True
    return "SPINE_SURG" in place and "RAD_ONC" in place and place["SPINE_SURG"] > place["RAD_ONC"]
