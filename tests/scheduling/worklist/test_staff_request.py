"""The request page, its calls and the review."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.models import AuditEntry
from clinic.platform.audit.record import record_view
from clinic.platform.submits.once import new_key
from intake.models import BeforeVisit, ContactAttempt, Coverage, Proxy, ReadinessItem, StaffTask, TriageReview
from intake.triage.models import AlertStep
from scheduling.follow_up.models import Letter
from scheduling.models import AppointmentRequest, RequestNote, StateChange
from tests.scheduling.staff_rows import (
    EMERGENCY,
    ROUTINE,
    a_booked_visit,
    a_clinician_row,
    a_file,
    a_member,
    a_row,
    a_visit_type,
    an_alert,
    queries_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(client):
    a_visit_type()
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


def page_of(client, wanted, part=""):
    return client.get(f"/staff/requests/{wanted.reference}/{part}").content.decode()


def review_of(wanted, **fields):
    """A complete review as the page posts it."""
    values = {
        "key": new_key(),
        "version": wanted.version,
        "opened_at": timezone.now().isoformat(),
        "disposition": "routine",
        "reason": "",
        "visit_type": "coordinated_new",
        "specialties": ["RAD_ONC"],
    }
    return values | fields


def send_review(client, wanted, **fields):
    return client.post(f"/staff/requests/{wanted.reference}/triage/", review_of(wanted, **fields))


def test_request_page_shows_safety_answers_before_the_others(client, nurse):
    page = page_of(client, a_row(EMERGENCY))

    heads = ["safety", "rules", "as-asked", "readiness", "files", "days", "latest", "clock", "calls", "notes"]
    assert sorted(heads, key=lambda one: page.index(f'<h2 id="{one}"')) == heads
    assert "I lost control, or I cannot feel when I need to go" in page


def test_request_page_shows_each_rule_with_reason_and_source(client, nurse):
    page = page_of(client, a_row(EMERGENCY))

    assert "New bowel incontinence" in page
    assert "E04" in page
    assert "Source: " in page


def test_request_page_says_that_a_caregivers_authority_is_not_verified(client, nurse):
    wanted = a_row()
    Proxy.objects.create(patient=wanted.patient, name="Ana Alvarez", relation="daughter", authority="patient_asked")

    page = page_of(client, wanted)

    assert "Ana Alvarez" in page
    assert "Authority not verified" in page


def test_request_page_escapes_what_the_patient_wrote(client, nurse):
    page = page_of(client, a_row({**ROUTINE, "what_matters": "<script>alert(1)</script>"}))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_request_page_shows_records_tasks_and_what_was_told_before_the_visit(client, nurse):
    wanted = a_row()
    ReadinessItem.objects.create(report=wanted.report, kind="imaging", detail="MRI, hip", source="North Hospital")
    StaffTask.objects.create(kind="mri_safety", patient=wanted.patient, report=wanted.report)
    BeforeVisit.objects.create(report=wanted.report, answers={"insurance_status": "applying"})

    page = page_of(client, wanted) + page_of(client, wanted, "answers/")

    assert "0 of 1 records received" in page
    assert "MRI, hip (North Hospital)" in page
    assert "MRI safety" in page
    assert "Not yet, we have asked for it" in page


def test_request_page_flags_medicines_and_results_that_a_nurse_should_look_at(client, nurse):
    wanted = a_row()
    medicine = {"id": "a" * 32, "name": "Xarelto", "dose": "20 mg", "flags": ["anticoagulant"]}
    result = {"id": "b" * 32, "test": "calcium", "value": "99", "unit": "mg/dL", "out_of_range": True}
    told = {"medications": [medicine], "medicines_any": "listed", "labs": [result]}
    BeforeVisit.objects.create(report=wanted.report, answers=told, steps_done=["medicines", "labs"])
    page = page_of(client, wanted, "answers/")
    assert "Xarelto: 20 mg [blood thinner]" in page
    assert "[check the number]" in page


def test_request_page_names_a_plan_without_a_name_by_its_kind_in_words(client, nurse):
    wanted = a_row()
    Coverage.objects.create(patient=wanted.patient, position=1, payer_type="workers_compensation", member_id="W123")
    page = page_of(client, wanted, "answers/")
    assert "First plan: Workers&#x27; compensation, " in page
    assert "workers_compensation" not in page


def test_authority_is_verified_on_the_request_page_and_the_mark_taken_back(client, nurse):
    wanted = a_row()
    proxy = Proxy.objects.create(patient=wanted.patient, name="Ana", relation="child", authority="legal_guardian")
    address = f"/staff/requests/{wanted.reference}/caregivers/{proxy.pk}/"
    key = new_key()

    for _time in range(2):  # a double click is one mark
        client.post(address, {"key": key})
    proxy.refresh_from_db()
    assert proxy.verified_by == "Dana Whitfield"
    assert "says they are the legal guardian" in page_of(client, wanted)
    assert AuditEntry.objects.filter(action="proxy_verified", subject_id=str(proxy.pk)).count() == 1

    client.post(address, {"key": new_key(), "then": "undo"})
    proxy.refresh_from_db()
    assert (proxy.verified_at, proxy.verified_by) == (None, "")
    assert StaffTask.objects.filter(kind="verify_proxy", state="open").count() == 1


def test_person_without_a_claim_cannot_be_verified(client, nurse):
    wanted = a_row()
    proxy = Proxy.objects.create(patient=wanted.patient, name="Ana", relation="child", authority="none")

    client.post(f"/staff/requests/{wanted.reference}/caregivers/{proxy.pk}/", {"key": new_key()})

    proxy.refresh_from_db()
    assert proxy.verified_at is None
    assert "I have verified this" not in page_of(client, wanted)


def test_look_at_a_request_leaves_one_audit_row(client, nurse):
    wanted = a_row()

    page_of(client, wanted)

    [entry] = AuditEntry.objects.filter(subject_id=str(wanted.pk))
    assert entry.actor_id == str(nurse.pk)
    assert entry.data == {"purpose": "request_page"}


@pytest.mark.parametrize("part", ["", "answers/", "records/", "timeline/", "triage/"])
@pytest.mark.parametrize("things", [1, 30])
def test_pages_of_a_request_ask_ten_questions_at_most(client, nurse, things, part):
    wanted, clinician, now = a_row(EMERGENCY), a_clinician_row(), timezone.now()
    for number in range(things):
        alert = an_alert(wanted.report)
        AlertStep.objects.create(alert=alert, kind="detected", at=now)
        RequestNote.objects.create(request=wanted, kind="note", text="Called her son", by_label="Luis", at=now)
        Letter.objects.create(
            request=wanted, kind="disposition", addressee="X", body="Y", written_by=nurse, written_at=now
        )
        record_view(wanted, by=staff_actor(a_member("nurse")))
        ContactAttempt.objects.create(report=wanted.report, reached=False, by=nurse, at=now)
        visit = a_booked_visit(wanted, [clinician], starts_at=now + timedelta(days=number))
        state = {"thing": "visit", "thing_id": visit.pk, "to_state": "booked", "by_kind": "staff", "by_id": nurse.pk}
        StateChange.objects.create(at=now, **state)
        ReadinessItem.objects.create(report=wanted.report, kind="imaging")
        StaffTask.objects.create(kind="insurance_help", patient=wanted.patient, report=wanted.report)
        Coverage.objects.create(patient=wanted.patient, position=number + 1, payer_type="medicare")
        Proxy.objects.create(patient=wanted.patient, name="Ana", relation="child", authority="none")
        a_file(wanted.report)

    assert queries_of(lambda: page_of(client, wanted, part)) <= 10


def test_call_that_did_not_reach_the_person_leaves_the_clock_running(client, nurse):
    wanted = a_row()

    client.post(f"/staff/requests/{wanted.reference}/call/", {"key": new_key(), "reached": "no", "note": "Voicemail"})

    wanted.refresh_from_db()
    assert wanted.contacted_at is None
    assert "Voicemail" in page_of(client, wanted)


def test_call_that_reached_the_person_stops_the_clock(client, nurse):
    wanted, key = a_row(), new_key()

    for _time in range(2):  # a double click is one call
        client.post(f"/staff/requests/{wanted.reference}/call/", {"key": key, "reached": "yes", "note": ""})

    wanted.refresh_from_db()
    assert wanted.contacted_at == ContactAttempt.objects.get().at


def test_call_form_with_errors_keeps_the_note(client, nurse):
    wanted = a_row()

    answer = client.post(
        f"/staff/requests/{wanted.reference}/call/", {"key": new_key(), "note": "She asked for Friday"}
    )

    assert answer.status_code == 422
    assert "She asked for Friday" in answer.content.decode()
    assert "Select whether you reached the person" in answer.content.decode()


def test_review_ticks_what_the_answers_suggest_and_says_why(client, nurse):
    page = client.get(f"/staff/requests/{a_row().reference}/triage/").content.decode()

    assert "D01: Every patient" in page
    assert page.count("checked") >= 2


def test_review_as_computed_needs_no_reason(client, nurse):
    wanted = a_row()

    answer = send_review(client, wanted)

    wanted.refresh_from_db()
    assert answer.status_code == 302
    assert wanted.reviewed_at
    assert wanted.specialties == ["RAD_ONC"]


def test_review_that_changes_the_level_needs_a_reason_and_keeps_everything(client, nurse):
    wanted = a_row()

    answer = send_review(client, wanted, disposition="urgent")

    assert answer.status_code == 422
    assert "Enter why you change the computed level (routine)" in answer.content.decode()
    assert not TriageReview.objects.exists()


def test_review_lowers_an_emergency_only_with_a_reason(client, nurse):
    wanted = a_row(EMERGENCY)

    refused = send_review(client, wanted, disposition="soon")
    saved = send_review(client, wanted, disposition="soon", reason="Long-standing, seen by the spine team yesterday")

    wanted.refresh_from_db()
    assert (refused.status_code, saved.status_code) == (422, 302)
    assert (wanted.level, wanted.triage.level) == ("soon", "emergency")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"disposition": ""}, "Select how soon this person must be seen"),
        ({"disposition": "tomorrow"}, "Select one of the answers shown"),
        ({"visit_type": ""}, "Select the visit type"),
        ({"specialties": []}, "Select at least one specialty"),
        ({"disposition": "needs_information"}, "Enter what information is needed"),
        ({"disposition": "not_for_this_clinic"}, "Enter why this is not for this clinic"),
        ({"disposition": "not_for_this_clinic", "reason": "No cancer"}, "Select a letter, or that the person is told"),
        (
            {"disposition": "not_for_this_clinic", "reason": "No cancer", "letter": "emergency_department"},
            "Select a letter that fits the decision",
        ),
        ({"opened_at": "yesterday"}, "Open this page again"),
        ({"specialties": ["WITCHCRAFT"]}, "Select from the answers shown"),
    ],
)
def test_review_with_a_gap_says_what_to_enter(client, nurse, fields, said):
    answer = send_review(client, a_row(), **fields)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not TriageReview.objects.exists()


def test_review_of_a_changed_request_says_what_changed_and_keeps_the_reason(client, nurse):
    wanted = a_row()
    opened = (timezone.now() - timedelta(minutes=5)).isoformat()
    send_review(client, wanted, disposition="soon", reason="New pain")

    answer = send_review(client, wanted, opened_at=opened, disposition="urgent", reason="Cannot sleep any more")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This request changed while you had it open" in page
    assert "Review: Soon" in page
    assert "Cannot sleep any more" in page
    assert TriageReview.objects.count() == 1


def test_review_of_a_request_that_a_colleague_holds_offers_to_take_it_over(client, nurse):
    wanted = a_row(taken_by=a_member("nurse", "Luis Ortega"), taken_at=timezone.now(), status="in_review")

    page = client.get(f"/staff/requests/{wanted.reference}/triage/").content.decode()
    refused = send_review(client, wanted)

    assert "Luis Ortega holds this request" in page
    assert "Take over" in page
    assert refused.status_code == 422
    assert not TriageReview.objects.exists()


def test_take_over_from_a_colleague_makes_the_review_possible(client, nurse):
    wanted = a_row(taken_by=a_member("nurse", "Luis Ortega"), taken_at=timezone.now(), status="in_review")

    client.post(
        f"/staff/requests/{wanted.reference}/take/", {"key": new_key(), "then": "triage", "held_by": wanted.taken_by_id}
    )
    wanted.refresh_from_db()
    saved = send_review(client, wanted)

    assert saved.status_code == 302
    assert TriageReview.objects.get().reviewed_by == nurse


def test_history_tells_the_review_with_its_reason(client, nurse):
    wanted = a_row()
    send_review(client, wanted, disposition="soon", reason="Pain is worse at night")

    page = page_of(client, wanted, "timeline/")

    assert "Review: Soon" in page
    assert "Pain is worse at night" in page
    assert StateChange.objects.filter(thing="request", thing_id=wanted.pk).exists()


def test_closed_request_offers_no_actions(client, nurse):
    wanted = a_row(status=AppointmentRequest.Status.WITHDRAWN, closed_at=timezone.now(), withdrawn_at=timezone.now())

    page = page_of(client, wanted)

    assert "Hand back" not in page
    assert ">Take<" not in page
