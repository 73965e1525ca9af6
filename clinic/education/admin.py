"""Articles and words in the admin: written by content editors, let out by clinicians."""

from datetime import timedelta
from functools import partial

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.admin_site import AuditedAdmin, admin_site
from clinic.education import admin_views
from clinic.education.models import Article, ArticleRevision, GlossaryTerm, Resource, Trial, helped_words
from clinic.education.reading import HIGHEST_GRADE, grade
from clinic.education.search import index_article, index_words
from clinic.education.symptoms import SYMPTOMS

RESERVED = {"words", "questions"}
FEWEST_WORDS = 5


class ReviewFilter(admin.SimpleListFilter):
    """Articles by what has to be done with them."""

    title = gettext_lazy("what to do")
    parameter_name = "todo"

    def lookups(self, request, model_admin):
        return [
            ("review", _("Waits for review")),
            ("due", _("Review is due within 90 days")),
            ("hidden", _("Hidden: review long overdue")),
            ("retired", _("Retired")),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        chosen = {
            "review": Q(revisions__state=ArticleRevision.State.IN_REVIEW),
            "due": Q(review_due__lte=today + timedelta(days=90), retired_at=None),
            "hidden": Q(hidden_from__lte=today, retired_at=None),
            "retired": Q(retired_at__isnull=False),
        }.get(self.value() or "")
        return queryset.filter(chosen).distinct() if chosen is not None else queryset


class ArticleForm(forms.ModelForm):
    """The facts of an article; its words are written on a page of their own."""

    related_keys = forms.MultipleChoiceField(
        label=gettext_lazy("Signs this page is about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    related = forms.MultipleChoiceField(
        label=gettext_lazy("See also"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, choices in (("related_keys", _signs(self.instance)), ("related", _others(self.instance))):
            # who may only look has no fields here
            if name in self.fields:
                self.fields[name].choices = choices

    def clean_slug(self) -> str:
        """Two addresses are taken by other pages."""
        slug = self.cleaned_data["slug"]
        if slug in RESERVED and slug != self.instance.slug:
            raise ValidationError(_("This address is taken by another page."))
        return slug


def _signs(article: Article) -> list[tuple[str, str]]:
    """Every sign; a key that a starter text brought and that is no sign of illness stays with it."""
    kept = [(key, key) for key in article.related_keys if key not in SYMPTOMS]
    return [*((key, f"{words} ({key})") for key, (words, _query) in SYMPTOMS.items()), *kept]


def _others(article: Article) -> list[tuple[str, str]]:
    """The other articles: what was chosen before in its order, then the rest."""
    rows = Article.objects.exclude(pk=article.pk).select_related("published")
    titles = {one.slug: str(one) for one in rows}
    chosen = [slug for slug in article.related if slug in titles]
    return [(slug, titles[slug]) for slug in [*chosen, *(one for one in titles if one not in chosen)]]


@admin.register(Article, site=admin_site)
class ArticleAdmin(AuditedAdmin):
    form = ArticleForm
    list_display = ("__str__", "slug", "audience", "state", "reading", "helped", "reviewed_on", "review_due")
    list_filter = (ReviewFilter, "audience")
    list_select_related = ("published__helpful",)
    search_fields = ("slug", "published__title")
    fields = ("slug", "position", "audience", "related_keys", "related")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("revisions")

    @admin.display(description=gettext_lazy("state"))
    def state(self, article: Article) -> str:
        """In words: what readers see, and what waits."""
        today = timezone.localdate()
        if article.retired_at:
            shown = _("Retired")
        elif article.published is None:
            shown = _("Not published")
        elif not article.is_readable(today):
            shown = _("Hidden: review long overdue")
        elif article.review_due and article.review_due <= today:
            shown = _("Published, review is due")
        else:
            shown = _("Published")
        waiting = [one.get_state_display() for one in article.revisions.all() if one.state in admin_views.OPEN]
        return ", ".join([shown, *waiting])

    @admin.display(description=gettext_lazy("reading grade"))
    def reading(self, article: Article) -> float | None:
        """Of the published words."""
        return article.published.reading_grade if article.published else None

    @admin.display(description=gettext_lazy("found helpful"))
    def helped(self, article: Article) -> str:
        """What readers said of the published words: "12 of 15"."""
        return helped_words(article.published)

    def has_delete_permission(self, request, obj=None) -> bool:
        """An article is retired: its revisions stay."""
        return False

    def response_add(self, request, obj, post_url_continue=None):
        """On to writing."""
        return redirect("admin:clinic_article_draft", obj.pk)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        index_article(obj)

    def get_urls(self):
        """The pages of the workflow; the change page of Django's own is kept for the facts."""
        site = self.admin_site

        def page(view):
            return site.admin_view(partial(view, site=site))

        return [
            path("reading/", site.admin_view(admin_views.reading), name="clinic_article_reading"),
            path("<int:pk>/change/", page(admin_views.overview), name="clinic_article_change"),
            path("<int:object_id>/facts/", site.admin_view(self._facts), name="clinic_article_facts"),
            path("<int:pk>/draft/", page(admin_views.draft), name="clinic_article_draft"),
            path("<int:pk>/preview/<int:number>/", page(admin_views.preview), name="clinic_article_preview"),
            path(
                "<int:pk>/compare/<int:number>/<int:other>/",
                page(admin_views.differences),
                name="clinic_article_compare",
            ),
            path("<int:pk>/do/<slug:what>/", page(admin_views.act), name="clinic_article_act"),
            *(one for one in super().get_urls() if one.name != "clinic_article_change"),
        ]

    def _facts(self, request, object_id: int):
        return self.change_view(request, str(object_id))


class GlossaryTermForm(forms.ModelForm):
    """A definition without a full stop: the pages add it."""

    def clean_definition(self) -> str:
        """Trimmed, without the full stop."""
        return self.cleaned_data["definition"].strip().removesuffix(".")


@admin.register(GlossaryTerm, site=admin_site)
class GlossaryTermAdmin(AuditedAdmin):
    form = GlossaryTermForm
    list_display = ("term", "say_like", "definition", "is_active")
    list_filter = ("is_active",)
    search_fields = ("term", "definition", "also")
    prepopulated_fields = {"slug": ("term",)}

    def has_delete_permission(self, request, obj=None) -> bool:
        """A word is taken out of use."""
        return False

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        index_words()


class VerifiedForm(forms.ModelForm):
    """A link that browsers may follow, and a date that has come."""

    link = forms.URLField(label=gettext_lazy("Link"), required=False, max_length=200, assume_scheme="https")

    def clean_link(self) -> str:
        """Only https."""
        link = self.cleaned_data["link"]
        if link and not link.startswith("https://"):
            raise ValidationError(_("The link must begin with https://"))
        return link

    def clean_verified_on(self):
        """Not in the future."""
        day = self.cleaned_data["verified_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This date has not come yet."))
        return day


def plain_enough(text: str) -> str:
    """What people read about a trial or a service; refused above the highest grade. A few words have no grade."""
    level = grade(text)
    if len(text.split()) >= FEWEST_WORDS and level > HIGHEST_GRADE:
        raise ValidationError(
            _("This reads at grade %(level)s. It must be %(most)s or lower. Shorten sentences.")
            % {"level": f"{level:.1f}", "most": f"{HIGHEST_GRADE:.0f}"}
        )
    return text


class TrialForm(VerifiedForm):
    """A summary and conditions that people can read."""

    def clean_summary(self) -> str:
        return plain_enough(self.cleaned_data["summary"])

    def clean_who_may_fit(self) -> str:
        return plain_enough(self.cleaned_data["who_may_fit"])


class ResourceForm(VerifiedForm):
    """What it helps with, in words that people can read."""

    def clean_what(self) -> str:
        return plain_enough(self.cleaned_data["what"])


class VerifiedAdmin(AuditedAdmin):
    """Rows are taken out of use, not deleted; one that was not verified lately is not shown to people."""

    date_hierarchy = "verified_on"
    list_filter = ("is_active",)
    holds_for = ""  # the setting that says for how many days a verification holds

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    @admin.display(boolean=True, description=gettext_lazy("shown"))
    def is_shown(self, row) -> bool:
        """Whether people see it today."""
        age = timezone.localdate() - row.verified_on
        return row.is_active and age <= timedelta(days=getattr(settings, self.holds_for))


@admin.register(Trial, site=admin_site)
class TrialAdmin(VerifiedAdmin):
    form = TrialForm
    list_display = ("nct_id", "title", "status", "verified_on", "is_shown")
    list_filter = ("status", "is_active")
    search_fields = ("nct_id", "title")
    holds_for = "TRIAL_VERIFIED_DAYS"

    @admin.display(boolean=True, description=gettext_lazy("shown"))
    def is_shown(self, row: Trial) -> bool:
        """Only while it recruits."""
        return row.status == Trial.Status.RECRUITING and super().is_shown(row)


@admin.register(Resource, site=admin_site)
class ResourceAdmin(VerifiedAdmin):
    form = ResourceForm
    list_display = ("name", "kind", "verified_on", "is_shown")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "what")
    holds_for = "RESOURCE_VERIFIED_DAYS"
