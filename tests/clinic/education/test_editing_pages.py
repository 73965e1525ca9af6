"""The pages of the admin on which articles are written, reviewed and let out."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.education import actions
from clinic.education.models import Article, ArticleRevision
from clinic.platform.refusals import Refused
from tests.clinic.education.drafts import GOOD, a_draft, an_article, an_editor, in_review, published
from tests.factories import a_coordinator, a_nurse, a_physician

pytestmark = pytest.mark.django_db
State = ArticleRevision.State


def test_editor_writes_previews_and_sends_a_text_and_a_nurse_publishes_it(client):
    writer, nurse = an_editor(), a_nurse()
    client.force_login(writer)
    facts = {"slug": "fresh", "position": "5", "audience": "patient"}
    answer = client.post(reverse("admin:clinic_article_add"), facts)
    article = Article.objects.get(slug="fresh")
    write = reverse("admin:clinic_article_draft", args=[article.pk])
    assert answer.url == write
    assert "## Key points" in client.get(write).content.decode()
    said = {"title": "Fresh", "summary": "Fresh words.", "text": GOOD, "version": "", "preview": ""}
    preview = client.post(write, said, follow=True)
    assert "Nobody but the staff sees this wording." in preview.content.decode()
    do = {what: reverse("admin:clinic_article_act", args=[article.pk, what]) for what in ("send", "publish")}
    sent = client.post(do["send"], {"number": "1", "version": "1"}, follow=True)
    assert "waits for its review" in sent.content.decode()
    assert client.get("/learn/fresh/").status_code == 404
    client.force_login(nurse)
    assert "Articles to look at" in client.get(reverse("admin:index")).content.decode()
    done = client.post(do["publish"], {"number": "1", "version": "1"}, follow=True)
    assert "The article is published." in done.content.decode()
    assert client.get("/learn/fresh/").status_code == 200


@pytest.mark.parametrize("typed", ["", "x", "99", "-1", "1.5", "²"])
def test_step_with_a_wrong_number_is_refused_in_words(client, typed):
    waiting = in_review()
    client.force_login(a_nurse())
    address = reverse("admin:clinic_article_act", args=[waiting.article_id, "publish"])
    for said in ({"number": typed, "version": "1"}, {"number": "1", "version": typed}):
        assert "Read it again first." in client.post(address, said, follow=True).content.decode()
    assert not Article.objects.get().published_id


def test_text_rewritten_since_the_reviewer_opened_it_is_not_published(client):
    waiting, nurse = in_review(), a_nurse()
    client.force_login(nurse)
    page = client.get(reverse("admin:clinic_article_change", args=[waiting.article_id])).content.decode()
    read = dict(re.findall(r'name="(number|version)" value="(\d+)"', page))
    back = actions.send_back(waiting, note="Say less.", by=a_physician())
    again = a_draft(waiting.article, by=waiting.written_by, text=GOOD.replace("a test", "other"), version=back.version)
    again = actions.send_to_review(again, by=waiting.written_by, now=timezone.now())
    address = reverse("admin:clinic_article_act", args=[waiting.article_id, "publish"])
    assert "Read it again first." in client.post(address, read, follow=True).content.decode()
    with pytest.raises(Refused) as no:
        actions.publish(waiting, by=nurse, now=timezone.now())
    assert no.value.code == "stale"
    assert actions.publish(again, by=nurse, now=timezone.now()).text == again.text


def test_unknown_step_is_refused(client):
    client.force_login(a_nurse())
    assert client.post(reverse("admin:clinic_article_act", args=[an_article().pk, "burn"])).status_code == 400


def test_coordinator_sees_no_article_in_the_admin(client):
    article = an_article()
    client.force_login(a_coordinator())
    assert client.get(reverse("admin:clinic_article_change", args=[article.pk])).status_code in (302, 403)


def test_reviewer_sees_words_and_articles_but_changes_no_facts(client):
    article = an_article()
    client.force_login(a_physician())
    assert client.get(reverse("admin:clinic_article_changelist")).status_code == 200
    facts = reverse("admin:clinic_article_facts", args=[article.pk])
    assert client.post(facts, {"slug": "other"}).status_code == 403
    assert client.get(reverse("admin:clinic_article_draft", args=[article.pk])).status_code == 403


def test_grade_is_told_while_writing(client):
    client.force_login(an_editor())
    address = reverse("admin:clinic_article_reading")
    easy = client.post(address, {"text": "The cat sat. The dog ran."}).json()
    hard = client.post(address, {"text": "Immunohistochemical characterization necessitates consideration."}).json()
    assert easy["grade"] < 2
    assert easy["is_good"]
    assert hard["grade"] > 20
    assert not hard["is_good"]
    assert client.post(address, {"text": "x" * 50_000}).status_code == 400


def test_comparison_shows_what_changed(client):
    first = published()
    writer = first.written_by
    second = a_draft(first.article, by=writer, text=GOOD.replace("a test", "better"))
    client.force_login(writer)
    html = client.get(
        reverse("admin:clinic_article_compare", args=[first.article_id, first.number, second.number])
    ).content.decode()
    assert "<del>a test.</del>" in html
    assert "<ins>better.</ins>" in html


def test_admin_home_warns_ninety_days_before_a_review_is_due(client):
    revision = published()
    client.force_login(an_editor("another@example.org"))
    home = reverse("admin:index")
    assert "Articles to look at" not in client.get(home).content.decode()
    due = timezone.localdate() + timedelta(days=89)
    Article.objects.filter(pk=revision.article_id).update(review_due=due)
    html = client.get(home).content.decode()
    assert "Articles to look at" in html
    assert "its review is due on" in html


@pytest.mark.parametrize(
    "wrong", [{"related_keys": "no_such_key"}, {"related": "no-such-page"}, {"related": "new-page"}]
)
def test_signs_and_pages_to_see_also_are_chosen_from_those_that_exist(client, wrong):
    article = published().article
    other = Article.objects.create(slug="other", position=9)
    client.force_login(article.wording.written_by)
    address = reverse("admin:clinic_article_facts", args=[article.pk])
    facts = {"slug": "new-page", "position": "5", "audience": "patient"}
    html = client.post(address, facts | wrong).content.decode()
    assert "Select a valid choice." in html
    assert "Weak legs (leg_weakness)" in html
    client.post(address, facts | {"related_keys": ["leg_weakness", "numbness"], "related": other.slug})
    article.refresh_from_db()
    assert (article.related_keys, article.related) == (["leg_weakness", "numbness"], ["other"])
    assert client.get("/learn/new-page/").status_code == 200


def test_key_that_a_starter_text_brought_stays(client):
    article = published().article
    Article.objects.filter(pk=article.pk).update(related_keys=["implants"], related=["gone"])
    client.force_login(article.wording.written_by)
    facts = {"slug": "new-page", "position": "5", "audience": "patient", "related_keys": "implants"}
    client.post(reverse("admin:clinic_article_facts", args=[article.pk]), facts)
    article.refresh_from_db()
    assert (article.position, article.related_keys, article.related) == (5, ["implants"], [])


@pytest.mark.parametrize("slug", ["words", "questions"])
def test_reserved_address_is_refused(client, slug):
    client.force_login(an_editor())
    facts = {"slug": slug, "position": "5", "audience": "patient"}
    assert "taken by another page" in client.post(reverse("admin:clinic_article_add"), facts).content.decode()
