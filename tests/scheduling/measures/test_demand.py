"""The capacity plan from rows: supply and demand by hand, suggestions as on the request's page, queries."""

from datetime import date, timedelta

import pytest

from clinic.directory.models import Clinician
from intake.before_visit.models import BeforeVisit
from scheduling.availability.models import Closure, WeeklySession
from scheduling.itineraries.search import suggested_legs
from scheduling.measures.capacity import Cell
from scheduling.measures.demand import capacity_plan
from scheduling.offers.accepting import accept_offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.models import Claim
from tests import factories
from tests.scheduling.day_rows import a_visit_today
from tests.scheduling.staff_rows import queries_of

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 1, 4)  # the day of `now`, 9 a.m.
DAY = 8 * 60  # working time of one clinician, minutes


def wanted(plan) -> dict:
    """Minutes asked for by specialty, weeks without any left out."""
    found = {code: [cell.wanted for cell in cells] for code, cells in plan.cells.items()}
    return {code: weeks for code, weeks in found.items() if any(weeks)}


def test_supply_is_working_time_that_is_still_to_come(small_clinic, now):
    one, _two = small_clinic.people["RAD_ONC"]
    Closure.objects.create(
        clinician=one,
        starts_at=factories.local(MONDAY + timedelta(days=8), 0),
        ends_at=factories.local(MONDAY + timedelta(days=9), 0),
        reason="Away",
    )
    Claim.objects.create(clinician=one, starts_at=factories.local(MONDAY, 8), ends_at=factories.local(MONDAY, 10))

    cells = capacity_plan(now).cells["RAD_ONC"]

    # the hour from 8 to 9 is over; of the claim the hour from 9 to 10 is left; 12 to 1 is nobody's working time
    assert cells[0] == Cell(open=2 * (5 * DAY - 60), taken=60, wanted=0)
    assert cells[1].open == 2 * 5 * DAY - DAY
    assert cells[2] == Cell(open=2 * 4 * DAY, taken=0, wanted=0)  # a public holiday on January 18
    assert len(cells) == 8


def test_overbooked_time_is_taken_once_and_makes_no_supply(small_clinic, now):
    at = factories.local(MONDAY, 10)
    below = a_visit_today(factories.a_request(), small_clinic, [("RAD_ONC", at)])
    claim = Claim.objects.get(visit=below, clinician=small_clinic.people["RAD_ONC"][0])
    before = capacity_plan(now).cells["RAD_ONC"][0]
    Claim.objects.filter(pk=claim.pk).update(is_shared=True)
    Claim.objects.create(
        clinician=claim.clinician,
        visit=below,
        starts_at=at + timedelta(minutes=20),
        ends_at=at + timedelta(minutes=50),
        is_overbooked=True,
    )

    after = capacity_plan(now).cells["RAD_ONC"][0]

    assert (before.taken, after.taken) == (40, 50)
    assert after.open == before.open


def test_reserve_is_part_of_the_supply(db, now):
    factories.a_clinic(people_each=1, reserve_minutes=60)

    assert capacity_plan(now).cells["MED_ONC"][1].open == 5 * DAY


def test_reviewed_request_asks_for_what_was_chosen_and_what_the_visit_brings(small_clinic, now):
    factories.a_request(specialties=("SPINE_SURG", "RAD_ONC"), at=now, visit_due_on=date(2027, 1, 12))
    factories.a_request(specialties=("MED_ONC",), visit_type="follow_up", at=now, visit_due_on=date(2027, 1, 3))
    factories.a_request(specialties=(), visit_type="ct_simulation", at=now, visit_due_on=date(2027, 1, 10))

    assert wanted(capacity_plan(now)) == {
        "NURSE_NAV": [0, 45, 0, 0, 0, 0, 0, 0],  # 30 to begin with, 15 to wrap up
        "SPINE_SURG": [0, 40, 0, 0, 0, 0, 0, 0],
        "RAD_ONC": [45, 45, 0, 0, 0, 0, 0, 0],
        "MED_ONC": [30, 0, 0, 0, 0, 0, 0, 0],  # overdue: the first week
    }


