"""Articles are written by one person and let out by another, a clinician; nothing typed is lost or overwritten."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.roles import Role
from clinic.education import actions
from clinic.education.actions import months_after
from clinic.education.models import Article, ArticleRevision
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from tests.factories import a_coordinator, a_nurse, a_physician

pytestmark = pytest.mark.django_db
State = ArticleRevision.State

GOOD = """## Key points

- One thing
- Two things
- Three things

## What is it?

It is a test. [S1]

## Call the nurse line

- You have a question

## Sources

- S1: A book
"""


def an_editor(email="editor@example.org", *, roles=(Role.CONTENT_EDITOR,)):
    return get_user_model().objects.create_user(email, "Pat Editor", roles=list(roles), password=None)


def an_article() -> Article:
    return Article.objects.create(slug="new-page")


def a_draft(article=None, *, by=None, text=GOOD, version=None):
    said = {"title": "New page", "summary": "A page.", "text": text}
    return actions.write_draft(
        article or an_article(), **said, by=by or an_editor(), now=timezone.now(), version=version
    )


def in_review(**kwargs):
    draft = a_draft(**kwargs)
    return actions.send_to_review(draft, by=draft.written_by, now=timezone.now())


def published(by=None):
    return actions.publish(in_review(), by=by or a_physician(), now=timezone.now())


def test_second_person_publishes_and_readers_see_it(client):
    revision = published(by=a_nurse())
    html = client.get("/learn/new-page/").content.decode()
    assert "It is a test." in html
    assert "Reviewed by: Registered nurse" in html
    article = revision.article
    article.refresh_from_db()
    assert article.review_due == months_after(timezone.localdate(), 12)
    assert article.hidden_from == months_after(timezone.localdate(), 18)


def test_writer_who_is_a_nurse_too_may_not_publish_her_own_text():
    both = an_editor(roles=(Role.CONTENT_EDITOR, Role.NURSE))
    waiting = in_review(by=both)
    with pytest.raises(Refused) as no:
        actions.publish(waiting, by=both, now=timezone.now())
    assert no.value.code == "own_text"


def test_earlier_writer_of_the_same_draft_may_not_publish_it_either():
    both = an_editor(roles=(Role.CONTENT_EDITOR, Role.NURSE))
    article = an_article()
    a_draft(article, by=both)
    last = a_draft(article, by=an_editor("other@example.org"), version=1)
    waiting = actions.send_to_review(last, by=last.written_by, now=timezone.now())
    with pytest.raises(Refused) as no:
        actions.publish(waiting, by=both, now=timezone.now())
    assert no.value.code == "own_text"


def test_database_itself_refuses_a_reviewer_who_wrote_it():
    draft = a_draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleRevision.objects.filter(pk=draft.pk).update(reviewed_by=draft.written_by)


@pytest.mark.parametrize("who", [a_coordinator, an_editor])
def test_who_is_no_clinician_may_not_publish(who):
    waiting = in_review(by=an_editor("writer@example.org"))
    with pytest.raises(Refused) as no:
        actions.publish(waiting, by=who(), now=timezone.now())
    assert no.value.code == "not_allowed"


def test_who_may_not_write_may_not_save_a_draft():
    with pytest.raises(Refused):
        a_draft(by=a_nurse())


def test_incomplete_draft_is_kept_but_not_sent():
    draft = a_draft(text="## What?\n\nText without the rest.")
    with pytest.raises(Refused) as no:
        actions.send_to_review(draft, by=draft.written_by, now=timezone.now())
    assert "Key points" in str(no.value)
    assert "source" in str(no.value)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ("[link](javascript:alert(1))", "leads nowhere"),
        ("[link](/learn/nowhere/)", "leads nowhere"),
        ("[S9]", "not among the sources"),
        ("[figure: unknown]", "no figure"),
        ("Immunohistochemical characterization necessitates interdisciplinary considerations. " * 12, "grade"),
    ],
)
def test_text_that_is_not_right_is_refused_with_the_reason(piece, said):
    draft = a_draft(text=GOOD.replace("It is a test.", f"It is a test. [S1]\n\n{piece}\n"))
    with pytest.raises(Refused) as no:
        actions.send_to_review(draft, by=draft.written_by, now=timezone.now())
    assert said in str(no.value)


def test_text_in_review_cannot_be_changed():
    waiting = in_review()
    with pytest.raises(Refused) as no:
        a_draft(waiting.article, by=waiting.written_by, version=waiting.version)
    assert no.value.code == "in_review"


def test_reviewer_sends_back_with_a_note_and_the_writer_goes_on():
    waiting = in_review()
    with pytest.raises(Refused):
        actions.send_back(waiting, note="  ", by=a_physician())
    back = actions.send_back(waiting, note="Say less.", by=a_nurse())
    assert (back.state, back.note) == (State.DRAFT, "Say less.")
    again = a_draft(waiting.article, by=waiting.written_by, version=back.version)
    assert again.number == waiting.number


def test_later_saving_of_an_older_page_is_refused_and_loses_nothing(client):
    writer = an_editor()
    article = an_article()
    a_draft(article, by=writer)
    a_draft(article, by=writer, version=1)
    client.force_login(writer)
    said = {"title": "Mine", "summary": "Mine.", "text": GOOD + "\nMy long work", "version": "1"}
    response = client.post(reverse("admin:clinic_article_draft", args=[article.pk]), said)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Somebody else has saved this draft" in html
    assert "My long work" in html


def test_new_revision_replaces_the_old_one_which_can_be_restored(client):
    first = published()
    writer = first.written_by
    second = a_draft(first.article, by=writer, text=GOOD.replace("a test", "better"))
    second = actions.send_to_review(second, by=writer, now=timezone.now())
    assert "a test" in client.get("/learn/new-page/").content.decode()  # until it is reviewed
    actions.publish(second, by=a_nurse(), now=timezone.now())
    assert "better" in client.get("/learn/new-page/").content.decode()
    first.refresh_from_db()
    assert first.state == State.SUPERSEDED
    third = actions.restore(first, by=writer, now=timezone.now())
    assert (third.text, third.state, third.number) == (first.text, State.DRAFT, 3)
    with pytest.raises(Refused) as no:
        actions.restore(first, by=writer, now=timezone.now())
    assert no.value.code == "open"


def test_confirmed_review_sets_the_dates_anew():
    revision = published()
    Article.objects.update(review_due=date(2020, 1, 1), hidden_from=date(2020, 7, 1))
    actions.confirm_review(revision, by=a_nurse(), now=timezone.now())
    article = Article.objects.get()
    assert article.review_due == months_after(timezone.localdate(), 12)
    assert article.wording.reviewer_role == "Registered nurse"  # who read it last is who is named to readers


def test_review_of_a_text_that_is_no_longer_the_published_one_is_refused():
    first = published()
    second = a_draft(first.article, by=first.written_by, text=GOOD.replace("a test", "better"))
    second = actions.send_to_review(second, by=first.written_by, now=timezone.now())
    nurse = a_nurse()
    actions.publish(second, by=nurse, now=timezone.now())
    with pytest.raises(Refused) as no:
        actions.confirm_review(first, by=nurse, now=timezone.now())
    assert no.value.code == "stale"
    second.refresh_from_db()
    actions.retire(second.article, by=second.written_by, now=timezone.now())
    with pytest.raises(Refused) as no:
        actions.confirm_review(second, by=nurse, now=timezone.now())
    assert no.value.code == "not_published"


def test_page_of_the_questions_is_linked_where_it_stands(client):
    """`/learn/questions/` is a page of its own: a link to it as to any article leads nowhere."""
    one = published().article
    questions = Article.objects.create(slug="questions", related=[])
    sent = actions.send_to_review(
        a_draft(questions, by=an_editor("e2@example.org")), by=an_editor("e3@example.org"), now=timezone.now()
    )
    nurse = a_nurse()
    actions.publish(sent, by=nurse, now=timezone.now())
    Article.objects.filter(pk=one.pk).update(related=["questions"])
    client.force_login(nurse)
    overview = client.get(reverse("admin:clinic_article_change", args=[questions.pk])).content.decode()
    assert 'href="/learn/questions/"' in overview
    assert 'href="/learn/questions/"' in client.get("/learn/new-page/").content.decode()
    assert client.get("/learn/questions/").status_code == 200


def test_retired_article_is_gone_and_comes_back_with_its_next_publication(client):
    revision = published()
    actions.retire(revision.article, by=revision.written_by, now=timezone.now())
    assert client.get("/learn/new-page/").status_code == 410
    draft = a_draft(revision.article, by=revision.written_by)
    waiting = actions.send_to_review(draft, by=revision.written_by, now=timezone.now())
    actions.publish(waiting, by=a_nurse(), now=timezone.now())
    assert client.get("/learn/new-page/").status_code == 200


def test_every_step_is_audited():
    published()
    done = set(AuditEntry.objects.filter(action__startswith="article_").values_list("action", flat=True))
    assert done == {"article_draft_saved", "article_sent_to_review", "article_published"}


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 21), 12, date(2027, 11, 21)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_after_ends_with_its_month(day, months, then):
    assert months_after(day, months) == then


# The pages of the admin


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
