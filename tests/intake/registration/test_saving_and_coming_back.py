"""Leave the form and come back: code, link or the same browser, always with the date of birth."""

import time
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from clinic.platform.jobs.models import Job
from intake.access.codes import new_code
from intake.access.models import AccessLink
from intake.registration import actions
from intake.registration.job_kinds import expire_drafts
from intake.registration.models import Draft
from tests.intake.factories import BORN, a_draft, begin, page, send_page, walk_until

pytestmark = pytest.mark.django_db

DAY = date(1951, 3, 27)
OTHER_DAY = {"date_of_birth_month": "3", "date_of_birth_day": "28", "date_of_birth_year": "1951"}


def save(client, **more):
    return client.post(reverse("registration:save"), {**BORN, "email": "", **more})


def resume(client, code, born=BORN):
    return client.post(reverse("registration:resume"), {"code": code, **born})


def test_the_code_and_the_birth_date_open_the_draft_in_another_browser(client):
    begin(client)
    send_page(client, "acute-general")
    code = save(client).context["code"]

    elsewhere = Client()
    answer = resume(elsewhere, code.lower().replace("-", " "))
    assert answer.url == page("leg-weakness")
    assert elsewhere.get(page("acute-general")).context["form"]["acute_general"].value() == ["none"]


def test_the_code_is_stored_hashed_and_shown_once(client):
    begin(client)
    code = save(client).context["code"]
    draft = Draft.objects.get()
    assert code.replace("-", "") not in draft.resume_code_hash
    again = save(client).context["code"]
    assert again != code
    assert resume(Client(), code).status_code == 422
    assert resume(Client(), again).status_code == 302


def test_saving_asks_for_the_birth_date_first(client):
    begin(client)
    answer = client.post(reverse("registration:save"), {"email": ""})
    assert answer.status_code == 422
    assert "Enter the date of birth of the patient" in answer.content.decode()


def test_a_draft_lives_twenty_minutes_without_and_thirty_days_with_a_birth_date(client, settings):
    draft = begin(client)
    assert draft.expires_at - timezone.now() <= timedelta(minutes=settings.PATIENT_IDLE_MINUTES)
    save(client)
    draft.refresh_from_db()
    assert draft.expires_at - timezone.now() > timedelta(days=29)


def test_wrong_code_wrong_date_and_a_dead_draft_hear_the_same():
    draft = a_draft(born_on=DAY)
    code = actions.save_for_later(draft, DAY, by=actions.person(draft.pk, "patient"))
    dead = a_draft(born_on=DAY)
    dead_code = actions.save_for_later(dead, DAY, by=actions.person(dead.pk, "patient"))
    Draft.objects.filter(pk=dead.pk).update(expires_at=timezone.now())
    pages = {
        resume(Client(), typed, born).context["form"].non_field_errors()[0]
        for typed, born in ((new_code(), BORN), (code, OTHER_DAY), (dead_code, BORN), ("nonsense", BORN), ("😀", BORN))
    }
    assert len(pages) == 1
    assert "202-555-0110" in pages.pop()


def test_guessing_birth_dates_ends_after_five_tries():
    draft = a_draft()
    code = actions.save_for_later(draft, DAY, by=actions.person(draft.pk, "patient"))
    for _try in range(5):
        assert resume(Client(), code, OTHER_DAY).status_code == 422
    assert resume(Client(), code).status_code == 422


def test_after_twenty_idle_minutes_the_birth_date_alone_opens_it_in_the_same_browser(client):
    begin(client)
    send_page(client, "acute-general")
    save(client)
    session = client.session
    session["patient_seen"] = int(time.time()) - 3600
    session.save()

    lost = client.get(page("leg-weakness"))
    assert lost.status_code == 403
    assert "Your answers are kept" in lost.content.decode()
    assert client.post(reverse("registration:resume-here"), OTHER_DAY).status_code == 422
    assert client.post(reverse("registration:resume-here"), BORN).url == page("leg-weakness")
    assert client.get(page("leg-weakness")).status_code == 200


def test_without_a_birth_date_an_idle_form_is_gone_and_says_so(client):
    begin(client)
    session = client.session
    session["patient_seen"] = int(time.time()) - 3600
    session.save()
    for answer in (client.get(page("acute-general")), send_page(client, "acute-general")):
        assert answer.status_code == 403
        assert "Start again" in answer.content.decode()


@pytest.mark.parametrize("name", ["check", "save", "emergency", "unchecked"])
def test_a_page_without_a_form_open_says_how_to_go_on(client, name):
    answer = client.get(reverse(f"registration:{name}"))
    assert answer.status_code == 403
    assert "Use my resume code" in answer.content.decode()


