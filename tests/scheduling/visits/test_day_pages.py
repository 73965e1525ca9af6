"""The list of the day: states in words, one form for each press, what was pressed told, and the pages for walk-ins."""

import re
from datetime import date, timedelta

import pytest

from clinic.platform.submits.once import new_key
from scheduling.visits.day_board import late_legs
from scheduling.visits.models import Appointment, Visit
from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinician_user, a_coordinator, a_nurse, a_patient, a_request, claims_held, claims_wanted
from tests.scheduling.day_rows import a_visit_today
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
DAY = "/staff/schedule/day/2027-01-04/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(client):
    user = a_coordinator()
    client.force_login(user)
    return user


@pytest.fixture
def visit(small_clinic, now):
    """Two legs from 9 a.m., which is now, and from 9:50 a.m."""
    legs = [("SPINE_SURG", now), ("RAD_ONC", now + 50 * MINUTE)]
    return a_visit_today(a_request(), small_clinic, legs)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def press(client, visit, step, *, follow=True, **more):
    data = {"key": new_key(), "version": visit.calendar_sequence} | more
    return client.post(f"/staff/visits/{visit.pk}/today/{step}/", data, follow=follow)


def press_leg(client, leg, step):
    return client.post(f"/staff/appointments/{leg.pk}/today/{step}/", {"key": new_key(), "version": 0}, follow=True)


def test_day_leads_from_expected_to_done_with_one_press_each(client, desk, visit, now):
    first, second = visit.appointments.order_by("position")
    assert "Expected at 9:00 a.m." in text_of(client.get(DAY))
    said = text_of(press(client, visit, "check-in"))
    assert "The patient is checked in." in said
    assert f"Waiting for {first.clinician.name} at 9:00 a.m." in said
    assert f"With {first.clinician.name}" in text_of(press_leg(client, first, "start"))
    said = text_of(press_leg(client, first, "finish"))
    assert "Done at 9:00 a.m." in said
    assert f"Waiting for {second.clinician.name} at 9:50 a.m." in said
    press_leg(client, second, "start")
    assert "the visit is completed" in text_of(press_leg(client, second, "finish"))
    assert Visit.objects.get().state == "completed"


def test_press_comes_back_to_the_visit_on_the_list(client, desk, visit):
    answer = press(client, visit, "check-in", follow=False)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{DAY}#visit-{visit.pk}"


def test_stale_page_is_told_and_changes_nothing(client, desk, visit):
    said = text_of(press(client, visit, "check-in", version=7))
    assert "Somebody else has changed this visit just now" in said
    assert Visit.objects.get().state == "booked"
    press(client, visit, "check-in")
    assert "Somebody else has changed this visit" in text_of(press(client, visit, "no-show"))


def test_wrong_press_can_be_undone_from_the_list(client, desk, visit):
    page = text_of(press(client, visit, "check-in"))
    assert "Undo the check-in" in page
    assert "is not checked in" in text_of(press(client, visit, "undo-check-in"))
    leg = visit.appointments.order_by("position").first()
    press(client, visit, "check-in")
    assert "Undo" in text_of(press_leg(client, leg, "start"))
    press_leg(client, leg, "undo")
    assert Appointment.objects.get(pk=leg.pk).state == "booked"


def test_undo_is_offered_for_ten_minutes(client, desk, visit, standing_clock, now):
    press(client, visit, "check-in")
    standing_clock.move_to(now + 10 * MINUTE, tick=False)
    assert "Undo the check-in" not in text_of(client.get(DAY))


def test_no_show_is_offered_after_the_start_told_on_the_list_and_undone(client, desk, visit, standing_clock, now):
    standing_clock.move_to(now - MINUTE, tick=False)
    assert "Did not come" not in text_of(client.get(DAY))
    standing_clock.move_to(now + 5 * MINUTE, tick=False)
    page = text_of(client.get(DAY))
    assert "Not here yet: expected at 9:00 a.m." in page
    assert "Did not come" in page
    said = text_of(press(client, visit, "no-show"))
    assert "the request is ready again" in said
    assert "No appointments on this day." in said  # the time by clinician is free
    visit.refresh_from_db()
    assert "the visit is as it was before" in text_of(press(client, visit, "undo-no-show"))
    assert Visit.objects.get().state == "booked"


