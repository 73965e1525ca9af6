"""Articles are written by one person and let out by another, a clinician; nothing typed is lost or overwritten."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.accounts.roles import Role
from clinic.education import actions
from clinic.education.actions import months_after
from clinic.education.models import Article, ArticleRevision
from clinic.platform.audit.models import AuditEntry
from clinic.platform.refusals import Refused
from tests.clinic.education.drafts import GOOD, a_draft, an_article, an_editor, in_review, published
from tests.factories import a_coordinator, a_nurse, a_physician

pytestmark = pytest.mark.django_db
State = ArticleRevision.State


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
