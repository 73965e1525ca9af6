"""Search: finds what people mean, helps with spelling, shows excerpts safely, and bears whatever is typed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from clinic.education import search as room
from clinic.education.models import Article, GlossaryTerm, SearchText
from clinic.education.search import index_article, index_words, search
from clinic.education.synonyms import SYNONYMS
from clinic.site import public_pages
from clinic.site.models import ContentStamp

pytestmark = pytest.mark.django_db


def titles(query: str) -> str:
    return " | ".join(hit.title for hit in search(query).hits)


MEANT = {
    "bone mets": "Bone metastasis",
    "spread to bone": "What is bone metastasis?",
    "cancer in my bones": "What is bone metastasis?",
    "radiotherapy": "Treatment choices",
    "xray": "Tests: how we find out",
    "broken bone": "Weak bones and fracture",
    "numb legs": "Spinal cord compression",
    "how long do I live": "outlook",
    "thirsty": "High calcium",
    "what to bring": "What should I bring?",
    "SUICIDE": "Living with bone metastasis",
    "pathologists": "Pathologist",
}
MISSPELLED = {"radiaton": "radiation", "paliative care": "palliative care", "metastisis": "metastasis"}
ODD = [
    '"', "'", '"unclosed', "a AND", "NOT", "NEAR(a b)", "*", "bone*", "title:bone", "-bone", "& | !", "<->", ":*",
    "()", "\\", "';--", "%", "{}", "bone' | 'x", "\u200b", "😀", "ſ", "x" * 200, "bone " * 40, "- - -", "^bone", "a\tb",
]  # fmt: skip


def test_search_finds_what_people_mean(library):
    assert {query: titles(query) for query, found in MEANT.items() if found not in titles(query)} == {}


def test_misspelled_words_get_a_better_spelling(library):
    assert {typed: search(typed).instead for typed in MISSPELLED} == MISSPELLED


def test_anything_typed_is_only_words(library):
    for query in ODD:
        assert isinstance(search(query).hits, list), query


def test_words_that_are_right_get_none(library):
    assert search("radiation therapy").instead == ""


def test_nothing_is_found_for_nothing(library):
    assert search("").hits == search("  ?! ").hits == []


def test_excerpt_marks_the_words_and_escapes_the_rest(library):
    SearchText.objects.create(
        kind="article", ref="x", address="/learn/x/", title="Odd", body="Before <script>alert(1)</script> zebra & more"
    )
    excerpt = search("zebra").hits[0].excerpt
    assert "<mark>zebra</mark>" in excerpt
    assert "&lt;script&gt;" in excerpt
    assert "<script>" not in excerpt


def test_page_is_listed_once(library):
    addresses = [hit.address.split("#")[0] for hit in search("pain").hits if hit.kind == "article"]
    assert len(addresses) == len(set(addresses))


def test_retired_article_is_not_found_any_more(library):
    article = Article.objects.select_related("published").get(slug="high-calcium")
    article.retired_at = article.published.written_at
    article.save()
    index_article(article)
    assert "High calcium" not in titles("calcium in the blood")


def test_article_long_overdue_for_review_is_not_found_from_that_day_on(library, time_machine):
    assert "High calcium" in titles("thirsty")
    time_machine.move_to(timezone.now() + timedelta(days=600))
    assert "High calcium" not in titles("thirsty")
    assert "Hypercalcemia" in titles("calcium")  # words have no such day


def test_search_takes_at_most_three_queries(library, django_assert_max_num_queries):
    search("qqqq")  # what is known of spelling is read once after each change of the content
    for query in ("pain", "qqqq wwww"):
        with django_assert_max_num_queries(3):
            search(query)


def test_index_follows_the_rows(library):
    row = SearchText.objects.create(kind="word", ref="z", address="/learn/words/#z", title="Zebra", body="quagga")
    assert "Zebra" in titles("quagga")
    SearchText.objects.filter(pk=row.pk).update(body="okapi")
    ContentStamp.objects.update(mark="changed")  # as every change of what the index is made of does
    assert titles("quagga") == ""
    assert "Zebra" in titles("okapi")
    row.delete()
    ContentStamp.objects.update(mark="changed again")
    assert titles("okapi") == ""


def test_search_asked_again_reads_its_rows_from_memory_until_the_content_changes(library, django_assert_num_queries):
    before = titles("night pain")
    with django_assert_num_queries(1):
        assert titles("night pain") == before
    one = GlossaryTerm.objects.filter(is_active=True).first()
    one.definition = "What night pain is called by owls."
    one.save()
    index_words()
    assert one.term in titles("owls night pain")


def test_search_uses_the_full_text_index_of_the_database(library):
    sql = room._POSTGRESQL if connection.vendor == "postgresql" else room._SQLITE
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", ["'bone'", "2026-11-23", 5])
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", ['"bone"', "2026-11-23", 5])
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "clinic_searchtext_index" in plan or "VIRTUAL TABLE INDEX" in plan


def test_page_shows_results_and_keeps_the_words(client, library):
    html = client.get("/search/", {"q": "night <pain>"}).content.decode()
    assert "Search results for “night &lt;pain&gt;”" in html
    assert "<mark>" in html


def test_page_without_words_only_asks(client, library):
    assert "Search results" not in client.get("/search/").content.decode()
    assert client.get("/search/", {"q": ""}).status_code == 200


@pytest.mark.parametrize("typed", ["x" * 10_000, "a\x00b"])
def test_page_refuses_too_much_in_plain_words(client, library, typed):
    response = client.get("/search/", {"q": typed})
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_page_with_nothing_found_helps_on(client, library):
    html = client.get("/search/", {"q": "radiaton"}).content.decode()
    assert "Did you mean" in html
    assert "/search/?q=radiation" in html


@pytest.mark.parametrize("query", ["suicide", "I want to die", "killing? kill my self"])
def test_page_gives_the_crisis_number_first(client, library, query):
    html = client.get("/search/", {"q": query}).content.decode()
    assert 'href="tel:988"' in html


def test_page_of_one_search_says_nothing_of_another(client, library):
    """The frame around the results is kept, with holes for what was asked."""
    public_pages.forget_pages()
    first = client.get("/search/", {"q": "secret <i> pain"}).content.decode()
    assert first.count("secret &lt;i&gt; pain") == 2  # the heading and the field
    assert 'name="next" value="/search/?q=secret+%3Ci%3E+pain"' in first
    assert "<i>" not in first
    second = client.get("/search/", {"q": "night"}).content.decode()
    assert "secret" not in second
    assert "Search results for “night”" in second
    assert 'value="night"' in second
    kept = "".join("".join(frame) for frame in public_pages._frames.values())
    assert "night" not in kept
    assert "secret" not in kept
    assert len(public_pages._frames) == 1


def test_frame_of_a_search_follows_the_reader_and_what_was_found(client, library):
    public_pages.forget_pages()
    plain = client.get("/search/", {"q": "pain"}).content.decode()
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/search/", {"q": "pain"}).content.decode()
    assert 'data-theme="device"' in plain
    assert 'href="tel:988"' not in plain
    for query, said in (("suicide", 'href="tel:988"'), ("qqqq", "We found nothing"), ("radiaton", ">radiation</a>?")):
        assert said in client.get("/search/", {"q": query}).content.decode()
    assert "Did you mean" not in client.get("/search/", {"q": "pain"}).content.decode()


def test_part_of_a_longer_phrase_is_not_looked_for_once_more():
    assert room.alternatives("bone mets", ["bone", "mets"]) == [["bone mets", *SYNONYMS["bone mets"]]]
    assert room.alternatives("mets spine", ["mets", "spine"]) == [["mets", *SYNONYMS["mets"]], ["spine"]]


def test_better_spelling_follows_the_words(library):
    assert search("zebbra").instead == ""
    SearchText.objects.create(kind="word", ref="z", address="/learn/words/#z", title="Zebra", body="quagga")
    ContentStamp.objects.update(mark="another")
    assert search("zebbra").instead == "zebra"


def test_nothing_that_is_searched_for_is_kept(client, library, caplog):
    client.get("/search/", {"q": "my very secret words about bone"})
    assert room._rows_found
    assert "secret" not in caplog.text + repr(room._rows_found)
    assert not SearchText.objects.filter(body__contains="secret").exists()


def test_title_of_a_result_is_never_markup(client, library):
    SearchText.objects.create(kind="word", ref="z", address="/learn/words/#z", title="<b>Zebra</b>", body="quagga")
    html = client.get("/search/", {"q": "quagga"}).content.decode()
    assert "&lt;b&gt;Zebra" in html
    assert "<b>Zebra" not in html