def test_patient_who_leaves_early_completes_the_visit(client, desk, visit):
    first = visit.appointments.order_by("position").first()
    assert "Has left" not in text_of(client.get(DAY))
    press(client, visit, "check-in")
    press_leg(client, first, "start")
    assert "Has left" not in text_of(client.get(DAY))
    press_leg(client, first, "finish")
    assert "the visit is completed, and what was still to come is free" in text_of(press(client, visit, "left"))


def test_late_patient_is_shown_with_the_appointments_it_touches(client, desk, visit):
    first, second = visit.appointments.order_by("position")
    said = text_of(press(client, visit, "late", minutes="60"))
    assert "The patient comes at about 10:00 a.m." in said
    assert f"{first.clinician.name} at 9:00 a.m.: over before the patient comes." in said
    assert f"{second.clinician.name} at 9:50 a.m.: 30 minutes left of it." in said
    page = text_of(client.get(DAY))
    assert "Late: comes at about 10:00 a.m." in page
    assert "Over before the patient comes" in page
    assert "expected on time again" in text_of(press(client, visit, "late", minutes="0"))
    assert "Late" not in text_of(client.get(DAY)).replace("Minutes late", "")


@pytest.mark.parametrize("minutes", ["", "-5", "241", "٣"])
def test_late_by_nonsense_is_told(client, desk, visit, minutes):
    assert "Enter minutes from 0 to 240." in text_of(press(client, visit, "late", minutes=minutes))
    assert Visit.objects.get().late_minutes is None


def test_late_legs_say_what_is_left(now):
    spans = [(0, 40), (50, 90)]
    legs = [Appointment(starts_at=now + start * MINUTE, ends_at=now + end * MINUTE) for start, end in spans]
    cases = {0: [], 1: [39], 39: [1], 40: [0], 50: [0], 51: [0, 39], 200: [0, 0]}
    for arrives, left in cases.items():
        assert [one.minutes_left for one in late_legs(legs, now + arrives * MINUTE)] == left


def test_step_that_does_not_exist_is_not_found(client, desk, visit):
    leg = visit.appointments.first()
    assert press(client, visit, "levitate").status_code == 404
    assert press_leg(client, leg, "levitate").status_code == 404


def test_who_only_reads_sees_states_and_no_forms(client, visit):
    reader, who = a_clinician_user(), visit.appointments.first().clinician
    who.user = reader
    who.save()
    client.force_login(reader)
    page = client.get(DAY).content.decode()
    assert "Expected at 9:00 a.m." in page
    assert "/check-in/" not in page


def test_list_of_the_day_is_sound_markup_in_every_state(client, desk, visit):
    for state in ("booked", "checked_in", "in_visit", "completed", "no_show"):
        Visit.objects.filter(pk=visit.pk).update(state=state, is_walk_in=True)
        if state == "no_show":
            visit.appointments.update(state="no_show")
        assert faults(Page(client.get(DAY).content.decode())) == []


def test_tomorrow_offers_no_presses(client, desk, visit, now):
    Visit.objects.update(starts_at=visit.starts_at + timedelta(days=1), ends_at=visit.ends_at + timedelta(days=1))
    for leg in visit.appointments.all():
        leg.starts_at, leg.ends_at = leg.starts_at + timedelta(days=1), leg.ends_at + timedelta(days=1)
        leg.save()
    page = client.get("/staff/schedule/day/2027-01-05/").content.decode()
    assert "Expected at 9:00 a.m." in page
    assert "/check-in/" not in page


