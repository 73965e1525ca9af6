import pytest

from scheduling.visits import states
from scheduling.visits.states import (
    APPOINTMENT_CLAIMS_TIME,
    APPOINTMENT_FINAL,
    APPOINTMENT_MOVES,
    VISIT_CLAIMS_TIME,
    VISIT_FINAL,
    VISIT_MOVES,
    IllegalMove,
    appointment_state_for,
    can_move,
    require_move,
    visit_state_from,
)

FREED = {"expired", "released", "cancelled_by_patient", "cancelled_by_clinic", "no_show"}
VISIT_LEGAL = {
    ("held", "booked"),
    ("held", "expired"),
    ("held", "released"),
    ("booked", "checked_in"),
    ("booked", "cancelled_by_patient"),
    ("booked", "cancelled_by_clinic"),
    ("booked", "no_show"),
    ("checked_in", "in_visit"),
    ("in_visit", "completed"),
}
APPOINTMENT_LEGAL = {
    ("held", "booked"),
    ("held", "expired"),
    ("held", "released"),
    ("booked", "with_clinician"),
    ("booked", "cancelled_by_patient"),
    ("booked", "cancelled_by_clinic"),
    ("booked", "no_show"),
    ("with_clinician", "done"),
}


@pytest.mark.parametrize(("moves", "legal"), [(VISIT_MOVES, VISIT_LEGAL), (APPOINTMENT_MOVES, APPOINTMENT_LEGAL)])
def test_moves_of_every_pair_are_those_of_the_table(moves, legal):
    assert {(a, b) for a in moves for b in moves if can_move(moves, a, b)} == legal


@pytest.mark.parametrize("moves", [VISIT_MOVES, APPOINTMENT_MOVES])
def test_moves_lead_only_to_states_of_the_table(moves):
    assert set().union(*moves.values()) <= set(moves)


def test_final_states_hold_and_the_freed_claim_no_time():
    assert FREED | {"completed"} == VISIT_FINAL
    assert FREED | {"done"} == APPOINTMENT_FINAL
    assert {"held", "booked", "checked_in", "in_visit", "completed"} == VISIT_CLAIMS_TIME
    assert {"held", "booked", "with_clinician", "done"} == APPOINTMENT_CLAIMS_TIME


@pytest.mark.parametrize(("state", "to"), [("completed", "booked"), ("expired", "booked"), ("nowhere", "held")])
def test_illegal_move_is_refused(state, to):
    with pytest.raises(IllegalMove, match=f"{state} -> {to}"):
        require_move(VISIT_MOVES, state, to)
    assert require_move(VISIT_MOVES, states.HELD, states.BOOKED) is None


@pytest.mark.parametrize(
    ("visit", "before", "after"),
    [
        ("booked", "held", "booked"),
        ("booked", "booked", "booked"),
        ("expired", "held", "expired"),
        ("released", "held", "released"),
        ("cancelled_by_patient", "booked", "cancelled_by_patient"),
        ("no_show", "booked", "no_show"),
        ("no_show", "cancelled_by_clinic", "cancelled_by_clinic"),
        ("checked_in", "booked", "booked"),
        ("in_visit", "with_clinician", "with_clinician"),
        ("completed", "with_clinician", "done"),
        ("completed", "done", "done"),
    ],
)
def test_appointment_ends_as_its_visit_does(visit, before, after):
    assert appointment_state_for(visit, before) == after


@pytest.mark.parametrize(("visit", "before"), [("completed", "booked"), ("expired", "booked"), ("no_show", "held")])
def test_appointment_that_cannot_follow_its_visit_is_refused(visit, before):
    with pytest.raises(IllegalMove):
        appointment_state_for(visit, before)


@pytest.mark.parametrize(
    ("visit", "legs", "after"),
    [
        ("checked_in", ["booked", "booked"], "checked_in"),
        ("checked_in", ["with_clinician", "booked"], "in_visit"),
        ("in_visit", ["done", "booked"], "in_visit"),
        ("in_visit", ["done", "done"], "completed"),
        ("in_visit", ["done", "cancelled_by_clinic"], "completed"),
        ("in_visit", ["cancelled_by_clinic", "cancelled_by_clinic"], "in_visit"),
        ("booked", ["done", "done"], "booked"),
    ],
)
def test_visit_goes_on_as_its_legs_do(visit, legs, after):
    assert visit_state_from(visit, legs) == after
