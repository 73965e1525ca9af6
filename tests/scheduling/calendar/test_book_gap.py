"""Booking a free gap of the calendar: what is offered for which request, and that every way leads somewhere."""

import html
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.platform.submits.once import new_key
from scheduling.availability.models import Closure
from scheduling.calendar.gaps import gap_at
from scheduling.offers.models import Offer
from scheduling.visits.models import Claim, Visit
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.factories import a_request, local
from tests.scheduling.staff_rows import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
WEDNESDAY = date(2027, 1, 6)


def text_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


@pytest.fixture
def desk(client):
    user = factories.a_coordinator()
    client.force_login(user)
    return user


@pytest.fixture
def doctor(small_clinic):
    return small_clinic.people["MED_ONC"][0]


@pytest.fixture
def wanted(small_clinic):
    """A request for one appointment with medical oncology."""
    return a_request(visit_type="single_new", specialties=("MED_ONC",))


def address(doctor, at="2027-01-06T1100", wanted=None) -> str:
    if wanted is None:
        return reverse("staff-calendar:book", args=[doctor.pk, at])
    return reverse("staff-calendar:book-for", args=[doctor.pk, at, wanted.reference])


def hold(client, where):
    return client.post(where, {"key": new_key()})


def test_gap_has_the_quarter_hours_in_which_something_can_begin(doctor, now):
    Claim.objects.create(
        clinician=doctor, starts_at=local(WEDNESDAY, 9, 50), ends_at=local(WEDNESDAY, 11, 20)
    )  # fmt: skip
    gap = gap_at(doctor, local(WEDNESDAY, 11, 30), now=now)
    assert [one.minute for one in gap.starts] == [30, 45]
    assert gap.until == local(WEDNESDAY, 12)
    assert gap.is_free
    assert not gap_at(doctor, local(WEDNESDAY, 10), now=now).is_free
    assert not gap_at(doctor, local(WEDNESDAY, 12), now=now).is_free


def test_page_lists_ready_requests_those_of_the_specialty_first(client, desk, doctor, wanted):
    other = a_request(specialties=("RAD_ONC",), level="urgent")
    waiting = a_request(visit_type=None)
    page = client.get(address(doctor))
    said = text_of(page)
    assert said.index(wanted.reference) < said.index(other.reference)
    assert waiting.reference not in said
    assert "Free until noon" in said
    assert address(doctor, wanted=wanted) in page.content.decode()
    assert faults(Page(page.content.decode())) == []


def test_request_is_found_by_its_reference(client, desk, doctor, wanted):
    answer = client.get(address(doctor), {"reference": f" {wanted.reference.lower()} "})
    assert answer["Location"] == address(doctor, wanted=wanted)
    missing = client.get(address(doctor), {"reference": "BMC-0000-00"})
    assert missing.status_code == 422
    assert "No request has this reference" in text_of(missing)
    assert client.get(address(doctor), {"reference": ""}).status_code == 422


def test_one_appointment_is_held_and_offered_at_that_time(client, desk, doctor, wanted, small_clinic):
    where = address(doctor, wanted=wanted)
    page = client.get(where)
    said = text_of(page)
    assert "11:00 to 11:40 a.m. , MED_ONC".lower() in said.lower()
    place = f"{small_clinic.rooms[0].name}, {small_clinic.site.name}"
    assert f"{wanted.patient.full_name}, Wednesday, January 6, 2027, {place}" in said  # who, when, with whom and where
    assert faults(Page(page.content.decode())) == []
    answer = hold(client, where)
    assert answer["Location"] == reverse("staff-offers:build", args=[wanted.reference])
    day = Visit.objects.get(offer__request=wanted)
    leg = day.appointments.get()
    assert (leg.clinician, leg.starts_at) == (doctor, local(WEDNESDAY, 11))
    assert leg.ends_at - leg.starts_at == timedelta(minutes=40)
    assert "Only a request that is ready" in text_of(client.get(where))
    assert client.get(answer["Location"]).status_code == 200