@pytest.mark.parametrize("visits", [1, 30])
def test_list_with_its_forms_asks_nine_questions_at_most(client, desk, small_clinic, now, visits):
    for number in range(visits):
        patient = a_patient()
        start = now + (number % 5) * 60 * MINUTE
        visit = a_visit_today(
            a_request(patient=patient), small_clinic, [("RAD_ONC", start)], minutes=5, room=0, claims=False
        )
        if number % 3:
            Visit.objects.filter(pk=visit.pk).update(state="checked_in")
    client.get("/staff/")  # starts the idle clock of the session
    assert queries_of(lambda: client.get(DAY)) <= 9


# adding an appointment, walking in


@pytest.fixture
def overbooking(settings):
    settings.OVERBOOKING_ALLOWED = True


def adding(visit, small_clinic, *, at="10:40", **more):
    who = small_clinic.people["MED_ONC"][0]
    return {"key": new_key(), "clinician": who.pk, "starts": at, "minutes": 30, "over": "", "bent": ""} | more


def values(page):
    """Hidden values of the form as the page carries them."""
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page.content.decode())
    return {name: value for name, value in found if name in ("key", "over", "bent")}


def test_appointment_is_added_from_its_page(client, desk, visit, small_clinic):
    address = f"/staff/visits/{visit.pk}/add/"
    page = client.get(address + "?with=1&at=10:40")
    assert faults(Page(page.content.decode())) == []
    assert small_clinic.people["MED_ONC"][0].name in page.content.decode()
    done = client.post(address, adding(visit, small_clinic), follow=True)
    assert "The appointment is added." in text_of(done)
    assert visit.appointments.count() == 3


def test_patient_is_not_with_two_clinicians_at_once(client, desk, visit, small_clinic):
    page = client.post(f"/staff/visits/{visit.pk}/add/", adding(visit, small_clinic, at="10:00"))
    assert page.status_code == 422
    assert "The patient has another appointment of this visit then" in text_of(page)


def test_bent_rule_is_told_and_asks_for_a_tick(client, desk, visit, small_clinic):
    address = f"/staff/visits/{visit.pk}/add/"
    asked = adding(visit, small_clinic, at="10:30")
    page = client.post(address, asked | {"anyway": "on"})  # a tick without having been told is none
    assert page.status_code == 422
    assert "A pause between two appointments is shorter than usual" in text_of(page)
    assert visit.appointments.count() == 2
    again = asked | values(page)
    assert "Tick the box to go on" in text_of(client.post(address, again))
    assert client.post(address, again | {"key": new_key(), "anyway": "on"}).status_code == 302
    assert visit.appointments.count() == 3


@pytest.fixture
def other(small_clinic, now):
    """Another patient with the same medical oncologist from 10:40 to 11:20."""
    wanted = a_request(patient=a_patient())
    return a_visit_today(wanted, small_clinic, [("MED_ONC", now + 100 * MINUTE)], room=1)


def test_overbooking_is_not_offered_while_it_is_off(client, desk, visit, other, small_clinic):
    page = client.post(f"/staff/visits/{visit.pk}/add/", adding(visit, small_clinic))
    assert page.status_code == 422
    assert f"10:40 to 11:20 a.m.: {other.patient.full_name}" in text_of(page)
    assert "Why is it put over" not in text_of(page)


@pytest.mark.usefixtures("overbooking")
def test_overbooking_is_not_offered_to_a_nurse(client, visit, other, small_clinic):
    client.force_login(a_nurse())
    page = client.post(f"/staff/visits/{visit.pk}/add/", adding(visit, small_clinic))
    assert "Why is it put over" not in text_of(page)
    again = client.post(f"/staff/visits/{visit.pk}/add/", adding(visit, small_clinic) | values(page))
    assert again.status_code == 422
    assert "The clinician has another appointment then." in text_of(again)


