"""The words of a coordinated day: legs, rules, wishes, itineraries, and why there is none.

Lengths are in units of 5 minutes, moments in absolute units (``scheduling.availability.bits``). The figures are those
of the domain's section 1.5 and are the clinic's to change; the clinical ones need sign-off.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from graphlib import CycleError, TopologicalSorter
from zoneinfo import ZoneInfo

from scheduling.availability.sessions import DayWindow

FIRST, IMAGING, CONSULT, WRAP_UP = "first", "imaging", "consult", "wrap_up"
STAGES = (FIRST, IMAGING, CONSULT, WRAP_UP)
IN_PERSON, VIDEO, PHONE = "in_person", "video", "phone"
REMOTE = frozenset({VIDEO, PHONE})
MODES = frozenset({IN_PERSON, VIDEO, PHONE})

# Soft order of consults: it only breaks ties between itineraries of equal rank.
RANK_GROUP = {
    "NURSE_NAV": 0,
    "RADIOLOGY": 1,
    "SPINE_SURG": 2,
    "ORTHO_ONC": 2,
    "RAD_ONC": 2,
    "MED_ONC": 3,
    "INT_RAD": 3,
    "PALLIATIVE": 4,
    "PMR_PT": 4,
    "SOCIAL_WORK": 4,
    "PHARMACY": 4,
    "NUTRITION": 4,
    "CLIN_TRIALS": 4,
}
LAST_GROUP = 4
PHYSICIANS = frozenset({"RAD_ONC", "ORTHO_ONC", "SPINE_SURG", "MED_ONC", "INT_RAD", "PALLIATIVE"})
HARD_PAIRS = (("SPINE_SURG", "RAD_ONC"),)  # stability is judged before radiation is planned

# Parts of the day in local minutes, as patients are asked: before 11, 11 to 2, after 2
PARTS_OF_DAY = {"morning": (0, 660), "midday": (660, 840), "afternoon": (840, 1440)}


@dataclass(frozen=True, slots=True)
class Leg:
    """One consult of the visit: who may do it, for how long, and the extra room it needs (any one of those named).

    One by video or phone needs no room, and its clinician may be at any site.
    """

    key: str
    specialty: str
    units: int
    clinician_ids: tuple[int, ...]
    stage: str = CONSULT
    extra_room_ids: tuple[int, ...] | None = None
    is_physician: bool | None = None
    rank_group: int | None = None
    mode: str = IN_PERSON

    def __post_init__(self) -> None:
        if self.units < 1:
            raise ValueError(f"leg {self.key} has no length")
        if self.stage not in STAGES:
            raise ValueError(f"leg {self.key} has an unknown stage {self.stage}")
        if self.mode in REMOTE and self.extra_room_ids is not None:
            raise ValueError(f"leg {self.key} needs a room and cannot be remote")
        if self.is_physician is None:
            object.__setattr__(self, "is_physician", self.specialty in PHYSICIANS)
        if self.rank_group is None:
            object.__setattr__(self, "rank_group", RANK_GROUP.get(self.specialty, LAST_GROUP))


@dataclass(frozen=True, slots=True)
class DayRules:
    """Limits of one day, in units: each gap, the whole stay, the rest owed in a long stay, physician consults."""

    gap_min: int = 1
    gap_max: int = 6
    total_max: int = 66
    rest_after: int = 30
    rest_min: int = 4
    max_physicians: int | None = None
    step: int = 3


COORDINATED = DayRules()
FRAIL = DayRules(total_max=42, max_physicians=3)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a kind of visit says of its gaps and its whole stay, in minutes; None: as the clinic has set it."""

    gap_min: int | None = None
    gap_max: int | None = None
    total_max: int | None = None


NO_LIMITS = Limits()


