"""Public pages: each is whole, says where help is, links only to what exists, and asks no database."""

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from clinic.site import views
from clinic.site.notices import current_notice, read_notice, versions
from tests.clinic.look.markup import Page, faults

PAGES = ["home", "get-help-now", "contact", "accessibility", "privacy", "preferences"]


def the_page(client, name) -> str:
    response = client.get(reverse(f"site:{name}"))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_public_page_is_whole_and_names_the_nurse_line(client, name):
    html = the_page(client, name)
    page = Page(html)
    assert faults(page) == []
    assert len(page.every("h1")) == 1
    assert re.search(r"<title>[^<]{5,70} - Juniper Clinic</title>", html)
    assert html.count('href="tel:+12025550110"') >= 2
    assert 'href="tel:911"' in html
    assert page.every("html")[0]["lang"] == "en-US"
    assert "#main" in page.hrefs()


@pytest.mark.parametrize("name", PAGES)
def test_public_page_leads_only_to_pages_that_exist(client, name):
    for href in Page(the_page(client, name)).hrefs(within="/"):
        assert resolve(href.split("?")[0])


@pytest.mark.parametrize("name", PAGES)
def test_public_page_sets_no_cookie(client, name):
    if name != "preferences":  # its form needs one against forgery
        assert not client.get(reverse(f"site:{name}")).cookies


def test_titles_and_headings_are_all_different(client):
    pages = [the_page(client, name) for name in PAGES]
    for pattern in (r"<title>(.*?)</title>", r"<h1[^>]*>(.*?)</h1>"):
        assert len({re.search(pattern, html).group(1) for html in pages}) == len(PAGES)


def test_home_shows_the_way_in_and_the_emergency_signs(client):
    html = the_page(client, "home")
    assert "<h1>Care for cancer that has spread to bone</h1>" in html
    for text in ("Request an appointment", "Speak with a nurse", "Get help now", "How it works", "Call 911 or go to"):
        assert text in html


def test_get_help_now_may_be_indexed_and_has_a_call_button(client):
    html = the_page(client, "get-help-now")
    assert "noindex" not in html
    assert '<a class="call-button" href="tel:911">Call 911</a>' in html
    assert "I have cancer, and I may have pressure on my spinal cord." in html
    assert 'href="tel:988"' in html


def test_text_size_is_kept_and_leads_back(client):
    response = client.post(reverse("site:text-size"), {"size": "largest", "next": "/contact/?x=1"})
    assert (response.status_code, response["Location"]) == (302, "/contact/?x=1")
    assert response.cookies["text_size"]["max-age"] == 365 * 24 * 3600
    html = the_page(client, "contact")
    assert 'data-text="largest"' in html
    assert re.search(r'value="largest" aria-pressed="true"', html)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_text_size_never_leads_elsewhere(client, back):
    assert client.post(reverse("site:text-size"), {"size": "large", "next": back})["Location"] == "/"


def test_unknown_text_size_is_ignored(client):
    assert "text_size" not in client.post(reverse("site:text-size"), {"size": "9em"}).cookies
    client.cookies["text_size"] = '"><script>'
    assert 'data-text="standard"' in the_page(client, "home")


def test_text_size_opened_as_an_address_shows_the_preferences(client):
    assert client.get(reverse("site:text-size"))["Location"] == reverse("site:preferences")


def test_preferences_are_saved_without_script(client):
    response = client.post(reverse("site:preferences"), {"text_size": "large", "theme": "dark"})
    assert response.status_code == 302
    html = the_page(client, "preferences")
    assert 'data-text="large" data-theme="dark"' in html
    assert re.search(r'value="dark"[^>]*checked', html)


def test_preferences_with_foreign_values_show_what_to_do(client):
    response = client.post(reverse("site:preferences"), {"text_size": "huge", "theme": ""})
    assert response.status_code == 422
    html = response.content.decode()
    assert "<title>Error: " in html
    assert 'href="#id_text_size_0"' in html
    assert 'href="#id_theme_0"' in html


@pytest.mark.parametrize("path", ["/no-such-page/", "/learn/no-such-article/", "/%00/", "/" + "x" * 5000])
def test_page_not_found_keeps_the_frame_the_phone_and_a_way_to_search(client, db, path):
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 404
    assert faults(Page(html)) == []
    assert "202-555-0110" in html
    assert 'action="/search/"' in html
    assert 'name="q"' in html


@pytest.mark.parametrize(("view", "status"), [("bad_request", 400), ("forbidden", 403), ("not_found", 404)])
def test_error_page_has_its_status_heading_and_help(view, status):
    response = getattr(views, view)(RequestFactory().get("/x/"))
    html = response.content.decode()
    assert response.status_code == status
    assert html.count("<h1>") == 1
    assert "202-555-0110" in html
    assert "noindex" in html


def test_maintenance_says_when_it_ends():
    response = views.maintenance(RequestFactory().get("/"), ends="at noon")
    assert response.status_code == 503
    assert "opens again at noon" in response.content.decode()


def test_forged_form_is_told_that_answers_are_kept():
    response = Client(enforce_csrf_checks=True).post(reverse("site:preferences"), {"theme": "dark"})
    assert response.status_code == 403
    assert "We could not check your form" in response.content.decode()
    assert "saved" in response.content.decode()


def test_server_error_needs_neither_request_nor_database():
    response = views.server_error(None)
    html = response.content.decode()
    assert response.status_code == 500
    assert 'href="tel:911"' in html
    assert "202-555-0110" in html
    assert faults(Page(html)) == []


def test_server_error_answers_even_without_templates(settings):
    settings.TEMPLATES = []
    response = views.server_error(None)
    assert response.status_code == 500
    assert b"202-555-0110" in response.content


def test_notice_of_privacy_practices_has_a_version():
    notice = current_notice()
    assert notice.version == versions()[-1] == notice.since.isoformat()
    assert "Your rights" in notice.html
    with pytest.raises(LookupError):
        read_notice("../settings")
