"""The quiet look for new requests: numbers only, and it keeps no session alive."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from clinic.platform.kept.models import KeptForm
from clinic.sign_in.middleware import QUIET_PAGES, SEEN
from intake.models import NurseQuestion
from scheduling.models import AppointmentRequest
from tests.scheduling.staff_rows import a_member, a_row, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(client):
    nurse = a_member("nurse")
    client.force_login(nurse)
    return nurse


def since(moment) -> str:
    return f"{QUIET_PAGES}news/?since={int(moment.timestamp() * 1_000_000)}"


def test_news_count_what_came_after_the_page_was_made(client, nurse):
    a_row(waited=timedelta(hours=2))
    made = timezone.now() - timedelta(hours=1)
    for minutes in (50, 10):
        a_row(waited=timedelta(minutes=minutes))
    a_row(waited=timedelta(minutes=5), status=AppointmentRequest.Status.WITHDRAWN, closed_at=timezone.now())

    news = client.get(since(made)).json()

    assert (news["new"], news["words"]) == (2, "2 new requests.")
    assert (news["counts"]["new"], news["counts"]["all"], news["counts"]["mine"]) == (3, 3, 0)
    assert news["checked"].startswith("Last checked ")


def test_news_without_new_requests_say_nothing(client, nurse):
    a_row(waited=timedelta(hours=2))

    news = client.get(since(timezone.now())).json()

    assert (news["new"], news["words"]) == (0, "")


def test_news_count_the_other_lists(client, nurse):
    now = timezone.now()
    NurseQuestion.objects.create(
        kind="question", topic="tests", urgency_rank=3, filled_by="patient", name="Ana", phone="+12025550123",
        asked_at=now, due_at=now,
    )  # fmt: skip

    assert client.get(since(now)).json()["counts"]["questions"] == 1


def test_news_hold_no_patient(client, nurse):
    wanted = a_row()

    text = client.get(since(timezone.now() - timedelta(days=1))).content.decode()

    assert "Alvarez" not in text
    assert wanted.reference not in text


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "9" * 21, "9" * 20, "%00", "١٢٣"])
def test_news_since_no_moment_are_refused(client, nurse, text):
    answer = client.get(f"{QUIET_PAGES}news/?since={text}")

    assert answer.status_code == 422
    assert answer.json() == {"error": "Load the page again."}


@pytest.mark.parametrize("rows", [1, 30])
def test_news_ask_the_same_few_questions(client, nurse, rows):
    for _number in range(rows):
        a_row()

    assert queries_of(lambda: client.get(since(timezone.now()))) <= 4  # session, user, counts, other lists


def idle(client, minutes: float) -> None:
    session = client.session
    session[SEEN] = time.time() - minutes * 60
    session.save()


def test_news_do_not_keep_the_session_alive(client, nurse):
    client.get("/staff/")
    idle(client, settings.STAFF_IDLE_MINUTES - 1)
    seen = client.session[SEEN]

    assert client.get(since(timezone.now())).status_code == 200
    assert client.session[SEEN] == seen


def test_page_that_a_person_asks_for_keeps_the_session_alive(client, nurse):
    client.get("/staff/")
    idle(client, settings.STAFF_IDLE_MINUTES - 1)
    seen = client.session[SEEN]

    client.get("/staff/")

    assert client.session[SEEN] > seen


def test_news_after_the_idle_time_get_nothing_and_leave_the_end_to_the_person(client, nurse):
    # given a review that was typed while nothing was sent for too long, beside an open worklist
    wanted = a_row()
    client.get("/staff/")
    idle(client, settings.STAFF_IDLE_MINUTES + 1)

    # when the worklist asks first, it gets no numbers
    answer = client.get(since(timezone.now()))
    assert (answer.status_code, answer.content) == (401, b"")

    # then what was typed is still kept when it is sent
    address = f"/staff/requests/{wanted.reference}/hand-over/"
    typed = "reason=Call+in+the+morning&version=1"
    answer = client.post(address, typed, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert KeptForm.objects.get().content["fields"]["reason"] == ["Call in the morning"]


def test_news_for_a_stranger_lead_to_the_sign_in(client):
    assert client.get(since(timezone.now())).status_code == 302
