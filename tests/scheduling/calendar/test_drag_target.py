"""The page that a drag opens: it asks first, and says why for a target that cannot be. Nothing is saved by looking."""

import html
import re
from datetime import date
from uuid import uuid4

import pytest

from clinic.directory.models import Clinician
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
