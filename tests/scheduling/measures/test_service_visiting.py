"""Visits and the use of time against hand-computed cases. No database."""

from datetime import date, timedelta

import pytest

from scheduling.measures.service import visiting
from scheduling.measures.service.facts import BookedTime, WorkingTime
from scheduling.measures.service.figures import Period, cell_of
from scheduling.measures.service.use import utilization
from tests.scheduling.measures.service_facts import WINTER, ZONE, a_house, a_visit, at, legs

DAY = at(11, 10, 8)


def share_of(items) -> tuple[float, float]:
    found = cell_of(items)
    return found.hits, found.of


def test_no_shows_have_two_forms_and_late_cancellations_stand_apart():
    visits = [
        *[a_visit(DAY)] * 6,
        a_visit(DAY, "checked_in"),  # came, the day was never closed: kept
        *[a_visit(DAY, "no_show")] * 2,
        *[a_visit(DAY, "cancelled_by_patient", is_late_cancellation=True)] * 3,
        a_visit(DAY, "cancelled_by_patient"),
        *[a_visit(DAY, "cancelled_by_clinic")] * 2,
        a_visit(DAY, "booked"),  # over, but nobody said what became of it: a slot, neither kept nor missed
        a_visit(at(2, 10, year=2027), "booked"),  # still to come
        a_visit(at(2, 10, year=2027), "cancelled_by_clinic"),
        a_visit(DAY, "expired"),  # never booked
    ]
    house = a_house()

    assert share_of(visiting.no_shows(visits, house)) == (2, 9)  # 2 of 7 kept and 2
    # scheduled: 7 kept, 2 no-shows, 4 and 2 canceled, 1 booked = 16
    assert share_of(visiting.no_shows_of_slots(visits, house)) == (2, 16)
    assert share_of(visiting.late_cancellations(visits, house)) == (3, 16)
    assert share_of(visiting.clinic_cancellations(visits, house)) == (2, 16)


def test_coordinated_visit_has_two_disciplines_on_one_date():
    two = legs(DAY, ("NURSE_NAV", 0, 30), ("RAD_ONC", 40, 45), ("NURSE_NAV", 90, 15))
    visits = [
        a_visit(DAY, who="a", legs=two, is_first_of_patient=True),  # 2 disciplines
        # two visits on one date are one day: 2 disciplines
        a_visit(DAY, who="b", legs=legs(DAY, ("RAD_ONC", 0, 45)), is_first_of_patient=True),
        a_visit(at(11, 10, 13), who="b", legs=legs(at(11, 10, 13), ("ORTHO_ONC", 0, 40))),
        a_visit(DAY, who="c", legs=legs(DAY, ("RAD_ONC", 0, 45)), is_first_of_patient=True),  # 1
        a_visit(DAY, who="d", legs=two),  # not the first
        a_visit(DAY, "no_show", who="e", is_first_of_patient=True),
        a_visit(at(11, 11, 8), who="f", legs=two, is_first_of_patient=True),
        a_visit(at(11, 12, 8), who="f", legs=legs(at(11, 12, 8), ("PALLIATIVE", 0, 45))),  # another date
    ]
    found = cell_of(visiting.coordinated(visits, a_house()))
    assert (found.hits, found.of, found.median) == (3, 4, 2)  # 2, 2, 1, 2


def test_idle_time_is_what_lies_beyond_ten_minutes_of_each_gap():
    visits = [
        # gaps of 10, 25 and 5 minutes: only 15 of the second count
        a_visit(DAY, legs=legs(DAY, ("A", 0, 30), ("B", 40, 30), ("C", 95, 20), ("D", 120, 15))),
        # gaps of 30 and 12: 20 + 2; the order of rows does not matter
        a_visit(DAY, legs=legs(DAY, ("C", 112, 20), ("A", 0, 30), ("B", 60, 40))),
        a_visit(DAY, legs=legs(DAY, ("A", 0, 30))),  # one appointment: no gap
    ]
    found = cell_of(visiting.idle_minutes(visits, a_house()))
    assert (found.count, found.median, found.percentile) == (2, 18.5, 22)


