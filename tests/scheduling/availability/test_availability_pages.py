"""Working time on the staff's pages: what is listed, what is shown before saving, what is saved, who may."""

import re
from datetime import date, time, timedelta

import pytest
from django.urls import get_resolver, reverse

from clinic.accounts.roles import Role
from clinic.directory.models import Holiday, Room, Site
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure, SessionException, WeeklySession
from scheduling.visits.models import Claim, Visit
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.factories import a_patient, a_request, an_offer, local
from tests.scheduling.staff_rows import everybody, queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
MONDAY = date(2027, 1, 4)
TUESDAY = date(2027, 1, 5)
PAGES = {
    "home": [], "outside": [], "clinician": ["clinician"], "add-session": ["clinician"], "add-exception": ["clinician"],
    "end-session": ["session"], "remove-exception": ["exception"], "add-closure": [], "remove-closure": ["closure"],
    "free": [], "free-json": [],
}  # fmt: skip


def address(name, rows=None):
    return reverse(f"staff-availability:{name}", args=[rows[key].pk for key in PAGES[name]])


@pytest.fixture
def rows(small_clinic, now):
    one = small_clinic.people["MED_ONC"][0]
    return {
        "clinician": one,
        "session": one.sessions.get(weekday=1, starts=time(8)),
        "exception": SessionException.objects.create(
            clinician=one, on=MONDAY + timedelta(days=7), adds=True, starts=time(18), ends=time(19), reason="Evening"
        ),
        "closure": Closure.objects.create(
            room=small_clinic.ct, starts_at=now + timedelta(days=20), ends_at=now + timedelta(days=21), reason="Repair"
        ),
    }


@pytest.fixture
def coordinator(client):
    somebody = factories.a_coordinator()
    client.force_login(somebody)
    return somebody


def a_held_visit(now, *, on=TUESDAY, visit_type="follow_up", specialties=("MED_ONC",)) -> Visit:
    """A visit held for an offer on that day, with the first clinician who can."""
    closure = Closure.objects.create(starts_at=now - timedelta(days=1), ends_at=local(on, 0), reason="Not yet")
    wanted = a_request(visit_type=visit_type, specialties=specialties, patient=a_patient())
    visit = an_offer(wanted, now=now, days=1).alternatives.get()
    closure.delete()
    return visit


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def confirm(client, where, sent, response, **changes):
    """Press the button of the page that shows what would change."""
    seen = re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]
    key = re.search(r'name="key" value="(\w+)"', response.content.decode())[1]
    return client.post(where, sent | {"do": "save", "seen": seen, "key": key} | changes)


def away(on=TUESDAY, **changes):
    parts = {"on_month": on.month, "on_day": on.day, "on_year": on.year}
    return {"key": new_key(), "adds": "no", "starts": "8:00 am", "ends": "5 pm", "reason": "Sick"} | parts | changes


def new_session(**changes):
    first = {"valid_from_month": "1", "valid_from_day": "9", "valid_from_year": "2027"}
    fields = {"key": new_key(), "weekday": "5", "starts": "9:00", "ends": "12:00", "every_n_weeks": "2"}
    return fields | first | {"reserve_minutes": "0"} | changes


def closed_day(on=TUESDAY, **changes):
    fields = {"key": new_key(), "what": "clinic", "reason": "Water"}
    for name in ("first_on", "last_on"):
        fields |= {f"{name}_month": on.month, f"{name}_day": on.day, f"{name}_year": on.year}
    return fields | changes


# Who gets in


def test_every_address_is_in_the_table():
    names = get_resolver().namespace_dict["staff-availability"][1].reverse_dict
    assert {name for name in names if isinstance(name, str)} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_coordinators_and_free_time_for_nurses(client, rows, name):
    got = {}
    for role, user in everybody().items():
        client.force_login(user)
        got[role] = client.get(address(name, rows)).status_code
    allowed = {Role.COORDINATOR, Role.NURSE} if name.startswith("free") else {Role.COORDINATOR}
    assert got == {role.value: 200 if role in allowed else 403 for role in Role}