def test_a_link_goes_by_email_without_patient_data_and_opens_with_the_birth_date(client):
    begin(client)
    send_page(client, "acute-general")
    save(client, email="maria@example.org")
    message = Message.objects.get()
    link = message.context["link"]
    assert "1951" not in link
    assert str(Draft.objects.get().pk) not in link

    elsewhere, path = Client(), "/" + link.split("/", 3)[3]
    before = list(AccessLink.objects.values_list("used_at", flat=True))
    assert elsewhere.get(path).status_code == 200
    assert list(AccessLink.objects.values_list("used_at", flat=True)) == before
    assert elsewhere.post(path, OTHER_DAY).status_code == 422
    answer = elsewhere.post(path, BORN)
    assert answer.url == page("leg-weakness")


def test_a_link_goes_by_text_and_opens_with_the_birth_date(client):
    begin(client)
    send_page(client, "acute-general")
    answer = save(client, phone="202-555-0142")
    assert "We are sending a link to 202-555-0142" in answer.content.decode()
    message = Message.objects.get()
    assert (message.channel, message.to) == ("sms", "+12025550142")
    path = "/" + message.context["link"].split("/", 3)[3]
    assert Client().post(path, BORN).url == page("leg-weakness")


def test_email_and_text_carry_the_same_link(client):
    begin(client)
    save(client, email="maria@example.org", phone="202-555-0142")
    by_mail, by_text = Message.objects.order_by("channel")
    assert by_mail.context == by_text.context


def test_one_phone_gets_three_links_an_hour_from_wherever_they_are_asked_for():
    for number in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        begin(client)
        answer = save(client, phone="202-555-0142")
    assert Message.objects.count() == 3
    assert "No link sent" in answer.content.decode()


def test_a_phone_is_offered_only_where_texts_are_sent_and_filled_in_only_with_consent(client, settings):
    draft = begin(client)
    assert 'name="phone"' in client.get(reverse("registration:save")).content.decode()
    Draft.objects.filter(pk=draft.pk).update(answers={**draft.answers, "phone_primary": "+12025550142"})
    assert "0142" not in client.get(reverse("registration:save")).content.decode()
    draft.refresh_from_db()
    Draft.objects.filter(pk=draft.pk).update(answers={**draft.answers, "consent_sms": True})
    assert "202-555-0142" in client.get(reverse("registration:save")).content.decode()
    settings.SMS_BACKEND = ""
    assert 'name="phone"' not in client.get(reverse("registration:save")).content.decode()
    save(client, phone="202-555-0142")
    assert not Message.objects.exists()


def test_a_dead_link_says_so(client):
    answer = client.get(reverse("registration:resume-link", args=["x" * 22]))
    assert answer.status_code == 410
    assert "This link has expired" in answer.content.decode()


def test_nobody_uses_us_to_write_to_strangers(client):
    begin(client)
    for number in range(7):
        save(client, email=f"stranger{number}@example.org")
    assert Message.objects.count() == 5


def test_leaving_a_shared_computer_closes_the_form(client):
    begin(client)
    code = save(client).context["code"]
    client.post(reverse("registration:leave"))
    assert client.get(page("acute-general")).status_code == 403
    assert resume(client, code).status_code == 302


def test_the_birth_date_given_for_saving_is_offered_again_and_not_asked_twice(client):
    begin(client)
    save(client)
    walk_until(client, "birth-date")
    html = client.get(page("birth-date")).content.decode()
    assert 'value="1951"' in html


def test_a_draft_of_thirty_days_is_emptied():
    old = a_draft(answers={"legal_first_name": "Ana"}, expires_at=timezone.now() - timedelta(seconds=1))
    living = a_draft(answers={"legal_first_name": "Bo"})
    assert actions.expire_due_drafts(timezone.now()) == 1
    old.refresh_from_db()
    living.refresh_from_db()
    assert (old.state, old.answers) == ("expired", {})
    assert living.answers["legal_first_name"] == "Bo"


def test_the_session_and_the_cookies_hold_no_answer(client):
    begin(client)
    walk_until(client, "none")
    assert set(client.session.keys()) <= {"draft_id", "patient_seen", "patient_is_caregiver"}
    assert set(client.cookies.keys()) <= {"sessionid", "csrftoken"}


def test_the_daily_sweep_is_planned_once_and_comes_back_while_a_form_is_open(client):
    begin(client)
    begin(Client())
    planned = Job.objects.filter(kind="expire_drafts")
    assert planned.count() == 1
    living = a_draft()
    old = a_draft(answers={"zip": "48109"}, expires_at=timezone.now() - timedelta(days=1))
    planned.delete()
    expire_drafts()
    old.refresh_from_db()
    assert old.answers == {}
    assert planned.count() == 1
    living.refresh_from_db()
    assert living.state == "open"


def test_the_command_empties_what_is_over(capsys):
    a_draft(expires_at=timezone.now() - timedelta(days=1))
    call_command("expire_drafts")
    assert "1 saved forms emptied" in capsys.readouterr().out