def test_request_before_its_review_asks_for_what_its_answers_suggest(small_clinic, now):
    answers = {"primary_site": "lung", "bone_mets_sites": ["spine_lumbar"], "pain_average": 6}
    request = factories.a_request(visit_type=None, answers=answers, at=now, visit_due_on=MONDAY)
    assert [code for code, _minutes in suggested_legs(request)]  # what the request's own page says

    minutes = dict(suggested_legs(request))
    minutes["NURSE_NAV"] = 45
    assert {code: weeks[0] for code, weeks in wanted(capacity_plan(now)).items()} == minutes


def test_what_was_told_after_sending_counts_as_on_the_request_page(small_clinic, now):
    request = factories.a_request(visit_type=None, answers={"primary_site": "other"}, at=now, visit_due_on=MONDAY)
    before = wanted(capacity_plan(now))
    BeforeVisit.objects.create(report=request.report, answers={"oncologist_name": ""}, steps_done=["doctors"])

    after = wanted(capacity_plan(now))

    assert "MED_ONC" not in before
    assert set(after) - set(before) == {"MED_ONC"} <= set(dict(suggested_legs(request)))


def test_booked_request_is_taken_time_and_asks_for_nothing(small_clinic, now, fresh_key):
    request = factories.a_request(specialties=("MED_ONC",), visit_type="follow_up", at=now)
    assert capacity_plan(now).cells["MED_ONC"][0].taken == 0
    offer = factories.an_offer(request, now=now)
    held = capacity_plan(now)

    assert wanted(held) == {}
    # every held day until the patient answers; the hold of today has lapsed, 2 hours before its start
    assert held.cells["MED_ONC"][0].taken == 2 * 30

    day = factories.days_of(offer)[1]
    accept_offer(offer, day, by=factories.person_of(request), key=fresh_key(), now=now)
    booked = capacity_plan(now)
    assert wanted(booked) == {}
    assert booked.cells["MED_ONC"][0].taken == 30


@pytest.mark.parametrize("status", ["offered", "scheduled", "completed", "redirected_to_ed", "declined", "withdrawn"])
def test_requests_with_a_day_or_without_need_ask_for_nothing(small_clinic, now, status):
    factories.a_request(status=status, at=now)

    assert wanted(capacity_plan(now)) == {}


def test_closed_request_asks_for_nothing(small_clinic, now):
    request = factories.a_request(at=now)
    AppointmentRequest.objects.filter(pk=request.pk).update(closed_at=now)

    assert wanted(capacity_plan(now)) == {}


def test_bottleneck_is_named_from_rows(small_clinic, now):
    WeeklySession.objects.filter(clinician__specialty__code="SPINE_SURG").exclude(weekday=4).delete()
    for one in small_clinic.people["SPINE_SURG"]:
        friday = MONDAY + timedelta(days=4)
        Claim.objects.create(clinician=one, starts_at=factories.local(friday, 8), ends_at=factories.local(friday, 17))
    factories.a_request(specialties=("SPINE_SURG", "RAD_ONC"), at=now, visit_due_on=date(2027, 1, 9))

    found = capacity_plan(now).bottleneck

    assert (found.specialty, found.week, found.short) == ("SPINE_SURG", 0, 40)


def test_specialties_nobody_works_in_or_waits_for_are_left_out(small_clinic, now):
    WeeklySession.objects.filter(clinician__specialty__code__in=("PALLIATIVE", "RAD_ONC")).delete()
    factories.a_request(specialties=("RAD_ONC",), at=now)

    found = capacity_plan(now)

    assert "PALLIATIVE" not in found.cells
    assert found.bottleneck.specialty == "RAD_ONC"
    assert found.bottleneck.load is None


def test_empty_directory_has_no_plan(db, now):
    found = capacity_plan(now)

    assert found.cells == {}
    assert found.bottleneck is None


def test_queries_do_not_grow_with_people_requests_or_claims(small_clinic, now):
    factories.a_request(visit_type=None, at=now)
    few = queries_of(lambda: capacity_plan(now))

    factories.a_clinic(people_each=12)
    for number in range(30):
        request = factories.a_request(visit_type=None if number % 2 else "coordinated_new", at=now)
        BeforeVisit.objects.create(report=request.report, answers={}, steps_done=["doctors"])
    for one in Clinician.objects.all():
        Claim.objects.create(clinician=one, starts_at=factories.local(MONDAY, 10), ends_at=factories.local(MONDAY, 11))

    assert queries_of(lambda: capacity_plan(now)) == few == 6
