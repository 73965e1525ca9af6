"""Changing a booked visit: what moves, what is kept, what is told, and what is refused without a trace."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from intake.access.models import AccessLink
from scheduling.availability.models import Buffer, Closure
from scheduling.itineraries.legs import Wishes
from scheduling.itineraries.search import find_days
from scheduling.visits.change_options import other_days
from scheduling.visits.change_words import changed_lines
from scheduling.visits.changes import drop_leg, move_day, move_leg, swap_clinician
from scheduling.visits.models import Claim, StateChange, Visit, VisitChange
from scheduling.visits.replan import look_at, read_visit
from tests import factories
from tests.factories import a_coordinator, claims_held, claims_wanted, person_of
from tests.scheduling.visits.booked import QUARTER, TUESDAY, a_booked_visit, as_it_is, legs_of, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


@pytest.fixture
def by():
    return staff_actor(a_coordinator())


@pytest.fixture
def visit(now, fresh_key):
    return a_booked_visit(now, fresh_key)


# Moving one leg


def earlier_start(visit, by, now, fresh_key, **more) -> VisitChange:
    """The first leg a quarter of an hour earlier, at 8: the pause after it, a quarter too, is then a half-hour."""
    first = legs_of(visit)[0]
    return move_leg(first, starts_at=first.starts_at - QUARTER, by=by, key=fresh_key(), now=now, **more)


def test_first_leg_moves_and_room_and_patient_are_claimed_from_its_new_start(visit, by, now, fresh_key):
    change = earlier_start(visit, by, now, fresh_key, reason="patient_asked")
    moved = Visit.objects.get(pk=visit.pk)
    assert (moved.starts_at, moved.ends_at) == (visit.starts_at - QUARTER, visit.ends_at)
    assert claims_held(moved) == claims_wanted(moved)
    assert (moved.state, moved.request_id) == ("booked", visit.request_id)
    assert moved.calendar_sequence == visit.calendar_sequence + 1
    assert (change.kind, change.reason, change.by_label) == ("move_leg", "patient_asked", by.label)
    assert change.before["legs"][0]["starts_at"] != change.after["legs"][0]["starts_at"]
    assert AuditEntry.objects.filter(action="visit_changed", subject_id=str(visit.pk)).count() == 1


def test_patient_gets_a_link_to_what_is_new_and_the_old_one_lives_on(visit, by, now, fresh_key):
    old = AccessLink.objects.get(purpose="visit", subject_id=str(visit.pk))
    earlier_start(visit, by, now, fresh_key)
    message = Message.objects.get(template="visit_changed")
    assert message.to == visit.patient.email
    assert "/my/visit/" in message.context["link"]
    living = AccessLink.objects.filter(purpose="visit", subject_id=str(visit.pk), revoked_at=None)
    ends = Visit.objects.get(pk=visit.pk).ends_at + timedelta(days=1)
    assert set(living.values_list("expires_at", flat=True)) == {ends}
    assert old.pk in living.values_list("pk", flat=True)


def test_request_page_tells_the_change_in_words(visit, by, now, fresh_key):
    earlier_start(visit, by, now, fresh_key)
    note = visit.request.notes.get(kind="visit_changed")
    assert note.text == "Nurse_Nav: 8:00 to 8:30 a.m., not 8:15 to 8:45 a.m."


def test_same_button_twice_moves_once(visit, by, now):
    first = legs_of(visit)[0]
    changes = [
        move_leg(first, starts_at=first.starts_at - QUARTER, by=by, key="k" * 32, now=now).pk for _press in range(2)
    ]
    assert len(set(changes)) == 1
    assert visit.changes.count() == 1


def test_leg_moves_to_somebody_else_at_another_time(visit, by, now, fresh_key, small_clinic):
    first = legs_of(visit)[0]
    other = next(one for one in small_clinic.people["NURSE_NAV"] if one.pk != first.clinician_id)
    move_leg(first, starts_at=first.starts_at - QUARTER, clinician_id=other.pk, by=by, key=fresh_key(), now=now)
    moved = legs_of(visit)[0]
    assert (moved.clinician_id, moved.starts_at) == (other.pk, first.starts_at - QUARTER)
    visit.refresh_from_db()
    assert claims_held(visit) == claims_wanted(visit)


@pytest.mark.parametrize(
    ("which", "step", "code"),
    [
        (-1, QUARTER, "not_bookable"),  # the pause would be too long
        (-1, -QUARTER, "not_bookable"),  # the long visit would have no rest
        (1, -3 * QUARTER, "not_bookable"),  # surgery before the nurse
        (2, timedelta(minutes=5), "not_bookable"),  # off the quarter hour
        (-1, timedelta(minutes=-7), "not_bookable"),  # no time of ours
        (-1, timedelta(days=1), "not_bookable"),
        (-1, timedelta(days=-2), "past"),
    ],
)
def test_move_that_breaks_a_rule_changes_nothing(visit, by, now, fresh_key, which, step, code):
    leg, before = legs_of(visit)[which], as_it_is(visit)
    assert refusal(lambda: move_leg(leg, starts_at=leg.starts_at + step, by=by, key=fresh_key(), now=now)) == code
    assert as_it_is(visit) == before


def just_before(leg) -> dict:
    """Minutes that the leg would take anew."""
    return {"clinician": leg.clinician, "starts_at": leg.starts_at - timedelta(minutes=5), "ends_at": leg.starts_at}


def test_move_into_time_of_others_is_refused_as_taken(visit, by, now, fresh_key):
    Claim.objects.create(**just_before(legs_of(visit)[0]))
    before = as_it_is(visit)
    assert refusal(lambda: earlier_start(visit, by, now, fresh_key)) == "taken"
    assert as_it_is(visit) == before


def test_move_too_close_to_another_appointment_keeps_the_buffer(visit, by, now, fresh_key):
    first = legs_of(visit)[0]
    Buffer.objects.create(clinician=first.clinician, after_minutes=10)
    start = first.starts_at - 3 * QUARTER
    Claim.objects.create(clinician=first.clinician, starts_at=start, ends_at=start + timedelta(minutes=25))
    assert refusal(lambda: earlier_start(visit, by, now, fresh_key)) == "taken"


def test_move_into_time_that_is_closed_says_why(visit, by, now, fresh_key):
    Closure.objects.create(**just_before(legs_of(visit)[0]), reason="Away")
    with pytest.raises(Refused, match="does not work then"):
        earlier_start(visit, by, now, fresh_key)


def test_lapsed_hold_of_others_gives_way(visit, by, now, fresh_key):
    Claim.objects.create(**just_before(legs_of(visit)[0]), expires_at=now - QUARTER)
    earlier_start(visit, by, now, fresh_key)
    visit.refresh_from_db()
    assert claims_held(visit) == claims_wanted(visit)


def test_day_that_is_broken_already_can_still_be_bettered(visit, by, now, fresh_key):
    rad = legs_of(visit)[2]
    Closure.objects.create(clinician=rad.clinician, starts_at=rad.starts_at, ends_at=rad.ends_at, reason="Sick")
    earlier_start(visit, by, now, fresh_key)
    assert visit.changes.count() == 1


def test_own_room_of_a_leg_moves_with_it(by, now, fresh_key, small_clinic):
    visit = a_booked_visit(now, fresh_key, visit_type="ct_simulation", specialties=())
    leg = legs_of(visit)[0]
    move_leg(leg, starts_at=leg.starts_at + QUARTER, by=by, key=fresh_key(), now=now)
    visit.refresh_from_db()
    held = claims_held(visit)
    assert held == claims_wanted(visit)
    assert ("room", small_clinic.ct.pk, leg.starts_at + QUARTER, leg.ends_at + QUARTER) in held


def test_stale_page_is_refused(visit, by, now, fresh_key):
    earlier_start(visit, by, now, fresh_key, version=0)
    assert refusal(lambda: earlier_start(visit, by, now, fresh_key, version=0)) == "stale"
    assert visit.changes.count() == 1


@pytest.mark.parametrize("state", ["completed", "cancelled_by_clinic", "no_show", "held"])
def test_visit_that_is_not_on_cannot_be_changed(visit, by, now, fresh_key, state):
    Visit.objects.filter(pk=visit.pk).update(state=state)
    assert refusal(lambda: earlier_start(visit, by, now, fresh_key)) == "not_bookable"


def test_patient_who_is_here_gets_no_message(visit, by, now, fresh_key):
    Visit.objects.filter(pk=visit.pk).update(state="checked_in")
    earlier_start(visit, by, now, fresh_key)
    assert not Message.objects.filter(template="visit_changed").exists()


@pytest.mark.parametrize("who", ["patient", "physician"])
def test_others_may_not_change_a_visit(visit, now, fresh_key, who):
    by = person_of(visit.request) if who == "patient" else staff_actor(factories.a_physician())
    last = legs_of(visit)[-1]
    calls = [
        lambda: move_leg(last, starts_at=last.starts_at - QUARTER, by=by, key=fresh_key(), now=now),
        lambda: swap_clinician(last, clinician_id=1, by=by, key=fresh_key(), now=now),
        lambda: drop_leg(last, by=by, key=fresh_key(), now=now),
        lambda: move_day(visit, None, by=by, key=fresh_key(), now=now),
    ]
    assert [refusal(call) for call in calls] == ["not_allowed"] * 4


# Another clinician


def test_swap_gives_the_leg_to_a_colleague_and_frees_the_other(visit, by, now, fresh_key, small_clinic):
    leg = legs_of(visit)[2]
    other = next(one for one in small_clinic.people["RAD_ONC"] if one.pk != leg.clinician_id)
    swap_clinician(leg, clinician_id=other.pk, by=by, key=fresh_key(), now=now)
    visit.refresh_from_db()
    assert legs_of(visit)[2].clinician_id == other.pk
    assert claims_held(visit) == claims_wanted(visit)
    assert not Claim.objects.filter(clinician=leg.clinician_id).exists()


def test_swap_to_another_specialty_or_to_nobody_is_refused(visit, by, now, fresh_key, small_clinic):
    leg, before = legs_of(visit)[2], as_it_is(visit)
    for clinician_id in (small_clinic.people["MED_ONC"][0].pk, 10**9, leg.clinician_id):
        code = refusal(lambda key=clinician_id: swap_clinician(leg, clinician_id=key, by=by, key=fresh_key(), now=now))
        assert code == "not_bookable"
    assert as_it_is(visit) == before


# Another day


def test_day_moves_with_every_leg_and_stays_the_same_visit(visit, by, now, fresh_key):
    later = find_days(visit.request, now=now, limit=5).itineraries[-1]
    change = move_day(visit, later, by=by, key=fresh_key(), now=now)
    moved = Visit.objects.get(pk=visit.pk)
    assert timezone.localdate(moved.starts_at) == later.day
    assert [leg.starts_at > visit.ends_at for leg in legs_of(moved)] == [True] * 4
    assert claims_held(moved) == claims_wanted(moved)
    assert (moved.calendar_sequence, Visit.objects.count()) == (visit.calendar_sequence + 1, 1)
    assert change.kind == "move_day"


def test_day_of_other_legs_is_refused(visit, by, now, fresh_key):
    other = find_days(visit.request, legs=[("MED_ONC", 40)], now=now, limit=1).itineraries[0]
    assert refusal(lambda: move_day(visit, other, by=by, key=fresh_key(), now=now)) == "stale"


def test_day_too_soon_or_too_far_is_refused(visit, by, now, fresh_key, settings):
    days = find_days(visit.request, now=now, limit=3).itineraries
    late = now + timedelta(hours=3)
    assert refusal(lambda: move_day(visit, days[0], by=by, key=fresh_key(), now=late)) == "past"
    settings.BOOKING_HORIZON_DAYS = 1
    assert refusal(lambda: move_day(visit, days[-1], by=by, key=fresh_key(), now=now)) == "horizon"


def test_visit_that_has_begun_stays_on_its_day(visit, by, now, fresh_key):
    later = find_days(visit.request, now=now, limit=5).itineraries[-1]
    Visit.objects.filter(pk=visit.pk).update(state="checked_in")
    assert refusal(lambda: move_day(visit, later, by=by, key=fresh_key(), now=now)) == "not_bookable"


# A leg less


def test_dropped_leg_frees_its_time_and_the_others_close_the_gap(visit, by, now, fresh_key):
    spine = legs_of(visit)[1]
    drop_leg(spine, by=by, key=fresh_key(), now=now, reason="not_needed")
    visit.refresh_from_db()
    legs = legs_of(visit)
    assert [leg.specialty.code for leg in legs] == ["NURSE_NAV", "RAD_ONC", "NURSE_NAV", "SPINE_SURG"]
    assert [leg.state for leg in legs] == ["booked", "booked", "booked", "cancelled_by_clinic"]
    assert visit.starts_at == legs[0].starts_at
    assert all(later.starts_at - one.ends_at <= timedelta(minutes=30) for one, later in pairwise(legs[:3]))
    assert not Claim.objects.filter(clinician=spine.clinician_id).exists()
    assert StateChange.objects.filter(thing_id=spine.pk, to_state="cancelled_by_clinic").count() == 1


@pytest.mark.parametrize("which", [0, -1])
def test_leg_that_every_visit_of_the_kind_has_cannot_be_dropped(visit, by, now, fresh_key, which):
    assert refusal(lambda: drop_leg(legs_of(visit)[which], by=by, key=fresh_key(), now=now)) == "not_bookable"


def test_only_leg_cannot_be_dropped(by, now, fresh_key):
    visit = a_booked_visit(now, fresh_key, visit_type="follow_up", specialties=("MED_ONC",))
    assert refusal(lambda: drop_leg(legs_of(visit)[0], by=by, key=fresh_key(), now=now)) == "not_bookable"


def test_leg_whose_gap_nobody_can_close_is_not_dropped(visit, by, now, fresh_key):
    _nurse, spine, rad, last = legs_of(visit)
    for leg in (rad, last):  # neither can come earlier
        Claim.objects.create(
            clinician=leg.clinician, starts_at=leg.starts_at - timedelta(hours=1), ends_at=leg.starts_at
        )
    before = as_it_is(visit)
    assert refusal(lambda: drop_leg(spine, by=by, key=fresh_key(), now=now)) == "not_bookable"
    assert as_it_is(visit) == before


def test_dropped_leg_is_not_changed_again(visit, by, now, fresh_key):
    spine = legs_of(visit)[1]
    drop_leg(spine, by=by, key=fresh_key(), now=now)
    assert refusal(lambda: drop_leg(spine, by=by, key=fresh_key(), now=now)) == "stale"


# Interpreters, and legs by video


@pytest.fixture
def interpreted(now, fresh_key, small_clinic):
    """A visit with the first of two interpreters of the patient's language."""
    for _n in range(2):
        factories.an_interpreter(small_clinic.site, "es")
    patient = factories.a_patient()
    patient.preferred_language, patient.interpreter_needed = "es", "spoken"
    patient.save()
    visit = a_booked_visit(now, fresh_key, patient=patient)
    assert visit.interpreter_id is not None
    return visit


