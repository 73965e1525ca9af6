"""The whole way of a visit by video, of one with an interpreter, and of a scan: planned, chosen, shown, printed."""

import re
from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from clinic.accounts.actors import staff_actor
from clinic.directory.models import Clinician
from clinic.platform.jobs.worker import run_due
from clinic.platform.submits.once import new_key
from scheduling.itineraries.search import find_days
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.models import Offer, Visit, VisitType, VisitTypeLeg
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.visits.calendar_file import visit_calendar
from tests import factories
from tests.factories import a_request, an_interpreter, claims_held, claims_wanted, days_of, person_of
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture
def coordinator(client):
    user = factories.a_coordinator()
    client.force_login(user)
    return user


def address_of(wanted):
    return f"/staff/requests/{wanted.reference}/days/"


def days_on(page):
    return re.findall(r'name="day" value="([^"]+)"', page)


def posted(do, **fields):
    return {"key": new_key(), "do": do, "leg_MED_ONC": "on", "minutes_MED_ONC": "30"} | fields


def follow_up(**more):
    return a_request(visit_type="follow_up", specialties=("MED_ONC",), **more)


def booked(wanted, now, *, legs, **more):
    """Held for the request and accepted by the patient."""
    days = find_days(wanted, legs=legs, now=now, **more).itineraries
    offer = make_offer(wanted, days, by=staff_actor(factories.a_coordinator()), key=new_key(), now=now)
    day = days_of(offer)[1]
    accept_offer(offer, day, by=person_of(wanted), key=new_key(), now=now)
    return Visit.objects.get(pk=day.pk)


def test_staff_plan_one_clinician_by_video(client, small_clinic, coordinator):
    wanted, later = follow_up(), small_clinic.people["MED_ONC"][1]
    later.sessions.exclude(weekday=3).delete()
    choice = {"who_MED_ONC": str(later.pk), "how_MED_ONC": "video"}

    page = client.post(address_of(wanted), posted("find", **choice)).content.decode()
    answer = client.post(address_of(wanted), posted("hold", day=days_on(page)[:1], **choice))

    assert f"{later.name} (By video)" in page
    assert "Not at the clinic" in page
    assert answer.status_code == 302
    visit = Visit.objects.get()
    leg = visit.appointments.get()
    assert (visit.room_id, leg.mode, leg.clinician, leg.starts_at.weekday()) == (None, "video", later, 3)


def test_days_found_for_another_way_must_be_searched_again(client, small_clinic, coordinator):
    wanted = follow_up()
    days = days_on(client.get(address_of(wanted)).content.decode())

    answer = client.post(address_of(wanted), posted("hold", day=days[:1], how_MED_ONC="phone"))

    assert answer.status_code == 409
    assert not Visit.objects.exists()


@pytest.mark.parametrize("field", ["who_MED_ONC", "how_MED_ONC"])
def test_made_up_choice_is_refused(client, small_clinic, coordinator, field):
    answer = client.post(address_of(follow_up()), posted("find", **{field: "999999"}))
    assert answer.status_code == 422
    assert "Select one of the answers shown" in answer.content.decode()


def test_interpreter_is_ticked_from_the_record_and_can_be_left_out(client, small_clinic, coordinator):
    helper = an_interpreter(small_clinic.site, "es")
    wanted = follow_up()
    wanted.patient.preferred_language, wanted.patient.interpreter_needed = "es", "spoken"
    wanted.patient.save()

    page = client.get(address_of(wanted)).content.decode()

    assert re.search(r'name="interpreter"[^>]*checked', page)
    assert "An interpreter for the whole visit: Spanish" in page
    assert f"Interpreter: {helper.name}" in page
    days = days_on(page)
    assert client.post(address_of(wanted), posted("hold", day=days[:1])).status_code == 409
    assert client.post(address_of(wanted), posted("hold", day=days[:1], interpreter="on")).status_code == 302
    assert Visit.objects.get().interpreter == helper


