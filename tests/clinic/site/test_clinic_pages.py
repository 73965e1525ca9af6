"""Pages about the clinic: its team, the visit, referrals: from the directory and the settings, never made up."""

import re

import pytest
from django.test import override_settings
from django.urls import resolve

from tests.clinic.look.markup import Page, faults
from tests.factories import a_clinic

PAGES = ["/your-visit/", "/our-team/", "/refer/", "/nondiscrimination/"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_and_leads_only_to_pages_that_exist(client, path):
    a_clinic()
    response = client.get(path)
    page = Page(response.content.decode())
    assert response.status_code == 200
    assert faults(page) == []
    assert len(page.every("h1")) == 1
    assert all(resolve(re.split(r"[?#]", href)[0]) for href in page.hrefs(within="/"))
    assert not response.cookies


@pytest.mark.parametrize("path", [*PAGES, "/contact/", "/accessibility/", "/privacy/"])
def test_page_says_where_it_stands(client, path):
    html = client.get(path).content.decode()
    assert re.search(r'<nav class="crumbs".*?<a href="/">Home</a>.*?aria-current="page"', html, re.DOTALL)


@pytest.mark.parametrize("path", PAGES)
def test_page_takes_at_most_three_queries_and_answers_304(client, path, django_assert_max_num_queries):
    a_clinic()
    with django_assert_max_num_queries(3):
        first = client.get(path)
    if "ETag" in first:
        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_team_names_the_active_people_by_specialty(client):
    clinic = a_clinic()
    gone = clinic.people["RAD_ONC"][0]
    html = client.get("/our-team/").content.decode()
    assert "Uses strong rays to ease pain" in html
    assert gone.name in html
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    assert gone.name not in client.get("/our-team/").content.decode()


def test_empty_clinic_still_has_a_page_of_its_team(client):
    assert "Call the nurse line to hear who is part of the team." in client.get("/our-team/").content.decode()


@override_settings(VISIT_DUE_DAYS={"urgent": 2, "soon": 6, "routine": 12}, PLANNED_CONTACT_BUSINESS_DAYS=4)
def test_referrers_read_the_times_that_the_clinic_has_set(client):
    html = client.get("/refer/").content.decode()
    for said in ("Within 2 days", "Within 6 days", "Within 12 days", "Within 4 business days"):
        assert said in html
    assert "202-555-0130" in html


@override_settings(CLINIC_PARKING="")
def test_unknown_parking_leads_to_the_front_desk(client):
    assert "Call the front desk to hear where to park" in client.get("/your-visit/").content.decode()


def test_support_link_is_shown_only_when_there_is_one(client):
    assert "Support us" not in client.get("/nondiscrimination/").content.decode()
    with override_settings(SUPPORT_US_URL="https://gifts.example.org/"):
        assert 'href="https://gifts.example.org/"' in client.get("/nondiscrimination/").content.decode()
