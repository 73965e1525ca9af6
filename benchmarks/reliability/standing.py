"""What the plain program knows: visits with their legs, offers, changes and requests as they stand, and their time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.reliability.words import Claim, Day, Leg

TAKES_TIME = frozenset({"held", "booked", "checked_in", "in_visit", "completed"})
LEG_TAKES_TIME = frozenset({"held", "booked", "with_clinician", "done"})


@dataclass
class LegNow:
    """A leg of a visit."""

    key: str
    clinician: int
    room: int | None
    start: datetime
    end: datetime
    state: str = "held"


@dataclass
class VisitNow:
    """A visit with its legs."""

    request: str
    offer: str
    patient: str
    room: int
    legs: dict[str, LegNow]
    start: datetime
    end: datetime
    state: str = "held"
    sequence: int = 0
    checked_in: datetime | None = None

    def live(self) -> dict[str, LegNow]:
        """Legs that take time, in order of time."""
        taking = [(name, leg) for name, leg in self.legs.items() if leg.state in LEG_TAKES_TIME]
        return dict(sorted(taking, key=lambda pair: pair[1].start))

    def claims(self) -> set[Claim]:
        """The time it takes in its state."""
        if self.state not in TAKES_TIME:
            return set()
        taken = {(("room", self.room), self.start, self.end)}
        for leg in self.live().values():
            taken.add((("clinician", leg.clinician), leg.start, leg.end))
            if leg.room is not None:
                taken.add((("room", leg.room), leg.start, leg.end))
        if self.state != "held":
            taken.add((("patient", self.patient), self.start, self.end))
        return taken


@dataclass
class OfferNow:
    """An offer with the keys of its days."""

    request: str
    days: list[str]
    expires: datetime
    state: str = "open"
    extended: bool = False
    replaces: str = ""  # the booked visit that gives way to the day chosen


@dataclass
class ChangeNow:
    """A change of a visit that can be undone for a while."""

    visit: str
    at: datetime
    before: tuple
    after: tuple
    undone: bool = False


def snapshot(visit: VisitNow) -> tuple:
    """Everything of a visit that a change can change."""
    legs = [(name, leg.clinician, leg.room, leg.state, leg.start, leg.end) for name, leg in visit.legs.items()]
    return visit.state, visit.room, tuple(legs)


@dataclass
class RequestNow:
    """A reviewed request."""

    patient: str
    kind: str
    hold: timedelta  # how long a hold of its level lasts


def claims_of(day: Day) -> set[Claim]:
    """The time that holding a day takes."""
    taken: set[Claim] = {(("room", day.room), day.start, day.end)}
    for leg in day.legs:
        taken.add((("clinician", leg.clinician), leg.start, leg.end))
        if leg.room is not None:
            taken.add((("room", leg.room), leg.start, leg.end))
    return taken


def overlap(one: Claim, other: Claim) -> bool:
    """Whether two claims want one resource at one moment."""
    return one[0] == other[0] and one[1] < other[2] and one[2] > other[1]


def leg_now(leg: Leg) -> LegNow:
    """A leg of a day that is held from now on."""
    return LegNow(leg.key, leg.clinician, leg.room, leg.start, leg.end)
