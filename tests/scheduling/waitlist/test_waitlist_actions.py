"""Joining, leaving, and freed time put before the next in turn."""

from datetime import date, datetime, timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.actors import SYSTEM
from clinic.platform.jobs.worker import run_due
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.tasks.actions import close_task
from intake.tasks.models import StaffTask
from scheduling.itineraries.search import find_days
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import decline_offer, expire_due_offers, make_offer
from scheduling.offers.models import Offer
from scheduling.visits.actions import cancel_visit
from scheduling.visits.models import Visit
from scheduling.waitlist.actions import leave_waitlist, match_waitlist, offer_now, put_match
from scheduling.waitlist.looking import match_for
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch
from tests import factories
from tests.factories import a_coordinator, a_request, days_of, person_of
from tests.scheduling.waitlist_rows import booked_on, check_claims, closed_until, joined, open_offers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2027, 1, day) for day in (5, 6, 7, 8))


@pytest.fixture(autouse=True)
def clinic(db, settings):
    """One person of each specialty and one room: one coordinated day fills a morning, two fill a day."""
    settings.WAITLIST_MODE = "offer"
    return factories.a_clinic(people_each=1, rooms=1)


@pytest.fixture
def staff():
    return staff_actor(a_coordinator())


def code_of(call, *args, **more):
    with pytest.raises(Refused) as refused:
        call(*args, **more)
    return refused.value.code


# Joining and leaving


def test_patient_with_a_visit_joins_changes_and_leaves(now):
    visit = booked_on(3, now)
    me = person_of(visit.request)
    entry = joined(visit.request, by=me, weekdays=[1, 2], notice_hours=48)
    assert (entry.visit, entry.state, entry.weekdays, entry.notice_hours) == (visit, "waiting", [1, 2], 48)
    again = joined(visit.request, by=me, latest_on=WEDNESDAY)
    assert (again.pk, again.weekdays, again.latest_on) == (entry.pk, [], WEDNESDAY)
    assert abs(again.joined_at - entry.joined_at) <= timedelta(seconds=1)
    left = leave_waitlist(again, by=me, key=new_key())
    assert (left.state, left.ended_at) == ("left", now)
    assert code_of(leave_waitlist, left, by=me, key=new_key()) == "ended"
    assert joined(visit.request, by=me).pk != entry.pk


def test_who_may_not_join(now, staff, clinic):
    ready, new = a_request(), a_request(visit_type=None)
    visit = booked_on(3, now)
    stranger = person_of(ready)
    assert code_of(joined, ready, by=stranger) == "not_allowed"
    assert code_of(joined, visit.request, by=stranger) == "not_allowed"
    assert code_of(joined, visit.request, by=staff_actor(factories.a_physician())) == "not_allowed"
    rad_onc = clinic.specialties["RAD_ONC"]
    assert code_of(joined, visit.request, by=person_of(visit.request), specialty=rad_onc) == "not_allowed"
    assert code_of(joined, new) == "not_waiting"
    assert code_of(joined, ready, specialty=rad_onc) == "not_waiting"
    assert code_of(joined, visit.request, specialty=clinic.specialties["PALLIATIVE"]) == "no_leg"
    assert code_of(joined, ready, earliest_on=FRIDAY, latest_on=TUESDAY) == "dates"
    assert code_of(joined, ready, notice_hours=400) == "notice"
    assert code_of(joined, ready, weekdays=[7]) == "notice"
    assert not WaitlistEntry.objects.exists()


@pytest.mark.parametrize("who", ["another patient", "physician"])
def test_others_take_nobody_off_the_list_and_offer_nothing(now, clinic, who):
    entry = joined(booked_on(3, now).request, specialty=clinic.specialties["RAD_ONC"])
    by = staff_actor(factories.a_physician()) if who == "physician" else person_of(a_request())
    assert code_of(leave_waitlist, entry, by=by, key=new_key()) == "not_allowed"
    assert code_of(offer_now, entry, by=by, key=new_key(), now=now) == "not_allowed"
    assert not StaffTask.objects.filter(kind="waitlist").exists()


# Matching


def test_freed_day_is_held_for_the_most_urgent_then_for_who_waits_longest(now):
    closed = closed_until(FRIDAY)
    requests = [a_request(level=level) for level in ("routine", "soon", "urgent", "soon")]
    for wanted in requests:
        joined(wanted, latest_on=WEDNESDAY)
    assert match_waitlist(now) == 0
    closed.ends_at = factories.local(WEDNESDAY, 0)
    closed.save()
    assert match_waitlist(now + timedelta(minutes=5)) == 2  # Wednesday has time for two
    assert [offer.request for offer in open_offers()] == [requests[2], requests[1]]
    assert match_waitlist(now + timedelta(minutes=6)) == 0
    check_claims()


