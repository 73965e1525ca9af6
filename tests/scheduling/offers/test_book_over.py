"""A day with an appointment over another one: found in the builder, told, confirmed with a reason, booked at once."""

import re
from dataclasses import replace

import pytest

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.availability.models import Buffer
from scheduling.itineraries.search import find_days
from scheduling.itineraries.visit_kinds import ChosenLeg
from scheduling.models import Claim, Visit, WeeklySession
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import make_offer
from scheduling.requests.models import RequestNote
from scheduling.visits.actions import cancel_visit
from scheduling.visits.book_over import book_over, drawn_day, lies_over, seen_print
from tests.factories import (
    a_coordinator,
    a_nurse,
    a_patient,
    a_request,
    claims_held,
    claims_wanted,
    days_of,
    overlapping_claims,
    person_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]
LEGS = [ChosenLeg("MED_ONC", 30)]


@pytest.fixture(autouse=True)
def overbooking(settings):
    settings.OVERBOOKING_ALLOWED = True


@pytest.fixture
def coordinator(client):
    user = a_coordinator()
    client.force_login(user)
    return user


@pytest.fixture
def oncologist(small_clinic):
    """The only medical oncologist, there for half an hour a week."""
    one, *others = small_clinic.people["MED_ONC"]
    for other in others:
        other.is_active = False
        other.save()
    first = one.sessions.order_by("weekday").first()
    one.sessions.exclude(pk=first.pk).delete()
    WeeklySession.objects.filter(pk=first.pk).update(starts="09:00", ends="09:30", reserve_minutes=0)
    return one


@pytest.fixture
def other(oncologist, now):
    """Who has the half hour of the first week."""
    return _booked(a_request(patient=a_patient(), visit_type="follow_up", specialties=("MED_ONC",)), now)


@pytest.fixture
def wanted(small_clinic):
    return a_request(visit_type="follow_up", specialties=("MED_ONC",))


def _booked(wanted, now):
    offer = make_offer(
        wanted, _days(wanted, now)[:1], by=staff_actor(a_coordinator()), key=new_key(), now=now
    )  # fmt: skip
    accept_offer(offer, days_of(offer)[0], by=person_of(wanted), key=new_key(), now=now)
    return Visit.objects.get(offer=offer)


def _days(wanted, now, **more):
    return find_days(wanted, legs=LEGS, now=now, **more).itineraries


def _over(wanted, one, now, *, by=None, reason="Pain out of control", seen=None):
    visit, legs = drawn_day(wanted, one, now=now)
    seen = seen_print(lies_over(visit, legs, now=now)) if seen is None else seen
    by = by or staff_actor(a_coordinator())
    return book_over(wanted, one, reason=reason, seen=seen, by=by, key=new_key(), now=now)


def code_of(*args, **more):
    with pytest.raises(Refused) as told:
        _over(*args, **more)
    return told.value.code


def test_day_over_another_appointment_is_found_only_when_asked_for(other, oncologist, wanted, now):
    ordinary, over = _days(wanted, now)[0], _days(wanted, now, over=oncologist.pk)[0]
    assert ordinary.day > over.day
    assert over.start == _days(other.request, now, except_visits=[other.pk])[0].start


def test_day_is_booked_marked_written_down_and_told_to_the_patient(other, oncologist, wanted, now):
    visit = _over(wanted, _days(wanted, now, over=oncologist.pk)[0], now)

    leg = visit.appointments.get()
    assert (visit.state, leg.state, leg.is_overbooked, leg.overbooking_reason) == (
        "booked", "booked", True, "Pain out of control",
    )  # fmt: skip
    assert not visit.is_walk_in
    assert claims_held(visit) == claims_wanted(visit)
    assert overlapping_claims() == []
    assert set(Claim.objects.filter(clinician=oncologist).values_list("is_overbooked", "is_shared")) == {
        (True, False), (False, True),
    }  # fmt: skip
    wanted.refresh_from_db()
    assert wanted.status == "scheduled"
    assert "Pain out of control" in RequestNote.objects.get(request=wanted, kind="overbooked").text
    assert AuditEntry.objects.filter(action="visit_overbooked", subject_id=str(visit.pk)).exists()
    assert Message.objects.filter(template="visit_confirmed").exists()


def test_mark_goes_with_the_appointment_below(other, oncologist, wanted, now):
    visit = _over(wanted, _days(wanted, now, over=oncologist.pk)[0], now)
    cancel_visit(other, by=person_of(other.request), key=new_key(), reason="other", now=now)
    assert not visit.appointments.get().is_overbooked


def test_day_is_refused_without_right_reason_or_setting(other, oncologist, wanted, now, settings):
    one = _days(wanted, now, over=oncologist.pk)[0]
    assert code_of(wanted, one, now, by=staff_actor(a_nurse())) == "not_allowed"
    assert code_of(wanted, one, now, by=person_of(wanted)) == "not_allowed"
    assert code_of(wanted, one, now, reason=" ") == "taken"
    assert code_of(wanted, one, now, seen="") == "changed"
    settings.OVERBOOKING_ALLOWED = False
    assert code_of(wanted, one, now) == "overbooking_off"
    assert Visit.objects.count() == 1


def test_nothing_below_is_no_overbooking(oncologist, wanted, now):
    assert code_of(wanted, _days(wanted, now)[0], now) == "not_over"


