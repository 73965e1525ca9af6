"""For the admin's first page: articles that wait for a review or whose review is due within 90 days."""

from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.roles import Permission
from clinic.education.models import Article, ArticleRevision
from clinic.platform.words import day

register = template.Library()
WARN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """An article, and why it is on the list."""

    article: Article
    why: str


@register.simple_tag
def content_to_review(user) -> list[ToLookAt]:
    """What writers and reviewers should look at, most pressing first; nothing for anybody else. One query."""
    if not (user.has_perm(Permission.EDIT_CONTENT) or user.has_perm(Permission.APPROVE_CONTENT)):
        return []
    today = timezone.localdate()
    waiting = Q(revisions__state=ArticleRevision.State.IN_REVIEW)
    due = Q(review_due__lte=today + WARN, retired_at=None)
    rows = (
        Article.objects.filter(waiting | due).select_related("published").distinct().order_by("review_due", "position")
    )
    return [ToLookAt(one, _why(one, today)) for one in rows]


def _why(article: Article, today) -> str:
    if article.review_due is None or article.review_due > today + WARN:
        return _("a new text waits for its review")
    if not article.is_readable(today):
        return _("hidden, because its review is long overdue")
    return _("its review is due on %(day)s") % {"day": day(article.review_due)}
