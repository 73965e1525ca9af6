"""What a change of working time would do, shown before it is saved, and what is saved then."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from clinic.directory.models import Holiday, Room, Site
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure, SessionException, WeeklySession
from scheduling.visits.models import Claim, Visit
from tests.clinic.look.markup import Page, faults
from tests.factories import a_patient, local
from tests.scheduling.availability.time_pages import (
    MONDAY,
    TUESDAY,
    a_held_visit,
    address,
    away,
    closed_day,
    confirm,
    new_session,
    text_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


def test_taking_a_day_shows_the_appointment_with_proposals_and_cancels_nothing(client, coordinator, small_clinic, now):
    visit = a_held_visit(now)
    leg = visit.appointments.get()
    where = reverse("staff-availability:add-exception", args=[leg.clinician_id])
    colleague = next(one for one in small_clinic.people["MED_ONC"] if one.pk != leg.clinician_id)

    shown = client.post(where, away())

    page = text_of(shown)
    assert shown.status_code == 200
    assert "1 appointment would lie outside working time" in page
    assert visit.request.reference in page
    assert f"{colleague.name} at the same time" in page
    assert "The whole visit on Wed, Jan 6" in page
    assert "Quackenbush" not in page
    assert SessionException.objects.count() == 0
    assert faults(Page(shown.content.decode())) == []

    saved = confirm(client, where, away(), shown)

    assert saved.status_code == 302
    assert SessionException.objects.get().reason == "Sick"
    visit.refresh_from_db()
    assert visit.state == "held"
    listed = text_of(client.get(address("outside")))
    assert visit.request.reference in listed
    assert "not at work then" in listed
    assert "1 appointment outside working time" in text_of(client.get(address("home")))
    entry = AuditEntry.objects.get(action="exception_added")
    assert (entry.data["appointments_outside"], entry.actor_id) == (1, str(coordinator.pk))


def test_part_of_a_day_proposes_another_time_of_that_day(client, coordinator, now):
    leg = a_held_visit(now).appointments.get()
    where = reverse("staff-availability:add-exception", args=[leg.clinician_id])
    shown = text_of(client.post(where, away(ends="9:00")))
    assert f"{leg.clinician.name} on the same day at 9:00 a.m." in shown


def test_proposals_keep_off_what_is_taken(client, coordinator, small_clinic, now):
    first, second = a_held_visit(now), a_held_visit(now)
    leg = first.appointments.get()
    assert second.appointments.get().clinician_id != leg.clinician_id
    shown = text_of(client.post(reverse("staff-availability:add-exception", args=[leg.clinician_id]), away()))
    assert "at the same time" not in shown


def test_proposals_keep_off_another_visit_of_the_patient(client, coordinator, now):
    visit = a_held_visit(now)
    wednesday = TUESDAY + timedelta(days=1)
    Claim.objects.create(patient=visit.patient, starts_at=local(wednesday, 8), ends_at=local(wednesday, 17))
    Claim.objects.create(patient=a_patient(), starts_at=local(TUESDAY, 8), ends_at=local(wednesday, 1))
    shown = text_of(client.post(address("add-closure"), closed_day()))
    assert "The whole visit on Thu, Jan 7" in shown


def test_same_press_twice_saves_once(client, coordinator, rows):
    where = address("add-exception", rows)
    shown = client.post(where, away())
    key = new_key()
    assert [confirm(client, where, away(), shown, key=key).status_code for _n in range(2)] == [302, 302]
    assert SessionException.objects.filter(on=TUESDAY).count() == 1


def test_appointment_made_meanwhile_is_shown_before_it_is_saved(client, coordinator, rows, small_clinic, now):
    small_clinic.people["MED_ONC"][1].sessions.all().delete()
    where = address("add-exception", rows)
    shown = client.post(where, away())
    assert "No appointment is touched" in text_of(shown)
    visit = a_held_visit(now)

    again = confirm(client, where, away(), shown)

    assert again.status_code == 422
    assert visit.request.reference in text_of(again)
    assert not SessionException.objects.filter(on=TUESDAY).exists()
    assert confirm(client, where, away(), again).status_code == 302
    assert SessionException.objects.filter(on=TUESDAY).exists()


def test_saving_without_having_seen_is_refused(client, coordinator, rows, now):
    a_held_visit(now)
    answer = client.post(address("add-closure"), closed_day(do="save", seen="0" * 16))
    assert answer.status_code == 422
    assert not Closure.objects.filter(reason="Water").exists()


def test_new_session_is_saved_as_shown(client, coordinator, rows, small_clinic):
    where, kind = address("add-session", rows), small_clinic.visit_types["follow_up"]
    sent = new_session(visit_types=[str(kind.pk)])

    shown = client.post(where, sent)
    assert "Saturday, 9:00 a.m. to noon, every 2 weeks, from Sat, Jan 9, 2027" in text_of(shown)
    assert confirm(client, where, sent, shown).status_code == 302

    made = WeeklySession.objects.get(weekday=5)
    assert (made.starts, made.ends, made.every_n_weeks, made.site) == (time(9), time(12), 2, None)
    assert list(made.visit_types.all()) == [kind]


def test_new_session_at_another_site_keeps_it(client, coordinator, rows):
    there = Site.objects.create(name="Annex")
    where, sent = address("add-session", rows), new_session(site=str(there.pk))
    confirm(client, where, sent, client.post(where, sent))
    assert WeeklySession.objects.get(weekday=5).site == there


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weekday": "1", "starts": "11:00", "ends": "12:30"}, "another session at that time"),
        ({"ends": "8:00"}, "The end must be after the start"),
        ({"starts": "9:02"}, "multiple of 5 minutes"),
        ({"starts": "25:00"}, "must be a time"),
        ({"starts": "13 pm"}, "must be a time"),
        ({"starts": ""}, "Enter when the session starts"),
        ({"weekday": ""}, "Select a weekday"),
        ({"valid_from_year": "2025"}, "must be today or later"),
        ({"visit_types": ["999999"]}, "Select"),
        ({"reserve_minutes": "-5"}, "Minutes kept for urgent requests must be"),
        ({"unknown": "1"}, "could not read"),
    ],
)
def test_new_session_with_a_mistake_is_told_so(client, coordinator, rows, changes, sentence):
    answer = client.post(address("add-session", rows), new_session(**changes))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not WeeklySession.objects.filter(weekday=5).exists()


def test_ending_a_session_leaves_later_appointments_outside(client, coordinator, small_clinic, now):
    visit = a_held_visit(now, on=TUESDAY + timedelta(days=7))
    leg = visit.appointments.get()
    session = leg.clinician.sessions.get(weekday=1, starts=time(8))
    where = reverse("staff-availability:end-session", args=[session.pk])
    sent = {"key": new_key(), "last_on_month": "1", "last_on_day": "5", "last_on_year": "2027"}

    shown = client.post(where, sent)
    assert visit.request.reference in text_of(shown)
    assert confirm(client, where, sent, shown).status_code == 302
    session.refresh_from_db()
    assert session.valid_until == TUESDAY
    assert "ends before that date already" in text_of(client.post(where, sent | {"key": new_key()}))


def test_session_that_ends_before_it_begins_is_gone(client, coordinator, rows):
    session = rows["session"]
    session.valid_from = date(2027, 6, 1)
    session.save()
    where = address("end-session", rows)
    sent = {"key": new_key(), "last_on_month": "2", "last_on_day": "1", "last_on_year": "2027"}
    shown = client.post(where, sent)
    assert "never takes place" in text_of(shown)
    confirm(client, where, sent, shown)
    assert not WeeklySession.objects.filter(pk=session.pk).exists()


def test_closing_a_room_proposes_another_room(client, coordinator, small_clinic, now):
    visit = a_held_visit(now)
    other = next(room for room in small_clinic.rooms if room.pk != visit.room_id)
    sent = closed_day(what="room", room=str(visit.room_id))
    shown = client.post(address("add-closure"), sent)
    assert "the room is closed then" in text_of(shown)
    assert f"{other.name} at the same time" in text_of(shown)
    assert confirm(client, address("add-closure"), sent, shown).status_code == 302
    closure = Closure.objects.get()
    assert (closure.room_id, closure.starts_at, closure.ends_at) == (
        visit.room_id, local(TUESDAY, 0), local(TUESDAY + timedelta(days=1), 0),
    )  # fmt: skip


def test_closing_the_clinic_moves_whole_visits_only(client, coordinator, now):
    visit = a_held_visit(now, visit_type="coordinated_new", specialties=("SPINE_SURG", "RAD_ONC"))
    shown = text_of(client.post(address("add-closure"), closed_day()))
    assert "4 appointments would lie outside working time" in shown
    assert "In 1 visit." in shown
    assert "The whole visit on Wed, Jan 6" in shown
    assert "at the same time" not in shown
    assert visit.request.reference in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"what": "room"}, "Select the room"),
        ({"what": ""}, "Select what is closed"),
        ({"reason": ""}, "Enter the reason"),
        ({"starts": "10:00", "ends": "9:00"}, "must end after it starts"),
        ({"last_on_year": "2029"}, "a year at most"),
    ],
)
def test_closure_with_a_mistake_is_told_so(client, coordinator, changes, sentence):
    answer = client.post(address("add-closure"), closed_day(**changes))
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_only_the_thing_chosen_is_closed(client, coordinator, rows):
    sent = closed_day(what="clinician", clinician=str(rows["clinician"].pk), room=str(Room.objects.first().pk))
    confirm(client, address("add-closure"), sent, client.post(address("add-closure"), sent))
    made = Closure.objects.get(reason="Water")
    assert (made.clinician, made.room) == (rows["clinician"], None)


def test_removing_added_time_shows_what_stood_in_it(client, coordinator, rows, small_clinic, now):
    for one in small_clinic.people["MED_ONC"]:
        one.sessions.all().delete()
    visit = a_held_visit(now)
    assert visit.appointments.get().starts_at == local(MONDAY + timedelta(days=7), 18)
    where, sent = address("remove-exception", rows), {"key": new_key()}
    shown = client.post(where, sent)
    assert visit.request.reference in text_of(shown)
    confirm(client, where, sent, shown)
    assert not SessionException.objects.exists()


def test_opening_again_touches_nothing(client, coordinator, rows):
    where, sent = address("remove-closure", rows), {"key": new_key()}
    shown = client.post(where, sent)
    assert "No appointment is touched" in text_of(shown)
    assert confirm(client, where, sent, shown).status_code == 302
    assert not Closure.objects.exists()


def test_what_was_outside_before_is_not_said_of_the_change(client, coordinator, rows, now):
    visit = a_held_visit(now)
    Holiday.objects.create(on=TUESDAY, name="Retreat")
    assert visit.request.reference in text_of(client.get(address("outside")))
    assert "No appointment is touched" in text_of(client.post(address("add-closure"), closed_day()))


def test_lapsed_holds_and_ended_visits_are_nobodys_concern(client, coordinator, now, standing_clock):
    visit = a_held_visit(now, on=TUESDAY + timedelta(days=7))
    Closure.objects.create(starts_at=now, ends_at=now + timedelta(days=30), reason="Closed")
    assert visit.request.reference in text_of(client.get(address("outside")))
    Visit.objects.filter(pk=visit.pk).update(state="released")
    assert "Every appointment lies within working time" in text_of(client.get(address("outside")))
    Visit.objects.filter(pk=visit.pk).update(state="held")
    visit.offer.expires_at = now
    visit.offer.save()
    assert "Every appointment lies within working time" in text_of(client.get(address("outside")))


def test_clinician_and_room_out_of_use_leave_appointments_outside(client, coordinator, now):
    visit = a_held_visit(now)
    one = visit.appointments.get().clinician
    one.is_active = False
    one.save()
    assert "no longer sees patients" in text_of(client.get(address("outside")))
    one.is_active, visit.room.is_active = True, False
    one.save()
    visit.room.save()
    assert "the room is closed then" in text_of(client.get(address("outside")))
