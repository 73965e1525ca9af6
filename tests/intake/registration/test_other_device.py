"""Go on with another device: a code for its camera, good once for ten minutes, that still asks for the birth date."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.platform.qr import qr_svg
from intake.access.models import AccessLink
from intake.registration.models import Draft
from intake.registration.other_device import address_for_device
from tests.intake.factories import BORN, begin, page, send_page, walk_until

pytestmark = pytest.mark.django_db
OTHER_DAY = {**BORN, "date_of_birth_day": "28"}


@pytest.fixture
def saved(client) -> Draft:
    """A form with one answer, saved with a birth date."""
    begin(client)
    send_page(client, "acute-general")
    client.post(reverse("registration:save"), {**BORN, "email": ""})
    return Draft.objects.get()


def path_to(draft: Draft) -> str:
    return "/" + address_for_device(draft).split("/", 3)[3]


def test_what_began_here_goes_on_there_and_comes_back_with_nothing_lost(client, saved):
    phone = Client()
    answer = phone.post(path_to(saved), BORN)
    assert answer.url == page("leg-weakness")
    send_page(phone, "leg-weakness", {"leg_weakness": "none"})
    assert client.get(page("arm-weakness")).status_code == 200  # the desktop goes on where the phone was
    walk_until(client, "name")
    assert Draft.objects.get().answers["leg_weakness"] == "none"


def test_looking_changes_nothing_and_the_link_works_once(saved):
    path = path_to(saved)
    for _look in range(2):
        assert Client().get(path).status_code == 200
    assert Client().post(path, OTHER_DAY).status_code == 422
    assert Client().post(path, BORN).status_code == 302
    assert Client().post(path, BORN).status_code == 410


def test_it_ends_after_ten_minutes_and_with_a_newer_one(saved, time_machine):
    old, new = path_to(saved), path_to(saved)
    assert Client().get(old).status_code == 410
    time_machine.move_to(timezone.now() + timedelta(minutes=10, seconds=1))
    assert Client().get(new).status_code == 410


def test_the_page_after_saving_shows_a_code_without_patient_data(client):
    begin(client)
    html = client.post(reverse("registration:save"), {**BORN, "email": ""}).content.decode()
    drawn = re.search(r"<svg[^>]*class=\"qr\".*?</svg>", html, re.S)[0]
    assert "style" not in drawn
    assert "1951" not in address_for_device(Draft.objects.get())
    assert AccessLink.objects.filter(purpose="other_device").count() == 2


def test_a_form_without_a_birth_date_has_no_code(client):
    draft = begin(client)
    assert address_for_device(draft) == ""
    html = client.post(reverse("registration:qr")).content.decode()
    assert 'class="qr"' not in html
    assert client.get(reverse("registration:qr")).status_code == 405


def test_a_draft_that_lapsed_does_not_open(saved):
    path = path_to(saved)
    Draft.objects.filter(pk=saved.pk).update(expires_at=timezone.now())
    assert Client().post(path, BORN).status_code == 422


def test_a_code_reads_back_as_its_address():
    assert qr_svg("https://clinic.example/a/") != qr_svg("https://clinic.example/b/")
    assert 'viewBox="0 0' in qr_svg("https://clinic.example/a/")


def test_leaving_asks_the_browser_to_forget_us(client, saved):
    answer = client.post(reverse("registration:leave"))
    assert '"cookies"' in answer["Clear-Site-Data"]
    assert client.get(page("acute-general")).status_code == 403
