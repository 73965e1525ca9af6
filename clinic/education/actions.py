"""Writes about articles and words: draft, clinical review, publishing by a second person, restoring, retiring."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clinic.accounts.actors import staff_actor
from clinic.accounts.models import User
from clinic.accounts.roles import Permission, Role
from clinic.education.models import Article, ArticleRevision, Audience, GlossaryTerm, HelpfulCount
from clinic.education.reading import grade
from clinic.education.render import figure_names
from clinic.education.search import index_article, index_words
from clinic.education.starter import starter_articles, starter_words
from clinic.education.text import plain, problems_of
from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import record
from clinic.platform.refusals import Refused

ROLE_WORDS = {Role.PHYSICIAN: "Physician", Role.NURSE: "Registered nurse"}


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last day of the month where there is none."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def addresses() -> set[str]:
    """The pages of this site that an article may link to."""
    own = {reverse("education:article", args=[slug]) for slug in Article.objects.values_list("slug", flat=True)}
    names = (
        "site:home",
        "site:contact",
        "site:get-help-now",
        "site:your-visit",
        "site:our-team",
        "site:refer",
        "education:index",
        "education:words",
        "education:questions",
        "education:trials",
        "education:resources",
    )
    return own | {reverse(name) for name in names} | {reverse("registration:start")}


def problems_with(revision: ArticleRevision) -> list[str]:
    """Why a revision may not be sent to review, in sentences for its writer."""
    return problems_of(
        title=revision.title,
        summary=revision.summary,
        text=revision.text,
        figures=figure_names(),
        addresses=addresses(),
        is_for_patients=revision.article.audience != Audience.REFERRING_CLINICIAN,
    )


@transaction.atomic
def write_draft(
    article: Article, *, title: str, summary: str, text: str, by: User, now: datetime, version: int | None = None
) -> ArticleRevision:
    """Save the open draft of an article, or begin one. Whatever is typed is kept, also when it is not right yet.

    Raises Refused: "not_allowed", "in_review" (it waits for its reviewer), "stale" (somebody else saved meanwhile).
    """
    _require(by, Permission.EDIT_CONTENT)
    row = Article.objects.select_for_update().get(pk=article.pk)
    open_one = row.revisions.select_for_update().filter(state__in=["draft", "in_review"]).first()
    if open_one is not None and open_one.state == ArticleRevision.State.IN_REVIEW:
        raise Refused(_("This text is in review. It can be changed when it is sent back."), code="in_review")
    if (open_one.version if open_one else None) != version:
        raise Refused(
            _("Somebody else has saved this draft since you opened it. Your text is still here."), code="stale"
        )
    draft = open_one or ArticleRevision(article=row, number=_next_number(row), version=0)
    draft.title, draft.summary, draft.text = title, summary, text
    draft.reading_grade = round(grade(plain(text)), 1)
    draft.written_by, draft.written_at = by, now
    draft.writers = sorted({*draft.writers, by.pk})
    draft.version += 1
    draft.save()
    record("article_draft_saved", by=staff_actor(by), subject=row, data={"revision": draft.number})
    return draft


def _next_number(article: Article) -> int:
    return (article.revisions.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def send_to_review(revision: ArticleRevision, *, by: User, now: datetime) -> ArticleRevision:
    """The writer is done. Raises Refused: "not_allowed", "stale" (no draft any more), "problems" with all of them."""
    _require(by, Permission.EDIT_CONTENT)
    row = _locked(revision, ArticleRevision.State.DRAFT)
    if found := problems_with(row):
        raise Refused(" ".join(found), code="problems")
    row.state, row.sent_at, row.note = ArticleRevision.State.IN_REVIEW, now, ""
    row.save(update_fields=["state", "sent_at", "note"])
    record("article_sent_to_review", by=staff_actor(by), subject=row.article, data={"revision": row.number})
    return row


@transaction.atomic
def send_back(revision: ArticleRevision, *, note: str, by: User) -> ArticleRevision:
    """The reviewer asks for changes. Raises Refused: "not_allowed", "stale", "no_note"."""
    _require(by, Permission.APPROVE_CONTENT)
    row = _locked(revision, ArticleRevision.State.IN_REVIEW)
    if not note.strip():
        raise Refused(_("Say what should be changed."), code="no_note")
    row.state, row.note, row.version = ArticleRevision.State.DRAFT, note.strip()[:500], row.version + 1
    row.save(update_fields=["state", "note", "version"])
    record("article_sent_back", by=staff_actor(by), subject=row.article, data={"revision": row.number})
    return row


@transaction.atomic
def publish(revision: ArticleRevision, *, by: User, now: datetime) -> ArticleRevision:
    """A clinician who did not work on the text lets it out; what was published before is replaced.

    The next review is due after ARTICLE_REVIEW_MONTHS; the page is hidden after ARTICLE_HIDDEN_MONTHS. Raises Refused:
    "not_allowed", "stale", "own_text" (the rule of two persons), "problems".
    """
    _require(by, Permission.APPROVE_CONTENT)
    row = _locked(revision, ArticleRevision.State.IN_REVIEW)
    if by.pk in row.writers:
        raise Refused(_("You worked on this text. Somebody else must review it."), code="own_text")
    if found := problems_with(row):
        raise Refused(" ".join(found), code="problems")
    row.reviewed_by, row.reviewer_role, row.reviewed_at = by, reviewer_role(by), now
    _let_out(row, now=now)
    record("article_published", by=staff_actor(by), subject=row.article, data={"revision": row.number})
    return row


def reviewer_role(user: User) -> str:
    """How a reviewer is named to readers: the role, not the person."""
    return next((words for role, words in ROLE_WORDS.items() if role in user.roles), "Clinician")


def _let_out(row: ArticleRevision, *, now: datetime) -> None:
    article, state = row.article, ArticleRevision.State
    article.revisions.filter(state=state.PUBLISHED).update(state=state.SUPERSEDED)
    row.state = state.PUBLISHED
    row.save()
    article.published, article.retired_at = row, None
    _set_dates(article, timezone.localdate(now))
    article.save()
    index_article(article)


def _set_dates(article: Article, today: date) -> None:
    article.reviewed_on = today
    article.review_due = months_after(today, settings.ARTICLE_REVIEW_MONTHS)
    article.hidden_from = months_after(today, settings.ARTICLE_HIDDEN_MONTHS)


@transaction.atomic
def confirm_review(revision: ArticleRevision, *, by: User, now: datetime) -> Article:
    """A clinician has read the published text again and it still holds: the dates begin anew, in their name.

    Raises Refused: "not_allowed", "not_published" (or retired), "stale" (another text is published now), "own_text".
    """
    _require(by, Permission.APPROVE_CONTENT)
    row = Article.objects.select_for_update(of=("self",)).get(pk=revision.article_id)
    if row.published_id is None or row.retired_at is not None:
        raise Refused(_("This article is not published."), code="not_published")
    text = _locked(revision, ArticleRevision.State.PUBLISHED)
    if by.pk in text.writers:
        raise Refused(_("You worked on this text. Somebody else must review it."), code="own_text")
    text.reviewed_by, text.reviewer_role, text.reviewed_at = by, reviewer_role(by), now
    text.save(update_fields=["reviewed_by", "reviewer_role", "reviewed_at"])
    _set_dates(row, timezone.localdate(now))
    row.save(update_fields=["reviewed_on", "review_due", "hidden_from"])
    index_article(row)
    record("article_review_confirmed", by=staff_actor(by), subject=row, data={"revision": text.number})
    return row


@transaction.atomic
def restore(revision: ArticleRevision, *, by: User, now: datetime) -> ArticleRevision:
    """A new draft with the words of an older revision. Raises Refused: "not_allowed", "open" (a draft is there)."""
    _require(by, Permission.EDIT_CONTENT)
    article = Article.objects.select_for_update().get(pk=revision.article_id)
    if article.revisions.filter(state__in=["draft", "in_review"]).exists():
        raise Refused(_("There is a draft already. Finish that one first."), code="open")
    return write_draft(article, title=revision.title, summary=revision.summary, text=revision.text, by=by, now=now)


@transaction.atomic
def retire(article: Article, *, by: User, now: datetime) -> Article:
    """Take a page away; its revisions stay. Raises Refused: "not_allowed", "not_published"."""
    _require(by, Permission.EDIT_CONTENT)
    row = Article.objects.select_for_update().get(pk=article.pk)
    if row.published_id is None or row.retired_at is not None:
        raise Refused(_("This article is not published."), code="not_published")
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    index_article(row)
    record("article_retired", by=staff_actor(by), subject=row)
    return row


@transaction.atomic
def count_helpful(revision: ArticleRevision, *, said: str) -> None:
    """One more reader whom this wording helped ("yes") or not ("no"). A count of nobody's: there is nobody to audit."""
    HelpfulCount.objects.get_or_create(revision=revision)
    HelpfulCount.objects.filter(revision=revision).update(**{said: F(said) + 1})


