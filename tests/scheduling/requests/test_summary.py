"""All answers to print, as PDF, and as data: complete, only for their owner, without a trace elsewhere."""

import io
import json
import logging
import subprocess

import pytest
from django.utils import timezone
from pypdf import PdfReader

from clinic.messages.models import Message
from clinic.messages.send import request_received
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.pdf import render
from intake.before_visit.models import BeforeVisit
from intake.patients.identity import email_index
from intake.patients.models import Patient, Proxy
from intake.symptoms.models import SymptomReport
from scheduling.requests.actions import send_request
from scheduling.requests.models import AppointmentRequest
from tests.scheduling.own_steps import filled_in_by_a_caregiver, in_session_of
from tests.scheduling.patient_steps import (
    NAMES,
    NOW,
    a_complete_draft,
    a_wanted_request,
    an_offer,
    book_first_day,
    open_with,
    queries_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning(time_machine):
    """The clock stands on Friday, November 20, 2026, at 10 a.m."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def wanted(client) -> AppointmentRequest:
    """A request that was sent with words of their own and questions left open, open in this browser."""
    draft = a_complete_draft(
        reason_text="Since the move my hip <b>hurts</b>", what_matters=None, npp_ack="acknowledged"
    )
    wanted = send_request(draft, by=Actor("patient", f"draft:{draft.pk}"), key="k" * 32)
    Patient.objects.filter(pk=wanted.patient_id).update(email_index=email_index(NAMES["email"]))
    in_session_of(client, wanted)
    return wanted


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_every_answer_and_every_skipped_question_is_on_the_page(client, wanted):
    html = client.get(f"/my/{wanted.reference}/summary/").content.decode()
    for word in (NAMES["first"], NAMES["last"], "March 27, 1951", "202-555-0142", NAMES["email"], "48109", "Breast"):
        assert word in html, word
    assert "Since the move my hip &lt;b&gt;hurts&lt;/b&gt;" in html
    assert "Not provided" in html
    assert wanted.reference in html
    assert '<td class="mono">202-555-0142</td>' in html


def test_answers_before_the_visit_and_new_symptoms_are_there(client, wanted):
    BeforeVisit.objects.create(
        report=wanted.report, answers={"preferred_name": "Bel"}, steps_done=["other-names"], step_authors={}
    )
    SymptomReport.objects.create(
        patient=wanted.patient,
        filled_by="patient",
        answers={},
        snapshot=[{"key": "what_changed", "question": "What is new?", "value": "My knee", "label": "My knee"}],
        sent_at=NOW,
        follows=wanted.report,
    )
    html = client.get(f"/my/{wanted.reference}/summary/").content.decode()
    assert "My knee" in html
    assert "Friday, November 20, 2026" in html
    assert "About you" in html


def test_the_pdf_is_tagged_named_and_complete(client, wanted):
    answer = client.get(f"/my/{wanted.reference}/summary.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="clinic-answers.pdf"'
    assert answer["Cache-Control"] == "no-store"
    reader = PdfReader(io.BytesIO(answer.content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"].lower().startswith("en")
    assert reader.metadata.title.startswith("Your answers - ")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    text = text_of(answer.content)
    for word in (NAMES["last"], "202-555-0142", wanted.reference, "Since the move my hip <b>hurts</b>", "Not provided"):
        assert word in text, word
    assert "Page 1 of" in text


def test_what_somebody_wrote_fetches_nothing(client, wanted):
    html = '<html lang="en"><title>T</title><body><img src="file:///etc/hostname" alt=""><p>kept</p></body></html>'
    child = render.CHILD
    done = subprocess.run(
        [render.sys.executable, "-I", str(child)],
        input=json.dumps({"html": html, "css": "p { background: url(http://127.0.0.1:9/x) }"}).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"/XObject" not in done.stdout.replace(b"/XObject <<>>", b"")
    assert "kept" in text_of(done.stdout)


@pytest.mark.parametrize("answer", ["missing", "broken", "slow"])
def test_where_no_pdf_can_be_made_the_page_says_so_and_offers_print(client, wanted, monkeypatch, answer):
    def run(*args, **kwargs):
        if answer == "slow":
            raise subprocess.TimeoutExpired("child", 1)
        return subprocess.CompletedProcess(args, 3 if answer == "missing" else 0, b"no file", b"")

    monkeypatch.setattr(render.subprocess, "run", run)
    page = client.get(f"/my/{wanted.reference}/summary.pdf")
    assert page.status_code == 503
    assert f'href="/my/{wanted.reference}/summary/"' in page.content.decode()


def test_without_the_library_the_page_offers_print_only(client, wanted, monkeypatch):
    monkeypatch.setattr("scheduling.requests.summary_views.is_installed", lambda: False)
    html = client.get(f"/my/{wanted.reference}/summary/").content.decode()
    assert "summary.pdf" not in html
    assert "Print this page" in html


def test_the_child_process_knows_none_of_our_secrets(client, wanted, monkeypatch):
    given = {}

    def run(*args, **kwargs):
        given.update(kwargs)
        return subprocess.CompletedProcess(args, 0, b"%PDF-1.7", b"")

    monkeypatch.setenv("SECRET_KEY", "a secret")
    monkeypatch.setattr(render.subprocess, "run", run)
    client.get(f"/my/{wanted.reference}/summary.pdf")
    assert set(given["env"]) <= {"PATH", "LANG", "LC_ALL", "HOME"}


def test_own_data_come_at_once_under_a_name_that_says_nothing(client, wanted):
    request_received(NAMES["email"], reference=wanted.reference, link="https://clinic.example/my/")
    answer = client.get(f"/my/{wanted.reference}/data.json")
    assert answer["Content-Disposition"] == 'attachment; filename="clinic-data.json"'
    data = json.loads(answer.content)
    assert data["first_contact"]["legal_last_name"] == NAMES["last"]
    assert data["request"]["reference"] == wanted.reference
    assert any(one["answer"] == "Since the move my hip <b>hurts</b>" for one in data["symptoms"][0]["answers"])
    assert data["messages"][0]["template"] == "request_received"
    assert data["who_looked"][0]["who"] == "patient"
    assert AuditEntry.objects.filter(subject_id=str(wanted.pk), data={"purpose": "own_data"}).count() == 1


def test_own_data_tell_the_visit_but_no_name_of_staff(client):
    offer = an_offer()
    open_with(client, offer)
    book_first_day(client, offer)
    text = client.get(f"/my/{offer.request.reference}/data.json").content.decode()
    data = json.loads(text)
    assert data["visits"][0]["state"] == "booked"
    assert data["visits"][0]["appointments"][1]["specialty"] == "Spine surgery"
    assert "Person" not in text  # how the clinicians of this test are called


def test_a_caregiver_who_was_not_verified_gets_back_what_they_entered(client, wanted):
    filled_in_by_a_caregiver(wanted)
    SymptomReport.objects.create(
        patient=wanted.patient,
        filled_by="patient",
        answers={},
        snapshot=[{"key": "what_changed", "question": "What is new?", "value": "Secret", "label": "Secret"}],
        sent_at=NOW,
        follows=wanted.report,
    )
    BeforeVisit.objects.create(
        report=wanted.report,
        answers={"preferred_name": "Secretname"},
        steps_done=["other-names"],
        step_authors={"other-names": "patient"},
    )
    page = client.get(f"/my/{wanted.reference}/summary/").content.decode()
    data = client.get(f"/my/{wanted.reference}/data.json").content.decode()
    for text in (page, data):
        assert "Secret" not in text
        assert NAMES["last"] in text
    assert "who_looked" not in json.loads(data)
    Proxy.objects.update(verified_at=timezone.now())
    assert "Secret" in client.get(f"/my/{wanted.reference}/data.json").content.decode()


@pytest.mark.parametrize("path", ["summary/", "summary.pdf", "data.json"])
def test_nobody_else_gets_it(client, wanted, path):
    assert client.get(f"/my/{a_wanted_request().reference}/{path}").status_code == 404
    client.cookies.clear()
    page = client.get(f"/my/{wanted.reference}/{path}")
    assert page.status_code == 403
    assert NAMES["last"] not in page.content.decode()


def test_nothing_of_it_is_logged(client, wanted, caplog):
    with caplog.at_level(logging.DEBUG):
        for path in ("summary/", "summary.pdf", "data.json"):
            client.get(f"/my/{wanted.reference}/{path}")
    own = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    for word in (NAMES["last"], NAMES["email"], "hurts"):
        assert word not in own


@pytest.mark.parametrize("others", [0, 29])
def test_pages_stay_within_their_queries(client, wanted, others):
    for _number in range(others):
        SymptomReport.objects.create(
            patient=wanted.patient, filled_by="patient", answers={}, snapshot=[], sent_at=NOW, follows=wanted.report
        )
        Message.objects.create(template="x", to_index=email_index(NAMES["email"]), to="x", context={})
        client.get(f"/my/{wanted.reference}/summary/")
    assert len(queries_of(client, f"/my/{wanted.reference}/summary/")) <= 10
    assert len(queries_of(client, f"/my/{wanted.reference}/data.json")) <= 10
