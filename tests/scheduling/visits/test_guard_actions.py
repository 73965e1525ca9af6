"""Attempts to take time twice: the database itself refuses, on whichever database the suite runs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from clinic.platform.refusals import Refused
from scheduling.offers.models import Offer
from scheduling.visits.guard import claim_time, lock_keys_of
from scheduling.visits.models import Claim, StateChange, Visit
from tests.factories import a_patient, a_request, an_offer, days_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
START = datetime(2027, 1, 5, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["clinician", "room", "patient"])
def resource(request, small_clinic):
    """Each kind of thing whose time can be claimed, with another one of its kind."""
    return {
        "clinician": {"clinician": small_clinic.people["RAD_ONC"][0]},
        "room": {"room": small_clinic.rooms[0]},
        "patient": {"patient": a_patient()},
    }[request.param]


def claim(resource, start=START, end=START + HOUR, **more):
    return Claim.objects.create(**resource, starts_at=start, ends_at=end, **more)


def refused(resource, start, end):
    with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
        claim(resource, start, end)


SPANS = {
    "the same": (0, 60),
    "inside": (15, 45),
    "around": (-15, 75),
    "at the start": (-15, 1),
    "at the end": (59, 90),
    "from long before": (-24 * 60 + 1, 1),
}


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_overlap_is_refused(resource, span):
    claim(resource)
    refused(resource, START + timedelta(minutes=span[0]), START + timedelta(minutes=span[1]))
    assert Claim.objects.count() == 1


def test_overlap_by_a_fraction_of_a_second_is_refused(resource):
    claim(resource)
    refused(resource, START + HOUR - timedelta(microseconds=1), START + 2 * HOUR)
    claim(resource, START + 2 * HOUR, START + 3 * HOUR + timedelta(microseconds=5))
    refused(resource, START + 3 * HOUR, START + 4 * HOUR)


def test_claims_that_touch_are_fine(resource):
    claim(resource)
    claim(resource, START - HOUR, START)
    claim(resource, START + HOUR, START + 2 * HOUR)


def test_end_of_a_claim_of_24_hours_is_guarded(resource):
    claim(resource, START, START + 24 * HOUR)
    refused(resource, START + 24 * HOUR - timedelta(seconds=1), START + 25 * HOUR)


def test_claim_longer_than_a_day_is_refused(resource):
    with pytest.raises(IntegrityError), transaction.atomic():
        claim(resource, START, START + 24 * HOUR + timedelta(minutes=1))
    with pytest.raises(ValueError, match="24 hours"):
        claim_time([Claim(**resource, starts_at=START, ends_at=START + 25 * HOUR)], now=START)


def test_claim_moved_onto_another_is_refused(resource):
    claim(resource)
    other = claim(resource, START + HOUR, START + 2 * HOUR)
    for change in ({"starts_at": START + HOUR / 2}, {"starts_at": START, "ends_at": START + HOUR}):
        with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
            Claim.objects.filter(pk=other.pk).update(**change)
    Claim.objects.filter(pk=other.pk).update(ends_at=START + 3 * HOUR)


def test_claim_given_to_a_busy_person_is_refused(small_clinic):
    one, other = small_clinic.people["RAD_ONC"]
    claim({"clinician": one})
    second = claim({"clinician": other})
    with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
        Claim.objects.filter(pk=second.pk).update(clinician=one)


def test_bulk_and_raw_statements_are_refused_too(resource):
    first = claim(resource)
    twice = [Claim(**resource, starts_at=START, ends_at=START + HOUR) for _n in range(2)]
    with pytest.raises(IntegrityError, match="claim_no_overlap"), transaction.atomic():
        Claim.objects.bulk_create(twice)
    columns = "clinician_id, room_id, patient_id, visit_id, starts_at, ends_at, expires_at, note"
    with pytest.raises(DatabaseError, match="claim_no_overlap"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO scheduling_claim ({columns}) SELECT {columns} FROM scheduling_claim")  # noqa: S608
    assert list(Claim.objects.values_list("pk", flat=True)) == [first.pk]


@pytest.mark.parametrize("kinds", [(), ("clinician", "room"), ("clinician", "room", "patient")])
def test_claim_of_no_or_several_things_is_refused(small_clinic, kinds):
    things = {
        "clinician": small_clinic.people["RAD_ONC"][0],
        "room": small_clinic.rooms[0],
        "patient": a_patient(),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        claim({kind: things[kind] for kind in kinds})


def test_claim_that_ends_before_it_starts_is_refused(resource):
    for end in (START, START - HOUR):
        with pytest.raises(DatabaseError), transaction.atomic():
            claim(resource, START, end)


def test_guard_can_be_taken_back_and_put_again(transactional_db):
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("scheduling")
    for targets in ([("scheduling", "0001_initial")], newest):
        MigrationExecutor(connection).migrate(targets)
    assert ("scheduling", "0002_overlap_guard") in MigrationExecutor(connection).loader.applied_migrations


# claim_time


def test_claim_time_tells_that_the_time_is_taken_and_writes_nothing(resource, small_clinic, now):
    claim(resource)
    free = Claim(room=small_clinic.rooms[1], starts_at=START, ends_at=START + HOUR)
    with pytest.raises(Refused, match="just taken") as told, transaction.atomic():
        claim_time([free, Claim(**resource, starts_at=START, ends_at=START + HOUR)], now=now)
    assert told.value.code == "taken"
    assert Claim.objects.count() == 1


def test_living_hold_keeps_its_time(resource, now):
    claim(resource, expires_at=now + timedelta(seconds=1))
    with pytest.raises(Refused), transaction.atomic():
        claim_time([Claim(**resource, starts_at=START, ends_at=START + HOUR)], now=now)


def test_lapsed_hold_gives_way(resource, now):
    claim(resource, expires_at=now)
    with transaction.atomic():
        claim_time([Claim(**resource, starts_at=START, ends_at=START + HOUR)], now=now)
    assert Claim.objects.get().expires_at is None


def test_lapsed_hold_that_began_earlier_gives_way(resource, now):
    claim(resource, START - HOUR, START + HOUR / 2, expires_at=now)
    with transaction.atomic():
        claim_time([Claim(**resource, starts_at=START, ends_at=START + HOUR)], now=now)
    assert Claim.objects.get().starts_at == START


def test_day_of_an_offer_gives_way_at_the_moment_it_lapses(small_clinic, now):
    offer = an_offer(a_request(), now=now, days=1)
    (day,) = days_of(offer)
    with transaction.atomic():
        claim_time([Claim(room=day.room, starts_at=day.starts_at, ends_at=day.ends_at)], now=offer.expires_at)
    day.refresh_from_db()
    assert day.state == Visit.State.EXPIRED


def test_lapsed_day_of_an_offer_gives_way_whole_and_the_offer_ends_with_its_last_day(small_clinic, now):
    offer = an_offer(a_request(), now=now, days=2)
    later = offer.expires_at + timedelta(minutes=1)
    first, second = days_of(offer)
    Claim.objects.filter(visit=second).update(expires_at=later + HOUR)
    with transaction.atomic():
        touched = claim_time([Claim(room=first.room, starts_at=first.starts_at, ends_at=first.ends_at)], now=later)
    first.refresh_from_db()
    offer.refresh_from_db()
    assert touched == {offer.request_id}
    assert (first.state, offer.state) == (Visit.State.EXPIRED, Offer.State.OPEN)
    assert not Claim.objects.filter(visit=first).exists()
    assert {leg.state for leg in first.appointments.all()} == {"expired"}
    assert StateChange.objects.filter(thing_id=first.pk, to_state="expired", reason="hold_lapsed").count() == 1
    last = later + 2 * HOUR
    with transaction.atomic():
        claim_time([Claim(room=second.room, starts_at=second.starts_at, ends_at=second.ends_at)], now=last)
    offer.refresh_from_db()
    assert offer.state == Offer.State.EXPIRED


@pytest.mark.parametrize(
    ("hours", "dates"),
    [((15, 16), ["05"]), ((21, 22), ["05", "06"]), ((1, 3), ["04", "05"]), ((1, 25), ["04", "05", "06"])],
)
def test_locks_reach_as_far_as_any_buffer_may(hours, dates):
    start, end = (datetime(2027, 1, 5, tzinfo=UTC) + hour * HOUR for hour in hours)

    def keys(**whom):
        return sorted(day[-2:] for *_thing, day in lock_keys_of([Claim(**whom, starts_at=start, ends_at=end)]))

    assert keys(clinician_id=7) == dates
    assert set(keys(room_id=7)) == {"05", *(["06"] if hours[1] >= 24 else [])}
