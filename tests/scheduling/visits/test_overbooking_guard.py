"""Attempts to break the two lanes of a clinician's time by plain SQL, on whichever database the suite runs."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from clinic.platform.refusals import Refused
from scheduling.availability.bits import ones, unit_of
from scheduling.availability.read import busy_masks
from scheduling.visits.guard import claim_time
from scheduling.visits.lanes import settle_lanes
from scheduling.visits.models import Claim, Visit
from tests.factories import a_patient, a_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
START = datetime(2027, 1, 5, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NORMAL, SHARED, MARKED = {}, {"is_shared": True}, {"is_overbooked": True}


@pytest.fixture
def who(small_clinic):
    return small_clinic.people["RAD_ONC"][0]


@pytest.fixture
def visit(small_clinic):
    """A booked visit that owns the claims, without legs."""
    wanted, room = a_request(), small_clinic.rooms[0]
    return Visit.objects.create(
        request=wanted, patient=wanted.patient, visit_type=wanted.visit_type, site=small_clinic.site, room=room,
        state="booked", starts_at=START, ends_at=START + HOUR,
    )  # fmt: skip


@pytest.fixture
def claim(who, visit):
    def make(start=START, end=START + HOUR, **more):
        return Claim.objects.create(**{"clinician": who, "visit": visit, "starts_at": start, "ends_at": end} | more)

    return make


def lanes(more):
    return {2} if more.get("is_overbooked") else {1} if more.get("is_shared") else {1, 2}


@pytest.mark.parametrize(("below", "above"), list(product([NORMAL, SHARED, MARKED], repeat=2)))
@pytest.mark.parametrize("span", [(0, 60), (15, 45), (-15, 75), (-15, 1), (59, 90)])
def test_overlap_is_refused_exactly_when_a_lane_is_common(claim, below, above, span):
    claim(**below)
    start, end = START + span[0] * MINUTE, START + span[1] * MINUTE
    if lanes(below) & lanes(above):
        with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
            claim(start, end, **above)
        assert Claim.objects.count() == 1
    else:
        claim(start, end, **above)
        with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
            claim(start, end)


def test_third_claim_is_refused_whatever_its_mark(claim):
    claim(**SHARED)
    claim(**MARKED)
    for more in (NORMAL, SHARED, MARKED):
        with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
            claim(START + 30 * MINUTE, START + 90 * MINUTE, **more)


@pytest.mark.parametrize(
    "change",
    [
        {"is_shared": False},  # the claim below wants its second lane back
        {"is_overbooked": True, "is_shared": False},  # it moves to the lane of the other one
    ],
)
def test_claim_under_an_overbooked_one_cannot_change_lanes(claim, change):
    below = claim(**SHARED)
    claim(**MARKED)
    with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
        Claim.objects.filter(pk=below.pk).update(**change)


def test_overbooked_claim_cannot_become_normal_over_another_but_can_alone(claim):
    below, above = claim(**SHARED), claim(**MARKED)
    for change in ({"is_overbooked": False}, {"is_overbooked": False, "is_shared": True}):
        with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
            Claim.objects.filter(pk=above.pk).update(**change)
    below.delete()
    assert Claim.objects.filter(pk=above.pk).update(is_overbooked=False) == 1


def test_overbooked_claim_cannot_be_moved_over_one_that_is_not_shared(claim):
    claim(**SHARED)
    claim(START + 2 * HOUR, START + 3 * HOUR)
    above = claim(**MARKED)
    with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
        Claim.objects.filter(pk=above.pk).update(starts_at=START + HOUR, ends_at=START + 2 * HOUR + MINUTE)


@pytest.mark.parametrize("marks", [MARKED, SHARED])
@pytest.mark.parametrize("resource", ["room", "patient"])
def test_room_or_patient_is_never_marked(small_clinic, visit, marks, resource):
    thing = {"room": small_clinic.rooms[0]} if resource == "room" else {"patient": a_patient()}
    with pytest.raises(IntegrityError, match="claim_lanes_of_a_booked_clinician"), transaction.atomic():
        Claim.objects.create(**thing, visit=visit, starts_at=START, ends_at=START + HOUR, **marks)


@pytest.mark.parametrize("marks", [MARKED, SHARED])
@pytest.mark.parametrize("more", [{"expires_at": START}, {"visit": None}], ids=["hold", "busy elsewhere"])
def test_hold_or_busy_time_is_never_marked(claim, marks, more):
    with pytest.raises(IntegrityError, match="claim_lanes_of_a_booked_clinician"), transaction.atomic():
        claim(**marks, **more)


def test_claim_is_in_one_lane_or_both(claim):
    with pytest.raises(IntegrityError, match="claim_lanes_of_a_booked_clinician"), transaction.atomic():
        claim(**MARKED, **SHARED)


@pytest.mark.parametrize("marks", [MARKED, SHARED])
def test_marked_claim_lasts_a_day_at_most(claim, marks):
    claim(START, START + 24 * HOUR, **marks)
    with pytest.raises(IntegrityError, match="claim_at_most_a_day"), transaction.atomic():
        claim(START + 30 * HOUR, START + 54 * HOUR + MINUTE, **marks)


def test_raw_statement_that_knows_no_lanes_makes_a_normal_claim(claim, who):
    claim(**SHARED)
    columns = "clinician_id, room_id, patient_id, visit_id, starts_at, ends_at, expires_at, note"
    with pytest.raises(DatabaseError, match="claim_no_overlap"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO scheduling_claim ({columns}) SELECT {columns} FROM scheduling_claim")  # noqa: S608


# the migration


def test_lanes_can_be_taken_back_and_put_again(transactional_db, small_clinic):
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("scheduling")
    twice = {"room_id": small_clinic.rooms[0].pk, "starts_at": START, "ends_at": START + HOUR}
    for targets in ([("scheduling", "0005_changes_and_waitlist")], newest):
        executor = MigrationExecutor(connection)
        executor.migrate(targets)
        rows = MigrationExecutor(connection).loader.project_state(targets).apps.get_model("scheduling", "Claim").objects
        for one in (twice, {**twice, "room_id": None, "clinician_id": small_clinic.people["RAD_ONC"][0].pk}):
            rows.create(**one)
            with pytest.raises(IntegrityError, match="claim_no_overlap"):
                rows.create(**one)
            with pytest.raises(IntegrityError, match="claim_at_most_a_day"):
                rows.create(**one | {"starts_at": START + 2 * HOUR, "ends_at": START + 30 * HOUR})
            other = rows.create(**one | {"starts_at": START + HOUR, "ends_at": START + 2 * HOUR})
            with pytest.raises(IntegrityError, match="claim_no_overlap"):
                rows.filter(pk=other.pk).update(starts_at=START + HOUR / 2)
        rows.all().delete()


def test_lanes_are_not_taken_back_while_somebody_is_overbooked(transactional_db, claim):
    claim(**SHARED)
    claim(**MARKED)
    with pytest.raises(RuntimeError, match="overbooked"):
        MigrationExecutor(connection).migrate([("scheduling", "0005_changes_and_waitlist")])
    assert ("scheduling", "0006_overbooking_guard") in MigrationExecutor(connection).loader.applied_migrations
    with pytest.raises(IntegrityError, match="claim_no_overlap"):
        claim()


# claim_time and what comes after it


def take(**more):
    with transaction.atomic():
        return claim_time([Claim(**{"starts_at": START, "ends_at": START + HOUR} | more)], now=START)


def test_claim_time_lays_an_overbooked_claim_over_booked_ones(claim, who, visit):
    first, second = claim(), claim(START + HOUR, START + 2 * HOUR)
    beside = claim(START + 2 * HOUR, START + 3 * HOUR)
    take(clinician=who, visit=visit, ends_at=START + 2 * HOUR, is_overbooked=True)
    assert set(Claim.objects.filter(is_shared=True)) == {first, second}
    assert not Claim.objects.get(pk=beside.pk).is_shared
    with pytest.raises(Refused) as told:
        take(clinician=who, visit=visit, is_overbooked=True)
    assert told.value.code == "taken"


@pytest.mark.parametrize("more", [{"expires_at": START + HOUR}, {"visit": None}], ids=["hold", "busy elsewhere"])
def test_nothing_is_overbooked_over_a_hold_or_busy_time(claim, who, visit, more):
    claim(**more)
    with pytest.raises(Refused) as told:
        take(clinician=who, visit=visit, is_overbooked=True)
    assert told.value.code == "taken"


def test_overbooked_claim_becomes_normal_when_the_one_below_goes(claim, who, visit):
    below, beside = claim(), claim(START + HOUR, START + 2 * HOUR)
    take(clinician=who, visit=visit, is_overbooked=True)
    below.delete()
    assert [one.is_overbooked for one in settle_lanes([(who.pk, START, START + HOUR)])] == [False]
    assert not Claim.objects.filter(is_overbooked=True).exists()
    take(clinician=who, visit=visit, starts_at=START, is_overbooked=True)  # the second lane is free again
    assert beside in Claim.objects.filter(is_shared=False)


def test_overbooked_claim_stays_marked_while_a_part_of_it_lies_over_another(claim, who, visit):
    first, second = claim(), claim(START + HOUR, START + 2 * HOUR)
    take(clinician=who, visit=visit, ends_at=START + 2 * HOUR, is_overbooked=True)
    first.delete()
    assert settle_lanes([(who.pk, START, START + HOUR)]) == []
    assert Claim.objects.get(is_overbooked=True).ends_at == START + 2 * HOUR
    with pytest.raises(Refused):  # what lies free below it is not given away
        take(clinician=who, visit=visit)
    second.delete()
    settle_lanes([(who.pk, START + HOUR, START + 2 * HOUR)])
    assert not Claim.objects.filter(is_overbooked=True).exists()


def test_claim_below_takes_both_lanes_again_when_the_overbooked_one_goes(claim, who, visit):
    claim()
    take(clinician=who, visit=visit, is_overbooked=True)
    Claim.objects.filter(is_overbooked=True).delete()
    settle_lanes([(who.pk, START, START + HOUR)])
    assert not Claim.objects.get().is_shared


def test_time_that_is_taken_twice_is_taken_once_for_the_search(claim, who):
    claim(**SHARED)
    claim(START + 30 * MINUTE, START + 90 * MINUTE, **MARKED)
    first = unit_of(START)
    assert busy_masks(first, first + 24, now=START, clinician_ids=[who.pk]) == {("clinician", who.pk): ones(18)}


def test_visit_of_a_claim_is_gone_with_its_marks(claim, visit):
    claim(**SHARED)
    claim(**MARKED)
    Visit.objects.filter(pk=visit.pk).delete()
    assert not Claim.objects.exists()
