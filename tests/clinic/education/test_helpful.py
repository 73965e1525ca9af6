"""Was this page helpful? Counts and nothing else: no person, no words, no cookie."""

import pytest
from django.utils import timezone

from clinic.education.models import Article, HelpfulCount
from clinic.education.views import ANSWERS_A_PAGE
from clinic.platform.audit.models import AuditEntry
from tests.clinic.look.markup import Page, faults
from tests.scheduling.staff_rows import a_member

ADDRESS = "/learn/bone-pain/helpful/"


def counted() -> tuple[int, int]:
    row = HelpfulCount.objects.filter(revision=Article.objects.get(slug="bone-pain").published).first()
    return (row.yes, row.no) if row else (0, 0)


def test_page_asks_with_two_buttons_that_need_no_script_and_no_cookie(client, library):
    for path in ("/learn/bone-pain/", "/learn/questions/"):
        response = client.get(path)
        html = response.content.decode()
        assert f'action="{path}helpful/"' in html
        assert html.count('name="said"') == 2
        assert "<textarea" not in html
        assert not response.cookies


@pytest.mark.parametrize(("said", "count"), [("yes", (1, 0)), ("no", (0, 1))])
def test_answer_is_counted_and_thanked_on_a_page_that_leads_on(client, library, said, count):
    answer = client.post(ADDRESS, {"said": said})
    assert (answer.status_code, answer.url) == (302, f"{ADDRESS}?said={said}")
    assert counted() == count
    page = client.get(answer.url)
    html = page.content.decode()
    assert faults(Page(html)) == []
    assert 'href="/learn/bone-pain/"' in html
    assert ("Ask a nurse" in html) == (said == "no")
    assert counted() == count  # looking at the thanks counts nothing


def test_answers_keep_nobody_and_audit_nobody(client, library):
    before = AuditEntry.objects.count()
    answer = client.post(ADDRESS, {"said": "yes"})
    assert {field.name for field in HelpfulCount._meta.get_fields()} == {"revision", "yes", "no"}
    assert AuditEntry.objects.count() == before
    assert not answer.cookies


def test_many_answers_from_one_place_are_thanked_and_not_counted(client, library):
    for _turn in range(ANSWERS_A_PAGE + 4):
        assert client.post(ADDRESS, {"said": "no"}).status_code == 302
    assert counted() == (0, ANSWERS_A_PAGE)
    client.post(ADDRESS, {"said": "yes"}, REMOTE_ADDR="198.51.100.7")
    assert counted() == (1, ANSWERS_A_PAGE)


@pytest.mark.parametrize("typed", [{}, {"said": "maybe"}, {"said": "yes' OR 1=1"}, {"said": "\x00"}])
def test_anything_else_is_not_counted(client, library, typed):
    assert client.post(ADDRESS, typed).status_code == 400
    assert counted() == (0, 0)


def test_page_that_is_not_shown_asks_nothing(client, library):
    Article.objects.filter(slug="bone-pain").update(retired_at=timezone.now())
    assert client.post(ADDRESS, {"said": "yes"}).status_code == 404
    assert client.get("/learn/nothing/helpful/").status_code == 404


def test_answer_does_not_make_the_pages_anew(client, library):
    before = client.get("/learn/bone-pain/")["ETag"]
    client.post(ADDRESS, {"said": "yes"})
    assert client.get("/learn/bone-pain/")["ETag"] == before


def test_editor_sees_the_counts_of_the_published_words(client, library):
    for said in ("yes", "yes", "no"):
        client.post(ADDRESS, {"said": said})
    client.force_login(a_member("content_editor"))
    assert "2 of 3" in client.get("/admin/clinic/article/").content.decode()
    article = Article.objects.get(slug="bone-pain")
    overview = client.get(f"/admin/clinic/article/{article.pk}/change/").content.decode()
    assert "Readers who found this wording helpful: 2 of 3." in overview
    assert "no answers yet" in client.get("/admin/clinic/article/").content.decode()
