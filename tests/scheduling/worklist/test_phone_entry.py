"""Taking down a registration by phone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.models import BeforeVisit, Draft
from intake.registration.steps import FLOW
from intake.symptoms.questions import READ_ALOUD
from scheduling.models import AppointmentRequest
from tests.clinic.look.markup import Page, faults
from tests.intake.factories import send_page, walk_until
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.staff_rows import a_member, a_row

pytestmark = pytest.mark.django_db
FIRST = FLOW.steps[0]
FIRST_PAGE = reverse("registration:step", args=[FIRST.section, FIRST.slug])


@pytest.fixture
def coordinator(client):
    person = a_member("coordinator", "Robin Castle")
    client.force_login(person)
    return person


@pytest.fixture
def draft(client, coordinator):
    client.post("/staff/phone-entry/")
    return Draft.objects.get()


def test_start_opens_the_first_safety_question_with_the_banner(client, coordinator):
    answer = client.post("/staff/phone-entry/", follow=True)

    assert answer.redirect_chain[-1][0] == FIRST_PAGE
    assert "You are filling in for a caller" in answer.content.decode()
    assert Draft.objects.get().filled_by == "staff_phone"


def test_every_save_names_the_member_of_staff(client, coordinator, draft):
    send_page(client, FIRST.slug)

    entry = AuditEntry.objects.get(action="draft_step_saved", subject_id=str(draft.pk))
    assert (entry.actor_kind, entry.actor_id) == ("staff", str(coordinator.pk))


def test_whole_form_becomes_a_request_and_leads_to_its_page(client, coordinator, draft):
    walk_until(client, "none")

    answer = client.post("/register/send/", {"key": new_key()})

    wanted = AppointmentRequest.objects.get()
    assert answer.headers["Location"] == f"/staff/requests/{wanted.reference}/"
    assert wanted.filled_by == "staff_phone"
    assert AuditEntry.objects.get(action="request_sent").actor_id == str(coordinator.pk)
    assert client.get(FIRST_PAGE).status_code == 403  # nothing is open here any more
    assert client.get(f"/my/{wanted.reference}/").status_code == 403


def test_emergency_tells_staff_to_read_it_aloud(client, draft):
    walk_until(client, "bowel-change")
    send_page(client, "bowel-change", {"bowel_change": "no_control"})

    page = client.get("/register/emergency/").content.decode()

    assert "Read this page aloud now, word for word." in page
    assert page.index("Read this page aloud") < page.index("Send this number to the nurse")


def test_saving_for_a_caller_offers_no_button_that_would_sign_staff_out(client, draft):
    html = client.post(
        reverse("registration:save"),
        {"date_of_birth_month": "3", "date_of_birth_day": "27", "date_of_birth_year": "1951"},
    ).content.decode()
    assert "Your resume code" in html
    assert reverse("registration:leave") not in html


def test_leaving_forgets_the_form(client, draft):
    client.post("/staff/phone-entry/leave/")

    assert client.get(FIRST_PAGE).status_code == 403


def test_signing_out_forgets_the_form(client, draft):
    client.logout()

    assert client.get(FIRST_PAGE).status_code == 403


def test_form_of_one_member_opens_for_nobody_else(client, draft):
    session = client.session
    pointers = {name: session[name] for name in ("phone_draft_id", "phone_staff_id")}
    client.logout()
    stranger = client.session
    stranger.update(pointers)
    stranger.save()
    assert client.get(FIRST_PAGE).status_code == 403

    client.force_login(a_member("nurse"))
    colleague = client.session
    colleague.update(pointers)
    colleague.save()
    assert client.get(FIRST_PAGE).status_code == 403


def test_member_who_lost_the_role_reaches_the_form_no_more(client, coordinator, draft):
    coordinator.roles = ["clinician"]
    coordinator.save()

    assert client.get(FIRST_PAGE).status_code == 403


@pytest.mark.parametrize("filled_by", ["staff_phone", "referring_clinician"])
def test_public_page_takes_no_phone_entry(client, filled_by):
    answer = client.post("/register/who/", {"filled_by": filled_by})

    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_who_page_does_not_turn_phone_entry_into_something_else(client, draft):
    answer = client.post("/register/who/", {"filled_by": "caregiver"})

    draft.refresh_from_db()
    assert (answer.status_code, draft.filled_by) == (302, "staff_phone")


def test_staff_answer_the_pages_before_the_visit_for_a_caller(client, coordinator):
    wanted = a_row()
    address = f"/staff/requests/{wanted.reference}/before-visit/"
    html = client.get(address).content.decode()
    assert "You are filling in for a caller" in html
    assert "Would you rather tell us by phone?" not in html

    answer = client.post(f"{address}insurance/status/", {"version": "0", "insurance_status": "unsure"})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(address)
    assert BeforeVisit.objects.get(report=wanted.report).answers["insurance_status"] == "unsure"
    entry = AuditEntry.objects.filter(action="before_visit_saved").get()
    assert entry.actor_id == str(coordinator.pk)


@pytest.mark.parametrize("role", ["physician", "clinician", "administrator", "auditor"])
def test_before_visit_by_phone_is_for_the_desk_only(client, role):
    client.force_login(a_member(role))

    assert client.get(f"/staff/requests/{a_row().reference}/before-visit/").status_code == 403


def test_closed_request_takes_no_more_answers(client, coordinator):
    wanted = a_row(status="withdrawn", withdrawn_at=timezone.now(), closed_at=timezone.now())

    answer = client.get(f"/staff/requests/{wanted.reference}/before-visit/")

    assert answer.headers["Location"] == f"/staff/requests/{wanted.reference}/"


# The wording


def page_of(client, slug) -> str:
    return client.get(reverse("registration:step", args=[FLOW.get(slug).section, slug])).content.decode()


def test_every_page_speaks_of_the_patient_or_is_read_aloud(client, draft):
    walk_until(client, "check")
    for step in FLOW.applicable(Draft.objects.get().answers):
        html = page_of(client, step.slug)
        keys = {one.key for question in step.questions for one in question.walk()}
        assert ("Read aloud, word for word:" in html) == (not keys.isdisjoint(READ_ALOUD)), step.slug
    assert "Are your legs weak in a new way?" in page_of(client, "leg-weakness")
    assert "What is the patient&#x27;s date of birth?" in page_of(client, "birth-date")
    phone = page_of(client, "phone")
    assert "How to reach the patient" in phone
    assert "your own number" not in phone


def test_check_of_the_answers_gives_staff_the_words_for_the_agreement(client, draft):
    walk_until(client, "check")
    html = client.get("/register/check/").content.decode()
    assert "Check the answers before you send" in html
    assert "Send it if the caller agrees." in html
    assert "Send the request" in html
    assert "Check your answers" not in html
    assert faults(Page(html)) == []


def test_answers_taken_down_are_kept_as_the_patients_own(client, draft):
    walk_until(client, "none")
    client.post("/register/send/", {"key": new_key()})
    wanted = AppointmentRequest.objects.get()
    assert not [entry for entry in wanted.report.snapshot if "the patient" in entry["question"].lower()]
    in_session_of(client, wanted)
    html = client.get(f"/my/{wanted.reference}/summary/").content.decode()
    assert "Date of birth" in html
    assert "the patient" not in html.partition("<table")[2].lower()


def test_pages_before_the_visit_speak_to_staff_about_the_patient(client, coordinator):
    wanted = a_row()
    html = client.get(f"/staff/requests/{wanted.reference}/before-visit/").content.decode()
    assert "Before the patient's visit" in html
    assert "Ask what is still open." in html
    page = client.get(f"/staff/requests/{wanted.reference}/before-visit/about/address/").content.decode()
    assert "Where does the patient live?" in page
