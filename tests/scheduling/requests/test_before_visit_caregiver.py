"""Nothing flows back to a caregiver before staff have verified them; and the wording is theirs."""

import pytest
from django.utils import timezone

from intake.before_visit.models import BeforeVisit
from intake.patients.models import Proxy
from tests.scheduling.patient_steps import a_wanted_request
from tests.scheduling.requests.before_visit_pages import (
    add_row,
    address,
    enter,
    post_list,
    post_step,
    row_address,
    step_address,
)

pytestmark = pytest.mark.django_db
SECRET = "Hush Street"


@pytest.fixture
def wanted(client):
    """A request that a caregiver sent; the patient has answered the address and an allergy since."""
    found = a_wanted_request(filled_by="caregiver")
    type(found.report).objects.update(filled_by="caregiver")
    enter(client, found)
    post_step(client, found, "address", {"address_line1": SECRET, "city": "Ann Arbor", "state": "MI"})
    add_row(client, found, "allergies", {"kind": "drug", "name": SECRET})
    enter(client, found, caregiver=True)
    return found


@pytest.fixture
def proxy(wanted):
    """The caregiver as staff know them, not verified."""
    return Proxy.objects.create(patient=wanted.patient, name="Ana", relation="child", authority="parent")


def everything(client, wanted) -> str:
    """What the pages show, one after another."""
    row = BeforeVisit.objects.get().answers["allergies"][0]["id"]
    pages = [
        address(wanted, "list"),
        address(wanted, "check"),
        address(wanted, "section-done", "about"),
        address(wanted, "section-done", "records"),
        step_address(wanted, "address"),
        step_address(wanted, "allergies"),
        row_address(wanted, "allergies"),
        row_address(wanted, "allergies", row),
        row_address(wanted, "allergies", row, name="remove"),
    ]
    return "".join(client.get(page).content.decode() for page in pages)


def test_what_others_answered_is_not_shown_and_said_to_be_completed(client, wanted, proxy):
    html = everything(client, wanted)
    assert SECRET not in html
    assert "Our team must check first" in html
    page = client.get(address(wanted, "check"))
    told = {str(row["key"]): row for group in page.context["groups"] for row in group.rows}
    assert told["Where does the patient live?"]["value"] == "Completed"
    assert not told["Where does the patient live?"]["change_url"]
    assert client.get(step_address(wanted, "address")).status_code == 403


def test_what_others_answered_cannot_be_changed(client, wanted, proxy):
    before = BeforeVisit.objects.get().answers
    row = before["allergies"][0]["id"]
    for answer in (
        post_step(client, wanted, "address", {"address_instead": ["prefer_not"]}),
        post_list(client, wanted, "allergies", "none"),
        add_row(client, wanted, "allergies"),
        client.post(row_address(wanted, "allergies", row, name="remove")),
    ):
        assert answer.status_code == 403
    assert BeforeVisit.objects.get().answers == before


def test_caregiver_goes_on_with_the_other_pages_and_sees_own_answers(client, wanted, proxy):
    answer = post_step(client, wanted, "other-names", {"preferred_name": "Mari"})
    assert answer["Location"] == step_address(wanted, "emergency-contact")
    assert "Mari" in client.get(step_address(wanted, "other-names")).content.decode()
    assert client.get(address(wanted, "list")).context["tasks"][0]["url"] == step_address(wanted, "emergency-contact")


def test_page_the_patient_changed_is_closed_from_then_on(client, wanted, proxy):
    post_step(client, wanted, "other-names", {"preferred_name": "Mari"})
    enter(client, wanted)
    post_step(client, wanted, "other-names", {"preferred_name": "Secretly"})
    enter(client, wanted, caregiver=True)
    assert client.get(step_address(wanted, "other-names")).status_code == 403


def test_section_can_be_completed_with_pages_that_others_answered(client, wanted, proxy):
    post_step(client, wanted, "emergency-contact")
    post_step(client, wanted, "needs")
    assert client.post(address(wanted, "section-done", "about"), {"done": "yes"}).status_code == 302
    assert client.get(address(wanted, "list")).context["tasks"][0]["status"] == "Completed"


def test_insurance_of_others_does_not_show_by_the_pages_that_are_asked(client, wanted, proxy):
    enter(client, wanted)
    post_step(client, wanted, "status", {"insurance_status": "insured"})
    enter(client, wanted, caregiver=True)
    assert client.get(step_address(wanted, "plan")).status_code == 302
    assert "The plan" not in client.get(address(wanted, "section-done", "insurance")).content.decode()


def test_verified_caregiver_sees_everything(client, wanted, proxy):
    Proxy.objects.update(verified_at=timezone.now())
    assert SECRET in everything(client, wanted)
    assert client.get(step_address(wanted, "address")).status_code == 200


def test_one_verified_of_two_caregivers_opens_nothing(client, wanted, proxy):
    Proxy.objects.update(verified_at=timezone.now())
    Proxy.objects.create(patient=wanted.patient, name="Bo", relation="friend", authority="patient_asked")
    assert SECRET not in everything(client, wanted)


def test_patient_sees_everything_in_the_patients_words(client, wanted, proxy):
    assert "Before the patient's visit" in client.get(address(wanted, "list")).content.decode().replace("&#x27;", "'")
    enter(client, wanted)
    assert SECRET in everything(client, wanted)
    assert "Before your visit" in client.get(address(wanted, "list")).content.decode()