@pytest.mark.usefixtures("overbooking")
def test_overbooking_names_what_it_lies_over_asks_why_and_is_marked_for_staff(client, desk, visit, other, small_clinic):
    address, asked = f"/staff/visits/{visit.pk}/add/", adding(visit, small_clinic)
    assert "Why is it put over" not in text_of(client.get(address))
    page = client.post(address, asked | {"reason": "Typed before the page told"})
    assert "It would lie over another appointment" in text_of(page)
    assert f"10:40 to 11:20 a.m.: {other.patient.full_name}" in text_of(page)
    assert "Enter why it is put over another appointment" in text_of(client.post(address, asked | values(page)))
    assert visit.appointments.count() == 2
    done = client.post(address, asked | values(page) | {"key": new_key(), "reason": "Pain is worse"}, follow=True)
    assert "marked as overbooked" in text_of(done)
    assert text_of(done).count("Overbooked") == 2  # on the board and by clinician
    assert "Overbooked" in text_of(client.get(f"/staff/visits/{visit.pk}/"))
    assert "Overbooked" in text_of(client.get(f"/staff/requests/{visit.request.reference}/"))
    assert "Overbooked" in text_of(client.get(f"{DAY}print/"))
    assert "Pain is worse" in text_of(client.get(f"/staff/requests/{visit.request.reference}/timeline/"))


@pytest.mark.usefixtures("overbooking")
def test_reason_left_from_another_time_overbooks_nothing(client, desk, visit, other, small_clinic, now):
    a_visit_today(a_request(patient=a_patient()), small_clinic, [("MED_ONC", now + 140 * MINUTE)])
    address = f"/staff/visits/{visit.pk}/add/"
    told = values(client.post(address, adding(visit, small_clinic)))
    page = client.post(address, adding(visit, small_clinic, at="11:20") | told | {"reason": "Pain is worse"})
    assert "Look at what stands against this time" in text_of(page)
    assert other.appointments.count() == 1
    assert not Appointment.objects.filter(is_overbooked=True).exists()


def test_visit_of_another_day_cannot_be_added_to(client, desk, visit):
    Visit.objects.update(starts_at=visit.starts_at + timedelta(days=1), ends_at=visit.ends_at + timedelta(days=1))
    page = client.get(f"/staff/visits/{visit.pk}/add/")
    assert "An appointment can be added on the day of the visit" in text_of(page)


def test_walk_in_is_booked_and_checked_in_from_the_page_of_the_request(client, desk, small_clinic):
    wanted = a_request()
    address = f"/staff/requests/{wanted.reference}/today/"
    assert address in client.get(f"/staff/requests/{wanted.reference}/").content.decode()
    address += "one/"
    page = client.get(address)
    assert faults(Page(page.content.decode())) == []
    asked = adding(None, small_clinic, at="09:10") | {"room": small_clinic.rooms[0].pk, "is_here": "on"}
    done = client.post(address, asked, follow=True)
    assert "The patient has a visit today." in text_of(done)
    assert "Walk-in" in text_of(done)
    assert Visit.objects.get().state == "checked_in"


def test_walk_in_of_a_request_that_is_not_ready_is_explained(client, desk, small_clinic):
    page = client.get(f"/staff/requests/{a_request(status='in_review').reference}/today/")
    assert "Only a request that is ready can have a visit today" in text_of(page)


def test_late_day_without_anybody_at_work_is_explained(client, desk, visit, standing_clock, now):
    standing_clock.move_to(now + timedelta(hours=10), tick=False)
    client.force_login(desk)
    assert "Nobody works any more today." in text_of(client.get(f"/staff/visits/{visit.pk}/add/"))


def test_page_to_add_asks_the_same_questions_for_many_clinicians(client, desk, visit):
    client.get("/staff/")
    assert queries_of(lambda: client.get(f"/staff/visits/{visit.pk}/add/")) <= 10


