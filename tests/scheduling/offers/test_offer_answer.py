"""Staff enter what a patient answered by phone."""

from datetime import timedelta

import pytest

from clinic.platform.submits.once import new_key
from intake.tasks.models import StaffTask
from scheduling.visits.models import Claim
from tests.clinic.look.markup import Page, faults
from tests.factories import a_nurse, a_patient, a_request, an_offer, days_of
from tests.scheduling.patient_steps import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


@pytest.fixture
def wanted():
    """Somebody who agreed to no messages."""
    return a_request(patient=a_patient(consents=False), level="urgent")


@pytest.fixture
def offer(wanted, now):
    return an_offer(wanted, now=now)


@pytest.fixture
def desk(client, offer):
    client.force_login(a_nurse())
    return client


def address(wanted, more="") -> str:
    return f"/staff/requests/{wanted.reference}/days/answer/{more}"


def test_page_reads_the_days_out_and_is_reached_from_the_plan(desk, wanted):
    page = desk.get(address(wanted))
    assert faults(Page(page.content.decode())) == []
    assert page.content.decode().count("Tuesday, January 5") >= 1
    assert address(wanted) in desk.get(f"/staff/requests/{wanted.reference}/days/").content.decode()
    assert len(queries_of(desk, address(wanted))) <= 10


def test_day_that_the_patient_chose_is_booked(desk, wanted, offer):
    day = days_of(offer)[1]
    assert desk.post(address(wanted), {"key": new_key()}).status_code == 422
    assert desk.post(address(wanted), {"key": new_key(), "visit": str(day.pk)}).status_code == 302
    day.refresh_from_db()
    wanted.refresh_from_db()
    assert (day.state, wanted.status) == ("booked", "scheduled")
    assert desk.get(address(wanted)).status_code == 302  # no offer waits any more


def test_none_works_frees_the_days_and_another_call_becomes_a_task(desk, wanted, offer):
    said = {"key": new_key(), "reason": "Only mornings", "wants_call": "on"}
    assert desk.post(address(wanted, "none-work/"), said).status_code == 302
    offer.refresh_from_db()
    assert (offer.state, offer.decline_reason) == ("declined", "Only mornings")
    assert not Claim.objects.exists()
    assert StaffTask.objects.get(kind="call").patient == wanted.patient


def test_days_are_held_longer_once(desk, wanted, offer, now):
    assert desk.post(address(wanted, "more-time/"), {"key": new_key()}).status_code == 302
    offer.refresh_from_db()
    assert offer.expires_at == now + timedelta(hours=8)
    again = desk.post(address(wanted, "more-time/"), {"key": new_key()})
    assert again.status_code == 409
    assert "Hold the days longer" not in desk.get(address(wanted)).content.decode()


def test_day_that_is_gone_is_told(desk, wanted, offer, now):
    day = days_of(offer)[0]
    Claim.objects.filter(visit=day).update(expires_at=now)
    answer = desk.post(address(wanted), {"key": new_key(), "visit": str(day.pk)})
    assert answer.status_code == 409
    assert "That time was just taken." in answer.content.decode()