def test_language_that_nobody_speaks_is_told(client, small_clinic, coordinator):
    wanted = follow_up()
    wanted.patient.interpreter_needed = "asl"
    wanted.patient.save()

    page = client.get(address_of(wanted)).content.decode()

    assert "The patient needs an interpreter: American Sign Language" in page
    assert "Nobody at the clinic speaks it" in page
    assert days_on(page)


def test_wishes_of_the_patient_are_filled_in(client, small_clinic, coordinator):
    wanted = follow_up(preferences={"times_of_day": ["midday"], "earliest_date": "2027-02-01", "visit_mode": "video"})

    page = client.get(address_of(wanted)).content.decode()

    assert re.search(r'value="midday"[^>]*checked', page)
    assert "would rather meet by video" in page
    assert "Monday, February 1" in page
    sooner = client.post(address_of(wanted), posted("find", parts=["afternoon"])).content.decode()
    assert "February" not in re.split("Who sees the patient", sooner)[0].split("Days</h2>")[1]


@pytest.mark.parametrize(("level", "said"), [("urgent", "may use the time"), ("routine", "is left out until the day")])
def test_plan_says_what_becomes_of_the_urgent_reserve_and_the_gaps(client, small_clinic, coordinator, level, said):
    VisitType.objects.filter(code="follow_up").update(gap_min_minutes=10, gap_max_minutes=20)
    page = client.get(address_of(follow_up(level=level))).content.decode()
    assert said in page
    assert "Pauses of 10 to 20 minutes" in page


def test_scan_is_planned_held_and_booked_with_its_room(client, small_clinic, coordinator, now):
    wanted = a_request(visit_type="ct_simulation", specialties=())
    page = client.get(address_of(wanted)).content.decode()

    answer = client.post(address_of(wanted), {"key": new_key(), "do": "hold", "day": days_on(page)[:2]})

    assert answer.status_code == 302
    offer = Offer.objects.get()
    day = days_of(offer)[1]
    accept_offer(offer, day, by=person_of(wanted), key=new_key(), now=now)
    visit = Visit.objects.get(pk=day.pk)
    assert [leg.room for leg in visit.appointments.all()] == [small_clinic.ct]
    assert visit.claims.filter(room=small_clinic.ct).count() == 1
    assert claims_held(visit) == claims_wanted(visit)


def test_scan_and_consult_of_one_specialty_on_a_coordinated_day(small_clinic, now):
    kind = VisitType.objects.get(code="coordinated_new")
    VisitTypeLeg.objects.create(
        visit_type=kind, position=3, specialty=small_clinic.specialties["RAD_ONC"], minutes=45, stage="imaging",
        extra_room_kind="ct",
    )  # fmt: skip
    wanted = a_request(specialties=("RAD_ONC", "MED_ONC"))

    visit = booked(wanted, now, legs=[ChosenLeg("RAD_ONC", 45), ChosenLeg("MED_ONC", 40)])

    order = [(leg.specialty.code, leg.room_id) for leg in visit.appointments.order_by("starts_at")]
    assert order[:2] == [("NURSE_NAV", None), ("RAD_ONC", small_clinic.ct.pk)]
    assert order[-1] == ("NURSE_NAV", None)
    assert sorted(order[2:4]) == [("MED_ONC", None), ("RAD_ONC", None)]
    assert claims_held(visit) == claims_wanted(visit)


@pytest.mark.parametrize(("mode", "said"), [("video", "By video"), ("phone", "By phone")])
def test_patients_pages_of_a_visit_from_home(client, small_clinic, now, mode, said):
    wanted = follow_up()
    visit = booked(wanted, now, legs=[ChosenLeg("MED_ONC", 30, mode=mode)])
    in_session_of(client, wanted)

    for page in ("", "print/"):
        text = client.get(f"/my/{wanted.reference}/visit/{page}").content.decode()
        assert said in text
        assert "You do not need to come to the clinic" in text
        assert "None" not in text
        assert small_clinic.site.name not in text
    assert f"LOCATION:At home\\, {said.lower()}" in visit_calendar(visit).decode()
    assert "At home" in client.get(f"/my/{wanted.reference}/").content.decode()


