"""What the patient sees of changes, late cancellation in plain words, and asking for another day."""

import re
from datetime import timedelta

import pytest

from clinic.accounts.actors import staff_actor
from clinic.messages.models import Message
from clinic.platform.refusals import Refused
from intake.access.links import make_link
from intake.tasks.models import StaffTask
from scheduling.visits.changes import drop_leg, undo_change
from scheduling.visits.models import Visit
from scheduling.visits.other_day_actions import ask_for_another_day
from tests.clinic.look.markup import Page, faults
from tests.factories import BIRTH_DATE, a_coordinator, person_of
from tests.scheduling.patient_steps import key_on, post_birth_date, queries_of
from tests.scheduling.visits.booked import a_booked_visit, legs_of
from tests.support.reading import grade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock", "small_clinic")]


@pytest.fixture
def visit(now, fresh_key):
    return a_booked_visit(now, fresh_key)


def come_in(client, visit):
    token = make_link(purpose="visit", subject_id=visit.pk, birth_date=BIRTH_DATE, expires_at=visit.ends_at)
    assert post_birth_date(client, f"/my/visit/{token}/", BIRTH_DATE).status_code == 302


def my(visit, page="visit/") -> str:
    return f"/my/{visit.request.reference}/{page}"


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def dropped(visit, now, fresh_key):
    return drop_leg(legs_of(visit)[1], by=staff_actor(a_coordinator()), key=fresh_key(), now=now)


def test_confirmation_tells_what_was_changed_and_shows_the_day_as_it_is(client, visit, now, fresh_key):
    come_in(client, visit)
    assert "We changed your day" not in text_of(client.get(my(visit)))
    dropped(visit, now, fresh_key)
    page = client.get(my(visit))
    told, _heading, day = text_of(page).partition("Your day, step by step")
    assert "We changed your day Rad_Onc: 9:00 to 9:45 a.m., not 9:45 to 10:30 a.m." in told
    assert "Taken out: Spine_Surg" in told
    assert "Spine_Surg" not in day
    assert "Spine_Surg" not in text_of(client.get(my(visit, "visit/print/")))
    assert faults(Page(page.content.decode())) == []
    assert len(queries_of(client, my(visit))) <= 10


@pytest.mark.parametrize("is_out", [True, False])
def test_change_taken_back_is_told_only_to_who_was_told_of_it(client, visit, now, fresh_key, is_out):
    change = dropped(visit, now, fresh_key)
    if is_out:
        Message.objects.filter(template="visit_changed").update(state="sent")
    undo_change(change, by=staff_actor(a_coordinator()), key=fresh_key(), now=now)
    come_in(client, visit)
    shown = text_of(client.get(my(visit)))
    assert ("We took our last change back" in shown) is is_out
    assert "Spine_Surg" in shown


@pytest.mark.parametrize(("hours", "is_late"), [(30, False), (3, True)])
def test_late_cancellation_is_told_before_and_blocks_nothing(client, visit, standing_clock, hours, is_late):
    standing_clock.move_to(visit.starts_at - timedelta(hours=hours), tick=False)
    come_in(client, visit)
    page = client.get(my(visit, "cancel/"))
    shown = text_of(page)
    assert ("Your visit is very soon. You can still cancel here." in shown) is is_late
    sent = {"key": key_on(page), "visit": str(visit.pk), "version": "0", "reason": ""}
    assert client.post(my(visit, "cancel/"), sent).status_code == 302
    assert Visit.objects.get(pk=visit.pk).is_late_cancellation is is_late


def test_words_about_late_cancellation_are_plain(client, visit, standing_clock):
    standing_clock.move_to(visit.starts_at - timedelta(hours=3), tick=False)
    come_in(client, visit)
    shown = text_of(client.get(my(visit, "cancel/")))
    words = shown[shown.index("Your visit is very soon.") : shown.index("to someone who waits.") + 21]
    assert grade(words) <= 6


def test_asking_for_another_day_makes_a_task_and_leaves_the_visit_alone(client, visit):
    come_in(client, visit)
    page = client.get(my(visit, "other-day/"))
    assert faults(Page(page.content.decode())) == []
    assert len(queries_of(client, my(visit, "other-day/"))) <= 8
    sent = {"key": key_on(page), "words": "Tuesdays after ten, my son drives me"}
    answers = [client.post(my(visit, "other-day/"), sent) for _press in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    task = StaffTask.objects.get(kind="other_day")
    assert (task.patient_id, task.report_id) == (visit.patient_id, visit.request.report_id)
    assert visit.request.notes.get(kind="other_day_asked").text == "Tuesdays after ten, my son drives me"
    assert Visit.objects.get(pk=visit.pk).state == "booked"
    assert "We got your message." in text_of(client.get(my(visit)))


def test_asking_with_nothing_to_say_is_asked_again(client, visit):
    come_in(client, visit)
    page = client.get(my(visit, "other-day/"))
    answer = client.post(my(visit, "other-day/"), {"key": key_on(page), "words": " "})
    assert answer.status_code == 422
    assert "Tell us which days or times suit you better" in text_of(answer)


def test_asking_again_joins_the_open_task(visit, now, fresh_key):
    by = person_of(visit.request)
    tasks = [ask_for_another_day(visit, words=words, by=by, key=fresh_key(), now=now) for words in ("Friday", "Monday")]
    assert tasks[0].pk == tasks[1].pk
    assert visit.request.notes.filter(kind="other_day_asked").count() == 2


def test_another_day_is_not_asked_for_what_is_canceled(client, visit, now, fresh_key):
    Visit.objects.filter(pk=visit.pk).update(state="cancelled_by_clinic")
    with pytest.raises(Refused):
        ask_for_another_day(visit, words="Friday", by=person_of(visit.request), key=fresh_key(), now=now)
    come_in(client, visit)
    assert client.get(my(visit, "other-day/")).status_code == 302


def test_task_page_says_what_to_do(client, visit, now, fresh_key):
    task = ask_for_another_day(visit, words="Friday", by=person_of(visit.request), key=fresh_key(), now=now)
    client.force_login(a_coordinator())
    page = client.get(f"/staff/tasks/{task.pk}/")
    assert page.status_code == 200
    assert visit.request.reference in text_of(page)
    assert f"/staff/visits/{visit.pk}/" in page.content.decode()