def rules_for(frail: bool, limits: Limits = NO_LIMITS) -> DayRules:
    """The rules of an ordinary or of a frail patient's day, with the limits of the kind of visit.

    Minutes off the grid count against the visit: the least gap is rounded up, the others down. No kind of visit makes
    a frail patient's day longer. A limit that the other one contradicts takes it along.
    """
    rules = FRAIL if frail else COORDINATED
    if limits == NO_LIMITS:
        return rules
    low = rules.gap_min if limits.gap_min is None else -(-limits.gap_min // 5)
    high = rules.gap_max if limits.gap_max is None else limits.gap_max // 5
    if limits.gap_min is None:
        low = min(low, high)
    total = rules.total_max if limits.total_max is None else limits.total_max // 5
    return replace(
        rules,
        gap_min=low,
        gap_max=max(low, high),
        total_max=min(total, rules.total_max) if frail else total,
    )


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the patient asked for: weekdays (0 Monday) and windows of local minutes for the first start.

    Wishes rank; with ``required`` they limit.
    """

    weekdays: frozenset[int] = frozenset()
    start_windows: tuple[tuple[int, int], ...] = ()
    required: bool = False

    def judge(self, weekday: int, minute: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Codes of the wishes met and of those missed by a visit that starts then."""
        met: list[str] = []
        missed: list[str] = []
        if self.weekdays:
            (met if weekday in self.weekdays else missed).append("weekday")
        if self.start_windows:
            fits = any(low <= minute < high for low, high in self.start_windows)
            (met if fits else missed).append("part_of_day")
        return tuple(met), tuple(missed)


@dataclass(frozen=True, slots=True)
class PlacedLeg:
    """A leg with its clinician, its own extra room if it needs one, its time in absolute units, and how it is held."""

    key: str
    clinician_id: int
    room_id: int | None
    start: int
    end: int
    mode: str = IN_PERSON


@dataclass(frozen=True, slots=True)
class Itinerary:
    """One complete day: legs in order of time, the stay room, the units spent waiting, why it ranks so, interpreter.

    A day whose legs are all by video or phone has no room.
    """

    day: date
    room_id: int | None
    legs: tuple[PlacedLeg, ...]
    waiting_units: int
    wishes_met: tuple[str, ...] = ()
    wishes_missed: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    interpreter_id: int | None = None

    @property
    def start(self) -> int:
        """First start, in absolute units."""
        return self.legs[0].start

    @property
    def end(self) -> int:
        """Last end, in absolute units."""
        return self.legs[-1].end

    @property
    def is_remote(self) -> bool:
        """Whether the patient need not come: every leg is by video or phone."""
        return all(leg.mode in REMOTE for leg in self.legs)

    @property
    def uses(self) -> list[tuple[str, int, int, int]]:
        """What it takes of the clinic's time: ("clinician" | "room", key, start, end)."""
        stay = [("room", self.room_id), ("clinician", self.interpreter_id)]
        used = [(kind, key, self.start, self.end) for kind, key in stay if key is not None]
        for leg in self.legs:
            used.append(("clinician", leg.clinician_id, leg.start, leg.end))
            if leg.room_id is not None:
                used.append(("room", leg.room_id, leg.start, leg.end))
        return used


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why no day is complete: a code, the leg in the way, the figures for a sentence, the next complete day.

    Codes: ``no_legs``, ``too_many_physicians``, ``too_long`` (before any search); ``no_days`` (nothing left to
    search); ``not_before`` (the last day lies before the first one allowed); ``no_time`` (the leg has no start at all
    in the days searched); ``patient_busy`` (the patient has another visit then); ``closed`` (nobody works, of one day
    alone); ``no_fit`` (it has, but never with the others); ``no_room`` (the legs fit, the room or the
    person who stays throughout does not); ``no_interpreter`` (all else does); ``wishes`` (only they stand in the way).
    """

    code: str
    leg_key: str | None = None
    leg_keys: tuple[str, ...] = ()
    days_searched: int = 0
    days_with_leg: int = 0
    days_without_leg: int = 0
    next_day: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Ranked itineraries; ``why_not`` is given when there is none, or none before the deadline."""

    itineraries: list[Itinerary]
    why_not: WhyNot | None


@dataclass(frozen=True, slots=True)
class Query:
    """All that a search needs. Masks are free time relative to ``base``, which is ``days[0].start``.

    ``rooms`` are stay rooms in order of preference, None when the visit needs none; so are ``interpreters``, of whom
    one must be free from the first start to the last end and who are never a leg's clinician. ``whole_stay`` is a
    further mask that must be free throughout (the patient's own time). Legs by video or phone look at ``anywhere``
    (clinicians at whichever site) instead of ``clinicians``. ``deadline`` ranks and explains, ``first_day`` and
    ``last_day`` limit. Days must follow one another without a hole.
    """

    legs: tuple[Leg, ...]
    days: Sequence[DayWindow]
    base: int
    zone: ZoneInfo
    now: int
    clinicians: Mapping[int, int]
    rooms: Mapping[int, int] | None
    extra_rooms: Mapping[int, int] = field(default_factory=dict)
    interpreters: Mapping[int, int] | None = None
    anywhere: Mapping[int, int] = field(default_factory=dict)
    whole_stay: int | None = None
    rules: DayRules = COORDINATED
    before: tuple[tuple[str, str], ...] = ()
    wishes: Wishes = Wishes()
    deadline: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    notice_units: int = 24

    def free_for(self, leg: Leg) -> Mapping[int, int]:
        """Free time of the clinicians as this leg may use it."""
        return self.anywhere if leg.mode in REMOTE else self.clinicians


def _sees_before_room(a: Leg, b: Leg) -> bool:
    return a.specialty == b.specialty and a.extra_room_ids is None and b.extra_room_ids is not None


def hard_order(legs: Iterable[Leg], before: Iterable[tuple[str, str]] = ()) -> tuple[tuple[str, str], ...]:
    """Pairs of keys, the first of which must come before the second.

    Nurse navigator first, imaging next, wrap-up last, a consult with spine surgery before one with radiation
    oncology, a consult before what the same specialty does in a room of its own (a simulation is planned by then), and
    the pairs asked for.
    Raises ValueError when keys repeat or the pairs contradict one another.
    """
    legs = tuple(legs)
    keys = {leg.key for leg in legs}
    if len(keys) != len(legs):
        raise ValueError("two legs have the same key")
    pairs = {(a, b) for a, b in before if a in keys and b in keys}
    for a in legs:
        for b in legs:
            consults = a.stage == b.stage == CONSULT
            is_pair = consults and ((a.specialty, b.specialty) in HARD_PAIRS or _sees_before_room(a, b))
            if STAGES.index(a.stage) < STAGES.index(b.stage) or is_pair:
                pairs.add((a.key, b.key))
    graph: dict[str, set[str]] = {key: set() for key in keys}
    for a_key, b_key in pairs:
        graph[b_key].add(a_key)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise ValueError("the order of the legs contradicts itself") from error
    return tuple(sorted(pairs))
