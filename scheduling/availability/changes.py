"""A change of availability as a value, what it makes of the rules, and which appointments then lie outside them.

The same value is shown first (what would become of booked appointments) and saved afterwards, so that what was seen is
what is saved. Nothing is read or written here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from scheduling.availability.bits import ones
from scheduling.availability.sessions import Closure, SessionException, WeeklySession

REMOTE = frozenset({"video", "phone"})
NOT_AT_WORK = "not_at_work"
ROOM_CLOSED = "room_closed"
NO_INTERPRETER = "no_interpreter"


@dataclass(frozen=True, slots=True)
class AddSession:
    """A new weekly session."""

    session: WeeklySession


@dataclass(frozen=True, slots=True)
class EndSession:
    """A session's last date; before its first one it never takes place."""

    session: WeeklySession
    last_on: date


@dataclass(frozen=True, slots=True)
class ChangeSession:
    """A session as it is, and as it goes on from the first date of `after`; what was before that date stays."""

    session: WeeklySession
    after: WeeklySession


@dataclass(frozen=True, slots=True)
class AddException:
    """Time added or taken on one date."""

    exception: SessionException
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemoveException:
    """As if it had never been said."""

    exception: SessionException


@dataclass(frozen=True, slots=True)
class AddClosure:
    """Closed time of a clinician, a room, a site or everything."""

    closure: Closure
    reason: str


@dataclass(frozen=True, slots=True)
class RemoveClosure:
    """Open again."""

    closure: Closure


Change = AddSession | EndSession | ChangeSession | AddException | RemoveException | AddClosure | RemoveClosure
Rules = tuple[tuple[WeeklySession, ...], tuple[SessionException, ...], tuple[Closure, ...]]


def applied(change: Change, rules: Rules) -> Rules:
    """The sessions, exceptions and closures as they are after the change."""
    sessions, exceptions, closures = rules
    match change:
        case AddSession(session):
            sessions = (*sessions, session)
        case EndSession(session, last_on):
            others = tuple(one for one in sessions if one.key != session.key)
            ended = tuple(replace(one, valid_until=last_on) for one in sessions if one.key == session.key)
            sessions = others + tuple(one for one in ended if one.valid_from <= last_on)
        case ChangeSession(session, after):
            ended = applied(EndSession(session, after.valid_from - timedelta(days=1)), rules)
            return applied(AddSession(after), ended)
        case AddException(exception):
            exceptions = (*exceptions, exception)
        case RemoveException(exception):
            exceptions = tuple(one for one in exceptions if one.key != exception.key)
        case AddClosure(closure):
            closures = (*closures, closure)
        case RemoveClosure(closure):
            closures = tuple(one for one in closures if one.key is None or one.key != closure.key)
    return sessions, exceptions, closures


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """An appointment that is held or booked; times in absolute units."""

    key: str
    clinician_id: int
    specialty: str
    room_id: int | None
    start: int
    end: int
    clinician_name: str = ""
    specialty_name: str = ""
    mode: str = "in_person"


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit with its appointments in order, and what a list says of it."""

    key: str
    visit_type_id: int
    site_id: int
    room_id: int | None  # none: every appointment is by video or phone
    start: int
    end: int
    legs: tuple[PlannedLeg, ...]
    reference: str = ""
    kind_name: str = ""
    state: str = ""
    level: str = ""
    is_frail: bool = False
    patient_key: object = None
    interpreter_id: int | None = None


OpenPeople = Callable[[int, int | None], Mapping[int, int]]  # (visit type, site or any) -> masks of clinicians


def outside(
    visits: Iterable[PlannedVisit], people: OpenPeople, rooms: Mapping[int, int], base: int
) -> dict[str, tuple[str, ...]]:
    """Codes by key of the appointments that lie outside working time, or in a room that is closed at that time.

    ``people`` and ``rooms`` give masks of open time relative to ``base``; claims are not asked. The stay room counts
    for the whole visit, so that its closing touches every appointment; so does the interpreter. One by video or phone
    can be held from any site, and a visit of such ones alone has no room.
    """

    def is_open(mask: int, start: int, end: int) -> bool:
        wanted = ones(end - start)
        return start >= base and mask >> (start - base) & wanted == wanted

    found = {}
    for visit in visits:
        here = people(visit.visit_type_id, visit.site_id if visit.room_id is not None else None)
        room_open = visit.room_id is None or is_open(rooms.get(visit.room_id, 0), visit.start, visit.end)
        helper = visit.interpreter_id
        helper_there = helper is None or is_open(here.get(helper, 0), visit.start, visit.end)
        for leg in visit.legs:
            own_open = leg.room_id is None or is_open(rooms.get(leg.room_id, 0), leg.start, leg.end)
            opened = people(visit.visit_type_id, None) if leg.mode in REMOTE else here
            codes = []
            if not is_open(opened.get(leg.clinician_id, 0), leg.start, leg.end):
                codes.append(NOT_AT_WORK)
            if not (room_open and own_open):
                codes.append(ROOM_CLOSED)
            if not helper_there:
                codes.append(NO_INTERPRETER)
            if codes:
                found[leg.key] = tuple(codes)
    return found


def newly(before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What the change adds: appointments with a code that they did not have."""
    added = {key: tuple(code for code in codes if code not in before.get(key, ())) for key, codes in after.items()}
    return {key: codes for key, codes in added.items() if codes}


def seen_print(orphans: Iterable[str]) -> str:
    """A short print of what a person was shown: saving asks whether it is still the same."""
    return sha256(",".join(sorted(orphans)).encode()).hexdigest()[:16]
