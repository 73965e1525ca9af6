"""What search engines may list: the public pages and every readable article. No patient has an address here."""

from collections.abc import Iterable
from datetime import date

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone

from clinic.education.models import Article

PAGES = (
    "site:home", "site:get-help-now", "site:contact", "site:accessibility", "site:privacy", "site:your-visit",
    "site:our-team", "site:refer", "site:nondiscrimination", "nurse-line:ask", "nurse-line:call-back",
    "registration:start", "education:index", "education:words", "education:trials", "education:resources",
)  # fmt: skip


class PageMap(Sitemap):
    """Pages that do not change from day to day."""

    def items(self) -> Iterable[str]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(item)


class ArticleMap(Sitemap):
    """Articles with the day of their last review."""

    def items(self) -> Iterable[Article]:
        return Article.objects.readable(timezone.localdate()).order_by("position", "slug")

    def location(self, item: Article) -> str:
        return item.get_absolute_url()

    def lastmod(self, item: Article) -> date | None:
        return item.reviewed_on


SITEMAPS = {"pages": PageMap, "articles": ArticleMap}
