"""The words of the sequential model: legs, days, attempts, and what was recorded of an attempt. Plain Python."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Resource = tuple[str, Any]  # ("clinician" | "room" | "patient", key)
Claim = tuple[Resource, datetime, datetime]
Move = tuple[str, str, str, str]  # thing, its key, state before, state after

MADE, REFUSED, FAILED, UNKNOWN = "made", "refused", "failed", "unknown"


@dataclass(frozen=True, slots=True)
class Leg:
    """One consult as it is asked for."""

    key: str
    clinician: int
    room: int | None
    start: datetime
    end: datetime

    def as_json(self) -> list:
        """For the log."""
        return [self.key, self.clinician, self.room, self.start.isoformat(), self.end.isoformat()]

    @classmethod
    def from_json(cls, given: list) -> "Leg":
        """From the log."""
        return cls(*given[:3], datetime.fromisoformat(given[3]), datetime.fromisoformat(given[4]))


@dataclass(frozen=True, slots=True)
class Day:
    """One visit as it is asked for: the stay room and the legs in order of time."""

    room: int
    legs: tuple[Leg, ...]

    @property
    def start(self) -> datetime:
        """First start."""
        return self.legs[0].start

    @property
    def end(self) -> datetime:
        """Last end."""
        return max(leg.end for leg in self.legs)

    def as_json(self) -> list:
        """For the log."""
        return [self.room, [leg.as_json() for leg in self.legs]]

    @classmethod
    def from_json(cls, given: list) -> "Day":
        """From the log."""
        return cls(given[0], tuple(Leg.from_json(leg) for leg in given[1]))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One press of a button: what, by whom ("staff", "person", "stranger"), at which moment of the clinic's clock.

    No two attempts have the same moment, so that every row that an attempt wrote can be told from its time.
    """

    what: str
    by: str
    now: datetime
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Recorded:
    """An attempt with its invocation and its response, on a clock that all processes share (nanoseconds)."""

    attempt: Attempt
    key: str
    process: int
    began: int
    ended: int | None = None  # None: no response was ever seen
    outcome: str = UNKNOWN
    said: str = ""  # the refusal's code, or the error
    result: dict[str, Any] = field(default_factory=dict)
