"""What people read: articles with their revisions, words with plain definitions."""

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
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


class HelpfulCount(models.Model):
    """How many readers said that this wording helped, and how many that it did not. Nothing about who they were."""

    revision = models.OneToOneField(ArticleRevision, primary_key=True, on_delete=models.CASCADE, related_name="helpful")
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.yes}:{self.no}"


def helped_words(revision: ArticleRevision | None) -> str:
    """What readers said of a wording: "12 of 15", or that nobody has said anything."""
    count = getattr(revision, "helpful", None)
    if count is None:
        return gettext("no answers yet")
    return gettext("%(yes)s of %(all)s") % {"yes": count.yes, "all": count.yes + count.no}


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


class TrialQuerySet(models.QuerySet):
    def shown(self, today: date) -> "TrialQuerySet":
        """Recruiting, and verified not long ago: nobody is sent to a study that has ended."""
        since = today - timedelta(days=settings.TRIAL_VERIFIED_DAYS)
        return self.filter(status=Trial.Status.RECRUITING, verified_on__gte=since, is_active=True)


class Trial(models.Model):
    """A study that people may ask about, in plain words. Shown only while it recruits and is verified."""

    class Status(models.TextChoices):
        RECRUITING = "recruiting", _("Recruiting")
        NOT_YET = "not_yet", _("Not yet recruiting")
        ACTIVE_NOT_RECRUITING = "active_not_recruiting", _("Under way, not recruiting")
        CLOSED = "closed", _("Closed")

    nct_id = models.CharField(
        _("registry number"), max_length=11, unique=True, validators=[RegexValidator(r"^NCT\d{8}\Z")]
    )
    title = models.CharField(_("plain title"), max_length=160)
    summary = models.TextField(_("plain summary"), validators=[MaxLengthValidator(1500)])
    who_may_fit = models.TextField(_("who may fit"), validators=[MaxLengthValidator(800)])
    phase = models.CharField(_("phase"), max_length=20, blank=True, default="")
    status = models.CharField(_("status"), max_length=25, choices=Status, default=Status.RECRUITING)
    contact = models.CharField(_("contact at the clinic"), max_length=160, blank=True, default="")
    link = models.URLField(_("link"), max_length=200, blank=True, default="", help_text=_("https only"))
    verified_on = models.DateField(_("last verified on"))
    is_active = models.BooleanField(_("in use"), default=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        ordering = ["title", "nct_id"]

    def __str__(self) -> str:
        return f"{self.nct_id} {self.title}"


class ResourceQuerySet(models.QuerySet):
    def shown(self, today: date) -> "ResourceQuerySet":
        """In use, and verified not long ago."""
        since = today - timedelta(days=settings.RESOURCE_VERIFIED_DAYS)
        return self.filter(is_active=True, verified_on__gte=since)


class Resource(models.Model):
    """Help from outside the clinic that somebody here has looked at."""

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information")
        SUPPORT = "support", _("Talking and support")
        MONEY = "money", _("Costs and insurance")
        TRAVEL = "travel", _("Rides and a place to stay")
        CARE_AT_HOME = "care_at_home", _("Help at home")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    what = models.CharField(_("what it helps with"), max_length=240)
    phone = models.CharField(_("telephone"), max_length=30, blank=True, default="")
    link = models.URLField(_("link"), max_length=200, blank=True, default="", help_text=_("https only"))
    verified_on = models.DateField(_("last verified on"))
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("outside help")
        verbose_name_plural = _("outside help")
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(phone="") | ~Q(link=""), name="resource_can_be_reached"),
        ]

    def __str__(self) -> str:
        return self.name
