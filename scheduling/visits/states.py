"""States of a visit (one day) and of its appointments (its legs), and which moves between them are legal.

An appointment goes its own way only while its visit is under way; in all other respects it ends as its visit does.
"""

from collections.abc import Collection, Iterable, Mapping

HELD = "held"
BOOKED = "booked"
CHECKED_IN = "checked_in"
IN_VISIT = "in_visit"
COMPLETED = "completed"
EXPIRED = "expired"
RELEASED = "released"
CANCELLED_BY_PATIENT = "cancelled_by_patient"
CANCELLED_BY_CLINIC = "cancelled_by_clinic"
NO_SHOW = "no_show"
WITH_CLINICIAN = "with_clinician"
DONE = "done"

Moves = Mapping[str, frozenset[str]]

_NEVER: frozenset[str] = frozenset()
_HOLD_ENDS = frozenset({BOOKED, EXPIRED, RELEASED})
_FREED = frozenset({EXPIRED, RELEASED, CANCELLED_BY_PATIENT, CANCELLED_BY_CLINIC, NO_SHOW})

VISIT_MOVES: dict[str, frozenset[str]] = {
    HELD: _HOLD_ENDS,
    BOOKED: frozenset({CHECKED_IN, CANCELLED_BY_PATIENT, CANCELLED_BY_CLINIC, NO_SHOW}),
    CHECKED_IN: frozenset({IN_VISIT}),
    IN_VISIT: frozenset({COMPLETED}),
    COMPLETED: _NEVER,
    **dict.fromkeys(sorted(_FREED), _NEVER),
}

APPOINTMENT_MOVES: dict[str, frozenset[str]] = {
    HELD: _HOLD_ENDS,
    BOOKED: frozenset({WITH_CLINICIAN, CANCELLED_BY_PATIENT, CANCELLED_BY_CLINIC, NO_SHOW}),
    WITH_CLINICIAN: frozenset({DONE}),
    DONE: _NEVER,
    **dict.fromkeys(sorted(_FREED), _NEVER),
}

# Wrong clicks of the day that can be taken back for some minutes; everything else only goes forward.
VISIT_BACK: dict[str, frozenset[str]] = {
    CHECKED_IN: frozenset({BOOKED}),
    IN_VISIT: frozenset({CHECKED_IN}),
    COMPLETED: frozenset({IN_VISIT}),
}
APPOINTMENT_BACK: dict[str, frozenset[str]] = {
    WITH_CLINICIAN: frozenset({BOOKED}),
    DONE: frozenset({WITH_CLINICIAN}),
}

VISIT_FINAL = frozenset(state for state, moves in VISIT_MOVES.items() if not moves)
APPOINTMENT_FINAL = frozenset(state for state, moves in APPOINTMENT_MOVES.items() if not moves)

# States whose time nobody else may have. What was done stays claimed: it did take that time.
VISIT_CLAIMS_TIME = frozenset(VISIT_MOVES) - _FREED
APPOINTMENT_CLAIMS_TIME = frozenset(APPOINTMENT_MOVES) - _FREED


class IllegalMove(ValueError):  # noqa: N818 - a fact about a move, not a fault of the program
    """A move that the table of states does not allow."""


def can_move(moves: Moves, state: str, to: str) -> bool:
    """Whether the table allows the move; an unknown state allows none."""
    return to in moves.get(state, _NEVER)


def require_move(moves: Moves, state: str, to: str) -> None:
    """Raise IllegalMove unless the table allows the move."""
    if not can_move(moves, state, to):
        raise IllegalMove(f"{state} -> {to}")


def appointment_state_for(visit_state: str, appointment_state: str) -> str:
    """What a leg becomes when its visit becomes ``visit_state``; a leg that has ended stays as it is.

    Raises IllegalMove where the leg cannot follow: a visit is not complete while a leg is still to come.
    """
    if appointment_state in APPOINTMENT_FINAL or visit_state in {CHECKED_IN, IN_VISIT}:
        return appointment_state
    to = DONE if visit_state == COMPLETED else visit_state
    if to != appointment_state:
        require_move(APPOINTMENT_MOVES, appointment_state, to)
    return to


def visit_state_from(visit_state: str, appointment_states: Iterable[str]) -> str:
    """What a checked-in visit becomes as its legs go on: in the visit from the first, completed with the last.

    Legs called off by the clinic do not hold the visit open; a visit in any other state stays as it is.
    """
    states: Collection[str] = list(appointment_states)
    if visit_state not in {CHECKED_IN, IN_VISIT}:
        return visit_state
    if DONE in states and all(state in APPOINTMENT_FINAL for state in states):
        return COMPLETED
    if WITH_CLINICIAN in states or DONE in states:
        return IN_VISIT
    return visit_state


def visit_state_back(visit_state: str, appointment_states: Iterable[str]) -> str:
    """What a visit becomes when one of its legs has gone a step back: in the visit again, or only checked in.

    A visit in any other state stays as it is.
    """
    states: Collection[str] = list(appointment_states)
    if visit_state == COMPLETED:
        return IN_VISIT
    if visit_state == IN_VISIT and WITH_CLINICIAN not in states and DONE not in states:
        return CHECKED_IN
    return visit_state
