"""Undoing a change, a cancellation, a no-show: everything as it was, or nothing at all; and late cancellations."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.directory.models import Room
from clinic.messages.models import Message
from clinic.platform.jobs.models import Job
from intake.access.models import AccessLink
from scheduling.availability.models import Buffer
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.requests.models import AppointmentRequest
from scheduling.visits.actions import cancel_visit
from scheduling.visits.calendar_file import visit_calendar
from scheduling.visits.change_rows import record_change, snapshot
from scheduling.visits.change_words import changed_lines
from scheduling.visits.changes import drop_leg, move_day, move_leg, swap_clinician, undo_change
from scheduling.visits.day_actions import patient_left
from scheduling.visits.drawing import draw_claims
from scheduling.visits.guard import claim_time
from scheduling.visits.models import Claim, StateChange, Visit
from tests.factories import a_coordinator, a_physician, an_offer, claims_held, claims_wanted, days_of, person_of
from tests.scheduling.visits.booked import QUARTER, a_booked_visit, as_it_is, legs_of, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def by():
    return staff_actor(a_coordinator())


@pytest.fixture
def visit(now, fresh_key):
    return a_booked_visit(now, fresh_key)


def move(visit, by, now, fresh_key):
    first = legs_of(visit)[0]
    return move_leg(first, starts_at=first.starts_at - QUARTER, by=by, key=fresh_key(), now=now)


def swap(visit, by, now, fresh_key):
    leg = legs_of(visit)[2]
    other = leg.specialty.clinicians.exclude(pk=leg.clinician_id).first()
    return swap_clinician(leg, clinician_id=other.pk, by=by, key=fresh_key(), now=now)


def drop(visit, by, now, fresh_key):
    return drop_leg(legs_of(visit)[1], by=by, key=fresh_key(), now=now)


def another_day(visit, by, now, fresh_key):
    return move_day(visit, find_days(visit.request, now=now, limit=3).itineraries[-1], by=by, key=fresh_key(), now=now)


def cancel(visit, by, now, fresh_key):
    cancel_visit(visit, by=by, key=fresh_key(), reason="patient_asked", now=now)
    return visit.changes.get(kind="cancel")


def no_show(visit, by, now, fresh_key):
    """As the day list does it."""
    before = snapshot(visit, legs_of(visit))
    visit.appointments.update(state="no_show")
    Visit.objects.filter(pk=visit.pk).update(state="no_show", calendar_sequence=visit.calendar_sequence + 1)
    visit.claims.all().delete()
    visit.refresh_from_db()
    return record_change(visit, "no_show", before, snapshot(visit, legs_of(visit)), by=by, at=now)


CHANGES = [move, swap, drop, another_day, cancel, no_show]


@pytest.mark.parametrize("change", CHANGES)
def test_undone_change_leaves_the_visit_as_it_was(visit, by, now, fresh_key, change):
    before, claims = snapshot(visit, legs_of(visit)), claims_held(visit)
    made = change(visit, by, now, fresh_key)
    undone = undo_change(made, by=by, key=fresh_key(), now=now + 9 * MINUTE)
    again = Visit.objects.get(pk=visit.pk)
    assert snapshot(again, legs_of(visit)) == before
    assert claims_held(again) == claims_wanted(again) == claims
    assert again.calendar_sequence == visit.calendar_sequence + (1 if change is no_show else 2)
    assert (undone.undone_at, undone.undone_by_id) == (now + 9 * MINUTE, by.id)
    assert AppointmentRequest.objects.get(pk=visit.request_id).status == "scheduled"


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_undone_once_and_in_time_only(visit, by, now, fresh_key, change):
    made = change(visit, by, now, fresh_key)
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now + 10 * MINUTE)) == "too_late"
    undo_change(made, by=by, key=fresh_key(), now=now)
    before = as_it_is(visit)
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now)) == "stale"
    assert as_it_is(visit) == before


@pytest.mark.parametrize("change", CHANGES)
def test_undo_into_time_that_others_took_is_refused_and_changes_nothing(visit, by, now, fresh_key, change):
    had = claims_held(visit)
    made = change(visit, by, now, fresh_key)
    kind, key, _start, end = sorted(had - claims_held(visit), key=str)[0]
    Claim.objects.create(**{f"{kind}_id": key}, starts_at=end - 5 * MINUTE, ends_at=end)
    before = as_it_is(visit)
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now)) == "taken"
    assert as_it_is(visit) == before


def test_patient_who_left_early_and_came_back_goes_on_as_before(visit, by, now, fresh_key):
    Visit.objects.filter(pk=visit.pk).update(state="in_visit")
    visit.appointments.filter(position=1).update(state="done")
    before = snapshot(Visit.objects.get(pk=visit.pk), legs_of(visit))
    patient_left(visit, by=by, key=fresh_key(), now=now)
    made = visit.changes.get()
    assert [line.partition(":")[0] for line in changed_lines(made)] == ["Taken out"] * 3
    assert visit.follow_up_calls.count() == 2
    undo_change(made, by=by, key=fresh_key(), now=now)
    again = Visit.objects.get(pk=visit.pk)
    assert snapshot(again, legs_of(visit)) == before
    assert claims_held(again) == claims_wanted(again)
    assert visit.follow_up_calls.count() == 0


def test_cancellation_is_not_undone_once_another_day_is_offered(visit, by, now, fresh_key):
    made = cancel(visit, by, now, fresh_key)
    an_offer(visit.request, now=now)
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now)) == "stale"


def test_undo_keeps_the_buffer_of_what_was_booked_meanwhile(visit, by, now, fresh_key):
    leg = legs_of(visit)[2]
    made = swap(visit, by, now, fresh_key)
    Buffer.objects.create(clinician=leg.clinician, after_minutes=15)
    Claim.objects.create(clinician=leg.clinician, starts_at=leg.ends_at + QUARTER / 3, ends_at=leg.ends_at + QUARTER)
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now)) == "taken"


def test_change_with_another_after_it_is_not_undone(visit, by, now, fresh_key):
    first = move(visit, by, now, fresh_key)
    second = swap(visit, by, now, fresh_key)
    assert refusal(lambda: undo_change(first, by=by, key=fresh_key(), now=now)) == "stale"
    undo_change(second, by=by, key=fresh_key(), now=now)
    undo_change(first, by=by, key=fresh_key(), now=now)
    assert visit.changes.exclude(undone_at=None).count() == 2


@pytest.mark.parametrize("who", ["patient", "physician"])
def test_others_may_not_undo(visit, by, now, fresh_key, who):
    made = move(visit, by, now, fresh_key)
    other = person_of(visit.request) if who == "patient" else staff_actor(a_physician())
    assert refusal(lambda: undo_change(made, by=other, key=fresh_key(), now=now)) == "not_allowed"


# Overbooked appointments


@pytest.fixture
def two(now, fresh_key):
    """Two visits of one clinician, the second one's appointment put over the first one's."""
    under, over = (a_booked_visit(now, fresh_key, visit_type="follow_up", specialties=("MED_ONC",)) for _n in range(2))
    below, above = legs_of(under)[0], legs_of(over)[0]
    over.claims.all().delete()
    over.room = over.site.rooms.filter(kind="stay").exclude(pk=under.room_id).first()
    over.starts_at, over.ends_at = below.starts_at, below.ends_at
    over.save()
    above.starts_at, above.ends_at, above.clinician = below.starts_at, below.ends_at, below.clinician
    above.is_overbooked, above.overbooking_reason = True, "Pain crisis"
    above.save()
    claim_time(draw_claims(over, [above], with_patient=True), now=now)
    return under, over


def test_overbooked_leg_moved_to_free_time_is_a_normal_one_until_that_is_undone(two, by, now, fresh_key):
    _under, over = two
    leg = legs_of(over)[0]
    change = move_leg(leg, starts_at=leg.starts_at + 4 * QUARTER, by=by, key=fresh_key(), now=now)
    assert not legs_of(over)[0].is_overbooked
    assert not Claim.objects.filter(is_overbooked=True).exists()
    undo_change(change, by=by, key=fresh_key(), now=now)
    assert legs_of(over)[0].is_overbooked
    assert Claim.objects.filter(is_overbooked=True, visit=over).count() == 1


def test_overbooking_that_comes_back_over_nothing_is_a_normal_appointment(two, by, now, fresh_key):
    under, over = two
    leg = legs_of(over)[0]
    change = move_leg(leg, starts_at=leg.starts_at + 4 * QUARTER, by=by, key=fresh_key(), now=now)
    cancel(under, by, now, fresh_key)
    undo_change(change, by=by, key=fresh_key(), now=now)
    assert not legs_of(over)[0].is_overbooked
    assert not Claim.objects.filter(is_overbooked=True).exists()
    assert claims_held(over) == claims_wanted(Visit.objects.get(pk=over.pk))


def test_leg_under_an_overbooked_one_moves_away_and_its_place_is_taken(two, by, now, fresh_key):
    under, over = two
    leg = legs_of(under)[0]
    change = move_leg(leg, starts_at=leg.starts_at + 4 * QUARTER, by=by, key=fresh_key(), now=now)
    assert not legs_of(over)[0].is_overbooked
    assert refusal(lambda: undo_change(change, by=by, key=fresh_key(), now=now)) == "taken"


# What the patient is told


@pytest.mark.parametrize("change", [move, cancel])
def test_message_that_waits_is_withdrawn_and_nothing_else_is_sent(visit, by, now, fresh_key, change):
    told = set(Message.objects.values_list("pk", flat=True))
    made = change(visit, by, now, fresh_key)
    waiting = Message.objects.exclude(pk__in=told).get()
    undo_change(made, by=by, key=fresh_key(), now=now)
    assert set(Message.objects.values_list("pk", flat=True)) == told
    assert not Job.objects.filter(pk=waiting.job_id).exists()


@pytest.mark.parametrize("state", ["sent", "being sent"])
def test_message_that_is_out_is_followed_by_another(visit, by, now, fresh_key, state):
    made = move(visit, by, now, fresh_key)
    message = Message.objects.get(template="visit_changed")
    if state == "sent":
        Message.objects.filter(pk=message.pk).update(state="sent")
    else:
        Job.objects.filter(pk=message.job_id).update(attempt=1)
    undo_change(made, by=by, key=fresh_key(), now=now)
    assert Message.objects.filter(template="visit_changed").count() == 2


# Cancellation


def test_canceled_visit_comes_back_to_where_it_was_moved_after_the_page_was_opened(visit, by, now, fresh_key):
    seen = Visit.objects.get(pk=visit.pk)
    found = find_days(visit.request, now=now, limit=3).itineraries[-1]
    other_room = Room.objects.filter(kind="stay").exclude(pk=visit.room_id).get()
    move_day(visit, replace(found, room_id=other_room.pk), by=by, key=fresh_key(), now=now)
    moved = Visit.objects.get(pk=visit.pk)
    where = snapshot(moved, legs_of(moved))
    undo_change(cancel(seen, by, now, fresh_key), by=by, key=fresh_key(), now=now)
    assert moved.room_id == other_room.pk != seen.room_id
    assert snapshot(Visit.objects.get(pk=visit.pk), legs_of(moved)) == where


def test_canceled_visit_comes_back_with_its_links(visit, by, now, fresh_key):
    link = AccessLink.objects.get(purpose="visit", subject_id=str(visit.pk))
    made = cancel(visit, by, now, fresh_key)
    undo_change(made, by=by, key=fresh_key(), now=now)
    again = Visit.objects.get(pk=visit.pk)
    link.refresh_from_db()
    assert (link.revoked_at, link.expires_at) == (None, visit.ends_at + timedelta(days=1))
    assert (again.state, again.cancelled_at, again.is_late_cancellation) == ("booked", None, False)
    assert b"STATUS:CONFIRMED" in visit_calendar(again)
    assert StateChange.objects.filter(thing_id=visit.pk, from_state="cancelled_by_patient", to_state="booked").exists()


def test_canceled_visit_stays_canceled_once_other_days_are_offered(visit, by, now, fresh_key):
    made = cancel(visit, by, now, fresh_key)
    offer = an_offer(AppointmentRequest.objects.get(pk=visit.request_id), now=now, days=2)
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now)) in ("stale", "taken")
    accept_offer(offer, days_of(offer)[-1], by=person_of(visit.request), key=fresh_key(), now=now)
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now)) in ("stale", "taken")


@pytest.mark.parametrize("ended", ["withdrawn_at", "declined_at", "redirected_at"])
def test_visit_of_a_request_that_has_ended_stays_canceled(visit, by, now, fresh_key, ended):
    made = cancel(visit, by, now, fresh_key)
    AppointmentRequest.objects.filter(pk=visit.request_id).update(**{ended: now})
    assert refusal(lambda: undo_change(made, by=by, key=fresh_key(), now=now)) == "stale"


@pytest.mark.parametrize(("hours", "is_late"), [(25, False), (24, False), (23, True)])
def test_cancellation_near_the_visit_is_marked_and_never_blocked(visit, fresh_key, hours, is_late):
    by = person_of(visit.request)
    ended = cancel_visit(visit, by=by, key=fresh_key(), reason="", now=visit.starts_at - timedelta(hours=hours))
    assert (ended.state, ended.is_late_cancellation) == ("cancelled_by_patient", is_late)


def test_clinic_says_what_counts_as_late(visit, by, fresh_key, settings):
    settings.LATE_CANCELLATION_HOURS = 48
    ended = cancel_visit(
        visit, by=by, key=fresh_key(), reason="clinician_away", now=visit.starts_at - timedelta(hours=30)
    )
    assert ended.is_late_cancellation
