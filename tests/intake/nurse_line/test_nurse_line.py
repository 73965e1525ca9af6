"""The nurse line: anybody asks, symptoms are asked about safety first, the clock runs, the staff answer."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.roles import Role
from clinic.messages.models import Message
from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.models import AuditEntry
from clinic.platform.submits.once import new_key
from intake.nurse_line.models import NurseQuestion, QuestionNote, Topic
from intake.registration.models import Draft
from intake.registration.nurse_line_steps import NURSE_LINE
from intake.triage.actions import raise_alert, set_call_back_phone
from intake.triage.engine import Result
from intake.triage.models import Alert
from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinician_user, a_coordinator, a_nurse, a_physician
from tests.scheduling.staff_rows import queries_of
from tests.support.answers import ALL_CLEAR

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10 a.m. at the clinic
PHONE = "+12025550144"


def begin(client, topic="cost", *, kind="question", who="patient"):
    address = reverse("nurse-line:ask" if kind == "question" else "nurse-line:call-back")
    return client.post(address, {"topic": topic, "filled_by": who})


def the_draft() -> Draft:
    return Draft.objects.get(purpose="nurse_line")


def pass_safety(**answers) -> None:
    """Every safety page as done with these answers; the rest is all clear."""
    draft = the_draft()
    given = {key: answers.get(key, ALL_CLEAR.get(key)) for step in NURSE_LINE.steps for key in step.keys}
    draft.answers = {**draft.answers, **given}
    draft.steps_done = [step.slug for step in NURSE_LINE.steps]
    draft.save()


def said(**changed) -> dict:
    return {
        "key": new_key(), "name": "Ana Reyes", "phone": "202-555-0144", "best_time": "any", "ok_voicemail": "on",
        "text": "What does my scan mean?", "is_our_patient": "no", "language": "en",
    } | changed  # fmt: skip


def ask(client, **changed):
    return client.post(reverse("nurse-line:details"), said(**changed))


def a_question(client, topic="cost", **changed) -> NurseQuestion:
    begin(client, topic)
    if topic == "symptoms":
        pass_safety()
    ask(client, **changed)
    return NurseQuestion.objects.latest("asked_at")


@time_machine.travel(MONDAY, tick=False)
def test_question_about_costs_is_answered_by_the_end_of_the_next_working_day(client):
    answer = begin(client)
    assert answer.url == reverse("nurse-line:details")
    assert ask(client).url == reverse("nurse-line:sent")
    question = NurseQuestion.objects.get()
    assert (question.level, question.state, question.phone) == ("routine", "new", PHONE)
    assert question.due_at == datetime(2026, 11, 24, 22, 0, tzinfo=UTC)  # 5 p.m. on Tuesday
    html = client.get(reverse("nurse-line:sent")).content.decode()
    assert "Tuesday, November 24, 2026 at 5:00 p.m." in html
    assert "cannot diagnose you online" in html


def test_symptom_is_asked_about_safety_first_on_every_page(client):
    address = begin(client, "symptoms").url
    assert address == reverse("nurse-line:step", args=[NURSE_LINE.steps[0].slug])
    assert client.get(reverse("nurse-line:details")).url == address
    later = reverse("nurse-line:step", args=[NURSE_LINE.steps[5].slug])
    assert client.get(later).url == address
    page = client.get(address)
    assert faults(Page(page.content.decode())) == []


@time_machine.travel(MONDAY, tick=False)
def test_symptom_with_nothing_urgent_is_as_urgent_as_the_rules_say(client):
    begin(client, "symptoms")
    pass_safety()
    ask(client)
    question = NurseQuestion.objects.get()
    assert (question.level, question.rules) == ("soon", ["S16"])  # most of the intake was not asked
    assert len(question.safety) >= 12
    assert not Alert.objects.exists()


def test_emergency_is_shown_at_once_and_the_number_reaches_the_alert(client):
    begin(client, "symptoms")
    pass_safety()
    draft = the_draft()
    slug = next(step.slug for step in NURSE_LINE.steps if "bladder_change" in step.keys)
    draft.steps_done = draft.steps_done[: [step.slug for step in NURSE_LINE.steps].index(slug)]
    draft.save()
    answer = client.post(
        reverse("nurse-line:step", args=[slug]), {"bladder_change": "leaking_no_control", "version": "0", "asked": ""}
    )
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:  # the page asks when it started: the emergency does not wait for that
        pytest.fail("an emergency was held up")
    assert answer.url == reverse("nurse-line:emergency")
    assert "Call 911" in client.get(answer.url).content.decode()
    alert = Alert.objects.get()
    assert alert.draft_id == draft.pk
    pass_safety(bladder_change="leaking_no_control")
    ask(client)
    alert.refresh_from_db()
    assert alert.call_back_phone == PHONE
    assert NurseQuestion.objects.get().level == "emergency"
    assert Alert.objects.count() == 1
    assert "Do not wait for our call" in client.get(reverse("nurse-line:sent")).content.decode()


def test_emergency_never_shown_raises_its_alert_when_sent(client):
    begin(client, "symptoms")
    pass_safety(bladder_change="leaking_no_control")
    ask(client)
    assert Alert.objects.get().call_back_phone == PHONE


def test_number_given_on_the_emergency_page_stays(client):
    begin(client, "symptoms")
    pass_safety()
    result = Result("emergency", ("E03",), "M-SPINE")
    alert = raise_alert(draft=the_draft(), result=result, filled_by="patient", at=timezone.now(), by=SYSTEM)
    set_call_back_phone(alert, "+12025550199", by=SYSTEM)
    ask(client)
    assert Alert.objects.get().call_back_phone == "+12025550199"


@time_machine.travel(datetime(2026, 11, 22, 3, 0, tzinfo=UTC), tick=False)  # Saturday night
def test_urgent_question_out_of_hours_is_due_within_a_day(client):
    begin(client, "symptoms")
    pass_safety(arm_weakness="mild", arm_weakness_onset_days=1)
    ask(client)
    question = NurseQuestion.objects.get()
    assert question.level == "urgent"
    assert question.due_at <= timezone.now() + timedelta(hours=24)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": ""}, "Enter your name"),
        ({"phone": "12"}, "phone"),
        ({"text": ""}, "Enter your question"),
        ({"text": "x" * 2001}, "2000"),
        ({"best_time": "never"}, "Select"),
        ({"language": "xx"}, "Choose"),
        ({"surprise": "1"}, "could not read"),
    ],
)
def test_wrong_answer_is_told_and_everything_typed_is_kept(client, wrong, error):
    begin(client)
    response = ask(client, **{"name": "Ana Maria Reyes"} | wrong)
    html = response.content.decode()
    assert response.status_code == 422
    assert error.lower() in html.lower()
    if "name" not in wrong:
        assert "Ana Maria Reyes" in html
    assert not NurseQuestion.objects.exists()


@pytest.mark.parametrize("typed", [{}, {"topic": "x", "filled_by": "patient"}, {"topic": "cost"}])
def test_first_page_asks_again(client, typed):
    assert client.post(reverse("nurse-line:ask"), typed).status_code == 422
    assert not Draft.objects.exists()


def test_call_back_asks_only_whom_and_when(client):
    begin(client, kind="call_back", who="caregiver")
    page = Page(client.get(reverse("nurse-line:details")).content.decode())
    assert faults(page) == []
    assert not page.every("textarea")
    answer = said()
    for name in ("text", "is_our_patient", "language"):
        answer.pop(name)
    assert client.post(reverse("nurse-line:details"), answer).url == reverse("nurse-line:sent")
    question = NurseQuestion.objects.get()
    assert (question.kind, question.filled_by, question.language) == ("call_back", "caregiver", "en")


def test_who_wants_a_call_can_choose_the_language(client):
    begin(client, kind="call_back")
    assert "Which language do you want to speak?" in client.get(reverse("nurse-line:details")).content.decode()
    answer = said(language="es")
    for name in ("text", "is_our_patient"):
        answer.pop(name)
    client.post(reverse("nurse-line:details"), answer)
    assert NurseQuestion.objects.get().language == "es"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (MONDAY, "The nurse line is open now."),
        (MONDAY.replace(hour=23), "closed until Tuesday, November 24, 2026 at 8:00 a.m., and we call after that."),
        (MONDAY + timedelta(days=2, hours=9), "closed until Monday, November 30, 2026 at 8:00 a.m.,"),  # two holidays
    ],
)
def test_first_page_says_when_the_line_is_open(client, now, told):
    with time_machine.travel(now, tick=False):
        for name in ("ask", "call-back"):
            assert told in client.get(reverse(f"nurse-line:{name}")).content.decode()


def test_sent_twice_is_asked_once(client):
    begin(client)
    typed = said()
    client.post(reverse("nurse-line:details"), typed)
    client.post(reverse("nurse-line:details"), typed)
    assert NurseQuestion.objects.count() == 1


def test_nothing_said_stands_in_the_draft_the_messages_or_the_audit_afterwards(client):
    a_question(client)
    assert the_draft().answers == {}
    for entry in AuditEntry.objects.all():
        assert "Ana" not in str(entry.data)
        assert "scan" not in str(entry.data)
    assert not Message.objects.exists()


def test_twenty_quiet_minutes_close_the_form(client):
    with time_machine.travel(MONDAY, tick=False):
        begin(client)
    with time_machine.travel(MONDAY + timedelta(minutes=21), tick=False):
        response = ask(client)
        assert response.status_code == 403
        assert "What you wrote was not sent" in response.content.decode()
    assert not NurseQuestion.objects.exists()


def test_registration_that_is_open_here_stays_open(client):
    client.post(reverse("registration:who"), {"filled_by": "patient"})
    registration = Draft.objects.get(purpose="registration")
    a_question(client)
    assert client.session["draft_id"] == str(registration.pk)


@override_settings(PATIENT_IDLE_MINUTES=20)
def test_many_questions_from_one_place_are_sent_to_the_phone(client):
    for _number in range(20):
        assert begin(client).status_code == 302
    response = begin(client)
    assert response.status_code == 422
    assert "Call the nurse line" in response.content.decode()


# The staff


def the_page(client, user, question) -> str:
    client.force_login(user)
    return client.get(reverse("staff-questions:question", args=[question.pk])).content.decode()


def test_staff_see_what_waits_the_most_urgent_first(client):
    routine = a_question(client, "cost", name="Rita Routine")
    begin(client, "symptoms")
    Draft.objects.filter(state="open").delete()
    urgent = NurseQuestion.objects.create(
        kind="call_back", topic="symptoms", level="urgent", urgency_rank=1, filled_by="patient", name="Una Urgent",
        phone=PHONE, asked_at=timezone.now(), due_at=timezone.now() - timedelta(minutes=5),
    )  # fmt: skip
    client.force_login(a_nurse())
    html = client.get(reverse("staff-questions:list")).content.decode()
    assert html.index(urgent.name) < html.index(routine.name)
    assert "Overdue" in html
    assert faults(Page(html)) == []


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_at_most_ten_queries(client, count):
    nurse = a_nurse()
    for number in range(count):
        NurseQuestion.objects.create(
            kind="question", topic="cost", urgency_rank=3, filled_by="patient", name=f"N {number}", phone=PHONE,
            asked_at=timezone.now(), due_at=timezone.now(), assigned_to=nurse,
        )  # fmt: skip
    client.force_login(nurse)
    assert queries_of(lambda: client.get(reverse("staff-questions:list"))) <= 10


def test_nurse_takes_calls_and_answers(client):
    question = a_question(client)
    nurse = a_nurse()
    html = the_page(client, nurse, question)
    assert "What does my scan mean?" in html
    assert faults(Page(html)) == []
    client.post(reverse("staff-questions:take", args=[question.pk]), {"key": new_key()})
    page = reverse("staff-questions:question", args=[question.pk])
    client.post(page, {"key": new_key(), "what": "not_reached", "note": "No answer, left a message"})
    question.refresh_from_db()
    assert (question.state, question.answered_at, question.assigned_to) == ("assigned", None, nurse)
    client.post(page, {"key": new_key(), "what": "answered", "note": "Explained the report"})
    question.refresh_from_db()
    assert question.state == "answered"
    assert question.answered_at is not None
    client.post(page, {"key": new_key(), "what": "closed", "note": "Done"})
    question.refresh_from_db()
    assert question.closed_at is not None
    kinds = list(QuestionNote.objects.values_list("kind", flat=True))
    assert kinds == ["taken", "not_reached", "answered", "closed"]
    response = client.post(page, {"key": new_key(), "what": "answered", "note": "Again"})
    assert response.status_code == 422
    assert "This question is closed." in response.content.decode()


def test_question_that_a_colleague_took_is_not_taken_again(client):
    question = a_question(client)
    client.force_login(a_nurse())
    client.post(reverse("staff-questions:take", args=[question.pk]), {"key": new_key()})
    client.force_login(a_coordinator())
    answer = client.post(reverse("staff-questions:take", args=[question.pk]), {"key": new_key()}, follow=True)
    assert "A colleague has taken this question." in answer.content.decode()


def test_note_without_words_is_asked_for_and_nothing_is_lost(client):
    question = a_question(client)
    client.force_login(a_nurse())
    page = reverse("staff-questions:question", args=[question.pk])
    response = client.post(page, {"key": new_key(), "what": "answered", "note": ""})
    assert response.status_code == 422
    assert not QuestionNote.objects.exists()


def test_question_becomes_a_request_by_phone_entry_with_what_is_known(client):
    question = a_question(client)
    client.force_login(a_coordinator())
    answer = client.post(reverse("staff-questions:convert", args=[question.pk]), {"key": new_key()})
    draft = Draft.objects.get(filled_by="staff_phone")
    assert draft.answers["legal_first_name"] == "Ana"
    assert draft.answers["phone_primary"] == PHONE
    assert answer.url.startswith("/register/safety/")
    assert client.get(answer.url).status_code == 200
    question.refresh_from_db()
    assert question.state == "converted_to_request"


def test_number_of_a_caregiver_does_not_become_the_number_of_the_patient(client):
    begin(client, who="caregiver")
    ask(client)
    question = NurseQuestion.objects.get()
    client.force_login(a_coordinator())
    page = client.get(reverse("staff-questions:question", args=[question.pk])).content.decode()
    assert "Ask for the patient&#x27;s own name and number." in page or "Ask for the patient's own" in page
    client.post(reverse("staff-questions:convert", args=[question.pk]), {"key": new_key()})
    answers = Draft.objects.get(filled_by="staff_phone").answers
    assert not {"phone_primary", "legal_first_name"} & set(answers)


def test_every_look_is_audited(client):
    question = a_question(client)
    the_page(client, a_nurse(), question)
    assert AuditEntry.objects.filter(subject_kind__icontains="question", subject_id=str(question.pk)).count() >= 2


def test_clinician_sees_no_questions_and_the_trials_coordinator_only_those_about_trials(client):
    about_costs, about_trials = a_question(client, "cost"), a_question(client, "trials")
    client.force_login(a_clinician_user())
    assert client.get(reverse("staff-questions:list")).status_code == 403
    trials = a_physician()
    trials.roles = [Role.TRIALS_COORDINATOR]
    trials.save()
    client.force_login(trials)
    assert client.get(reverse("staff-questions:question", args=[about_trials.pk])).status_code == 200
    assert client.get(reverse("staff-questions:question", args=[about_costs.pk])).status_code == 404
    assert client.post(reverse("staff-questions:take", args=[about_costs.pk])).status_code == 404
    assert client.post(reverse("staff-questions:convert", args=[about_trials.pk])).status_code == 403


@pytest.mark.parametrize("name", ["list", "question", "take", "convert"])
def test_strangers_are_sent_to_the_sign_in(client, name):
    question = a_question(client)
    client.logout()
    address = reverse(f"staff-questions:{name}", args=[] if name == "list" else [question.pk])
    answer = client.post(address) if name in ("take", "convert") else client.get(address)
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


def test_every_topic_has_words():
    assert all(str(label) for _value, label in Topic.choices)
