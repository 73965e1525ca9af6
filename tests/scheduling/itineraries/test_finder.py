import time as clock
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import combinations, pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from scheduling.availability.bits import ones
from scheduling.availability.sessions import day_windows, unit_at
from scheduling.itineraries.check import check_itinerary
from scheduling.itineraries.finder import find, refusal, search, why_not
from scheduling.itineraries.legs import (
    COORDINATED,
    FRAIL,
    Leg,
    Query,
    WhyNot,
    Wishes,
    hard_order,
    rules_for,
)

DETROIT = ZoneInfo("America/Detroit")
MONDAY = date(2026, 6, 1)
NURSE, SURGEON, RADIATION, PAIN = 1, 2, 3, 4


def leg(key, clinician, minutes, **more):
    specialty = more.pop("specialty", key.upper())
    people = clinician if isinstance(clinician, tuple) else (clinician,)
    return Leg(key, specialty, minutes // 5, people, **more)


NAV = leg("nav", NURSE, 30, specialty="NURSE_NAV", stage="first")
WRAP = leg("wrap", NURSE, 15, specialty="NURSE_NAV", stage="wrap_up")
SPINE = leg("spine_surg", SURGEON, 40)
RAD = leg("rad_onc", RADIATION, 45)
PALL = leg("palliative", PAIN, 45)


def open_on(days, *parts, only=None):
    """A mask open on the days (by number, all if none named) between hours, as (9, 12) or (9.5, 12)."""
    base, mask = days[0].start, 0
    for number, day in enumerate(days):
        if only is None or number in only:
            for start, end in parts or ((8, 17),):
                mask |= ones(round((end - start) * 12)) << (day.start - base + round(start * 12))
    return mask


def clinic(legs, *, first=MONDAY, count=3, **more):
    days = day_windows(first, first + timedelta(days=count - 1), DETROIT)
    everyone = {one: open_on(days) for person in legs for one in person.clinician_ids}
    everyone.update({one: open_on(days, *parts) for one, parts in more.pop("people", {}).items()})
    given = {
        "legs": tuple(legs),
        "days": days,
        "base": days[0].start,
        "zone": DETROIT,
        "now": days[0].start - 288,
        "clinicians": everyone,
        "rooms": {11: open_on(days)},
    }
    return Query(**{**given, **more})


def local(unit):
    return datetime.fromtimestamp(unit * 300, DETROIT)


def times(itinerary):
    return [(placed.key, f"{local(placed.start):%H:%M}", f"{local(placed.end):%H:%M}") for placed in itinerary.legs]


def test_find_on_an_open_day_gives_one_itinerary_a_day_in_order():
    query = clinic([NAV, SPINE, RAD, PALL, WRAP])
    found = find(query)
    assert [one.day for one in found] == [MONDAY + timedelta(days=n) for n in range(3)]
    assert times(found[0]) == [
        ("nav", "08:00", "08:30"),
        ("spine_surg", "08:45", "09:25"),
        ("rad_onc", "09:30", "10:15"),
        ("palliative", "10:30", "11:15"),
        ("wrap", "11:45", "12:00"),
    ]
    assert found[0].reason == ("no_deadline", "earliest_day", "least_waiting")
    assert found[1].reason == ("no_deadline", "next_complete_day", "least_waiting")
    assert all(check_itinerary(query, one) == [] for one in found)


def test_find_keeps_the_order_of_consults_as_a_tie_break_only():
    legs = [NAV, PALL, leg("med_onc", 5, 45), leg("ortho_onc", 6, 45), WRAP]
    first = find(clinic(legs, count=1))[0]
    assert [placed.key for placed in first.legs] == ["nav", "ortho_onc", "med_onc", "palliative", "wrap"]
    # the surgeon is in only later: less waiting beats the usual order
    later = find(clinic(legs, count=1, people={6: [(10.5, 17)], 5: [(8, 10.5)]}))[0]
    assert [placed.key for placed in later.legs].index("med_onc") == 1


def test_find_puts_spine_surgery_before_radiation_even_where_that_waits():
    query = clinic([RAD, SPINE], count=1, people={RADIATION: [(8, 8.75), (16, 17)], SURGEON: [(8.75, 15.75)]})
    (found,) = find(query)
    assert [placed.key for placed in found.legs] == ["spine_surg", "rad_onc"]
    assert find(replace(query, clinicians={**query.clinicians, RADIATION: open_on(query.days, (8, 8.75))})) == []


def test_find_takes_a_rest_in_a_long_visit():
    legs = [leg(f"c{n}", n, 40) for n in range(1, 5)]  # four of 40 minutes: gaps of 5 would do but for the rest
    (found,) = find(clinic(legs, count=1))
    gaps = [(b.start - a.end) * 5 for a, b in pairwise(found.legs)]
    assert sorted(gaps) == [5, 5, 20]
    short = [leg(f"c{n}", n, 40) for n in range(1, 4)]  # three of them take 130 minutes: no rest owed
    (brief,) = find(clinic(short, count=1))
    assert [(b.start - a.end) * 5 for a, b in pairwise(brief.legs)] == [5, 5]


def test_find_needs_one_room_for_the_whole_stay():
    query = clinic([NAV, RAD], count=1)
    days = query.days
    halves = {11: open_on(days, (8, 8.75)), 12: open_on(days, (8.75, 10))}
    assert find(replace(query, rooms=halves)) == []
    assert why_not(replace(query, rooms=halves)) == WhyNot("no_room", days_searched=1)
    whole = {**halves, 13: open_on(days, (8, 9.5))}
    (found,) = find(replace(query, rooms=whole))
    assert (found.room_id, times(found)) == (13, [("nav", "08:00", "08:30"), ("rad_onc", "08:45", "09:30")])
    assert find(replace(query, rooms={})) == []
    assert find(replace(query, rooms=None))[0].room_id is None


def test_find_prefers_the_first_room_that_is_free_throughout():
    query = clinic([NAV], count=1)
    rooms = {12: open_on(query.days, (9, 17)), 13: open_on(query.days), 11: open_on(query.days)}
    assert find(replace(query, rooms=rooms))[0].room_id == 13


def test_find_keeps_the_person_who_must_stay_throughout():
    query = clinic([NAV, RAD], count=1)
    interpreter = open_on(query.days, (8, 9), (10, 11.5))
    assert times(find(replace(query, whole_stay=interpreter))[0])[0] == ("nav", "10:00", "10:30")


def test_find_gives_a_leg_its_own_room():
    scan = leg("ct", 5, 45, specialty="RAD_ONC", stage="imaging", extra_room_ids=(91, 92))
    query = clinic([NAV, scan, SPINE], count=1)
    query = replace(query, extra_rooms={91: open_on(query.days, (8, 9)), 92: open_on(query.days, (8.75, 12))})
    (found,) = find(query)
    assert [(placed.key, placed.room_id) for placed in found.legs] == [("nav", None), ("ct", 92), ("spine_surg", None)]
    assert check_itinerary(query, found) == []
    assert why_not(replace(query, extra_rooms={})).code == "no_time"


def test_find_with_a_fixed_clinician_takes_no_other():
    either = leg("rad_onc", (3, 7), 45)
    query = clinic([either], count=1, people={3: [(9, 10)], 7: [(8, 10)]})
    assert find(query)[0].legs[0].clinician_id == 7
    assert find(replace(query, legs=(replace(either, clinician_ids=(3,)),)))[0].legs[0].clinician_id == 3
    assert find(replace(query, legs=(replace(either, clinician_ids=()),))) == []


def test_find_keeps_one_nurse_for_both_ends_and_else_the_lowest_number():
    nav = replace(NAV, clinician_ids=(9, 1, 8))
    wrap = replace(WRAP, clinician_ids=(1, 8, 9))
    query = clinic([nav, RAD, wrap], count=1, people={1: [(12, 17)]})
    morning = find(query)[0]
    assert (morning.legs[0].clinician_id, morning.legs[2].clinician_id) == (8, 8)


def test_find_keeps_the_notice():
    query = clinic([NAV], count=2)
    now = query.base + 12 * 12 + 1  # 12:05 on the first day: 14:05 is the first moment allowed
    assert times(find(replace(query, now=now))[0]) == [("nav", "14:15", "14:45")]
    assert find(replace(query, now=query.base + 15 * 12))[0].day == MONDAY + timedelta(days=1)


def test_find_stops_at_the_last_day():
    query = clinic([NAV], count=3, last_day=MONDAY)
    assert [one.day for one in find(query)] == [MONDAY]


def test_find_in_a_later_window_words_its_reason_so():
    assert find(clinic([NAV], count=1), 1, found_before=2)[0].reason[1] == "next_complete_day"


def test_wishes_rank_within_a_day_and_never_before_an_earlier_day():
    query = clinic([NAV, RAD], wishes=Wishes(frozenset({1}), ((720, 1440),)))
    found = find(query)
    assert [one.day for one in found] == [MONDAY + timedelta(days=n) for n in range(3)]
    assert times(found[0])[0] == ("nav", "12:00", "12:30")
    assert (found[0].wishes_met, found[0].wishes_missed) == (("part_of_day",), ("weekday",))
    assert [one.reason[2] for one in found] == ["some_wishes_met", "all_wishes_met", "some_wishes_met"]


def test_wishes_that_are_required_limit_and_explain():
    query = clinic([NAV], wishes=Wishes(frozenset({1}), ((0, 720),), required=True))
    assert [one.day for one in find(query)] == [MONDAY + timedelta(days=1)]
    sunday = replace(query, wishes=Wishes(frozenset({6}), required=True))
    assert why_not(sunday) == WhyNot("wishes", days_searched=3)


def test_search_past_the_deadline_gives_both_the_days_and_the_reason():
    query = clinic([NAV, RAD], deadline=MONDAY)
    query = replace(query, clinicians={**query.clinicians, RADIATION: open_on(query.days, only={2})})
    answer = search(query)
    third = MONDAY + timedelta(days=2)
    assert [one.day for one in answer.itineraries] == [third]
    assert answer.itineraries[0].reason[0] == "after_deadline"
    assert answer.why_not == WhyNot("no_time", "rad_onc", ("rad_onc",), days_searched=1, next_day=third)
    in_time = search(replace(query, deadline=third))
    assert in_time.why_not is None
    assert in_time.itineraries[0].reason[0] == "within_deadline"


def test_search_after_a_deadline_gone_by_says_that_no_day_is_left():
    answer = search(clinic([NAV], deadline=MONDAY - timedelta(days=1)))
    assert answer.why_not == WhyNot("no_days", next_day=MONDAY)
    assert len(answer.itineraries) == 3


def test_why_not_names_the_leg_that_never_fits_with_the_others():
    query = clinic([NAV, RAD, PALL], people={NURSE: [(8, 9)], RADIATION: [(8.5, 9.75)], PAIN: [(14, 15)]})
    assert why_not(query) == WhyNot("no_fit", "palliative", ("palliative",), 3, days_with_leg=3, days_without_leg=3)


def test_refusal_of_a_frail_patient_with_four_physicians():
    consults = [RAD, SPINE, PALL, leg("med_onc", 5, 40)]
    query = clinic([NAV, *consults], rules=FRAIL)
    assert refusal(query) == WhyNot("too_many_physicians", leg_keys=("rad_onc", "spine_surg", "palliative", "med_onc"))
    assert search(query).itineraries == []
    assert search(query).why_not == refusal(query)
    assert find(replace(query, legs=query.legs[:4])) != []


def test_refusal_of_a_visit_longer_than_its_cap():
    long = [leg(f"c{n}", n, 60) for n in range(1, 5)]
    assert refusal(clinic(long, rules=FRAIL)).code == "too_long"
    assert refusal(clinic(long)) is None
    assert refusal(clinic([])) == WhyNot("no_legs")
    assert refusal(clinic([leg("c1", 1, 155)])).code == "too_long"  # no gap to rest in


def test_frail_visit_keeps_the_shorter_cap():
    # the nurse comes back for the wrap-up 210 minutes after the first start, then 225
    query = clinic([NAV, RAD, PALL, WRAP], count=1, people={NURSE: [(8, 8.5), (11.25, 11.5)]})
    assert find(query, 1)[0].end - find(query, 1)[0].start == 42
    assert find(replace(query, rules=FRAIL), 1) == find(query, 1)
    later = replace(query, clinicians={**query.clinicians, NURSE: open_on(query.days, (8, 8.5), (11.5, 11.75))})
    assert find(later, 1)[0].end - find(later, 1)[0].start == 45
    assert find(replace(later, rules=FRAIL), 1) == []


@pytest.mark.parametrize("sunday", [date(2026, 3, 8), date(2026, 11, 1)])
def test_find_on_days_of_changed_clocks_keeps_local_days(sunday):
    days = day_windows(sunday - timedelta(days=1), sunday + timedelta(days=1), DETROIT)
    opens = [unit_at(day.on, time(8), DETROIT) - days[0].start for day in days]
    masks = dict.fromkeys((NURSE, RADIATION, 11), sum(ones(36) << at for at in opens))
    query = clinic([NAV, RAD], first=days[0].on, clinicians=masks, rooms=masks)
    found = find(query)
    assert [one.day for one in found] == [d.on for d in days]
    assert [times(one)[0] for one in found] == [("nav", "08:00", "08:30")] * 3
    assert all(local(one.start).date() == one.day for one in found)


def test_find_never_crosses_midnight():
    query = clinic([leg("c1", 1, 30), leg("c2", 2, 30)], count=2)
    round_midnight = ones(24) << (query.days[0].end - query.base - 12)
    query = replace(query, clinicians={1: round_midnight, 2: round_midnight}, rooms=None)
    assert find(replace(query, legs=(query.legs[0],)))[0].day == MONDAY
    assert find(query) == []


def test_alternatives_share_no_minute_of_a_clinician_or_room():
    found = find(clinic([NAV, SPINE, RAD, WRAP], count=5), 3)
    assert len(found) == 3
    for one, other in combinations(found, 2):
        assert one.end <= other.start or other.end <= one.start


def test_single_leg_visit_has_no_waiting():
    (found,) = find(clinic([PALL], count=1))
    assert (found.waiting_units, found.reason) == (0, ("no_deadline", "earliest_day", "no_waiting"))
    assert times(found) == [("palliative", "08:00", "08:45")]


def test_query_whose_masks_begin_elsewhere_is_refused():
    query = clinic([NAV])
    with pytest.raises(ValueError, match="first day"):
        find(replace(query, base=query.base + 3))


def test_hard_order_of_contradicting_pairs_is_refused():
    assert ("nav", "wrap") in hard_order([NAV, RAD, WRAP])
    assert ("spine_surg", "rad_onc") in hard_order([RAD, SPINE])
    with pytest.raises(ValueError, match="contradicts"):
        hard_order([RAD, SPINE], [("rad_onc", "spine_surg")])
    with pytest.raises(ValueError, match="same key"):
        hard_order([RAD, RAD])


@pytest.mark.parametrize("changed", [{"units": 0}, {"stage": "after"}])
def test_leg_without_length_or_of_unknown_stage_is_refused(changed):
    with pytest.raises(ValueError, match="rad_onc"):
        replace(RAD, **changed)


def test_rules_of_a_frail_patient_are_the_stricter_ones():
    assert rules_for(frail=False) == COORDINATED
    assert (rules_for(frail=True).total_max * 5, rules_for(frail=True).max_physicians) == (210, 3)


def busy_clinic(seed, *, weeks=12, clinicians=40, fill=0.7):
    """Forty calendars with two sessions a weekday, filled at random; six legs."""
    r = Random(seed)
    days = day_windows(MONDAY, MONDAY + timedelta(days=weeks * 7 - 1), DETROIT)

    def calendar(share):
        mask = 0
        for day in days:
            if day.on.weekday() > 4 or r.random() > share:
                continue
            for start, end in ((96, 150), (152, 204)):
                while start < end:
                    width = r.choice([3, 4, 6, 9])
                    if r.random() >= fill:
                        mask |= ones(min(width, end - start)) << (day.start - days[0].start + start)
                    start += width
        return mask

    def team(n):
        return tuple(range(n, clinicians, 5))

    legs = (
        replace(NAV, clinician_ids=team(0)),
        replace(SPINE, clinician_ids=team(1)),
        replace(RAD, clinician_ids=team(2)),
        leg("med_onc", team(3), 40),
        replace(PALL, clinician_ids=team(4)),
        replace(WRAP, clinician_ids=team(0)),
    )
    return Query(
        legs=legs,
        days=days,
        base=days[0].start,
        zone=DETROIT,
        now=days[0].start,
        clinicians={one: calendar(r.choice([1, 0.6, 0.4])) for one in range(clinicians)},
        rooms={room: open_on(days, (8, 17)) for room in range(4)},
    )


def test_find_over_twelve_weeks_and_forty_clinicians_is_quick_and_right():
    query = busy_clinic(1)
    begun = clock.perf_counter()
    found = find(query)
    spent = clock.perf_counter() - begun
    assert len(found) == 3
    assert all(check_itinerary(query, one) == [] for one in found)
    assert spent < 0.1  # about 1 ms here; the margin is for a busy machine


def test_find_twice_gives_the_same_answer():
    query = busy_clinic(2)
    assert find(query) == find(replace(query, rooms=dict(query.rooms)))