def test_offer_is_short_and_never_reaches_into_the_notice(now):
    closed_until(WEDNESDAY)
    joined(a_request(), notice_hours=45)
    match_waitlist(now)
    (offer,) = open_offers()
    start = days_of(offer)[0].starts_at
    assert offer.expires_at == start - timedelta(hours=45) <= now + timedelta(hours=4)
    joined(a_request(level="urgent"), notice_hours=2)
    match_waitlist(now)
    assert open_offers()[1].expires_at == now + timedelta(hours=4)


def test_day_is_never_held_longer_than_its_level_allows(now, settings):
    settings.WAITLIST_HOLD_HOURS = 500
    closed_until(THURSDAY)
    joined(a_request(level="urgent"), notice_hours=0)
    match_waitlist(now)
    (offer,) = open_offers()
    assert offer.expires_at == now + timedelta(hours=settings.HOLD_HOURS["urgent"])


def test_day_whose_notice_ends_during_it_is_used_from_then_on(now):
    closed_until(WEDNESDAY)
    joined(a_request(), notice_hours=48, latest_on=WEDNESDAY)  # 9:30 a.m. on Wednesday is the earliest start
    assert match_waitlist(now) == 1
    (offer,) = open_offers()
    assert days_of(offer)[0].starts_at >= now + timedelta(hours=48, minutes=30)


def test_next_in_turn_gets_it_when_the_first_declines_or_lets_it_end(now):
    closed_until(THURSDAY)
    booked_on(3, now)  # half of Thursday is taken
    first, second, third = (a_request() for _n in range(3))
    for wanted in (first, second, third):
        joined(wanted, latest_on=THURSDAY)
    match_waitlist(now)
    (offer,) = open_offers()
    assert offer.request == first
    decline_offer(offer, reason="", wants_call=False, by=person_of(first), key=new_key())
    run_due()
    (offer,) = open_offers()
    assert offer.request == second
    expire_due_offers(offer.expires_at)
    assert match_waitlist(offer.expires_at) == 1
    (last,) = open_offers()
    assert last.request == third
    outcomes = WaitlistMatch.objects.order_by("pk").values_list("entry__request", "outcome")
    assert list(outcomes) == [(first.pk, "declined"), (second.pk, "expired"), (third.pk, "open")]
    check_claims()


def test_person_is_asked_about_a_day_once(now):
    closed_until(THURSDAY)
    wanted = a_request()
    joined(wanted, latest_on=FRIDAY)
    for day in (THURSDAY, FRIDAY):
        assert match_waitlist(now) == 1
        (offer,) = open_offers()
        assert days_of(offer)[0].starts_at.date() == day
        decline_offer(offer, reason="", wants_call=False, by=person_of(wanted), key=new_key())
    assert match_waitlist(now) == 0
    assert WaitlistEntry.objects.get().state == "waiting"


def test_day_let_go_is_not_offered_again_at_another_hour(now):
    closed_until(THURSDAY)
    wanted = a_request()
    joined(wanted, latest_on=THURSDAY)
    match_waitlist(now)
    decline_offer(open_offers()[0], reason="", wants_call=False, by=person_of(wanted), key=new_key())
    booked_on(3, now)  # now only the afternoon is free
    assert match_waitlist(now) == 0


def test_time_found_before_it_was_offered_and_declined_is_not_offered_again(now, staff):
    entry = joined(a_request())
    found = match_for(entry, now=now)
    assert put_match(entry, found, by=SYSTEM, now=now, as_task=False)
    decline_offer(open_offers()[0], reason="", wants_call=False, by=person_of(entry.request), key=new_key())
    entry.request.refresh_from_db()
    assert code_of(put_match, entry, found, by=staff, now=now, as_task=False) == "offered_before"
    assert open_offers() == []


def test_merged_record_was_asked_already(now):
    closed_until(THURSDAY)
    wanted, other = a_request(), factories.a_patient()
    joined(wanted, latest_on=THURSDAY)
    match_waitlist(now)
    decline_offer(open_offers()[0], reason="", wants_call=False, by=person_of(wanted), key=new_key())
    type(wanted).objects.filter(pk=wanted.pk).update(patient=other)
    assert match_waitlist(now) == 0


