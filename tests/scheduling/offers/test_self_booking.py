"""Patients pick a time themselves, for kinds of visit that are opened for it and for no other."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from scheduling.itineraries.models import VisitType
from scheduling.itineraries.search import check_bookable, find_days
from scheduling.itineraries.times import find_times
from scheduling.offers.actions import expire_due_offers, extend_offer, make_offer
from scheduling.offers.models import Offer
from scheduling.offers.self_booking import HOLDS, hold_time, may_pick
from scheduling.visits.models import Visit
from tests import factories
from tests.scheduling.own_steps import filled_in_by_a_caregiver, in_session_of
from tests.scheduling.patient_steps import NOW, key_on, queries_of

pytestmark = pytest.mark.django_db
PERSON = factories.person_of


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def clinic():
    made = factories.a_clinic(people_each=1, rooms=1)
    VisitType.objects.filter(code="follow_up").update(is_self_bookable=True)
    return made


def a_follow_up(**changes):
    return factories.a_request(visit_type="follow_up", specialties=("RAD_ONC",), **changes)


def times_of(wanted, earliest_on=None):
    (day,) = find_times(wanted, now=timezone.now(), days=1, earliest_on=earliest_on)
    return day.itineraries()


def held(wanted, itinerary) -> Offer:
    return hold_time(wanted, itinerary, by=PERSON(wanted), key=new_key(), now=timezone.now())


def refusal(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


# The times


def test_every_time_can_be_booked_and_none_is_left_out(clinic):
    wanted = a_follow_up()
    times = times_of(wanted)
    for one in times:
        check_bookable(wanted, one, NOW)
    (best,) = find_days(wanted, now=NOW, limit=1).itineraries
    assert best.start in {one.start for one in times}
    step = {later.start - earlier.start for earlier, later in pairwise(times)}
    assert step == {3}  # every quarter of an hour: nothing else is booked on that day
    shut = find_times(wanted, now=NOW, days=1)[0]
    assert shut.count == len(times)


def test_a_time_that_is_taken_is_not_shown_to_others(clinic):
    first, second = a_follow_up(), a_follow_up()
    one = times_of(first)[0]
    held(first, one)
    starts = {other.start for other in times_of(second)}
    assert one.start not in starts
    assert one.end in starts


def test_days_follow_one_another_and_begin_where_asked(clinic):
    wanted = a_follow_up()
    days = [day.on for day in find_times(wanted, now=NOW, days=6)]
    assert days == sorted(set(days))
    assert len(days) == 6
    later = find_times(wanted, now=NOW, days=1, earliest_on=days[3])
    assert later[0].on == days[3]
    assert find_times(wanted, now=NOW, days=1, earliest_on=NOW.date() + timedelta(days=400)) == []


def test_the_reserve_is_not_for_those_who_pick_themselves():
    factories.a_clinic(people_each=1, rooms=1, reserve_minutes=60)
    VisitType.objects.filter(code="follow_up").update(is_self_bookable=True)
    urgent = a_follow_up(level="urgent")
    day = date(2026, 12, 1)
    last = times_of(a_follow_up(), day)[-1].end
    assert last < times_of(urgent, day)[-1].end
    assert not may_pick(urgent)
    assert refusal(lambda: held(urgent, times_of(urgent)[-1])) == "not_allowed"


# Holding and booking


def test_a_picked_time_is_held_ten_minutes_without_a_message(clinic):
    wanted = a_follow_up()
    offer = held(wanted, times_of(wanted)[2])
    assert (offer.origin, offer.expires_at) == (Offer.Origin.SELF, NOW + timedelta(minutes=10))
    assert not Message.objects.exists()
    wanted.refresh_from_db()
    assert wanted.status == "offered"
    assert may_pick(wanted)
    assert refusal(lambda: extend_offer(offer, by=PERSON(wanted), key=new_key())) == "extended"


def test_picking_another_time_frees_the_first(clinic):
    wanted = a_follow_up()
    one, _two, three = times_of(wanted)[:3]
    first = held(wanted, one)
    second = held(wanted, three)
    first.refresh_from_db()
    assert (first.state, second.state) == ("released", "open")
    assert one.start in {other.start for other in times_of(a_follow_up())}


def test_a_time_that_cannot_be_held_leaves_the_first_one_held(clinic):
    wanted, other = a_follow_up(), a_follow_up()
    one, _two, three = times_of(wanted)[:3]
    first = held(wanted, one)
    held(other, three)
    assert refusal(lambda: held(wanted, three)) == "taken"
    first.refresh_from_db()
    assert first.state == "open"


def test_one_request_tries_on_only_so_many_times(clinic):
    wanted = a_follow_up()
    times = times_of(wanted)
    for number in range(HOLDS):
        held(wanted, times[number % 2])
    assert refusal(lambda: held(wanted, times[0])) == "too_many"


def test_other_kinds_other_people_and_other_ways_are_refused(clinic):
    closed = factories.a_request(visit_type="single_new", specialties=("RAD_ONC",))
    open_ = a_follow_up()
    nurse = staff_actor(factories.a_nurse())
    found = find_days(open_, now=NOW, limit=2).itineraries
    in_closed = find_days(closed, now=NOW, limit=1).itineraries[0]
    assert refusal(lambda: held(closed, in_closed)) == "not_allowed"
    for by in (PERSON(closed), nurse):
        assert refusal(lambda by=by: hold_time(open_, found[0], by=by, key=new_key(), now=NOW)) == "not_allowed"
    as_staff_would = lambda: make_offer(open_, found, by=PERSON(open_), key=new_key(), now=NOW)  # noqa: E731
    assert refusal(as_staff_would) == "not_allowed"
    assert not Offer.objects.exists()


# The pages


def pick_on(client, wanted, number=0, **more):
    """Post one of the times of the page."""
    address = f"/my/{wanted.reference}/pick/"
    page = client.get(address)
    values = re.findall(r'name="time" value="([^"]+)"', page.content.decode())
    return client.post(address, {"time": values[number], "key": key_on(page), **more})


def test_picking_and_booking_without_script(client, clinic):
    wanted = a_follow_up()
    in_session_of(client, wanted)
    assert f"/my/{wanted.reference}/pick/" in client.get(f"/my/{wanted.reference}/").content.decode()
    answer = pick_on(client, wanted, 1)
    assert answer.url == f"/my/{wanted.reference}/times/"

    page = client.get(answer.url)
    html = page.content.decode()
    assert "It is not booked yet" in html
    assert "I need more time" not in html
    day = Visit.objects.get()
    booked = client.post(answer.url, {"visit": str(day.pk), "key": key_on(page)})
    assert booked.url == f"/my/{wanted.reference}/visit/"
    day.refresh_from_db()
    assert day.state == "booked"
    assert Message.objects.get().template == "visit_confirmed"
    assert client.get(f"/my/{wanted.reference}/pick/").url == f"/my/{wanted.reference}/visit/"


def test_after_ten_minutes_the_page_offers_the_free_times_again(client, clinic, friday_morning):
    wanted = a_follow_up()
    in_session_of(client, wanted)
    address = pick_on(client, wanted).url
    page, day = client.get(address), Visit.objects.get()
    friday_morning.move_to(NOW + timedelta(minutes=11), tick=False)
    answer = client.post(address, {"visit": str(day.pk), "key": key_on(page)})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "We do not hold your time any more" in html
    assert 'name="time"' in html
    expire_due_offers(timezone.now())
    assert 'name="time"' in client.get(address).content.decode()
    assert pick_on(client, wanted).status_code == 302


def test_a_time_that_somebody_else_took_is_refused_with_the_next_times(client, clinic):
    wanted, other = a_follow_up(), a_follow_up()
    in_session_of(client, wanted)
    address = f"/my/{wanted.reference}/pick/"
    page = client.get(address)
    value = re.findall(r'name="time" value="([^"]+)"', page.content.decode())[0]
    held(other, times_of(other)[0])
    answer = client.post(address, {"time": value, "key": key_on(page)})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "taken" in html
    assert "Nothing is booked. These are the next free times." in html
    assert 'name="time"' in html


def test_nothing_chosen_and_values_of_others_are_answered_in_plain_words(client, clinic):
    wanted, other = a_follow_up(), a_follow_up()
    in_session_of(client, wanted)
    address = f"/my/{wanted.reference}/pick/"
    empty = client.post(address, {"key": key_on(client.get(address))})
    assert empty.status_code == 422
    assert "Select a time" in empty.content.decode()
    stranger = Client()
    in_session_of(stranger, other)
    theirs = stranger.get(f"/my/{other.reference}/pick/")
    value = re.findall(r'name="time" value="([^"]+)"', theirs.content.decode())[0]
    for foreign in (value, "nonsense", "x" * 3000):
        answer = client.post(address, {"time": foreign, "key": new_key()})
        assert answer.status_code == 409
    assert not Offer.objects.exists()


def test_a_part_of_the_day_limits_the_times_and_stays_chosen(client, clinic):
    wanted = a_follow_up()
    in_session_of(client, wanted)
    html = client.get(f"/my/{wanted.reference}/pick/", {"day": "2026-12-01", "part": "afternoon"}).content.decode()
    times = re.findall(r"<strong>([^<]*[ap]\.m\.)</strong>", html)
    assert times
    assert all(int(text.split(":")[0]) in (2, 3, 4) for text in times)
    assert "?day=2026-12-02&amp;part=afternoon" in html
    key = re.search(r'name="key" value="([0-9a-f]{32})"', html).group(1)
    value = re.findall(r'name="time" value="([^"]+)"', html)[0]
    assert client.post(f"/my/{wanted.reference}/pick/?part=afternoon", {"time": value, "key": key}).status_code == 302
    for odd in ("any", "nonsense", "not_sure"):
        assert client.get(f"/my/{wanted.reference}/pick/", {"part": odd}).status_code == 200


@pytest.mark.parametrize("day", ["2026-12-01", "nonsense", "2031-01-01", "1900-01-01", ""])
def test_any_day_can_be_looked_at(client, clinic, day):
    wanted = a_follow_up()
    in_session_of(client, wanted)
    html = client.get(f"/my/{wanted.reference}/pick/", {"day": day}).content.decode()
    assert ("<h2>Tuesday, December 1, 2026</h2>" in html) is (day == "2026-12-01")
    assert ("There is no free time from that day on" in html) is (day == "2031-01-01")


@pytest.mark.parametrize(
    "changes",
    [
        {"visit_type": "single_new", "specialties": ("RAD_ONC",)},
        {"visit_type": "coordinated_new"},
        {"visit_type": None},
        {"visit_type": "follow_up", "specialties": ("RAD_ONC",), "level": "urgent"},
        {"visit_type": "follow_up", "specialties": ("RAD_ONC",), "status": "records_pending"},
    ],
)
def test_for_any_other_request_there_is_no_page_no_link_and_no_hold(client, clinic, changes):
    wanted = factories.a_request(**changes)
    in_session_of(client, wanted)
    assert "/pick/" not in client.get(f"/my/{wanted.reference}/").content.decode()
    assert client.get(f"/my/{wanted.reference}/pick/").status_code == 404
    assert client.post(f"/my/{wanted.reference}/pick/", {"time": "x", "key": new_key()}).status_code == 404
    assert not Offer.objects.exists()


def test_a_kind_of_visit_that_is_not_used_any_more_is_closed(client, clinic):
    wanted = a_follow_up()
    one = times_of(wanted)[0]
    VisitType.objects.filter(code="follow_up").update(is_active=False)
    in_session_of(client, wanted)
    assert client.get(f"/my/{wanted.reference}/pick/").status_code == 404
    assert refusal(lambda: held(wanted, one)) == "not_allowed"


def test_no_kind_of_visit_is_open_before_the_clinic_opens_it(client):
    factories.a_clinic(people_each=1, rooms=1)
    assert not VisitType.objects.filter(is_self_bookable=True).exists()
    wanted = a_follow_up()
    in_session_of(client, wanted)
    assert client.get(f"/my/{wanted.reference}/pick/").status_code == 404


def test_an_offer_of_the_clinic_is_not_replaced_by_a_pick(client, clinic):
    wanted = a_follow_up()
    factories.an_offer(wanted, now=NOW)
    in_session_of(client, wanted)
    assert client.get(f"/my/{wanted.reference}/pick/").status_code == 404
    assert refusal(lambda: held(wanted, times_of(wanted)[0])) == "not_ready"


def test_a_caregiver_who_was_not_verified_picks_nothing(client, clinic):
    wanted = filled_in_by_a_caregiver(a_follow_up())
    session = client.session
    session["patient_id"], session["patient_seen"] = str(wanted.patient_id), int(timezone.now().timestamp())
    session.save()
    assert "/pick/" not in client.get(f"/my/{wanted.reference}/").content.decode()
    assert client.get(f"/my/{wanted.reference}/pick/").status_code == 403


def test_the_page_stays_within_ten_queries(client, clinic):
    wanted = a_follow_up()
    in_session_of(client, wanted)
    assert len(queries_of(client, f"/my/{wanted.reference}/pick/")) <= 10
    for _other in range(12):
        one = a_follow_up()
        held(one, times_of(one)[0])
    assert len(queries_of(client, f"/my/{wanted.reference}/pick/")) <= 10


def test_a_picked_time_is_on_the_day_that_was_looked_at(client, clinic):
    wanted = a_follow_up()
    in_session_of(client, wanted)
    page = client.get(f"/my/{wanted.reference}/pick/", {"day": "2026-12-02"})
    value = re.findall(r'name="time" value="([^"]+)"', page.content.decode())[0]
    client.post(f"/my/{wanted.reference}/pick/", {"time": value, "key": key_on(page)})
    day = Visit.objects.get().starts_at
    assert timezone.localdate(day) == date(2026, 12, 2)
