"""A page that is sent after the idle time loses nothing: it comes back to whoever opens the same form again."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from clinic.platform.kept.models import KeptForm
from clinic.platform.kept.safe import COOKIE, MARK
from intake.registration.models import Draft
from tests.intake.factories import BORN, begin, page, send_page

pytestmark = pytest.mark.django_db
OTHER_DAY = {"date_of_birth_month": "3", "date_of_birth_day": "28", "date_of_birth_year": "1951"}
FORM = "application/x-www-form-urlencoded"


def let_idle(client):
    session = client.session
    session["patient_seen"] = int(time.time()) - 3600
    session.save()


def type_(client, slug, body):
    return client.post(page(slug), body, content_type=FORM)


@pytest.fixture
def typed(client):
    """A saved form, idle for an hour; then its next page is sent. The resume code."""
    begin(client)
    send_page(client, "acute-general")
    code = client.post(reverse("registration:save"), {**BORN, "email": ""}).context["code"]
    let_idle(client)
    answer = type_(client, "leg-weakness", "leg_weakness=no&version=0")
    assert answer.status_code == 403
    assert "What you typed on the last page is kept for 30 minutes" in answer.content.decode()
    return code


def done() -> list[str]:
    return Draft.objects.get().steps_done


def show_again(client):
    offer = client.get(reverse("registration:kept"))
    path = offer.context["kept_path"]
    assert f'action="{path}"' in offer.content.decode()
    return client.post(path, f"{MARK}=1", content_type=FORM)


def test_the_birth_date_brings_back_what_was_typed_and_one_more_press_saves_it(client, typed):
    opened = client.post(reverse("registration:resume-here"), BORN)
    assert opened.url == reverse("registration:kept")
    assert "leg-weakness" not in done()

    shown = show_again(client)
    assert shown.status_code == 422
    html = shown.content.decode()
    assert "Your answers on this page are still here" in html
    assert shown.context["form"]["leg_weakness"].value() == "no"
    assert "leg-weakness" not in done()

    assert send_page(client, "leg-weakness").status_code == 302
    assert "leg-weakness" in done()


def test_it_comes_back_by_the_resume_code_too(client, typed):
    answer = client.post(reverse("registration:resume"), {"code": typed, **BORN})
    assert answer.url == reverse("registration:kept")


def test_nothing_is_shown_before_the_same_form_is_open_again(client, typed):
    for answer in (
        client.get(reverse("registration:kept")),
        client.post(page("leg-weakness"), f"{MARK}=1", content_type=FORM),
        client.post(reverse("registration:resume-here"), OTHER_DAY),
    ):
        assert answer.status_code in (403, 422)
        assert 'value="no"' not in answer.content.decode()
    assert KeptForm.objects.count() == 1


def test_another_form_in_the_same_browser_does_not_see_it(client, typed):
    stranger = Client()
    stranger.cookies[COOKIE] = client.cookies[COOKIE].value
    begin(stranger)
    send_page(stranger, "acute-general")
    assert stranger.get(reverse("registration:kept")).url == page("leg-weakness")
    answer = stranger.post(page("leg-weakness"), f"{MARK}=1", content_type=FORM)
    assert answer.status_code == 302
    assert KeptForm.objects.count() == 1


def test_another_device_does_not_see_it(client, typed):
    elsewhere = Client()
    answer = elsewhere.post(reverse("registration:resume"), {"code": typed, **BORN})
    assert answer.url == page("leg-weakness")


def test_it_is_shown_once_and_a_second_try_leads_to_the_empty_page(client, typed):
    client.post(reverse("registration:resume-here"), BORN)
    show_again(client)
    again = client.post(page("leg-weakness"), f"{MARK}=1", content_type=FORM)
    assert again.status_code == 302
    assert again.url == page("leg-weakness")


def test_leaving_a_shared_computer_forgets_it(client, typed):
    client.post(reverse("registration:leave"))
    assert not KeptForm.objects.exists()


def test_a_sign_of_danger_counts_when_it_comes_back(client):
    begin(client)
    client.post(reverse("registration:save"), {**BORN, "email": ""})
    let_idle(client)
    type_(client, "acute-general", "acute_general=chest_pain&version=0")
    client.post(reverse("registration:resume-here"), BORN)
    assert show_again(client).url == reverse("registration:emergency")
    assert done() == ["acute-general"]


def test_a_form_without_a_birth_date_keeps_nothing(client):
    begin(client)
    let_idle(client)
    type_(client, "acute-general", "acute_general=none&version=0")
    assert not KeptForm.objects.exists()
