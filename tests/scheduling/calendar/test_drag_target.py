"""The page that a drag opens: it asks first, and says why for a target that cannot be. Nothing is saved by looking."""

import html
import re
from datetime import date
from uuid import uuid4

import pytest

from clinic.directory.models import Clinician
from clinic.platform.submits.once import new_key
from scheduling.availability.bits import unit_of
from scheduling.visits.change_options import confirm_address
from scheduling.visits.models import Claim
from tests import factories
from tests.factories import local
from tests.scheduling.visits.booked import a_booked_visit, as_it_is, legs_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]
TUESDAY = date(2027, 1, 5)
DAY = "/staff/schedule/clinicians/2027-01-05/"


@pytest.fixture
def visit(now, fresh_key):
    """One appointment with medical oncology, from 8:15."""
    return a_booked_visit(now, fresh_key, visit_type="single_new", specialties=("MED_ONC",))


@pytest.fixture
def desk(client):
    user = factories.a_coordinator()
    client.force_login(user)
    return user


def text_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def dragged(page) -> str:
    """The address that a drag of the one appointment begins with."""
    (found,) = re.findall(r'data-drag="([^"]+)"', page.content.decode())
    return html.unescape(found)


def target(visit, *, hour, minute=0, to=None):
    """Where the appointment is let go."""
    leg = legs_of(visit)[0]
    at = unit_of(local(TUESDAY, hour, minute))
    return confirm_address(visit.pk, leg=leg.pk, do="move", at=at, to=to or leg.clinician_id)


def test_drag_to_a_free_time_asks_first(client, desk, visit):
    before = as_it_is(visit)
    page = client.get(DAY)
    first = re.search(r'data-first="(\d+)"', page.content.decode())[1]
    assert int(first) == unit_of(local(TUESDAY, 8))
    where = f"{dragged(page)}&do=move&at={int(first) + 5 * 12}&to={legs_of(visit)[0].clinician_id}"
    asked = client.get(where)
    assert asked.status_code == 200
    assert "Make this change?" in text_of(asked)
    assert "1:00 to 1:40 p.m." in text_of(asked)
    assert as_it_is(visit) == before


def test_drag_to_a_colleague_at_the_same_time_asks_for_another_clinician(client, desk, visit, small_clinic):
    other = next(one for one in small_clinic.people["MED_ONC"] if one != legs_of(visit)[0].clinician)
    asked = client.get(f"{dragged(client.get(DAY))}&do=swap&to={other.pk}")
    assert asked.status_code == 200
    assert other.name in text_of(asked)


def test_drag_to_a_bad_target_says_why_and_changes_nothing(client, desk, visit, small_clinic):
    leg = legs_of(visit)[0]
    Claim.objects.create(clinician=leg.clinician, starts_at=local(TUESDAY, 14), ends_at=local(TUESDAY, 15))
    before = as_it_is(visit)
    surgeon = small_clinic.people["SPINE_SURG"][0]
    refused = {
        target(visit, hour=14): "That time is taken, or too close to another appointment.",
        target(visit, hour=12): "The clinician does not work then",
        target(visit, hour=6): "The clinician does not work then",
        target(visit, hour=10, to=surgeon.pk): "This clinician is not of that specialty",
        target(visit, hour=8, minute=15): "Nothing would change.",
        confirm_address(visit.pk, leg=leg.pk, do="swap", to=surgeon.pk): "This clinician is not of that specialty",
    }
    for where, why in refused.items():
        page = client.get(where)
        assert page.status_code == 409
        assert "Nothing was changed" in text_of(page)
        assert why in text_of(page)
    assert as_it_is(visit) == before


def test_drag_to_what_is_over_says_so(client, desk, visit, standing_clock):
    standing_clock.move_to(local(TUESDAY, 8, 10), tick=False)
    client.force_login(desk)
    assert "That time is over." in text_of(client.get(target(visit, hour=8)))


