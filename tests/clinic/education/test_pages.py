"""Pages to read: whole, linked, quick, answered 304, and clear when something is gone."""

import re
from datetime import timedelta

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from clinic.education.models import Article, GlossaryTerm
from clinic.education.starter import starter_articles
from tests.clinic.look.markup import Page, faults

SLUGS = [one.slug for one in starter_articles() if one.slug != "questions"]
ADDRESSES = ["/learn/", "/learn/words/", "/learn/questions/", "/search/?q=pain", *(f"/learn/{slug}/" for slug in SLUGS)]


def test_every_page_is_whole_leads_only_to_pages_that_exist_and_sets_no_cookie(client, library):
    for address in ADDRESSES:
        response = client.get(address)
        assert response.status_code == 200
        html = response.content.decode()
        page = Page(html)
        assert faults(page) == [], address
        assert len(page.every("h1")) == 1, address
        for href in page.hrefs(within="/"):
            assert resolve(re.split(r"[?#]", href)[0]), address
        assert html.count('href="tel:+12025550110"') >= 2, address
        assert not response.cookies, address


def test_article_says_who_reviewed_it_when_and_what_it_is_not(client, library):
    html = client.get("/learn/high-calcium/").content.decode()
    assert re.search(r"Reviewed by: Demonstration reviewer, \w+ \d+, 20\d\d\. Next review: \w+ 20\d\d\.", html)
    assert "This page gives general facts. It does not replace advice from your care team." in html


def test_emergency_card_stands_before_the_nurse_card(client, library):
    html = client.get("/learn/spinal-cord-compression/").content.decode()
    assert html.index('id="call-emergency"') < html.index('id="call-nurse"')
    assert 'href="tel:911"' in html


def test_living_page_gives_the_crisis_number(client, library):
    html = client.get("/learn/living-with-bone-metastasis/").content.decode()
    assert "Call or text 988 if:" in html
    assert 'href="tel:988"' in html


def test_word_opens_its_definition_at_its_first_use_only(client, library):
    html = client.get("/learn/spinal-cord-compression/").content.decode()
    assert html.count('popovertarget="word-spinal-cord"') == 1
    assert html.count('id="word-spinal-cord" popover') == 1
    assert "The bundle of nerves inside the backbone." in html


def test_word_in_a_link_or_a_heading_is_left_alone(client, library):
    html = client.get("/learn/signs-and-symptoms/").content.decode()
    for link in re.findall(r"<a [^>]*>.*?</a>", html) + re.findall(r"<h[1-4][^>]*>.*?</h[1-4]>", html):
        assert "popovertarget" not in link


def test_word_out_of_use_is_shown_nowhere(client, library):
    GlossaryTerm.objects.filter(slug="mri").update(is_active=False)
    assert "word-mri" not in client.get("/learn/tests/").content.decode()
    assert 'id="mri"' not in client.get("/learn/words/").content.decode()


def test_retired_questions_say_that_they_are_gone_and_are_linked_nowhere(client, library):
    assert "Common questions</a>" in client.get("/learn/").content.decode()
    html = client.get("/learn/questions/").content.decode()
    assert all(f'id="{name}"' in html for name in ("key-points", "on-this-page", "call-nurse"))
    Article.objects.filter(slug="questions").update(retired_at=timezone.now())
    assert client.get("/learn/questions/").status_code == 410
    assert "Common questions</a>" not in client.get("/learn/").content.decode()


def test_retired_article_says_that_it_is_gone_and_leads_on(client, library):
    Article.objects.filter(slug="tests").update(retired_at=timezone.now())
    response = client.get("/learn/tests/")
    assert response.status_code == 410
    assert "This page is not shown any more" in response.content.decode()
    assert reverse("education:index") in response.content.decode()
    for address in ("/learn/", "/learn/your-visit/"):
        assert 'href="/learn/tests/"' not in client.get(address).content.decode()


def test_article_long_overdue_for_review_is_hidden(client, library):
    today = timezone.localdate()
    Article.objects.filter(slug="tests").update(review_due=today - timedelta(days=200), hidden_from=today)
    assert client.get("/learn/tests/").status_code == 410


@pytest.mark.parametrize("address", ["/learn/nothing/", "/learn/a%00b/", "/learn/../etc/", "/learn/words/x/"])
def test_unknown_article_is_not_found(client, db, address):
    assert client.get(address).status_code == 404


def test_empty_library_says_so_and_leads_to_the_nurse(client, db):
    html = client.get("/learn/").content.decode()
    assert "Our pages are being reviewed" in html
    assert client.get("/learn/words/").status_code == 200
    assert client.get("/learn/questions/").status_code == 404
