"""What people read: articles with their revisions, words with plain definitions."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

QUESTIONS_SLUG = "questions"  # the article that is shown as questions with short answers


class Audience(models.TextChoices):
    """Who an article is written for; only the first two have a limit of reading grade."""

    PATIENT = "patient", _("Patients")
    CAREGIVER = "caregiver", _("Caregivers")
    REFERRING_CLINICIAN = "referring_clinician", _("Referring clinicians")


class ArticleQuerySet(models.QuerySet):
    def readable(self, today: date) -> "ArticleQuerySet":
        """Published, not retired, and not hidden because its review is long overdue."""
        return self.filter(published__isnull=False, retired_at__isnull=True, hidden_from__gt=today)


class Article(models.Model):
    """One page under /learn/. What it says stands in its revisions; `published` is the one that people read."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=100)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience, default=Audience.PATIENT)
    language = models.CharField(_("language"), max_length=8, default="en")
    related_keys = models.JSONField(_("symptom keys"), default=list, blank=True)  # domain's keys of questions
    related = models.JSONField(_("related articles"), default=list, blank=True)  # slugs, in order
    published = models.ForeignKey(
        "clinic.ArticleRevision", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True, editable=False)
    review_due = models.DateField(_("review due on"), null=True, blank=True, editable=False)
    hidden_from = models.DateField(_("hidden from"), null=True, blank=True, editable=False)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published__isnull=True)
                | Q(reviewed_on__isnull=False, review_due__isnull=False, hidden_from__isnull=False),
                name="published_article_has_dates",
            ),
            models.CheckConstraint(condition=Q(hidden_from__gte=F("review_due")), name="article_hidden_after_due"),
        ]

    def __str__(self) -> str:
        return self.published.title if self.published else self.slug

    def get_absolute_url(self) -> str:
        """Where people read it."""
        if self.slug == QUESTIONS_SLUG:
            return reverse("education:questions")
        return reverse("education:article", args=[self.slug])

    @property
    def wording(self) -> "ArticleRevision":
        """The published revision. Raises LookupError where there is none."""
        if self.published is None:
            raise LookupError(f"article {self.slug} is not published")
        return self.published

    def is_readable(self, today: date) -> bool:
        """The same as `readable` of one row."""
        is_current = self.hidden_from is not None and self.hidden_from > today
        return self.published_id is not None and self.retired_at is None and is_current


class ArticleRevision(models.Model):
    """One wording of an article. Its text is never changed once it has left the state of a draft."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In clinical review")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Replaced by a newer one")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=80)
    summary = models.CharField(_("summary"), max_length=160)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(40_000)])
    reading_grade = models.FloatField(default=0)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # nobody: a starter text
    writers = models.JSONField(default=list)  # keys of all who worked on it: none of them may review it
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewer_role = models.CharField(max_length=80, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")  # what the reviewer asked for
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["article", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_revision_per_number"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(state__in=["draft", "in_review"]), name="one_open_revision_an_article"
            ),
            models.UniqueConstraint(
                fields=["article"], condition=Q(state="published"), name="one_published_revision_an_article"
            ),
            models.CheckConstraint(
                condition=Q(written_by__isnull=True) | Q(reviewed_by__isnull=True) | ~Q(written_by=F("reviewed_by")),
                name="nobody_reviews_their_own_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class GlossaryTerm(models.Model):
    """A word that people meet, said plainly. Its first use on a page opens the definition."""

    term = models.CharField(_("word"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    say_like = models.CharField(_("say it like"), max_length=80, blank=True, default="")
    definition = models.CharField(_("plain definition"), max_length=200)
    also = models.CharField(
        _("also known as"), max_length=200, blank=True, default="", help_text=_("Other words for it, with commas")
    )
    language = models.CharField(_("language"), max_length=8, default="en")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        ordering = ["term"]

    def __str__(self) -> str:
        return self.term

    @property
    def also_list(self) -> list[str]:
        """The other words for it."""
        return [word.strip() for word in self.also.split(",") if word.strip()]


class SearchText(models.Model):
    """What search looks through: one row for each section of an article and each word.

    The full text index beside it is the database's own (migration 0006): a generated column on PostgreSQL, an FTS5
    table kept by triggers on SQLite.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        QUESTION = "question", _("Question")
        WORD = "word", _("Word")

    kind = models.CharField(max_length=10, choices=Kind)
    ref = models.CharField(max_length=60)  # slug of the article or of the word
    address = models.CharField(max_length=160)  # path and anchor
    title = models.CharField(max_length=160)
    body = models.TextField()
    language = models.CharField(max_length=8, default="en")

    class Meta:
        indexes = [models.Index(fields=["kind", "ref"], name="search_text_of")]