def test_simulation_is_added_to_a_coordinated_day_after_who_plans_it(client, small_clinic, coordinator, now):
    wanted = a_request(specialties=("SPINE_SURG", "RAD_ONC"))
    page = client.get(address_of(wanted)).content.decode()
    assert "ct_simulation" in page  # what the visit type is called here
    chosen = {
        "key": new_key(), "leg_RAD_ONC": "on", "minutes_RAD_ONC": "45", "leg_SPINE_SURG": "on",
        "minutes_SPINE_SURG": "40", "leg_RAD_ONC.ct": "on", "minutes_RAD_ONC.ct": "45",
    }  # fmt: skip
    days = days_on(client.post(address_of(wanted), chosen | {"do": "find"}).content.decode())

    answer = client.post(address_of(wanted), chosen | {"do": "hold", "day": days[:1], "key": new_key()})

    assert answer.status_code == 302
    visit = Visit.objects.get()
    legs = [(leg.specialty.code, leg.room) for leg in visit.appointments.order_by("starts_at")]
    middle = [("SPINE_SURG", None), ("RAD_ONC", None), ("RAD_ONC", small_clinic.ct)]
    assert legs == [("NURSE_NAV", None), *middle, ("NURSE_NAV", None)]
    assert visit.claims.filter(room=small_clinic.ct).count() == 1
    assert claims_held(visit) == claims_wanted(visit)
    accept_offer(Offer.objects.get(), visit, by=person_of(wanted), key=new_key(), now=now)
    assert client.get(f"/staff/visits/{visit.pk}/day/").status_code == 200  # the whole visit can be moved as it is


def test_simulation_is_no_physician_consult_of_a_frail_patient(small_clinic, now):
    wanted = a_request(specialties=("SPINE_SURG", "RAD_ONC", "MED_ONC"), is_frail=True)
    three = [ChosenLeg(code, 20) for code in ("SPINE_SURG", "RAD_ONC", "MED_ONC")]
    found = find_days(wanted, legs=[*three, ChosenLeg("RAD_ONC.ct", 30)], now=now)
    assert found.itineraries


VIDEO_ROOM = "https://video.example.org/room-7"


def _with_video_room(people):
    for one in people:
        one.video_link, one.video_note = VIDEO_ROOM, "Passcode 2468"
        one.save()


def test_video_link_stands_on_the_patients_own_pages_of_a_booked_visit_and_in_no_message(client, small_clinic, now):
    _with_video_room(small_clinic.people["MED_ONC"])
    wanted = follow_up()
    days = find_days(wanted, legs=[ChosenLeg("MED_ONC", 30, mode="video")], now=now).itineraries
    offer = make_offer(wanted, days, by=staff_actor(factories.a_coordinator()), key=new_key(), now=now)
    in_session_of(client, wanted)
    assert VIDEO_ROOM not in client.get(f"/my/{wanted.reference}/times/").content.decode()  # held, not booked

    accept_offer(offer, days_of(offer)[1], by=person_of(wanted), key=new_key(), now=now)

    page = client.get(f"/my/{wanted.reference}/visit/").content.decode()
    assert f'<a href="{VIDEO_ROOM}" rel="noreferrer noopener external">Join the video visit with' in page
    assert "Passcode 2468" in page
    assert VIDEO_ROOM in client.get(f"/my/{wanted.reference}/visit/print/").content.decode()
    assert "video.example.org" not in visit_calendar(days_of(offer)[1]).decode()
    run_due()
    assert mail.outbox
    assert not any("video.example.org" in str(one.message()) for one in mail.outbox)


def test_video_visit_without_a_link_says_so_to_the_patient_and_to_staff(client, small_clinic, coordinator, now):
    wanted = follow_up()
    visit = booked(wanted, now, legs=[ChosenLeg("MED_ONC", 30, mode="video")])
    said = "no video link is kept: tell the patient how to join"
    for address in (f"/staff/requests/{wanted.reference}/", f"/staff/visits/{visit.pk}/"):
        assert said in client.get(address).content.decode()

    _with_video_room(small_clinic.people["MED_ONC"])
    for address in (f"/staff/requests/{wanted.reference}/", f"/staff/visits/{visit.pk}/"):
        page = client.get(address).content.decode()
        assert said not in page
        assert VIDEO_ROOM in page

    Clinician.objects.update(video_link="", video_note="")
    in_session_of(client, wanted)
    assert "Before the day, we tell you how to join" in client.get(f"/my/{wanted.reference}/visit/").content.decode()


