"""The review in depth: who may lower what, the question to the patient, letters, the dental check, lost sign-ins."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.accounts.roles import ROLE_PERMISSIONS, Permission, Role
from clinic.education.reading import grade
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.models import Alert, StaffTask, TriageReview
from scheduling.follow_up.disposition_letters import BY_CODE, TEMPLATES
from scheduling.follow_up.models import Letter
from scheduling.requests.actions import review_request
from scheduling.requests.after_review import question_of
from scheduling.worklist.dossier import Dossier
from tests.scheduling.own_steps import in_session_of
from tests.scheduling.staff_rows import EMERGENCY, ROUTINE, a_member, a_row, a_visit_type
from tests.scheduling.worklist.test_staff_request import page_of, review_of, send_review

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def nurse(client):
    a_visit_type()
    nurse = a_member("nurse", "Dana Whitfield")
    client.force_login(nurse)
    return nurse


def refused(client, wanted, **fields) -> str:
    answer = send_review(client, wanted, **fields)
    assert answer.status_code == 422
    assert not TriageReview.objects.exists()
    return answer.content.decode()


def decide(wanted, user, disposition, **more):
    values = {"reason": "", "visit_type": "coordinated_new", "specialties": ["RAD_ONC"], "version": wanted.version}
    return review_request(
        wanted, disposition=disposition, user=user, by=staff_actor(user), key=new_key(), **values | more
    )


# Levels


def test_emergency_that_was_only_shown_needs_a_reason_to_be_lowered_to_what_was_computed(client, nurse):
    wanted = a_row(ROUTINE, level="emergency")
    said = refused(client, wanted, disposition="routine")
    assert "Enter why you change the level that counts now (emergency)" in said


def test_urgency_the_referrer_asked_for_is_lowered_with_a_reason_only():
    a_visit_type()
    nurse, wanted = a_member("nurse"), a_row(ROUTINE, level="emergency")  # by the referrer's wish: no alert, no rule
    with pytest.raises(Refused) as no:
        decide(wanted, nurse, "routine")
    assert no.value.code == "reason_missing"
    assert decide(wanted, nurse, "routine", reason="Spoke with the referrer").level == "routine"


@pytest.mark.parametrize(("computed", "level"), [(EMERGENCY, "emergency"), (ROUTINE, "emergency")])
@pytest.mark.parametrize("decision", ["urgent", "soon", "routine", "not_for_this_clinic"])
def test_no_reason_no_lower_level(client, nurse, computed, level, decision):
    letter = "none" if decision == "not_for_this_clinic" else ""
    refused(client, a_row(computed, level=level), disposition=decision, letter=letter)


def test_raising_the_level_needs_a_reason_too(client, nurse):
    assert "Enter why you change the computed level (routine)" in refused(client, a_row(), disposition="emergency")


def test_somebody_who_may_review_but_not_lower_an_emergency_is_told(client, nurse, monkeypatch):
    less = ROLE_PERMISSIONS[Role.NURSE] - {Permission.LOWER_EMERGENCY}
    monkeypatch.setitem(ROLE_PERMISSIONS, Role.NURSE, less)
    said = refused(client, a_row(EMERGENCY), disposition="soon", reason="Long known")
    assert "Only a nurse or a physician may lower an emergency" in said


# What is asked


def test_question_stands_on_the_patients_page_while_it_waits_and_the_reason_does_not(client, nurse):
    wanted = a_row()
    fields = {"question": "Which hospital did your scan?", "reason": "Cannot find the report", "visit_type": ""}
    assert send_review(client, wanted, disposition="needs_information", **fields).status_code == 302
    assert "Asked the patient" in page_of(client, wanted, "timeline/")
    wanted.refresh_from_db()
    assert wanted.status == "needs_info"
    assert TriageReview.objects.get().reason == "Cannot find the report"

    in_session_of(client, wanted)
    page = client.get(f"/my/{wanted.reference}/").content.decode()

    assert "Which hospital did your scan?" in page
    assert "Cannot find the report" not in page


def test_question_goes_once_the_request_is_reviewed(nurse):
    wanted = a_row()
    wanted = decide(wanted, nurse, "needs_information", reason="x", asked="Which hospital?")
    wanted.refresh_from_db()
    assert question_of(wanted) == "Which hospital?"
    decide(wanted, nurse, "routine")
    wanted.refresh_from_db()
    assert question_of(wanted) == ""


def test_question_alone_is_enough(client, nurse):
    send_review(client, a_row(), disposition="needs_information", question="Which hospital?", visit_type="")
    assert TriageReview.objects.get().reason == "Which hospital?"


# Letters


@pytest.mark.parametrize("template", [one.code for one in TEMPLATES if not one.to_hospital])
def test_letter_of_the_decision_is_drafted_and_opened(client, nurse, template):
    chosen = BY_CODE[template]
    wanted = a_row()
    fields = {"disposition": chosen.disposition, "reason": "After the call", "letter": template}

    answer = send_review(client, wanted, **fields)

    letter = Letter.objects.get()
    assert (letter.kind, letter.state, letter.template) == ("disposition", "draft", template)
    assert answer.headers["Location"] == reverse("staff-follow-up:letter", args=[wanted.reference, letter.pk])
    assert "Maria Alvarez" in letter.body
    assert "{" not in letter.body
    assert "%(" not in letter.body
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Maria Alvarez" in page
    assert "Letter about a decision" in page_of(client, wanted)


def test_letter_to_the_emergency_department_tells_what_alarms(client, nurse):
    wanted = a_row(EMERGENCY)
    answer = send_review(client, wanted, disposition="emergency", letter="emergency_department")
    letter = Letter.objects.get()
    first = reverse("worklist:alert", args=[Alert.objects.get().pk])  # the call
    assert answer.headers["Location"] == first
    assert "Letter about a decision" in page_of(client, wanted)
    assert letter.addressee == "Emergency department"
    assert "New bowel incontinence" in letter.body
    assert "March 27, 1951" in letter.body


@pytest.mark.parametrize(("disposition", "letter"), [("not_for_this_clinic", "none"), ("emergency", "")])
def test_no_letter_is_drafted_when_the_person_is_told_by_phone(client, nurse, disposition, letter):
    wanted = a_row()
    answer = send_review(client, wanted, disposition=disposition, reason="Told by phone", letter=letter)
    assert "/letters/" not in answer.headers["Location"]
    assert not Letter.objects.exists()


def test_letter_ticked_before_another_decision_is_not_drafted(client, nurse):
    send_review(client, a_row(), disposition="routine", letter="primary_care")
    assert TriageReview.objects.count() == 1
    assert not Letter.objects.exists()


def test_letters_to_patients_read_easily_and_name_the_emergency(nurse):
    for one in TEMPLATES:
        if not one.to_hospital:
            text = one.body(a_row(), timezone.now())
            assert "call 911" in text
            assert grade(text) <= 8


# Dental


def test_bone_medicine_opens_one_dental_task_with_the_review(client, nurse):
    wanted = a_row({**ROUTINE, "bone_agent": "denosumab"})
    assert "Check with dental medicine" in page_of(client, wanted, "triage/")

    send_review(client, wanted)
    wanted.refresh_from_db()
    send_review(client, wanted)

    task = StaffTask.objects.get(kind="dental")
    assert (task.patient, task.report) == (wanted.patient, wanted.report)
    assert task.due_at > timezone.now() + timedelta(days=1)


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        (ROUTINE, {}),
        (
            {**ROUTINE, "bone_agent": "denosumab"},
            {"disposition": "not_for_this_clinic", "reason": "x", "letter": "none"},
        ),
    ],
)
def test_no_dental_task_without_bone_medicine_or_without_a_visit(client, nurse, answers, fields):
    send_review(client, a_row(answers), **fields)
    assert not StaffTask.objects.exists()


# Faults


def test_review_typed_before_the_sign_in_was_lost_comes_back(client, nurse, settings):
    wanted = a_row()
    address = f"/staff/requests/{wanted.reference}/triage/"
    fields = review_of(wanted, disposition="urgent", reason="Cannot sleep any more")
    client.get(address)
    session = client.session
    session["staff_seen"] -= settings.STAFF_IDLE_MINUTES * 60 + 1
    session.save()

    lost = client.post(address, urlencode(fields, doseq=True), content_type=FORM)
    assert lost.status_code == 302
    assert not TriageReview.objects.exists()

    client.force_login(nurse)
    assert address in client.get(reverse("staff_kept")).content.decode()
    shown = client.post(address, urlencode({"show_kept": "1"}), content_type=FORM)
    page = shown.content.decode()
    assert "Cannot sleep any more" in page
    assert "It is not saved yet" in page
    assert not TriageReview.objects.exists()

    send_review(client, wanted, disposition="urgent", reason="Cannot sleep any more")
    assert TriageReview.objects.get().reason == "Cannot sleep any more"


def test_request_that_a_colleague_took_meanwhile_is_not_taken_away(client, nurse):
    wanted = a_row(taken_by=a_member("nurse", "Luis Ortega"), taken_at=timezone.now(), status="in_review")

    answer = client.post(f"/staff/requests/{wanted.reference}/take/", {"key": new_key()}, follow=True)

    page = answer.content.decode()
    wanted.refresh_from_db()
    assert str(wanted.taken_by) == "Luis Ortega"
    assert "Luis Ortega has taken this request meanwhile" in page
    assert "Take over" in page


# Who looks, what changed


def test_colleague_who_opened_the_request_is_named_with_the_time(client, nurse):
    wanted = a_row()
    client.force_login(a_member("physician", "Luis Ortega"))
    page_of(client, wanted)
    client.force_login(nurse)

    page = page_of(client, wanted)

    assert "Luis Ortega opened this 0 min ago" in page
    assert "Dana Whitfield opened this" not in page


def test_look_of_long_ago_is_not_told(client, nurse):
    wanted = a_row()
    client.force_login(a_member("physician", "Luis Ortega"))
    page_of(client, wanted)
    soon, later = (timezone.now() + timedelta(minutes=minutes) for minutes in (29, 31))
    assert [look.name for look in Dossier(wanted, now=soon, reader=nurse).looks] == ["Luis Ortega"]
    assert Dossier(wanted, now=later, reader=nurse).looks == []


def test_open_page_learns_that_the_request_changed(client, nurse):
    wanted = a_row()
    address = reverse("worklist:changed", args=[wanted.reference])
    assert client.get(address, {"version": wanted.version}).status_code == 204

    answer = client.get(address, {"version": wanted.version - 1})

    assert answer.status_code == 200
    assert "This request changed while you had it open" in answer.content.decode()
    assert f"/staff/requests/{wanted.reference}/" in answer.content.decode()


# Notes and timeline


def test_note_is_saved_once_and_read_by_colleagues(client, nurse):
    wanted, key = a_row(), new_key()
    for _press in range(2):
        client.post(f"/staff/requests/{wanted.reference}/note/", {"key": key, "text": "Her son drives her"})
    page = page_of(client, wanted)
    assert page[page.index('id="notes"') :].count("Her son drives her") == 1
    assert "Her son drives her" in page_of(client, wanted, "timeline/?kind=notes")
    assert "Her son drives her" not in page_of(client, wanted, "timeline/?kind=calls")


def test_empty_note_is_refused(client, nurse):
    answer = client.post(f"/staff/requests/{a_row().reference}/note/", {"key": new_key(), "text": " "})
    assert answer.status_code == 422
    assert "Enter the note" in answer.content.decode()


def test_timeline_stands_newest_first_and_knows_no_other_kinds(client, nurse):
    wanted = a_row()
    send_review(client, wanted, disposition="soon", reason="Pain at night")
    page = page_of(client, wanted, "timeline/?kind=nonsense")
    assert page.index("Review: Soon") < page.index("Request sent")
    assert "Nothing of this kind has happened" in page_of(client, wanted, "timeline/?kind=calls")


def test_safety_answers_that_alarm_stand_first_with_their_rules(client, nurse):
    page = page_of(client, a_row({**EMERGENCY, "leg_weakness": "none"}))
    safety = page[page.index('id="safety"') : page.index('id="rules"')]
    assert safety.index("I lost control") < safety.index("The other safety answers")
    assert 'href="#rule-E04"' in safety
    assert 'id="rule-E04"' in page
