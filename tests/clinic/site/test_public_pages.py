"""Public pages are made once and kept: whole, quick, compressed, answered 304, and never older than what they read."""

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from clinic.directory.models import Clinician, Site, Specialty
from clinic.education.actions import load_starters, publish, restore, retire, send_to_review
from clinic.education.models import Article, GlossaryTerm, Resource, Trial
from clinic.education.sitemap import PAGES
from clinic.education.starter import starter_articles
from clinic.site import public_pages
from clinic.site.models import ContentStamp
from clinic.site.public_pages import MOST_PAGES, public_page
from scheduling.demonstration.reading import add_reading
from tests.factories import a_clinic, a_nurse
from tests.scheduling.staff_rows import a_member, queries_of

SLUGS = [one.slug for one in starter_articles() if one.slug != "questions"]
OF_SETTINGS = [
    "/", "/get-help-now/", "/contact/", "/refer/", "/nondiscrimination/", "/accessibility/", "/privacy/",
    "/request-an-appointment/",
]  # fmt: skip
OF_CONTENT = [
    "/your-visit/", "/our-team/", "/learn/", "/learn/words/", "/learn/questions/", "/clinical-trials/",
    "/outside-help/", *(f"/learn/{slug}/" for slug in SLUGS),
]  # fmt: skip
KEPT = [*OF_SETTINGS, *OF_CONTENT]
MADE_EACH_TIME = [
    "/search/",
    "/search/?q=bone+mets",
    "/ask-a-nurse/",
    "/call-me-back/",
    "/preferences/",
    "/robots.txt",
    "/sitemap.xml",
]
MOST_QUERIES = 3
MOST_KILOBYTES = 40
ASSET = re.compile(r'(?:src|href)="/static/([^"#]+)')

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    """Everything that public pages show: the starter texts, a team, trials and outside help."""
    public_pages.forget_pages()
    a_clinic()
    load_starters(now=timezone.now(), publish=True)
    add_reading(timezone.localdate())


def more_rows(count: int) -> None:
    """As many more words, trials, offers of help and people."""
    today = timezone.localdate()
    specialty = Specialty.objects.first()
    place = Site.objects.first()
    for n in range(count):
        GlossaryTerm.objects.create(term=f"Word {n}", slug=f"word-{n}", definition="A thing")
        Trial.objects.create(nct_id=f"NCT{n:08}", title=f"Trial {n}", summary="s", who_may_fit="w", verified_on=today)
        Resource.objects.create(name=f"Help {n}", kind="money", what="w", phone="202-555-0150", verified_on=today)
        Clinician.objects.create(name=f"Dr. {n}", specialty=specialty, site=place)


def test_these_are_all_the_public_addresses(site, client):
    listed = re.findall(r"<loc>[^<]*?//[^/]+(/[^<]*)</loc>", client.get("/sitemap.xml").content.decode())
    assert set(listed) <= {*KEPT, *MADE_EACH_TIME}
    assert len(listed) == len(PAGES) + len(SLUGS) + 1  # the questions


@pytest.mark.parametrize("path", [*KEPT, *MADE_EACH_TIME])
def test_page_takes_at_most_three_queries_with_one_row_and_with_thirty(site, client, path):
    client.get(path)
    few = queries_of(lambda: client.get(path))
    more_rows(30)
    client.get(path)
    many = queries_of(lambda: client.get(path))
    assert few == many <= MOST_QUERIES


@pytest.mark.parametrize("path", KEPT)
def test_kept_page_asks_at_most_for_the_mark(site, client, path):
    first = client.get(path)
    queries = queries_of(lambda: client.get(path))
    assert queries == (0 if path in OF_SETTINGS else 1)
    assert client.get(path).content == first.content


@pytest.mark.parametrize("path", KEPT)
def test_unchanged_page_is_answered_with_304(site, client, path):
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Encoding"} <= set(re.split(r",\s*", first["Vary"]))
    assert not first.cookies


@pytest.mark.parametrize("path", ["/sitemap.xml", "/robots.txt"])
def test_page_that_is_made_each_time_is_answered_with_304_too(site, client, path):
    first = client.get(path)
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", KEPT)
def test_first_page_with_all_it_needs_takes_at_most_forty_kilobytes(site, client, path):
    response = client.get(path, headers={"accept-encoding": "gzip, br"})
    assert response["Content-Encoding"] == "gzip"
    html = gzip.decompress(response.content).decode()
    assert html == client.get(path).content.decode()
    assets = set(ASSET.findall(html))
    assert len(assets) >= 3
    size = len(response.content) + sum(transferred(name) for name in assets)
    assert size <= MOST_KILOBYTES * 1024, {name: transferred(name) for name in assets} | {path: len(response.content)}


def transferred(name: str) -> int:
    """Bytes of a static file as the server sends it: compressed when that makes it smaller."""
    body = Path(finders.find(name)).read_bytes()
    return min(len(body), len(gzip.compress(body, 9)))


