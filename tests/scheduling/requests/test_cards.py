"""What the cards say of sections and files, and how the pages of a request speak to a caregiver."""

import html
import re
import time

import pytest
from django.utils import timezone

from intake.before_visit.models import BeforeVisit
from intake.patients.models import Proxy
from intake.registration.models import Draft
from scheduling.models import AppointmentRequest
from tests.clinic.look.markup import Page, faults
from tests.scheduling.own_steps import filled_in_by_a_caregiver, in_session_of
from tests.scheduling.patient_steps import NOW, a_wanted_request, an_offer, book_first_day
from tests.scheduling.requests.before_visit_pages import address, answer_all, enter, post_step
from tests.scheduling.staff_rows import a_file
from tests.support.reading import grade

pytestmark = pytest.mark.django_db
DONE = re.compile(r"(\d) of (\d) sections? (?:done|completed)")
# Not "your answers": a safety message, the same for everybody, says it
TO_A_PATIENT = re.compile(r"\b(?:your (?:request|visit|day|doctors|reference)|you need|for you|you are safe)\b", re.I)


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


def text_of(page) -> str:
    found = re.search(r"<main.*?</main>", page.content.decode(), re.S).group()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found)).split())


def sections_said(page) -> str:
    return DONE.search(text_of(page)).group(1)


# Sections


@pytest.mark.parametrize("caregiver", [False, True])
def test_card_counts_the_sections_that_the_task_list_counts(client, caregiver):
    wanted = a_wanted_request()
    enter(client, wanted, caregiver=caregiver)
    answer_all(client, wanted)
    for said in ([], ["about"], ["about", "cancer", "records", "insurance", "visit", "optional"]):
        BeforeVisit.objects.update(sections_done=said)
        card = sections_said(client.get(f"/my/{wanted.reference}/"))
        assert card == sections_said(client.get(address(wanted, "list"))), said
    assert card == "5"


def test_section_that_was_called_completed_and_lacks_an_answer_does_not_count(client):
    wanted = a_wanted_request()
    enter(client, wanted)
    post_step(client, wanted, "address")
    BeforeVisit.objects.update(sections_done=["insurance", "visit"])
    card = sections_said(client.get(f"/my/{wanted.reference}/"))
    assert card == sections_said(client.get(address(wanted, "list")))


# Files


def test_request_page_tells_how_many_files_there_are_and_what_became_of_each(client):
    wanted = a_wanted_request()
    in_session_of(client, wanted)
    assert "file added" not in text_of(client.get(f"/my/{wanted.reference}/"))
    a_file(wanted.report, original_name="Hip <scan>.pdf")
    a_file(wanted.report, kind="labs", original_name="Labs.pdf", scan="clean")
    a_file(wanted.report, state="refused", original_name="Not kept.pdf")
    a_file(a_wanted_request().report, original_name="Foreign.pdf")
    page = client.get(f"/my/{wanted.reference}/")
    said = text_of(page)
    assert "2 files added" in said
    assert "Hip <scan>.pdf Biopsy or pathology report, added November 20 Added, not checked for viruses yet" in said
    assert "Labs.pdf Blood test results, added November 20 Added How" not in said
    assert "Not kept" not in said
    assert "Foreign" not in said
    assert faults(Page(page.content.decode())) == []
    assert "(2 files added)" in text_of(client.get("/my/"))


def test_patient_reads_in_plain_words_that_a_file_was_not_checked(client):
    wanted = a_wanted_request()
    in_session_of(client, wanted)
    a_file(wanted.report)
    said = text_of(client.get(f"/my/{wanted.reference}/files/"))
    assert "Added, not checked for viruses yet" in said
    told = "A file that is not checked for viruses yet is kept safe. Our staff take care when they open it."
    assert told in said
    assert grade(told) <= 6
    wanted.report.uploads.update(scan="clean")
    assert "checked for viruses" not in text_of(client.get(f"/my/{wanted.reference}/files/"))


def test_caregiver_who_was_not_verified_sees_of_files_what_caregivers_added(client):
    wanted = filled_in_by_a_caregiver(a_wanted_request())
    in_session_of(client, wanted)
    a_file(wanted.report, original_name="Secret.pdf")
    a_file(wanted.report, original_name="Mine.pdf", by_kind="caregiver")
    said = text_of(client.get(f"/my/{wanted.reference}/"))
    assert "1 file added" in said
    assert "Mine.pdf" in said
    assert "Secret" not in said
    Proxy.objects.update(verified_at=timezone.now())
    assert "Secret.pdf" in text_of(client.get(f"/my/{wanted.reference}/"))


# Words for a caregiver


@pytest.mark.parametrize("status", AppointmentRequest.Status.values)
def test_request_page_speaks_of_the_patient_to_a_caregiver(client, status):
    offer = an_offer()
    wanted = filled_in_by_a_caregiver(offer.request, verified=True)
    in_session_of(client, wanted)
    if status == "scheduled":
        book_first_day(client, offer)
    AppointmentRequest.objects.filter(pk=wanted.pk).update(status=status)
    said = text_of(client.get(f"/my/{wanted.reference}/"))
    assert "The patient's request" in said
    assert "the patient loses control of the bladder or bowels" in said
    fixed = ("Planning your visit", "Choose your day")  # the words of the states, the same for everybody
    for words in fixed:
        said = said.replace(words, "")
    assert TO_A_PATIENT.findall(said) == []


@pytest.mark.parametrize(("level", "message"), [("routine", "M-ROUTINE"), ("soon", "M-SOON"), ("emergency", "M-SPINE")])
def test_page_after_sending_speaks_of_the_patient_to_a_caregiver(client, level, message):
    wanted = filled_in_by_a_caregiver(a_wanted_request(level=level, status="submitted"))
    type(wanted.triage).objects.filter(pk=wanted.triage_id).update(level=level, message=message)
    draft = Draft.objects.create(state="sent", request_reference=wanted.reference, expires_at=timezone.now())
    session = client.session
    session["draft_id"], session["patient_seen"] = str(draft.pk), int(time.time())
    session.save()
    page = client.get("/register/sent/")
    said = text_of(page)
    assert "We plan one day for the patient" in said
    assert "The patient chooses" in said
    assert TO_A_PATIENT.findall(said) == []
    assert faults(Page(page.content.decode())) == []


def test_record_to_print_is_the_patients_for_a_caregiver(client):
    wanted = filled_in_by_a_caregiver(a_wanted_request())
    in_session_of(client, wanted)
    assert "The patient's answers" in text_of(client.get(f"/my/{wanted.reference}/summary/"))
