"""A change as a value: what it makes of the rules, and which appointments then lie outside them."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability.bits import mask_from_intervals, ones
from scheduling.availability.changes import (
    NOT_AT_WORK,
    ROOM_CLOSED,
    AddClosure,
    AddException,
    AddSession,
    EndSession,
    PlannedLeg,
    PlannedVisit,
    RemoveClosure,
    RemoveException,
    applied,
    newly,
    outside,
    seen_print,
)
from scheduling.availability.sessions import Closure, SessionException, WeeklySession, day_windows, open_time

ZONE = ZoneInfo("America/Detroit")
MONDAY = date(2026, 6, 1)
DAYS = day_windows(MONDAY, MONDAY + timedelta(days=27), ZONE)
SESSION = WeeklySession(1, 0, time(8), time(12), date(2026, 1, 5), key=11)
EXCEPTION = SessionException(1, MONDAY, adds=True, starts=time(13), ends=time(15), key=21)
CLOSURE = Closure(DAYS[7].start, DAYS[7].end, key=31)
RULES = ((SESSION,), (EXCEPTION,), (CLOSURE,))


def opened(rules):
    return open_time(*rules, days=DAYS, zone=ZONE, clinician_ids=[1])[1].open


def test_added_time_is_open_and_removed_again_is_not():
    more = SESSION.__class__(1, 1, time(8), time(12), MONDAY)
    assert opened(applied(AddSession(more), RULES)).bit_count() == opened(RULES).bit_count() + 4 * 48
    assert opened(applied(RemoveException(EXCEPTION), RULES)).bit_count() == opened(RULES).bit_count() - 24
    assert opened(applied(RemoveClosure(CLOSURE), RULES)).bit_count() == opened(RULES).bit_count() + 48


def test_taken_time_is_not_open():
    away = SessionException(1, MONDAY, adds=False, starts=time(8), ends=time(9))
    assert opened(applied(AddException(away), RULES)).bit_count() == opened(RULES).bit_count() - 12
    everything = Closure(DAYS[0].start, DAYS[-1].end)
    assert opened(applied(AddClosure(everything, "Move"), RULES)) == 0


def test_holidays_stay_when_a_closure_is_removed():
    holiday = Closure(DAYS[14].start, DAYS[14].end)  # a day without a row of its own
    left = applied(RemoveClosure(CLOSURE), (*RULES[:2], (CLOSURE, holiday)))[2]
    assert left == (holiday,)


def test_ended_session_runs_to_its_last_date_and_others_are_left_alone():
    other = replace(SESSION, weekday=2, key=12)
    sessions = applied(EndSession(SESSION, MONDAY), ((SESSION, other), (), ()))[0]
    assert set(sessions) == {other, replace(SESSION, valid_until=MONDAY)}
    assert applied(EndSession(SESSION, date(2025, 1, 1)), ((SESSION, other), (), ()))[0] == (other,)


def a_visit(*legs, room=5):
    return PlannedVisit("v", 7, 1, room, legs[0].start, legs[-1].end, legs)


spans = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), max_size=4)


@given(spans, spans, spans, st.lists(st.tuples(st.integers(0, 20), st.integers(1, 12)), min_size=1, max_size=4))
def test_outside_agrees_with_looking_at_each_unit(people, stay, own, drawn):
    base, at, legs = 1000, 1000, []
    for number, (gap, units) in enumerate(drawn):
        at += gap
        legs.append(PlannedLeg(f"l{number}", 1, "RAD_ONC", 6 if number == 0 else None, at, at + units))
        at += units
    visit = a_visit(*legs)

    def mask(drawn_spans):
        return mask_from_intervals([(base + start, base + start + long) for start, long in drawn_spans], base, 120)

    def closed(drawn_spans, start, end):
        return any(not any(base + s <= unit < base + s + n for s, n in drawn_spans) for unit in range(start, end))

    rooms = {5: mask(stay), 6: mask(own)}
    found = outside([visit], lambda _kind, _site: {1: mask(people)}, rooms, base)

    for leg in legs:
        wanted = [NOT_AT_WORK] if closed(people, leg.start, leg.end) else []
        room = closed(stay, visit.start, visit.end) or (leg.room_id and closed(own, leg.start, leg.end))
        wanted += [ROOM_CLOSED] if room else []
        assert list(found.get(leg.key, ())) == wanted


def test_time_before_the_window_and_unknown_people_are_outside():
    leg = PlannedLeg("a", 2, "RAD_ONC", None, 995, 1005)
    found = outside([a_visit(leg)], lambda _kind, _site: {2: ones(50)}, {5: ones(50)}, 1000)
    assert found == {"a": (NOT_AT_WORK, ROOM_CLOSED)}
    later = PlannedLeg("b", 3, "RAD_ONC", None, 1005, 1010)
    assert outside([a_visit(later)], lambda _kind, _site: {}, {5: ones(50)}, 1000) == {"b": (NOT_AT_WORK,)}


def test_change_is_blamed_only_for_what_it_adds():
    before = {"a": (NOT_AT_WORK,), "b": (NOT_AT_WORK,)}
    after = {"a": (NOT_AT_WORK,), "b": (NOT_AT_WORK, ROOM_CLOSED), "c": (ROOM_CLOSED,)}
    assert newly(before, after) == {"b": (ROOM_CLOSED,), "c": (ROOM_CLOSED,)}


@given(st.sets(st.uuids(), max_size=6), st.sets(st.uuids(), max_size=6))
def test_print_of_what_was_seen_tells_sets_apart(one, other):
    texts = [[str(key) for key in keys] for keys in (one, other)]
    assert (seen_print(texts[0]) == seen_print(reversed(texts[1]))) == (one == other)