def test_every_page_that_search_engines_may_list_describes_itself_and_no_two_alike(site, client):
    told = {}
    for path in [*KEPT, "/ask-a-nurse/", "/call-me-back/"]:
        html = client.get(path).content.decode()
        assert "noindex" not in html, path
        found = re.findall(r'<meta name="description" content="([^"]+)">', html)
        assert len(found) == 1, path
        assert 40 <= len(found[0]) <= 170, (path, found)
        told[path] = found[0]
    assert len(set(told.values())) == len(told)


def test_every_page_has_the_frame_of_the_public_site(site, client):
    for path in KEPT:
        html = client.get(path).content.decode()
        for part in (
            'class="skip"', 'lang="en-US"', 'name="size"', "Nurse line", "Need help in another language",
            'href="/accessibility/"', 'href="/privacy/"', 'href="/nondiscrimination/"',
        ):  # fmt: skip
            assert part in html, (path, part)
        assert ("urgent-strip" in html) == (path != "/get-help-now/"), path
        assert ("Return to top" in html) == (path != "/request-an-appointment/"), path


def test_copies_for_other_clothes_are_kept_apart(site, client):
    plain = client.get("/learn/bone-pain/").content
    client.cookies["text_size"] = "largest"
    large = client.get("/learn/bone-pain/").content
    client.cookies["theme"] = "dark"
    dark = client.get("/learn/bone-pain/").content
    assert b'data-text="largest"' in large
    assert b'data-theme="dark"' in dark
    assert len({plain, large, dark}) == 3
    assert Client().get("/learn/bone-pain/").content == plain


def test_page_is_the_same_for_staff_and_for_nobody(site, client):
    strangers = {path: client.get(path).content for path in KEPT}
    client.force_login(a_nurse())
    assert {path: client.get(path).content for path in KEPT} == strangers


def test_page_asked_with_words_behind_the_question_mark_is_not_kept(site, client):
    client.get("/learn/?from=a-letter")
    client.get("/learn/")
    assert b"a-letter" not in client.get("/learn/").content
    assert not any("?" in part for key in public_pages._kept for part in key)


def test_page_with_a_message_for_one_person_is_not_kept(rf):
    public_pages.forget_pages()
    view = public_page(reads_content=False)(lambda request: HttpResponse("for one person"))
    request = rf.get("/contact/")
    request.COOKIES["messages"] = "anything"
    assert view(request).content == b"for one person"
    assert not public_pages._kept


def test_page_that_sets_a_cookie_or_is_not_whole_is_not_kept(rf):
    public_pages.forget_pages()

    def with_cookie(request):
        response = HttpResponse("ok")
        response.set_cookie("any", "1")
        return response

    assert public_page(reads_content=False)(with_cookie)(rf.get("/a/")).cookies
    public_page(reads_content=False)(lambda request: HttpResponse("gone", status=410))(rf.get("/b/"))
    assert not public_pages._kept


FORMS = ["/ask-a-nurse/", "/call-me-back/", "/preferences/"]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.mark.parametrize("path", FORMS)
def test_page_with_a_form_is_kept_but_for_its_token(site, path):
    one, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    first, again, of_other = one.get(path), one.get(path), other.get(path)
    tokens = {TOKEN.search(page.content.decode()).group(1) for page in (first, again, of_other)}
    assert len(tokens) == 3
    rests = {TOKEN.sub("", page.content.decode()) for page in (first, again, of_other)}
    assert len(rests) == 1
    secrets = {page.cookies["csrftoken"].value for page in (first, of_other)}
    assert len(secrets) == 2
    for page in (first, again):
        assert page["Cache-Control"] == "no-store"
        assert not page.has_header("ETag")
        assert not page.has_header("Content-Encoding")
    assert queries_of(lambda: one.get(path)) <= 1
    assert not any(token.encode() in b"".join(page.around_token) for token in tokens for page in kept_pages())


def kept_pages():
    return list(public_pages._kept.values())


@pytest.mark.parametrize("path", FORMS)
def test_token_of_a_kept_page_lets_its_own_reader_post_and_nobody_else(site, path):
    one, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    one.get(path)
    token = TOKEN.search(one.get(path).content.decode()).group(1)
    other.get(path)
    assert one.post(path, {"csrfmiddlewaretoken": token}).status_code == 422  # asked for what is missing
    assert other.post(path, {"csrfmiddlewaretoken": token}).status_code == 403
    assert other.post(path, {}).status_code == 403


def test_nurse_line_says_open_and_closed_by_the_clock(site, client, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC))
    assert "The nurse line is open now." in client.get("/ask-a-nurse/").content.decode()
    time_machine.move_to(dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC))
    closed = "The nurse line is closed until Wednesday, November 25, 2026 at 8:00 a.m., and"
    assert closed in client.get("/ask-a-nurse/").content.decode()