def test_earlier_day_for_a_booked_visit_is_offered_and_accepted(now):
    visit = booked_on(3, now)
    entry = joined(visit.request, by=person_of(visit.request))
    run_due()
    (offer,) = open_offers()
    day = days_of(offer)[0]
    assert (offer.replaces, offer.origin, day.starts_at.date()) == (visit, "waitlist", TUESDAY)
    entry.refresh_from_db()
    assert entry.state == "offered"
    accept_offer(offer, day, by=person_of(visit.request), key=new_key(), now=now)
    match_waitlist(now)
    entry.refresh_from_db()
    visit.request.refresh_from_db()
    assert (entry.state, visit.request.status) == ("fulfilled", "scheduled")
    assert entry.matches.get().outcome == "accepted"
    check_claims()


def test_canceled_visit_frees_its_day_for_who_waits_and_ends_its_own_wait(now, standing_clock):
    closed_until(THURSDAY)
    going, other = booked_on(3, now), booked_on(3, now)
    own = joined(going.request, by=person_of(going.request))
    waiting = joined(a_request(), latest_on=THURSDAY)
    assert match_waitlist(now) == 0
    cancel_visit(going, by=person_of(going.request), key=new_key(), reason="", now=now)
    run_due()
    assert list(open_offers()) == []  # it can still be taken back
    standing_clock.move_to(now + timedelta(minutes=10), tick=False)
    assert match_waitlist(now + timedelta(minutes=10)) == 1
    (offer,) = open_offers()
    own.refresh_from_db()
    assert (offer.request, own.state, other.state) == (waiting.request, "ended", "booked")
    check_claims()


def test_time_that_staff_freed_is_kept_back_while_they_can_undo_it(now, staff):
    closed_until(THURSDAY)
    going, _other = booked_on(3, now), booked_on(3, now)
    joined(a_request(), latest_on=THURSDAY)
    cancel_visit(going, by=staff, key=new_key(), reason="other", now=now)
    assert match_waitlist(now + timedelta(minutes=9)) == 0
    assert match_waitlist(now + timedelta(minutes=10)) == 1


def test_person_with_an_open_offer_gets_no_other(now, staff):
    wanted = a_request()
    joined(wanted)
    make_offer(wanted, find_days(wanted, now=now).itineraries, by=staff, key=new_key(), now=now)
    assert match_waitlist(now) == 0
    assert len(open_offers()) == 1


def test_wishes_limit_what_is_offered(now):
    visit = booked_on(4, now)
    joined(visit.request, weekdays=[2], earliest_on=TUESDAY)
    match_waitlist(now)
    (offer,) = open_offers()
    assert days_of(offer)[0].starts_at.date() == WEDNESDAY


def test_quiet_hours_wait_for_the_morning_unless_it_is_urgent(now):
    night = now + timedelta(hours=13)  # 10 p.m.
    joined(a_request())
    joined(a_request(level="urgent"))
    assert match_waitlist(night) == 1
    assert open_offers()[0].request.level == "urgent"
    assert match_waitlist(night + timedelta(hours=10)) == 1


def test_clinic_may_turn_it_off_or_have_tasks_instead(now, settings, clinic):
    joined(a_request(), latest_on=TUESDAY)
    joined(a_request(), latest_on=TUESDAY)
    joined(a_request(), latest_on=TUESDAY)
    settings.WAITLIST_MODE = "off"
    assert match_waitlist(now) == 0
    settings.WAITLIST_MODE = "task"
    assert match_waitlist(now) == 1  # what one task proposes is not proposed to a second person
    assert not Offer.objects.exists()
    task = StaffTask.objects.get()
    entry = WaitlistEntry.objects.get(state="offered")
    assert (task.kind, task.patient, task.data["match"]) == ("waitlist", entry.request.patient, entry.matches.get().pk)
    nurse = factories.a_nurse()
    close_task(task, state="dismissed", note="", user=nurse, by=staff_actor(nurse), key=new_key())
    assert match_waitlist(now) == 1
    assert entry.matches.get().outcome == "declined"
    assert Message.objects.count() == 0


def test_one_leg_earlier_is_proposed_to_staff(now, clinic):
    visit = booked_on(3, now)
    leg = visit.appointments.get(specialty__code="RAD_ONC")
    joined(visit.request, specialty=leg.specialty)
    assert match_waitlist(now) == 1
    task = StaffTask.objects.get(kind="waitlist")
    assert task.data["specialty"] == "RAD_ONC"
    ((clinician, start, end),) = task.data["uses"]
    assert clinician == leg.clinician_id
    assert (end - start) * 5 == 45
    assert task.data["starts_at"] < leg.starts_at.isoformat()
    assert not Offer.objects.filter(state="open").exists()
    assert match_waitlist(now) == 0


