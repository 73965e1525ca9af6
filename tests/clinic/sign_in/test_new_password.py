"""A member of staff who lost the password: a link by mail, once, half an hour; nobody learns who has an account."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.models import User
from clinic.platform.audit.models import AuditEntry
from clinic.platform.jobs.models import Job
from clinic.platform.jobs.worker import run_due

pytestmark = pytest.mark.django_db
OLD, NEW = "four quiet green words", "seven louder purple words"


@pytest.fixture(autouse=True)
def fresh_cache():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def nurse():
    return User.objects.create_user("nurse@example.org", "Nora Nurse", roles=["nurse"], password=OLD)


def ask(browser, email="Nurse@Example.org"):
    """Ask for a link, and let the worker run."""
    page = browser.post(reverse("account_reset_password"), {"email": email})
    assert page["Location"] == reverse("account_reset_password_done")
    run_due()
    return browser.get(page["Location"]).content.decode()


def link() -> str:
    return "/" + re.search(r"https?://\S+", mail.outbox[-1].body)[0].split("/", 3)[3]


def choose(browser, path, password=NEW):
    """Follow the link and enter a new password."""
    form = browser.get(path, follow=True)
    return browser.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def can_sign_in(password) -> bool:
    browser = Client()
    browser.post(reverse("account_login"), {"login": "nurse@example.org", "password": password})
    return "_auth_user_id" in browser.session


def test_the_link_sets_a_new_password_without_signing_in(client, nurse):
    ask(client)
    page = choose(client, link())
    assert page["Location"] == reverse("account_reset_password_from_key_done")
    assert "_auth_user_id" not in client.session
    assert client.get(page["Location"]).status_code == 200
    assert not can_sign_in(OLD)
    assert can_sign_in(NEW)
    assert AuditEntry.objects.filter(action="password_changed", subject_id=str(nurse.pk)).count() == 1


def test_known_and_unknown_addresses_get_the_same_page_and_the_same_work(client, nurse):
    pages = {ask(client), ask(client, "nobody@example.org")}
    assert len(pages) == 1
    assert Job.objects.filter(kind="send_password_reset").count() == 2
    assert [m.to for m in mail.outbox] == [["nurse@example.org"]]


def test_the_mail_names_nobody(client, nurse):
    ask(client)
    (message,) = mail.outbox
    assert "Nora" not in message.subject + message.body
    assert "\n" not in message.subject


def test_a_link_works_once(client, nurse):
    ask(client)
    path = link()
    choose(client, path)
    assert "This link has expired" in Client().get(path).content.decode()


def test_a_link_ends_after_half_an_hour(client, nurse, time_machine):
    ask(client)
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    assert "This link has expired" in Client().get(link()).content.decode()


def test_an_account_that_was_switched_off_gets_none(client, nurse):
    User.objects.filter(pk=nurse.pk).update(is_active=False)
    ask(client)
    assert mail.outbox == []


def test_a_short_password_is_refused(client, nurse):
    ask(client)
    assert choose(client, link(), "short").status_code == 200
    assert can_sign_in(OLD)


def test_signing_out_asks_the_browser_to_forget(client, nurse):
    client.force_login(nurse)
    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    assert '"cookies"' in client.post(reverse("account_logout"))["Clear-Site-Data"]


def test_who_never_had_a_password_is_led_to_the_link_that_sets_one(client):
    client.force_login(User.objects.create_user("new@example.org", "New Nurse", roles=["nurse"]))

    answer = client.get(reverse("account_change_password"))

    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("account_reset_password")