def test_held_and_overbooked_time_is_neither_found_nor_booked(other, oncologist, wanted, now):
    one = _days(wanted, now, over=oncologist.pk)[0]
    second = a_request(patient=a_patient(), visit_type="follow_up", specialties=("MED_ONC",))
    later = _days(second, now)[0]
    make_offer(second, [later], by=staff_actor(a_coordinator()), key=new_key(), now=now)
    _over(wanted, one, now)

    third = a_request(patient=a_patient(), visit_type="follow_up", specialties=("MED_ONC",))
    found = _days(third, now, over=oncologist.pk)[0]

    assert one.day < later.day < found.day  # the first week is overbooked, the second is held
    assert code_of(third, one, now) == "overbooked"
    assert code_of(third, later, now) == "held"


def test_rules_hold_over_another_appointment_too(other, oncologist, wanted, now):
    one = _days(wanted, now, over=oncologist.pk)[0]
    oncologist.sessions.all().delete()
    assert code_of(wanted, one, now) == "not_bookable"


def test_room_of_somebody_else_is_never_taken(other, oncologist, wanted, now):
    one = _days(wanted, now, over=oncologist.pk)[0]
    assert code_of(wanted, replace(one, room_id=other.room_id), now) == "room_taken"


def test_buffers_do_not_stand_in_the_way_of_who_is_overbooked(other, oncologist, wanted, now):
    Buffer.objects.create(clinician=oncologist, before_minutes=10, after_minutes=10)
    assert _over(wanted, _days(wanted, now, over=oncologist.pk)[0], now).state == "booked"


# In the builder


def _address(wanted, tail=""):
    return f"/staff/requests/{wanted.reference}/days/{tail}"


def _picked(page):
    return re.findall(r'name="pick" value="([^"]+)"', page)


def _asked(oncologist):
    return {"key": new_key(), "leg_MED_ONC": "on", "minutes_MED_ONC": "30", "over": str(oncologist.pk)}


def _confirm_page(client, wanted, oncologist):
    asked = _asked(oncologist)
    found = client.post(_address(wanted), asked | {"do": "find"}).content.decode()
    return client.post(_address(wanted, "over/"), asked | {"pick": _picked(found)[0]}).content.decode()


def _fields(page):
    names = ("key", "pick", "seen")
    return {one: re.search(rf'name="{one}" value="([^"]*)"', page).group(1) for one in names}


def test_builder_leads_to_a_page_that_tells_whose_time_it_is_and_books_with_a_reason(
    client, other, oncologist, wanted, coordinator
):
    page = _confirm_page(client, wanted, oncologist)
    assert other.patient.full_name in page
    fields = _fields(page)

    unsaid = client.post(_address(wanted, "over/"), fields)
    assert unsaid.status_code == 422
    assert "Enter why it is put over another appointment" in unsaid.content.decode()
    assert "Ask the patient first" in unsaid.content.decode()

    answer = client.post(_address(wanted, "over/"), fields | {"reason": "Pain", "agreed": "on"})
    visit = Visit.objects.get(request=wanted)
    assert answer.url == f"/staff/visits/{visit.pk}/"
    assert "Overbooked" in client.get(answer.url).content.decode()
    again = client.post(_address(wanted, "over/"), fields | {"reason": "Pain", "agreed": "on"})
    assert again.url == answer.url  # a double click books once
    assert Visit.objects.filter(request=wanted).count() == 1


def test_what_was_not_told_is_not_confirmed(client, other, oncologist, wanted, coordinator):
    fields = _fields(_confirm_page(client, wanted, oncologist))
    answer = client.post(_address(wanted, "over/"), fields | {"seen": "0", "reason": "Pain", "agreed": "on"})
    assert answer.status_code == 422
    assert "Something else lies at that time now" in answer.content.decode()
    assert Visit.objects.count() == 1


def test_time_that_became_free_is_to_be_held(client, other, oncologist, wanted, coordinator, now):
    fields = _fields(_confirm_page(client, wanted, oncologist))
    cancel_visit(other, by=person_of(other.request), key=new_key(), reason="other", now=now)
    answer = client.post(_address(wanted, "over/"), fields | {"reason": "Pain", "agreed": "on"}, follow=True)
    assert "Nothing lies at that time any more" in answer.content.decode()
    assert not Visit.objects.filter(request=wanted).exists()


def test_builder_without_the_right_or_the_setting_does_not_ask(client, wanted, oncologist, settings):
    client.force_login(a_nurse())
    assert "Put an appointment over" not in client.get(_address(wanted)).content.decode()
    assert client.post(_address(wanted), _asked(oncologist) | {"do": "find"}).status_code == 422
    assert client.post(_address(wanted, "over/"), {"pick": "x"}).status_code == 403
    client.force_login(a_coordinator())
    assert "Put an appointment over" in client.get(_address(wanted)).content.decode()
    assert client.post(_address(wanted, "over/"), {"pick": "made up"}).status_code == 302
    settings.OVERBOOKING_ALLOWED = False
    assert "Put an appointment over" not in client.get(_address(wanted)).content.decode()
    assert client.post(_address(wanted, "over/"), {"pick": "x"}).status_code == 404


def test_who_is_overbooked_must_be_of_a_ticked_specialty(client, wanted, small_clinic, coordinator):
    answer = client.post(_address(wanted), _asked(small_clinic.people["RAD_ONC"][0]) | {"do": "find"})
    assert answer.status_code == 422
    assert "or choose somebody else than" in answer.content.decode()