@pytest.mark.parametrize("name", PAGES)
def test_pages_send_strangers_to_the_sign_in(client, rows, name):
    answer = client.get(address(name, rows))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [name for name, keys in PAGES.items() if keys])
def test_pages_of_nothing_are_not_found(client, coordinator, name):
    assert client.get(reverse(f"staff-availability:{name}", args=[10**9])).status_code == 404


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"free-json"}))
def test_pages_are_well_made(client, coordinator, rows, name):
    assert faults(Page(client.get(address(name, rows)).content.decode())) == []


# What is listed


def test_home_lists_people_sessions_dates_and_closures(client, coordinator, rows):
    shown = text_of(client.get(address("home")))
    assert rows["clinician"].name in shown
    assert "Monday, Tuesday, Wednesday, Thursday, Friday, 8:00 a.m. to noon, every week" in shown
    assert "Mon, Jan 11, 2027, 6:00 p.m. to 7:00 p.m.: works more" in shown
    assert "Repair" in shown
    assert "outside working time" not in shown


def test_clinician_page_tells_site_kinds_buffer_and_dates(client, coordinator, rows, small_clinic):
    there = Site.objects.create(name="Annex")
    session = rows["session"]
    session.site, session.valid_until = there, date(2027, 3, 30)
    session.save()
    session.visit_types.set([small_clinic.visit_types["follow_up"]])
    over = rows["clinician"].sessions.exclude(pk=session.pk).first()
    over.valid_until = MONDAY - timedelta(days=1)
    over.save()
    shown = text_of(client.get(address("clinician", rows)))
    assert "Annex" in shown
    assert "to Tue, Mar 30, 2027" in shown
    assert "follow_up" in shown
    assert "Evening" in shown
    assert client.get(reverse("staff-availability:end-session", args=[over.pk])).status_code == 404


# What would change, and saving it


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
    assert "not at work then" in text_of(client.get(address("outside")))
    one.is_active, visit.room.is_active = True, False
    one.save()
    visit.room.save()
    assert "the room is closed then" in text_of(client.get(address("outside")))


@pytest.mark.parametrize(("page", "status"), [("2", 302), ("x", 200), ("0", 200), ("99999999", 200)])
def test_strange_page_numbers_are_no_fault(client, coordinator, page, status):
    assert client.get(address("outside") + f"?page={page}").status_code == status


def test_queries_do_not_grow_with_rows(client, coordinator, small_clinic, now, rows):
    def counts():
        one = rows["clinician"]
        took = reverse("staff-availability:add-session", args=[one.pk])
        return [
            queries_of(lambda: client.get(address("home"))),
            queries_of(lambda: client.get(address("clinician", rows))),
            queries_of(lambda: client.get(address("outside"))),
            queries_of(lambda: client.get(took)),
            queries_of(lambda: client.post(address("add-closure"), closed_day())),
            queries_of(lambda: client.post(address("add-exception", rows), away())),
        ]

    small_clinic.people["MED_ONC"][1].sessions.all().delete()
    a_held_visit(now)
    Holiday.objects.create(on=TUESDAY + timedelta(days=1), name="Retreat")
    a_held_visit(now, on=TUESDAY + timedelta(days=2))
    Holiday.objects.create(on=TUESDAY + timedelta(days=2), name="Retreat")
    client.get(address("home"))  # the session's first page
    few = counts()
    for number in range(28):
        SessionException.objects.create(
            clinician=rows["clinician"], on=MONDAY + timedelta(days=30 + number), starts=time(8), ends=time(9)
        )
        begins = now + timedelta(days=40 + number)
        Closure.objects.create(
            room=small_clinic.ct, starts_at=begins, ends_at=begins + timedelta(days=1), reason="Repair"
        )
    for _n in range(7):
        a_held_visit(now)
        a_held_visit(now, on=TUESDAY + timedelta(days=3))
    Holiday.objects.create(on=TUESDAY + timedelta(days=3), name="Retreat")
    assert counts() == few
    assert max(few) <= 10, few