def test_earlier_time_of_one_leg_never_lies_over_the_patients_other_legs(now, clinic):
    closed_until(THURSDAY)
    visit = booked_on(3, now)
    others = list(visit.appointments.exclude(specialty__code="RAD_ONC"))
    joined(visit.request, specialty=clinic.specialties["RAD_ONC"])
    match_waitlist(now)
    for task in StaffTask.objects.filter(kind="waitlist"):
        begins, ends = (datetime.fromisoformat(task.data[name]) for name in ("starts_at", "ends_at"))
        assert all(ends <= leg.starts_at or begins >= leg.ends_at for leg in others)


def test_staff_offer_what_a_task_proposes_and_the_task_is_done(now, settings, staff):
    settings.WAITLIST_MODE = "task"
    entry = joined(a_request())
    match_waitlist(now)
    task = StaffTask.objects.get(kind="waitlist")
    offer_now(entry, by=staff, key=new_key(), now=now)
    (offer,) = open_offers()
    task.refresh_from_db()
    match = entry.matches.get()
    assert (match.offer, match.outcome, task.state) == (offer, "open", "done")
    assert days_of(offer)[0].starts_at.isoformat() == task.data["starts_at"]
    assert match_waitlist(now) == 0
    accept_offer(offer, days_of(offer)[0], by=person_of(entry.request), key=new_key(), now=now)
    match_waitlist(now)
    entry.refresh_from_db()
    assert (entry.state, entry.matches.get().outcome) == ("fulfilled", "accepted")


def test_time_that_staff_dismissed_gives_way_to_another(now, settings):
    settings.WAITLIST_MODE = "task"
    joined(a_request())
    match_waitlist(now)
    first, nurse = StaffTask.objects.get(kind="waitlist"), factories.a_nurse()
    close_task(first, state="dismissed", note="Not that day", user=nurse, by=staff_actor(nurse), key=new_key())
    assert match_waitlist(now) == 1
    again = StaffTask.objects.get(kind="waitlist", state="open")
    assert again.data["starts_at"] != first.data["starts_at"]


def test_leg_that_staff_have_moved_is_not_proposed_again(now, clinic):
    visit = booked_on(3, now)
    entry = joined(visit.request, specialty=clinic.specialties["RAD_ONC"])
    match_waitlist(now)
    nurse = factories.a_nurse()
    task = StaffTask.objects.get(kind="waitlist")
    close_task(task, state="done", note="", user=nurse, by=staff_actor(nurse), key=new_key())
    assert match_waitlist(now) == 0
    entry.refresh_from_db()
    assert entry.state == "fulfilled"


def test_person_whom_no_message_reaches_is_called_by_staff_instead(now):
    wanted = a_request(patient=factories.a_patient(consents=False))
    joined(wanted)
    assert match_waitlist(now + timedelta(hours=13)) == 1  # a task, also at night
    assert not Offer.objects.exists()
    assert StaffTask.objects.get(kind="waitlist").patient == wanted.patient


def test_staff_offer_at_once_to_whom_they_choose(now, staff):
    first, second = joined(a_request()), joined(a_request())
    night = now + timedelta(hours=13)
    offer_now(second, by=staff, key=new_key(), now=night)
    assert [offer.request for offer in open_offers()] == [second.request]
    assert code_of(offer_now, second, by=staff, key=new_key(), now=night) == "not_ready"
    assert code_of(offer_now, first, by=person_of(first.request), key=new_key(), now=night) == "not_allowed"
    closed_until(date(2027, 3, 1))
    assert code_of(offer_now, first, by=staff, key=new_key(), now=night) == "no_day"


def test_refused_match_leaves_nothing_and_is_found_again(now, monkeypatch):
    joined(a_request())

    def refuses(*args, **more):
        raise Refused("", code="taken")

    with monkeypatch.context() as patched:
        patched.setattr("scheduling.offers.actions.claim_time", refuses)
        assert match_waitlist(now) == 0
    assert not Offer.objects.exists()
    assert not Visit.objects.exists()
    assert not WaitlistMatch.objects.exists()
    assert WaitlistEntry.objects.get().state == "waiting"
    assert match_waitlist(now) == 1


def test_closed_request_leaves_the_list(now):
    entry = joined(a_request())
    type(entry.request).objects.filter(pk=entry.request_id).update(withdrawn_at=now, closed_at=now, status="withdrawn")
    assert match_waitlist(now) == 0
    entry.refresh_from_db()
    assert (entry.state, entry.ended_at) == ("ended", now)
