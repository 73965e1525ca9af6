"""The judge of the reliability run objects to histories that cannot be, and to no other."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benchmarks.reliability.changes import Model
from benchmarks.reliability.judge import Committed, end_of_unknown, judge
from benchmarks.reliability.rules import Clinic
from benchmarks.reliability.standing import RequestNow
from benchmarks.reliability.words import FAILED, MADE, REFUSED, UNKNOWN, Attempt, Day, Leg, Recorded

OPENS = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
TOMORROW = datetime(2027, 1, 5, 14, 0, tzinfo=UTC)  # 9 a.m. in Detroit
MED_ONC, OTHER_MED_ONC = 1, 2
ROOM, OTHER_ROOM = 11, 12


class History:
    """Attempts, one after the other unless said otherwise, with what the database has of them."""

    def __init__(self):
        self.recorded, self.committed, self.seconds = [], {}, 0

    def attempt(self, what, by="staff", *, outcome=MADE, said="", key="", moves=None, began=None, ended=None, **given):
        self.seconds += 1
        moment = OPENS + timedelta(seconds=self.seconds)
        began = self.seconds * 10 if began is None else began
        ended = self.seconds * 10 + 5 if ended is None else ended
        one = Recorded(Attempt(what, by, moment, given), key or f"key {self.seconds}", 1, began, ended, outcome, said)
        self.recorded.append(one)
        if moves is not None:
            self.committed[moment] = Committed(self.seconds, moves)
        return one

    def hold(self, name, *days, request="", **changes):
        """An offer called by a letter, its visits "a0", "a1" ... with a leg each."""
        request = request or f"request {name}"
        visits = [f"{name}{number}" for number in range(len(days))]
        moves = [("offer", name, "", "open")]
        moves += [("visit", visit, "", "held") for visit in visits]
        moves += [("appointment", f"leg {visit}", "", "held") for visit in visits]
        moves += [("request", request, "ready", "offered")]
        return self.attempt("make_offer", **{"request": request, "days": list(days), "moves": moves} | changes)

    def book(self, name, visit="", **changes):
        visit = visit or f"{name}0"
        moves = [
            ("visit", visit, "held", "booked"),
            ("appointment", f"leg {visit}", "held", "booked"),
            ("offer", name, "open", "accepted"),
            ("request", f"request {name}", "offered", "scheduled"),
        ]
        return self.attempt("accept", **{"offer": name, "visit": visit, "moves": moves} | changes)

    def cancel(self, visit, **changes):
        moves = [
            ("visit", visit, "booked", "cancelled_by_clinic"),
            ("appointment", f"leg {visit}", "booked", "cancelled_by_clinic"),
            ("request", f"request {visit[0]}", "scheduled", "ready"),
        ]
        return self.attempt("cancel", **{"visit": visit, "moves": moves} | changes)

    def faults(self):
        clinic = Clinic(
            {MED_ONC: "MED_ONC", OTHER_MED_ONC: "MED_ONC"},
            {ROOM: "stay", OTHER_ROOM: "stay"},
            ZoneInfo("America/Detroit"),
        )
        patients = {"request a": "one", "request b": "two", "request c": "one"}
        requests = {key: RequestNow(patient, "follow_up", timedelta(hours=48)) for key, patient in patients.items()}
        self.model = Model(clinic, requests)
        return judge(self.model, self.recorded, self.committed).faults


def a_day(*, hours=0, who=MED_ONC, room=ROOM):
    start = TOMORROW + timedelta(hours=hours)
    return Day(room, (Leg("MED_ONC", who, None, start, start + timedelta(minutes=30)),))


@pytest.fixture
def history():
    return History()


def test_a_legal_history_has_no_fault(history):
    history.hold("a", a_day(), a_day(hours=1))
    history.hold("b", a_day(), moves=None, outcome=REFUSED, said="taken")
    history.book("a", "a1", moves=[
        ("visit", "a0", "held", "released"), ("appointment", "leg a0", "held", "released"),
        ("visit", "a1", "held", "booked"), ("appointment", "leg a1", "held", "booked"),
        ("offer", "a", "open", "accepted"), ("request", "request a", "offered", "scheduled"),
    ])  # fmt: skip
    history.hold("b", a_day())
    history.cancel("a1")
    assert history.faults() == []
    assert history.model.visits["a1"].state == "cancelled_by_clinic"


@pytest.mark.parametrize("same", ["clinician", "room"])
def test_an_overlap_is_seen(history, same):
    history.hold("a", a_day())
    other = {"clinician": {"room": OTHER_ROOM}, "room": {"who": OTHER_MED_ONC}}[same]
    history.hold("b", a_day(**other))
    faults = history.faults()
    assert any("should have been refused: ['taken']" in fault for fault in faults)
    assert any("overlap" in fault for fault in faults)


def test_an_overlap_of_a_patient_is_seen(history):
    history.hold("a", a_day())
    history.hold("c", a_day(who=OTHER_MED_ONC, room=OTHER_ROOM))
    history.book("a")
    history.book("c")
    assert any("overlap" in fault for fault in history.faults())


def test_a_lost_booking_is_seen(history):
    history.hold("a", a_day())
    history.book("a", moves=None)
    assert [fault for fault in history.faults() if "acknowledged and lost" in fault]


@pytest.mark.parametrize(("first", "faults"), [(UNKNOWN, 0), (None, 1)])
def test_a_refusal_may_be_the_answer_of_a_process_that_was_killed(history, first, faults):
    history.hold("a", a_day())
    history.hold("b", a_day(), moves=None, outcome=first or MADE, key="asked again" if first else "other")
    history.book("a")
    history.cancel("a0")
    if first is None:
        history.recorded.pop(1)
    history.hold("b", a_day(), moves=None, outcome=REFUSED, said="taken", key="asked again")
    assert len(history.faults()) == faults


def test_a_booking_that_was_refused_is_seen(history):
    history.hold("a", a_day())
    history.book("a", outcome=REFUSED, said="taken")
    assert [fault for fault in history.faults() if "refused and committed" in fault]


def test_a_partial_visit_is_seen(history):
    history.hold("a", a_day())
    history.book("a", moves=[("visit", "a0", "held", "booked"), ("offer", "a", "open", "accepted")])
    [fault] = history.faults()
    assert "partial" in fault
    assert "leg a0" in fault


def test_a_move_written_twice_is_seen(history):
    made = history.hold("a", a_day())
    history.committed[made.attempt.now].moves.append(("offer", "a", "", "open"))
    assert [fault for fault in history.faults() if "too much" in fault]


@pytest.mark.parametrize("said", ["taken", "not_ready", "busy", "past"])
def test_a_refusal_without_a_reason_is_seen(history, said):
    history.hold("a", a_day(), moves=None, outcome=REFUSED, said=said)
    [fault] = history.faults()
    assert f"refused as {said!r}" in fault


def test_a_refusal_whose_reason_had_passed_is_seen(history):
    history.hold("a", a_day())
    history.book("a")
    history.cancel("a0")
    history.hold("b", a_day(), moves=None, outcome=REFUSED, said="taken")
    assert len(history.faults()) == 1


def test_a_refusal_is_right_if_it_was_at_some_moment_of_the_attempt(history):
    history.hold("a", a_day())
    booked = history.book("a")
    history.cancel("a0")
    history.hold("b", a_day(), moves=None, outcome=REFUSED, said="taken", began=booked.ended)
    assert history.faults() == []


def test_busy_is_right_after_three_seconds(history):
    history.hold("a", a_day(), moves=None, outcome=REFUSED, said="busy", began=0, ended=3_000_000_000)
    assert history.faults() == []


def test_a_day_that_ended_before_its_time_is_seen(history):
    history.hold("a", a_day())
    swept = history.attempt("expire", moves=[
        ("visit", "a0", "held", "expired"), ("appointment", "leg a0", "held", "expired"),
        ("offer", "a", "open", "expired"), ("request", "request a", "offered", "ready"),
    ])  # fmt: skip
    history.committed[swept.attempt.now].lapsed = ["a0"]
    assert [fault for fault in history.faults() if "before their time" in fault]


def test_one_key_that_booked_twice_is_seen(history):
    history.hold("a", a_day(), key="same")
    history.hold("b", a_day(hours=1), key="same")
    assert [fault for fault in history.faults() if "committed 2 times" in fault]


def test_an_order_against_the_clock_is_seen(history):
    history.hold("b", a_day(hours=1), began=300, ended=310)
    history.hold("a", a_day(), began=100, ended=110)
    assert [fault for fault in history.faults() if "began when it was over" in fault]


def test_what_nobody_attempted_is_seen(history):
    history.committed[OPENS] = Committed(1, [("visit", "a0", "booked", "cancelled_by_clinic")])
    assert [fault for fault in history.faults() if "nobody attempted" in fault]


def test_an_error_page_is_seen(history):
    history.hold("a", a_day(), moves=None, outcome=FAILED, said="OperationalError: deadlock detected")
    assert [fault for fault in history.faults() if "deadlock" in fault]


def test_an_attempt_without_response_may_have_happened_or_not(history):
    history.hold("a", a_day(), outcome=UNKNOWN)
    history.hold("b", a_day(hours=1), outcome=UNKNOWN, moves=None)
    assert history.faults() == []
    assert set(history.model.offers) == {"a"}


def test_an_attempt_of_a_killed_process_was_over_with_the_answer_to_its_key_or_with_its_process(history):
    first, second = history.hold("a", a_day(), outcome=UNKNOWN, key="pressed"), history.hold("b", a_day(hours=1))
    first.ended = second.ended = None
    second.outcome = UNKNOWN
    history.hold("a", a_day(), key="pressed", moves=None)
    end_of_unknown(history.recorded, {1: 77})
    assert first.ended == history.recorded[-1].ended
    assert second.ended == 77


def test_stale_is_right_only_if_the_visit_changed_meanwhile(history):
    history.hold("a", a_day())
    booked = history.book("a")
    asked = {"visit": "a0", "leg": "leg a0", "clinician": OTHER_MED_ONC, "outcome": REFUSED, "said": "stale"}
    history.attempt("swap_clinician", **asked)
    assert len(history.faults()) == 1
    history.recorded.pop()
    history.cancel("a0")
    history.attempt("swap_clinician", **asked, began=booked.ended + 1)
    assert history.faults() == []