def test_whole_visit_of_a_walk_in_is_found_and_booked_for_today(client, desk, small_clinic, now):
    wanted = a_request()
    address = f"/staff/requests/{wanted.reference}/today/"
    page = client.get(address)
    assert "The whole visit fits today: 9:00 a.m. to noon" in text_of(page)  # without the notice of a booking
    value = re.search(r'name="day" value="([^"]+)"', page.content.decode())[1]
    tampered = client.post(address, {"key": new_key(), "day": value + "x", "is_here": "on"}, follow=True)
    assert "This page is too old" in text_of(tampered)
    done = client.post(address, {"key": new_key(), "day": value, "is_here": "on"}, follow=True)
    assert "The patient has a visit today." in text_of(done)
    visit = Visit.objects.get()
    assert (visit.state, visit.is_walk_in, visit.appointments.count()) == ("checked_in", True, 4)
    assert claims_held(visit) == claims_wanted(visit)
    again = client.post(address, {"key": new_key(), "day": value}, follow=True)
    assert "This request is not ready" in text_of(again)


@pytest.mark.parametrize("page", ["", "one/"])
def test_pages_of_a_walk_in_ask_few_questions(client, desk, small_clinic, page):
    wanted = a_request()
    client.get("/staff/")
    assert queries_of(lambda: client.get(f"/staff/requests/{wanted.reference}/today/{page}")) <= 10


def test_whole_visit_that_does_not_fit_any_more_is_told(client, desk, small_clinic, standing_clock, now):
    wanted = a_request()
    standing_clock.move_to(now + timedelta(hours=6), tick=False)  # 3 p.m.
    client.force_login(desk)
    page = client.get(f"/staff/requests/{wanted.reference}/today/")
    assert "The whole visit does not fit today any more" in text_of(page)
    assert faults(Page(page.content.decode())) == []
    client.get("/staff/")
    assert queries_of(lambda: client.get(f"/staff/requests/{wanted.reference}/today/")) <= 10


def test_board_says_how_the_day_stands_and_who_comes_next(client, desk, visit, small_clinic, standing_clock, now):
    first, second = visit.appointments.order_by("position")
    a_visit_today(a_request(), small_clinic, [("MED_ONC", now + 20 * MINUTE)], room=1)
    assert "2 expected" in text_of(client.get(DAY))
    press(client, visit, "check-in")
    assert "1 expected · 1 here and waiting" in text_of(client.get(DAY))
    said = text_of(press_leg(client, first, "start"))
    assert f"With {first.clinician.name} until 9:40 a.m." in said
    assert f"Next: {second.clinician.name} at 9:50 a.m." in said
    standing_clock.move_to(now + 45 * MINUTE, tick=False)
    client.logout()  # after 45 minutes
    client.force_login(desk)
    assert "1 late or not here yet · 1 with a clinician" in text_of(client.get(DAY))
    assert "tag-soon" in client.get(DAY).content.decode()  # the appointment lasts longer than planned
    press_leg(client, first, "finish")
    press_leg(client, second, "start")
    press_leg(client, second, "finish")
    assert "1 done" in text_of(client.get(DAY))


def test_two_patients_of_one_name_are_told_apart_by_their_birth_date(client, desk, visit):
    born = visit.patient.date_of_birth
    assert f"Born {date.fromisoformat(born):%B} {date.fromisoformat(born).day}, {born[:4]}" in text_of(client.get(DAY))


def test_interpreter_of_a_visit_stands_on_its_card(client, desk, visit, small_clinic):
    Visit.objects.update(interpreter=small_clinic.people["MED_ONC"][0])
    card = text_of(client.get(DAY)).split("By clinician")[1]
    assert f"Interpreter: {small_clinic.people['MED_ONC'][0].name}" in card


def test_board_says_as_of_when_it_is_and_is_looked_at_again_with_one_press(client, desk, visit):
    assert "Seen at 9:00 a.m. · Look again" in text_of(client.get(DAY))
    assert "Seen at" not in text_of(client.get("/staff/schedule/day/2027-01-05/"))
