"""What strangers send to the pages to read, and what happens while somebody reads."""

import pytest
from django.utils import timezone

from clinic.education.models import Article, ArticleRevision, GlossaryTerm, Resource, Trial
from tests.clinic.look.markup import Page, faults

NASTY = (
    "## Key points\n\n- One\n- Two\n- Three <script>alert(1)</script>\n\n## What?\n\n"
    '<img src=x onerror=alert(1)> [a](javascript:alert(1)) <a href="&#106;avascript:x" onclick="y()">b</a>\n\n'
    "<table onmouseover=x><tr><td>1</td></tr></table>\n\n## Call the nurse line\n\n- <svg onload=alert(1)>\n\n"
    "## Sources\n\n- S1: <script src=//example.org></script>\n"
)


def show(text: str) -> str:
    """Put this text in the place of a published one, as somebody with the database in hands would."""
    ArticleRevision.objects.filter(article__slug="tests", state="published").update(text=text, title="<b>T</b>")
    return "/learn/tests/"


def test_page_of_a_nasty_text_runs_nothing(client, library):
    html = client.get(show(NASTY)).content.decode()
    body = html[html.index("<main") : html.index("</main>")]
    for never in ("<script", "<img", "<svg onload", "onclick", "onmouseover", "javascript:", "<b>T"):
        assert never not in body.replace("&lt;", "<!"), never
    assert html.count("<script") == 1 + html.count('<script type="application/ld+json"')


def test_huge_table_stays_a_table_that_scrolls(client, library):
    row = "|" + " cell |" * 60
    table = "\n".join([row, "|" + "---|" * 60, *[row] * 60])
    text = f"## Key points\n\n- One\n- Two\n- Three\n\n## What?\n\n{table}\n\n## Sources\n\n- S1: Book\n"
    html = client.get(show(text)).content.decode()
    assert '<div class="scroll" tabindex="0" role="region"' in html
    assert faults(Page(html)) == []


@pytest.mark.parametrize(
    "query",
    [
        "x" * 10_000,
        "a\x00b",
        '"',
        "' OR 1=1 --",
        "NEAR(a b)",
        "a AND NOT b",
        "*",
        ":*",
        "<->",
        "\\",
        "\ud800",
        "%",
        "ſ" * 200,
    ],
)
def test_search_answers_whatever_is_typed(client, library, query):
    response = client.get("/search/", {"q": query.encode("utf-8", "surrogatepass")})
    assert response.status_code in (200, 422)
    assert faults(Page(response.content.decode())) == []


@pytest.mark.parametrize("address", ["/search/?q=a&q=b&x=1", "/search/?q[]=1", "/search/?%00=1", "/learn/?q=%FF%FE"])
def test_strange_addresses_are_answered(client, library, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "slug", ["nothing", "A" * 300, "tests%20", "tests.html", "..%2F..%2Fetc", "%F0%9F%98%80", "tests%00", "words-2"]
)
def test_unknown_slug_is_not_found_and_leads_on(client, library, slug):
    response = client.get(f"/learn/{slug}/")
    assert response.status_code == 404
    assert 'action="/search/"' in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/learn/", "/learn/tests/", "/learn/words/", "/search/", "/clinical-trials/", "/contact/"]
)
def test_pages_take_no_post(client, library, path):
    assert client.post(path, {"x": "1"}).status_code == 405


def test_article_retired_while_it_is_read_is_gone_for_who_has_a_copy_and_for_who_answers(client, library):
    read = client.get("/learn/tests/")
    Article.objects.filter(slug="tests").update(retired_at=timezone.now())
    again = client.get("/learn/tests/", headers={"if-none-match": read["ETag"]})
    assert again.status_code == 410
    assert "Do not go by a copy you may have" in again.content.decode()
    assert client.post("/learn/tests/helpful/", {"said": "yes"}).status_code == 404
    for path in ("/learn/", "/sitemap.xml", "/learn/your-visit/"):
        assert "/learn/tests/" not in client.get(path).content.decode(), path


@pytest.mark.django_db
def test_rows_with_strange_words_are_shown_as_words(client):
    today = timezone.localdate()
    bad = "<script>x</script>\"'&"
    GlossaryTerm.objects.create(term=bad, slug="bad", definition=bad, say_like=bad)
    Trial.objects.create(nct_id="NCT00000001", title=bad, summary=bad, who_may_fit=bad, verified_on=today)
    Resource.objects.create(name=bad, kind="money", what=bad, phone="202-555-0150", verified_on=today)
    for path in ("/learn/words/", "/clinical-trials/", "/outside-help/"):
        html = client.get(path).content.decode()
        assert "&lt;script&gt;x&lt;/script&gt;" in html
        assert "<script>x" not in html
        assert faults(Page(html)) == []