def test_visit_by_phone_says_who_calls(client, small_clinic, now):
    wanted = follow_up()
    booked(wanted, now, legs=[ChosenLeg("MED_ONC", 30, mode="phone")])
    in_session_of(client, wanted)
    assert "We call you at the number you gave us" in client.get(f"/my/{wanted.reference}/visit/").content.decode()


@pytest.mark.parametrize("link", ["http://video.example.org/a", "javascript:alert(1)", "video.example.org"])
def test_video_link_that_is_not_https_is_refused(small_clinic, link):
    one = small_clinic.people["MED_ONC"][0]
    one.video_link = link
    with pytest.raises(ValidationError, match="video_link"):
        one.full_clean()


def test_patients_pages_of_a_day_at_the_clinic_with_one_leg_by_video_and_an_interpreter(client, small_clinic, now):
    an_interpreter(small_clinic.site, "es")
    wanted = a_request(specialties=("MED_ONC", "RAD_ONC"))
    wanted.patient.preferred_language, wanted.patient.interpreter_needed = "es", "spoken"
    wanted.patient.save()
    visit = booked(wanted, now, legs=[ChosenLeg("MED_ONC", 40), ChosenLeg("RAD_ONC", 45, mode="video")])
    in_session_of(client, wanted)

    text = client.get(f"/my/{wanted.reference}/visit/").content.decode()

    assert f"By video, {visit.room.name}" in text
    assert "We have an interpreter for you for the whole visit" in text
    assert "You do not need to come" not in text


def test_offer_of_days_from_home_says_so(client, small_clinic, now):
    wanted = follow_up()
    days = find_days(wanted, legs=[ChosenLeg("MED_ONC", 30, mode="video")], now=now).itineraries
    make_offer(wanted, days, by=staff_actor(factories.a_coordinator()), key=new_key(), now=now)
    in_session_of(client, wanted)

    text = client.get(f"/my/{wanted.reference}/times/").content.decode()

    assert "from home" in text
    assert "By video" in text
    assert small_clinic.site.name not in text


def test_staff_pages_of_a_visit_from_home_name_no_room(client, small_clinic, coordinator, now):
    wanted = follow_up()
    visit = booked(wanted, now, legs=[ChosenLeg("MED_ONC", 30, mode="phone")])
    day = date.fromisoformat(f"{visit.starts_at:%Y-%m-%d}")
    for address in (
        f"requests/{wanted.reference}/",
        f"schedule/day/{day}/",
        f"visits/{visit.pk}/cancel/",
    ):
        page = client.get(f"/staff/{address}")
        assert page.status_code == 200, address
        assert ", None" not in page.content.decode()
        assert ">None<" not in page.content.decode()
    assert "By phone" in client.get(f"/staff/schedule/day/{day}/").content.decode()


def test_interpreter_stands_on_the_day_list(client, small_clinic, coordinator, now):
    helper = an_interpreter(small_clinic.site, "es")
    wanted = follow_up()
    wanted.patient.preferred_language, wanted.patient.interpreter_needed = "es", "spoken"
    wanted.patient.save()
    visit = booked(wanted, now, legs=[ChosenLeg("MED_ONC", 30)])
    page = client.get(f"/staff/schedule/day/{visit.starts_at:%Y-%m-%d}/").content.decode()
    assert page.count(helper.name) == 2  # on the card and in the table, and not among those who have nothing to do
    assert f"Interpreter: {helper.name}" in page


def test_plan_page_asks_few_queries(client, small_clinic, coordinator):
    for _n in range(4):
        an_interpreter(small_clinic.site, "es")
    wanted = follow_up()
    wanted.patient.preferred_language, wanted.patient.interpreter_needed = "es", "spoken"
    wanted.patient.save()
    client.get(address_of(wanted))  # the first page of a session is kept in it
    assert queries_of(lambda: client.get(address_of(wanted))) <= 10