def test_drag_of_what_is_not_there_is_not_found(client, desk, visit):
    leg = legs_of(visit)[0]
    for where in (
        confirm_address(visit.pk, leg=uuid4(), do="move", at=unit_of(local(TUESDAY, 14)), to=leg.clinician_id),
        confirm_address(visit.pk, leg=leg.pk, do="move", at=1, to=leg.clinician_id),
        confirm_address(visit.pk, leg=leg.pk, do="move", at="x", to=leg.clinician_id),
        confirm_address(uuid4(), leg=leg.pk, do="swap", to=leg.clinician_id),
    ):
        assert client.get(where).status_code == 404


def test_appointment_of_who_left_is_dragged_to_a_colleague(client, desk, visit, small_clinic):
    leg = legs_of(visit)[0]
    Clinician.objects.filter(pk=leg.clinician_id).update(is_active=False)
    other = next(one for one in small_clinic.people["MED_ONC"] if one != leg.clinician)
    assert client.get(f"{dragged(client.get(DAY))}&do=swap&to={other.pk}").status_code == 200


# To another day of the week

THURSDAY = date(2027, 1, 7)


def another_day(leg, *, on=THURSDAY, hour=14) -> str:
    """Where an appointment is let go on another day."""
    return confirm_address(leg.visit_id, leg=leg.pk, do="there", at=unit_of(local(on, hour)))


def test_week_names_the_day_of_each_column(client, desk, visit):
    page = client.get(f"/staff/schedule/week/{legs_of(visit)[0].clinician_id}/2027-01-05/").content.decode()
    assert 'data-day="2027-01-07"' in page
    assert dragged(client.get(DAY)) in html.unescape(page)
    assert "calendar.js" in page


def test_drag_to_another_day_asks_for_the_whole_visit_and_moves_it_there(client, desk, visit):
    leg, before = legs_of(visit)[0], as_it_is(visit)
    asked = client.get(another_day(leg), follow=True)
    assert asked.redirect_chain[0][0].startswith(confirm_address(visit.pk, do="day"))  # every time is in the address
    assert "Make this change?" in text_of(asked)
    assert "Thursday, January 7" in text_of(asked)
    assert "2:00 to 2:40 p.m." in text_of(asked)
    assert as_it_is(visit) == before
    sent = {"key": new_key(), "reason": "patient_asked", "version": visit.calendar_sequence}
    assert client.post(asked.redirect_chain[0][0], sent).status_code == 302
    assert legs_of(visit)[0].starts_at == local(THURSDAY, 14)
    assert legs_of(visit)[0].clinician_id == leg.clinician_id


def test_drag_of_one_of_several_takes_the_whole_day_with_it(client, desk, now, fresh_key):
    whole = a_booked_visit(now, fresh_key)
    leg = legs_of(whole)[1]
    asked = client.get(another_day(leg, hour=9), follow=True)
    said = text_of(asked).partition("Make this change?")[2]
    assert "9:00 to 9:40 a.m." in said
    assert len(re.findall(r"\d to \d+:\d\d [ap]\.m\.", said)) >= len(legs_of(whole))


def test_drag_to_another_day_that_cannot_be_says_so(client, desk, visit, standing_clock):
    leg, before = legs_of(visit)[0], as_it_is(visit)
    Claim.objects.create(clinician=leg.clinician, starts_at=local(THURSDAY, 15), ends_at=local(THURSDAY, 16))
    for where in (
        another_day(leg, hour=15),  # taken
        another_day(leg, hour=12),  # the clinician does not work then
        another_day(leg, on=date(2027, 1, 9)),  # Saturday
        another_day(leg, on=date(2027, 1, 1)),  # over
    ):
        page = client.get(where)
        assert page.status_code == 409
        assert "The visit cannot be on that day with this appointment at that time." in text_of(page)
        assert "Nothing was changed" in text_of(page)
    visit.state = "checked_in"
    visit.save()
    assert "Only a visit that has not begun" in text_of(client.get(another_day(leg)))
    visit.state = "booked"
    visit.save()
    assert as_it_is(visit) == before
    for wrong in ({"leg": uuid4(), "at": unit_of(local(THURSDAY, 14))}, {"leg": leg.pk, "at": "x"}, {"leg": leg.pk}):
        assert client.get(confirm_address(visit.pk, do="there", **wrong)).status_code == 404
