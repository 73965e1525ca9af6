"""Proposals for what lies outside working time lead to the confirmation of a change, and doing it repairs the day."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.directory.models import Room
from scheduling.availability.models import Closure
from scheduling.availability.what_if import outside_now
from scheduling.visits.models import Visit
from tests import factories
from tests.factories import claims_held, claims_wanted
from tests.scheduling.staff_rows import queries_of
from tests.scheduling.visits.booked import a_booked_visit, legs_of
from tests.scheduling.visits.test_change_pages import confirm, links_to_confirm, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
OUTSIDE = reverse("staff-availability:outside")


@pytest.fixture
def coordinator(client):
    somebody = factories.a_coordinator()
    client.force_login(somebody)
    return somebody


@pytest.fixture
def visit(now, fresh_key):
    return a_booked_visit(now, fresh_key)


def away(leg):
    """The clinician of a leg cannot come then."""
    Closure.objects.create(
        clinician=leg.clinician, starts_at=leg.starts_at, ends_at=leg.starts_at + timedelta(minutes=5), reason="Sick"
    )


def doing(links, what):
    return next(one for one in links if f"do={what}" in one)


@pytest.mark.parametrize("what", ["swap", "day"])
def test_proposal_is_confirmed_done_and_gone_from_the_list(client, coordinator, visit, now, what):
    away(legs_of(visit)[2])
    page = client.get(OUTSIDE)
    where = doing(links_to_confirm(page), what)
    assert confirm(client, where).status_code == 302
    assert outside_now(user=coordinator, now=now).appointments == 0
    after = Visit.objects.get(pk=visit.pk)
    assert claims_held(after) == claims_wanted(after)
    assert after.changes.count() == 1


def test_same_clinician_later_is_proposed_and_done(client, coordinator, now, fresh_key):
    visit = a_booked_visit(now, fresh_key, visit_type="follow_up", specialties=("MED_ONC",))
    leg = legs_of(visit)[0]
    away(leg)
    where = doing(links_to_confirm(client.get(OUTSIDE)), "move")
    assert confirm(client, where).status_code == 302
    moved = legs_of(visit)[0]
    assert moved.clinician_id == leg.clinician_id
    assert moved.starts_at != leg.starts_at
    assert outside_now(user=coordinator, now=now).appointments == 0


def test_closed_room_is_changed_for_another_one_even_shortly_before(client, coordinator, visit, standing_clock):
    standing_clock.move_to(visit.starts_at - timedelta(minutes=30), tick=False)
    client.force_login(coordinator)
    Closure.objects.create(room=visit.room, starts_at=visit.starts_at, ends_at=visit.ends_at, reason="Water")
    where = doing(links_to_confirm(client.get(OUTSIDE)), "day")
    shown = text_of(client.get(where))
    other = Room.objects.get(kind="stay", site=visit.site_id, pk__gt=visit.room_id)
    assert f"Room: {other.name}, not {visit.room.name}" in shown
    assert confirm(client, where).status_code == 302
    after = Visit.objects.get(pk=visit.pk)
    assert (after.room_id, after.starts_at) == (other.pk, visit.starts_at)
    assert claims_held(after) == claims_wanted(after)


def test_what_if_page_offers_the_same_before_anything_is_saved(client, coordinator, visit):
    leg = legs_of(visit)[2]
    where = reverse("staff-availability:add-exception", args=[leg.clinician_id])
    sent = {"key": "a" * 32, "adds": "no", "starts": "8:00 am", "ends": "5 pm", "reason": "Sick"}
    sent |= {"on_month": "1", "on_day": "5", "on_year": "2027"}
    page = client.post(where, sent)
    assert confirm(client, doing(links_to_confirm(page), "swap")).status_code == 302
    assert legs_of(visit)[2].clinician_id != leg.clinician_id


def test_visit_only_held_for_an_offer_has_no_links(client, coordinator, now):
    offer = factories.an_offer(factories.a_request(), now=now, days=1)
    away(legs_of(factories.days_of(offer)[0])[2])
    page = client.get(OUTSIDE)
    assert "Held for an offer" in text_of(page)
    assert links_to_confirm(page) == []


def test_list_asks_at_most_ten_questions(client, coordinator, visit, now, fresh_key):
    away(legs_of(visit)[2])
    client.get(OUTSIDE)
    few = queries_of(lambda: client.get(OUTSIDE))
    another = a_booked_visit(now, fresh_key)
    away(legs_of(another)[2])
    assert queries_of(lambda: client.get(OUTSIDE)) == few <= 10