def test_page_with_the_key_of_a_submit_is_one_persons(rf):
    public_pages.forget_pages()
    view = public_page(reads_content=False)(lambda request: HttpResponse('<input name="key" value="1">'))
    assert view(rf.get("/d/")).status_code == 200
    assert not public_pages._kept


def test_what_somebody_looks_for_is_kept_by_no_browser_and_not_here(site, client):
    public_pages.forget_pages()
    assert client.get("/search/?q=my+secret")["Cache-Control"] == "no-store"
    assert not public_pages._kept
    assert client.get("/search/")["Cache-Control"] == "private, no-cache"


def test_memory_has_an_end(rf):
    public_pages.forget_pages()
    view = public_page(reads_content=False)(lambda request: HttpResponse(request.path))
    for number in range(MOST_PAGES + 20):
        view(rf.get(f"/{number}/"))
    assert len(public_pages._kept) == MOST_PAGES
    assert view(rf.get("/0/")).content == b"/0/"


@pytest.mark.parametrize(
    ("accepts", "is_zipped"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
    ],
)
def test_only_a_browser_that_reads_gzip_gets_it(rf, accepts, is_zipped):
    view = public_page(reads_content=False)(lambda request: HttpResponse("<p>" * 100))
    response = view(rf.get("/c/", headers={"accept-encoding": accepts} if accepts else {}))
    assert response.has_header("Content-Encoding") == is_zipped


def test_published_article_is_shown_at_once_and_the_restored_one_again(site, client):
    article, now = Article.objects.get(slug="bone-pain"), timezone.now()
    old = article.wording
    assert old.title in client.get("/learn/").content.decode()
    writer, nurse = a_member("content_editor"), a_nurse()
    draft = restore(old, by=writer, now=now)
    draft.title = "Pain in your bones"
    draft.save()
    send_to_review(draft, by=writer, now=now)
    assert "Pain in your bones" not in client.get("/learn/bone-pain/").content.decode()
    publish(draft, by=nurse, now=now)
    for path in ("/learn/bone-pain/", "/learn/"):
        assert "Pain in your bones" in client.get(path).content.decode()
    retire(article, by=writer, now=now)
    assert client.get("/learn/bone-pain/").status_code == 410
    assert "Pain in your bones" not in client.get("/learn/").content.decode()


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/learn/words/", lambda: GlossaryTerm.objects.filter(slug="mri").update(definition="Another meaning")),
        ("/learn/tests/", lambda: GlossaryTerm.objects.filter(slug="mri").delete()),
        ("/clinical-trials/", lambda: Trial.objects.update(status="closed")),
        ("/outside-help/", lambda: Resource.objects.all().delete()),
        ("/our-team/", lambda: Clinician.objects.filter(specialty__code="RAD_ONC").update(is_active=False)),
        ("/our-team/", lambda: Specialty.objects.filter(code="RAD_ONC").update(name="Rays")),
        ("/your-visit/", lambda: Site.objects.update(directions="Turn left.")),
        ("/learn/", lambda: Article.objects.filter(slug="tests").update(position=1)),
        ("/learn/tests/", lambda: Article.objects.get(slug="tests").revisions.update(summary="Another summary")),
    ],
)  # fmt: skip
def test_page_changes_with_each_table_it_reads(site, client, path, change):
    before = client.get(path).content
    assert client.get(path).content == before
    change()
    assert client.get(path).content != before


def test_change_that_is_taken_back_leaves_the_mark_as_it_was(site):
    before = ContentStamp.objects.get().mark
    with transaction.atomic():
        Trial.objects.update(status="closed")
        assert ContentStamp.objects.get().mark != before
        transaction.set_rollback(True)
    assert ContentStamp.objects.get().mark == before


def test_trial_help_and_article_go_with_the_day(site, client, time_machine):
    today = timezone.now()
    assert "NCT09999901" in client.get("/clinical-trials/").content.decode()
    assert client.get("/learn/tests/").status_code == 200
    time_machine.move_to(today + dt.timedelta(days=100))
    assert "NCT09999901" not in client.get("/clinical-trials/").content.decode()
    time_machine.move_to(today + dt.timedelta(days=600))
    assert client.get("/learn/tests/").status_code == 410
    assert "Evening Circle" not in client.get("/outside-help/").content.decode()


def test_without_a_mark_nothing_is_kept(site, client):
    ContentStamp.objects.all().delete()
    client.get("/learn/")
    assert not any(key[0] == "/learn/" for key in public_pages._kept)


@override_settings(DEBUG=True)
def test_nothing_is_kept_while_templates_are_being_written(site, client):
    client.get("/contact/")
    assert not public_pages._kept


def test_nothing_is_painted_before_the_header_is_whole(client, db):
    html = client.get("/get-help-now/").content.decode()
    head, body = html.split("</head>")
    assert '<link rel="expect" href="#main" blocking="render">' in head
    assert body.index("</header>") < body.index('<main id="main"')