def test_time_after_the_day_by_which_the_visit_is_due_is_told(client, desk, doctor, wanted):
    late = "later than the visit should be"
    wanted.visit_due_on = WEDNESDAY
    wanted.save()
    assert late not in text_of(client.get(address(doctor, wanted=wanted)))
    assert "This time is later" not in text_of(client.get(address(doctor)))
    wanted.visit_due_on = WEDNESDAY - timedelta(days=1)
    wanted.save()
    page = text_of(client.get(address(doctor, wanted=wanted)))
    assert f"This is {late}: by Tuesday, January 5, 2027." in page
    assert "Hold this time" in page  # a reason to look again, not to refuse
    assert "This time is later" in text_of(client.get(address(doctor)))


def test_second_press_leads_to_the_one_offer(client, desk, doctor, wanted):
    where, sent = address(doctor, wanted=wanted), {"key": new_key()}
    first, second = client.post(where, sent), client.post(where, sent)
    assert first["Location"] == second["Location"]
    assert Offer.objects.count() == 1


def test_follow_up_takes_the_place_of_its_one_appointment(client, desk, doctor, small_clinic):
    wanted = a_request(visit_type="follow_up", specialties=())
    hold(client, address(doctor, wanted=wanted))
    leg = Visit.objects.get(offer__request=wanted).appointments.get()
    assert (leg.clinician, leg.ends_at - leg.starts_at) == (doctor, timedelta(minutes=30))


def test_time_that_is_too_short_is_told_with_other_ways(client, desk, doctor, wanted):
    page = client.get(address(doctor, "2027-01-06T1130", wanted))
    said = text_of(page)
    assert f"{doctor.name} does not have 40 minutes for this request at 11:30 a.m." in said
    assert f"Find other days with {doctor.name}" in said
    assert hold(client, address(doctor, "2027-01-06T1130", wanted)).status_code == 409
    assert Offer.objects.count() == 0


def test_no_room_is_told(client, desk, doctor, wanted, small_clinic):
    for room in small_clinic.rooms:
        Claim.objects.create(room=room, starts_at=local(WEDNESDAY, 8), ends_at=local(WEDNESDAY, 17))
    assert "no patient room is free" in text_of(client.get(address(doctor, wanted=wanted)))


def test_time_taken_meanwhile_is_told_and_nothing_is_held(client, desk, doctor, wanted):
    where = address(doctor, wanted=wanted)
    assert "Hold this time" in text_of(client.get(where))
    Claim.objects.create(clinician=doctor, starts_at=local(WEDNESDAY, 11), ends_at=local(WEDNESDAY, 12))
    answer = hold(client, where)
    assert answer.status_code == 409
    assert "is not free then any more" in text_of(answer)
    assert "This time cannot be held any more." in text_of(answer)
    assert Offer.objects.count() == 0


def test_time_kept_for_urgent_patients_goes_to_urgent_requests_only(client, desk):
    clinic = factories.a_clinic(people_each=1, reserve_minutes=60)
    doctor = clinic.people["MED_ONC"][0]
    routine, urgent = (
        a_request(visit_type="single_new", specialties=("MED_ONC",), level=level) for level in ("routine", "urgent")
    )
    assert "kept for urgent patients" in text_of(client.get(address(doctor, "2027-01-07T1100", routine)))
    assert "Hold this time" in text_of(client.get(address(doctor, "2027-01-07T1100", urgent)))


def test_patient_who_comes_later_is_told_of(client, desk, doctor, small_clinic):
    wanted = a_request(visit_type="single_new", specialties=("MED_ONC",), preferences={"earliest_date": "2027-02-01"})
    assert "The patient cannot come before Mon, Feb 1." in text_of(client.get(address(doctor, wanted=wanted)))


def test_today_leads_to_the_page_of_who_walks_in_filled_in(client, desk, doctor, wanted):
    page = client.get(address(doctor, "2027-01-04T0930", wanted))
    assert "The time is too near to be offered" in text_of(page)
    link = f"{reverse('staff-visits:walk-in-leg', args=[wanted.reference])}?with={doctor.pk}&amp;at=09%3A30"
    assert link in page.content.decode()
    form = client.get(html.unescape(link)).content.decode()
    assert f'<option value="{doctor.pk}" selected' in form
    assert '<option value="09:30" selected' in form