@transaction.atomic
def load_starters(*, now: datetime, publish: bool = False) -> tuple[int, int]:
    """Load the starter texts that are not there yet: (articles, words). What is there is never touched.

    They wait for a clinician's review; `publish` lets them out at once and is for the demonstration only.
    """
    there = set(Article.objects.values_list("slug", flat=True))
    words_there = {term.lower() for term in GlossaryTerm.objects.values_list("term", flat=True)}
    new = [one for one in starter_articles() if one.slug not in there]
    words = [one for one in starter_words() if one.term.lower() not in words_there]
    GlossaryTerm.objects.bulk_create(
        GlossaryTerm(
            term=one.term, slug=slugify(one.term), say_like=one.say_like, definition=one.definition, also=one.also
        )
        for one in words
    )
    for one in new:
        article = Article.objects.create(
            slug=one.slug, position=one.position, audience=one.audience, related_keys=one.keys, related=one.related
        )
        revision = ArticleRevision.objects.create(
            article=article,
            number=1,
            state=ArticleRevision.State.IN_REVIEW,
            title=one.title,
            summary=one.summary,
            text=one.text,
            reading_grade=round(grade(plain(one.text)), 1),
            written_at=now,
            sent_at=now,
        )
        if publish:
            revision.reviewer_role, revision.reviewed_at = _("Demonstration reviewer"), now
            _let_out(revision, now=now)
        record("article_loaded", by=SYSTEM, subject=article)
    if words:
        index_words()
    return len(new), len(words)


def _locked(revision: ArticleRevision, state: str) -> ArticleRevision:
    """The revision under lock, as the page showed it: same state, same words. Raises Refused(code="stale")."""
    Article.objects.select_for_update().get(pk=revision.article_id)
    row = ArticleRevision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    if row.state != state or row.version != revision.version:
        raise Refused(_("Somebody else has changed this article just now. Look at it again."), code="stale")
    return row


def _require(user: User, permission: Permission) -> None:
    if not user.has_perm(permission):
        raise Refused(_("You may not do this."), code="not_allowed")