def test_same_day_radiation_was_begun_or_simulated_on_the_date_of_the_visit():
    ct = legs(DAY, ("RAD_ONC", 0, 45))
    ct = (type(ct[0])("RAD_ONC", ct[0].starts_at, ct[0].ends_at, is_ct=True),)
    planned = {"is_first_of_request": True, "has_radiation_plan": True}
    visits = [
        a_visit(DAY, **planned, who="begun", radiation_on=frozenset({date(2026, 11, 10)})),
        a_visit(DAY, **planned, who="simulated", legs=ct),
        a_visit(DAY, **planned, who="the next day", radiation_on=frozenset({date(2026, 11, 11)})),
        a_visit(DAY, **planned, who="not yet"),
        a_visit(DAY, who="no plan", is_first_of_request=True, legs=ct),
        a_visit(DAY, who="a later visit", has_radiation_plan=True, legs=ct),
        a_visit(DAY, **planned, who="two visits"),
        a_visit(DAY, who="two visits", has_radiation_plan=True, legs=ct),  # the simulation as a visit of its own
        a_visit(DAY, **planned, who="canceled"),
        a_visit(DAY, "no_show", who="canceled", legs=ct),
    ]
    assert share_of(visiting.same_day_radiation(visits, a_house())) == (3, 6)


def test_interpreter_counts_for_completed_visits_that_need_one():
    visits = [
        a_visit(DAY, needs_interpreter=True, has_interpreter=True),
        a_visit(DAY, needs_interpreter=True),
        a_visit(DAY, has_interpreter=True),
        a_visit(DAY, "no_show", needs_interpreter=True),
    ]
    assert share_of(visiting.interpreters(visits, a_house())) == (1, 2)


def test_visit_late_in_the_evening_belongs_to_the_local_day():
    (item,) = visiting.no_shows([a_visit(at(11, 30, 21))], a_house())  # December 1 in UTC
    assert item.on == date(2026, 11, 30)


# Utilization: one morning of 4 hours (240 minutes) and one afternoon in December


MORNING = WorkingTime("marsh", "Radiation oncology", at(11, 10, 8), at(11, 10, 12))
DECEMBER = WorkingTime("field", "Spine surgery", at(12, 1, 13), at(12, 1, 17))


def booked(hour: int, minutes: int, *, minute: int = 0, **more) -> BookedTime:
    start = at(11, 10, hour, minute)
    values = {"clinician": "marsh", "booked_at": at(11, 1)}
    return BookedTime(starts_at=start, ends_at=start + timedelta(minutes=minutes), **values | more)


def test_utilization_counts_what_was_booked_when_the_session_began_and_what_was_kept():
    found = [
        booked(8, 60, is_kept=True),  # booked 60, used 60
        booked(9, 30),  # a no-show: booked 30
        booked(10, 40, cancelled_at=at(11, 10, 9)),  # canceled after 8 a.m.: booked 40
        booked(10, 40, cancelled_at=at(11, 10, 7)),  # before: nothing
        booked(11, 20, booked_at=at(11, 10, 9), is_kept=True),  # a walk-in: used 20
        booked(11, 60, minute=30, is_kept=True),  # runs over noon by half an hour: 30 of it each
        booked(14, 60, is_kept=True),  # outside the working time
        booked(8, 60, clinician="nobody", is_kept=True),
    ]
    all_booked, used = utilization([MORNING, DECEMBER], found, WINTER, a_house())

    # booked 60 + 30 + 40 + 30 = 160; used 60 + 20 + 30 = 110; bookable 480, of that 240 in November
    assert (all_booked.total.hits, all_booked.total.of, all_booked.total.cases) == (160, 480, 4)
    assert (used.total.hits, used.total.cases) == (110, 3)
    assert [(cell.hits, cell.of) for cell in used.months] == [(110, 240), (0, 240), (0, 0)]
    assert {name: (cell.hits, cell.of) for name, cell in used.groups} == {
        "Radiation oncology": (110, 240),
        "Spine surgery": (0, 240),
    }
    assert all_booked.total.hides_share  # four appointments


def test_utilization_leaves_out_what_has_not_begun_and_other_months():
    november = Period(date(2026, 11, 1), date(2026, 11, 1), ZONE)
    house = a_house(now=at(11, 10, 9))
    later = WorkingTime("marsh", "Radiation oncology", at(11, 10, 13), at(11, 10, 17))

    all_booked, _used = utilization([MORNING, later, DECEMBER], [], november, house)

    assert all_booked.total.of == 240


def test_appointment_over_two_stretches_counts_in_both():
    afternoon = WorkingTime("marsh", "Radiation oncology", at(11, 10, 12), at(11, 10, 13))
    _booked, used = utilization([MORNING, afternoon], [booked(11, 60, minute=30, is_kept=True)], WINTER, a_house())
    assert used.total.hits == 60
    assert used.total.share == pytest.approx(20)  # of 300
