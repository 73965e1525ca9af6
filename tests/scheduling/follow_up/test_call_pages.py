"""The queue of follow-up calls and one call: tries, pain, new symptoms, tasks, closing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.accounts.actors import staff_actor
from clinic.platform.refusals import Refused
from clinic.platform.submits.once import new_key
from intake.nurse_line.models import NurseQuestion
from intake.tasks.models import StaffTask
from scheduling.follow_up.calls import ask_nurse, close_follow_up, log_follow_up, was_in_time
from scheduling.models import FollowUpAttempt, FollowUpCall, RequestNote
from tests.scheduling.follow_up.rows import IN_PAIN, a_call, a_seen_patient
from tests.scheduling.staff_rows import a_member, a_patient_row, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(client):
    user = a_member("nurse", "Nora Field")
    client.force_login(user)
    return user


@pytest.fixture
def call():
    return a_call(a_seen_patient())


def who(user):
    return {"user": user, "by": staff_actor(user), "key": new_key()}


def post(client, call, said, page=""):
    return client.post(f"/staff/calls/{call.pk}/{page}", {"key": new_key()} | said)


def reached(pain="3", symptoms="no", **more):
    return {"reached": "yes", "pain_worst": pain, "ecog_self": "1", "new_symptoms": symptoms} | more


def a_question(name="Olga Becker"):
    now = timezone.now()
    facts = {"kind": "call_back", "topic": "visit", "urgency_rank": 3, "filled_by": "patient", "phone": "+12025550144"}
    return NurseQuestion.objects.create(name=name, asked_at=now, due_at=now + timedelta(days=1), **facts)


def test_reached_call_keeps_the_pain_and_says_how_it_changed(client, nurse, call):
    key = new_key()
    for _time in range(2):  # a double click is one try
        client.post(f"/staff/calls/{call.pk}/", {"key": key} | reached(note="Sleeps well"))

    call.refresh_from_db()
    page = client.get(f"/staff/calls/{call.pk}/").content.decode()
    assert (call.state, call.pain_worst, FollowUpAttempt.objects.count()) == ("reached", 3, 1)
    assert "Worst pain 3 of 10: 3 points less than at first" in page
    assert "Sleeps well" in page
    assert "needs a nurse" not in page
    assert not StaffTask.objects.exists()
    assert RequestNote.objects.get().kind == "follow_up_reached"


def test_patient_who_did_not_say_has_no_number(client, nurse, call):
    post(client, call, reached("not_said", ecog_self="not_said"))

    call.refresh_from_db()
    assert (call.state, call.pain_worst, call.ecog_self) == ("reached", None, None)
    assert "Daily life: not told" in client.get(f"/staff/calls/{call.pk}/").content.decode()


def test_reached_call_keeps_function_and_problems_and_shows_them_with_the_plan(client, nurse, call):
    post(client, call, reached(ecog_self="3", problems="Constipation since Monday"))

    call.refresh_from_db()
    assert (call.ecog_self, call.problems) == (3, "Constipation since Monday")
    for address in (f"/staff/calls/{call.pk}/", f"/staff/requests/{call.request.reference}/plan/"):
        page = client.get(address).content.decode()
        assert "Daily life: 3 of 4: They need some help to care for themselves" in page
        assert "Constipation since Monday" in page
    assert "daily life 3 of 4" in RequestNote.objects.get().text


def test_unreached_call_keeps_nothing_that_was_typed_for_a_reached_one(client, nurse, call):
    post(client, call, {"reached": "no", "ecog_self": "3", "problems": "Typed too early"})

    call.refresh_from_db()
    assert (call.ecog_self, call.problems) == (None, "")


def test_severe_pain_told_to_a_coordinator_opens_the_task_at_once(client, call):
    client.force_login(a_member("coordinator"))
    post(client, call, reached("9"))

    assert StaffTask.objects.get().data == {"follow_up_call": str(call.pk), "told": False}


def test_call_of_an_open_request_leads_to_its_own_form_for_symptoms(client, nurse, call):
    type(call.request).objects.update(closed_at=None, status="scheduled")
    post(client, call, reached("9"))

    assert (
        f"/staff/requests/{call.request.reference}/new-symptoms/"
        in client.get(f"/staff/calls/{call.pk}/").content.decode()
    )


def test_death_closes_every_call_that_still_waits(client, nurse, call):
    call.request.visit = call.visit
    week_4 = a_call(call.request, due=20, kind="week_4")
    other = a_call(a_seen_patient(patient=a_patient_row("Ben", "Moss")))
    post(client, call, {"why": "died", "why_note": ""}, "close/")

    states = {one.pk: one.state for one in FollowUpCall.objects.all()}
    assert states == {call.pk: "closed", week_4.pk: "closed", other.pk: "due"}


def test_try_without_an_answer_leaves_the_call_due(client, nurse, call):
    answer = post(client, call, {"reached": "no", "pain_worst": "9", "note": "Busy line"})

    call.refresh_from_db()
    assert answer.headers["Location"] == "/staff/calls/"
    assert (call.state, call.pain_worst, call.attempts.get().reached) == ("due", None, False)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Select whether you reached the patient"),
        ({"reached": "yes", "new_symptoms": "no"}, "Select the worst pain"),
        ({"reached": "yes", "pain_worst": "3", "new_symptoms": "no"}, "Select what fits daily life best"),
        ({"reached": "yes", "pain_worst": "3"}, "Select whether there are new symptoms"),
        ({"reached": "yes", "pain_worst": "11", "new_symptoms": "no"}, "Select one of the answers shown"),
    ],
)
def test_call_that_is_told_by_halves_is_shown_again(client, nurse, call, said, told):
    answer = post(client, call, said | {"note": "My words"})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "My words</textarea>" in answer.content.decode()
    assert not FollowUpAttempt.objects.exists()


@pytest.mark.parametrize(("pain", "needed"), [("5", False), ("6", False), ("7", True), ("8", True), ("10", True)])
def test_severe_or_worse_pain_asks_for_a_nurse(client, nurse, call, pain, needed):
    post(client, call, reached(pain))

    assert ("This pain needs a nurse today" in client.get(f"/staff/calls/{call.pk}/").content.decode()) is needed


def test_task_for_the_nurse_is_opened_once(client, nurse, call):
    post(client, call, reached("9"))
    for _time in range(2):
        post(client, call, {}, "task/")

    task = StaffTask.objects.get()
    page = client.get(f"/staff/calls/{call.pk}/").content.decode()
    assert (task.kind, task.patient) == ("new_symptoms", call.request.patient)
    assert task.due_at - timezone.now() < timedelta(hours=4)
    assert f"/staff/tasks/{task.pk}/" in page
    assert f"/staff/calls/{call.pk}/" in client.get(f"/staff/tasks/{task.pk}/").content.decode()
    assert "Open a task for the nurse" not in page


def test_new_symptoms_open_the_task_with_the_call(client, nurse, call):
    post(client, call, reached("2", "yes"))

    page = client.get(f"/staff/calls/{call.pk}/").content.decode()
    assert StaffTask.objects.get().data == {"follow_up_call": str(call.pk), "told": True}
    assert "New symptoms: a nurse is asked" in page
    assert "/staff/phone-entry/" in page


def test_task_before_the_call_is_refused(nurse, call):
    with pytest.raises(Refused) as no:
        ask_nurse(call, **who(nurse))

    assert no.value.code == "not_needed"


def test_colleague_who_was_faster_is_not_overwritten(client, nurse, call):
    log_follow_up(call, reached=True, pain_worst=1, **who(nurse), now=timezone.now())

    late = post(client, call, reached("9", note="Typed meanwhile"))
    closed = post(client, call, {"why": "no_wish", "why_note": "Also typed"}, "close/")

    call.refresh_from_db()
    assert (late.status_code, closed.status_code, call.pain_worst) == (409, 409, 1)
    assert "A colleague has finished this call already." in late.content.decode()
    assert "Typed meanwhile</textarea>" in late.content.decode()


def test_call_nobody_answers_is_closed_after_three_tries_only(client, nurse, call):
    close = {"why": "no_answer", "why_note": ""}
    for tries in range(3):
        refused = post(client, call, close, "close/")
        assert refused.status_code == 422, tries
        assert "Try at least 3 times" in refused.content.decode()
        post(client, call, {"reached": "no"})

    assert post(client, call, close, "close/").status_code == 302
    call.refresh_from_db()
    page = client.get(f"/staff/calls/{call.pk}/").content.decode()
    assert call.state == "closed"
    assert "Not reached after several tries" in page
    assert "Log the call" not in page


def test_call_that_is_not_wanted_is_closed_at_once_with_its_note(client, nurse, call):
    assert post(client, call, {"why": "other", "why_note": ""}, "close/").status_code == 422

    post(client, call, {"why": "other", "why_note": "Moved abroad"}, "close/")

    assert "Moved abroad" in client.get(f"/staff/calls/{call.pk}/").content.decode()


@pytest.mark.parametrize(("why", "note", "code"), [("other", " ", "note"), ("nonsense", "", "why")])
def test_call_is_not_closed_without_a_reason(nurse, call, why, note, code):
    with pytest.raises(Refused) as no:
        close_follow_up(call, why=why, note=note, **who(nurse), now=timezone.now())

    assert no.value.code == code


@pytest.mark.parametrize(("kind", "days", "in_time"), [
    ("day_7", 5, True), ("day_7", 9, True), ("day_7", 4, False), ("day_7", 10, False),
    ("week_4", 33, True), ("week_4", 34, False),
])  # fmt: skip
def test_call_counts_within_the_days_around_its_own(kind, days, in_time):
    wanted = a_seen_patient(days_ago=days)
    call = a_call(wanted, kind=kind, state="reached", reached_at=timezone.now())

    assert was_in_time(call) is in_time


def test_roles_that_follow_nobody_up_log_nothing(call):
    other = a_member("clinician")

    for attempt in (
        lambda: log_follow_up(call, reached=True, **who(other), now=timezone.now()),
        lambda: close_follow_up(call, why="died", note="", **who(other), now=timezone.now()),
        lambda: ask_nurse(call, **who(other)),
    ):
        with pytest.raises(Refused) as no:
            attempt()
        assert no.value.code == "not_allowed"


def test_queue_has_the_longest_overdue_first_and_what_a_caller_needs(client, nurse):
    rows = {name: a_seen_patient(IN_PAIN) for name in ("late", "today", "coming", "done")}
    for name, wanted in rows.items():
        wanted.patient.legal_first_name = name.title()
        wanted.patient.save()
    a_call(rows["today"], due=0)
    a_call(rows["late"], due=-3)
    a_call(rows["coming"], due=4)
    a_call(rows["done"], due=-3, state="reached", reached_at=timezone.now(), pain_worst=4)

    page = client.get("/staff/calls/").content.decode()

    assert page.index("Late Alvarez") < page.index("Today Alvarez")
    assert page.count('class="overdue"') == 1
    assert "Coming Alvarez" not in page
    assert "Done Alvarez" not in page
    for words in ("734-555-0123", "voicemail allowed", "English", ">6<"):
        assert words in page
    assert "Coming Alvarez" in client.get("/staff/calls/?show=coming").content.decode()
    assert "Done Alvarez" in client.get("/staff/calls/?show=reached").content.decode()
    assert [tab["count"] for tab in client.get("/staff/calls/").context["tabs"]] == [2, 1, 1, 0]


def test_queue_leads_to_those_who_wait_for_the_nurse_line(client, nurse):
    question = a_question()

    page = client.get("/staff/calls/").content.decode()

    assert f"/staff/questions/{question.pk}/" in page
    assert "Olga Becker" in page
    assert "Olga Becker" not in client.get("/staff/calls/?show=coming").content.decode()


@pytest.mark.parametrize("show", ["", "due", "coming", "reached", "closed", "nonsense"])
def test_empty_queue_says_so(client, nurse, show):
    assert "Last checked" in client.get(f"/staff/calls/?show={show}").content.decode()


def test_long_queue_has_pages(client, nurse):
    for _number in range(31):
        a_call(a_seen_patient())

    assert len(client.get("/staff/calls/?page=2").context["page"].object_list) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_queue_asks_a_fixed_number_of_questions(client, nurse, count):
    for number in range(count):
        call = a_call(a_seen_patient())
        FollowUpAttempt.objects.create(call=call, reached=False, by=nurse, at=timezone.now())
        a_question(f"Person {number}")
    client.get("/staff/plans/")  # starts the idle clock of the session

    assert queries_of(lambda: client.get("/staff/calls/")) == 8


@pytest.mark.parametrize("count", [1, 30])
def test_call_asks_a_fixed_number_of_questions(client, nurse, call, count):
    for _number in range(count):
        FollowUpAttempt.objects.create(call=call, reached=False, by=nurse, at=timezone.now())
    client.get("/staff/plans/")

    assert queries_of(lambda: client.get(f"/staff/calls/{call.pk}/")) == 7
