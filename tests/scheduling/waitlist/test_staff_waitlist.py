"""The staff's pages of the waitlist."""

from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.platform.submits.once import new_key
from intake.tasks.models import StaffTask
from scheduling.offers.accepting import accept_offer
from scheduling.offers.actions import decline_offer
from scheduling.offers.models import Offer
from scheduling.waitlist.actions import join_waitlist, match_waitlist
from scheduling.waitlist.lists import still_waiting
from scheduling.waitlist.models import WaitlistEntry
from tests import factories
from tests.clinic.look.markup import Page, faults
from tests.factories import a_coordinator, a_nurse, a_request, an_offer, days_of, person_of
from tests.scheduling.patient_steps import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


@pytest.fixture(autouse=True)
def clinic(db, settings):
    settings.WAITLIST_MODE = "offer"
    return factories.a_clinic(people_each=1, rooms=1)


@pytest.fixture
def desk(client):
    client.force_login(a_nurse())
    return client


def joined(wanted, **more):
    return join_waitlist(wanted, by=staff_actor(a_coordinator()), key=new_key(), **more)


def text_of(answer) -> str:
    return answer.content.decode()


def test_list_tells_who_waits_for_what_in_turn_and_what_was_offered(desk, now):
    first, second = a_request(), a_request(level="urgent")
    joined(first, weekdays=[0, 3], notice_hours=48)
    joined(second)
    match_waitlist(now)
    decline_offer(Offer.objects.get(request=second), reason="", wants_call=False, by=person_of(second), key=new_key())
    page = text_of(desk.get("/staff/waitlist/"))
    assert faults(Page(page)) == []
    assert page.index(second.reference) < page.index(first.reference)
    for words in ("Monday, Thursday", "Needs 2 days notice", "Declined", "held until", "A first day, due by"):
        assert words in page, words
    assert page.count("Offer now") == 1  # the other one has an open offer


def test_empty_list_says_so(desk):
    assert "Nobody waits for freed time" in text_of(desk.get("/staff/waitlist/"))


def test_staff_put_a_request_on_the_list_and_take_it_off(desk):
    wanted = a_request()
    address = f"/staff/requests/{wanted.reference}/waitlist/"
    assert faults(Page(text_of(desk.get(address)))) == []
    assert desk.post(address, {"key": new_key()}).status_code == 422
    assert desk.post(address, {"key": new_key(), "notice": "24", "weekdays": ["4"]}).status_code == 302
    entry = WaitlistEntry.objects.get()
    assert (entry.request, entry.weekdays, entry.visit) == (wanted, [4], None)
    assert "On the waitlist" in text_of(desk.get(address))
    assert desk.post(f"/staff/waitlist/{entry.pk}/remove/", {"key": new_key()}).status_code == 302
    entry.refresh_from_db()
    assert entry.state == "left"


def test_one_specialty_of_a_booked_visit_may_be_enough(desk, now, clinic):
    wanted = a_request()
    offer = an_offer(wanted, now=now)
    accept_offer(offer, days_of(offer)[1], by=person_of(wanted), key=new_key(), now=now)
    address = f"/staff/requests/{wanted.reference}/waitlist/"
    rad_onc = clinic.specialties["RAD_ONC"]
    assert "The whole day" in text_of(desk.get(address))
    assert desk.post(address, {"key": new_key(), "notice": "2", "specialty": str(rad_onc.pk)}).status_code == 302
    assert WaitlistEntry.objects.get().specialty == rad_onc
    assert "Rad_Onc earlier than on" in text_of(desk.get("/staff/waitlist/"))
    assert match_waitlist(now) == 1
    task = StaffTask.objects.get(kind="waitlist")
    page = text_of(desk.get(f"/staff/tasks/{task.pk}/"))
    assert f"/staff/visits/{wanted.visits.get(state='booked').pk}/" in page
    assert "Rad_Onc" in page


def test_request_that_is_not_ready_has_nothing_to_wait_for(desk):
    wanted = a_request(visit_type=None)
    address = f"/staff/requests/{wanted.reference}/waitlist/"
    assert "nothing to wait for" in text_of(desk.get(address))
    assert desk.post(address, {"key": new_key(), "notice": "24"}).status_code == 422


def test_offer_now_holds_a_day_and_says_when_there_is_none(desk, now):
    entry = joined(a_request())
    answer = desk.post(f"/staff/waitlist/{entry.pk}/offer/", {"key": new_key()}, follow=True)
    assert "A day is held" in text_of(answer)
    assert Offer.objects.get().origin == "waitlist"
    answer = desk.post(f"/staff/waitlist/{entry.pk}/offer/", {"key": new_key()}, follow=True)
    assert "an offer that waits for an answer" in text_of(answer)


def test_count_follows_the_facts(desk, now):
    entry = joined(a_request())
    nurse = a_nurse()
    assert still_waiting(nurse).count() == 1
    type(entry.request).objects.filter(pk=entry.request_id).update(closed_at=now, status="withdrawn")
    assert still_waiting(nurse).count() == 0
    assert entry.request.reference not in text_of(desk.get("/staff/waitlist/"))


def test_list_asks_as_much_for_thirty_as_for_one(desk, now):
    joined(a_request())
    match_waitlist(now)
    desk.get("/staff/waitlist/")  # what is read once a process is read
    one = len(queries_of(desk, "/staff/waitlist/"))
    for _n in range(29):
        joined(a_request(), earliest_on=(now + timedelta(days=5)).date())
    for _n in range(3):
        match_waitlist(now)
    thirty = queries_of(desk, "/staff/waitlist/")
    assert len(thirty) == one <= 10


def test_tasks_say_what_came_free_and_who_wants_a_call(desk, now, settings, clinic):
    settings.WAITLIST_MODE = "task"
    wanted = a_request()
    joined(wanted)
    match_waitlist(now)
    declined = an_offer(a_request(), now=now)
    decline_offer(declined, reason="", wants_call=True, by=person_of(declined.request), key=new_key())
    page = text_of(desk.get("/staff/tasks/"))
    for words in ("Tuesday, January 5, 2027", "asked to be called", wanted.reference):
        assert words in page, words
    task = StaffTask.objects.get(kind="waitlist")
    assert "Offer it from the waitlist" in text_of(desk.get(f"/staff/tasks/{task.pk}/"))
    call = StaffTask.objects.get(kind="call")
    assert "find a day together" in text_of(desk.get(f"/staff/tasks/{call.pk}/"))


def test_worklist_counts_who_waits(desk):
    joined(a_request())
    page = Page(text_of(desk.get("/staff/")))
    assert faults(page) == []
    assert "/staff/waitlist/" in text_of(desk.get("/staff/"))