def test_visit_of_several_appointments_leads_to_a_day_that_can_be_held(client, desk, small_clinic):
    surgeon = small_clinic.people["SPINE_SURG"][1]
    wanted = a_request()
    page = client.get(address(surgeon, "2027-01-13T1300", wanted))
    assert "The visit has several appointments" in text_of(page)
    build = html.unescape(re.search(r'href="([^"]+/days/\?[^"]+)"', page.content.decode())[1])
    form = client.get(build)
    source = form.content.decode()
    assert f'<option value="{surgeon.pk}" selected' in source
    assert "Wednesday, January 13, 2027" in text_of(form)
    assert text_of(form).count(surgeon.name) >= 3
    value = re.search(r'name="day" value="([^"]+)"', source)[1]
    fields = {
        "key": new_key(), "do": "hold", "day": value, "leg_SPINE_SURG": "on", "minutes_SPINE_SURG": 40,
        "leg_RAD_ONC": "on", "minutes_RAD_ONC": 45, "who_SPINE_SURG": surgeon.pk, "parts": "midday",
    }  # fmt: skip
    answer = client.post(build, fields)
    assert answer.status_code == 302, text_of(answer)
    days = Visit.objects.filter(offer__request=wanted)
    assert days.get().appointments.filter(clinician=surgeon).exists()


@pytest.mark.parametrize("query", ["with=x", "with=99999999", "from=2020-01-01", "from=x", "at=99", "with=%00&at=%00"])
def test_builder_leaves_out_what_means_nothing(client, desk, small_clinic, query):
    wanted = a_request()
    page = client.get(f"{reverse('staff-offers:build', args=[wanted.reference])}?{query}")
    assert page.status_code == 200
    assert page.content.decode().count("selected") == client.get(
        reverse("staff-offers:build", args=[wanted.reference])
    ).content.decode().count("selected")


def test_builder_gives_the_place_of_a_follow_up_to_whom_was_asked_for(client, desk, small_clinic):
    wanted = a_request(visit_type="follow_up", specialties=("RAD_ONC",))
    doctor = small_clinic.people["MED_ONC"][1]
    page = client.get(f"{reverse('staff-offers:build', args=[wanted.reference])}?with={doctor.pk}&from=2027-01-11")
    source = page.content.decode()
    assert re.search(r'name="leg_MED_ONC"[^>]*checked', source)
    assert not re.search(r'name="leg_RAD_ONC"[^>]*checked', source)
    assert f"Med_Onc, {doctor.name}" in text_of(page)


@pytest.mark.parametrize("at", ["2027-01-06", "2027-01-06T1107", "2027-13-06T1100", "1990-01-06T1100", "now"])
def test_moment_that_means_nothing_is_not_found(client, desk, doctor, at):
    assert client.get(address(doctor, at)).status_code == 404


def test_gap_of_nobody_or_of_who_left_is_not_found(client, desk, doctor, small_clinic):
    assert client.get(reverse("staff-calendar:book", args=[10**9, "2027-01-06T1100"])).status_code == 404
    assert client.get(reverse("staff-calendar:book", args=[10**12, "2027-01-06T1100"])).status_code == 404
    doctor.is_active = False
    doctor.save()
    assert client.get(address(doctor)).status_code == 404


def test_pages_ask_few_queries_whatever_the_rows(client, desk, doctor, wanted):
    for where in (address(doctor), address(doctor, wanted=wanted)):
        client.get(where)
    few = [queries_of(lambda w=w: client.get(w)) for w in (address(doctor), address(doctor, wanted=wanted))]
    for _n in range(29):
        a_request(visit_type="single_new", specialties=("MED_ONC",))
    Closure.objects.create(starts_at=local(WEDNESDAY, 15), ends_at=local(WEDNESDAY, 16), reason="Meeting")
    lots = [queries_of(lambda w=w: client.get(w)) for w in (address(doctor), address(doctor, wanted=wanted))]
    assert few == lots
    assert max(lots) <= 10
