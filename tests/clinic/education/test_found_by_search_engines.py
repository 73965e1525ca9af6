"""Search engines: structured data, a map of the public pages, and nothing private in it."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import override_settings
from django.urls import resolve, reverse

from clinic.education.models import Article
from clinic.education.sitemap import PAGES
from clinic.site.structured import as_script

PRIVATE = ("/my/", "/staff/", "/admin/", "/register/", "/resume/", "/sign-in/", "/search/", "/preferences/")


def data_of(html: str) -> list[dict]:
    return [json.loads(part) for part in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]


def test_article_says_what_it_is_and_who_reviewed_it(client, library):
    page, crumbs = data_of(client.get("/learn/high-calcium/").content.decode())
    assert page["@type"] == "MedicalWebPage"
    assert page["reviewedBy"] == {"@type": "Person", "jobTitle": "Demonstration reviewer"}
    assert page["lastReviewed"] == Article.objects.get(slug="high-calcium").reviewed_on.isoformat()
    assert [one["name"] for one in crumbs["itemListElement"]] == ["Home", "Learn", "High calcium"]


def test_questions_are_given_with_their_answers(client, library):
    page, _crumbs = data_of(client.get("/learn/questions/").content.decode())
    assert page["@type"] == "FAQPage"
    assert len(page["mainEntity"]) >= 7
    for one in page["mainEntity"]:
        assert one["acceptedAnswer"]["text"]
        assert "[S" not in one["acceptedAnswer"]["text"]


def test_clinic_gives_its_place_and_its_numbers(client, db):
    (data,) = data_of(client.get("/contact/").content.decode())
    assert data["@type"] == "MedicalClinic"
    assert data["telephone"] == "+12025550100"
    assert data["contactPoint"]["telephone"] == "+12025550110"


LISTED = [reverse(name) for name in PAGES]


@pytest.mark.parametrize("path", [*LISTED, "/learn/high-calcium/", "/learn/questions/"])
def test_page_that_is_sent_on_says_what_it_is_and_asks_nobody_else(client, library, path):
    html = client.get(path).content.decode()
    found = dict(re.findall(r'<meta property="og:([a-z:_]+)" content="([^"]+)">', html))
    assert {"type", "title", "description", "url", "site_name", "image"} <= set(found)
    assert found["url"] == settings.PUBLIC_URL + path
    assert re.findall(r'<link rel="canonical" href="([^"]+)">', html) == [found["url"]]
    assert re.findall(r'<meta name="description" content="([^"]{50,160})">', html) == [found["description"]]
    assert f"<title>{found['title']} - " in html
    picture = found["image"].removeprefix(settings.PUBLIC_URL)
    assert finders.find(picture.removeprefix("/static/"))
    assert not re.search(r'<(?:script|img|link)[^>]+(?:src|href)="https?://(?!localhost)', html)


@pytest.mark.parametrize("path", ["/register/", "/resume/", "/sign-in/", "/search/?q=pain", "/preferences/"])
def test_page_of_one_person_has_nothing_to_send_on(client, library, path):
    assert "og:" not in client.get(path, follow=True).content.decode()


def test_data_cannot_end_its_block():
    html = as_script({"name": "</script><script>alert(1)</script>&"})
    assert html.count("</script>") == 1
    assert data_of(html)[0]["name"] == "</script><script>alert(1)</script>&"


def test_map_lists_every_readable_article_and_nothing_private(client, library):
    Article.objects.filter(slug="tests").update(retired_at="2026-01-01T00:00:00Z")
    xml = client.get("/sitemap.xml").content.decode()
    assert "/learn/bone-pain/</loc>" in xml
    assert "/learn/questions/</loc>" in xml
    assert "/learn/tests/" not in xml
    assert [path for path in PRIVATE if path in xml] == []
    for address in re.findall(r"<loc>https?://[^/]+(.*?)</loc>", xml):
        assert resolve(address)


@override_settings(PUBLIC_URL="https://clinic.example.org")
def test_robots_are_told_where_not_to_go(client, db):
    response = client.get("/robots.txt")
    text = response.content.decode()
    assert response["Content-Type"].startswith("text/plain")
    assert [path for path in PRIVATE if f"Disallow: {path}" not in text] == []
    assert "Sitemap: https://clinic.example.org/sitemap.xml" in text


@pytest.mark.parametrize("path", ["/resume/", "/sign-in/", "/register/who/", "/search/?q=pain", "/staff/sign-in/"])
def test_private_pages_say_so_themselves(client, db, path):
    assert '<meta name="robots" content="noindex">' in client.get(path).content.decode()
