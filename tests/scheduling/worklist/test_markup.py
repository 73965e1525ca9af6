"""The pages of the worklist as a screen reader meets them: no id twice, a label for each field, no link to nowhere."""

import pytest

from intake.models import StaffTask
from tests.clinic.look.markup import Page, faults
from tests.scheduling.follow_up.rows import a_letter
from tests.scheduling.staff_rows import EMERGENCY, ROUTINE, a_member, a_row, a_visit_type, an_alert

pytestmark = pytest.mark.django_db
OF_A_REQUEST = (
    "", "answers/", "records/", "timeline/", "triage/", "hand-over/", "scores/", "plan/", "new-symptoms/", "call/",
    "note/",
)  # fmt: skip


@pytest.fixture
def nurse(client):
    a_visit_type()
    person = a_member("nurse", "Dana Whitfield")
    client.force_login(person)
    return person


def faults_of(answer) -> list[str]:
    assert answer.status_code in (200, 422)
    return faults(Page(answer.content.decode()))


@pytest.mark.parametrize("page", OF_A_REQUEST)
@pytest.mark.parametrize("answers", [ROUTINE, EMERGENCY], ids=["routine", "emergency"])
def test_pages_of_a_request(client, nurse, page, answers):
    wanted = a_row(answers)
    an_alert(wanted.report)
    address = f"/staff/requests/{wanted.reference}/{page}"
    assert faults_of(client.post(address) if page in ("call/", "note/") else client.get(address)) == []


def test_form_with_an_error_leads_to_its_own_field(client, nurse):
    wanted = a_row()
    html = client.post(f"/staff/requests/{wanted.reference}/note/", {"key": "k", "text": ""}).content.decode()
    assert 'href="#note_text"' in html
    assert 'id="note_text"' in html


def test_lists_and_what_hangs_on_them(client, nurse):
    wanted = a_row(EMERGENCY)
    alert = an_alert(wanted.report)
    task = StaffTask.objects.create(kind="call", patient=wanted.patient, report=wanted.report)
    letter = a_letter(wanted, nurse)
    pages = ("", "?tab=all&level=urgent", "to-call/", "search/", "tasks/", f"tasks/{task.pk}/", "alerts/")
    pages += (f"alerts/{alert.pk}/", f"requests/{wanted.reference}/letters/{letter.pk}/", "phone-entry/", "my-day/")
    for page in pages:
        assert faults_of(client.get(f"/staff/{page}")) == [], page


def test_pages_of_the_short_form(client, nurse):
    address = f"/staff/requests/{a_row().reference}/new-symptoms/"
    client.post(address)
    assert faults_of(client.get(address)) == []
    assert faults_of(client.get(f"{address}acute-general/")) == []
    assert (
        faults_of(client.post(f"{address}acute-general/", {"version": "0", "acute_general": ["chest_pain", "none"]}))
        == []
    )