def test_interpreter_is_claimed_for_the_whole_changed_visit(interpreted, by, now, fresh_key):
    earlier_start(interpreted, by, now, fresh_key)
    moved = Visit.objects.get(pk=interpreted.pk)
    assert ("clinician", moved.interpreter_id, moved.starts_at, moved.ends_at) in claims_held(moved)
    assert claims_held(moved) == claims_wanted(moved)


def test_move_without_the_interpreter_is_refused(interpreted, by, now, fresh_key):
    first = legs_of(interpreted)[0]
    Claim.objects.create(**just_before(first) | {"clinician": interpreted.interpreter})
    assert refusal(lambda: earlier_start(interpreted, by, now, fresh_key)) == "taken"


def test_visit_moves_to_a_day_of_another_interpreter(interpreted, by, now, fresh_key):
    Closure.objects.create(
        clinician=interpreted.interpreter, starts_at=now, ends_at=now + timedelta(days=90), reason="Leave"
    )
    row, legs = read_visit(interpreted.pk)
    look = look_at(row, legs, now=now, first=TUESDAY, last=TUESDAY + timedelta(days=7))
    day = other_days(look, Wishes())[0][-1]
    change = move_day(interpreted, day, by=by, key=fresh_key(), now=now)
    moved = Visit.objects.get(pk=interpreted.pk)
    assert moved.interpreter_id not in (None, interpreted.interpreter_id)
    assert claims_held(moved) == claims_wanted(moved)
    assert any(line.startswith("Interpreter: ") for line in changed_lines(change))


def test_leg_by_video_moves_without_a_room(by, now, fresh_key, small_clinic):
    small_clinic.visit_types["follow_up"].legs.update(mode="video")
    visit = a_booked_visit(now, fresh_key, visit_type="follow_up", specialties=("MED_ONC",))
    assert visit.room_id is None
    earlier_start(visit, by, now, fresh_key)
    moved = Visit.objects.get(pk=visit.pk)
    assert (moved.room_id, moved.starts_at) == (None, visit.starts_at - QUARTER)
    assert claims_held(moved) == claims_wanted(moved)
